"""Who calls and for whom: the agent's name, the company, the creditor, as said in the opening.

Names are recognised by where they stand ("le saluda ...", "this is ... with ..."), in text without capitals too; a
list of words that are no names keeps "le saluda de parte del banco" from giving one.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache

import yaml

from analyzers.contract import Reading
from analyzers.language import ReadTurn
from analyzers.phrasebook import phrasebook
from analyzers.vocabulary import PHRASES, fold, words
from models.conversation import Speaker

_TITLES = (
    r"(?:(?:el|la|senor|senora|senorita|sr|sra|srta|lic|licenciado|licenciada|ing|dr|dra|don|dona|asesor|asesora|"
    r"ejecutivo|ejecutiva|gestor|gestora|abogado|abogada|agente|su|tu|yo|usted|ud|otra vez|de nuevo|nuevamente|"
    r"aqui|aca|este|eh|em|mmm|pues|uh|um|"
    r"mr|ms|mrs|miss|again|agent) )*"
)
# words between "le saluda" and the company: a name, a surname, a post
_REACH = 7
_NAMED_BY_KINDS = 2
_ASKS_WHO = re.compile(
    r" (?:quien (?:es|habla|llama|eres|sos|me)|de donde|de que (?:empresa|parte|compania)|de parte de quien|"
    r"que (?:empresa|es esto)|who (?:is|are|s)|where (?:are|is)|what company|calling from) "
)
_STANDING_ALONE = re.compile(r"(?:^|[.!?\n]\s*)([A-ZÁÉÍÓÚÑ][\w&]+(?: [A-ZÁÉÍÓÚÑ][\w&]+){0,2})(?=[.!?\n]|$)")
# "Nataly, Electro Altiplano" at the end of a message
_SIGNED = re.compile(r"[.!?\n]\s*([A-ZÁÉÍÓÚÑ]\w+), ([A-ZÁÉÍÓÚÑ][\w&]+(?: [A-ZÁÉÍÓÚÑ][\w&]+)*)\.?\s*$")
_GREETINGS = frozenset({"hola", "alo", "bueno", "hello", "hey", "diga", "digame", "oiga", "muy", "disculpe"})
# turns in which "Eleazar, de Crediamigas" can be an introduction
_OPENING = 12
_ADDRESSED = (
    "asunto",
    "subject",
    "sr",
    "estimad",
    "dear",
    "hola",
    "hi ",
    "hello",
    "buen",
    "good",
    "citatorio",
    "aviso",
)
_OWED_TO = re.compile(
    r"(?<= )(?:vencid\w+|pesos|soles|euros|dolares|colones|lucas|pendientes?|mora|deuda|saldo|atrasad\w+|behind|"
    r"due|owed?|dollars|pounds|bucks) (?:con|with|to) (?:(?:la|el|los|las|the) )?(?P<name>[^ |]{3,} )"
)
# whoever claims to call from one of these has named no company
_AUTHORITIES = words(
    "fiscalia juzgado policia ministerio procuraduria tribunal corte gobierno hacienda gendarmeria carabineros sheriff "
    "court police"
)
_TO_YOU = re.compile(r"(?:you|your|usted|su|tu|tiene|tienes|tenes|debe|debes|le|te)\b", re.IGNORECASE)
_NUMBER = re.compile(
    r"(?:dieci|veinti)\w+|\w+(?:cientos|cientas|enta|ince|teen)|uno|una|dos|tres|cuatro|cinco|seis|siete|ocho|nueve|diez|"
    r"once|doce|trece|catorce|veinte|cien|ciento|mil|millon|millones|one|two|three|four|five|six|seven|eight|nine|ten|"
    r"eleven|twelve|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety|hundred|thousand|\w+ing"
)


@dataclass(frozen=True, slots=True)
class Introduced:
    """What is named, in folded words, and where."""

    name: str
    turn: int
    quote: str


@dataclass(frozen=True, slots=True)
class _Words:
    name_cues: str
    company_cues: str
    links: str
    articles: str
    not_names: frozenset[str]
    generic: frozenset[str]
    joints: frozenset[str]
    subjects: frozenset[str]
    agencies: tuple[str, ...]
    creditor_nouns: str
    creditor_before: bool
    name_tails: str
    kinds: str
    addressing: frozenset[str]
    direct: str
    determiners: frozenset[str]
    owed: str
    lender_links: str


def agent_name(reading: Reading) -> Introduced | None:
    return _once(reading, "agent name", _names)


def company(reading: Reading) -> Introduced | None:
    """The agency or creditor that the agent (or the IVR) says to call from."""
    return _once(reading, "company", _companies)


def _once(reading: Reading, what: str, find: Callable[[Reading], Iterator[Introduced]]) -> Introduced | None:
    """The first that is found, looked for once a conversation."""
    known = reading.worked_out
    if (what, 0) not in known:
        known[what, 0] = next(find(reading), None)
    found: Introduced | None = known[what, 0]
    return found


def creditor(reading: Reading) -> Introduced | None:
    """The creditor: named apart, or the calling company itself where it is no collection agency by its name."""
    known = _words(reading.conversation.language)
    for named in _companies(reading):
        if not any(named.name.startswith(stem) or f" {stem}" in named.name for stem in known.agencies):
            return named
    for turn in reading.turns:
        if turn.speaker in (Speaker.AGENT, Speaker.IVR):
            for match in _creditor_regex(turn.language).finditer(turn.line):
                if _is_name(match["name"].strip(), known):
                    return _at(turn, match.start("name"), match.end("name"))
    return next(_lenders(reading, known), None)


def _lenders(reading: Reading, known: _Words) -> Iterator[Introduced]:
    """ "el préstamo que sacaste en Credisur": a name, in no rule's wording, that a link ties to what is owed."""
    language = reading.conversation.language
    common = phrasebook(language).words
    for turn in reading.turns:
        if turn.speaker is not Speaker.AGENT or reading.says(turn.index, "slip.personal_account_payment"):
            continue
        for match in _lender_regex(language).finditer(turn.line):
            name = match["name"].strip()
            named = _at(turn, match.start("name"), match.end("name"))
            if named is None or name in common or not _is_name(name, known) or not _looks_named(turn, named.quote):
                continue
            if not any(name.startswith(stem) for stem in known.agencies):
                yield named
        for match in _OWED_TO.finditer(turn.line):
            named = _at(turn, match.start("name"), match.end("name"))
            if named and named.name not in common and _is_name(named.name, known) and _looks_named(turn, named.quote):
                yield named


