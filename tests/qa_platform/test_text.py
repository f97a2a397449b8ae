"""Words for people: every message is in the Spanish catalogues, with the same blanks, and said one way only."""

from __future__ import annotations

import ast
import io
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.extract import extract

from qa_platform.text import LOCALE, phrase, plural, read_catalogue, translator

HOUSE = Path(__file__).parents[2]
SPANISH = sorted((LOCALE / "es").glob("*.po"))
BLANK = re.compile(r"\{(\w*)\}|%\((\w+)\)s")
SAYING = {"say", "gettext", "ngettext", "_"}
COUNTING = {"count", "plural"}  # with the singular and the plural


def _messages(catalogue: Path) -> Iterator[tuple[str, str]]:
    for message in read_catalogue(catalogue):
        if message.id:
            ids = [message.id] if isinstance(message.id, str) else list(message.id)
            strings = [message.string] if isinstance(message.string, str) else list(message.string or [""])
            assert not message.fuzzy, f"{catalogue.name}: {ids[0]}"
            yield from ((ids[min(place, len(ids) - 1)], str(string)) for place, string in enumerate(strings))


@pytest.mark.parametrize("catalogue", SPANISH, ids=lambda path: path.stem)
def test_a_translation_is_there_and_has_the_same_blanks(catalogue: Path) -> None:
    for said, translated in _messages(catalogue):
        assert translated.strip(), f"{catalogue.name}: {said!r} is not translated"
        assert sorted(BLANK.findall(said)) == sorted(BLANK.findall(translated)), f"{catalogue.name}: {said!r}"


def test_a_message_is_translated_one_way() -> None:
    told: dict[object, tuple[object, str]] = {}
    for catalogue in SPANISH:
        for message in read_catalogue(catalogue):
            if message.id:
                before = told.setdefault(message.id, (message.string, catalogue.name))
                assert before[0] == message.string, f"{message.id!r} differs in {before[1]} and {catalogue.name}"


def test_every_message_of_the_code_is_in_the_catalogues() -> None:
    known = {said for catalogue in SPANISH for said, _ in _messages(catalogue)}
    missing = sorted({(said, str(place)) for said, place in _said() if said not in known})
    assert missing == []


def test_messages_fall_back_to_their_own_words_and_count() -> None:
    assert phrase("Nobody translated {what}.", {"what": "this"}, "es") == "Nobody translated this."
    assert plural("{count} file", "{count} files", 2, "en") == "2 files"
    assert translator("en").gettext("x") == "x"


def _said() -> Iterator[tuple[str, Path]]:
    """What is shown to people: templates' messages, and the literals that Python marks as such."""
    for template in sorted((HOUSE / "web").rglob("*.html")):
        found = extract("jinja2.ext:babel_extract", io.BytesIO(template.read_bytes()), options={"silent": "false"})
        for _, message, _, _ in found:
            for said in message if isinstance(message, tuple) else (message,):
                yield said, template.relative_to(HOUSE)
    for package in ("models", "analyzers", "scorecards", "qa_platform", "web"):
        for path in sorted((HOUSE / package).rglob("*.py")):
            for said in _marked(ast.parse(path.read_text("utf-8"))):
                yield said, path.relative_to(HOUSE)


def _marked(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            literals = [a.value for a in node.args if isinstance(a, ast.Constant) and isinstance(a.value, str)]
            if _name(node.func) in SAYING or (_name(node.func) in COUNTING and len(literals) == 2):
                yield from literals
        if isinstance(node, ast.ClassDef):
            for line in node.body:
                target = line.targets[0] if isinstance(line, ast.Assign) else None
                if isinstance(target, ast.Name) and target.id in {"says", "remedy"}:
                    value = line.value if isinstance(line, ast.Assign) else None
                    if isinstance(value, ast.Constant) and value.value:
                        yield str(value.value)


def _name(function: ast.expr) -> str:
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
