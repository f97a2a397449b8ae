"""What is accepted with a remark says the remark in Spanish too."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from qa_platform.text import LOCALE, read_catalogue

HOUSE = Path(__file__).parents[2]


def notices() -> Iterator[tuple[str, ast.expr]]:
    for path in sorted((HOUSE / "qa_platform").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Name)
                and node.func.id == "Notice"
                and node.args
                and "notices" not in path.parts  # what is told to colleagues, another thing of that name
            ):
                yield f"{path.relative_to(HOUSE)}:{node.lineno}", node.args[0]


def test_every_notice_is_a_message_of_the_catalogues() -> None:
    known = {str(message.id) for file in (LOCALE / "es").glob("*.po") for message in read_catalogue(file)}
    found = list(notices())
    assert len(found) > 10
    # A name stands for a message written once above, and `why.says` for a refusal, which test_text holds to account.
    unsaid = [place for place, said in found if isinstance(said, ast.Constant) and said.value not in known]
    assert unsaid == []
