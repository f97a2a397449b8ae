"""Search in everything that was said: a query box, filters, excerpts that open the call at that second."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Form, Query, Request
from pydantic import BaseModel, Field
from starlette.responses import RedirectResponse, Response

from analyzers.contract import kinds
from models.conversation import Channel, Speaker
from models.errors import QAError
from qa_platform.access.rights import Right, Viewer
from qa_platform.archive import interactions
from qa_platform.database import reading, transaction
from qa_platform.sample.reasons import label
from qa_platform.search import saved
from qa_platform.search.composing import Fields, composed
from qa_platform.search.finding import Ask, Hit, Page, find
from qa_platform.search.narrowing import Narrowed, Promised
from qa_platform.search.parse import parse
from qa_platform.search.statement import Cursor
from qa_platform.search.tokens import QueryError
from qa_platform.text import explain, phrase
from web import words
from web.access import Reader
from web.asked import address_of, number, one_of
from web.registry import Entry
from web.render import language_of, page
from web.review_wording import SPEAKERS
from web.words import N_

router = APIRouter(include_in_schema=False)
NAV = Entry(N_("Search"), "search", "/search", Right.SEE_INTERACTIONS, order=3)
BIGGEST = 2**31  # what a column of whole numbers holds
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
FAMILIES: Mapping[str, str] = {
    "slip": N_("Any compliance slip"),
    "objection": N_("Any objection"),
    "speech": N_("Anything heard in the sound"),
}
PROMISES: Mapping[str, str] = {
    Promised.ANY: N_("A promise was made"),
    Promised.NONE: N_("No promise"),
    Promised.STRONG: N_("A strong promise"),
    Promised.MEDIUM: N_("A promise of middling strength"),
    Promised.WEAK: N_("A weak promise"),
    Promised.CONDITIONAL: N_("A promise under a condition"),
    Promised.AMBIGUOUS: N_("A promise whose day is not clear"),
    Promised.PENDING: N_("In the CRM: pending"),
    Promised.KEPT: N_("In the CRM: kept"),
    Promised.PARTIAL: N_("In the CRM: kept in part"),
    Promised.BROKEN: N_("In the CRM: broken"),
}
ORDERS: Mapping[str, str] = {"best": N_("Best fit first")}
ASKERS = (Speaker.AGENT, Speaker.CUSTOMER, Speaker.THIRD_PARTY, Speaker.BOT, Speaker.IVR, Speaker.VOICEMAIL)
SILENCES = (5, 10, 20, 30, 60)
LASTING = N_("A silence of {seconds} s or more")


class Asked(BaseModel):
    """The form as it was sent; a filter that is not understood narrows nothing."""

    text: str = Field(default="", max_length=4000)
    speaker: str = ""
    agent: str = ""
    channel: str = ""
    portfolio: str = ""
    code: str = Field(default="", max_length=80)
    since: str = ""
    until: str = ""
    silence: str = ""
    promise: str = ""
    order: str = ""
    after: str = ""

    def narrowed(self) -> Narrowed:
        silence = number(self.silence)
        return Narrowed(
            speaker=one_of(Speaker, self.speaker),
            agent=number(self.agent),
            channel=one_of(Channel, self.channel),
            portfolio=number(self.portfolio),
            code=self.code if self.code in FAMILIES or self.code in kinds() else "",
            since=_day(self.since),
            until=_day(self.until),
            silence=None if silence is None else float(silence),
            promise=one_of(Promised, self.promise),
        )

    def filters(self) -> dict[str, str]:
        """What is kept with a search beside its words."""
        kept: dict[str, str] = self.model_dump(exclude={"text", "after"})
        return {name: value for name, value in kept.items() if value}


class Parts(BaseModel):
    """The fields that a query is put together from; see qa_platform/search/composing.py."""

    all_words: str = Field(default="", max_length=200)
    phrase: str = Field(default="", max_length=200)
    without: str = Field(default="", max_length=200)
    near_one: str = Field(default="", max_length=80)
    near_other: str = Field(default="", max_length=80)
    distance: str = Field(default="", max_length=12)
    said_by: str = ""
    within: str = ""
    seconds: str = Field(default="", max_length=12)
    then: str = Field(default="", max_length=200)
    then_within: str = Field(default="", max_length=12)


@dataclass(frozen=True, slots=True)
class Trouble:
    """Where a query is wrong: what stands before, what is wrong, what follows."""

    says: str
    remedy: str
    before: str
    wrong: str
    behind: str


@router.get("/search")
def open_search(request: Request, viewer: Reader, asked: Annotated[Asked, Query()], saved_search: str = "") -> Response:
    """The page with its filters; with `saved_search`, what that one finds now."""
    chosen = number(saved_search)
    if chosen is None:
        return _shown(request, viewer, asked.model_copy(update={"text": "", "after": ""}))
    with reading(request.app.state.engine) as session:
        kept = saved.one(session, viewer, chosen)
    return _shown(request, viewer, Asked.model_validate({**kept.narrowed, "text": kept.query}), chosen=chosen)


@router.post("/search")
def search(request: Request, viewer: Reader, asked: Annotated[Asked, Form()]) -> Response:
    """The searched words come in the body: a name or an account number must not stand in an address or a log."""
    return _shown(request, viewer, asked)


@router.post("/search/composed")
def compose(request: Request, viewer: Reader, parts: Annotated[Parts, Form()]) -> Response:
    """The fields as one query, which is shown and searched for."""
    query = composed(Fields(**parts.model_dump()), language_of(request))
    return _shown(request, viewer, Asked(text=query))


class Keeping(Asked):
    """A search that is to be kept."""

    name: str = Field(default="", max_length=400)
    shared: str = ""


@router.post("/search/saved")
def keep(request: Request, viewer: Reader, asked: Annotated[Keeping, Form()]) -> Response:
    """Kept as it is, and shown under its name."""
    search = Asked.model_validate(asked.model_dump(exclude={"name", "shared"}))
    try:
        with transaction(request.app.state.engine) as session:
            parsed = _read(search)
            query = search.text if parsed else ""
            kept = saved.keep(
                session, viewer, asked.name, query, search.filters(), shared=bool(asked.shared), now=datetime.now(UTC)
            )
    except QueryError:
        return _shown(request, viewer, search)
    except (saved.NameMissing, saved.TooManySaved) as refusal:
        return _shown(request, viewer, search, refusal=refusal)
    return RedirectResponse(f"/search?saved_search={kept}", 303)


@router.post("/search/saved/{number}/delete")
def forget(request: Request, viewer: Reader, number: int) -> Response:
    with transaction(request.app.state.engine) as session:
        saved.forget(session, viewer, number, now=datetime.now(UTC))
    return RedirectResponse("/search", 303)


def _shown(
    request: Request, viewer: Viewer, asked: Asked, *, chosen: int | None = None, refusal: QAError | None = None
) -> Response:
    language = language_of(request)
    zone = ZoneInfo(request.app.state.settings.time_zone)
    found, trouble = None, None
    with reading(request.app.state.engine) as session:
        try:
            ask = Ask(_read(asked), asked.narrowed(), best_first=asked.order == "best")
            if ask.query or ask.narrowed.has_places:
                found = find(session, viewer, ask, zone=zone, after=_cursor(asked.after))
        except QueryError as wrong:
            trouble = _trouble(wrong, asked.text, language)
        choices = interactions.choices(session, viewer)
        kept = saved.kept(session, viewer)
    return page(
        request,
        "search.html",
        fragment="found",
        headers={"HX-Replace-Url": address_of("/search", asked, hidden={"text", "after"})},
        asked=asked,
        found=found,
        trouble=trouble,
        refusal=explain(refusal, language) if refusal else None,
        kept=kept,
        chosen=chosen,
        may_share=saved.may_share(viewer),
        options=_options(choices, language),
        codes=_codes(language),
        tagged=lambda hit: [(code, label(code, language)) for code, _ in hit.codes],
        label=lambda code: label(code, language),
        speakers=SPEAKERS,
        address=_address,
        place=_place(found),
        carried_on=list(asked.model_dump(exclude={"after"}).items()),
    )


def _read(asked: Asked) -> Any:
    """The query; None where nothing is written, which is no mistake."""
    return parse(asked.text) if asked.text.strip() else None


def _trouble(wrong: QueryError, text: str, language: str) -> Trouble:
    says, remedy = explain(wrong, language)
    return Trouble(says, remedy, text[: wrong.start], text[wrong.start : wrong.end], text[wrong.end :][:80])


def _options(choices: interactions.Choices, language: str) -> dict[str, list[tuple[str, str]]]:
    """What each filter offers, in words."""

    def said(offered: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
        return [(str(value), phrase(text, {}, language)) for value, text in offered]

    return {
        "speaker": said((speaker, SPEAKERS[speaker]) for speaker in ASKERS),
        "agent": [(str(key), name) for key, name in choices.agents],
        "portfolio": [(str(key), name) for key, name in choices.portfolios],
        "channel": said(words.CHANNEL.items()),
        "promise": said(PROMISES.items()),
        "order": said(ORDERS.items()),
        "silence": [(str(least), phrase(LASTING, {"seconds": least}, language)) for least in SILENCES],
    }


def _codes(language: str) -> list[tuple[str, str, list[tuple[str, str]]]]:
    """Each family and its codes, by their names."""
    return [
        (
            family,
            phrase(text, {}, language),
            sorted(
                ((code, label(code, language)) for code in kinds() if code.startswith(f"{family}.")),
                key=lambda each: each[1].casefold(),
            ),
        )
        for family, text in FAMILIES.items()
    ]


def _address(hit: Hit, position: int, second: float | None) -> str:
    """The interaction at that second and turn."""
    heard = f"?t={max(second, 0.0):.2f}" if second is not None else ""
    return f"/interactions/{hit.interaction}{heard}" + (f"#turn-{position}" if position >= 0 else "")


def _place(found: Page | None) -> str:
    """Where the next page begins, as text."""
    at = found.following if found else None
    if at is None or at.started_at is None:
        return ""
    moment = (at.started_at - EPOCH) // timedelta(microseconds=1)
    return f"{moment}:{at.interaction}:{at.position}:{at.key}:{'' if at.score is None else repr(at.score)}"


def _cursor(place: str) -> Cursor | None:
    try:
        moment, interaction, position, key, score = place[:120].split(":")
        began = EPOCH + timedelta(microseconds=int(moment))
        number_of, at, turn = int(interaction), int(position), int(key)
        ranked = float(score) if score else None
    except (ValueError, OverflowError):
        return None
    return Cursor(began, number_of, at, turn, ranked) if max(abs(number_of), abs(at), abs(turn)) < BIGGEST else None


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
