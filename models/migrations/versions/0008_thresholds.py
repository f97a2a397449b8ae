"""Thresholds of a portfolio as dated versions; each analysis tells which it used, and may be made again alone

Revision: 0008, after: 0007.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

import models.base

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    op.create_table(
        "threshold_set",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("portfolio_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("content", JSON, nullable=False),
        sa.Column("made_by", sa.Integer(), nullable=True),
        sa.Column("made_at", models.base.UtcTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["made_by"], ["person.id"], name=op.f("fk_threshold_set_made_by_person")),
        sa.ForeignKeyConstraint(
            ["portfolio_id"],
            ["portfolio.id"],
            name=op.f("fk_threshold_set_portfolio_id_portfolio"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_threshold_set")),
        sa.UniqueConstraint("portfolio_id", "version", name=op.f("uq_threshold_set_portfolio_id_version")),
    )
    with op.batch_alter_table("interaction", schema=None) as batch_op:
        batch_op.add_column(sa.Column("thresholds", JSON, nullable=True))
        batch_op.add_column(sa.Column("only_understand", sa.Boolean(), server_default=sa.false(), nullable=False))


def downgrade() -> None:
    with op.batch_alter_table("interaction", schema=None) as batch_op:
        batch_op.drop_column("only_understand")
        batch_op.drop_column("thresholds")
    op.drop_table("threshold_set")
