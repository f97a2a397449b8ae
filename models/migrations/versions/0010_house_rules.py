"""A house's own rule versions, their trials over history, and the bars below which a rule only suggests

Revision: 0010, after: 0009.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

import models.base

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    op.create_table(
        "rule_bar",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("portfolio_id", sa.Integer(), nullable=True),
        sa.Column(
            "severity",
            sa.Enum("critical", "high", "medium", "low", "info", name="severity", native_enum=False, length=32),
            nullable=False,
        ),
        sa.Column("bar", sa.Double(), nullable=True),
        sa.Column("made_by", sa.Integer(), nullable=True),
        sa.Column("made_at", models.base.UtcTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["made_by"], ["person.id"], name=op.f("fk_rule_bar_made_by_person")),
        sa.ForeignKeyConstraint(
            ["portfolio_id"], ["portfolio.id"], name=op.f("fk_rule_bar_portfolio_id_portfolio"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rule_bar")),
    )
    op.create_index(op.f("ix_rule_bar_portfolio_id_severity"), "rule_bar", ["portfolio_id", "severity"], unique=False)
    op.create_table(
        "rule_job",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column(
            "kind", sa.Enum("backtest", "retag", name="rulejobkind", native_enum=False, length=32), nullable=False
        ),
        sa.Column(
            "state",
            sa.Enum("waiting", "running", "done", "cancelled", name="rulejobstate", native_enum=False, length=32),
            nullable=False,
        ),
        sa.Column("versions", JSON, nullable=False),
        sa.Column("since", models.base.UtcTime(timezone=True), nullable=True),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("cursor", sa.Integer(), nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.Column("figures", JSON, nullable=False),
        sa.Column("in_terminal", sa.Boolean(), nullable=False),
        sa.Column("made_by", sa.Integer(), nullable=True),
        sa.Column("made_at", models.base.UtcTime(timezone=True), nullable=False),
        sa.Column("finished_at", models.base.UtcTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["made_by"], ["person.id"], name=op.f("fk_rule_job_made_by_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rule_job")),
    )
    op.create_index(op.f("ix_rule_job_state"), "rule_job", ["state"], unique=False)
    op.create_table(
        "rule_version",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("rule_id", sa.String(length=120), nullable=False),
        sa.Column("version", sa.String(length=40), nullable=False),
        sa.Column("base", sa.String(length=40), nullable=True),
        sa.Column("content", JSON, nullable=False),
        sa.Column("written", sa.Text(), nullable=False),
        sa.Column("made_by", sa.Integer(), nullable=True),
        sa.Column("made_at", models.base.UtcTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["made_by"], ["person.id"], name=op.f("fk_rule_version_made_by_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rule_version")),
        sa.UniqueConstraint("language", "rule_id", "version", name=op.f("uq_rule_version_language_rule_id_version")),
    )
    op.create_table(
        "rule_activation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("rule_id", sa.String(length=120), nullable=False),
        sa.Column("version_id", sa.Integer(), nullable=True),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("at", models.base.UtcTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_rule_activation_person_id_person")),
        sa.ForeignKeyConstraint(
            ["version_id"], ["rule_version.id"], name=op.f("fk_rule_activation_version_id_rule_version")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rule_activation")),
    )
    op.create_index(
        op.f("ix_rule_activation_language_rule_id"), "rule_activation", ["language", "rule_id"], unique=False
    )
    op.create_table(
        "rule_flip",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("job_id", sa.Integer(), nullable=False),
        sa.Column("interaction_id", sa.Integer(), nullable=False),
        sa.Column(
            "change", sa.Enum("appears", "disappears", name="change", native_enum=False, length=32), nullable=False
        ),
        sa.Column("code", sa.String(length=80), nullable=False),
        sa.Column("rule_id", sa.String(length=120), nullable=True),
        sa.Column("rule_version", sa.String(length=40), nullable=True),
        sa.Column(
            "answer",
            sa.Enum("met", "not_met", "not_applicable", "undetermined", name="answer", native_enum=False, length=32),
            nullable=True,
        ),
        sa.Column("turn", sa.Integer(), nullable=True),
        sa.Column(
            "speaker",
            sa.Enum(
                "agent",
                "customer",
                "third_party",
                "ivr",
                "voicemail",
                "bot",
                "unknown",
                name="speaker",
                native_enum=False,
                length=32,
            ),
            nullable=True,
        ),
        sa.Column("start", sa.Double(), nullable=True),
        sa.Column("quote", sa.Text(), nullable=True),
        sa.Column(
            "verdict",
            sa.Enum("open", "confirmed", "rejected", name="verdict", native_enum=False, length=32),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["interaction_id"],
            ["interaction.id"],
            name=op.f("fk_rule_flip_interaction_id_interaction"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["job_id"], ["rule_job.id"], name=op.f("fk_rule_flip_job_id_rule_job"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rule_flip")),
    )
    op.create_index(op.f("ix_rule_flip_interaction_id"), "rule_flip", ["interaction_id"], unique=False)
    op.create_index(op.f("ix_rule_flip_job_id_code"), "rule_flip", ["job_id", "code"], unique=False)
    op.create_index(
        op.f("ix_finding_verdict_rule_id_rule_version"), "finding", ["verdict", "rule_id", "rule_version"], unique=False
    )


def downgrade() -> None:
    op.drop_index(op.f("ix_finding_verdict_rule_id_rule_version"), table_name="finding")
    op.drop_index(op.f("ix_rule_flip_job_id_code"), table_name="rule_flip")
    op.drop_index(op.f("ix_rule_flip_interaction_id"), table_name="rule_flip")
    op.drop_table("rule_flip")
    op.drop_index(op.f("ix_rule_activation_language_rule_id"), table_name="rule_activation")
    op.drop_table("rule_activation")
    op.drop_table("rule_version")
    op.drop_index(op.f("ix_rule_job_state"), table_name="rule_job")
    op.drop_table("rule_job")
    op.drop_index(op.f("ix_rule_bar_portfolio_id_severity"), table_name="rule_bar")
    op.drop_table("rule_bar")