def _names(reading: Reading) -> Iterator[Introduced]:
    known = _words(reading.conversation.language)
    regex = _name_regex(reading.conversation.language)
    for turn in reading.turns:
        if turn.speaker is not Speaker.AGENT:
            continue
        for match in regex.finditer(turn.line):
            named = _at(turn, match.start("name"), match.end("name"))
            if named and _is_name(named.name, known) and _looks_named(turn, named.quote):
                yield named
        yield from (name for name, _ in _bare_names(turn, known) if turn.index <= _OPENING)
        signed = None if reading.spoken else _SIGNED.search(turn.text)
        if signed:
            yield Introduced(fold(signed[1]), turn.index, signed[1])


def _bare_names(turn: ReadTurn, known: _Words) -> Iterator[tuple[Introduced, int]]:
    """ "Rosa Mamani le saluda", "Eleazar, de Crediamigas": a name with what follows an introduction; where that begins.

    Where names are written with capitals they must have them and begin a clause; in recognised speech what follows
    must be a kind of company ("jonathan meza de grupo del pacifico").
    """
    capitals = turn.punctuated and any(turn.text[token.start].isupper() for token in turn.tokens)
    for match in _tail_regex(turn.language, capitals=capitals).finditer(turn.line):
        named = _at(turn, match.start(1), match.end(1))
        if named is None:
            continue
        said, first = named.name.split(), bisect_left(turn.places, match.start(1))
        if not all(_is_name(word, known) and not re.fullmatch(known.company_cues, word) for word in said):
            continue
        if capitals:
            parts = named.quote.replace(",", " ").split()
            begins = first == 0 or turn.tokens[first - 1].clause != turn.tokens[first].clause
            if not begins or not all(part[:1].isupper() and not part.isupper() for part in parts):
                continue
        elif first and turn.tokens[first - 1].norm in known.addressing:
            continue
        yield named, match.end(1)


def _is_name(word: str, known: _Words) -> bool:
    return (
        len(word) > 2
        and not any(mark.isdigit() for mark in word)
        and word not in known.not_names
        and word not in known.generic
        and not _NUMBER.fullmatch(word)
    )


