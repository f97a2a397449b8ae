"""Sources: sound without a header, two files of one call, allowed addresses, watched folders and buckets

Revision: 0003, after: 0002.
"""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
def columns() -> tuple[sa.Column[Any], ...]:
    return (
        sa.Column("raw_rate", sa.Integer(), nullable=True),
        sa.Column("raw_coding", sa.String(length=12), nullable=True),
        sa.Column("raw_channels", sa.Integer(), nullable=True),
        sa.Column("agent_leg", sa.String(length=40), nullable=True),
        sa.Column("customer_leg", sa.String(length=40), nullable=True),
        sa.Column("recording_hosts", JSON, nullable=False, server_default="[]"),
        sa.Column("watched", sa.String(length=500), nullable=True),
        sa.Column("bucket_endpoint", sa.String(length=300), nullable=True),
        sa.Column("bucket_region", sa.String(length=60), nullable=True),
    )



def upgrade() -> None:
    with op.batch_alter_table("source", schema=None) as batch_op:
        for column in columns():
            batch_op.add_column(column)
    op.create_table(
        "seen_file",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("source_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=1024), nullable=False),
        sa.Column("mark", sa.String(length=200), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["source_id"], ["source.id"], name=op.f("fk_seen_file_source_id_source"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_seen_file")),
        sa.UniqueConstraint("source_id", "name", name=op.f("uq_seen_file_source_id_name")),
    )


def downgrade() -> None:
    op.drop_table("seen_file")
    with op.batch_alter_table("source", schema=None) as batch_op:
        for column in columns():
            batch_op.drop_column(column.name)
