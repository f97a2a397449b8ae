"""The notation of wordings, and what it refuses."""

from __future__ import annotations

import pytest

from analyzers.language import read_turn
from analyzers.patterns import PatternError, compile_pattern
from analyzers.phrasebook import spans
from models.conversation import Speaker, Turn


def stands(wording: str, text: str) -> bool:
    return any(True for _ in spans(read_turn(Turn(0, Speaker.AGENT, text), "es"), compile_pattern(wording, "es")))


@pytest.mark.parametrize(
    ("wording", "yes", "no"),
    [
        ("orden de captura", "una ORDEN de captura", "orden y captura"),
        ("(giran|sacan) orden", "le sacan orden", "le dan orden"),
        ("demand*", "lo demandaremos", "la demora"),
        ("buro~", "en el burro", "en el barro"),
        ("no? va a pagar", "va a pagar", "va y paga"),
        ("va _ pagar", "va a pagar", "va pagar"),
        ("si no paga ... carcel", "si no paga hoy va a la cárcel", "si no paga. va a la cárcel"),
        ("si no paga ...1 carcel", "si no paga cárcel", "si no paga hoy va a la cárcel"),
        ("<digits> pesos", "son 300 pesos", "son muchos pesos"),
        ("^bueno", "hola. bueno pues", "hola bueno"),
        ("gracias$", "muchas gracias.", "gracias a usted"),
        ("qued(o|aste) mal", "usted quedó mal", "quedaron mal"),
        ("cuota(s)? vencida(s)?", "dos cuotas vencidas", "dos cuotitas vencidas"),
        ("policia & llev*", "se lo lleva la policía", "la policía existe"),
        ("(pague|abone)", "abone hoy", "llame hoy"),
    ],
)
def test_a_wording_stands_where_it_should(wording: str, yes: str, no: str) -> None:
    assert stands(wording, yes)
    assert not stands(wording, no)


@pytest.mark.parametrize("wording", ["(a|b", "a)", "<nothing_of_the_kind> b", "", "(pago|pagos?)"])
def test_a_wording_that_cannot_be_read_is_refused_with_its_text(wording: str) -> None:
    with pytest.raises(PatternError) as refused:
        compile_pattern(wording, "es")
    assert wording in str(refused.value)


def test_a_wording_needs_its_rare_words_and_the_pairs_they_stand_in() -> None:
    pattern = compile_pattern("le (giran|sacan) orden de aprehension", "es")
    assert [set(need.exact) for need in pattern.needs[:4]] == [
        {"de aprehension"}, {"aprehension"}, {"orden de"}, {"orden"},
    ]  # fmt: skip
    assert pattern.needs[1].met_by("aprehension")
    assert not pattern.needs[1].met_by("orden")


def test_an_optional_word_is_not_needed_and_its_neighbours_pair_with_it_or_without_it() -> None:
    needs = [set(need.exact) for need in compile_pattern("quiero (ya)? pagar", "es").needs]
    assert {"ya"} not in needs
    assert {"quiero ya", "quiero pagar"} in needs
    assert {"quiero pagar", "ya pagar"} in needs
