"""Webhooks can be paused and tell when and how each delivery was tried; a first password waits to be changed

Revision: 0007, after: 0006.
"""

import sqlalchemy as sa
from alembic import op

import models.base

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("webhook_endpoint", schema=None) as batch_op:
        batch_op.add_column(sa.Column("paused_at", models.base.UtcTime(timezone=True), nullable=True))
    with op.batch_alter_table("outgoing_event", schema=None) as batch_op:
        batch_op.add_column(sa.Column("tried_at", models.base.UtcTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("status", sa.Integer(), nullable=True))
    with op.batch_alter_table("person", schema=None) as batch_op:
        batch_op.add_column(sa.Column("first_password", sa.Boolean(), server_default=sa.false(), nullable=False))


def downgrade() -> None:
    with op.batch_alter_table("person", schema=None) as batch_op:
        batch_op.drop_column("first_password")
    with op.batch_alter_table("outgoing_event", schema=None) as batch_op:
        batch_op.drop_column("status")
        batch_op.drop_column("tried_at")
    with op.batch_alter_table("webhook_endpoint", schema=None) as batch_op:
        batch_op.drop_column("paused_at")
