"""The queue in a real database: drawn once, made again to the byte, listed with reasons, claimed by one person only."""

from __future__ import annotations

import math
import threading
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count

import pytest
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from models.audit import AuditEntry
from models.calibration import CalibrationSession
from models.conversation import Channel, Direction, Speaker
from models.evaluations import ItemState, QueueDraw, QueueItem, Stratum
from models.finding import Outcome, Severity
from models.interactions import Interaction, Stage, StoredFinding, StoredTurn, Verdict
from models.people import Agent, Person, Portfolio, Role
from qa_platform.access.rights import NotAllowed, NotFound, Viewer
from qa_platform.database import reading, transaction
from qa_platform.sample import claims, quota, sampling, stored_plans
from qa_platform.sample import plan as plans
from qa_platform.sample.claims import AlreadyClaimed, AlreadyDone, ReasonMissing
from qa_platform.sample.draw import canonical
from qa_platform.sample.sampling import build_queue, coverage, plan_progress, replay, stored_sample, tend_day
from qa_platform.sample.worklist import CLAIM, Order, QueueFilter, item, list_queue
from qa_platform.text import phrase

NOW = datetime(2026, 11, 19, 9, 0, tzinfo=UTC)  # a Thursday
NUMBERS = count(1)


def person(session: Session, name: str = "Lucía", *, role: Role = Role.ANALYST, portfolio: int | None = None) -> Viewer:
    row = Person(email=f"{name}{next(NUMBERS)}@example.com", name=name, password_hash="x", role=role, created_at=NOW)
    session.add(row)
    session.flush()
    return Viewer(
        id=row.id,
        name=name,
        email=row.email,
        role=role,
        language="es",
        theme="light",
        shortcuts=True,
        every_portfolio=portfolio is None,
        portfolios=frozenset() if portfolio is None else frozenset({portfolio}),
        agent_id=None,
    )


def agent(session: Session, name: str) -> int:
    row = Agent(code=name, name=name)
    session.add(row)
    session.flush()
    return row.id


def portfolio(session: Session, name: str) -> int:
    row = Portfolio(code=name, name=name, country="MX")
    session.add(row)
    session.flush()
    return row.id


def interaction(
    session: Session,
    *findings: tuple[str, Severity],
    agent_id: int | None = None,
    portfolio_id: int | None = None,
    processed_at: datetime = NOW - timedelta(hours=1),
    stage: Stage = Stage.READY,
    text: str = "Buenos días",
) -> int:
    row = Interaction(
        content_key=f"{next(NUMBERS):064d}",
        channel=Channel.VOICE,
        direction=Direction.OUTBOUND,
        language="es",
        started_at=processed_at - timedelta(hours=2),
        received_at=processed_at,
        processed_at=processed_at,
        stage=stage,
        agent_id=agent_id,
        portfolio_id=portfolio_id,
        duration=151.0,
        turn_count=1,
    )
    session.add(row)
    session.flush()
    session.add(StoredTurn(interaction_id=row.id, position=0, speaker=Speaker.AGENT, text=text, start=0.0, end=2.0))
    session.add_all(finding(row.id, code, severity) for code, severity in findings)
    session.flush()
    return row.id


def finding(interaction_id: int, code: str, severity: Severity) -> StoredFinding:
    return StoredFinding(
        interaction_id=interaction_id,
        code=code,
        severity=severity,
        outcome=Outcome.DETECTED,
        rule_id="r",
        rule_version="1",
        turn=0,
        start=0.0,
        end=42.0,
        confidence=0.9,
    )


JAIL = ("slip.threat_jail", Severity.CRITICAL)
SILENCE = ("speech.silence", Severity.LOW)


def filled(session: Session, *, plain: int = 40, silent: int = 6, critical: int = 2) -> Viewer:
    """A day's work over three agents, and somebody to do it."""
    agents = [agent(session, name) for name in ("Karla", "Diego", "Rosa")]
    for index in range(plain + silent + critical):
        found: tuple[tuple[str, Severity], ...] = ()
        if index >= plain:
            found = (SILENCE,) if index < plain + silent else (JAIL, SILENCE)
        interaction(session, *found, agent_id=agents[index % 3])
    return person(session)


