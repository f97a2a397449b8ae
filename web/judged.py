"""What pages about judgement have in common: the answers with their looks, the words, and one evaluation to read."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from fastapi import Request

from models.errors import QAError
from qa_platform.access.rights import NotFound, Viewer
from qa_platform.calibration.blind import blind
from qa_platform.calibration.sheet import Subject, subjects
from qa_platform.evaluations.evaluation import evaluations_of
from qa_platform.evaluations.view import EvaluationView
from qa_platform.sample.reasons import label
from web.judgement_words import FEW, KINDS, OUTCOMES, OWN_STATES, STATES, JudgementWords
from web.render import language_of
from web.review_terms import ANSWER_CLASS, ANSWERS, REASONS
from web.wording import Wording


class BlindFirst(QAError):
    status = 409
    says = "You still have to score this conversation blind."
    remedy = "Submit your calibration sheet first: it opens then."


class DateUnreadable(QAError):
    status = 422
    says = "'{text}' is no date and time."
    remedy = "Choose a day and an hour from the calendar."


def wording(request: Request) -> Wording:
    return Wording(language_of(request), ZoneInfo(request.app.state.settings.time_zone))


def spoken_of(request: Request) -> dict[str, Any]:
    """What the templates of these pages speak with."""
    words = wording(request)
    language = words.language
    return {
        "say": JudgementWords(words),
        "answers": [(answer, *ANSWER_CLASS[answer], words.say(text)) for answer, text in ANSWERS.items()],
        "states": STATES,
        "own_states": OWN_STATES,
        "outcomes": OUTCOMES,
        "kinds": KINDS,
        "few": FEW,
        "reasons": REASONS,
        "finding": lambda code: label(code, language),
    }


def readable(session: Any, viewer: Viewer, interaction_id: int, evaluation_id: int) -> tuple[EvaluationView, Subject]:
    """One evaluation that the viewer may read, and its conversation. Raises NotFound."""
    known = evaluations_of(session, viewer, interaction_id)
    view = next((one for one in known if one.id == evaluation_id), None)
    if view is None and blind(session, viewer, interaction_id):
        raise BlindFirst
    if view is None:
        raise NotFound
    return view, subjects(session, viewer, [interaction_id])[interaction_id]


def moment_of(request: Request, text: str) -> datetime:
    """What a browser's date field sends, on the clock of the place. Raises DateUnreadable."""
    try:
        return datetime.fromisoformat(text).replace(tzinfo=zone_of(request)).astimezone(UTC)
    except (ValueError, OverflowError):
        raise DateUnreadable(text=text[:40]) from None


def field_of(moment: datetime, request: Request) -> str:
    """The moment as a browser's date field takes it."""
    return moment.astimezone(zone_of(request)).strftime("%Y-%m-%dT%H:%M")


def zone_of(request: Request) -> ZoneInfo:
    return ZoneInfo(request.app.state.settings.time_zone)
