"""Who is on the line, and from which turn on the agent knows it: voicemail, third party, right party, verified.

Verified means that the customer supplied two factors: the name and one datum, or two data (see `identity`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from analyzers.contract import Reading
from analyzers.language import ReadTurn
from analyzers.phrasebook import Match, phrasebook
from analyzers.vocabulary import words
from models.conversation import Direction, Speaker

# an answer to a request for data comes within this many turns
_ANSWER_WITHIN = 8
_FACTORS = 2
_MONTHS = words(
    "enero febrero marzo abril mayo junio julio agosto septiembre setiembre octubre noviembre diciembre january "
    "february march april may june july august september october november december jan feb mar apr jun jul aug sep "
    "sept oct nov dec"
)
_PLACES = re.compile(
    r" (?:calle|avenida|av|barrio|vivo|colonia|carrera|cra|kra|diagonal|transversal|jiron|jr|pasaje|manzana|mz|lote|"
    r"villa|urbanizacion|ciudadela|residencial|privada|fraccionamiento|depto|departamento|piso|street|st|ave|avenue|road|"
    r"rd|lane|drive|court|close|terrace|crescent|way|boulevard|blvd) "
)
_NUMBER_WORD = re.compile(
    r"cero|uno|un|una|dos|tres|cuatro|cinco|seis|siete|ocho|nueve|diez|once|doce|trece|catorce|quince|veint\w+|dieci\w+|"
    r"treinta|cuarenta|cincuenta|sesenta|setenta|ochenta|noventa|cien|ciento|\w+cientos|mil|doble|triple|primero|"
    r"zero|oh|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|\w+teen|twenty|thirty|forty|fifty|sixty|"
    r"seventy|eighty|ninety|hundred|thousand|double|nought|first|second|third|\w+th"
)
# what stands inside a number or a date as it is spoken
_JOINTS = words("de del el la los y guion raya punto coma con a barra diagonal of the and dash k z")
_SLASHED = re.compile(r"\b\d{1,2}[./-]\d{1,2}[./-](?:\d{4}|\d{2})\b")
# a date spoken in full has no more figures than this: what goes on is another datum
_DATE_WORDS, _DATE_DIGITS = 6, 6
_WORDED = re.compile(
    r" (?:direccion|domicilio|comuna|ciudad|barrio|distrito|sector|localidad|calle|colonia|canton|municipio|parroquia|"
    r"vive|vives|vivis|residencia|correo|madre|apellido|trabaja|address|street|city|town|county|word|maiden|email|"
    r"employer) "
)
_FULL_NAME = re.compile(
    r" (?:nombre (?:y apellidos?|completo)|nombres? y apellidos?|su nombre|tu nombre|apellidos?|full name|"
    r"(?:first and )?last name|your name) "
)
_NAME_AND_SURNAME = 2
_FULLY_NAMED = re.compile(r"\b[A-ZÁÉÍÓÚÑ][a-záéíóúñü]+ [A-ZÁÉÍÓÚÑ][a-záéíóúñü]+")
_SHORT_OPENING = 12
# who picks up says within so many turns of theirs that they are somebody else
_PICKING_UP = 3


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

    Telephony knows two sides only: whoever picks up is "the customer". Somebody else says so at once, and stays on the
    line until a voice confirms that it is the person asked for. Where others are labelled, labels are believed.
    """
    apparent: dict[int, Speaker] = {}
    labelled = any(turn.speaker is Speaker.THIRD_PARTY for turn in turns)
    heard = 0
    other = False
    for turn, matches in zip(turns, said, strict=True):
        if turn.speaker is not Speaker.CUSTOMER:
            continue
        codes = {match.code for match in matches if match.holds}
        if "cue.machine" in codes and turn.index <= _SHORT_OPENING:
            apparent[turn.index] = Speaker.VOICEMAIL
            continue
        heard += 1
        comes_on = "cue.comes_on" in codes
        other = not comes_on and (other or ("cue.somebody_else" in codes and heard <= _PICKING_UP))
        if other and not labelled:
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
    needed = _FACTORS
    verified: int | None = None
    asked_at: int | None = None
    for turn in reading.turns:
        if turn.speaker is Speaker.AGENT:
            if reading.says(turn.index, "cue.not_verified"):
                needed, verified, asked_at = needed + (verified is not None), None, turn.index
            elif verified is not None:
                break
            elif reading.says(turn.index, "cue.asks_factor") and not reading.says(turn.index, "slip.ask_credentials"):
                asked_at = turn.index
            elif asked_at is not None and turn.index > asked_at and reading.says(turn.index, "cue.verified"):
                verified = turn.index
        elif turn.speaker is Speaker.CUSTOMER:
            if named is None and _confirms_name(reading, turn):
                named = turn.index
            if asked_at is not None and turn.index - asked_at <= _ANSWER_WITHIN:
                data += _data_in(reading.turns[asked_at], turn)
                if named is None and _gives_name(reading.turns[asked_at], turn):
                    named = turn.index
            elif reading.says(turn.index, "cue.gives_factor"):
                data += 1
            if verified is None and data + (named is not None) >= needed:
                verified = turn.index
    return Identity(named if named is not None else verified, verified, authenticated)