def _companies(reading: Reading) -> Iterator[Introduced]:
    language = reading.conversation.language
    known = _words(language)
    for turn in reading.turns:
        if turn.speaker is Speaker.IVR:
            yield from _ivr_company(turn)
        if turn.speaker is not Speaker.AGENT or reading.says(turn.index, "slip.deceptive_pretext"):
            continue
        starts = [match.end() for match in _cue_regex(language).finditer(turn.line)]
        starts += [match.end() for match in _name_regex(language).finditer(turn.line)]
        starts += [link for _, link in _bare_names(turn, known)]
        for start in starts:
            named = _company_after(turn, start, known)
            if named is not None:
                yield named
        for match in _direct_regex(language).finditer(turn.line):
            named = _at(turn, match.start("name"), match.end("name"))
            if named and _is_name(match["name"].split()[0], known) and _looks_named(turn, named.quote):
                yield named
        yield from _answering(turn, known)
        if _asked_who(reading, turn):
            yield from _on_being_asked(turn, known)
        if not reading.spoken:
            yield from _sender(turn, known)


def _company_after(turn: ReadTurn, start: int, known: _Words) -> Introduced | None:
    """The first company that a link ("de", "with") names within a few words from `start` on."""
    window = turn.line[start:].split(" | ", 1)[0].replace(" account manager ", " manager ")
    for link in re.finditer(rf"(?:(?<= )|^)(?:{known.links}) (?:{known.articles} )*", window):
        between = window[: link.start()].split()
        if len(between) > _REACH or set(between) & known.subjects:
            return None
        rest = window[link.end() :].split()
        if set(rest[:2]) & _AUTHORITIES:
            return None
        skipped = 0
        while skipped < len(rest) and (rest[skipped] in known.generic or (skipped and rest[skipped] in known.joints)):
            skipped += 1
        if skipped >= len(rest) or not (_is_name(rest[skipped], known) or _names_a_kind(rest[skipped:], known)):
            kinds = _at(turn, start + link.end(), start + link.end() + len(" ".join(rest[:skipped])) + 1)
            if kinds and skipped >= _NAMED_BY_KINDS and kinds.quote != kinds.quote.lower():
                return kinds  # "Legal Cobro": common words, yet written as a name
            continue
        named = _at(turn, start + link.end(), start + link.end() + len(" ".join(rest[: skipped + 1])) + 1)
        if named and _looks_named(turn, named.quote, company=skipped > 0):
            return Introduced(" ".join(rest[: skipped + 2]), turn.index, named.quote)
    return None


def _asked_who(reading: Reading, turn: ReadTurn) -> bool:
    """Whether who is spoken to has just asked who calls, or from where."""
    before = [
        other for other in reading.turns[max(0, turn.index - 2) : turn.index] if other.speaker is not Speaker.AGENT
    ]
    return any(_ASKS_WHO.search(other.line) for other in before)


def _on_being_asked(turn: ReadTurn, known: _Words) -> Iterator[Introduced]:
    """ "De Servicios Andalién.", "Prestalisto Ya.": a company and no more, as an answer."""
    if re.match(rf"\| (?:{known.links}) ", turn.line):
        named = _company_after(turn, 2, known)
        if named is not None:
            yield named
    common = phrasebook(turn.language).words
    for match in _STANDING_ALONE.finditer(turn.text):
        first = fold(match[1].split()[0])
        if first not in common and _is_name(first, known):
            yield Introduced(fold(match[1]), turn.index, match[1])


def _names_a_kind(rest: list[str], known: _Words) -> bool:
    """ "first valley bank": common words that a kind of company ends."""
    return len(rest) > 1 and rest[0] not in known.determiners and bool(set(rest[1:3]) & known.generic)


def _answering(turn: ReadTurn, known: _Words) -> Iterator[Introduced]:
    """ "Recupera, muy buenos días": the company before the greeting."""
    head = re.match(r"\| (?P<name>[^ |]+ )(?=(?:muy )?(?:buenos|buenas|buen|good) )", turn.line)
    if head and turn.index <= _OPENING and _is_name(head["name"].strip(), known):
        named = _at(turn, head.start("name"), head.end("name"))
        if named and head["name"].strip() not in _GREETINGS:
            yield named


