"""What the draw says of everybody: raw and corrected side by side, and the plan's queue shown before it is drawn."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, select

from models.evaluations import ItemState, QueueDraw, QueueItem, Stratum
from models.finding import Answer, Severity
from models.interactions import Interaction
from models.people import Role
from qa_platform.database import transaction
from qa_platform.sample import figures
from qa_platform.sample import plan as plans
from qa_platform.sample.draw import canonical
from qa_platform.sample.figures import By
from qa_platform.sample.preview import preview
from qa_platform.sample.sampling import build_queue, stored_sample

JAIL = (("slip.threat_jail", Severity.CRITICAL),)
NOT_MET = Answer.NOT_MET


def test_the_preview_is_the_draw_that_follows_it(engine: Engine, desk: Any) -> None:
    with transaction(engine) as session:
        for number in range(40):
            desk.call(session, agent_id=desk.agent(session, f"A{number % 3}"), slips=JAIL if number % 20 == 0 else ())
        shown = preview(session, now=desk.now)
        assert session.scalars(select(QueueDraw)).all() == []
        built = build_queue(session, now=desk.now)
        assert built.draw_id is not None
        assert canonical([one.drawn for one in shown.items]) == canonical(stored_sample(session, built.draw_id))
    assert (shown.seed, shown.population, shown.places.total) == (built.seed, 40, 24)
    assert shown.quotas[Stratum.RISK] >= 2
    critical = next(one for one in shown.risks if one.code == "critical_slip")
    assert (critical.population, critical.drawn) == (2, 2)
    assert shown.notices == ()


def drawn_and_heard(session: Any, desk: Any, *, leave: int = 0) -> Any:
    """Forty ordinary calls and four with a threat, two agents; all that was drawn is judged, but for `leave` items."""
    agents = [desk.agent(session, "Karla"), desk.agent(session, "Diego")]
    reviewer = desk.person(session)
    bad = [desk.call(session, agent_id=agents[0], slips=(("slip.id_weak", Severity.HIGH),)) for _ in range(6)]
    for number in range(54):
        desk.call(session, agent_id=agents[number % 2])
    build_queue(session, now=desk.now, plan=replace(plans.plan(), capacity=16, double_share=0.0))
    items = session.scalars(select(QueueItem).order_by(QueueItem.position)).all()
    for item in items[: len(items) - leave]:
        worse = {"recap": NOT_MET, "date": NOT_MET, "amount": NOT_MET} if item.interaction_id in bad else {}
        desk.reviewed(session, reviewer, item.interaction_id, answers=worse)
    return agents


def test_hunting_for_problems_sinks_the_raw_figure_and_not_the_corrected_one(engine: Engine, desk: Any) -> None:
    with transaction(engine) as session:
        agents = drawn_and_heard(session, desk)
        vera = desk.person(session, "Vera", Role.SUPERVISOR)
        day = desk.now.date()
        (whole,) = figures.points(session, vera, since=day, until=day)
        truth_good, truth_bad = 100.0, whole.raw.value
        assert whole.raw.value is not None
        assert whole.corrected.value is not None
        assert truth_bad is not None
        assert whole.corrected.value > whole.raw.value
        assert whole.corrected.high is not None
        assert whole.corrected.low is not None
        assert whole.corrected.low <= truth_good - 0.1 * (truth_good - 60) <= whole.corrected.high + 5
        by_agent = {row.key: row for row in figures.points(session, vera, since=day, until=day, by=By.AGENT)}
        assert {row.name for row in by_agent.values()} == {"Karla", "Diego"}
        karla = by_agent[str(agents[0])]
        assert karla.raw.value is not None
        assert karla.corrected.value is not None
        assert karla.corrected.value > karla.raw.value
        recap = next(row for row in figures.questions(session, vera, since=day, until=day) if row.key == "recap")
        assert recap.name == "Repite monto y fecha acordados"
        assert recap.raw.value is not None
        assert recap.corrected.value is not None
        assert recap.corrected.value > recap.raw.value
        assert figures.points(session, vera, since=day + timedelta(days=1), until=day + timedelta(days=2)) == ()


def test_what_was_drawn_and_not_heard_is_counted_and_stood_in_for(engine: Engine, desk: Any) -> None:
    with transaction(engine) as session:
        drawn_and_heard(session, desk, leave=4)
        vera = desk.person(session, "Vera", Role.SUPERVISOR)
        day = desk.now.date()
        told = figures.standing(session, vera, since=day, until=day)
        assert (told.population, told.drawn - told.heard) == (60, 4)
        (whole,) = figures.points(session, vera, since=day, until=day)
        assert whole.raw.n == told.heard
        chances = session.execute(
            select(QueueItem.severity, QueueItem.probability).where(QueueItem.state != ItemState.SKIPPED)
        ).all()
        items = figures._items(session, vera, since=day, until=day)
        weights = figures._weights(items.values())
        total = sum(1 / row.probability for row in chances)
        heard = sum(weights[severity, chance] for severity, chance, done in items.values() if done)
        assert heard == pytest.approx(total)


def test_what_was_judged_without_a_draw_enters_the_raw_figure_only(engine: Engine, desk: Any) -> None:
    with transaction(engine) as session:
        vera, lucia = desk.person(session, "Vera", Role.SUPERVISOR), desk.person(session)
        desk.reviewed(session, lucia, desk.call(session, agent_id=desk.agent(session)))
        day = desk.now.date()
        (whole,) = figures.points(session, vera, since=day, until=day)
        assert (whole.raw.n, whole.corrected.n, whole.undrawn) == (1, 0, 1)
        assert whole.raw.few
        elsewhere = replace(vera, every_portfolio=False, portfolios=frozenset({99}))
        assert figures.points(session, elsewhere, since=day, until=day) == ()
        teams = figures.points(session, vera, since=day, until=day, by=By.TEAM)
        assert [(row.key, row.name) for row in teams] == [("", "")]
        assert session.scalars(select(Interaction.id)).one() == 1