def test_a_day_is_drawn_by_plan_and_every_item_tells_its_chance_and_its_reasons(engine: Engine) -> None:
    with transaction(engine) as session:
        viewer = filled(session)
        built = build_queue(session, now=NOW)
    assert (built.day, built.seed, built.population) == (NOW.date(), 20261119, 48)
    assert built.added[Stratum.RISK] == 8
    assert built.added[Stratum.RANDOM] >= 6
    with reading(engine) as session:
        page = list_queue(session, viewer, now=NOW)
    assert page.total == built.total == len(page.rows)
    assert [row.severity.rank for row in page.rows] == sorted(row.severity.rank for row in page.rows)
    first = page.rows[0]
    assert first.probability == 1.0
    assert [reason.words("es") for reason in first.reasons][-1] == "Silencio de 42 s"
    random = next(row for row in page.rows if row.stratum is Stratum.RANDOM)
    assert random.reasons[0].words("es") == "Muestra aleatoria"
    assert 0 < random.probability < 1


def test_the_draw_can_be_made_again_to_the_byte_even_when_findings_have_changed(engine: Engine) -> None:
    with transaction(engine) as session:
        filled(session)
        built = build_queue(session, now=NOW, seed=77)
        assert built.draw_id is not None
        for row in session.scalars(select(StoredFinding)):
            row.verdict = Verdict.REJECTED
        interaction(session, JAIL)
    with reading(engine) as session:
        again = canonical(replay(session, built.draw_id))
        assert again == canonical(stored_sample(session, built.draw_id))


def test_the_clock_draws_a_day_once_and_later_adds_only_what_has_turned_critical(engine: Engine) -> None:
    with transaction(engine) as session:
        filled(session)
        first = tend_day(session, now=NOW)
        assert tend_day(session, now=NOW).total == 0
        late = NOW + timedelta(hours=1)
        critical = interaction(session, JAIL, processed_at=late)
        interaction(session, SILENCE, processed_at=late)
        second = tend_day(session, now=late)
    assert (second.draw_id, dict(second.added)) == (first.draw_id, {Stratum.RISK: 1})
    with reading(engine) as session:
        added = session.scalars(select(QueueItem).where(QueueItem.interaction_id == critical)).one()
        assert (added.probability, added.severity, added.risk) == (1.0, Severity.CRITICAL, "critical_slip")
        assert first.draw_id is not None
        assert canonical(replay(session, first.draw_id)) == canonical(stored_sample(session, first.draw_id))


def test_a_person_may_draw_what_is_new_on_the_same_day_and_each_draw_can_be_made_again(engine: Engine) -> None:
    with transaction(engine) as session:
        filled(session)
        first = build_queue(session, now=NOW)
        assert build_queue(session, now=NOW).draw_id is None
        late = NOW + timedelta(hours=1)
        uploads = {interaction(session, SILENCE, processed_at=late), interaction(session, processed_at=late)}
        second = build_queue(session, now=late)
        assert tend_day(session, now=late).draw_id == second.draw_id
    assert (first.number, second.number, second.seed) == (1, 2, 2026111902)
    assert [message for message, _ in second.notices] == [sampling.ALL_DRAWN]
    with reading(engine) as session:
        rows = session.scalars(select(QueueItem).where(QueueItem.draw_id == second.draw_id)).all()
        assert {row.interaction_id for row in rows} == uploads
        assert {row.probability for row in rows} == {1.0}
        for draw_id in (first.draw_id, second.draw_id):
            assert draw_id is not None
            assert canonical(replay(session, draw_id)) == canonical(stored_sample(session, draw_id))


def test_a_quota_larger_than_the_population_is_said_in_both_languages(engine: Engine) -> None:
    with transaction(engine) as session:
        interaction(session)
        ((message, details),) = build_queue(session, now=NOW).notices
    spanish, english = (phrase(message, details, language) for language in ("es", "en"))
    assert english == "The plan has 24 places and only 1 interactions are new: all of them are drawn."
    assert spanish == "El plan tiene 24 lugares y solo hay 1 interacciones nuevas: entran todas."


