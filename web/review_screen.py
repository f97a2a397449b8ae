"""Puts the review page together: what was loaded, who may do what with it, and the words to show it in."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from fastapi import Request

from models.finding import Answer
from models.interactions import Stage
from models.originals import OriginalKind
from qa_platform.access.rights import Right, Viewer
from qa_platform.database import reading, transaction
from qa_platform.evaluations.change import StaleVersion
from qa_platform.evaluations.evaluation import evaluations_of, open_evaluation
from qa_platform.evaluations.view import EvaluationView
from qa_platform.originals import opening
from qa_platform.review.opening import ReviewPage, review_page
from qa_platform.review.page import Note, Spoken
from web.asked import one_of
from web.days import days
from web.render import language_of
from web.review_terms import ANSWER_CLASS, ANSWER_KEYS, ANSWERS, KEY_MAP, REASONS, SKIP_REASONS
from web.review_wording import LEDGER, ReviewWording
from web.wave import Wave, bars_of_sound, bars_of_turns, wave
from web.wording import Wording
from web.words import N_

LANES = {
    "agent": N_("Agent, above"),
    "customer": N_("Customer, below"),
    "both": N_("Both in one channel"),
    "one": N_("Channel 1, above"),
    "two": N_("Channel 2, below"),
}
ORIGINAL_KINDS = {OriginalKind.RECORDING: N_("Recording"), OriginalKind.TRANSCRIPT: N_("Transcript file")}
SAID_BY_SCRIPTS = {
    "backTo": N_("Back to {time}"),
    "saving": N_("Saving…"),
    "offline": N_("Offline: {count} changes kept in this window"),
    "signedOut": N_("Your session ended. Sign in again in another tab; {count} changes wait here."),
    "undone": N_("Undone: {what}"),
    "nothingToUndo": N_("Nothing to undo"),
    "chooseFirst": N_("Choose a question first: its number, or ↓"),
    "reasonNeeded": N_("Say why you change it"),
    "noProposal": N_("The system abstains here: answer it yourself"),
    "allAnswered": N_("Every question is answered"),
    "cleared": N_("{count} clear proposals confirmed"),
    "nothingClear": N_("No proposal is clear enough to confirm without looking"),
    "commentAt": N_("Comment at {time}"),
    "commentHere": N_("Comment on this message"),
}


@dataclass(frozen=True, slots=True)
class ConflictLine:
    """One answer in two versions. `key` names the change that waits in the browser."""

    key: str
    label: str
    mine: str
    theirs: str


def screen(request: Request, viewer: Viewer, interaction_id: int, *, whole: bool = True) -> dict[str, Any]:
    """Everything that the page's templates know. A reviewer's own draft is begun by looking; the queue item is not
    taken by it."""
    language = language_of(request)
    with reading(request.app.state.engine) as session:
        loaded = review_page(session, viewer, interaction_id, language=language, whole=whole)
        known = evaluations_of(session, viewer, interaction_id)
        originals = opening.beside(session, viewer, interaction_id) if whole else ()
    card = _judgement(request, viewer, loaded, known)
    words = Wording(language, ZoneInfo(request.app.state.settings.time_zone))
    say = ReviewWording(words, loaded.facts)
    editable = card is not None and card.editable and card.reviewer_id == viewer.id
    drawn = _wave(loaded) if whole else None
    return {
        "r": loaded,
        "say": say,
        "card": card,
        "may_answer": editable,
        "may_judge": editable,
        "fails": _fails(loaded, card),
        "heading": say.heading(loaded.place.reasons if loaded.place else "", loaded.notes),
        "wave": drawn,
        "day_boxes": days(loaded.rows, say.zone) if not loaded.facts.spoken else (),
        "lanes": _lanes(say, loaded, drawn),
        "data": _data(viewer, loaded, card, language, editable=editable, words=words),
        "answer_keys": ANSWER_KEYS[language],
        "answers": [(answer, *ANSWER_CLASS[answer], words.say(text)) for answer, text in ANSWERS.items()],
        "reasons": REASONS,
        "skip_reasons": SKIP_REASONS,
        "key_map": _key_map(words, language, card),
        "ledger": LEDGER,
        "conflict": (),
        "refusal": None,
        "lacking": (),
        "unheard": False,
        "stale": None,
        "originals": originals,
        "original_kinds": ORIGINAL_KINDS,
        "original_reasons": opening.REASONS,
    }


def conflict_lines(stale: StaleVersion, waiting: str, language: str) -> tuple[ConflictLine, ...]:
    """Each answer that waits in the browser beside what stands; without scripts, the one that was refused."""
    changes = _changes(waiting) or [
        {"key": "", "fields": stale.attempted, "criterion": stale.attempted.get("criterion")}
    ]
    told = {answer: Wording(language, ZoneInfo("UTC")).say(text) for answer, text in ANSWERS.items()}
    lines = []
    for change in changes:
        line = stale.current.line(str(change["criterion"]))
        if line is None:
            continue
        wanted = one_of(Answer, str(change["fields"].get("answer") or "")) or line.proposed
        lines.append(ConflictLine(change["key"], line.criterion.label.in_(language), told[wanted], told[line.standing]))
    return tuple(lines)


def _changes(waiting: str) -> list[dict[str, Any]]:
    """The answers among the changes that a browser holds; anything else in there is passed over."""
    try:
        held = json.loads(waiting)
    except ValueError:
        return []
    changes = []
    for each in held if isinstance(held, list) else []:
        key = each.get("key") if isinstance(each, dict) else None
        if isinstance(key, str) and key.startswith("answer:") and isinstance(each.get("fields"), dict):
            changes.append({"key": key, "fields": each["fields"], "criterion": key.removeprefix("answer:")})
    return changes


def _judgement(
    request: Request, viewer: Viewer, loaded: ReviewPage, known: tuple[EvaluationView, ...]
) -> EvaluationView | None:
    """A submitted evaluation where there is one, else the viewer's own draft, begun where they may judge."""
    submitted = [view for view in known if not view.editable]
    if submitted:
        return submitted[-1]
    if not viewer.may(Right.REVIEW) or loaded.facts.stage is not Stage.READY:
        return None
    with transaction(request.app.state.engine) as session:
        return open_evaluation(session, viewer, loaded.facts.id, now=datetime.now(UTC), take=False)


