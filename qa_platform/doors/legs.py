"""Two files of one call, the agent's and the customer's, told by their names and joined into one of two channels.

Recorders that tap each side write two mono files (Asterisk's Monitor: `-in` and `-out`). They begin together, so side
by side they are the call; only the source knows which word means the agent, except where the word says so itself.
"""

from __future__ import annotations

import re
import tempfile
import wave
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import zip_longest
from pathlib import Path, PurePath
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from models.interactions import Source
from qa_platform.doors.examination import Examined, Part
from qa_platform.doors.metadata import Sidecar
from qa_platform.ears import audio
from qa_platform.ears.audio import Samples
from qa_platform.formats.contract import Notice
from qa_platform.storage import Storage

AGENT, CUSTOMER, FIRST, SECOND = "agent", "customer", "first", "second"
# Words that say whose side it is, and pairs that only say that there are two.
_WORDS: Mapping[str, str] = MappingProxyType(
    dict.fromkeys(["agent", "agente", "asesor", "gestor", "operador", "operator"], AGENT)
    | dict.fromkeys(["customer", "cliente", "caller", "client", "deudor"], CUSTOMER)
    | {"in": FIRST, "out": SECOND, "rx": FIRST, "tx": SECOND}
)
_OTHER = {AGENT: CUSTOMER, CUSTOMER: AGENT, FIRST: SECOND, SECOND: FIRST}
_FASTEST = 48_000
_BLOCK_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class Leg:
    """One side of a call: what its name has in common with the other side's, and which side it is."""

    call: str
    side: str


def leg_of(name: str, source: Source | None) -> Leg | None:
    """By the source's words anywhere in the name, else by well-known words at its beginning or end."""
    pieces = re.split(r"([-_. ()]+)", PurePath(name).stem.casefold())
    words = pieces[::2]
    own = _own_words(source)
    places = [n for n, word in enumerate(words) if word in own]
    known = own if places else _WORDS
    if not places:
        places = [n for n in (0, len(words) - 1) if words[n] in _WORDS]
    if not places or len(words) < 2:
        return None
    at = places[-1]
    return Leg("".join([*pieces[: 2 * at], "*", *pieces[2 * at + 1 :]]), known[words[at]])


def _own_words(source: Source | None) -> Mapping[str, str]:
    if source is None or not source.agent_leg or not source.customer_leg:
        return {}
    return {source.agent_leg.casefold(): AGENT, source.customer_leg.casefold(): CUSTOMER}


def pairs(parts: Sequence[Part], source: Source | None, sidecar: Sidecar | None = None) -> Iterator[tuple[Part, ...]]:
    """Recordings of one folder, the two legs of a call together and every other alone."""
    calls: dict[str, list[Part]] = defaultdict(list)
    for part in parts:
        leg = _told(part.name, sidecar) or leg_of(part.name, source)
        calls[leg.call if leg else f"={part.name}"].append(replace(part, leg=leg.side) if leg else part)
    for members in calls.values():
        if len(members) == 2 and _OTHER.get(members[0].leg) == members[1].leg:
            yield tuple(sorted(members, key=_second))
        else:
            yield from ((replace(part, leg=""),) for part in members)


def _second(part: Part) -> bool:
    return part.leg in {CUSTOMER, SECOND}


def _told(name: str, sidecar: Sidecar | None) -> Leg | None:
    """By the metadata: the same call number, and whose side each file is."""
    told = sidecar.of(name)[0] if sidecar else None
    return Leg(f"#{told.external_id}", told.leg) if told and told.external_id and told.leg else None


def join(first: Examined, second: Examined, storage: Storage) -> Examined:
    """One recording with a side in each channel; the shorter is filled with silence, and a real difference is said."""
    if first.recording is None or second.recording is None:
        raise ValueError("both legs are recordings")
    paths = storage.path(first.recording.folder), storage.path(second.recording.folder)
    with tempfile.TemporaryFile(dir=storage.root) as file:
        lengths, rate = _write(paths, file)
        file.seek(0)
        kept = storage.keep(file)
    for one in (*first.kept, *second.kept):
        storage.delete(one.folder)
    seconds = [length / rate for length in lengths]
    return Examined(first.name, (kept,), recording=kept, notices=(*first.notices, *second.notices, *_uneven(seconds)))


def _write(paths: tuple[Path, Path], file: object) -> tuple[list[int], int]:
    """Both sides as 16-bit WAV: the same files always give the same bytes, so a second delivery is seen as one."""
    rate = min(max(audio.probe(path).sample_rate for path in paths), _FASTEST)
    lengths = [0, 0]
    sides = [_mono(audio.blocks(path, rate=rate, seconds=_BLOCK_SECONDS)) for path in paths]
    with wave.open(file, "wb") as out:  # type: ignore[call-overload]
        out.setparams((2, 2, rate, 0, "NONE", ""))
        for pair in zip_longest(*sides):
            blocks = [np.zeros(0, np.float32) if block is None else block for block in pair]
            lengths = [length + len(block) for length, block in zip(lengths, blocks, strict=True)]
            out.writeframesraw(_interleaved(blocks).tobytes())
    return lengths, rate


def _mono(blocks: Iterator[Samples]) -> Iterator[NDArray[np.float32]]:
    for block in blocks:
        yield block.mean(axis=0)


def _interleaved(blocks: Sequence[NDArray[np.float32]]) -> NDArray[np.int16]:
    both = np.zeros((max(len(block) for block in blocks), 2), np.int16)
    for channel, block in enumerate(blocks):
        both[: len(block), channel] = np.rint(np.clip(block, -1.0, 1.0) * 32767.0)
    return both


def _uneven(seconds: Sequence[float]) -> tuple[Notice, ...]:
    longer, shorter = max(seconds), min(seconds)
    if longer - shorter <= max(1.0, 0.01 * longer):
        return ()
    details = {"shorter": f"{shorter:.1f}", "longer": f"{longer:.1f}"}
    return (Notice("One side of the call lasts {shorter} s and the other {longer} s: the rest is silence.", details),)
