"""Reads YAML written by people without guessing: what is missing, unknown, doubled or of the wrong kind is named."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any

import yaml

from models.errors import QAError
from models.scorecard import Label

LANGUAGES = ("es", "en")


class Unreadable(QAError):
    """Written data that cannot be used; `where` is the file and the key in it."""

    says = "The file cannot be read."


class NotYaml(Unreadable):
    says = "This is not readable YAML: {problem}."
    remedy = "Check the indentation and the quotes near that line."


class KeyRepeated(Unreadable):
    says = "The key '{key}' stands twice."
    remedy = "Keep one of them."


class KeyUnknown(Unreadable):
    says = "The key '{key}' means nothing here."
    remedy = "Use one of: {known}."


class KeyMissing(Unreadable):
    says = "The key '{key}' is missing."
    remedy = "Add it."


class ValueWrong(Unreadable):
    says = "The value {value!r} does not fit."


class KeysWanted(ValueWrong):
    remedy = "Write keys with their values."


class EntriesWanted(ValueWrong):
    remedy = "Write a list with at least one entry."


class WordsWanted(ValueWrong):
    remedy = "Write a list of words."


class WordWanted(ValueWrong):
    remedy = "Write a word."


class ChoiceWanted(ValueWrong):
    remedy = "Write one of: {known}."


class NumberWanted(ValueWrong):
    remedy = "Write a number from 0 to {most:g}."


class WholeNumberWanted(ValueWrong):
    remedy = "Write a whole number from 1."


class FlagWanted(ValueWrong):
    remedy = "Write true or false."


class LanguageMissing(Unreadable):
    says = "The text is missing in '{language}'."
    remedy = "Write it in both languages, es and en."


class CodeRepeated(Unreadable):
    says = "The code '{code}' is used twice."
    remedy = "Give each section and each criterion its own code."


class _StrictLoader(yaml.SafeLoader):
    """YAML keeps the last of two equal keys without a word; here the second is refused."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        seen: set[object] = set()
        for key_node in (key for key, _ in node.value if isinstance(key, yaml.ScalarNode)):
            key = self.construct_object(key_node, deep=True)
            if key in seen:
                raise KeyRepeated(where=f"line {key_node.start_mark.line + 1}", key=key)
            seen.add(key)
        return super().construct_mapping(node, deep=deep)


def parse(text: str, *, file: str) -> object:
    try:
        return yaml.load(text, Loader=_StrictLoader)  # noqa: S506 - a SafeLoader that also refuses repeated keys
    except KeyRepeated as error:
        raise KeyRepeated(where=f"{file}: {error.where}", **error.details) from None
    except yaml.YAMLError as error:
        raise NotYaml(where=file, problem=" ".join(str(error).split())) from error


def mapping(raw: object, where: str, keys: Collection[str], needs: Iterable[str] = ()) -> Mapping[str, Any]:
    if not isinstance(raw, Mapping):
        raise KeysWanted(where=where, value=raw)
    for key in raw:
        if key not in keys:
            raise KeyUnknown(where=where, key=key, known=", ".join(sorted(keys)))
    for key in needs:
        if key not in raw:
            raise KeyMissing(where=where, key=key)
    return raw


def entries(raw: object, where: str) -> list[Any]:
    if not isinstance(raw, list) or not raw:
        raise EntriesWanted(where=where, value=raw)
    return raw


def label(raw: object, where: str) -> Label:
    data = mapping(raw, where, LANGUAGES)
    for language in LANGUAGES:
        if not isinstance(data.get(language), str) or not data[language].strip():
            raise LanguageMissing(where=where, language=language)
    return Label(es=data["es"], en=data["en"])


def word(raw: object, where: str) -> str:
    if not isinstance(raw, str) or not raw.strip():
        raise WordWanted(where=where, value=raw)
    return raw


def words(data: Mapping[str, Any], key: str, where: str) -> tuple[str, ...]:
    raw = data.get(key, [])
    if not isinstance(raw, list):
        raise WordsWanted(where=f"{where}.{key}", value=raw)
    found = tuple(word(entry, f"{where}.{key}") for entry in raw)
    for one in found:
        if found.count(one) > 1:
            raise CodeRepeated(where=f"{where}.{key}", code=one)
    return found


def chosen(data: Mapping[str, Any], key: str, where: str, choices: Iterable[str]) -> tuple[str, ...]:
    known = [str(choice) for choice in choices]
    found = words(data, key, where)
    for one in found:
        if one not in known:
            raise ChoiceWanted(where=f"{where}.{key}", value=one, known=", ".join(known))
    return found


def number(raw: object, where: str, *, most: float) -> float:
    if isinstance(raw, bool) or not isinstance(raw, int | float) or not 0 <= raw <= most:
        raise NumberWanted(where=where, value=raw, most=most)
    return float(raw)


def whole(raw: object, where: str) -> int:
    if isinstance(raw, bool) or not isinstance(raw, int) or raw < 1:
        raise WholeNumberWanted(where=where, value=raw)
    return raw


def flag(raw: object, where: str) -> bool:
    if not isinstance(raw, bool):
        raise FlagWanted(where=where, value=raw)
    return raw
