"""How Alembic reaches the tables: over the connection that qa_platform.database hands it."""

from __future__ import annotations

from typing import Any, Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext
from sqlalchemy import JSON

from models.base import Money, UtcTime
from models.tables import METADATA, ours


def plain_type(kind: str, item: Any, autogen: AutogenContext) -> str | Literal[False]:
    """Our column types as plain ones: a migration must still run when the code has moved on."""
    if kind != "type":
        return False
    if isinstance(item, UtcTime):
        return "sa.DateTime(timezone=True)"
    if isinstance(item, Money):
        return "sa.BigInteger()"
    if isinstance(item, JSON):
        autogen.imports.add("from sqlalchemy.dialects import postgresql")
        return 'sa.JSON().with_variant(postgresql.JSONB(), "postgresql")'
    return False


connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=METADATA,
    render_as_batch=connection.dialect.name == "sqlite",
    render_item=plain_type,
    compare_type=True,
    include_name=ours,
)
context.run_migrations()
