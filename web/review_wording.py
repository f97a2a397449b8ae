"""What the review page says of findings, promises, money and moments, in the reader's language."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date, format_datetime, get_timezone_location
from babel.lists import format_list
from babel.numbers import format_decimal

from models.conversation import Direction, Layout, Speaker
from models.finding import Answer, Strength
from models.outcomes import PromiseState
from qa_platform.formats.reading.draft import ZONES
from qa_platform.review.page import Facts, Note, Pause, PromiseSaid, SidePace
from qa_platform.sample.reasons import label
from web.review_terms import ANSWERS, REASONS, SECTIONS, STEPS
from web.wording import Wording, length
from web.words import N_, OUTCOME, SEVERITY

SIGNS = {"MXN": "$", "COP": "$", "CLP": "$", "ARS": "$", "USD": "US$", "PEN": "S/ ", "EUR": "€"}
WHOLE = frozenset({"CLP", "COP"})  # spoken and written without cents
SPEAKERS: Mapping[Speaker, str] = {
    Speaker.AGENT: N_("Agent"),
    Speaker.CUSTOMER: N_("Customer"),
    Speaker.THIRD_PARTY: N_("Third party"),
    Speaker.IVR: N_("Announcement"),
    Speaker.VOICEMAIL: N_("Voicemail"),
    Speaker.BOT: N_("Bot"),
    Speaker.UNKNOWN: N_("Speaker not known"),
}
STAGES = {
    "opening": N_("Opening"),
    "identity": N_("Identity"),
    "balance": N_("Balance"),
    "objection": N_("Objection"),
    "negotiation": N_("Negotiation"),
    "agreement": N_("Agreement"),
    "close": N_("Closing"),
}
LAYOUTS: Mapping[Layout, str] = {
    Layout.TWO_SIDES: N_("2 channels"),
    Layout.MONO: N_("1 channel"),
    Layout.IDENTICAL: N_("2 equal channels"),
    Layout.ONE_SILENT: N_("2 channels, one silent"),
}
PROMISES: Mapping[Strength, str] = {
    Strength.STRONG: N_("Firm promise"),
    Strength.MEDIUM: N_("Promise"),
    Strength.WEAK: N_("Doubtful promise"),
}
LEDGER: Mapping[PromiseState, tuple[str, str]] = {
    PromiseState.PENDING: (N_("pending"), "amber"),
    PromiseState.KEPT: (N_("kept"), "green"),
    PromiseState.PARTIAL: (N_("kept in part"), "amber"),
    PromiseState.BROKEN: (N_("broken"), "red"),
    PromiseState.CANCELLED: (N_("cancelled"), "muted"),
    PromiseState.SUPERSEDED: (N_("replaced"), "muted"),
}
FIRST = 3  # reasons that fit into a title


@dataclass(frozen=True, slots=True)
class ReviewWording:
    """The words of one interaction: money as its country writes it, moments on its own clock."""

    words: Wording
    facts: Facts

    @property
    def zone(self) -> ZoneInfo:
        known = self.facts.time_zone or ZONES.get(self.facts.country or "")
        return ZoneInfo(known) if known else self.words.zone

    def heading(self, reasons: str, notes: Iterable[Note]) -> str:
        """The title is why it is here: the queue's reasons, else what was found that weighs most."""
        if reasons:
            return reasons
        found = sorted((note for note in notes if not note.unjudged), key=lambda note: note.severity.rank)
        told = list(dict.fromkeys(self.title(note) for note in found))[:FIRST]
        if not told:
            return self.words.say("Nothing stands out")
        return format_list([told[0], *(_lower(each) for each in told[1:])], locale=self.words.language)

    def title(self, note: Note) -> str:
        say = self.words.say
        if note.promise is not None or note.family == "promise":
            return self._promise_title(note.promise)
        if note.code == "speech.silence":
            return say("Silence of {time}", time=self.span(_seconds(note)))
        if note.code == "speech.slow_reply":
            return say("Slow reply")
        if note.code == "speech.monologue":
            return say("Monologue of {time}", time=self.span(_seconds(note)))
        if note.code == "speech.interruption":
            by_agent = note.speaker is not Speaker.CUSTOMER
            return say("Interrupts the customer") if by_agent else say("The customer cuts in")
        if note.family == "objection":
            return say("Objection: {what}", what=_lower(note.label))
        return note.label

    def detail(self, note: Note) -> str:
        """Who, how sure, and what follows from it; one line."""
        say = self.words.say
        parts = []
        if note.unjudged:
            parts.append(say("The words allow both readings. You decide."))
        if note.promise is not None:
            parts.append(self.terms(note.promise))
        elif note.family == "slip":
            parts.append(say(SEVERITY[note.severity]))
        elif note.speaker not in (None, Speaker.UNKNOWN):
            parts.append(say(SPEAKERS[note.speaker or Speaker.UNKNOWN]))
        if note.code in ("speech.slow_reply", "speech.slow_first_reply"):
            return say("The agent took {time}", time=self.span(_seconds(note)))
        if note.family == "speech":
            return " · ".join([*parts, say("measured")])
        return " · ".join(
            [*(part for part in parts if part), say("confidence {share}", share=f"{note.confidence:.2f}")]
        )

    def terms(self, promise: PromiseSaid) -> str:
        """When, how and under which condition the money is to come."""
        say = self.words.say
        parts = []
        if promise.due and promise.alternative_due and promise.ambiguous:
            parts.append(
                say(
                    "{one} or {other}: not clear which",
                    one=self.day(promise.due),
                    other=self.day(promise.alternative_due),
                )
            )
        elif promise.due:
            parts.append(self.weekday(promise.due))
        elif promise.due_from and promise.due_to:
            parts.append(say("from {first} to {last}", first=self.day(promise.due_from), last=self.day(promise.due_to)))
        else:
            parts.append(say("no date"))
        if promise.channel:
            parts.append(promise.channel.replace("_", " "))
        if promise.conditional:
            parts.append(say("with a condition"))
        return " · ".join(parts)

    def _promise_title(self, promise: PromiseSaid | None) -> str:
        if promise is None:
            return self.words.say("Promise")
        doubtful = promise.ambiguous or promise.strength is Strength.WEAK
        kind = self.words.say(PROMISES[Strength.WEAK if doubtful else promise.strength])
        amount = self.money(promise.amount, promise.currency)
        return f"{kind}: {amount}" if amount else self.words.say("{kind}, no amount", kind=kind)

    def speaker(self, speaker: Speaker) -> str:
        word = self.words.say(SPEAKERS[speaker])
        first = (self.facts.agent or "").split(" ")[0]
        return f"{word} · {first}" if speaker is Speaker.AGENT and first else word

    def pause(self, pause: Pause) -> str:
        note = pause.notes[0]
        if note.code == "speech.slow_reply":
            return self.words.say("{time} without a reply by the agent", time=self.span(pause.seconds))
        after = {Speaker.AGENT: N_("after the agent"), Speaker.CUSTOMER: N_("after the customer")}.get(
            note.speaker or Speaker.UNKNOWN
        )
        title = self.title(note)
        return f"{title} · {self.words.say(after)}" if after else title

    def span(self, seconds: float) -> str:
        """14 s, 2 min 5 s, 5 h 51 min."""
        whole = round(seconds)
        if whole < 60:
            return f"{whole} s"
        minutes, rest = divmod(whole, 60)
        if minutes < 60:
            return f"{minutes} min {rest} s" if rest else f"{minutes} min"
        hours, minutes = divmod(minutes, 60)
        return f"{hours} h {minutes} min" if minutes else f"{hours} h"

    def money(self, amount: Decimal | None, currency: str | None, *, code: bool = False) -> str:
        """$18,430 in Mexico, $1.134.000 in Colombia; the code where the sign alone would not tell."""
        if amount is None:
            return ""
        currency = currency or self.facts.currency or ""
        cents = currency not in WHOLE and amount != amount.to_integral_value()
        locale = f"es_{self.facts.country or 'MX'}" if self.facts.language == "es" else "en_US"
        number = format_decimal(amount, format="#,##0.00" if cents else "#,##0", locale=locale)
        sign = SIGNS.get(currency, f"{currency} " if currency else "")
        return f"{sign}{number} {currency}" if code and currency in SIGNS else f"{sign}{number}"

    def languages(self) -> str:
        """In which each side was written down; one word where both speak the same."""
        told = {
            Speaker(one["side"]): self._language(str(one["language"]), one.get("sure"))
            for one in self.facts.heard_languages
        }
        if len(set(told.values())) < 2:
            return next(iter(told.values()), "")
        return ", ".join(f"{self.words.say(SPEAKERS[side])}: {language}" for side, language in told.items())

    def _language(self, code: str, sure: float | None) -> str:
        name = Locale(self.words.language).languages.get(code, code)
        return f"{name} ({self.percent(sure)})" if sure is not None else name

    def layout(self) -> str:
        """Voice, outbound, 2 channels."""
        say = self.words.say
        if not self.facts.spoken:
            return self.words.say_count("{count} message", "{count} messages", self.facts.turn_count)
        way = say("inbound") if self.facts.direction is Direction.INBOUND else say("outbound")
        return f"{way}, {say(LAYOUTS[self.facts.layout])}" if self.facts.layout else way

    def stage(self, code: str) -> str:
        return self.words.say(STAGES[code])

    def arrears(self) -> str:
        """47 · bucket 30–60."""
        days = self.facts.days_past_due
        if days is None:
            return ""
        low = min(days // 30 * 30, 180)
        band = f"{low}+" if low == 180 else f"{low}–{low + 30}"
        return self.words.say("{days} · bucket {band}", days=days, band=band)

    def day(self, value: date | datetime) -> str:
        return self.words.day(self._local(value))

    def weekday(self, value: date | datetime) -> str:
        """mié 18 nov."""
        return format_date(self._local(value), "EEE d MMM", locale=self.words.language).replace(".", "")

    def moment(self, value: datetime) -> str:
        """mié 18 nov, 10:05."""
        return f"{self.weekday(value)}, {self.clock(value)}"

    def clock(self, value: datetime) -> str:
        return format_datetime(value.astimezone(self.zone), "H:mm", locale=self.words.language)

    def pace(self, one: SidePace) -> str:
        """How one side speaks and answers, in one line."""
        say = self.words.say
        parts = []
        if one.words_per_minute is not None:
            told = N_("about {words} words a minute") if one.estimated else N_("{words} words a minute")
            parts.append(say(told, words=round(one.words_per_minute)))
        if one.delay is not None and one.delay_p90 is not None:
            parts.append(say("answers in {middle} s, 9 in 10 within {most} s", middle=one.delay, most=one.delay_p90))
        if one.longest_talk is not None:
            parts.append(say("at most {time} on end", time=self.span(one.longest_talk)))
        return f"{say(SPEAKERS[one.side])}: {', '.join(parts)}"

    def percent(self, share: float) -> str:
        return f"{round(100 * share)} %" if self.words.language == "es" else f"{round(100 * share)}%"

    def finding(self, code: str | None) -> str:
        return label(code, self.words.language) if code else ""

    def outcome(self, notes: Iterable[Note]) -> str:
        """What the words led to; a promise with its strength and amount."""
        if self.facts.outcome == "promise":
            made = next((note.promise for note in notes if note.promise is not None), None)
            if made is not None:
                return self._promise_title(made)
        return self.words.say(OUTCOME.get(self.facts.outcome or "unknown", OUTCOME["unknown"]))

    def rules(self) -> str:
        """México, al 18 nov 2026: the law of the day of the call, not of today."""
        place = Locale(self.words.language).territories.get(self.facts.country or "", self.facts.country or "")
        day = format_date(self._local(self.facts.started_at), "d MMM y", locale=self.words.language).replace(".", "")
        return self.words.say("{country}, as of {day}", country=place, day=day)

    @property
    def city(self) -> str:
        """Bogotá: whose clock the hours are on."""
        return get_timezone_location(self.zone.key, locale=self.words.language, return_city=True)

    def section(self, code: str, label: str) -> str:
        """A section's name short enough for the bar."""
        return self.words.say(SECTIONS[code]) if code in SECTIONS else label.split(" ")[0]

    def answer(self, answer: Answer) -> str:
        return self.words.say(ANSWERS[answer])

    def step(self, code: str) -> str:
        return self.words.say(STEPS[code]) if code in STEPS else code

    def reason(self, code: str) -> str:
        return self.words.say(REASONS[code]) if code in REASONS else code

    def points(self, value: float | None) -> str:
        """47.1, and 15 rather than 15.0."""
        if value is None:
            return "–"
        return self.words.number(value, 0 if float(value).is_integer() else 1)

    def saved(self, at: datetime) -> str:
        """10:42:08 on the reader's own clock, not the call's."""
        return format_datetime(at.astimezone(self.words.zone), "HH:mm:ss", locale=self.words.language)

    def place(self, second: float | None, at: datetime | None) -> str:
        """Where evidence stands: a second of the call, a day and hour of the chat."""
        if second is not None:
            return length(second)
        if at is None:
            return ""
        day = format_date(self._local(at), "EEE", locale=self.words.language).replace(".", "")
        return f"{day} {self.clock(at)}"

    def _local(self, value: date | datetime) -> date:
        return value.astimezone(self.zone).date() if isinstance(value, datetime) else value


def _seconds(note: Note) -> float:
    told = note.value.get("seconds")
    return float(told) if isinstance(told, int | float) else (note.end or 0.0) - (note.start or 0.0)


def _lower(text: str) -> str:
    """The first letter small, unless the word is an abbreviation."""
    return text if text[1:2].isupper() else text[:1].lower() + text[1:]
