"""What every template keeps to: nothing inline, nothing unescaped, every icon and every word at hand."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from babel.messages.extract import extract_from_file

from qa_platform.text import LOCALE, read_catalogue

WEB = Path(__file__).parents[2] / "web"
TEMPLATES = sorted(WEB.rglob("*.html"))
SCRIPTS = sorted((WEB / "static").glob("*.js"))
BANNED = {
    "an inline style": r"\sstyle=",
    "an inline handler": r"\son[a-z]+=",
    "an inline script": r"<script(?![^>]*\bsrc=)",
    "an inline stylesheet": r"<style",
    "a script address": r"javascript:",
    "htmx that needs eval": r"hx-on|\bjs:|hx-vars|hx-trigger=\"[^\"]*\[",
    "unescaped text": r"\|\s*safe\b|autoescape",
    "another host": r"(?:src|href)=\"https?:",
}
KEYWORDS = {"_": None, "N_": None, "_n": (1, 2), "say": None, "say_count": (1, 2)}


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.name)
def test_a_template_holds_nothing_that_the_policy_forbids(template: Path) -> None:
    text = re.sub(r"{#.*?#}", "", template.read_text(encoding="utf-8"), flags=re.DOTALL)
    for what, pattern in BANNED.items():
        assert not re.search(pattern, text), what


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.name)
def test_a_script_evaluates_nothing_and_writes_no_raw_markup(script: Path) -> None:
    assert not re.search(r"\beval\(|new Function\(|innerHTML\s*=|document\.write", script.read_text(encoding="utf-8"))


def test_every_icon_that_a_template_names_is_in_the_sprite() -> None:
    known = set((WEB / "icons.txt").read_text(encoding="utf-8").split())
    named = {
        (template.name, icon)
        for template in TEMPLATES
        for icon in re.findall(r"icon\(\"([a-z0-9-]+)\"", template.read_text(encoding="utf-8"))
    }
    assert {icon for _, icon in named} <= known, sorted(pair for pair in named if pair[1] not in known)
    sprite = (WEB / "static" / "vendor" / "icons.svg").read_text(encoding="utf-8")
    assert set(re.findall(r'<symbol id="([a-z0-9-]+)"', sprite)) == known


def test_every_word_of_the_screen_is_in_spanish() -> None:
    known = {
        message.id[0] if isinstance(message.id, tuple) else message.id
        for file in (LOCALE / "es").glob("*.po")
        for message in read_catalogue(file)
        if message.string and not message.fuzzy
    }
    missing = {
        said
        for method, files in (("jinja2", TEMPLATES), ("python", sorted(WEB.rglob("*.py"))))
        for file in files
        for said in messages(method, file)
        if said not in known
    }
    assert not missing


def test_the_blanks_of_a_translation_are_those_of_its_message() -> None:
    for message in read_catalogue(LOCALE / "es" / "web.po"):
        if not message.id:
            continue
        ours = [message.id] if isinstance(message.id, str) else list(message.id)
        theirs = [message.string] if isinstance(message.string, str) else list(message.string or ())
        for one, other in zip(ours, theirs, strict=True):
            assert set(re.findall(r"{(\w+)}", one)) == set(re.findall(r"{(\w+)}", other)), one


def messages(method: str, file: Path) -> list[str]:
    options = {"trim_blocks": "true", "lstrip_blocks": "true"}
    found = extract_from_file(method, file, keywords=KEYWORDS, options=options)
    return [said if isinstance(said, str) else said[0] for _, said, _, _ in found]