def _gives_name(asked: ReadTurn, answer: ReadTurn) -> bool:
    """A name asked for with the data, and an answer with words besides its figures."""
    wordy = [norm for norm in answer.norms if norm.isalpha() and len(norm) > 2]
    return bool(_FULL_NAME.search(asked.line)) and len(wordy) >= _NAME_AND_SURNAME


def _confirms_name(reading: Reading, turn: ReadTurn) -> bool:
    """The customer answers to their name: says so, or says yes when asked for it or greeted by it."""
    if reading.says(turn.index, "cue.comes_on"):
        return True
    if not reading.says(turn.index, "cue.confirms_name"):
        return False
    before = [other for other in reading.turns[: turn.index] if other.speaker is Speaker.AGENT]
    if not before:
        return reading.conversation.direction is Direction.INBOUND
    last = before[-1]
    first_word = not any(other.speaker is Speaker.CUSTOMER for other in reading.turns[: turn.index])
    called = first_word and any(_FULLY_NAMED.search(other.text) for other in before)
    greeted = len(before) == 1 and len(last.tokens) <= _SHORT_OPENING
    return called or greeted or reading.says(last.index, "cue.asks_person")


def _data_in(asked: ReadTurn, turn: ReadTurn) -> int:
    """How many data an answer holds: numbers, dates, places and mail addresses."""
    dates = len(_SLASHED.findall(turn.text))
    numbers = 0
    for spelt, digits, dated in _figures(turn):
        if dated:
            dates += 1
            numbers += spelt > _DATE_WORDS or digits > _DATE_DIGITS
        elif digits >= 3 or spelt >= 3 or (digits and spelt >= 1):
            numbers += 1
    long_figures = sum(sum(mark.isdigit() for mark in token.norm) >= 3 for token in turn.tokens)
    numbers = max(numbers, long_figures - len(_SLASHED.findall(turn.text)))
    mailed = " arroba " in turn.line or "@" in turn.text
    placed = bool(_PLACES.search(turn.line))
    if not placed and (dates or numbers) and _WORDED.search(asked.line):
        placed = any(_is_content(token.norm, turn.language) for token in turn.tokens)
    return min(dates, 1) + min(numbers, 2) + mailed + placed


def _figures(turn: ReadTurn) -> Iterator[tuple[int, int, bool]]:
    """Each number or date in a turn: how many words and digits it has, and whether it names a month."""
    spelt = digits = gap = 0
    dated = False
    for token in turn.tokens:
        figures = sum(mark.isdigit() for mark in token.norm)
        spoken = bool(_NUMBER_WORD.fullmatch(token.norm))
        if figures or spoken or token.norm in _MONTHS:
            spelt, digits, gap, dated = spelt + spoken, digits + figures, 0, dated or token.norm in _MONTHS
        elif (spelt or digits or dated) and token.norm in _JOINTS and gap < 2:
            gap += 1
        elif spelt or digits or dated:
            yield spelt, digits, dated
            spelt = digits = gap = 0
            dated = False
    if spelt or digits or dated:
        yield spelt, digits, dated


def _is_content(norm: str, language: str) -> bool:
    """A word that no rule names: in an answer it is a place, a street, a mother's name."""
    common = phrasebook(language).words
    return norm.isalpha() and len(norm) >= 4 and norm not in common and not _NUMBER_WORD.fullmatch(norm)