def test_places_that_a_day_could_not_fill_are_carried_to_the_next_up_to_the_plans_limit(engine: Engine) -> None:
    plan = replace(plans.plan(), capacity=6, carry_over=3)
    with transaction(engine) as session:
        for _ in range(2):
            interaction(session)
        assert build_queue(session, now=NOW, plan=plan).total == 2
        tomorrow = NOW + timedelta(days=1)
        for _ in range(30):
            interaction(session, processed_at=tomorrow - timedelta(minutes=1))
        built = build_queue(session, now=tomorrow, plan=plan)
        assert built.draw_id is not None
        places = session.get_one(QueueDraw, built.draw_id).plan_content["places"]
        assert (places["own"], places["carried"]) == (6, 3)
        assert 6 < built.total <= 9
        assert canonical(replay(session, built.draw_id)) == canonical(stored_sample(session, built.draw_id))


def test_the_days_places_follow_the_analysts_who_are_there(engine: Engine) -> None:
    plan = replace(plans.plan(), per_analyst=4, carry_over=0)
    with transaction(engine) as session:
        here, away, admin = person(session), person(session, "Mateo"), person(session, "Eva", role=Role.ADMIN)
        assert quota.places(session, plan, day=NOW.date()).own == 8
        holiday = NOW.date() + timedelta(days=2)
        stored_plans.set_capacity(session, admin, away.id, 0, from_day=NOW.date(), to_day=holiday, now=NOW)
        stored_plans.set_capacity(session, admin, here.id, 6, from_day=NOW.date(), now=NOW)
        today = quota.places(session, plan, day=NOW.date())
        assert (today.own, today.analysts) == (6, 1)
        assert quota.places(session, plan, day=holiday + timedelta(days=1)).own == 10
        with pytest.raises(stored_plans.CapacityWrong):
            stored_plans.set_capacity(session, admin, here.id, -1, from_day=NOW.date(), now=NOW)
        with pytest.raises(NotAllowed):
            stored_plans.set_capacity(session, here, here.id, 9, from_day=NOW.date(), now=NOW)


def test_a_saved_plan_is_a_new_version_that_draws_and_a_stale_save_is_told(engine: Engine) -> None:
    with transaction(engine) as session:
        admin = person(session, role=Role.ADMIN)
        standing = stored_plans.current(session)
        content = {**plans.content(standing), "capacity": 2, "risk": {"non_rpc": 5}}
        saved = stored_plans.save(session, admin, content, based_on=standing.version, now=NOW)
        assert (saved.version, stored_plans.current(session)) == (standing.version + 1, saved)
        with pytest.raises(stored_plans.PlanChanged):
            stored_plans.save(session, admin, content, based_on=standing.version, now=NOW)
        for _ in range(9):
            interaction(session)
        assert build_queue(session, now=NOW).total == 2
        assert [one.plan.version for one in stored_plans.history(session)] == [saved.version, standing.version]


def test_a_share_of_the_draw_is_scored_twice_in_a_blind_session_of_its_own(engine: Engine) -> None:
    with transaction(engine) as session:
        filled(session)
        built = build_queue(session, now=NOW, plan=replace(plans.plan(), double_share=0.1))
        twice = session.scalars(select(QueueItem.interaction_id).where(QueueItem.double)).all()
        assert len(twice) == math.ceil(0.1 * built.total)
        assert set(session.scalars(select(CalibrationSession.interaction_id))) == set(twice)


def test_channels_that_lack_reviews_are_covered(engine: Engine) -> None:
    plan = replace(plans.plan(), capacity=8, shares=(0.0, 0.5, 0.5), minimum_per_channel=(("sms", 2),), risk=())
    with transaction(engine) as session:
        for index in range(60):
            key = interaction(session)
            if index < 3:
                session.get_one(Interaction, key).channel = Channel.SMS
        session.flush()
        build_queue(session, now=NOW, plan=plan)
        heard = session.scalars(
            select(Interaction.channel).join(QueueItem, QueueItem.interaction_id == Interaction.id)
        ).all()
        assert heard.count(Channel.SMS) >= 2


