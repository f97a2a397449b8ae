"""What the README says is so: its commands, make targets, pictures and links exist."""

from __future__ import annotations

import re
from pathlib import Path

import typer.main

from qa_platform.cli import app

HOUSE = Path(__file__).parents[1]
README = (HOUSE / "README.md").read_text("utf-8")


def test_every_command_of_the_readme_exists() -> None:
    root = typer.main.get_command(app)
    said = set(re.findall(r"\bqa ([a-z]+)(?: ([a-z]+))?", "\n".join(re.findall(r"`([^`]+)`", README))))
    assert said
    for first, second in said:
        command = root.commands.get(first)  # type: ignore[attr-defined]
        assert command is not None, f"qa {first}"
        below = getattr(command, "commands", None)
        assert below is None or not second or second in below, f"qa {first} {second}"


def test_every_command_that_exists_is_in_the_readme() -> None:
    root = typer.main.get_command(app)
    assert [name for name in root.commands if f"`qa {name}" not in README] == []  # type: ignore[attr-defined]


def test_every_make_target_of_the_readme_exists() -> None:
    targets = set(re.findall(r"^([a-z]+):", (HOUSE / "Makefile").read_text("utf-8"), re.MULTILINE))
    assert set(re.findall(r"make ([a-z]+)", README)) <= targets


def test_every_picture_and_link_of_the_readme_leads_somewhere() -> None:
    places = [place for place in re.findall(r"\]\(([^)#]+)\)", README) if not place.startswith("http")]
    assert places
    assert [place for place in places if not (HOUSE / place).exists()] == []


def test_nothing_in_the_readme_waits_to_be_filled_in() -> None:
    assert re.findall(r"\b(?:TODO|TBD|XXX|SCREENS|FORMATS|NOT-YET)\b", README) == []
