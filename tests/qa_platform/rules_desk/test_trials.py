"""A changed rule from its first trial to tagged history, with everybody's verdicts kept."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from typer.testing import CliRunner

from models.audit import AuditEntry
from models.house_rules import RuleFlip, RuleJob, RuleJobState, RuleVersion
from models.interactions import Interaction, Verdict
from qa_platform import audit
from qa_platform.access.rights import NotAllowed
from qa_platform.cli import app
from qa_platform.commands import rule_trials, terminal
from qa_platform.database import reading, transaction
from qa_platform.rules_desk import trials, versions, walk
from qa_platform.rules_desk.written import read_rules
from tests.qa_platform.rules_desk.conftest import NOW, OWN, Archive
from tests.qa_platform.search.conftest import seeing

ZOO = (("agent", "Si no paga lo mando al zoológico."), ("customer", "¿Cómo dice?"))
JAIL = (("agent", "Si no paga lo vamos a meter a la cárcel."), ("customer", "No me amenace."))
CALM = (("agent", "Buenos días, ¿cómo está?"), ("customer", "Bien, gracias."))
SLIP = "slip.threat_jail"


def _kept(archive: Archive, session: Session, text: str = OWN) -> Sequence[RuleVersion]:
    return versions.keep(session, archive.viewer, read_rules(text), now=NOW)


def _backtested(archive: Archive, text: str = OWN) -> int:
    with transaction(archive.engine) as session:
        kept = _kept(archive, session, text)
        job = trials.ask_backtest(session, archive.viewer, kept, since=None, now=NOW).id
    assert walk.run(archive.house, job) is RuleJobState.DONE
    return job


def _retagged(archive: Archive) -> int:
    with transaction(archive.engine) as session:
        job = trials.ask_retag(session, archive.viewer, since=None, now=NOW).id
    assert walk.run(archive.house, job) is RuleJobState.DONE
    return job


def test_a_new_rule_is_tried_activated_and_history_is_tagged_again(both: Archive) -> None:
    zoo, calm = both.call(*ZOO), both.call(*CALM, portfolio=2)
    job = _backtested(both)
    with reading(both.engine) as session:
        found = trials.trial(session, both.viewer, job)
    assert [(one.interaction, one.change.value, one.code, one.quote, one.start) for one in found.flips] == [
        (zoo, "appears", SLIP, "Si no paga lo mando al zoológico", 0.0)
    ]
    assert [(one.code, one.portfolio, one.appears, one.disappears) for one in found.counts] == [(SLIP, "Andino", 1, 0)]
    assert SLIP not in both.codes(zoo), "a trial changes nothing"
    with transaction(both.engine) as session:
        assert versions.activate(session, both.viewer, _kept(both, session), now=NOW) == 1
    assert SLIP not in both.codes(zoo), "history is left until somebody asks for it"
    assert SLIP in both.codes(both.call(*ZOO)), "what comes in is judged by it"
    _retagged(both)
    (finding,) = [one for one in both.findings(zoo) if one.code == SLIP]
    assert (finding.rule_id, finding.rule_version) == ("slip.threat_jail.own_words", "h1")
    assert SLIP not in both.codes(calm)
    with reading(both.engine) as session:
        acts = session.scalars(select(AuditEntry.act).order_by(AuditEntry.id)).all()
        assert audit.broken_links(session) == []
    assert acts == ["rule.written", "rules.backtest_asked", "rules.backtested", "rule.activated", "rules.retag_asked",
                    "rules.retagged"]  # fmt: skip


def test_a_rule_is_worn_back_and_its_findings_go_with_the_next_tagging(archive: Archive) -> None:
    zoo = archive.call(*ZOO)
    with transaction(archive.engine) as session:
        versions.activate(session, archive.viewer, _kept(archive, session), now=NOW)
    _retagged(archive)
    with transaction(archive.engine) as session:
        versions.wear_back(session, archive.viewer, "es", "slip.threat_jail.own_words", None, now=NOW)
    _retagged(archive)
    assert SLIP not in archive.codes(zoo)
    with reading(archive.engine) as session:
        (only,) = versions.history(session, "es", "slip.threat_jail.own_words")
    assert (only.version, only.at_work) == ("h1", False)


def test_verdicts_stay_with_findings_and_what_a_person_confirmed_and_is_gone_is_told(archive: Archive) -> None:
    zoo, jail = archive.call(*ZOO), archive.call(*JAIL)
    with transaction(archive.engine) as session:
        versions.activate(session, archive.viewer, _kept(archive, session), now=NOW)
    _retagged(archive)
    with transaction(archive.engine) as session:
        for call in (zoo, jail):
            archive.says(session, call, SLIP, Verdict.CONFIRMED)
        versions.wear_back(session, archive.viewer, "es", "slip.threat_jail.own_words", None, now=NOW)
    job = _retagged(archive)
    (kept,) = [one for one in archive.findings(jail) if one.code == SLIP]
    assert kept.verdict is Verdict.CONFIRMED
    with reading(archive.engine) as session:
        found = trials.trial(session, archive.viewer, job)
    assert found.figures["confirmed_gone"] == 1
    assert [(one.interaction, one.verdict) for one in found.flips] == [(zoo, Verdict.CONFIRMED)]


def test_precision_and_recall_are_counted_on_what_people_judged(archive: Archive) -> None:
    right, wrong = archive.call(*ZOO), archive.call(("agent", "Mañana lo mando al zoológico con su paquete."))
    with transaction(archive.engine) as session:
        versions.activate(session, archive.viewer, _kept(archive, session), now=NOW)
    _retagged(archive)
    with transaction(archive.engine) as session:
        archive.says(session, right, SLIP, Verdict.CONFIRMED)
        archive.says(session, wrong, SLIP, Verdict.REJECTED)
    job = _backtested(archive, OWN.replace("  hits:", "  but: [paquete]\n  hits:"))
    with reading(archive.engine) as session:
        found = trials.trial(session, archive.viewer, job)
    assert found.rules == (("es", "slip.threat_jail.own_words", "h2", 2, False),)
    measures = (found.before.precision, found.after.precision, found.before.recall, found.after.recall)
    assert [(one.confirmed, one.judged) for one in measures if one] == [(1, 2), (1, 1), (1, 1), (1, 1)]
    assert [(one.interaction, one.change.value, one.verdict.value) for one in found.flips] == [
        (wrong, "disappears", "rejected")
    ]


def test_a_walk_that_was_cut_off_goes_on_and_counts_nothing_twice(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls = [archive.call(*(ZOO if number % 2 else CALM)) for number in range(7)]
    monkeypatch.setattr(walk, "HANDFUL", 2)
    with transaction(archive.engine) as session:
        job = trials.ask_backtest(session, archive.viewer, _kept(archive, session), since=None, now=NOW).id

    class Killed(BaseException):
        """As a kill: nothing catches it."""

    def dies(done: int, total: int) -> None:
        if done >= 4:
            raise Killed

    with pytest.raises(Killed):
        walk.run(archive.house, job, dies)
    with reading(archive.engine) as session:
        row = session.get_one(RuleJob, job)
        assert (row.state, row.done, row.cursor) == (RuleJobState.RUNNING, 4, calls[3])
        assert trials.waiting(session) == (job,)
    told: list[tuple[int, int]] = []
    assert walk.run(archive.house, job, lambda *so_far: told.append(so_far)) is RuleJobState.DONE
    assert told[-1] == (7, 7)
    with reading(archive.engine) as session:
        assert session.scalar(select(func.count(RuleFlip.id))) == 3
        assert session.get_one(RuleJob, job).figures["said"] == 3


def test_a_walk_is_cancelled_between_two_handfuls(archive: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    for _ in range(4):
        archive.call(*CALM)
    monkeypatch.setattr(walk, "HANDFUL", 1)
    with transaction(archive.engine) as session:
        job = trials.ask_retag(session, archive.viewer, since=None, now=NOW).id

    def stop(_done: int, _total: int) -> None:
        with transaction(archive.engine) as session:
            trials.cancel(session, archive.viewer, job, now=NOW)

    assert walk.run(archive.house, job, stop) is RuleJobState.CANCELLED
    with reading(archive.engine) as session:
        assert session.get_one(RuleJob, job).done == 1


def test_tagging_what_is_tagged_already_writes_nothing(archive: Archive) -> None:
    jail = archive.call(*JAIL)
    numbers = [one.id for one in archive.findings(jail)]
    _retagged(archive)
    assert [one.id for one in archive.findings(jail)] == numbers


def test_only_conversations_from_a_day_on_are_tried(archive: Archive) -> None:
    archive.call(*ZOO, days_ago=9)
    fresh = archive.call(*ZOO)
    with transaction(archive.engine) as session:
        since = session.get_one(Interaction, fresh).started_at
        job = trials.ask_backtest(session, archive.viewer, _kept(archive, session), since=since, now=NOW).id
    walk.run(archive.house, job)
    with reading(archive.engine) as session:
        assert [one.interaction for one in trials.trial(session, archive.viewer, job).flips] == [fresh]


def test_a_viewer_of_one_portfolio_sees_no_quotes_of_another(archive: Archive) -> None:
    archive.call(*ZOO, portfolio=2)
    job = _backtested(archive)
    narrow = seeing(archive.viewer.role, portfolios=frozenset({1}))
    with reading(archive.engine) as session:
        found = trials.trial(session, narrow, job)
    assert (found.flips, found.counts) == ((), ())


def test_writing_and_activating_rules_needs_the_right(archive: Archive) -> None:
    with transaction(archive.engine) as session, pytest.raises(NotAllowed):
        versions.keep(session, seeing(), read_rules(OWN), now=NOW)


def test_the_same_words_again_are_the_same_version(archive: Archive) -> None:
    with transaction(archive.engine) as session:
        (first,), (second,) = _kept(archive, session), _kept(archive, session)
        (third,) = _kept(archive, session, OWN.replace("0.9", "0.8").replace("zoologico", "zoologico ...2"))
    assert (first.id, third.version) == (second.id, "h2")


def test_the_commands_try_activate_and_tag_again(archive: Archive, tmp_path: Path, tool: CliRunner) -> None:
    zoo = archive.call(*ZOO)
    file = tmp_path / "own.yaml"
    file.write_text(OWN, encoding="utf-8")
    told = json.loads(tool.invoke(app, ["rules", "backtest", str(file), "--json", "--since", "2026-01-01"]).stdout)
    assert [(one["interaction"], one["change"], one["code"]) for one in told["flips"]] == [(zoo, "appears", SLIP)]
    assert "h1" in tool.invoke(app, ["rules", "activate", str(file)]).stdout
    assert tool.invoke(app, ["rules", "retag"]).exit_code == 0
    assert SLIP in archive.codes(zoo)
    file.write_text("- id: [", encoding="utf-8")
    wrong = tool.invoke(app, ["rules", "backtest", str(file)])
    assert (wrong.exit_code, "own.yaml:1" in wrong.stderr) == (1, True)


@pytest.fixture
def tool(archive: Archive, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> CliRunner:
    """The commands, at home in the archive's folder."""
    monkeypatch.setattr(terminal, "settings", lambda: archive.house.settings)
    monkeypatch.setattr(terminal, "open_house", lambda: archive.house)
    monkeypatch.setattr(rule_trials, "open_house", lambda: archive.house)
    return CliRunner()
