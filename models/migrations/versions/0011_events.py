"""What CRMs, dialers and banks tell: the log of events, its imports, and when a promise was cancelled

Revision: 0011, after: 0010.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

import models.base

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
TYPE = sa.Enum(
    "contacted",
    "replied",
    "promised",
    "promise.cancelled",
    "paid",
    "payment.reversed",
    "disputed",
    "consent.granted",
    "consent.revoked",
    "account.updated",
    name="eventtype",
    native_enum=False,
    length=32,
)


def upgrade() -> None:
    op.create_table(
        "event_import",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("portfolio_id", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(length=200), nullable=False),
        sa.Column("type", TYPE, nullable=False),
        sa.Column("name", sa.String(length=500), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("mapping", JSON, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("accepted", sa.Integer(), nullable=False),
        sa.Column("duplicate", sa.Integer(), nullable=False),
        sa.Column("refused", sa.Integer(), nullable=False),
        sa.Column("started_at", models.base.UtcTime(timezone=True), nullable=False),
        sa.Column("finished_at", models.base.UtcTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["portfolio_id"], ["portfolio.id"], name=op.f("fk_event_import_portfolio_id_portfolio")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_event_import")),
        sa.UniqueConstraint(
            "portfolio_id", "source", "type", "sha256", name=op.f("uq_event_import_portfolio_id_source_type_sha256")
        ),
    )
    op.create_table(
        "event_mapping",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("portfolio_id", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(length=200), nullable=False),
        sa.Column("type", TYPE, nullable=False),
        sa.Column("mapping", JSON, nullable=False),
        sa.Column("used_at", models.base.UtcTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["portfolio_id"], ["portfolio.id"], name=op.f("fk_event_mapping_portfolio_id_portfolio")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_event_mapping")),
        sa.UniqueConstraint("portfolio_id", "source", "type", name=op.f("uq_event_mapping_portfolio_id_source_type")),
    )
    op.create_table(
        "event",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("portfolio_id", sa.Integer(), nullable=False),
        sa.Column("debt_id", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(length=200), nullable=False),
        sa.Column("event_id", sa.String(length=200), nullable=False),
        sa.Column("type", TYPE, nullable=False),
        sa.Column("thing", sa.String(length=260), nullable=False),
        sa.Column("named", sa.Boolean(), nullable=False),
        sa.Column("happened_at", models.base.UtcTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("corrects", sa.String(length=200), nullable=True),
        sa.Column("content", JSON, nullable=False),
        sa.Column("received_at", models.base.UtcTime(timezone=True), nullable=False),
        sa.Column("import_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["debt_id"], ["debt.id"], name=op.f("fk_event_debt_id_debt")),
        sa.ForeignKeyConstraint(["import_id"], ["event_import.id"], name=op.f("fk_event_import_id_event_import")),
        sa.ForeignKeyConstraint(["portfolio_id"], ["portfolio.id"], name=op.f("fk_event_portfolio_id_portfolio")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_event")),
        sa.UniqueConstraint("portfolio_id", "source", "event_id", name=op.f("uq_event_portfolio_id_source_event_id")),
    )
    with op.batch_alter_table("event", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_event_debt_id_thing"), ["debt_id", "thing"], unique=False)
        batch_op.create_index(batch_op.f("ix_event_import_id"), ["import_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_event_portfolio_id_source_corrects"), ["portfolio_id", "source", "corrects"], unique=False
        )
    op.create_table(
        "refused_row",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("import_id", sa.Integer(), nullable=False),
        sa.Column("row", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.String(length=200), nullable=False),
        sa.Column("cells", JSON, nullable=False),
        sa.Column("field", sa.String(length=60), nullable=False),
        sa.Column("reason", JSON, nullable=False),
        sa.ForeignKeyConstraint(
            ["import_id"], ["event_import.id"], name=op.f("fk_refused_row_import_id_event_import"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_refused_row")),
        sa.UniqueConstraint("import_id", "row", name=op.f("uq_refused_row_import_id_row")),
    )
    with op.batch_alter_table("crm_promise", schema=None) as batch_op:
        batch_op.add_column(sa.Column("cancelled_at", models.base.UtcTime(timezone=True), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("crm_promise", schema=None) as batch_op:
        batch_op.drop_column("cancelled_at")
    op.drop_table("refused_row")
    with op.batch_alter_table("event", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_event_portfolio_id_source_corrects"))
        batch_op.drop_index(batch_op.f("ix_event_import_id"))
        batch_op.drop_index(batch_op.f("ix_event_debt_id_thing"))
    op.drop_table("event")
    op.drop_table("event_mapping")
    op.drop_table("event_import")
