"""Originals kept sealed, how a portfolio's calls are written down, and words kept while the work goes on

Revision: 0005, after: 0004.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

import models.base

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
KIND = sa.Enum("recording", "transcript", name="originalkind", native_enum=False, length=32)


def upgrade() -> None:
    op.create_table(
        "portfolio_speech",
        sa.Column("portfolio_id", sa.Integer(), nullable=False),
        sa.Column("hotwords", JSON, nullable=False),
        sa.Column("language", sa.String(5), nullable=True),
        sa.Column("changed_at", models.base.UtcTime(timezone=True), nullable=False),
        sa.Column("changed_by", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["portfolio_id"], ["portfolio.id"], name=op.f("fk_portfolio_speech_portfolio_id_portfolio"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["changed_by"], ["person.id"], name=op.f("fk_portfolio_speech_changed_by_person")),
        sa.PrimaryKeyConstraint("portfolio_id", name=op.f("pk_portfolio_speech")),
    )
    op.create_table(
        "heard_stretch",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("interaction_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(64), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("until", sa.Double(), nullable=False),
        sa.Column("pieces", JSON, nullable=False),
        sa.Column("created_at", models.base.UtcTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["interaction_id"], ["interaction.id"], name=op.f("fk_heard_stretch_interaction_id_interaction"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_heard_stretch")),
        sa.UniqueConstraint("interaction_id", "position", name=op.f("uq_heard_stretch_interaction_id_position")),
    )
    op.create_table(
        "originals_policy",
        sa.Column("portfolio_id", sa.Integer(), nullable=False),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.Column("set_at", models.base.UtcTime(timezone=True), nullable=False),
        sa.Column("set_by", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["portfolio_id"], ["portfolio.id"], name=op.f("fk_originals_policy_portfolio_id_portfolio"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["set_by"], ["person.id"], name=op.f("fk_originals_policy_set_by_person")),
        sa.PrimaryKeyConstraint("portfolio_id", name=op.f("pk_originals_policy")),
    )
    op.create_table(
        "originals_grant",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("granted_at", models.base.UtcTime(timezone=True), nullable=False),
        sa.Column("granted_by", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_originals_grant_person_id_person"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["granted_by"], ["person.id"], name=op.f("fk_originals_grant_granted_by_person")),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_originals_grant")),
    )
    op.create_table(
        "sealed_original",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("interaction_id", sa.Integer(), nullable=False),
        sa.Column("kind", KIND, nullable=False),
        sa.Column("folder", sa.String(64), nullable=False),
        sa.Column("key_id", sa.String(16), nullable=False),
        sa.Column("coding", sa.String(12), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("sealed_at", models.base.UtcTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["interaction_id"], ["interaction.id"], name=op.f("fk_sealed_original_interaction_id_interaction"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sealed_original")),
        sa.UniqueConstraint("folder", name=op.f("uq_sealed_original_folder")),
        sa.UniqueConstraint("interaction_id", "kind", name=op.f("uq_sealed_original_interaction_id_kind")),
    )
    op.create_index(op.f("ix_sealed_original_key_id"), "sealed_original", ["key_id"])
    op.create_index(op.f("ix_sealed_original_sealed_at"), "sealed_original", ["sealed_at"])
    op.create_table(
        "original_opening",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("interaction_id", sa.Integer(), nullable=False),
        sa.Column("kind", KIND, nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(40), nullable=False),
        sa.Column("note", sa.String(300), nullable=True),
        sa.Column("opened_at", models.base.UtcTime(timezone=True), nullable=False),
        sa.Column("until", models.base.UtcTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["interaction_id"], ["interaction.id"], name=op.f("fk_original_opening_interaction_id_interaction"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_original_opening_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_original_opening")),
    )
    op.create_index(op.f("ix_original_opening_interaction_id"), "original_opening", ["interaction_id"])
    op.create_index(op.f("ix_ingest_file_created_at"), "ingest_file", ["created_at"])
    with op.batch_alter_table("interaction", schema=None) as batch_op:
        batch_op.add_column(sa.Column("heard_languages", JSON, nullable=True))
        batch_op.add_column(sa.Column("language_told", sa.Boolean(), server_default=sa.true(), nullable=False))


def downgrade() -> None:
    with op.batch_alter_table("interaction", schema=None) as batch_op:
        batch_op.drop_column("language_told")
        batch_op.drop_column("heard_languages")
    op.drop_index(op.f("ix_ingest_file_created_at"), table_name="ingest_file")
    for table in ("original_opening", "sealed_original", "originals_grant", "originals_policy", "heard_stretch", "portfolio_speech"):
        op.drop_table(table)
