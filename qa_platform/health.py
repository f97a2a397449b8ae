"""Whether the database answers and has the newest tables."""

from __future__ import annotations

from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError

from qa_platform.database import MIGRATIONS


def is_ready(engine: Engine) -> bool:
    try:
        with engine.connect() as connection:
            present = MigrationContext.configure(connection).get_current_heads()
    except DBAPIError:
        return False
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    return set(present) == set(ScriptDirectory.from_config(config).get_heads())
