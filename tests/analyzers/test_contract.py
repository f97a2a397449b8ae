"""Each analyzer of the folder holds to the contract, and together they cover the taxonomy of slips."""

from __future__ import annotations

from pathlib import Path

import pytest

import analyzers
from analyzers.contract import AnalyzerModule, discover, kinds

CRITICAL = {
    "slip.threat_violence", "slip.threat_jail", "slip.false_legal_process", "slip.impersonate_authority",
    "slip.obscene_insult", "slip.expose_publicly", "slip.employer_threat", "slip.third_party_disclosure",
    "slip.disclose_before_id", "slip.voicemail_disclosure", "slip.personal_account_payment",
    "slip.card_data_captured", "slip.ask_credentials", "slip.minor_contact", "slip.discrimination",
    "slip.vulnerability_ignored", "slip.false_document",
}  # fmt: skip


def test_every_file_of_the_folder_is_found() -> None:
    files = Path(analyzers.__file__ or "").parent.glob("find_*.py")
    assert len(discover()) == len(list(files))


@pytest.mark.parametrize("module", discover(), ids=lambda module: module.ANALYZER.name)
def test_an_analyzer_names_what_it_may_find_in_both_languages(module: AnalyzerModule) -> None:
    assert module.ANALYZER.kinds
    assert all(kind.es and kind.en and kind.code.islower() for kind in module.ANALYZER.kinds)


def test_no_two_analyzers_claim_the_same_code() -> None:
    claimed = [kind.code for module in discover() for kind in module.ANALYZER.kinds]
    assert len(claimed) == len(set(claimed)) == len(kinds())


def test_all_slips_are_covered_and_the_gravest_are_critical() -> None:
    slips = {code: kind for code, kind in kinds().items() if code.startswith("slip.")}
    assert len(slips) == 37
    assert {code for code, kind in slips.items() if kind.severity == "critical"} == CRITICAL
