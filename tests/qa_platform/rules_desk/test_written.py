"""Rules as people write them: what is right is read, what is wrong is told with its line."""

from __future__ import annotations

import pytest

from qa_platform.rules_desk.differences import differences
from qa_platform.rules_desk.written import RuleTextWrong, as_yaml, read_rules, shipped_contents
from tests.qa_platform.rules_desk.conftest import OWN

RIGHT = "- id: slip.threat_jail.x\n  language: es\n  code: slip.threat_jail\n"


def test_a_rule_is_read_with_its_language_and_its_own_text() -> None:
    (written,) = read_rules(OWN)
    assert (written.rule.id, written.rule.language, written.rule.code) == (
        "slip.threat_jail.own_words", "es", "slip.threat_jail",
    )  # fmt: skip
    assert written.text.startswith("id: slip.threat_jail.own_words")
    assert "id" not in written.content


@pytest.mark.parametrize(
    ("text", "where", "kind"),
    [
        ("- id: [", "f.yaml:1", "NotYaml"),
        ("", "f.yaml:1", "NotARule"),
        ("- say: [hola]", "f.yaml:1", "NotARule"),
        ("just words", "f.yaml:1", "NotARule"),
        ("- id: nueva.regla\n  say: [hola]", "f.yaml:1", "LanguageUnknown"),
        ("- id: Mala Regla\n  language: es\n  say: [hola]", "f.yaml:1", "IdUnusable"),
        ("- id: slip.threat_jail.likeness\n  language: es\n  say: [hola]", "f.yaml:1", "IdUnusable"),
        (RIGHT + "  say:\n    - hola\n    - (hola", "f.yaml:6", "PatternError"),
        (RIGHT + "  say:\n    - no", "f.yaml:5", "NotWords"),
        (RIGHT + "  say: hola", "f.yaml:4", "NotWords"),
        (RIGHT + "  says: [hola]", "f.yaml:1", "PhraseRuleError"),
        (RIGHT + "  speaker: nobody\n  say: [hola]", "f.yaml:1", "PhraseRuleError"),
        ("- id: slip.nothing.x\n  language: es\n  say: [hola]", "f.yaml:1", "CodeUnknown"),
        (RIGHT + "  say: [hola]\n  hits:\n    - hola\n    - adiós", "f.yaml:7", "SpecimenMissed"),
        (RIGHT + "  say: [hola]\n  misses: [hola señor]", "f.yaml:5", "SpecimenFound"),
        (RIGHT + "  say: [hola]\n" + RIGHT + "  say: [adios]", "f.yaml:5", "PhraseRuleError"),
    ],
)
def test_a_mistake_is_told_with_its_line(text: str, where: str, kind: str) -> None:
    with pytest.raises(RuleTextWrong) as wrong:
        read_rules(text, name="f.yaml")
    assert [(one.where, one.code) for one in wrong.value.problems] == [(where, kind)]


def test_every_shipped_rule_can_be_taken_as_a_beginning_and_is_the_same_rule_again() -> None:
    name = "slip.threat_jail.prison"
    text = as_yaml(name, "es", shipped_contents("es")[name])
    (written,) = read_rules(text)
    assert differences(shipped_contents("es")[name], written.content) == ()


def test_a_difference_shows_the_lines_that_went_and_came() -> None:
    before = {"say": ["a", "b"], "speaker": "agent"}
    (told, veto) = differences(before, {"say": ["b", "c"], "speaker": "agent", "but": ["d"]})
    assert (told.field, told.gone, told.come) == ("say", ("a",), ("c",))
    assert (veto.field, veto.come) == ("but", ("d",))
