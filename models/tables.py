"""Every table, gathered for migrations: importing this module is what makes the metadata complete."""

from models import audit, evaluations, interactions, outcomes, people, work
from models.base import Base

METADATA = Base.metadata
MODULES = (audit, evaluations, interactions, outcomes, people, work)
