"""The audit trail: every act of consequence, chained by digest so that a later change shows."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from models.audit import AuditEntry

FIRST = "0" * 64
CHAIN_LOCK = 7_411_905_322  # any constant of our own; names the chain among PostgreSQL's advisory locks


def record(
    session: Session,
    act: str,
    *,
    subject: str,
    subject_id: int | None = None,
    person_id: int | None = None,
    details: Mapping[str, Any] | None = None,
    at: datetime | None = None,
) -> AuditEntry:
    """Add one act to the chain, in the caller's own transaction. `details` holds ids and codes, never personal data."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": CHAIN_LOCK})
    session.flush()
    previous = session.scalar(select(AuditEntry.digest).order_by(AuditEntry.id.desc()).limit(1)) or FIRST
    entry = AuditEntry(
        at=at or datetime.now(UTC),
        person_id=person_id,
        act=act,
        subject=subject,
        subject_id=subject_id,
        details=dict(details or {}),
        previous=previous,
        digest="",
    )
    entry.digest = digest(entry)
    session.add(entry)
    session.flush()
    return entry


def broken_links(session: Session) -> list[int]:
    """Ids of entries that no longer fit their digest or their predecessor; empty when the chain is whole."""
    broken, previous = [], FIRST
    for entry in session.scalars(select(AuditEntry).order_by(AuditEntry.id)):
        if entry.previous != previous or entry.digest != digest(entry):
            broken.append(entry.id)
        previous = entry.digest
    return broken


def digest(entry: AuditEntry) -> str:
    content = {
        "at": entry.at.astimezone(UTC).isoformat(timespec="microseconds"),
        "person": entry.person_id,
        "act": entry.act,
        "subject": entry.subject,
        "subject_id": entry.subject_id,
        "details": entry.details,
        "previous": entry.previous,
    }
    canonical = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(canonical.encode()).hexdigest()
