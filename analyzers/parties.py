"""Who is on the line, and from which turn on the agent knows it: voicemail, third party, right party, verified.

Verified means that the customer supplied two factors: the name and one datum, or two data (see `identity`).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from analyzers.contract import Reading
from analyzers.language import ReadTurn
from analyzers.phrasebook import Match
from models.conversation import Direction, Speaker

# an answer to a request for data comes within this many turns
_ANSWER_WITHIN = 8
_MONTHS = re.compile(
    r" (?:enero|febrero|marzo|abril|mayo|junio|julio|agosto|septiembre|setiembre|octubre|noviembre|diciembre|"
    r"january|february|march|april|may|june|july|august|september|october|november|december) "
)
_PLACES = re.compile(r" (?:calle|avenida|av|barrio|vivo|colonia|carrera|cra|street|st|ave|avenue|road|rd|lane) ")
_SAID_DIGITS = re.compile(
    r"(?<= )(?:cero|uno|un|dos|tres|cuatro|cinco|seis|siete|ocho|nueve|diez|once|doce|trece|catorce|quince|veint\w+|"
    r"dieci\w+|treinta|cuarenta|cincuenta|sesenta|setenta|ochenta|noventa|ciento?|\w+cientos|mil|"
    r"zero|oh|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|\w+teen|twenty|thirty|forty|fifty|sixty|"
    r"seventy|eighty|ninety|hundred|double|nought) "
)
_MIXED_RUN = re.compile(rf"(?:(?:\d+ )|{_SAID_DIGITS.pattern.removeprefix('(?<= )')})+")
_FULL_NAME = re.compile(
    r" (?:nombre (?:y apellidos?|completo)|nombres? y apellidos?|su nombre|tu nombre|apellidos?|full name|"
    r"(?:first and )?last name|your name) "
)
_NAME_AND_SURNAME = 2
_SHORT_OPENING = 12


@dataclass(frozen=True, slots=True)
class Identity:
    """Turns from which on the name is confirmed and the person verified; None: never."""

    named_at: int | None
    verified_at: int | None
    authenticated: bool  # by the system, before anybody spoke

    def verified_before(self, turn: int) -> bool:
        return self.authenticated or (self.verified_at is not None and self.verified_at < turn)

    def named_before(self, turn: int) -> bool:
        return self.named_at is not None and self.named_at < turn


def apparent_speakers(turns: Sequence[ReadTurn], said: Sequence[Sequence[Match]]) -> Mapping[int, Speaker]:
    """Turns that are labelled as the customer's and by their words are a machine's or somebody else's.

    Telephony knows two sides only: whoever picks up is "the customer". Somebody else stays on the line until a voice
    confirms that it is the person asked for.
    """
    apparent: dict[int, Speaker] = {}
    other = False
    for turn, matches in zip(turns, said, strict=True):
        if turn.speaker is not Speaker.CUSTOMER:
            continue
        codes = {match.code for match in matches if match.holds}
        if "cue.machine" in codes and turn.index <= _SHORT_OPENING:
            apparent[turn.index] = Speaker.VOICEMAIL
            continue
        other = "cue.somebody_else" in codes or (other and "cue.comes_on" not in codes)
        if other:
            apparent[turn.index] = Speaker.THIRD_PARTY
    return apparent


def right_party(reading: Reading) -> bool:
    """The debtor (or whoever answers as such) takes part."""
    return any(turn.speaker is Speaker.CUSTOMER for turn in reading.turns)


def voicemail(reading: Reading) -> bool:
    """Only a machine answers."""
    speakers = {turn.speaker for turn in reading.turns}
    return Speaker.VOICEMAIL in speakers and not speakers & {Speaker.CUSTOMER, Speaker.THIRD_PARTY}


def listener(reading: Reading, turn: int) -> Speaker | None:
    """To whom the agent speaks in `turn`: the person who spoke last, else the one who answers."""
    people = (Speaker.CUSTOMER, Speaker.THIRD_PARTY, Speaker.VOICEMAIL)
    for other in reversed(reading.turns[:turn]):
        if other.speaker in people:
            return other.speaker
    for other in reading.turns[turn + 1 :]:
        if other.speaker in people:
            return other.speaker
    return None


def identity(reading: Reading) -> Identity:
    """Worked out once a conversation."""
    known = reading.worked_out
    if ("identity", 0) not in known:
        known["identity", 0] = _identity(reading)
    found: Identity = known["identity", 0]
    return found


def _identity(reading: Reading) -> Identity:
    authenticated = any(
        turn.speaker in (Speaker.IVR, Speaker.BOT) and reading.says(turn.index, "cue.authenticated")
        for turn in reading.turns
    )
    named: int | None = None
    data = 0
    verified: int | None = None
    asked_at: int | None = None
    for turn in reading.turns:
        if turn.speaker is Speaker.AGENT:
            if reading.says(turn.index, "cue.asks_factor"):
                asked_at = turn.index
            elif asked_at is not None and turn.index > asked_at and reading.says(turn.index, "cue.verified"):
                data, verified = data + 1, turn.index
        elif turn.speaker is Speaker.CUSTOMER:
            if named is None and _confirms_name(reading, turn):
                named = turn.index
            if asked_at is not None and turn.index - asked_at <= _ANSWER_WITHIN:
                data += _data_in(turn)
                if named is None and _gives_name(reading.turns[asked_at], turn):
                    named = turn.index
            elif reading.says(turn.index, "cue.gives_factor"):
                data += 1
            if verified is None and data + (named is not None) >= 2:
                verified = turn.index
        if verified is not None:
            break
    return Identity(named if named is not None else verified, verified, authenticated)


def _gives_name(asked: ReadTurn, answer: ReadTurn) -> bool:
    """A name asked for with the data, and an answer with words besides its figures."""
    wordy = [norm for norm in answer.norms if norm.isalpha() and len(norm) > 2]
    return bool(_FULL_NAME.search(asked.line)) and len(wordy) >= _NAME_AND_SURNAME


def _confirms_name(reading: Reading, turn: ReadTurn) -> bool:
    """The customer answers to their name: asked for it, or greeted by it in a short opening line."""
    if not reading.says(turn.index, "cue.confirms_name"):
        return False
    before = [other for other in reading.turns[: turn.index] if other.speaker is Speaker.AGENT]
    if not before:
        return reading.conversation.direction is Direction.INBOUND
    last = before[-1]
    greeted = len(before) == 1 and len(last.tokens) <= _SHORT_OPENING
    return greeted or reading.says(last.index, "cue.asks_person")


def _data_in(turn: ReadTurn) -> int:
    """How many data an answer holds, by its figures, months and streets: none, one, or two and more."""
    figures = sum(1 for token in turn.tokens if any(mark.isdigit() for mark in token.norm))
    digits = sum(mark.isdigit() for token in turn.tokens for mark in token.norm)
    said = len(_SAID_DIGITS.findall(turn.line))
    mixed = max((len(run.split()) for run in _MIXED_RUN.findall(turn.line)), default=0) if digits and said else 0
    dated = bool(_MONTHS.search(turn.line)) or any(token.norm.count("/") == 2 for token in turn.tokens)
    mailed = " arroba " in turn.line or "@" in turn.text
    count = int(digits >= 3 or said >= 3 or mixed >= 3 or mailed) + int(dated or bool(_PLACES.search(turn.line)))
    if count == 1 and (figures >= 2 and digits >= 6):
        return 2
    return count
