"""The second opinion drops what it finds unlike, adds what it is sure of, and quotes the words it stands on."""

from __future__ import annotations

from analyzers.analyze import analyze, read
from analyzers.likeness import likeness
from analyzers.phrasebook import phrasebook
from analyzers.second_opinion import SUFFIX, weigh
from models.conversation import Channel, Conversation, Speaker, Turn


def call(*said: tuple[str, str], country: str = "MX") -> Conversation:
    turns = tuple(
        Turn(index=number, speaker=Speaker(speaker), text=text, start=number * 10.0, end=number * 10.0 + 9)
        for number, (speaker, text) in enumerate(said)
    )
    return Conversation(id="x", channel=Channel.VOICE, language="es", country=country, turns=turns)


def test_the_same_conversation_is_weighed_alike_every_time() -> None:
    spoken = call(
        ("agent", "Buenas tardes, ¿con quién tengo el gusto?"), ("customer", "Ando sin lana, joven, de veras.")
    )
    assert analyze(spoken) == analyze(spoken)


def test_what_it_adds_is_quoted_verbatim_and_names_the_weights_it_stands_on() -> None:
    spoken = call(
        ("agent", "Buenas tardes, le llamo por su saldo."),
        ("customer", "Buenas. Fíjese que me quedé sin chamba y no me alcanza ni para la renta. ¿Me oye?"),
    )
    without = read(spoken, whoever=True)
    bare = tuple(() for _ in without.turns)
    weighed = weigh(without.turns, bare, phrasebook("es"))
    added = [match for matches in weighed for match in matches]
    assert added, "nothing is alike enough"
    for match in added:
        assert match.quote in spoken.turns[1].text
        assert match.phrase.id.endswith(SUFFIX)
        assert match.phrase.version == likeness("debtor").version


def test_an_agents_words_are_no_objection_and_a_debtors_no_slip() -> None:
    spoken = call(
        ("agent", "No tengo dinero, no tengo trabajo, ya le dije que no le voy a pagar."),
        ("customer", "Si no me contesta lo voy a meter a la cárcel, pendejo."),
    )
    codes = {finding.code for finding in analyze(spoken).findings}
    assert not {code for code in codes if code.startswith(("objection.no_money", "slip.threat", "slip.obscene"))}


def test_a_slip_of_one_country_is_added_only_there() -> None:
    asked = ("agent", "cuénteme por qué no ha podido pagar, qué fue lo que pasó con su pago")
    for country, expected in (("CO", True), ("MX", False)):
        spoken = call(("customer", "Sí, con ella."), asked, country=country)
        assert ("slip.ask_default_reason" in {finding.code for finding in analyze(spoken).findings}) is expected
