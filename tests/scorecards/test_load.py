"""A scorecard file is refused with the file, the key and what to do; the cards that ship are whole."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import pytest
import yaml

from models.errors import QAError
from models.finding import Answer
from models.scorecard import Scorecard
from scorecards import load, questions, strict, weights

SHARED = Path(__file__).parents[2].parent / "shared"


def text(es: str = "hola", en: str = "hello") -> dict[str, str]:
    return {"es": es, "en": en}


def criterion(code: str, weight: float, **more: Any) -> dict[str, Any]:
    return {"code": code, "label": text(), "guidance": text(), "weight": weight, "steps": ["step.greeting"], **more}


CARD: dict[str, Any] = {
    "code": "small",
    "version": 1,
    "label": text(),
    "auto_fail": ["slip.threat_jail"],
    "sections": [{"code": "one", "label": text(), "criteria": [criterion("a", 60), criterion("b", 40)]}],
}
KNOWN, KNOWN_STEPS = {"slip.threat_jail"}, {"step.greeting"}


def changed(**changes: Any) -> str:
    return yaml.safe_dump({**copy.deepcopy(CARD), **changes}, allow_unicode=True)


def with_criterion(**changes: Any) -> str:
    return changed(sections=[{"code": "one", "label": text(), "criteria": [criterion("a", 100) | changes]}])


def without(key: str) -> str:
    return yaml.safe_dump({name: value for name, value in CARD.items() if name != key})


def test_a_correct_card_is_read() -> None:
    card = load.read(changed(), file="small.yaml", known=KNOWN, known_steps=KNOWN_STEPS)
    assert [one.code for one in card.criteria] == ["a", "b"]
    assert card.sections[0].weight == 100
    assert card.pass_mark == 80


@pytest.mark.parametrize(
    ("written", "error", "where"),
    [
        pytest.param("a: [", strict.NotYaml, "small.yaml", id="broken yaml"),
        pytest.param("- 1", strict.KeysWanted, "small.yaml", id="a list for a card"),
        pytest.param(changed() + "\ncode: again\n", strict.KeyRepeated, "small.yaml: line", id="one key twice"),
        pytest.param(changed(colour="red"), strict.KeyUnknown, "small.yaml", id="a key that means nothing"),
        pytest.param(without("version"), strict.KeyMissing, "small.yaml", id="no version"),
        pytest.param(changed(version=0), strict.WholeNumberWanted, "small.yaml: version", id="version zero"),
        pytest.param(changed(version=True), strict.WholeNumberWanted, "small.yaml: version", id="version true"),
        pytest.param(changed(label={"es": "hola"}), strict.LanguageMissing, "small.yaml: label", id="no English"),
        pytest.param(changed(label=text(es=" ")), strict.LanguageMissing, "small.yaml: label", id="blank Spanish"),
        pytest.param(changed(pass_mark=101), strict.NumberWanted, "small.yaml: pass_mark", id="pass mark over 100"),
        pytest.param(changed(sections=[]), strict.EntriesWanted, "small.yaml: sections", id="no sections"),
        pytest.param(with_criterion(weight=99), weights.WeightsOff, "small.yaml: weight", id="weights that miss 100"),
        pytest.param(with_criterion(weight=-1), strict.NumberWanted, "criteria[0].weight", id="a negative weight"),
        pytest.param(with_criterion(weight=float("nan")), strict.NumberWanted, "criteria[0].weight", id="no number"),
        pytest.param(with_criterion(steps=[]), questions.NothingProposes, "criteria[0]", id="nothing proposes"),
        pytest.param(with_criterion(steps="x"), strict.WordsWanted, "criteria[0].steps", id="a word for a list"),
        pytest.param(with_criterion(steps=[1]), strict.WordWanted, "criteria[0].steps", id="a number for a word"),
        pytest.param(with_criterion(steps=["a", "a"]), strict.CodeRepeated, "criteria[0].steps", id="a step twice"),
        pytest.param(with_criterion(channels=["fax"]), strict.ChoiceWanted, "criteria[0].channels", id="fax"),
        pytest.param(with_criterion(critical="yes"), strict.FlagWanted, "criteria[0].critical", id="a word for a flag"),
        pytest.param(with_criterion(guidance={**text(), "fax": text()}), strict.KeyUnknown, "guidance", id="fax help"),
        pytest.param(with_criterion(steps=["step.dance"]), load.CodeUnknown, "a.steps", id="an unknown step"),
        pytest.param(with_criterion(slips=["slip.yawn"]), load.CodeUnknown, "a.slips", id="an unknown slip"),
        pytest.param(changed(auto_fail=["slip.yawn"]), load.CodeUnknown, "auto_fail", id="an unknown auto-fail"),
        pytest.param(changed(sections=CARD["sections"] * 2), strict.CodeRepeated, "small.yaml", id="a section twice"),
    ],
)
def test_what_is_wrong_is_named_with_its_place(written: str, error: type[QAError], where: str) -> None:
    with pytest.raises(error) as caught:
        load.read(written, file="small.yaml", known=KNOWN, known_steps=KNOWN_STEPS)
    assert where in caught.value.where
    assert caught.value.remedy
    assert "{" not in str(caught.value).replace("{'", "")


def test_a_version_in_two_files_is_refused(tmp_path: Path) -> None:
    for name in ("a.yaml", "b.yaml"):
        (tmp_path / name).write_text(changed(), encoding="utf-8")
    with pytest.raises(load.VersionRepeated, match=r"b\.yaml"):
        load.scorecards(tmp_path)


def test_the_folder_is_the_registry_and_the_newest_version_wins() -> None:
    cards = load.scorecards()
    assert ("unified", 1) in cards
    newest = max(version for code, version in cards if code == "unified")
    assert load.scorecard().version == newest
    assert load.scorecard("unified", 1).version == 1


def test_asking_for_a_card_that_is_not_there_lists_those_that_are() -> None:
    with pytest.raises(load.CardUnknown, match="unified 1"):
        load.scorecard("unified", 99)


@pytest.mark.parametrize("card", list(load.scorecards().values()), ids=lambda card: f"{card.code} {card.version}")
def test_a_stored_card_is_the_same_card_again(card: Scorecard) -> None:
    assert load.build(load.content(card), file="stored") == card


def test_the_unified_card_serves_every_channel_with_one_form() -> None:
    card = load.scorecard()
    assert [section.code for section in card.sections] == [
        "opening", "identity", "clarity", "objections", "agreement", "close",
    ]  # fmt: skip
    voice_only = [one.code for one in card.criteria if one.channels == ("voice",)]
    assert voice_only == ["recording_notice"]
    identification = card.criteria[0]
    assert identification.guidance_on("sms") != identification.guidance_on("voice") == identification.guidance
    assert all(Answer.NOT_MET in one.comment_required_on for one in card.criteria if one.critical)


@pytest.mark.shared
@pytest.mark.skipif(not SHARED.is_dir(), reason="the shared benchmark is not here")
def test_every_slip_of_the_taxonomy_has_a_question_and_the_critical_ones_fail_the_form() -> None:
    slips = yaml.safe_load((SHARED / "knowledge" / "slips.yaml").read_text(encoding="utf-8"))
    card = load.scorecard()
    asked = {code for one in card.criteria for code in one.slips}
    assert {slip["code"] for slip in slips} == asked
    critical = {slip["code"] for slip in slips if slip["severity"] == "critical"}
    assert critical - set(card.auto_fail) == {"slip.card_data_captured"}
