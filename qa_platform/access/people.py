"""People who sign in: adding them, what they may see, their own preferences, and closing an account."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from models.errors import QAError
from models.people import Agent, Person, PersonPortfolio, Portfolio, Role, SignIn
from qa_platform import audit
from qa_platform.access.passwords import check_password, hash_password, matches
from qa_platform.access.rights import NotFound, Viewer

LANGUAGES = ("es", "en")
THEMES = ("light", "dark")


class EmailTaken(QAError):
    status = 409
    says = "There is already an account with that e-mail."
    remedy = "Use another e-mail, or open the account that exists."


class NotAnEmail(QAError):
    status = 422
    says = "That is not an e-mail address."
    remedy = "Write it as name@company.com."


class WrongPassword(QAError):
    status = 422
    says = "The current password does not match."
    remedy = "Write it again; nothing was changed."


class SamePassword(QAError):
    status = 422
    says = "The new password is the old one."
    remedy = "Choose one that nobody else knows."


class OwnAccount(QAError):
    status = 409
    says = "You cannot close your own account."
    remedy = "Ask another administrator."


class PortfolioUnknown(QAError):
    status = 404
    says = "There is no portfolio with this code."
    remedy = "Use the code of a portfolio that exists."


@dataclass(frozen=True, slots=True)
class Colleague:
    """An account as administrators see it."""

    id: int
    name: str
    email: str
    role: Role
    active: bool
    every_portfolio: bool
    portfolios: tuple[str, ...]


def add_person(
    session: Session,
    *,
    email: str,
    name: str,
    role: Role,
    password: str,
    now: datetime,
    language: str = "es",
    every_portfolio: bool = False,
    portfolios: Iterable[int] = (),
    agent_id: int | None = None,
    by: int | None = None,
    first_password: bool = False,
) -> int:
    """The new account's id; `by` is whoever opens it. With `first_password` the person has to change it before
    anything else. Raises EmailTaken, NotAnEmail, WeakPassword."""
    address = _address(email)
    check_password(password, email=address)
    if session.scalar(select(Person.id).where(Person.email == address)) is not None:
        raise EmailTaken
    person = Person(
        email=address,
        name=name.strip() or address,
        password_hash=hash_password(password),
        role=role,
        language=language,
        every_portfolio=every_portfolio,
        agent_id=agent_id,
        first_password=first_password,
        created_at=now,
    )
    session.add(person)
    session.flush()
    session.add_all(PersonPortfolio(person_id=person.id, portfolio_id=portfolio) for portfolio in sorted(portfolios))
    audit.record(
        session,
        "person.added",
        subject="person",
        subject_id=person.id,
        person_id=by,
        details={"role": role.value},
        at=now,
    )
    return person.id


def viewer(session: Session, person: Person) -> Viewer:
    """The person as pages and use cases know them."""
    chosen = select(PersonPortfolio.portfolio_id).where(PersonPortfolio.person_id == person.id)
    return Viewer(
        id=person.id,
        name=person.name,
        email=person.email,
        role=person.role,
        language=person.language,
        theme=person.theme,
        shortcuts=person.shortcuts,
        every_portfolio=person.every_portfolio,
        portfolios=frozenset(session.scalars(chosen)),
        agent_id=person.agent_id,
        first_password=person.first_password,
    )


def prefer(
    session: Session,
    person_id: int,
    *,
    language: str | None = None,
    theme: str | None = None,
    shortcuts: bool | None = None,
) -> None:
    """Keep a person's own choices; unknown words change nothing."""
    person = session.get_one(Person, person_id)
    if language in LANGUAGES:
        person.language = language
    if theme in THEMES:
        person.theme = theme
    if shortcuts is not None:
        person.shortcuts = shortcuts


def change_password(session: Session, person_id: int, *, current: str, new: str, keep_token_hash: str) -> None:
    """Every other browser of this person is signed out. Raises WrongPassword, SamePassword,
    WeakPassword."""
    person = session.get_one(Person, person_id)
    if not matches(current, person.password_hash):
        raise WrongPassword
    if new == current:
        raise SamePassword
    check_password(new, email=person.email)
    person.password_hash, person.first_password = hash_password(new), False
    session.execute(delete(SignIn).where(SignIn.person_id == person_id, SignIn.token_hash != keep_token_hash))
    audit.record(session, "person.password_changed", subject="person", subject_id=person_id, person_id=person_id)


def colleagues(session: Session) -> tuple[Colleague, ...]:
    """Every account, open ones first."""
    seen: dict[int, list[str]] = {}
    for person_id, name in session.execute(
        select(PersonPortfolio.person_id, Portfolio.name).join(Portfolio).order_by(Portfolio.name)
    ):
        seen.setdefault(person_id, []).append(name)
    people = session.scalars(select(Person).order_by(Person.active.desc(), Person.name))
    return tuple(
        Colleague(
            id=person.id,
            name=person.name,
            email=person.email,
            role=person.role,
            active=person.active,
            every_portfolio=person.every_portfolio,
            portfolios=tuple(seen.get(person.id, ())),
        )
        for person in people
    )


def portfolios(session: Session) -> tuple[tuple[int, str], ...]:
    return tuple(
        (row.id, row.name) for row in session.execute(select(Portfolio.id, Portfolio.name).order_by(Portfolio.name))
    )


def portfolio_ids(session: Session, codes: Iterable[str]) -> list[int]:
    found = {row.code: row.id for row in session.scalars(select(Portfolio).where(Portfolio.code.in_(list(codes))))}
    for code in codes:
        if code not in found:
            raise PortfolioUnknown(code)
    return list(found.values())


def agents(session: Session) -> tuple[tuple[int, str], ...]:
    active = select(Agent.id, Agent.name).where(Agent.active).order_by(Agent.name)
    return tuple((row.id, row.name) for row in session.execute(active))


def set_active(session: Session, person_id: int, *, active: bool, by: Viewer) -> None:
    """Close or open an account; closing signs it out everywhere at once. Raises NotFound, OwnAccount."""
    person = session.get(Person, person_id)
    if person is None:
        raise NotFound
    if person.id == by.id:
        raise OwnAccount
    person.active = active
    if not active:
        session.execute(delete(SignIn).where(SignIn.person_id == person_id))
    act = "person.opened" if active else "person.closed"
    audit.record(session, act, subject="person", subject_id=person_id, person_id=by.id)


def _address(email: str) -> str:
    address = email.strip().casefold()
    name, _, domain = address.partition("@")
    if not name or "." not in domain or len(address) > 254 or any(part.isspace() for part in address):
        raise NotAnEmail
    return address
