"""Every table, gathered for migrations: importing this module is what makes the metadata complete."""

from models import (
    audit,
    calibration,
    evaluations,
    events,
    house_rules,
    interactions,
    judgement,
    originals,
    outcomes,
    people,
    search,
    transcription,
    webhooks,
    work,
)
from models.base import Base
from models.search import FULL_TEXT, GIN

METADATA = Base.metadata
MODULES = (
    audit,
    calibration,
    evaluations,
    events,
    house_rules,
    interactions,
    judgement,
    originals,
    outcomes,
    people,
    search,
    transcription,
    webhooks,
    work,
)


def ours(name: str | None, kind: str, _parents: object) -> bool:
    """Whether a table or index is described here: what full-text search needs in one database only is not."""
    return not (kind == "table" and (name or "").startswith(FULL_TEXT)) and (kind, name) != ("index", GIN)
