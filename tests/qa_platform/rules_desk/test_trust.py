"""A rule that people keep rejecting only suggests; their word, and the house's bar, can change that."""

from __future__ import annotations

from datetime import timedelta

import pytest

from models.finding import Severity
from models.interactions import Interaction, Verdict
from qa_platform.database import reading, transaction
from qa_platform.evaluations.draft import proposals
from qa_platform.rules_desk.trust import BarUnusable, precision, set_bar, trust
from qa_platform.sample.population import population
from scorecards.load import scorecard
from tests.qa_platform.rules_desk.conftest import NOW, Archive
from tests.qa_platform.rules_desk.test_trials import JAIL, SLIP


def _rejected(archive: Archive, times: int) -> None:
    """So many findings of the rule were looked at, and none was right."""
    for _ in range(times):
        call = archive.call(*JAIL)
        with transaction(archive.engine) as session:
            archive.says(session, call, SLIP, Verdict.REJECTED)


def _lowered(archive: Archive, call: int) -> bool:
    """Whether the finding stands behind any proposed answer."""
    with reading(archive.engine) as session:
        row = session.get_one(Interaction, call)
        return any(one.why == SLIP for one in proposals(session, scorecard(), row))


def _drawn_for(archive: Archive, call: int) -> set[str]:
    with reading(archive.engine) as session:
        members = population(session, now=NOW + timedelta(minutes=1))
    return {one.code for member in members if member.interaction == call for one in member.reasons}


def test_a_rule_below_its_bar_lowers_no_answer_and_brings_nobody_into_a_stratum(both: Archive) -> None:
    call = both.call(*JAIL)
    assert _lowered(both, call)
    assert SLIP in _drawn_for(both, call)
    _rejected(both, 8)
    assert not _lowered(both, call)
    assert SLIP not in _drawn_for(both, call)
    later = both.call(*JAIL)
    with reading(both.engine) as session:
        assert session.get_one(Interaction, later).worst is not Severity.CRITICAL
    assert SLIP in both.codes(later), "it is still shown"


def test_a_confirmed_finding_counts_whatever_the_record_of_its_rule(archive: Archive) -> None:
    call = archive.call(*JAIL)
    _rejected(archive, 12)
    with transaction(archive.engine) as session:
        archive.says(session, call, SLIP, Verdict.CONFIRMED)
    assert _lowered(archive, call)


def test_few_reviews_condemn_no_rule(archive: Archive) -> None:
    call = archive.call(*JAIL)
    _rejected(archive, 7)
    assert _lowered(archive, call)


def test_a_portfolio_may_set_a_bar_of_its_own(archive: Archive) -> None:
    call = archive.call(*JAIL)
    _rejected(archive, 8)
    with transaction(archive.engine) as session:
        set_bar(session, archive.viewer, Severity.CRITICAL, 0.2, portfolio_id=1, now=NOW)
    assert _lowered(archive, call)
    with transaction(archive.engine) as session:
        set_bar(session, archive.viewer, Severity.CRITICAL, None, portfolio_id=1, now=NOW)
    assert not _lowered(archive, call)


def test_a_bar_is_a_share(archive: Archive) -> None:
    with transaction(archive.engine) as session, pytest.raises(BarUnusable):
        set_bar(session, archive.viewer, Severity.LOW, 1.5, portfolio_id=None, now=NOW)


def test_precision_is_told_with_wilsons_interval() -> None:
    record = precision(8, 10)
    assert (record.share, round(record.low, 3), round(record.high, 3)) == (0.8, 0.49, 0.943)


def test_each_version_of_a_rule_has_its_own_record(archive: Archive) -> None:
    call = archive.call(*JAIL)
    _rejected(archive, 8)
    (row,) = [one for one in archive.findings(call) if one.code == SLIP]
    with reading(archive.engine) as session:
        known = trust(session)
    assert known.doubted(1, row.rule_id, row.rule_version, row.severity)
    assert known.doubted(1, row.rule_id, "h1", row.severity) is None
