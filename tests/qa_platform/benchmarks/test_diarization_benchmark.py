"""`qa bench diarization` measures recordings of one's own by the truth beside them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from qa_platform.benchmarks import diarization
from qa_platform.demo.call_scripts import RECORDINGS, TRUTH
from qa_platform.demo.telephone import CODINGS, read, write

CALL = "call-04"  # half a minute of a woman and a man


def _lines(side: str) -> list[list[float]]:
    lines = json.loads(TRUTH.read_text("utf-8"))[CALL]["lines"]
    return [[line["start"], line["end"]] for line in lines if line["side"] == side]


@pytest.mark.parametrize("kind", ["rttm", "truth.json"])
def test_a_labelled_call_is_measured_in_either_form(tmp_path: Path, kind: str) -> None:
    sound = read(RECORDINGS / f"{CALL}.mp3")
    write(tmp_path / "call.wav", sound, CODINGS["mulaw"])  # two channels: they are mixed before anybody listens
    speech = {side: _lines(side) for side in ("agent", "customer")}
    if kind == "rttm":
        rows = [f"SPEAKER call 1 {s} {e - s} <NA> <NA> {who} <NA> <NA>" for who in speech for s, e in speech[who]]
        (tmp_path / "call.rttm").write_text("\n".join(rows), "utf-8")
    else:
        (tmp_path / "call.wav.truth.json").write_text(json.dumps({"speech": speech}), "utf-8")
    (tmp_path / "unlabelled.wav").write_bytes(b"")
    result = diarization.run(tmp_path)
    assert (result["calls"], result["one_person"], result["believed"]) == (1, 0, 1.0)
    assert result["confusion"] < 0.02
    assert result["confusion"] <= result["der"] < 0.2
    assert result["believed_wrongly"] == 0
    assert result["conditions"]["two people"]["recordings"] == 1


def test_a_folder_without_truth_is_refused(tmp_path: Path) -> None:
    with pytest.raises(diarization.NothingLabelled):
        diarization.run(tmp_path)


def test_the_demonstration_gives_every_call_in_every_condition_and_each_side_alone() -> None:
    first = [case for case, _ in zip(diarization.demonstration(), range(6), strict=False)]
    assert [case.condition for case in first] == [*diarization.CONDITIONS, "one person", "one person"]
    assert [case.of_two for case in first] == [True] * 4 + [False] * 2
    assert len({case.name for case in first[:4]}) == 1
