"""A house's own model as a further opinion: weighed where it knows a code, refused in words where it is unusable."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from analyzers.analyze import analyze
from models.context import Context
from models.conversation import Channel, Conversation, Speaker, Turn
from qa_platform.settings import Settings
from qa_platform.understanding.further_opinion import OpinionModelUnusable, further_opinion
from qa_platform.understanding.thresholds import context_for

TINY = Path(__file__).with_name("tiny_opinion")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(TINY, tmp_path / "model"))


def test_each_text_gets_the_chance_of_each_code_alone_or_in_a_batch() -> None:
    model = further_opinion(str(TINY))
    assert model is not None
    assert model.codes == ("objection.no_money", "objection.deceased")
    texts = ["Hola", "no hay xolote, ni hola", "ya murió"] * 20
    together = model.chances(texts)
    assert together[1]["objection.no_money"] == pytest.approx(1 / (1 + 2.718281828 ** -(9 - 3 - 4)))
    assert together[2]["objection.deceased"] > 0.99
    assert together[0]["objection.no_money"] < 0.01
    for number in (0, 1, 2, 59):
        assert model.chances([texts[number]])[0] == pytest.approx(together[number])


def test_a_model_that_is_sure_brings_what_rules_and_likeness_did_not_hear() -> None:
    said = Turn(index=1, speaker=Speaker.CUSTOMER, text="Pues ando xolote xolote", start=3.0, end=5.0)
    asked = Turn(index=0, speaker=Speaker.AGENT, text="¿Me confirma su nombre?", start=0.0, end=2.0)
    call = Conversation(id="x", channel=Channel.VOICE, language="es", country="AR", turns=(asked, said))
    alone = {finding.code for finding in analyze(call).findings}
    with_model = context_for(Settings(opinion_model=str(TINY)), None)
    found = [finding for finding in analyze(call, with_model).findings if finding.code == "objection.no_money"]
    assert "objection.no_money" not in alone
    assert [finding.quote for finding in found] == [said.text]


def test_no_model_is_no_opinion() -> None:
    assert further_opinion("") is None
    assert context_for(Settings(), None).further is None
    assert Context().further is None


def test_a_model_whose_labels_exclude_each_other_shares_one_chance(folder: Path) -> None:
    config = json.loads((folder / "config.json").read_text())
    (folder / "config.json").write_text(json.dumps(config | {"problem_type": "single_label_classification"}))
    model = further_opinion(str(folder))
    assert model is not None
    assert sum(model.chances(["hola"])[0].values()) < 0.01


@pytest.mark.parametrize(
    ("file", "content", "reason"),
    [
        ("model.onnx", None, "model.onnx is missing"),
        ("tokenizer.json", None, "tokenizer.json is missing"),
        ("model.onnx", b"not a graph", "Protobuf"),
        ("config.json", b'{"id2label": {"0": "spam"}}', "names no finding code"),
        ("config.json", b"{", "Expecting"),
    ],
)
def test_what_is_wrong_with_a_model_is_said(folder: Path, file: str, content: bytes | None, reason: str) -> None:
    if content is None:
        (folder / file).unlink()
    else:
        (folder / file).write_bytes(content)
    with pytest.raises(OpinionModelUnusable, match=reason):
        further_opinion(str(folder))
