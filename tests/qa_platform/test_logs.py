"""Logs are one JSON object a line and never hold a person's words or numbers."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator

import pytest

from qa_platform import logs


@pytest.fixture(autouse=True)
def quiet_afterwards() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = root.handlers, root.level
    yield
    root.handlers = handlers
    root.setLevel(level)


@pytest.mark.parametrize(
    ("said", "hidden"),
    [
        ("no answer from +52 55 1250 5050", "5050"),
        ("card 4111 1111 1111 1111 refused", "4111"),
        ("mail to ana.ruiz@example.com bounced", "ana.ruiz"),
        ("document 1032456789 not found", "1032456789"),
    ],
)
def test_a_number_or_address_in_a_message_is_hidden(said: str, hidden: str, capsys: pytest.CaptureFixture[str]) -> None:
    logs.set_up("INFO")
    logging.getLogger("somebody.else").warning(said)
    logs.logger("ours").warning(said, detail=said)
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 2
    assert all(json.loads(line)["level"] == "warning" for line in lines)
    assert hidden not in "".join(lines)


def test_fields_that_hold_words_are_hidden_and_ids_stay(capsys: pytest.CaptureFixture[str]) -> None:
    logs.set_up("INFO")
    logs.logger("ours").info("interaction.ready", interaction=12345678, quote="no tengo dinero")
    line = json.loads(capsys.readouterr().err)
    assert (line["interaction"], line["quote"]) == (12345678, "[hidden]")


def test_a_traceback_is_scrubbed_too(capsys: pytest.CaptureFixture[str]) -> None:
    logs.set_up("INFO")
    try:
        raise ValueError("cannot read 4111 1111 1111 1111")
    except ValueError:
        logs.logger("ours").exception("stumbled")
    assert "4111" not in capsys.readouterr().err
