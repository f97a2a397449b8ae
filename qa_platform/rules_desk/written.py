"""Rules as people write them: a YAML text in, rules and every mistake with its line out."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import Any, Protocol

import yaml

from analyzers.contract import kinds
from analyzers.overlay import overlaid
from analyzers.patterns import PatternError, compile_pattern
from analyzers.phrasebook import PhraseRule, PhraseRuleError, phrasebook, read_rule
from analyzers.second_opinion import SUFFIX
from analyzers.specimens import LANGUAGES, broken
from analyzers.steps import JUDGES
from models.errors import QAError

MOST_LETTERS, MOST_RULES = 200_000, 50
_ID = re.compile(r"[a-z][a-z0-9_]*(\.[a-z0-9_]+)+")
_LISTS = ("say", "but", "hits", "misses")


class RuleTextWrong(QAError):
    status = 422
    says = "These rules cannot be tried: {count} mistakes were found."
    remedy = "Correct the lines named."

    def __init__(self, problems: tuple[QAError, ...]) -> None:
        self.problems = problems
        super().__init__(count=len(problems))


class NotYaml(QAError):
    status = 422
    says = "This is no YAML: {problem}."
    remedy = "Write a list of rules, each beginning with “- id:”, indented with spaces."


class NotARule(QAError):
    status = 422
    says = "A rule has an id and its fields; this is something else."
    remedy = "Write a list of rules, each beginning with “- id:”, indented with spaces."


class TooMuchAtOnce(QAError):
    status = 422
    says = "More than {rules} rules or {letters} letters at once."
    remedy = "Try fewer rules at a time."


class LanguageUnknown(QAError):
    status = 422
    says = "It is not known which language the rule “{rule}” is for."
    remedy = "Add a line “language: es” or “language: en” to it."


class IdUnusable(QAError):
    status = 422
    says = "“{rule}” cannot be the id of a rule."
    remedy = "Use small letters, digits and _ in parts joined by dots, such as slip.threat_jail.own."


class CodeUnknown(QAError):
    status = 422
    says = "The rule “{rule}” is for “{code}”, which nothing looks for."
    remedy = "Use the code of an existing rule; the list of rules shows them."


class NotWords(QAError):
    status = 422
    says = "“{field}” has something that is no text: {value}."
    remedy = "Put it in quotes."


class SpecimenMissed(QAError):
    status = 422
    says = "The rule “{rule}” does not find its own example: {text}"
    remedy = "Change the wordings under say, or the example under hits."


class SpecimenFound(QAError):
    status = 422
    says = "The rule “{rule}” finds what it must not: {text}"
    remedy = "Change the wordings under say and but, or the example under misses."


class _At(Protocol):
    """Where a field, or an item of a list, stands."""

    def __call__(self, field: str, item: int = 0) -> str: ...


@dataclass(frozen=True, slots=True)
class Written:
    """One rule as written: its fields without id and version, its own text, and the rule that they make."""

    rule: PhraseRule
    content: Mapping[str, Any]
    text: str


@dataclass(frozen=True, slots=True)
class _Place:
    line: int
    lines: Mapping[tuple[str, int], int]  # of each item of each list
    text: str
    raw: Mapping[str, Any]

    def of(self, name: str, item: int = 0) -> int:
        return self.lines.get((name, item), self.line)


def read_rules(text: str, *, name: str = "") -> tuple[Written, ...]:
    """The rules of a text. Raises `RuleTextWrong` with all that is wrong in it, each with its line."""
    if len(text) > MOST_LETTERS:
        raise TooMuchAtOnce(name, rules=MOST_RULES, letters=MOST_LETTERS)
    problems: list[QAError] = []
    read: list[Written] = []
    for place in _places(text, name):
        where = f"{name}:{place.line}" if name else str(place.line)
        rule, wrong = _rule(place, name)
        if rule is not None and any(one.rule.id == rule.id and one.rule.language == rule.language for one in read):
            wrong = [PhraseRuleError(where, rule=rule.id, reason="its id is used twice")]
        problems += wrong
        if rule is not None and not wrong:
            kept = {key: value for key, value in place.raw.items() if key not in {"id", "version", "language"}}
            read.append(Written(rule, kept, place.text))
    if problems:
        raise RuleTextWrong(tuple(problems))
    if not read:
        raise RuleTextWrong((NotARule(f"{name}:1" if name else "1"),))
    return tuple(read)


def rebuilt(rule_id: str, version: str, language: str, content: Mapping[str, Any]) -> PhraseRule:
    """A stored version as a rule."""
    return read_rule({**content, "id": rule_id, "version": version}, language)


def as_yaml(rule_id: str, language: str, content: Mapping[str, Any]) -> str:
    """A rule's fields as a text to begin from."""
    return yaml.safe_dump(
        [{"id": rule_id, "language": language, **content}], allow_unicode=True, sort_keys=False, width=4000
    )


@cache
def shipped_contents(language: str) -> Mapping[str, Mapping[str, Any]]:
    """The fields of each shipped rule, by id, as its file has them."""
    from_rule = {rule.id: _content(rule) for rule in phrasebook(language).rules}
    return MappingProxyType(from_rule)


