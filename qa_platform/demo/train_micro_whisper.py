"""Trains the demonstration's micro-model again: about half an hour on one core, never needed to run or to test.

    pip install -e '.[train]'        # and the espeak-ng program
    python -m qa_platform.demo.train_micro_whisper --work /tmp/micro

It writes `micro_whisper_es.tar.xz` beside this file. `--work` keeps the spoken bank and a checkpoint: called again, it
goes on where it stopped. Same seed, same library versions: same model.
"""

from __future__ import annotations

import argparse
import json
import logging
import math
import pickle
import tarfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch
from ctranslate2.converters import TransformersConverter
from tokenizers import Tokenizer

from qa_platform.demo.micro_network import Network, exportable, losses, new_network
from qa_platform.demo.micro_whisper import ARCHIVE, LABEL, MODEL_NAME
from qa_platform.demo.phrases import all_texts, phrases
from qa_platform.demo.training_bank import Example, bank
from qa_platform.demo.training_windows import (
    EARLIER,
    END,
    FIRST_TIME,
    FULL_WINDOW,
    SPANISH,
    START,
    TIME_STEP,
    TRANSCRIBE,
    UNTIMED,
    Stage,
    Windows,
)
from qa_platform.demo.whisper_tokenizer import whisper_tokenizer

SEED = 20
VERSION = 1
RATE_PEAK, RATE_FLOOR, WARM_UP = 2e-3, 1e-4, 100
# one sentence in a tight window first, then with room around it, then as faster-whisper pads it
CURRICULUM = (
    Stage(steps=1200, seconds=(2.6, 3.2, 4.0), batch=32, character_weight=2.0),
    Stage(steps=700, seconds=(5.5, 8.0), batch=20, character_weight=1.0),
    Stage(steps=350, seconds=(FULL_WINDOW,), batch=6, character_weight=0.3, pairs=0.1),
)

log = logging.getLogger("micro_whisper")


def main() -> None:
    options = _options()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    torch.set_num_threads(1)
    torch.manual_seed(SEED)
    options.work.mkdir(parents=True, exist_ok=True)
    tokenizer = whisper_tokenizer()
    examples = _kept_bank(options.work / "bank.pickle")
    log.info("%d spoken sentences, %.0f minutes", len(examples), sum(one.seconds for one in examples) / 60)
    windows = Windows(examples, tokenizer, seed=SEED)
    network = new_network(_used_ids(windows, examples), _alphabet(examples))
    train(network, windows, options.work / "checkpoint.pt", CURRICULUM[: options.stages])
    packed(converted(network, tokenizer, options.work), options.archive)
    log.info("wrote %s, %d bytes", options.archive.name, options.archive.stat().st_size)


def train(network: Network, windows: Windows, checkpoint: Path, curriculum: Sequence[Stage]) -> None:
    optimizer = torch.optim.AdamW(network.parameters(), lr=RATE_PEAK, betas=(0.9, 0.98), weight_decay=0.01)
    total = sum(stage.steps for stage in CURRICULUM)
    done = _resumed(checkpoint, network, optimizer)
    plan = [stage for stage in curriculum for _ in range(stage.steps)]
    began = time.monotonic()
    for step, stage in enumerate(plan[done:], done):
        for group in optimizer.param_groups:
            group["lr"] = _learning_rate(step, total)
        measured = losses(network, *windows.draw(stage, step))
        optimizer.zero_grad()
        (measured.words + stage.character_weight * measured.characters).backward()
        torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)
        optimizer.step()
        if step % 25 == 0:
            figures = (measured.words.item(), measured.characters.item(), measured.right, time.monotonic() - began)
            log.info("step %d of %d: words %.3f characters %.3f right %.3f after %.0f s", step, total, *figures)
        if step % 100 == 99 or step == len(plan) - 1:
            _keep(checkpoint, network, optimizer, step + 1)