def test_an_interaction_enters_one_draw_and_what_came_later_the_next(engine: Engine) -> None:
    tomorrow = NOW + timedelta(days=1)
    with transaction(engine) as session:
        filled(session)
        build_queue(session, now=NOW)
        fresh = [interaction(session, processed_at=NOW + timedelta(hours=2)) for _ in range(3)]
        built = build_queue(session, now=tomorrow)
        assert built.population == 3
        drawn = session.scalars(select(QueueItem.interaction_id).where(QueueItem.draw_id == built.draw_id)).all()
        assert sorted(drawn) == fresh


def test_what_is_not_ready_is_not_drawn_and_an_empty_day_makes_no_draw(engine: Engine) -> None:
    with transaction(engine) as session:
        interaction(session, JAIL, stage=Stage.FAILED)
        interaction(session, JAIL, processed_at=NOW + timedelta(minutes=1))
        built = build_queue(session, now=NOW)
        assert (built.draw_id, built.total) == (None, 0)
        assert plan_progress(session, now=NOW) is None


def test_a_rejected_finding_is_no_reason(engine: Engine) -> None:
    with transaction(engine) as session:
        viewer = person(session)
        key = interaction(session, JAIL)
        session.scalars(
            select(StoredFinding).where(StoredFinding.interaction_id == key)
        ).one().verdict = Verdict.REJECTED
        build_queue(session, now=NOW)
        (row,) = list_queue(session, viewer, now=NOW).rows
        assert [reason.code for reason in row.reasons] == ["sample.random"]


def test_a_viewer_sees_and_takes_only_their_own_portfolios(engine: Engine) -> None:
    with transaction(engine) as session:
        ours, theirs = portfolio(session, "Andino"), portfolio(session, "Quindío")
        own = interaction(session, portfolio_id=ours)
        interaction(session, JAIL, portfolio_id=theirs)
        viewer = person(session, portfolio=ours)
        build_queue(session, now=NOW)
        assert [row.interaction_id for row in list_queue(session, viewer, now=NOW).rows] == [own]
        taken = claims.take_next(session, viewer, now=NOW)
        assert taken is not None
        assert taken.interaction_id == own
        hidden = session.scalars(select(QueueItem.id).where(QueueItem.interaction_id != own)).one()
        with pytest.raises(NotFound):
            item(session, viewer, hidden, now=NOW)


@pytest.mark.parametrize(
    ("only", "expected"),
    [
        (QueueFilter(severity=Severity.CRITICAL), {"jail"}),
        (QueueFilter(text="CÁRCEL"), {"jail"}),
        (QueueFilter(text="karla"), {"jail"}),
        (QueueFilter(text="100%"), set()),
        (QueueFilter(text="andi"), {"plain"}),
        (QueueFilter(stratum=Stratum.RANDOM), {"plain"}),
        (QueueFilter(channel=Channel.SMS), set()),
        (QueueFilter(mine=True), set()),
        (QueueFilter(), {"jail", "plain"}),
    ],
)
def test_the_list_is_filtered(engine: Engine, only: QueueFilter, expected: set[str]) -> None:
    with transaction(engine) as session:
        names = {
            interaction(session, JAIL, agent_id=agent(session, "Karla"), text="Va a la CÁRCEL"): "jail",
            interaction(session, portfolio_id=portfolio(session, "Andino")): "plain",
        }
        viewer = person(session)
        build_queue(session, now=NOW)
        page = list_queue(session, viewer, now=NOW, only=only)
        assert {names[row.interaction_id] for row in page.rows} == expected
        assert page.total == len(expected)


@pytest.mark.parametrize("order", list(Order))
def test_pages_of_the_list_follow_one_another_in_every_order(engine: Engine, order: Order) -> None:
    with transaction(engine) as session:
        viewer = filled(session)
        build_queue(session, now=NOW)
        whole = list_queue(session, viewer, now=NOW, order=order).rows
        parts = [list_queue(session, viewer, now=NOW, order=order, limit=5, offset=start).rows for start in (0, 5)]
        assert parts[0] + parts[1] == whole[:10]
        assert list_queue(session, viewer, now=NOW, order=order, limit=5, offset=-3).rows == parts[0]
        assert list_queue(session, viewer, now=NOW, order=order, offset=10**30).rows == ()


