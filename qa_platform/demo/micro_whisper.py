"""The micro-model that ships with the demonstration: unpacks it, and tells it from a model that really understands.

It is a fixture: it knows the demonstration's phrase list and nothing else, so every screen with its words says so.
"""

from __future__ import annotations

import hashlib
import tarfile
import tempfile
from pathlib import Path

MODEL_NAME = "micro-whisper-es"
LABEL = "fixture.json"  # a model folder that holds this file is a fixture
ARCHIVE = Path(__file__).with_name("micro_whisper_es.tar.xz")


def unpack(folder: Path) -> Path:
    """The model's directory under `folder`; unpacked once, whole or not at all."""
    model = folder / f"{MODEL_NAME}-{_stamp()}"
    if is_micro_model(model):
        return model
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder) as unfinished:
        with tarfile.open(ARCHIVE) as tar:
            tar.extractall(unfinished, filter="data")
        try:
            (Path(unfinished) / MODEL_NAME).rename(model)
        except OSError:
            if not is_micro_model(model):  # else another process was quicker, with the same bytes
                raise
    return model


def is_micro_model(model_dir: Path | str) -> bool:
    return (Path(model_dir) / LABEL).is_file()


def _stamp() -> str:
    """Changes with the archive, so that a newer release never opens an older model."""
    return hashlib.sha256(ARCHIVE.read_bytes()).hexdigest()[:12]