def converted(network: Network, tokenizer: Tokenizer, work: Path) -> Path:
    """The folder that faster-whisper opens: int8 weights, tokenizer, and a label that says what this is."""
    plain, folder = work / "transformers", work / MODEL_NAME
    exportable(network).save_pretrained(plain)
    tokenizer.save(str(plain / "tokenizer.json"))
    tokens = dict.fromkeys(("bos_token", "eos_token", "unk_token", "pad_token"), "<|endoftext|>")
    _write(
        plain / "tokenizer_config.json", {"tokenizer_class": "WhisperTokenizerFast", "model_max_length": 1024, **tokens}
    )
    _write(plain / "preprocessor_config.json", _PREPROCESSOR)
    converter = TransformersConverter(str(plain), copy_files=["tokenizer.json", "preprocessor_config.json"])
    converter.convert(str(folder), quantization="int8", force=True)
    known = {"phrases": len(phrases()), "sentences": len(all_texts())}
    _write(folder / LABEL, {"name": MODEL_NAME, "version": VERSION, **known, "vocabulary": "openai-whisper (MIT)"})
    return folder


def packed(folder: Path, archive: Path) -> None:
    with tarfile.open(archive, "w:xz", preset=9) as tar:
        for file in sorted(folder.iterdir()):
            tar.add(file, f"{folder.name}/{file.name}", filter=_anonymous)


_PREPROCESSOR = {
    "chunk_length": 30,
    "feature_extractor_type": "WhisperFeatureExtractor",
    "feature_size": 80,
    "hop_length": 160,
    "n_fft": 400,
    "n_samples": 480000,
    "nb_max_frames": 3000,
    "padding_side": "right",
    "padding_value": 0.0,
    "return_attention_mask": False,
    "sampling_rate": 16000,
}


def _anonymous(entry: tarfile.TarInfo) -> tarfile.TarInfo:
    entry.mtime, entry.uid, entry.gid, entry.uname, entry.gname, entry.mode = 0, 0, 0, "", "", 0o644
    return entry


def _learning_rate(step: int, total: int) -> float:
    warm = min(1.0, (step + 1) / WARM_UP)
    return warm * (RATE_FLOOR + (RATE_PEAK - RATE_FLOOR) * 0.5 * (1 + math.cos(math.pi * step / total)))


def _kept_bank(path: Path) -> list[Example]:
    if not path.exists():
        unfinished = path.with_suffix(".part")
        unfinished.write_bytes(pickle.dumps(bank(SEED)))
        unfinished.rename(path)
    examples: list[Example] = pickle.loads(path.read_bytes())  # noqa: S301 - written by the lines above
    return examples


def _used_ids(windows: Windows, examples: Sequence[Example]) -> list[int]:
    said = {token for text in {one.text for one in examples} for token in windows.encoded(text)}
    times = {FIRST_TIME + TIME_STEP * index for index in range(151)}
    return sorted(said | times | {END, START, SPANISH, TRANSCRIBE, EARLIER, UNTIMED})


def _alphabet(examples: Sequence[Example]) -> str:
    return "".join(
        sorted({letter for one in examples for letter in one.text.lower() if letter.isalpha() or letter == " "})
    )


def _resumed(checkpoint: Path, network: Network, optimizer: Any) -> int:
    if not checkpoint.exists():
        return 0
    kept = torch.load(checkpoint, weights_only=True)
    network.whisper.load_state_dict(kept["whisper"])
    network.characters.load_state_dict(kept["characters"])
    optimizer.load_state_dict(kept["optimizer"])
    log.info("going on at step %d", kept["step"])
    return int(kept["step"])


def _keep(checkpoint: Path, network: Network, optimizer: Any, step: int) -> None:
    state = {"whisper": network.whisper, "characters": network.characters, "optimizer": optimizer}
    unfinished = checkpoint.with_suffix(".part")
    torch.save({**{name: part.state_dict() for name, part in state.items()}, "step": step}, unfinished)
    unfinished.rename(checkpoint)


def _write(path: Path, content: dict[str, Any]) -> None:
    path.write_text(json.dumps(content, indent=1) + "\n", "utf-8")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--work", type=Path, required=True, help="folder for the bank, the checkpoint and the models")
    parser.add_argument("--archive", type=Path, default=ARCHIVE, help="where the packed model goes")
    parser.add_argument("--stages", type=int, default=len(CURRICULUM), help="only the first stages of the curriculum")
    return parser.parse_args()


if __name__ == "__main__":
    main()
