"""Reasons read as people say them, gravest first, in both languages."""

from __future__ import annotations

import pytest

from models.conversation import Speaker
from models.finding import Answer, Finding, Outcome, Promise, Rule, Severity, Step, Strength
from qa_platform.sample.reasons import RANDOM, Facts, Reason, headline, reasons, worst
from qa_platform.understanding.dispositions import claimed, contradicts

RULE = Rule("r", "1")


def found(
    code: str,
    severity: Severity = Severity.CRITICAL,
    outcome: Outcome = Outcome.DETECTED,
    *,
    seconds: float | None = None,
    speaker: Speaker = Speaker.AGENT,
) -> Finding:
    end = None if seconds is None else 10 + seconds
    return Finding(code, severity, RULE, outcome, turn=1, speaker=speaker, start=10, end=end, quote="…")


def promised(strength: Strength = Strength.STRONG, *, ambiguous: bool = False, conditional: bool = False) -> Promise:
    return Promise(1, "…", strength, RULE, ambiguous=ambiguous, conditional=conditional)


def silence(seconds: float) -> Facts:
    return Facts(findings=(found("speech.silence", Severity.LOW, seconds=seconds),))


def interruptions(count: int, speaker: Speaker) -> Facts:
    return Facts(findings=(found("speech.interruption", Severity.LOW, seconds=1, speaker=speaker),) * count)


def steps_missed(*codes: str) -> Facts:
    return Facts(steps=tuple(Step(code, Answer.NOT_MET) for code in codes))


def objections(code: str, times: int) -> Facts:
    return Facts(findings=(found(code, Severity.INFO, speaker=Speaker.CUSTOMER),) * times)


@pytest.mark.parametrize(
    ("facts", "spanish", "severity"),
    [
        pytest.param(silence(42.3), "Silencio de 42 s", Severity.HIGH, id="a very long silence"),
        pytest.param(silence(14), "Silencio de 14 s", Severity.MEDIUM, id="a long silence"),
        pytest.param(silence(6), None, None, id="a pause"),
        pytest.param(interruptions(6, Speaker.AGENT), "6 interrupciones", Severity.MEDIUM, id="cuts in"),
        pytest.param(interruptions(2, Speaker.AGENT), None, None, id="cuts in twice"),
        pytest.param(interruptions(6, Speaker.CUSTOMER), None, None, id="the customer cuts in"),
        pytest.param(
            Facts(promises=(promised(Strength.WEAK),)), "Promesa dudosa", Severity.MEDIUM, id="a weak promise"
        ),
        pytest.param(
            Facts(promises=(promised(ambiguous=True),)), "Promesa dudosa", Severity.MEDIUM, id="an ambiguous date"
        ),
        pytest.param(
            Facts(promises=(promised(conditional=True),)), "Promesa con condición", Severity.MEDIUM, id="an if"
        ),
        pytest.param(Facts(promises=(promised(),)), None, None, id="a firm promise"),
        pytest.param(
            steps_missed("step.identity_verified"), "Saltó validar identidad", Severity.MEDIUM, id="no identity check"
        ),
        pytest.param(steps_missed("a", "b", "c", "d"), "Saltó 4 pasos del guion", Severity.LOW, id="script skipped"),
        pytest.param(steps_missed("a", "b"), None, None, id="two steps"),
        pytest.param(
            Facts(disposition="Buzón", outcome="promise"),
            "Tipificada «Buzón», se oyó: promesa de pago",
            Severity.HIGH,
            id="typed voicemail, heard a promise",
        ),
        pytest.param(Facts(disposition="PTP", outcome="promise"), None, None, id="typed as heard"),
        pytest.param(Facts(disposition="X-17", outcome="promise"), None, None, id="a code nobody knows"),
        pytest.param(objections("objection.unknown_kind", 2), None, None, id="an ordinary objection"),
        pytest.param(
            objections("objection.unknown_kind", 3),
            "objection.unknown_kind, 3 veces",
            Severity.MEDIUM,
            id="three times",
        ),
        pytest.param(
            Facts(findings=(found("slip.unknown_kind", outcome=Outcome.INSUFFICIENT_EVIDENCE),)),
            "Por aclarar: slip.unknown_kind",
            Severity.MEDIUM,
            id="a grave doubt",
        ),
        pytest.param(
            Facts(findings=(found("slip.x", Severity.LOW, Outcome.INSUFFICIENT_EVIDENCE),)), None, None, id="a doubt"
        ),
        pytest.param(Facts(findings=(found("slip.x", outcome=Outcome.CLEAR),)), None, None, id="cleared"),
    ],
)
def test_reasons(facts: Facts, spanish: str | None, severity: Severity | None) -> None:
    given = reasons(facts)
    assert [(one.words("es"), one.severity) for one in given] == ([] if spanish is None else [(spanish, severity)])
    assert worst(given) is (severity or Severity.INFO)