def _sender(turn: ReadTurn, known: _Words) -> Iterator[Introduced]:
    """ "Banco Andino: recuerde su pago"; but "Marcus Teal: you owe" names who is written to."""
    signed = _SIGNED.search(turn.text)
    if signed:
        yield Introduced(fold(signed[2]), turn.index, signed[2])
    head = re.match(r"([A-ZÁÉÍÓÚÑ][\w&]*(?: [\w&]+){0,3}): ", turn.text)
    addressed = head and _TO_YOU.match(turn.text, head.end()) and " " in head[1]
    if addressed and head and not re.search(rf"\b(?:{known.kinds}|{known.creditor_nouns})\b", fold(head[1])):
        return
    if head and not head[1].lower().startswith(_ADDRESSED):
        yield Introduced(head[1].lower(), turn.index, head[1])


def _ivr_company(turn: ReadTurn) -> Iterator[Introduced]:
    found = re.search(r"(?<!^)(?<![.:!?] )\b([A-ZÁÉÍÓÚÑ][a-záéíóúñ&]+(?: [A-ZÁÉÍÓÚÑ][\w&]+)*)", turn.text)
    if found:
        yield Introduced(found[1].lower(), turn.index, found[1])


def _looks_named(turn: ReadTurn, quote: str, *, company: bool = False) -> bool:
    """Text that is written with capitals writes names so; recognised speech and hasty chats do not."""
    if company or quote[:1].isupper():
        return True
    return not (turn.punctuated and re.search(r"\b[A-ZÁÉÍÓÚÑ][a-záéíóúñ]+ [A-ZÁÉÍÓÚÑ]?[a-z]", turn.text))


def _at(turn: ReadTurn, start: int, end: int) -> Introduced | None:
    first, stop = bisect_left(turn.places, start), bisect_left(turn.places, end)
    if first == stop:
        return None
    return Introduced(turn.line[start:end].strip(), turn.index, turn.quote(first, stop - 1))


@cache
def _tail_regex(language: str, *, capitals: bool) -> re.Pattern[str]:
    known = _words(language)
    # "Theft of services" names nobody
    begins = re.sub(r"\|(?:of|for|at)(?=\||$)", "", known.links)
    links = begins if capitals else f"(?:{known.links}) (?:{known.kinds})"
    return re.compile(rf"(?<= )(?=((?:[^ |]+ ){{1,3}}?)(?:{known.name_tails}|{links}) )")


@cache
def _name_regex(language: str) -> re.Pattern[str]:
    return re.compile(rf"(?<= )(?:{_words(language).name_cues}) {_TITLES}(?P<name>[^ |]{{3,}} )")


@cache
def _cue_regex(language: str) -> re.Pattern[str]:
    return re.compile(rf"(?<= )(?:{_words(language).company_cues}) ")


@cache
def _direct_regex(language: str) -> re.Pattern[str]:
    return re.compile(rf"(?<= )(?:{_words(language).direct}) (?P<name>[^ |]{{3,}} (?:[^ |]+ )?)")


@cache
def _creditor_regex(language: str) -> re.Pattern[str]:
    known = _words(language)
    if known.creditor_before:
        return re.compile(rf"(?<= )(?=(?:{known.creditor_nouns}) (?:(?:de|del|con|en|los|el|la) )*(?P<name>[^ |]+ ))")
    return re.compile(
        r"(?<= )(?:your|the|a|our client|with|from|behalf of|for|by|to) (?P<name>[^ |]+ )(?:[^ |]+ ){0,2}?"
        rf"(?:{known.creditor_nouns}) "
    )


@cache
def _lender_regex(language: str) -> re.Pattern[str]:
    known = _words(language)
    return re.compile(
        rf"(?<= )(?:{known.owed}) (?=(?:[^ |]+ ){{0,5}}?(?:{known.lender_links}) (?:{known.articles} )*"
        r"(?P<name>[^ |]{3,} ))"
    )


@cache
def _words(language: str) -> _Words:
    raw = yaml.safe_load((PHRASES / language / "vocabulary.yaml").read_text(encoding="utf-8"))["introductions"]
    return _Words(
        name_cues=raw["name_cues"],
        company_cues=raw["company_cues"],
        links=raw["links"],
        articles=raw["articles"],
        not_names=words(raw["not_names"]),
        generic=words(raw["generic"]),
        joints=words(raw["joints"]),
        subjects=words(raw["subjects"]),
        agencies=tuple(raw["agencies"].split()),
        creditor_nouns=raw["creditor_nouns"],
        creditor_before=raw["creditor_before"],
        name_tails=raw["name_tails"],
        kinds=raw["kinds"],
        addressing=words(raw["addressing"]),
        direct=raw["direct"],
        determiners=words(raw["determiners"]),
        owed=raw["owed"],
        lender_links=raw["lender_links"],
    )