def test_next_takes_the_critical_first_and_gives_the_same_item_until_it_is_done(engine: Engine) -> None:
    with transaction(engine) as session:
        viewer = filled(session)
        build_queue(session, now=NOW)
        foreseen = claims.up_next(session, viewer, now=NOW)
        first = claims.take_next(session, viewer, now=NOW)
        assert first is not None
        assert foreseen is not None
        assert foreseen.id == first.id
        assert (first.severity, first.state, first.mine) == (Severity.CRITICAL, ItemState.CLAIMED, True)
        again = claims.take_next(session, viewer, now=NOW + timedelta(minutes=5))
        assert again is not None
        assert again.id == first.id
        claims.finish(session, first.interaction_id, now=NOW)
        following = claims.take_next(session, viewer, now=NOW)
        assert following is not None
        assert following.id != first.id


def test_a_claim_left_for_half_an_hour_is_anybodys(engine: Engine) -> None:
    with transaction(engine) as session:
        lucia, mateo = person(session, "Lucía"), person(session, "Mateo")
        interaction(session, JAIL)
        build_queue(session, now=NOW)
        held = claims.take_next(session, lucia, now=NOW)
        assert held is not None
        assert claims.take_next(session, mateo, now=NOW + CLAIM - timedelta(seconds=1)) is None
        with pytest.raises(AlreadyClaimed, match="Lucía"):
            claims.claim(session, mateo, held.id, now=NOW + timedelta(minutes=1))
        claims.keep(session, lucia, held.interaction_id, now=NOW + timedelta(minutes=20))
        assert claims.take_next(session, mateo, now=NOW + CLAIM) is None
        taken = claims.take_next(session, mateo, now=NOW + timedelta(minutes=20) + CLAIM)
        assert taken is not None
        assert (taken.id, taken.held_by) == (held.id, "Mateo")


def test_releasing_gives_back_and_skipping_needs_a_reason(engine: Engine) -> None:
    with transaction(engine) as session:
        lucia, mateo = person(session, "Lucía"), person(session, "Mateo")
        interaction(session, JAIL)
        build_queue(session, now=NOW)
        held = claims.take_next(session, lucia, now=NOW)
        assert held is not None
        with pytest.raises(AlreadyClaimed):
            claims.release(session, mateo, held.id, now=NOW)
        claims.release(session, lucia, held.id, now=NOW)
        with pytest.raises(ReasonMissing):
            claims.skip(session, mateo, held.id, reason="  ", now=NOW)
        claims.skip(session, mateo, held.id, reason="Audio vacío", now=NOW)
        assert list_queue(session, lucia, now=NOW).total == 0
        with pytest.raises(AlreadyDone):
            claims.claim(session, lucia, held.id, now=NOW)
        acts = session.scalars(select(AuditEntry.act).order_by(AuditEntry.id)).all()
        assert acts == ["queue.drawn", "queue.claimed", "queue.released", "queue.claimed", "queue.skipped"]


def test_who_may_not_review_takes_nothing(engine: Engine) -> None:
    with transaction(engine) as session:
        auditor = person(session, role=Role.AUDITOR)
        interaction(session, JAIL)
        build_queue(session, now=NOW)
        with pytest.raises(NotAllowed):
            claims.take_next(session, auditor, now=NOW)


def test_progress_and_coverage_tell_how_the_day_goes(engine: Engine) -> None:
    with transaction(engine) as session:
        viewer = filled(session)
        built = build_queue(session, now=NOW)
        for minutes in (10, 20, 30):
            taken = claims.take_next(session, viewer, now=NOW)
            assert taken is not None
            claims.finish(session, taken.interaction_id, now=NOW + timedelta(minutes=minutes))
        later = NOW + timedelta(minutes=30)
        progress = plan_progress(session, now=later)
        assert progress is not None
        assert (progress.done, progress.total, progress.seed) == (3, built.total, 20261119)
        assert progress.finish_at == later + (built.total - 3) * timedelta(minutes=10)
        covered = coverage(session, now=later)
        assert {one.agent for one in covered} == {"Karla", "Diego", "Rosa"}
        assert sum(one.done for one in covered) == 3
        assert [one.missing for one in covered] == sorted((one.missing for one in covered), reverse=True)
        next_week = coverage(session, now=later + timedelta(days=7))
        assert {one.done for one in next_week} == {0}


