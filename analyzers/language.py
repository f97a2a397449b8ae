"""Words as they can be compared: one turn's text cut into plain lower-case words that know where they stand.

The only importer of spaCy. Quotes are always cut from the original text by a token's offsets, so that what a person
reads is verbatim, while rules compare folded words: no accents, no capitals, no "holaaaa", and "xq" reads "por que".
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any, NamedTuple

from analyzers.vocabulary import fold, vocabulary
from models.conversation import Channel, Conversation, Speaker, Turn

# Spoken text without any punctuation has no sentences to speak of: rules then lean on words alone.
_PUNCTUATION = re.compile(r"[.,;:?!¿¡]")
_ELONGATED = re.compile(r"([^\W\d_])\1{2,}")
_SENTENCE_ENDS = frozenset(".?!¿¡;\n|")
_CLAUSE_ENDS = frozenset(',:()—–-«»"“”…')
_CLAUSE = ","
# pieces of text remembered: a bound on memory, as debtors can type anything
_REMEMBERED = 50_000


class Token(NamedTuple):
    """One word: `norm` is compared, `start`/`end` cut it from the turn's text; two tokens may share one place."""

    norm: str
    start: int
    end: int
    sentence: int
    clause: int


@dataclass(frozen=True, slots=True)
class ReadTurn:
    """A turn read once for every analyzer.

    `norms` are the tokens' own, `words` each of them once. `line` holds them with a blank on either side and "|" where
    sentences meet; `places[i]` is where token i begins in it. `asked` are the sentences that punctuation marks as
    questions.
    """

    index: int
    speaker: Speaker
    text: str
    language: str
    channel: Channel
    tokens: tuple[Token, ...]
    norms: tuple[str, ...]
    words: frozenset[str]
    line: str
    places: tuple[int, ...]
    asked: frozenset[int]
    punctuated: bool
    start: float | None = None
    end: float | None = None
    at: datetime | None = None

    def quote(self, first: int, last: int) -> str:
        """The original text from token `first` to token `last`, both included."""
        return self.text[self.tokens[first].start : self.tokens[last].end]

    def quote_around(self, first: int, last: int) -> str:
        """The whole sentences that hold tokens `first` to `last`: evidence that a person can read on its own."""
        held = {self.tokens[first].sentence, self.tokens[last].sentence}
        span = [token for token in self.tokens if min(held) <= token.sentence <= max(held)]
        return self.text[span[0].start : span[-1].end]


def read_turns(conversation: Conversation) -> tuple[ReadTurn, ...]:
    return tuple(read_turn(turn, conversation.language, conversation.channel) for turn in conversation.turns)


def read_turn(turn: Turn, language: str, channel: Channel = Channel.VOICE) -> ReadTurn:
    tokens, asked = tokenise(turn.text, language)
    norms = tuple([token.norm for token in tokens])
    line, places = _line(tokens)
    return ReadTurn(
        index=turn.index,
        speaker=turn.speaker,
        text=turn.text,
        language=language,
        channel=channel,
        tokens=tokens,
        norms=norms,
        words=frozenset(norms),
        line=line,
        places=places,
        asked=asked,
        punctuated=_PUNCTUATION.search(turn.text) is not None,
        start=turn.start,
        end=turn.end,
        at=turn.at,
    )


def tokenise(text: str, language: str) -> tuple[tuple[Token, ...], frozenset[int]]:
    """The tokens of `text` and the numbers of the sentences that are questions by their punctuation."""
    new = tuple.__new__  # runs for every word that was ever said, and takes a third of the time of `Token(...)`
    pieces, fixed = _pieces(language), vocabulary(language).fixed
    tokens: list[Token] = []
    asked: set[int] = set()
    sentence = clause = at = 0
    fresh = True  # nothing said yet in this sentence: runs of punctuation open only one
    before = ""
    for piece in text.split(" "):
        for norm, start, end, mark in pieces[piece]:
            if norm:
                if (before, norm) in fixed:
                    norm = fixed[before, norm]
                tokens.append(new(Token, (norm, at + start, at + end, sentence, clause)))
                before, fresh = norm, False
            elif mark == _CLAUSE:
                clause += 1
            elif not mark:
                fresh = False
            else:
                if not fresh:
                    if "?" in mark:
                        asked.add(sentence)
                    sentence, clause, fresh = sentence + 1, clause + 1, True
                if "¿" in mark:
                    asked.add(sentence)
        at += len(piece) + 1
    return tuple(tokens), frozenset(asked)


class _Part(NamedTuple):
    """What a piece of text holds in one place: a norm; or a mark (`_CLAUSE`, or one that ends a sentence); or neither,
    as an emoji does.
    """

    norm: str
    start: int
    end: int
    mark: str = ""


class _Pieces(dict[str, tuple[_Part, ...]]):
    """What stands between two blanks, by its text. spaCy cuts each piece by itself, so one that comes again need not be
    cut again.
    """

    def __init__(self, language: str) -> None:
        super().__init__()
        self._language = language

    def __missing__(self, piece: str) -> tuple[_Part, ...]:
        parts = tuple(_parts(piece, self._language))
        if len(self) < _REMEMBERED:
            self[piece] = parts
        return parts


@cache
def _pieces(language: str) -> _Pieces:
    return _Pieces(language)


def _parts(piece: str, language: str) -> Iterator[_Part]:
    openers = vocabulary(language).clause_openers
    for word, start in _cut(piece, language):
        end = start + len(word)
        if word[0] in _SENTENCE_ENDS and word != "...":
            yield _Part("", start, end, word)
        elif word[0] in _CLAUSE_ENDS or word == "...":
            yield _Part("", start, end, _CLAUSE)
        else:
            norms = norms_of(word, language)
            for norm in norms:
                if norm in openers:
                    yield _Part("", start, start, _CLAUSE)
                yield _Part(norm, start, end)
            if not norms:
                yield _Part("", start, end)


def norms_of(word: str, language: str) -> tuple[str, ...]:
    """The norms that one written word stands for: mostly one, two for "xq", none for an emoji or a lone mark."""
    folded = fold(word)
    if len(folded) > 3:
        folded = _ELONGATED.sub(r"\1", folded)
    folded = folded.strip(".*_~'’`´") or folded
    if not any(mark.isalnum() or mark in "$€£₡/%" for mark in folded):
        return ()
    known = vocabulary(language).chat.get(folded)
    return known if known is not None else (folded,)


def _cut(piece: str, language: str) -> Iterator[tuple[str, int]]:
    """spaCy's words with their offsets; a line break is a "|", and the dot of "Sra" ends no sentence."""
    abbreviations = vocabulary(language).abbreviations
    before = ""
    for token in _tokenizer(language)(piece.replace("’", "'")):
        word: str = token.text
        if word.isspace():
            if "\n" in word:
                yield "|", token.idx
        elif word != "." or fold(before) not in abbreviations:
            yield word, token.idx
        before = word


@cache
def _tokenizer(language: str) -> Any:
    import spacy  # seconds to import: commands that read no words should not pay

    return spacy.blank("en" if language == "en" else "es").tokenizer


def _line(tokens: tuple[Token, ...]) -> tuple[str, tuple[int, ...]]:
    parts = ["| "]
    places: list[int] = []
    at, sentence = 2, 0
    for token in tokens:
        if token.sentence != sentence:
            parts.append("| ")
            at += 2
            sentence = token.sentence
        places.append(at)
        parts.append(token.norm + " ")
        at += len(token.norm) + 1
    parts.append("| ")
    return "".join(parts), tuple(places)