def _content(rule: PhraseRule) -> dict[str, Any]:
    told: dict[str, Any] = {"code": rule.code} if rule.code != rule.id.rsplit(".", 1)[0] else {}
    if rule.speaker is not None:
        told["speaker"] = rule.speaker.value
    told |= {"unless": sorted(rule.unless), "confidence": rule.confidence}
    if rule.only or rule.regions != ("GEN",):
        told |= {"regions": list(rule.regions), "only": rule.only}
    told["say"] = [pattern.wording for pattern in rule.wordings]
    told["but"] = [pattern.wording for pattern in rule.exceptions]
    told |= {"hits": list(rule.hits), "misses": list(rule.misses)}
    return {name: value for name, value in told.items() if value not in ([], "")}


def _places(text: str, name: str) -> Iterator[_Place]:
    try:
        tree = yaml.compose(text, Loader=yaml.SafeLoader)
        raw = yaml.safe_load(text)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = mark.line + 1 if mark else 1
        problem = str(getattr(error, "problem", None) or "?")
        raise RuleTextWrong((NotYaml(f"{name}:{line}" if name else str(line), problem=problem),)) from error
    nodes = tree.value if isinstance(tree, yaml.SequenceNode) else [tree] if tree is not None else []
    entries = raw if isinstance(raw, list) else [raw] if raw is not None else []
    if len(nodes) > MOST_RULES:
        raise TooMuchAtOnce(name, rules=MOST_RULES, letters=MOST_LETTERS)
    for node, entry in zip(nodes, entries, strict=True):
        line = node.start_mark.line + 1
        if not isinstance(node, yaml.MappingNode) or not isinstance(entry.get("id"), str):
            raise RuleTextWrong((NotARule(f"{name}:{line}" if name else str(line)),))
        yield _Place(line, dict(_lines(node)), text[node.start_mark.index : node.end_mark.index].rstrip(), entry)


def _lines(node: yaml.MappingNode) -> Iterator[tuple[tuple[str, int], int]]:
    for key, value in node.value:
        yield (str(key.value), 0), key.start_mark.line + 1
        if isinstance(value, yaml.SequenceNode):
            for number, item in enumerate(value.value):
                yield (str(key.value), number), item.start_mark.line + 1


def _rule(place: _Place, name: str) -> tuple[PhraseRule | None, list[QAError]]:
    """The rule, or what is wrong with it."""
    said = str(place.raw["id"])
    told = dict(place.raw)
    language = _language(said, told.pop("language", None))

    def at(field: str, item: int = 0) -> str:
        line = place.of(field, item)
        return f"{name}:{line}" if name else str(line)

    if not _ID.fullmatch(said) or len(said) > 120 or said.endswith(SUFFIX):
        return None, [IdUnusable(at("id"), rule=said[:120])]
    if language is None:
        return None, [LanguageUnknown(at("id"), rule=said)]
    wrong = [*_not_words(told, at), *_unreadable(told, language, at)]
    if wrong:
        return None, wrong
    try:
        json.dumps(told)
        rule = read_rule({**told, "version": "draft"}, language, where=at("id"))
    except QAError as refused:
        return None, [refused]
    except (TypeError, ValueError, AttributeError) as refused:
        return None, [PhraseRuleError(at("id"), rule=said, reason=str(refused).splitlines()[0])]
    if rule.code not in _codes():
        return None, [CodeUnknown(at("code"), rule=said, code=rule.code[:80])]
    return rule, list(_specimens(rule, at))


def _language(rule_id: str, told: object) -> str | None:
    if told is not None:
        return str(told) if told in LANGUAGES else None
    known = [language for language in LANGUAGES if rule_id in shipped_contents(language)]
    return known[0] if len(known) == 1 else None


def _not_words(told: Mapping[str, Any], at: _At) -> Iterator[QAError]:
    """An unquoted no, 12 or 2026-01-02 is no text in YAML."""
    for field in _LISTS:
        listed = told.get(field, [])
        if not isinstance(listed, list):
            yield NotWords(at(field), field=field, value=str(listed)[:60])
            continue
        for number, item in enumerate(listed):
            if not isinstance(item, str):
                yield NotWords(at(field, number), field=field, value=str(item)[:60])


def _unreadable(told: Mapping[str, Any], language: str, at: _At) -> Iterator[QAError]:
    for field in ("say", "but"):
        listed = told.get(field, [])
        for number, wording in enumerate(listed if isinstance(listed, list) else []):
            try:
                compile_pattern(str(wording), language)
            except PatternError as refused:
                yield PatternError(at(field, number), **refused.details)


def _specimens(rule: PhraseRule, at: _At) -> Iterator[QAError]:
    book = overlaid(rule.language, [rule])
    for specimen in broken(rule, book):
        field, listed = ("hits", rule.hits) if specimen.expected else ("misses", rule.misses)
        where = at(field, listed.index(specimen.text))
        yield (SpecimenMissed if specimen.expected else SpecimenFound)(where, rule=rule.id, text=specimen.text)


@cache
def _codes() -> frozenset[str]:
    shipped = {rule.code for language in LANGUAGES for rule in phrasebook(language).rules}
    return frozenset(shipped | set(kinds()) | set(JUDGES))
