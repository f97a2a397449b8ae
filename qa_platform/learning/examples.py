"""Labelled wordings, one JSON object a line in `analyzers/examples/*.jsonl`, and the turns of labelled conversations.

    {"side": "agent", "lang": "es", "country": "MX", "style": "asr", "text": "...", "says": ["slip.threat_jail"],
     "asked": ["slip"]}

`says` are the codes that the words say; `asked` the families that the label speaks of: a line asked about slips alone
tells nothing about promises, and is no example of their absence.
"""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from analyzers.language import tokenise
from analyzers.likeness import EXAMPLES, SIDES
from models.errors import QAError

_SIDE_OF = {"agent": "agent", "customer": "debtor", "third_party": "debtor"}
_ASKED = {"agent": frozenset({"slip"}), "debtor": frozenset({"objection"})}


class ExampleRefused(QAError):
    says = "Line {line} of {file} is no labelled example: {reason}."
    remedy = "Each line is one JSON object with side, lang, text, says and asked."


@dataclass(frozen=True, slots=True)
class Example:
    side: str
    language: str
    text: str
    says: frozenset[str]
    asked: frozenset[str]

    @property
    def norms(self) -> tuple[str, ...]:
        return tuple(token.norm for token in tokenise(self.text, self.language)[0])


def examples(folder: Path = EXAMPLES) -> tuple[Example, ...]:
    """Every line of every file, in the order of names. Raises `ExampleRefused` at the first that is none."""
    return tuple(example for file in sorted(folder.glob("*.jsonl")) for example in _read(file))


def _read(file: Path) -> Iterator[Example]:
    for number, line in enumerate(file.read_text("utf-8").splitlines(), 1):
        try:
            raw = json.loads(line)
        except json.JSONDecodeError as broken:
            raise ExampleRefused(file.name, line=number, file=file.name, reason=str(broken)) from broken
        missing = [name for name in ("side", "lang", "text", "says", "asked") if name not in raw]
        if missing:
            raise ExampleRefused(file.name, line=number, file=file.name, reason=f"{', '.join(missing)} missing")
        if raw["side"] not in SIDES:
            raise ExampleRefused(file.name, line=number, file=file.name, reason=f"side is {' or '.join(SIDES)}")
        yield Example(raw["side"], raw["lang"], raw["text"], frozenset(raw["says"]), frozenset(raw["asked"]))


def turns(files: Iterable[Path]) -> Iterator[Example]:
    """The turns of conversations labelled in the shape of the contract, with `gold` findings."""
    for file in sorted(files):
        conversation: Mapping[str, Any] = json.loads(file.read_text("utf-8"))
        said: defaultdict[int, set[str]] = defaultdict(set)
        for finding in conversation["gold"]["findings"]:
            if finding.get("turn") is not None:
                said[finding["turn"]].add(finding["code"])
        for number, turn in enumerate(conversation["turns"]):
            side = _SIDE_OF.get(turn["speaker"])
            if side:
                yield Example(side, conversation["language"], turn["text"], frozenset(said[number]), _ASKED[side])


def digest(side: str, known: Iterable[Example]) -> str:
    """Tells which examples a side's weights were made of: the first eight hex digits of their SHA-256, in order."""
    body = hashlib.sha256()
    for example in (example for example in known if example.side == side):
        body.update(repr((example.side, example.language, example.text, sorted(example.says))).encode())
    return body.hexdigest()[:8]
