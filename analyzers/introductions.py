"""Who calls and for whom: the agent's name, the company, the creditor, as said in the opening.

Names are recognised by where they stand ("le saluda ...", "this is ... with ..."), in text without capitals too; a
list of words that are no names keeps "le saluda de parte del banco" from giving one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

import yaml

from analyzers.contract import Reading
from analyzers.language import ReadTurn
from analyzers.vocabulary import PHRASES, words
from models.conversation import Speaker

_TITLES = (
    r"(?:(?:el|la|senor|senora|senorita|sr|sra|srta|lic|licenciado|licenciada|ing|dr|dra|don|dona|asesor|asesora|"
    r"ejecutivo|ejecutiva|gestor|gestora|mr|ms|mrs|miss) )*"
)
_W = r"([^ |]+) "


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
    agencies: tuple[str, ...]
    creditor_nouns: str
    creditor_before: bool


def agent_name(reading: Reading) -> Introduced | None:
    return next(_names(reading), None)


def company(reading: Reading) -> Introduced | None:
    """The agency or creditor that the agent (or the IVR) says to call from."""
    return next(_companies(reading), None)


def creditor(reading: Reading) -> Introduced | None:
    """The creditor: named apart, or the calling company itself where it is no collection agency by its name."""
    known = _words(reading.conversation.language)
    for named in _companies(reading):
        if not any(named.name.startswith(stem) or f" {stem}" in named.name for stem in known.agencies):
            return named
    for turn in reading.turns:
        if turn.speaker in (Speaker.AGENT, Speaker.IVR):
            for match in _creditor_regex(turn.language).finditer(turn.line):
                word = match["name"].split()[0]
                if word not in known.not_names and word not in known.generic and not word[0].isdigit():
                    return _at(turn, match.start("name"), match.end("name"))
    return None


def _names(reading: Reading) -> Iterator[Introduced]:
    known = _words(reading.conversation.language)
    regex = _name_regex(reading.conversation.language)
    for turn in reading.turns:
        if turn.speaker is not Speaker.AGENT:
            continue
        for match in regex.finditer(turn.line):
            named = _at(turn, match.start("name"), match.end("name"))
            if match["name"].strip() not in known.not_names and named and _looks_named(turn, named.quote):
                yield named
        yield from _bare_names(turn, known)


def _bare_names(turn: ReadTurn, known: _Words) -> Iterator[Introduced]:
    """ "Eleazar, de Crediamigas": one to three capitalised words and a link, at the head of a sentence."""
    if not turn.punctuated:
        return
    for match in re.finditer(rf"(?<=\| )((?:[^ |]+ ){{1,3}}?)(?:{known.links}) (?:{known.articles} )?{_W}", turn.line):
        named = _at(turn, match.start(1), match.end(1))
        after = _at(turn, match.start(2), match.end(2))
        if named is None or after is None or not after.quote[:1].isupper():
            continue
        parts = named.quote.replace(",", " ").split()
        if parts and all(part[:1].isupper() for part in parts) and not set(named.name.split()) & known.not_names:
            yield named


def _companies(reading: Reading) -> Iterator[Introduced]:
    language = reading.conversation.language
    known = _words(language)
    for turn in reading.turns:
        if turn.speaker is Speaker.IVR:
            yield from _ivr_company(turn)
        if turn.speaker is not Speaker.AGENT:
            continue
        for match in _company_regex(language).finditer(turn.line):
            named = _company_at(turn, match, known)
            if named is not None:
                yield named
        for bare in _bare_names(turn, known):
            after = turn.line.find(bare.name) + len(bare.name)
            link = re.compile(rf" (?:{known.links}) (?:{known.articles} )?(?P<name>{_W})(?P<next>[^ ]+)").match(
                turn.line, after
            )
            named = _company_at(turn, link, known) if link else None
            if named is not None:
                yield named
        sender = re.match(r"\| (?P<name>(?:[^ |]+ ){1,3}?)(?=\S)", turn.line)
        if (
            not reading.spoken
            and sender
            and re.match(r"[A-ZÁÉÍÓÚÑ][\w ]{2,30}: ", turn.text)
            and not turn.text.startswith("Asunto")
        ):
            head = turn.text.split(":", 1)[0]
            if not head.lower().startswith(("asunto", "subject", "sr", "estimad", "dear", "hola", "hi ", "hello")):
                yield Introduced(head.lower(), turn.index, head)


def _company_at(turn: ReadTurn, match: re.Match[str], known: _Words) -> Introduced | None:
    """The company of a match, unless it is only a kind of one ("del banco", "de cobranzas pues")."""
    first = match["name"].strip()
    if first in known.not_names or first[0].isdigit():
        return None
    following = match["next"]
    if first in known.generic and (following == "|" or following in known.not_names):
        return None
    named = _at(turn, match.start("name"), match.end("name"))
    if named is None or not _looks_named(turn, named.quote, company=first in known.generic):
        return None
    rest = turn.line[match.start("name") :].split(" | ", 1)[0].split()[:4]
    return Introduced(" ".join(rest), turn.index, named.quote)


def _ivr_company(turn: ReadTurn) -> Iterator[Introduced]:
    found = re.search(r"(?<!^)(?<![.:!?] )\b([A-ZÁÉÍÓÚÑ][\w&]+(?: [A-ZÁÉÍÓÚÑ][\w&]+)*)", turn.text)
    if found:
        yield Introduced(found[1].lower(), turn.index, found[1])


def _looks_named(turn: ReadTurn, quote: str, *, company: bool = False) -> bool:
    """Text that is written with capitals writes names so; recognised speech and hasty chats do not."""
    if company or quote[:1].isupper() or quote[:1].isdigit():
        return True
    return not (turn.punctuated and re.search(r"\b[A-ZÁÉÍÓÚÑ][a-záéíóúñ]+ [A-ZÁÉÍÓÚÑ]?[a-z]", turn.text))


def _at(turn: ReadTurn, start: int, end: int) -> Introduced | None:
    inside = [n for n, place in enumerate(turn.places) if start <= place < end]
    if not inside:
        return None
    return Introduced(turn.line[start:end].strip(), turn.index, turn.quote(inside[0], inside[-1]))


@cache
def _name_regex(language: str) -> re.Pattern[str]:
    return re.compile(rf"(?<= )(?:{_words(language).name_cues}) {_TITLES}(?P<name>[^ |]{{3,}} )")


@cache
def _company_regex(language: str) -> re.Pattern[str]:
    known = _words(language)
    return re.compile(
        rf"(?<= )(?:{known.company_cues}) (?:[^ |]+ ){{0,5}}?(?:{known.links}) (?:{known.articles} )?"
        rf"(?P<name>{_W})(?P<next>[^ ]+)"
    )


@cache
def _creditor_regex(language: str) -> re.Pattern[str]:
    known = _words(language)
    if known.creditor_before:
        return re.compile(
            rf"(?<= )(?:{known.creditor_nouns}) (?:(?:de|del|con|en|con la|de la|de los|el|la) )*(?P<name>[^ |]+ )"
        )
    return re.compile(
        r"(?<= )(?:your|the|a|our client|with|from|behalf of|for|by) (?P<name>[^ |]+ )(?:[^ |]+ ){0,2}?"
        rf"(?:{known.creditor_nouns}) "
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
        agencies=tuple(raw["agencies"].split()),
        creditor_nouns=raw["creditor_nouns"],
        creditor_before=raw["creditor_before"],
    )
