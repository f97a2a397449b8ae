"""Signing in and out: a random token for each browser, kept as its digest, with an idle and an absolute end."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from models.errors import QAError
from models.people import Person, SignIn, SignInAttempt
from qa_platform import audit
from qa_platform.access.passwords import matches
from qa_platform.access.people import viewer
from qa_platform.access.rights import Viewer

IDLE = timedelta(hours=1)
LONGEST = timedelta(hours=12)
WRITE_SEEN_EVERY = timedelta(minutes=1)
WINDOW = timedelta(minutes=15)
TRIES_EACH = 5  # failures of one e-mail from one address in the window
TRIES_ADDRESS = 30  # failures from one address, whatever the e-mail


class SignInRefused(QAError):
    """The same words for a wrong password, an unknown e-mail and a closed account."""

    status = 401
    says = "The e-mail and the password do not match."
    remedy = "Check both and try again."


class TooManyTries(QAError):
    status = 429
    says = "Too many tries in a row."
    remedy = "Wait 15 minutes, or ask an administrator."


def prove(session: Session, *, email: str, password: str, address: str, now: datetime) -> int | None:
    """The id of the person who knows this password, or None. Reads only: hashing must not hold the write lock.

    Raises TooManyTries before any hashing.
    """
    _refuse_guessing(session, _tries(email, address), now)
    person = session.scalar(select(Person).where(Person.email == email.strip().casefold(), Person.active))
    return person.id if matches(password, person.password_hash if person else None) and person else None


def note_failure(session: Session, *, email: str, address: str, now: datetime) -> None:
    session.add_all(SignInAttempt(who=who, at=now, succeeded=False) for who in _tries(email, address))


def sign_in(session: Session, person_id: int, *, email: str, address: str, now: datetime) -> str:
    """A fresh token for the browser of somebody who proved who they are."""
    session.execute(delete(SignInAttempt).where(SignInAttempt.who == _tries(email, address)[0]))
    token = secrets.token_urlsafe(32)
    session.add(
        SignIn(
            token_hash=token_digest(token),
            person_id=person_id,
            created_at=now,
            seen_at=now,
            expires_at=now + LONGEST,
        )
    )
    audit.record(session, "person.signed_in", subject="person", subject_id=person_id, person_id=person_id, at=now)
    return token


def recognise(session: Session, token: str, *, now: datetime) -> tuple[Viewer, bool] | None:
    """Who holds this token, and whether the visit is due to be noted; None where it ended or never was."""
    found = session.execute(
        select(SignIn, Person)
        .join(Person, Person.id == SignIn.person_id)
        .where(
            SignIn.token_hash == token_digest(token),
            SignIn.expires_at > now,
            SignIn.seen_at > now - IDLE,
            Person.active,
        )
    ).one_or_none()
    if found is None:
        return None
    visit, person = found
    return viewer(session, person), now - visit.seen_at >= WRITE_SEEN_EVERY


def note_visit(session: Session, token: str, *, now: datetime) -> None:
    visit = session.scalar(select(SignIn).where(SignIn.token_hash == token_digest(token)))
    if visit is not None:
        visit.seen_at = now


def sign_out(session: Session, token: str) -> None:
    """Ends it on the server: a copied cookie is worth nothing afterwards."""
    visit = session.scalar(select(SignIn).where(SignIn.token_hash == token_digest(token)))
    if visit is not None:
        session.delete(visit)
        person = visit.person_id
        audit.record(session, "person.signed_out", subject="person", subject_id=person, person_id=person)


def forget_old(session: Session, *, now: datetime) -> None:
    """Ended sign-ins and old tries are not kept."""
    session.execute(delete(SignIn).where((SignIn.expires_at <= now) | (SignIn.seen_at <= now - IDLE)))
    session.execute(delete(SignInAttempt).where(SignInAttempt.at <= now - WINDOW))


def _refuse_guessing(session: Session, tries: tuple[str, str], now: datetime) -> None:
    for who, limit in zip(tries, (TRIES_EACH, TRIES_ADDRESS), strict=True):
        failed = session.scalar(
            select(func.count())
            .select_from(SignInAttempt)
            .where(SignInAttempt.who == who, SignInAttempt.at > now - WINDOW, ~SignInAttempt.succeeded)
        )
        if (failed or 0) >= limit:
            raise TooManyTries


def _tries(email: str, address: str) -> tuple[str, str]:
    """What tries are counted by: this e-mail from this address, and this address. Digests, so that none is kept."""
    return token_digest(f"{address}|{email.strip().casefold()}"), token_digest(address)


def token_digest(token: str) -> str:
    """What is kept of a token: enough to recognise it, useless to whoever reads the table."""
    return hashlib.sha256(token.encode()).hexdigest()
