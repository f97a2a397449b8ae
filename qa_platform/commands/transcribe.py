"""`qa transcribe`: what a speech model hears in recordings, or what two hear, side by side. Nothing is stored."""

from __future__ import annotations

import json
import sys
from difflib import SequenceMatcher
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.table import Table
from rich.text import Text

from models.errors import QAError
from qa_platform.commands.terminal import err, out, refusals_told, say, settings, told
from qa_platform.transcription import comparison
from qa_platform.transcription.comparison import Compared, Line, ModelChoice
from qa_platform.transcription.word_errors import WordErrors


def transcribe(
    files: Annotated[list[Path], typer.Argument(help="Recordings.")],
    model: Annotated[str, typer.Option(help="A model's name or folder; then @int8, @beam5.")] = "",
    compare: Annotated[
        tuple[str, str] | None, typer.Option(help="Two models over the same recordings: --compare small medium.")
    ] = None,
    reference: Annotated[
        Path | None, typer.Option(help="What was said: a transcript, or a folder of them by the recordings' names.")
    ] = None,
    accents: Annotated[bool, typer.Option("--accents", help="A missing accent is an error too.")] = False,
    agent_channel: Annotated[
        int, typer.Option(min=-1, max=1, help="Channel of the agent: 0 left, 1 right, -1 unknown.")
    ] = 0,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a recording, then one for all.")] = False,
) -> None:
    """Write recordings down with one model, or with two to compare; with a reference, count the errors."""
    with refusals_told():
        own = settings()
        chosen = [comparison.choice_of(name, own) for name in compare or (model or own.whisper_model,)]
    found: list[Compared] = []
    for file in files:
        try:
            if not file.is_file():
                raise comparison.NoSuchRecording(file.name)
            one = comparison.compare(
                file,
                chosen,
                own,
                reference=reference,
                agent_channel=None if agent_channel < 0 else agent_channel,
                accents=accents,
            )
        except QAError as refusal:
            line = told(refusal)
            err.print(line if file.name in line else f"{file.name}: {line}", style="red", markup=False, soft_wrap=True)
            continue
        found.append(one)
        if as_json:
            sys.stdout.write(json.dumps(_as_json(one), ensure_ascii=False) + "\n")
        else:
            _show(one)
    if as_json and found:
        sys.stdout.write(json.dumps(_sum_as_json(chosen, found), ensure_ascii=False) + "\n")
    elif len(found) > 1 or (found and len(chosen) > 1):
        _show_sum(chosen, found)
    if len(found) < len(files):
        raise typer.Exit(1)


def _show(one: Compared) -> None:
    spoken = ", ".join(f"{said.side.value} {said.language}" for said in one.attempts[0].languages)
    out.print(Text(f"{one.file.name}  {spoken}", style="bold"))
    table = Table(box=None, pad_edge=False, show_header=len(one.attempts) > 1)
    for name in ("s", "", *(attempt.model.label for attempt in one.attempts)):
        table.add_column(name, overflow="fold")
    for line in one.lines:
        table.add_row(f"{line.start:.1f}", line.side.value, *_marked(line))
    out.print(table)
    for attempt in one.attempts:
        if attempt.errors is not None:
            out.print(f"{attempt.model.label}: {_rate(attempt.errors)}", markup=False)


def _show_sum(chosen: list[ModelChoice], found: list[Compared]) -> None:
    table = Table(box=None, pad_edge=False)
    for title in (say("Model"), say("Seconds"), say("Speech a second"), say("Word errors")):
        table.add_column(title)
    for number, choice in enumerate(chosen):
        seconds = sum(one.attempts[number].seconds for one in found)
        errors = comparison.pooled(one.attempts[number].errors for one in found)
        speed = sum(one.speech_seconds for one in found) / seconds if seconds else 0.0
        table.add_row(choice.label, f"{seconds:.1f}", f"{speed:.1f} s", _rate(errors) if errors else "–")
    out.print(table)
    apart = comparison.pooled(one.disagreement for one in found)
    if apart is not None and apart.rate is not None:
        out.print(say("The two differ in {percent} % of the words.", percent=f"{100 * apart.rate:.1f}"))


def _rate(errors: WordErrors) -> str:
    rate = "–" if errors.rate is None else f"{100 * errors.rate:.1f} %"
    return say(
        "{rate} of {words} words ({substituted} substituted, {deleted} left out, {inserted} added)",
        rate=rate,
        words=errors.words,
        substituted=errors.substitutions,
        deleted=errors.deletions,
        inserted=errors.insertions,
    )


def _marked(line: Line) -> list[Text]:
    """The words in which the second differs from the first stand out."""
    first, *others = [text.split() for text in line.texts]
    shown = [Text(" ".join(first))]
    for words in others:
        text = Text()
        for kind, _, _, low, high in SequenceMatcher(a=first, b=words, autojunk=False).get_opcodes():
            text.append("".join(f"{word} " for word in words[low:high]), style="" if kind == "equal" else "bold red")
            if kind == "delete":
                text.append("… ", style="bold red")
        shown.append(text)
    return shown


def _as_json(one: Compared) -> dict[str, Any]:
    return {
        "file": one.file.name,
        "speech_seconds": round(one.speech_seconds, 2),
        "models": [
            {
                "model": attempt.model.label,
                "seconds": round(attempt.seconds, 3),
                "languages": [{"side": said.side.value, "language": said.language} for said in attempt.languages],
                "word_errors": _errors(attempt.errors),
            }
            for attempt in one.attempts
        ],
        "disagreement": _errors(one.disagreement),
        "lines": [{"start": line.start, "side": line.side.value, "texts": list(line.texts)} for line in one.lines],
    }


def _sum_as_json(chosen: list[ModelChoice], found: list[Compared]) -> dict[str, Any]:
    seconds = [sum(one.attempts[number].seconds for one in found) for number in range(len(chosen))]
    return {
        "recordings": len(found),
        "models": [
            {
                "model": choice.label,
                "seconds": round(seconds[number], 3),
                "word_errors": _errors(comparison.pooled(one.attempts[number].errors for one in found)),
            }
            for number, choice in enumerate(chosen)
        ],
        "time_ratio": round(seconds[1] / seconds[0], 3) if len(seconds) > 1 and seconds[0] else None,
        "disagreement": _errors(comparison.pooled(one.disagreement for one in found)),
    }


def _errors(errors: WordErrors | None) -> dict[str, Any] | None:
    if errors is None:
        return None
    return {
        "rate": None if errors.rate is None else round(errors.rate, 4),
        "words": errors.words,
        "substitutions": errors.substitutions,
        "deletions": errors.deletions,
        "insertions": errors.insertions,
    }