def _fails(loaded: ReviewPage, card: EvaluationView | None) -> tuple[Note, ...]:
    """Findings that take, or may take, the whole form to zero."""
    if card is None:
        return ()
    open_ids = {missing.finding_id for missing in card.auto_fail_open}
    return tuple(
        note
        for note in loaded.notes
        if note.id in open_ids or (note.code in card.score.failed_by and note.verdict == "confirmed")
    )


def _wave(loaded: ReviewPage) -> Wave | None:
    facts = loaded.facts
    if not facts.spoken or not facts.duration:
        return None
    if loaded.peaks is not None:
        bars = bars_of_sound(loaded.peaks, facts.sides)
    else:
        bars = bars_of_turns((row for row in loaded.rows if isinstance(row, Spoken)), facts.duration)
    return wave(bars, loaded.notes, loaded.stages, duration=facts.duration)


def _lanes(say: ReviewWording, loaded: ReviewPage, drawn: Wave | None) -> Mapping[str, str]:
    """Each lane's name with its share of the call's time."""
    told = {}
    talk = loaded.measured.talk_seconds if loaded.measured else {}
    for lane in drawn.lanes if drawn else ():
        seconds = talk.get(lane.side)
        share = f" {say.percent(seconds / drawn.duration)}" if drawn and seconds is not None else ""
        told[lane.side] = say.words.say(LANES[lane.side]) + share
    return told


def _data(
    viewer: Viewer, loaded: ReviewPage, card: EvaluationView | None, language: str, *, editable: bool, words: Wording
) -> str:
    """For the scripts, as JSON in an attribute."""
    told = {
        "interaction": loaded.facts.id,
        "person": viewer.id,
        "duration": round(loaded.facts.duration or 0.0, 2),
        "quiet": [[round(start, 2), round(end, 2)] for start, end in loaded.measured.quiet] if loaded.measured else [],
        "listened": round(card.listened_seconds) if card else 0,
        "opens": round(card.first_moment or 0.0, 2) if card and editable else 0,
        "mayAnswer": editable,
        "answerKeys": ANSWER_KEYS[language],
        "texts": {name: words.say(text) for name, text in SAID_BY_SCRIPTS.items()},
    }
    return json.dumps(told, ensure_ascii=False)


def _key_map(
    words: Wording, language: str, card: EvaluationView | None
) -> list[tuple[str, list[tuple[list[str], str]]]]:
    shown = {
        "Space": [words.say("Space")],
        "answers": list(ANSWER_KEYS[language]),
        "1–n": [f"1–{card.total if card else 9}"],
    }
    return [
        (
            words.say(title),
            [([name for key in keys for name in shown.get(key, [key])], words.say(does)) for keys, does in rows],
        )
        for title, rows in KEY_MAP
    ]
