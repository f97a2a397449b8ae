"""Likeness: a line's score is the sum of what its words weigh, and the weights survive being packed."""

from __future__ import annotations

import numpy as np
import pytest

from analyzers.language import tokenise
from analyzers.likeness import SIDES, Likeness, features, likeness, packed, parts, plain, unpacked


def norms(text: str, language: str = "es") -> tuple[str, ...]:
    return tuple(token.norm for token in tokenise(text, language)[0])


def chance(side: str, code: str, text: str, language: str = "es") -> float:
    model = likeness(side)
    return float(model.scores([norms(text, language)])[0, model.codes.index(code)])


@pytest.mark.parametrize(
    ("side", "code", "like", "unlike"),
    [
        ("agent", "slip.threat_jail", "si no paga hoy va a terminar preso", "le queda un saldo de tres mil pesos"),
        ("agent", "slip.obscene_insult", "es usted un pendejo", "que tenga un excelente día"),
        ("agent", "slip.threat_harass", "lo vamos a llamar a toda hora hasta que pague", "le llamo mañana a las diez"),
        ("debtor", "objection.no_money", "es que ando sin un peso ahorita", "sí, soy yo, dígame"),
        ("debtor", "objection.deceased", "mi papá falleció en marzo", "mi papá me ayuda con el pago"),
        ("debtor", "objection.stop_contact", "ya no me marquen por favor", "márqueme por favor"),
    ],
)
def test_what_says_it_is_more_alike_than_what_does_not(side: str, code: str, like: str, unlike: str) -> None:
    assert chance(side, code, like) > 3 * chance(side, code, unlike)


def test_a_word_gives_itself_and_its_runs_of_letters() -> None:
    assert list(parts("pago")) == ["pago", "# pa", "#pag", "#ago", "#go ", "# pag", "#pago", "#ago "]
    assert plain("3.500") == "0.000"
    assert "| pago" in set(features(("pago", "mañana")))
    assert "pago mañana |" in set(features(("pago", "mañana")))


def test_a_line_is_scored_alike_alone_and_among_others() -> None:
    model = likeness("debtor")
    lines = [norms("no tengo trabajo desde enero"), (), norms("ya pagué ayer"), norms("zzzz")]
    together = model.scores(lines)
    for number, line in enumerate(lines):
        assert np.allclose(together[number], model.scores([line])[0], atol=1e-6)
    assert together.shape == (4, len(model.codes))
    assert np.all((together >= 0) & (together <= 1))


def test_packed_weights_read_back_as_they_were_to_within_a_hundredth() -> None:
    chances = np.random.default_rng(7)
    model = Likeness(
        codes=("objection.a", "objection.b"),
        version="0",
        vocabulary={name: number for number, name in enumerate(sorted(set(features(("no", "tengo", "dinero")))))},
        weights=chances.normal(size=(len(set(features(("no", "tengo", "dinero")))), 2)).astype(np.float32),
        rarity=np.full(len(set(features(("no", "tengo", "dinero")))), 2.0, np.float32),
        bias=np.array([-1.0, 0.5], np.float32),
    )
    again = unpacked(packed(model))
    assert again.codes == model.codes
    assert again.vocabulary == model.vocabulary
    assert np.allclose(again.scores([("no", "tengo")]), model.scores([("no", "tengo")]), atol=0.01)
    assert packed(model) == packed(model)


@pytest.mark.parametrize("side", SIDES)
def test_every_code_has_weights_that_say_something(side: str) -> None:
    model = likeness(side)
    assert model.weights.shape == (len(model.vocabulary), len(model.codes))
    assert np.abs(model.weights).max(axis=0).min() > 0.5