def at_the_same_time(people: Iterable[Viewer], take: Callable[[Viewer], object]) -> list[BaseException]:
    """Everybody presses at one instant; returns what went wrong."""
    viewers = list(people)
    start = threading.Barrier(len(viewers))
    errors: list[BaseException] = []

    def press(viewer: Viewer) -> None:
        start.wait()
        try:
            take(viewer)
        except BaseException as error:
            errors.append(error)

    threads = [threading.Thread(target=press, args=(viewer,)) for viewer in viewers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return errors


@pytest.mark.parametrize("home", ["engine", pytest.param("postgres", marks=pytest.mark.postgres)])
def test_people_who_press_next_at_the_same_instant_get_different_items(
    home: str, request: pytest.FixtureRequest
) -> None:
    """Eight people empty a queue of two dozen together: each item is claimed by exactly one of them."""
    engine: Engine = request.getfixturevalue(home)
    with transaction(engine) as session:
        filled(session, critical=6)
        people = [person(session, f"P{index}") for index in range(8)]
        total = build_queue(session, now=NOW).total
    taken: list[tuple[int, int]] = []

    def work(viewer: Viewer) -> None:
        while True:
            with transaction(engine) as session:
                row = claims.take_next(session, viewer, now=NOW)
            if row is None:
                return
            taken.append((row.id, viewer.id))
            with transaction(engine) as session:
                claims.finish(session, row.interaction_id, now=NOW)

    assert at_the_same_time(people, work) == []
    assert Counter(Counter(key for key, _ in taken).values()) == {1: total}
    with reading(engine) as session:
        holders = session.execute(select(QueueItem.id, QueueItem.claimed_by)).all()
    assert sorted((key, holder) for key, holder in holders) == sorted(taken)


@pytest.mark.parametrize("home", ["engine", pytest.param("postgres", marks=pytest.mark.postgres)])
def test_one_item_wanted_by_many_goes_to_one_and_the_others_are_told_who(
    home: str, request: pytest.FixtureRequest
) -> None:
    engine: Engine = request.getfixturevalue(home)
    with transaction(engine) as session:
        interaction(session, JAIL)
        people = [person(session, f"P{index}") for index in range(6)]
        build_queue(session, now=NOW)
        key = session.scalars(select(QueueItem.id)).one()

    def take(viewer: Viewer) -> None:
        with transaction(engine) as session:
            claims.claim(session, viewer, key, now=NOW)

    errors = at_the_same_time(people, take)
    assert [type(error) for error in errors] == [AlreadyClaimed] * 5
    assert len({str(error) for error in errors}) == 1


@pytest.mark.parametrize("home", ["engine", pytest.param("postgres", marks=pytest.mark.postgres)])
def test_a_day_that_several_build_at_once_is_drawn_once(home: str, request: pytest.FixtureRequest) -> None:
    engine: Engine = request.getfixturevalue(home)
    with transaction(engine) as session:
        viewer = filled(session)

    def build(_: Viewer) -> None:
        with transaction(engine) as session:
            build_queue(session, now=NOW)

    assert at_the_same_time([viewer] * 4, build) == []
    with reading(engine) as session:
        assert session.scalar(select(func.count()).select_from(QueueDraw)) == 1


@pytest.mark.postgres
def test_a_day_is_drawn_and_replayed_the_same_on_postgresql(postgres: Engine) -> None:
    with transaction(postgres) as session:
        viewer = filled(session)
        built = build_queue(session, now=NOW)
        assert built.draw_id is not None
        assert canonical(replay(session, built.draw_id)) == canonical(stored_sample(session, built.draw_id))
        assert list_queue(session, viewer, now=NOW, only=QueueFilter(text="buenos")).total == built.total
        assert plan_progress(session, now=NOW) is not None
        assert len(coverage(session, now=NOW)) == 3
        assert sampling.build_queue(session, now=NOW).total == 0
        assert session.scalar(select(func.count()).select_from(QueueDraw)) == 1
