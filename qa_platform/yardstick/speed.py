"""How many turns a second one core analyses, and how that grows with turns and with rules. Processor time only."""

from __future__ import annotations

import gc
from collections.abc import Callable, Sequence
from time import process_time
from typing import Any

from analyzers.analyze import analyze
from analyzers.language import ReadTurn, read_turns
from analyzers.phrasebook import Phrasebook, phrasebook
from models.conversation import Conversation
from qa_platform.yardstick.made_up import WORDS_A_TURN, conversations

SEED = 20261119
TURNS = 4000
ROUNDS = 3
SHORT, LONG = 12, 192
FEWER_RULES = 4


def measure(*, turns: int = TURNS, rounds: int = ROUNDS, seed: int = SEED) -> dict[str, Any]:
    usual = conversations(turns, length=SHORT, seed=seed)
    _analyse(conversations(turns // 4, length=SHORT, seed=seed + 1))  # what is read once: rules, words, patterns
    seconds = _least(lambda: _analyse(usual), rounds)
    spoken = sum(len(conversation.turns) for conversation in usual)
    return {
        "turns_per_second_per_core": round(spoken / seconds),
        "speed": {
            "words_per_turn": round(_words(usual) / spoken, 1),
            "turns_sixteen_times_longer_cost": _longer(turns, seed, rounds, seconds / spoken),
            "four_times_the_rules_cost": _more_rules(turns, seed, rounds),
            "turns": spoken,
            "rounds": rounds,
            "seed": seed,
            "least_words_per_turn": WORDS_A_TURN,
        },
    }


def turns_per_second(known: Sequence[Conversation], rounds: int = ROUNDS) -> int:
    """The same for conversations at hand."""
    _analyse(known)
    turns = sum(len(conversation.turns) for conversation in known)
    return round(turns / _least(lambda: _analyse(known), rounds)) if turns else 0


def _longer(turns: int, seed: int, rounds: int, usual: float) -> float:
    """What a turn costs in a conversation sixteen times as long; 1 where the work is linear in turns."""
    long = conversations(turns, length=LONG, seed=seed)
    spoken = sum(len(conversation.turns) for conversation in long)
    return round(_least(lambda: _analyse(long), rounds) / spoken / usual, 2)


def _more_rules(number: int, seed: int, rounds: int) -> float:
    """What looking for all rules costs in turns that say a quarter of them, against looking for those alone.

    So what is found stays the same, and the rest of the rules only stands by; 4 where the work is linear in rules.
    """
    said = conversations(number, length=SHORT, seed=seed, every=FEWER_RULES)
    turns = [turn for conversation in said for turn in read_turns(conversation)]
    books = {turn.language: phrasebook(turn.language) for turn in turns}
    fewer = {language: Phrasebook(language, book.rules[::FEWER_RULES]) for language, book in books.items()}
    _scan(turns, fewer)
    _scan(turns, books)
    return round(_least(lambda: _scan(turns, books), rounds) / _least(lambda: _scan(turns, fewer), rounds), 2)


def _scan(turns: Sequence[ReadTurn], books: dict[str, Phrasebook]) -> None:
    for turn in turns:
        books[turn.language].scan(turn, whoever=False)


def _analyse(known: Sequence[Conversation]) -> None:
    for conversation in known:
        analyze(conversation)


def _words(known: Sequence[Conversation]) -> int:
    return sum(len(turn.text.split()) for conversation in known for turn in conversation.turns)


def _least(work: Callable[[], None], rounds: int) -> float:
    """Seconds of processor time in the best round: what else runs on the machine only ever adds."""
    gc.collect()
    seconds: list[float] = []
    for _ in range(rounds):
        begun = process_time()
        work()
        seconds.append(process_time() - begun)
    return max(min(seconds), 1e-9)