def test_a_slip_is_named_by_its_label_once_and_certainty_beats_doubt() -> None:
    facts = Facts(
        findings=(
            found("slip.threat_jail", outcome=Outcome.INSUFFICIENT_EVIDENCE),
            found("slip.threat_jail"),
            found("slip.threat_jail"),
        )
    )
    (reason,) = reasons(facts)
    assert (reason.code, reason.severity, reason.says) == ("slip.threat_jail", Severity.CRITICAL, "{finding}")


def test_the_headline_reads_as_a_sentence_gravest_first() -> None:
    facts = Facts(
        findings=(found("speech.silence", Severity.LOW, seconds=14), found("slip.made_up")),
        promises=(promised(Strength.WEAK),),
    )
    given = reasons(facts)
    assert headline(given, "es") == "slip.made_up, promesa dudosa y silencio de 14 s"
    assert headline(given, "en") == "slip.made_up, doubtful promise and silence of 14 s"
    assert headline((RANDOM,), "es") == "Muestra aleatoria"
    assert headline((), "es") == ""


@pytest.mark.parametrize(
    ("total", "spanish"),
    [
        (1, "A0"),
        (2, "A0 y a1"),
        (4, "A0, a1, a2 y a3"),
        (5, "A0, a1, a2 y 2 más"),
        (9, "A0, a1, a2 y 6 más"),
    ],
)
def test_a_headline_of_many_reasons_names_the_gravest_and_counts_the_rest(total: int, spanish: str) -> None:
    many = [Reason(f"x{index}", Severity.LOW, f"A{index}") for index in range(total)]
    assert headline(many, "es") == spanish


def test_spanish_and_changes_before_the_sound_i() -> None:
    insult = Reason("x", Severity.LOW, "Identity check skipped")
    assert " y saltó" in headline((RANDOM, insult), "es")
    assert " e i" in headline((RANDOM, Reason("x", Severity.LOW, "Interrumpe")), "es")
    assert " y h" in headline((RANDOM, Reason("x", Severity.LOW, "Hielo")), "es")


def test_a_stored_reason_is_the_same_reason_again() -> None:
    reason = Reason("speech.silence", Severity.HIGH, "Silence of {seconds} s", {"seconds": 42})
    again = Reason.from_json(reason.to_json())
    assert (again, again.words("en")) == (reason, "Silence of 42 s")


@pytest.mark.parametrize(
    ("typed", "outcome"),
    [("PROMESA_DE_PAGO", "promise"), ("Buzón", "voicemail"), ("número  equivocado", "wrong_person"), ("zzz", None)],
)
def test_typed_codes_are_read_without_caring_for_accents_case_or_dashes(typed: str, outcome: str | None) -> None:
    assert claimed(typed) == outcome


@pytest.mark.parametrize(
    ("typed", "heard", "contradiction"),
    [
        ("promesa", "no_agreement", True),
        ("promesa", "partial_payment", False),
        ("tercero", "wrong_person", False),
        ("promesa", "unknown", False),
        ("no contacto", "promise", True),
    ],
)
def test_contradictions(typed: str, heard: str, contradiction: bool) -> None:
    assert contradicts(typed, heard) is contradiction
