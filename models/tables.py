"""Every table, gathered for migrations: importing this module is what makes the metadata complete."""

from models import (
    audit,
    calibration,
    evaluations,
    interactions,
    judgement,
    originals,
    outcomes,
    people,
    transcription,
    webhooks,
    work,
)
from models.base import Base

METADATA = Base.metadata
MODULES = (
    audit,
    calibration,
    evaluations,
    interactions,
    judgement,
    originals,
    outcomes,
    people,
    transcription,
    webhooks,
    work,
)
