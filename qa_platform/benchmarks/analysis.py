"""How right and how fast are the analyzers? Over labelled conversations, and over made-up ones, always the same.

`qa bench analysis FOLDER` tells precision, recall and F1 by code, step, country, channel and style; `--against` an
earlier result tells what became worse, before it lands. Without a folder only the speed is measured.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from analyzers.analyze import analyze
from models.errors import QAError
from qa_platform.yardstick import speed
from qa_platform.yardstick.labels import fingerprint, read_folder
from qa_platform.yardstick.matching import tally
from qa_platform.yardstick.report import fallen, report

TOLERANCE = 0.01
# processor time swings by a third on a busy machine
SLOWER = 0.35


class OtherConversations(QAError):
    says = "The earlier result was measured over other conversations or labels."
    remedy = "Measure both over the same folder."


def run(
    folder: Path | None = None, *, turns: int = speed.TURNS, rounds: int = speed.ROUNDS, seed: int = speed.SEED
) -> dict[str, Any]:
    result = speed.measure(turns=turns, rounds=rounds, seed=seed)
    if folder is None:
        return result
    labelled = read_folder(folder)
    counted = [(one, tally(one, analyze(one.conversation))) for one in labelled]
    return {
        **result,
        "labelled_turns_per_second_per_core": speed.turns_per_second([one.conversation for one in labelled], rounds),
        "labels": fingerprint(labelled),
        **report(counted),
    }


def worse(now: Mapping[str, Any], before: Mapping[str, Any], tolerance: float = TOLERANCE) -> Iterator[str]:
    """What fell by more than `tolerance` since an earlier result, a line each; and a speed that fell by a third."""
    if now.get("labels") != before.get("labels"):
        raise OtherConversations
    yield from fallen(now, before, tolerance)
    was, value = before.get("turns_per_second_per_core", 0), now["turns_per_second_per_core"]
    if value < was * (1 - SLOWER):
        yield f"turns_per_second_per_core {was} -> {value}"


EXPLAINED: Mapping[str, str] = {
    "turns_per_second_per_core": "turns analysed with all analyzers in a second of one core, made-up conversations",
    "labelled_turns_per_second_per_core": "the same over the labelled conversations",
    "step_agreement": "steps judged as the labels say",
    "outcome_accuracy": "outcomes as the labels say",
}
