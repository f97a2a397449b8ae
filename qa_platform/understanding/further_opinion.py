"""A transformers model of the house's own as a further opinion on what each turn says, run by ONNX Runtime.

`QA_OPINION_MODEL` is a local folder, or a name on a model hub (fetched on first use where there is a network), as a
sequence-classification model is exported: `model.onnx` (or `onnx/model.onnx`), `tokenizer.json`, and a `config.json`
whose `id2label` names finding codes such as `objection.no_money`. The tokenizer file is read by `tokenizers`, the
library beneath transformers, so that neither transformers nor torch need be installed.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models.errors import QAError

_FILES = ("*.json", "*.onnx", "onnx/*.onnx")
_MOST_TOKENS = 256  # a turn longer than this is read up to here
_BATCH = 32


class OpinionModelUnusable(QAError):
    says = "The opinion model {model} cannot be used: {reason}."
    remedy = "Set QA_OPINION_MODEL to a folder with model.onnx, tokenizer.json and config.json, or leave it empty."


class FurtherOpinion:
    """A loaded model. `codes` are its labels that are finding codes; `version` names the model."""

    def __init__(self, folder: Path, name: str) -> None:
        import onnxruntime  # half a second to import: only where a model is set
        import tokenizers

        config = json.loads(_file(folder, name, "config.json").read_text("utf-8"))
        labels = {int(number): str(label) for number, label in config.get("id2label", {}).items()}
        self._columns = [number for number, label in sorted(labels.items()) if "." in label]
        self.codes = tuple(labels[number] for number in self._columns)
        self.version = name
        if not self.codes:
            raise OpinionModelUnusable(name, model=name, reason="config.json's id2label names no finding code")
        self._each = config.get("problem_type") == "multi_label_classification"
        self._tokenizer = tokenizers.Tokenizer.from_file(str(_file(folder, name, "tokenizer.json")))
        self._tokenizer.enable_truncation(_MOST_TOKENS)
        self._tokenizer.enable_padding()
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1  # many interactions are worked on side by side
        graph = _file(folder, name, "model.onnx", "onnx/model.onnx")
        self._session = onnxruntime.InferenceSession(str(graph), options, providers=["CPUExecutionProvider"])
        self._inputs = {given.name for given in self._session.get_inputs()}

    def chances(self, texts: Sequence[str]) -> list[dict[str, float]]:
        """For each text, how likely it says each code, from 0 to 1."""
        found: list[dict[str, float]] = []
        for first in range(0, len(texts), _BATCH):
            scores = self._scores(texts[first : first + _BATCH])[:, self._columns]
            found += [dict(zip(self.codes, map(float, row), strict=True)) for row in scores]
        return found

    def _scores(self, texts: Sequence[str]) -> NDArray[np.float64]:
        encoded = self._tokenizer.encode_batch(list(texts))
        given: Mapping[str, Any] = {
            "input_ids": np.array([one.ids for one in encoded], dtype=np.int64),
            "attention_mask": np.array([one.attention_mask for one in encoded], dtype=np.int64),
            "token_type_ids": np.array([one.type_ids for one in encoded], dtype=np.int64),
        }
        (logits, *_) = self._session.run(None, {name: given[name] for name in self._inputs})
        raised = np.asarray(logits, dtype=np.float64)
        if self._each:
            return np.asarray(1.0 / (1.0 + np.exp(-raised)))
        powers = np.exp(raised - raised.max(axis=1, keepdims=True))
        return np.asarray(powers / powers.sum(axis=1, keepdims=True))


@cache
def further_opinion(model: str) -> FurtherOpinion | None:
    """The model that is set; None where none is. Raises `OpinionModelUnusable`."""
    if not model:
        return None
    folder = Path(model)
    try:
        return FurtherOpinion(folder if folder.is_dir() else _fetched(model), folder.name or model)
    except QAError:
        raise
    except Exception as broken:  # the libraries raise their own, undocumented kinds
        raise OpinionModelUnusable(model, model=model, reason=str(broken).splitlines()[0]) from broken


def _fetched(name: str) -> Path:
    from huggingface_hub import snapshot_download

    return Path(snapshot_download(name, allow_patterns=list(_FILES)))


def _file(folder: Path, model: str, *names: str) -> Path:
    for name in names:
        if (folder / name).is_file():
            return folder / name
    raise OpinionModelUnusable(model, model=model, reason=f"{names[0]} is missing")
