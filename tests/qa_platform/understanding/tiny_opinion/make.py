"""Makes the tiny model beside this file (needs `onnx` and `tokenizers`): a word gives the log-odds of each code.

A gather of each token's row, summed over the tokens that count: the smallest network with a real exporter's inputs
and outputs. Run it as a script after changing WORDS.
"""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np

HERE = Path(__file__).parent
LABELS = ("objection.no_money", "objection.deceased", "other")
# each word's weight for each label
WORDS = {"[PAD]": (0, 0, 0), "[UNK]": (0, 0, 0), "xolote": (9, -3, 0), "murio": (-3, 9, 0), "hola": (-3, -3, 3)}
BIAS = (-4.0, -4.0, 0.0)


def make() -> None:
    from onnx import TensorProto, helper, numpy_helper, save
    from tokenizers import Tokenizer, models, normalizers, pre_tokenizers

    table = numpy_helper.from_array(np.array(list(WORDS.values()), dtype=np.float32), "table")
    bias = numpy_helper.from_array(np.array(BIAS, dtype=np.float32), "bias")
    axis = numpy_helper.from_array(np.array([1], dtype=np.int64), "axis")
    last = numpy_helper.from_array(np.array([-1], dtype=np.int64), "last")
    nodes = [
        helper.make_node("Gather", ["table", "input_ids"], ["rows"]),
        helper.make_node("Cast", ["attention_mask"], ["mask"], to=TensorProto.FLOAT),
        helper.make_node("Unsqueeze", ["mask", "last"], ["column"]),
        helper.make_node("Mul", ["rows", "column"], ["kept"]),
        helper.make_node("ReduceSum", ["kept", "axis"], ["sums"], keepdims=0),
        helper.make_node("Add", ["sums", "bias"], ["logits"]),
    ]
    given = [helper.make_tensor_value_info(n, TensorProto.INT64, ["b", "t"]) for n in ("input_ids", "attention_mask")]
    made = [helper.make_tensor_value_info("logits", TensorProto.FLOAT, ["b", len(LABELS)])]
    graph = helper.make_graph(nodes, "tiny", given, made, [table, bias, axis, last])
    save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9), HERE / "model.onnx")
    tokenizer = Tokenizer(models.WordLevel({word: number for number, word in enumerate(WORDS)}, unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.Sequence(
        [normalizers.NFD(), normalizers.StripAccents(), normalizers.Lowercase()]
    )
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    tokenizer.save(str(HERE / "tokenizer.json"))
    labels = {str(number): label for number, label in enumerate(LABELS)}
    config = {"id2label": labels, "problem_type": "multi_label_classification"}
    (HERE / "config.json").write_text(json.dumps(config, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    make()
