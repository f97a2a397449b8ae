"""Conversations made in memory, always the same for a seed: what the speed of the analyzers is measured on.

Their turns are put together from the specimens of the rules, those that must be found and those that must not, with
sums and days in between. So every rule's words come up, and more is said in a turn than in real ones: a hard measure.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import cache
from random import Random

from analyzers.phrasebook import phrasebook
from models.conversation import Account, Channel, Conversation, Speaker, Turn

WORDS_A_TURN = 13
_COUNTRIES: Mapping[str, Sequence[str]] = {"es": ("MX", "CO", "PE", "CL", "AR", "EC", "ES"), "en": ("US", "GB")}
_CHANNELS = (Channel.VOICE, Channel.VOICE, Channel.WHATSAPP)
_TERMS: Mapping[str, Sequence[str]] = {
    "es": ("son {sum} pesos", "el día {day}", "el viernes", "la próxima quincena", "{sum} el {day} de marzo", "mañana"),
    "en": ("it is {sum} dollars", "on the {day}th", "by Friday", "next week", "{sum} on March {day}", "tomorrow"),
}
_WITH_TERMS = 0.25  # of the turns name a sum or a day
_BEGUN = datetime(2026, 3, 11, 16, 5, tzinfo=UTC)


def conversations(turns: int, *, length: int, seed: int, every: int = 1) -> tuple[Conversation, ...]:
    """About `turns` turns in conversations of `length` each, three in four of them Spanish.

    With `every` 4 they say only the words of each fourth rule.
    """
    chance = Random(seed)  # noqa: S311 - a simulation
    return tuple(_conversation(chance, number, length, every) for number in range(max(1, turns // length)))


def _conversation(chance: Random, number: int, length: int, every: int) -> Conversation:
    language = "en" if number % 4 == 3 else "es"
    channel = chance.choice(_CHANNELS)
    speakers = (Speaker.AGENT, Speaker.CUSTOMER)
    return Conversation(
        id=f"made-up-{number}",
        channel=channel,
        language=language,
        country=chance.choice(_COUNTRIES[language]),
        started_at=_BEGUN,
        turns=tuple(_turn(chance, place, speakers[place % 2], language, channel, every) for place in range(length)),
        account=Account(balance=Decimal(chance.randrange(800, 90_000)), days_past_due=chance.randrange(5, 300)),
    )


def _turn(chance: Random, place: int, speaker: Speaker, language: str, channel: Channel, every: int) -> Turn:
    said: list[str] = []
    specimens = _specimens(language, speaker, every)
    while sum(text.count(" ") + 1 for text in said) < WORDS_A_TURN:
        said.append(chance.choice(specimens))
    if chance.random() < _WITH_TERMS:
        terms = chance.choice(_TERMS[language])
        said.append(terms.format(sum=chance.randrange(100, 9_000), day=chance.randrange(4, 28)))
    text = (" " if chance.random() < 0.5 else ". ").join(said)
    if channel.spoken:
        return Turn(place, speaker, text, start=place * 6.0, end=place * 6.0 + 5.0)
    return Turn(place, speaker, text, at=_BEGUN + timedelta(seconds=40 * place))


@cache
def _specimens(language: str, speaker: Speaker, every: int) -> tuple[str, ...]:
    own = [rule for rule in phrasebook(language).rules[::every] if rule.speaker in (None, speaker)]
    return tuple(text for rule in own for text in (*rule.hits, *rule.misses) if text.strip())
