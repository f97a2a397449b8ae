"""The log of events: whatever their order and however often they come, the same stands; corrections stand for good."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import count
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from models.events import Event, EventType
from models.interactions import Debt
from models.outcomes import CrmPromise, Payment, PromiseState
from models.people import Portfolio
from qa_platform.access.integrations import Integration
from qa_platform.database import reading, transaction
from qa_platform.events import fold
from qa_platform.events.log import events_of
from qa_platform.events.receiving import take

NOW = datetime(2026, 3, 20, 18, tzinfo=UTC)
HOMES = ["engine", pytest.param("postgres", marks=pytest.mark.postgres)]
NUMBERS = count(1)


def told(kind: str, name: str, *, day: int = 1, account: str = "A", **more: Any) -> dict[str, Any]:
    envelope: dict[str, Any] = {field: more.pop(field) for field in ("corrects", "version", "source") if field in more}
    at = datetime(2026, 3, day, 12, tzinfo=UTC).isoformat()
    data = {"account": account, **more}
    return {"specversion": "1.0", "id": name, "source": "crm", "type": kind, "time": at, "data": data, **envelope}


# A payment told twice, moved to another account, its amount corrected under a higher version, reversed by mistake; a
# line of corrections that name nothing; a promise renewed and cancelled; an account whose figures come in pieces.
STORY = [
    told("paid", "p1", amount="100.00", payment_id="P1"),
    told("paid", "p1-again", amount="120.00", payment_id="P1", version=1),
    told("payment.reversed", "r1", payment_id="P1", day=3),
    told("paid", "p2", amount="50.10", day=2),
    told("paid", "p2-b", amount="51.10", day=3, corrects="p2"),
    told("paid", "p2-c", amount="52.10", day=3, corrects="p2-b", account="B"),
    told("paid", "p3", amount="7", payment_id="P3"),
    told("payment.reversed", "r3", payment_id="P3", day=4),
    told("paid", "r3-undone", amount="7", payment_id="P3", day=5, corrects="r3"),
    told("promised", "q1", amount="300", due="2026-03-15", promise_id="Q1"),
    told("promised", "q1-new", amount="200", due="2026-03-20", promise_id="Q1", day=4),
    told("promised", "q2", amount="10", due="2026-03-18", promise_id="Q2"),
    told("promise.cancelled", "q2-off", promise_id="Q2", day=5),
    told("account.updated", "u1", balance="900.00", days_past_due=30, day=1),
    told("account.updated", "u2", balance="750.00", day=3),
    told("account.updated", "u3", segment="60-89", day=2),
    told("consent.granted", "c1", channel="whatsapp", day=1),
    told("consent.revoked", "c2", channel="whatsapp", day=6),
    told("disputed", "d1", dispute_id="D1", reason="paid_already", day=2),
    told("contacted", "k1", channel="voice", day=1),
    told("paid", "x1", amount="1", payment_id="X", corrects="x2"),
    told("paid", "x2", amount="2", payment_id="X", corrects="x1"),
]


def started(session: Session) -> Integration:
    portfolio = Portfolio(code=f"p{next(NUMBERS)}", name="P", currency="MXN")
    session.add(portfolio)
    session.flush()
    return Integration(1, "CRM", portfolio.id)


def stands(session: Session, portfolio_id: int | None) -> list[Any]:
    """Everything that is read elsewhere, without the numbers of rows."""
    debts = session.scalars(select(Debt).where(Debt.portfolio_id == portfolio_id).order_by(Debt.ref)).all()
    found: list[Any] = []
    for debt in debts:
        found.append((debt.ref, debt.balance, debt.days_past_due, debt.segment))
        paid = session.scalars(select(Payment).where(Payment.debt_id == debt.id).order_by(Payment.external_id))
        found += [(p.external_id, p.amount, p.currency, p.paid_at, p.reversed_at) for p in paid]
        made = session.scalars(select(CrmPromise).where(CrmPromise.debt_id == debt.id).order_by(CrmPromise.external_id))
        found += [(p.external_id, p.amount, p.due, p.created_at, p.state, p.cancelled_at) for p in made]
    return found


@pytest.mark.parametrize("home", HOMES)
def test_a_story_in_any_number_of_deliveries_leaves_what_it_tells(home: str, request: pytest.FixtureRequest) -> None:
    engine: Engine = request.getfixturevalue(home)
    for story in (STORY, STORY[::-1]):
        with transaction(engine) as session:
            integration = started(session)
            for one in story:
                assert take(session, integration, [one], now=NOW)[0]["status"] == "accepted"
        with reading(engine) as session:
            found = stands(session, integration.portfolio_id)
            debt = session.scalars(
                select(Debt).where(Debt.portfolio_id == integration.portfolio_id, Debt.ref == "A")
            ).one()
            whatsapp = fold.standing(events_of(session, debt.id))[debt.id, "consent:whatsapp:collections"]
        noon = datetime(2026, 3, 1, 12, tzinfo=UTC)
        assert ("A", Decimal(750), 30, "60-89") in found
        assert ("P1", Decimal(120), "MXN", noon, noon + timedelta(days=2)) in found
        assert ("P3", Decimal(7), "MXN", noon + timedelta(days=4), None) in found
        assert fold.consent(whatsapp) is False
        moved = found[found.index(("B", None, None, None)) + 1 :]
        assert [(amount, at) for _, amount, _, at, _ in moved] == [(Decimal("52.10"), noon + timedelta(days=2))]
        promises = [row for row in found if row[0] in {"Q1", "Q2"}]
        assert [(row[1], row[4]) for row in promises] == [
            (Decimal(200), PromiseState.PENDING),
            (Decimal(10), PromiseState.CANCELLED),
        ]
        assert len([row for row in found if isinstance(row[1], Decimal) and row[1] == Decimal("50.10")]) == 0


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_the_order_the_cuts_and_the_repetitions_of_deliveries_change_nothing(
    engine: Engine, data: st.DataObject
) -> None:
    chosen = data.draw(st.lists(st.sampled_from(range(len(STORY))), min_size=1, unique=True))
    order = data.draw(st.permutations(chosen + data.draw(st.lists(st.sampled_from(chosen), max_size=5))))
    cuts = sorted(data.draw(st.lists(st.integers(0, len(order)), max_size=4)))
    with transaction(engine) as session:
        whole, parts = started(session), started(session)
        take(session, whole, [STORY[place] for place in sorted(chosen)], now=NOW)
        for start, stop in zip([0, *cuts], [*cuts, len(order)], strict=True):
            take(session, parts, [STORY[place] for place in order[start:stop]], now=NOW)
        session.expire_all()
        assert stands(session, parts.portfolio_id) == stands(session, whole.portfolio_id)
        kept = select(func.count()).select_from(Event).where(Event.portfolio_id == parts.portfolio_id)
        assert session.scalar(kept) == len(chosen)


def test_the_same_id_of_another_source_or_portfolio_is_another_event(engine: Engine) -> None:
    with transaction(engine) as session:
        first, second = started(session), started(session)
        paid = told("paid", "1", amount="5")
        sent = [(first, paid), (first, paid), (first, {**paid, "source": "bank"}), (second, paid)]
        answers = [take(session, to, [one], now=NOW)[0]["status"] for to, one in sent]
        session.expire_all()
        assert answers == ["accepted", "duplicate", "accepted", "accepted"]
        assert len([row for row in stands(session, first.portfolio_id) if row[1] == Decimal(5)]) == 2


@pytest.mark.parametrize(
    ("change", "field", "code"),
    [
        ({"id": ""}, "id", "FieldUnusable"),
        ({"specversion": "0.3"}, "specversion", "FieldUnusable"),
        ({"type": "bought"}, "type", "FieldUnusable"),
        ({"time": "2026-03-12T10:30:00"}, "time", "FieldUnusable"),
        ({"time": "2027-03-12T10:30:00Z"}, "time", "AheadOfTime"),
        ({"corrects": "1"}, "corrects", "CorrectsItself"),
        ({"data": []}, "data", "FieldUnusable"),
        ({"data": {"account": "A"}}, "data.amount", "FieldMissing"),
        ({"data": {"amount": "5"}}, "data.account", "FieldMissing"),
        ({"data": {"account": "A", "amount": "5.005"}}, "data.amount", "FieldUnusable"),
        ({"data": {"account": "A", "amount": "-5"}}, "data.amount", "FieldUnusable"),
        ({"data": {"account": "A", "amount": "NaN"}}, "data.amount", "FieldUnusable"),
        ({"data": {"account": "A", "amount": 5.5}}, "data.amount", "FieldUnusable"),
        ({"data": {"account": "A", "amount": True}}, "data.amount", "FieldUnusable"),
        ({"data": {"account": "A\0", "amount": "5"}}, "data.account", "FieldUnusable"),
        ({"data": {"account": "\ud800", "amount": "5"}}, "data.account", "FieldUnusable"),
        ({"data": {"account": "A", "amount": "5", "currency": "pesos"}}, "data.currency", "FieldUnusable"),
        ({"data": {"account": "A", "amount": "5", "portfolio": "other"}}, "data.portfolio", "PortfolioNeeded"),
        ({"data": {"account": "A", "amount": "5", "paid_at": "2028-01-01T00:00:00Z"}}, "data.paid_at", "AheadOfTime"),
        ({"type": "account.updated", "data": {"account": "A"}}, "data", "FieldUnusable"),
        ({"type": "contacted", "data": {"account": "A", "channel": "pigeon"}}, "data.channel", "FieldUnusable"),
    ],
)
def test_what_cannot_be_kept_is_refused_by_field_and_leaves_nothing(
    engine: Engine, change: dict[str, Any], field: str, code: str
) -> None:
    with transaction(engine) as session:
        answer = take(session, started(session), [told("paid", "1", amount="5") | change], now=NOW)[0]
        assert (answer["status"], answer["field"], answer["code"]) == ("refused", field, code)
        assert session.scalar(select(func.count()).select_from(Event)) == 0


def test_an_amount_without_any_currency_is_refused(engine: Engine) -> None:
    with transaction(engine) as session:
        integration = started(session)
        session.get_one(Portfolio, integration.portfolio_id).currency = None
        session.flush()
        answers = take(session, integration, [told(EventType.PAID, "1", amount="5")], now=NOW)
    assert (answers[0]["code"], answers[0]["field"]) == ("CurrencyUnknown", "data.currency")
