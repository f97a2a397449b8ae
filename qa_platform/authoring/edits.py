"""Changes to a draft's content, each giving new content: what a file would say after the same edit by hand."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from copy import deepcopy
from typing import Any, TypeAlias

from scorecards.weights import outside, rescaled

Content: TypeAlias = dict[str, Any]
EMPTY = {"es": "", "en": ""}


def empty() -> Content:
    """A scorecard with one section and one question, all still to be written."""
    question = {**_question("question_1"), "weight": 100}
    return {"pass_mark": 80, "sections": [{"code": "section_1", "label": dict(EMPTY), "criteria": [question]}]}


def question_codes(content: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(one["code"] for section in content["sections"] for one in section["criteria"])


def find(content: Mapping[str, Any], code: str) -> tuple[int, int] | None:
    """Where a question stands: its section and its place there."""
    for at, section in enumerate(content["sections"]):
        for place, one in enumerate(section["criteria"]):
            if one["code"] == code:
                return at, place
    return None


def with_question(content: Mapping[str, Any], code: str, question: Mapping[str, Any], *, section: str) -> Content:
    """The question says something else; where `section` is another one, it moves to its end."""
    made, place = _copied(content), find(content, code)
    if place is None:
        return made
    at, index = place
    if made["sections"][at]["code"] == section:
        made["sections"][at]["criteria"][index] = dict(question)
        return made
    goal = next((part for part in made["sections"] if part["code"] == section), None)
    if goal is not None:
        del made["sections"][at]["criteria"][index]
        goal["criteria"].append(dict(question))
    return made


def with_weights(content: Mapping[str, Any], weights: Mapping[str, Any]) -> Content:
    """Weights by question; None leaves it open, to be worked out."""
    made = _copied(content)
    for one in (one for section in made["sections"] for one in section["criteria"]):
        if one["code"] in weights:
            one.pop("weight", None)
            if weights[one["code"]] is not None:
                one["weight"] = weights[one["code"]]
    return made


def balanced(content: Mapping[str, Any], *, keep: Collection[str]) -> Content:
    """All weights brought to 100 in proportion; those of `keep` stay, unless nothing else could give way."""
    counted = {
        one["code"]: float(one["weight"]) if isinstance(one.get("weight"), int | float) else 0.0
        for section in content["sections"]
        for one in section["criteria"]
        if not outside(one)
    }
    fixed = set(keep) & set(counted)
    if sum(counted[code] for code in fixed) >= 100 or fixed == set(counted):
        fixed = set()
    return with_weights(content, rescaled(counted, keep=fixed)) if counted else _copied(content)


def moved(content: Mapping[str, Any], code: str, by: int) -> Content:
    """A question (or a section) one place up or down; a question goes on into the neighbouring section."""
    made, place = _copied(content), find(content, code)
    sections = made["sections"]
    if place is None:
        at = _section_at(content, code)
        if at is not None and 0 <= at + by < len(sections):
            sections.insert(at + by, sections.pop(at))
        return made
    at, index = place
    row = sections[at]["criteria"]
    if 0 <= index + by < len(row):
        row.insert(index + by, row.pop(index))
    elif 0 <= at + by < len(sections) and len(row) > 1:
        goal = sections[at + by]["criteria"]
        goal.insert(len(goal) if by < 0 else 0, row.pop(index))
    return made


def removed(content: Mapping[str, Any], code: str) -> Content:
    """Without a question (its section stays while it has another), or without a whole section."""
    made, place = _copied(content), find(content, code)
    if place is None:
        at = _section_at(content, code)
        if at is not None and len(made["sections"]) > 1:
            del made["sections"][at]
        return made
    at, index = place
    row = made["sections"][at]["criteria"]
    if len(row) > 1:
        del row[index]
    elif len(made["sections"]) > 1:
        del made["sections"][at]
    return made


def with_new_question(content: Mapping[str, Any], section: str, *, taken: Collection[str] = ()) -> tuple[Content, str]:
    """A question for a person to answer, and its code: one that no version has used (`taken`)."""
    made, at = _copied(content), _section_at(content, section)
    code = _fresh("question", {*question_codes(content), *taken})
    made["sections"][at or 0]["criteria"].append(_question(code))
    return made, code


def with_new_section(content: Mapping[str, Any], *, taken: Collection[str] = ()) -> tuple[Content, str]:
    made = _copied(content)
    code = _fresh("section", {part["code"] for part in content["sections"]})
    question = _fresh("question", {*question_codes(content), *taken})
    made["sections"].append({"code": code, "label": dict(EMPTY), "criteria": [_question(question)]})
    return made, code


def _question(code: str) -> Content:
    return {"code": code, "label": dict(EMPTY), "guidance": dict(EMPTY), "weight": 0, "by_person": True}


def _fresh(stem: str, taken: Collection[str]) -> str:
    number = 1
    while f"{stem}_{number}" in taken:
        number += 1
    return f"{stem}_{number}"


def _section_at(content: Mapping[str, Any], code: str) -> int | None:
    return next((at for at, part in enumerate(content["sections"]) if part["code"] == code), None)


def _copied(content: Mapping[str, Any]) -> Content:
    return deepcopy(dict(content))
