"""Can two people on one channel be told apart, and does the confidence know when not?

Without a folder: the two-channel demonstration calls mixed into one, clean and as lines spoil them, and each of their
sides alone as a recording of one person. They are spoken by a synthesiser whose voices differ little from each other
and not at all from word to word: weak evidence for real calls, either way. With a folder: recordings of your own, each
with its truth beside it, as NAME.rttm or as NAME.EXT.truth.json ({"speech": {"agent": [[start, end], ...], ...}});
two-channel recordings are mixed into one first.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models.conversation import Interval, Speech
from models.errors import QAError
from qa_platform.demo.call_scripts import RECORDINGS, TRUTH
from qa_platform.demo.telephone import CODINGS, RATE, Coding, read, write
from qa_platform.ears import audio, voices
from qa_platform.ears.diarization_error import COLLAR, Errors, errors

SEED = 20261121
RIGHT = 0.1  # confusion up to which a call counts as told apart rightly
NOISE = 10 ** (-15 / 20)  # fifteen decibels under the speech
SOFTER = 10 ** (-8 / 20)

Sound = NDArray[np.float32]
Talk = tuple[tuple[Interval, ...], tuple[Interval, ...]]


class NothingLabelled(QAError):
    status = 404
    says = "The folder holds no recording with its truth beside it."
    remedy = "Put NAME.rttm or NAME.EXT.truth.json beside each recording."


@dataclass(frozen=True, slots=True)
class Case:
    """One recording of one channel with who speaks when in it; nobody in the second place: one person."""

    condition: str
    name: str
    sound: Sound
    truth: Talk
    coding: Coding = CODINGS["mulaw"]

    @property
    def of_two(self) -> bool:
        return all(self.truth)


@dataclass(frozen=True, slots=True)
class Told:
    case: Case
    confidence: float
    believed: bool
    errors: Errors  # whatever the confidence
    used: Errors  # of what is believed: stretches that are nobody's count as missed


def run(folder: Path | None = None) -> dict[str, Any]:
    cases = labelled(folder) if folder else demonstration()
    told = [_told(case) for case in cases]
    if not told:
        raise NothingLabelled(str(folder))
    by_condition: dict[str, list[Told]] = defaultdict(list)
    for one in told:
        by_condition[one.case.condition].append(one)
    two = [one for one in told if one.case.of_two]
    believed = [one for one in two if one.believed]
    alone = [one for one in told if not one.case.of_two]
    whole, used = _sum(one.errors for one in two), _sum(one.used for one in believed)
    return {
        "der": round(whole.rate, 4),
        "confusion": round(whole.confusion, 4),
        "believed": round(len(believed) / len(two), 3) if two else None,
        "confusion_believed": round(used.confusion, 4),
        "believed_wrongly": sum(not _right(one) for one in believed) + sum(one.believed for one in alone),
        "calls": len(two),
        "one_person": len(alone),
        "collar": COLLAR,
        "seed": SEED,
        "conditions": {name: _row(ones) for name, ones in by_condition.items()},
    }


def demonstration() -> Iterator[Case]:
    chance = np.random.default_rng(SEED)
    for call, told in json.loads(TRUTH.read_text("utf-8")).items():
        if not told["layout"].startswith("agent"):
            continue
        sides = read(RECORDINGS / told["file"])
        if told["layout"] == "agent_right":
            sides = sides[::-1]
        truth = _talk(
            {
                side: [[line["start"], line["end"]] for line in told["lines"] if line["side"] == side]
                for side in ("agent", "customer")
            }
        )
        for condition, (spoilt, coding) in CONDITIONS.items():
            yield Case(condition, call, spoilt(sides, chance), truth, CODINGS[coding])
        for place, alone in enumerate(truth):
            yield Case("one person", f"{call}-{place}", sides[place], (alone, ()))


def labelled(folder: Path) -> Iterator[Case]:
    """The recordings of a folder that have their truth beside them, mixed into one channel."""
    for path in sorted(folder.iterdir()):
        truth = _truth_beside(path)
        if truth is None or not path.is_file():
            continue
        sound = np.concatenate([block.mean(axis=0) for block in audio.blocks(path, rate=RATE)])
        yield Case("two people" if all(truth) else "one person", path.name, sound, truth)


def _told(case: Case) -> Told:
    with TemporaryDirectory() as folder:
        path = Path(folder) / f"call{case.coding.suffix}"
        write(path, case.sound[None] / max(1.0, float(np.abs(case.sound).max())), case.coding)
        speech = voices.listen(path, agent_channel=None).speech
    return Told(
        case,
        confidence=speech.by_ear.confidence if speech.by_ear else 0.0,
        believed=speech.told_apart,
        errors=errors(case.truth, _heard(speech), speech.duration),
        used=errors(case.truth, [voice.talk for voice in speech.voices[:2]], speech.duration),
    )


def _heard(speech: Speech) -> list[list[Interval]]:
    """What the ear makes of it, believed or not."""
    if speech.by_ear is None:
        return [list(voice.talk) for voice in speech.voices[:1]]
    return [
        [Interval(each.start, each.end) for each in speech.by_ear.stretches if each.voice == number]
        for number in (0, 1)
    ]


def _row(told: list[Told]) -> dict[str, Any]:
    whole = _sum(one.errors for one in told)
    of_two = told[0].case.of_two
    wrong = [one for one in told if one.believed and not (of_two and _right(one))]
    return {
        "recordings": len(told),
        "der": round(whole.rate, 3) if of_two else "",
        "confusion": round(whole.confusion, 3) if of_two else "",
        "missed": round(whole.missed / whole.spoken, 3) if of_two else "",
        "false": round(whole.false_alarm / whole.spoken, 3) if of_two else "",
        "believed": sum(one.believed for one in told),
        "wrongly": len(wrong),
        "confidence": round(float(np.mean([one.confidence for one in told])), 2),
    }


def _right(told: Told) -> bool:
    return told.case.of_two and told.used.confusion <= RIGHT


def _sum(several: Iterator[Errors]) -> Errors:
    return sum(several, Errors())


# ---------------------------------------------------------------------------------------------- how lines spoil sound


def _clean(sides: Sound, chance: np.random.Generator) -> Sound:
    del chance
    return np.asarray(sides.sum(axis=0))


def _noisy(sides: Sound, chance: np.random.Generator) -> Sound:
    mixed = _clean(sides, chance)
    loud = float(np.sqrt(np.mean(mixed[np.abs(mixed) > np.abs(mixed).max() / 50] ** 2)))
    return mixed + chance.normal(0, loud * NOISE, len(mixed)).astype(np.float32)


def _far_is_softer(sides: Sound, chance: np.random.Generator) -> Sound:
    del chance
    return np.asarray(sides[0] + np.float32(SOFTER) * sides[1])


CONDITIONS: Mapping[str, tuple[Callable[[Sound, np.random.Generator], Sound], str]] = MappingProxyType(
    {
        "mu-law": (_clean, "mulaw"),
        "MP3": (_clean, "mp3"),
        "noise 15 dB": (_noisy, "mulaw"),
        "customer 8 dB softer": (_far_is_softer, "mulaw"),
    }
)


# ------------------------------------------------------------------------------------------------------------- truths


def _truth_beside(path: Path) -> Talk | None:
    stated = path.with_name(path.name + ".truth.json")
    if stated.is_file():
        return _talk(json.loads(stated.read_text("utf-8"))["speech"])
    rttm = path.with_suffix(".rttm")
    if rttm.is_file() and path != rttm:
        return _talk(_of_rttm(rttm))
    return None


def _of_rttm(file: Path) -> Mapping[str, list[list[float]]]:
    people: dict[str, list[list[float]]] = defaultdict(list)
    for line in file.read_text("utf-8").splitlines():
        fields = line.split()
        if len(fields) > 7 and fields[0] == "SPEAKER":
            people[fields[7]].append([float(fields[3]), float(fields[3]) + float(fields[4])])
    return people


def _talk(people: Mapping[str, list[list[float]]]) -> Talk:
    """The two who speak most; a third is left out, and counts as made up."""
    talk = [tuple(Interval(start, end) for start, end in spans) for spans in people.values()]
    talk.sort(key=lambda spans: -sum(each.seconds for each in spans))
    first, second, *_ = [*talk, (), ()]
    return first, second


EXPLAINED: Mapping[str, str] = {
    "der": "diarization error rate, all calls of two people, believed or not",
    "confusion": "the part of it that is put on the wrong person",
    "believed": "the share of calls that are believed: the others stay without speakers",
    "confusion_believed": "wrong person, where believed",
    "believed_wrongly": "calls with more than a tenth on the wrong person, or of one person, that were believed",
}
