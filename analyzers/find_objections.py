"""What the debtor puts in the way: 23 objections, each an episode with the words that show it.

Example: "ahorita no tengo, ando bien apretado". Words are in phrases/<language>/objections*.yaml; here is what words
alone do not tell: who may say it, what it is not when something else is said with it, and when it is said again.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from analyzers.agreement import days, sums
from analyzers.contract import Analyzer, Reading
from analyzers.evidence import finding, from_match, kind
from analyzers.phrasebook import Match
from analyzers.promises import find_promises
from models.context import Context
from models.conversation import Speaker
from models.finding import Finding, Rule, Severity, Strength

_KINDS = (
    ("no_money", "No tiene dinero ahora", "Has no money now"),
    ("unemployed", "Desempleo o caída de ingresos", "Out of work or earning less"),
    ("already_paid", "Dice que ya pagó", "Says it is already paid"),
    ("dispute_amount", "Discute el monto", "Disputes the amount"),
    ("not_mine_wrong_person", "No es su deuda o número equivocado", "Not their debt or wrong number"),
    ("identity_theft", "Desconoce la contratación", "Says that somebody else opened it"),
    ("vague_later", "Pagará después, sin compromiso", "Will pay later, without commitment"),
    ("wants_discount", "Pide quita o descuento", "Asks for a discount"),
    ("wants_instalments", "Pide cuotas o cambio de fecha", "Asks for instalments or another date"),
    ("service_complaint", "Queja por el servicio o producto", "Complains about the service or product"),
    ("callback", "Pide que lo llamen después", "Asks to be called later"),
    ("distrust_fraud", "Desconfía: teme estafa", "Distrusts: fears a scam"),
    ("refuses", "Se niega a pagar", "Refuses to pay"),
    ("illness", "Enfermedad o emergencia", "Illness or emergency"),
    ("deceased", "Titular fallecido", "Account holder has died"),
    ("attorney", "Tiene abogado o reparadora", "Is represented by a lawyer"),
    ("in_writing", "Pide todo por escrito", "Wants everything in writing"),
    ("stop_contact", "Pide que no lo contacten", "Asks for no more contact"),
    ("third_party", "Contesta un tercero", "A third party answers"),
    ("time_barred", "Alega prescripción", "Says it is time-barred"),
    ("insolvency", "Proceso de insolvencia", "Insolvency proceedings"),
    ("payment_problem", "Quiere pagar y el canal falla", "Wants to pay and the channel fails"),
    ("hostile", "Hostil o amenaza", "Hostile or threatening"),
)
KINDS = {f"objection.{name}": kind(f"objection.{name}", Severity.INFO, es, en) for name, es, en in _KINDS}
ANALYZER = Analyzer(name="objections", kinds=tuple(KINDS.values()))

_WRONG = "objection.not_mine_wrong_person"
_ANSWERED_FOR = frozenset({_WRONG, "objection.third_party", "objection.deceased"})
_SPEAKS = Rule("objection.third_party.speaks", "1")
_GREETING = 3  # words of a mere "aló, buenas tardes"
_KIN = "mama mami papa esposa esposo marido mujer hermana hermano hija hijo suegra suegro senora abuela abuelo tia tio"
_KIN += " cunada cunado nuera yerno prima primo pareja nieta nieto madre padre sobrina sobrino"
_KIN_EN = "wife husband mother mom mum father dad sister brother son daughter"
_RELATED = re.compile(
    f" (?:(?:soy|habla|es) (?:la|el|su|mi|una?)|mi) (?:{_KIN.replace(' ', '|')}) "
    f"| (?:his|her|my) (?:{_KIN_EN.replace(' ', '|')}) "
)
_EITHER_SPEAKER = frozenset({"objection.not_mine_wrong_person", "objection.deceased"})
# what is part of a graver claim in the same turn, and not an objection of its own
_PART_OF = {
    "objection.not_mine_wrong_person": ("objection.identity_theft", "objection.deceased"),
    "objection.distrust_fraud": ("objection.identity_theft",),
    "objection.no_money": ("objection.insolvency",),
    "objection.refuses": ("objection.insolvency", "objection.stop_contact"),
    "objection.dispute_amount": ("objection.time_barred",),
    "objection.wants_instalments": ("objection.insolvency",),
    "objection.vague_later": (
        "objection.callback",
        "objection.attorney",
        "objection.in_writing",
        "objection.refuses",
        "objection.stop_contact",
    ),
    "objection.callback": ("objection.stop_contact",),
    "objection.stop_contact": ("objection.not_mine_wrong_person",),
    "objection.third_party": ("objection.deceased",),
}
# what somebody who commits to pay in the same breath does not mean
_NOT_WHILE_PROMISING = frozenset({"objection.vague_later", "objection.refuses"})
# a short answer objects only to what was asked: for a moment's time, for a day or a sum
_SHORT_ANSWER = 11
_ASKED = {"time": ("cue.asks_time",), "payment": ("cue.promise_asks", "cue.promise_proposes", "cue.demand")}
_ANSWERS = {
    "no_money": {"payment"},
    "already_paid": {"payment", "sum"},
    "dispute_amount": {"sum"},
    "refuses": {"payment"},
    "vague_later": {"payment"},
    "callback": {"time"},
    "wants_instalments": {"payment"},
}
# what somebody who asks how much and where to pay does not mean
_NOT_WHILE_WILLING = frozenset(f"objection.{name}" for name in (
    "no_money", "unemployed", "already_paid", "not_mine_wrong_person", "identity_theft", "vague_later", "callback",
    "distrust_fraud", "refuses", "illness", "deceased", "attorney", "stop_contact", "time_barred", "insolvency",
    "hostile", "service_complaint",
))  # fmt: skip
# the most particular first: it prevails over what its words could also be
_RANK = {f"objection.{name}": rank for rank, name in enumerate((
    "deceased", "identity_theft", "insolvency", "attorney", "time_barred", "hostile", "stop_contact", "third_party",
    "not_mine_wrong_person", "service_complaint", "wants_discount", "payment_problem", "illness", "unemployed",
    "already_paid", "in_writing", "refuses", "callback", "wants_instalments", "dispute_amount", "distrust_fraud",
    "no_money", "vague_later",
))}  # fmt: skip
_TOGETHER = frozenset(frozenset({f"objection.{one}", f"objection.{other}"}) for one, other in (
    ("no_money", "unemployed"), ("no_money", "illness"), ("unemployed", "illness"), ("attorney", "insolvency"),
    ("dispute_amount", "service_complaint"), ("dispute_amount", "in_writing"), ("refuses", "time_barred"),
    ("refuses", "hostile"), ("refuses", "attorney"), ("refuses", "service_complaint"), ("refuses", "stop_contact"),
    ("stop_contact", "hostile"), ("stop_contact", "no_money"), ("deceased", "no_money"),
    ("no_money", "wants_discount"),
))  # fmt: skip
# turns after which an objection that comes back is a new one
_FRESH_AFTER = 6


def find(reading: Reading, context: Context) -> Iterator[Finding]:
    kept = sorted(_heard(reading, context), key=lambda match: (match.turn.index, match.first))
    for match in _episodes(_of_whom(kept)):
        yield from_match(KINDS[match.code], match)
    if not any(match.code in _ANSWERED_FOR for match in kept):
        yield from _stranger(reading)


def _of_whom(matches: list[Match]) -> list[Match]:
    """Who has a wrong number is no third party; a relative who says "ya no vive aquí" is one."""
    strangers = [m for m in matches if m.code == _WRONG and m.turn.speaker is Speaker.THIRD_PARTY]
    related = {m.turn.index for m in strangers if _RELATED.search(m.turn.line)}
    wrong = any(m.turn.index not in related for m in strangers)
    dropped = {"objection.third_party"} if wrong else {_WRONG} if related else set()
    return [m for m in matches if m.turn.speaker is not Speaker.THIRD_PARTY or m.code not in dropped]


def _stranger(reading: Reading) -> Iterator[Finding]:
    """A third party who talks, whatever the words: the first turn that is more than a greeting."""
    talk = [t for t in reading.turns if t.speaker is Speaker.THIRD_PARTY and len(t.tokens) > _GREETING]
    if len(talk) > 1:
        yield finding(KINDS["objection.third_party"], _SPEAKS, talk[0], confidence=0.7)


def _heard(reading: Reading, context: Context) -> Iterator[Match]:
    """The matches that mean what they say, by whom, and beside what else."""
    firm = {p.turn for p in find_promises(reading, context) if p.strength is not Strength.WEAK}
    for turn in range(len(reading.turns)):
        matches = [match for match in reading.matches_in(turn, "objection.") if _may_say(match)]
        matches = matches or list(_replies(reading, turn))
        if not matches:
            continue
        said = {match.code: match for match in reversed(matches)}
        willing = reading.says(turn, "cue.willing")
        for code in _meant(matches):
            if code in _NOT_WHILE_PROMISING and turn in firm:
                continue
            if willing and code in _NOT_WHILE_WILLING:
                continue
            yield said[code]


def _replies(reading: Reading, turn: int) -> Iterator[Match]:
    """Objections that lie in a short answer to what the agent has just asked: "¿hoy cuánto podría?" - "nada"."""
    answer, before = reading.turns[turn], reading.turns[turn - 1] if turn else None
    if before is None or before.speaker is not Speaker.AGENT or len(answer.tokens) > _SHORT_ANSWER:
        return
    if answer.speaker is not Speaker.CUSTOMER or days(reading, answer):
        return
    asked = {name for name, cues in _ASKED.items() if reading.says(before.index, *cues)}
    if sums(reading, before):
        asked.add("sum")
    for match in reading.matches_in(turn, "reply."):
        name = match.code.removeprefix("reply.")
        if asked & _ANSWERS[name]:
            yield replace(match, phrase=replace(match.phrase, code=f"objection.{name}"))


def _meant(matches: Sequence[Match]) -> Iterator[str]:
    """Of the objections that the words of one turn could be, those that they are.

    People hear one objection in a turn, but for a few that come in pairs ("no work, so no money"). The one that more
    wordings speak for prevails; of equals the more particular.
    """
    weight = Counter(match.code for match in matches)
    found: list[str] = []
    for code in sorted(weight, key=lambda code: (-weight[code], _RANK[code])):
        if any(graver in weight for graver in _PART_OF.get(code, ())):
            continue
        if all(frozenset({code, other}) in _TOGETHER for other in found):
            found.append(code)
    yield from found


def _may_say(match: Match) -> bool:
    speaker = match.turn.speaker
    if match.code == "objection.third_party":
        return speaker is Speaker.THIRD_PARTY
    if match.code == "objection.deceased" and speaker is Speaker.CUSTOMER:
        return match.turn.index <= _FRESH_AFTER
    if match.code in _EITHER_SPEAKER:
        return speaker in (Speaker.CUSTOMER, Speaker.THIRD_PARTY)
    return speaker is Speaker.CUSTOMER


def _episodes(matches: Iterable[Match]) -> Iterator[Match]:
    """The first match of each objection, and a later one only well after it and after something else came up."""
    last: dict[str, int] = {}
    begun: dict[str, int] = {}
    others: dict[str, bool] = {}
    for match in matches:
        code, at = match.code, match.turn.index
        fresh = code not in last or (at - last[code] >= _FRESH_AFTER and others.get(code, False))
        fresh = fresh or (code in _AGAIN and at - begun[code] >= _FRESH_AFTER)
        if code in _ONCE and code in last:
            fresh = False
        last[code] = at
        if fresh:
            begun[code] = at
            others = {other: True for other in last if other != code} | {code: False}
            yield match


# who asks for another call a second time was not heard the first time
_AGAIN = frozenset({"objection.callback"})
_ONCE = frozenset(
    {"objection.third_party", "objection.not_mine_wrong_person", "objection.deceased", "objection.attorney",
     "objection.insolvency", "objection.identity_theft", "objection.time_barred", "objection.illness"}
)  # fmt: skip
