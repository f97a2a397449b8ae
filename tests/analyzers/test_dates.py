"""Days as people name them, resolved from the day on which they are said."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from analyzers.dates import DateMention, Precision, best_date, read_dates

PIECES = (
    "el", "0", "00", "31", "99", "3/4", "0/0", "13/13/2026", "31-2-26", "2026-13-40", "lunes", "viernes", "en",
    "ocho", "días", "semanas", "meses", "que", "viene", "otra", "quincena", "fin", "de", "mes", "antes", "del",
    "entre", "y", "al", "29", "30", "febrero", "mañana", "pasado", "hoy", "a", "más", "tardar", "primera",
    "semana", "no", "mejor", "o", "the", "31st", "of", "february", "next", "friday", "week", "in", "by", "before",
    "5th", "to", "10th",
)  # fmt: skip
THURSDAY = date(2026, 1, 15)


def said(text: str, *, on: date = THURSDAY, country: str | None = "MX", language: str = "es") -> DateMention:
    best = best_date(read_dates(text, said_on=on, country=country, language=language))
    assert best is not None, f"no day found in {text!r}"
    return best


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("pasado mañana", "2026-01-17"),
        ("de hoy en ocho", "2026-01-22"),
        ("el lunes", "2026-01-19"),
        ("el jueves", "2026-01-22"),
        ("hoy jueves", "2026-01-15"),
        ("mañana viernes 16", "2026-01-16"),
        ("el otro viernes, el 23", "2026-01-23"),
        ("el martes veintisiete de enero", "2026-01-27"),
        ("pal 20", "2026-01-20"),
        ("el quince", "2026-01-15"),
        ("el treinta y uno", "2026-01-31"),
        ("este 30 le abono", "2026-01-30"),
        ("el 5 del mes que entra", "2026-02-05"),
        ("el jueves de la otra semana", "2026-01-22"),
        ("la próxima semana el jueves", "2026-01-22"),
        ("a fin de mes", "2026-01-31"),
        ("el primero de febrero", "2026-02-01"),
        ("en quince días", "2026-01-29"),
        ("el viernes no, mejor el lunes", "2026-01-19"),
        ("el miércoles de ceniza", "2026-02-18"),
        ("mñn a primera hora", "2026-01-16"),
    ],
)
def test_a_spanish_day_is_resolved_from_the_day_of_the_call(text: str, day: str) -> None:
    assert said(text).day == date.fromisoformat(day)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("on Friday", "2026-01-16"),
        ("by the 20th", "2026-01-20"),
        ("October 1st", "2026-10-01"),
        ("Friday week", "2026-01-23"),
        ("in a fortnight", "2026-01-29"),
        ("the end of the month", "2026-01-31"),
        ("tomorrow first thing", "2026-01-16"),
        ("by Halloween", "2026-10-31"),
        ("friday the 23rd", "2026-01-23"),
    ],
)
def test_an_english_day_is_resolved_from_the_day_of_the_call(text: str, day: str) -> None:
    assert said(text, country="GB", language="en").day == date.fromisoformat(day)


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("entre el 20 y el 25", "2026-01-20", "2026-01-25"),
        ("la otra semana", "2026-01-19", "2026-01-25"),
        ("el fin de semana", "2026-01-17", "2026-01-18"),
        ("el lunes o martes", "2026-01-19", "2026-01-20"),
        ("en abril", "2026-04-01", "2026-04-30"),
        ("la primera semana de febrero", "2026-02-01", "2026-02-07"),
        ("a más tardar el lunes", "2026-01-15", "2026-01-19"),
    ],
)
def test_a_window_has_both_its_ends(text: str, first: str, last: str) -> None:
    assert said(text).window == (date.fromisoformat(first), date.fromisoformat(last))


def test_figures_follow_the_order_of_the_country() -> None:
    assert said("04/10", country="US", language="en").day == date(2026, 4, 10)
    assert said("el 04/10", country="CO").day == date(2026, 10, 4)


def test_a_doubtful_day_carries_its_second_reading() -> None:
    monday = date(2026, 1, 12)
    coming = said("el viernes que viene", on=monday)
    assert (coming.day, coming.alternative, coming.ambiguous) == (date(2026, 1, 16), date(2026, 1, 23), True)
    settled = said("el viernes que viene, el 23", on=monday)
    assert (settled.day, settled.ambiguous) == (date(2026, 1, 23), False)


@pytest.mark.parametrize(
    "text", ["el lunes pasado", "ayer", "los viernes", "hace tres días", "el 5 por ciento", "a las dos"]
)
def test_what_is_past_habitual_or_no_day_yields_none(text: str) -> None:
    assert read_dates(text, said_on=THURSDAY, country="MX", language="es") == ()


def test_income_makes_a_day_conditional() -> None:
    assert said("cuando me paguen").precision is Precision.CONDITIONAL
    paid = said("cuando me caiga la nómina, que es el 30")
    assert (paid.day, paid.conditional) == (date(2026, 1, 30), True)


def test_a_mention_stands_where_it_says() -> None:
    text = "Bueno, le pago pasado mañana y ya"
    mention = said(text)
    assert text[mention.start : mention.end] == "pasado mañana"


@given(st.lists(st.sampled_from(PIECES), max_size=9).map(" ".join), st.sampled_from(("es", "en")))
def test_any_jumble_of_days_is_read_without_a_stumble(text: str, language: str) -> None:
    for mention in read_dates(text, said_on=THURSDAY, country="US", language=language):
        assert text[mention.start : mention.end]
        assert mention.window is None or mention.window[0] <= mention.window[1]


@pytest.mark.shared
def test_every_case_of_the_shared_table_is_read_as_told(shared: Path) -> None:
    cases = yaml.safe_load((shared / "knowledge" / "dates.yaml").read_text(encoding="utf-8"))
    wrong = [case["text"] for case in cases if not _as_told(case)]
    assert not wrong, wrong


def _as_told(case: dict[str, str | None]) -> bool:
    region = case["region"] or ""
    english = region == "EN" or region.endswith("-EN")
    country = {"GEN": None, "EN": None, "US-EN": "US", "GB-EN": "GB"}.get(region, region)
    day = said(
        case["text"] or "",
        on=date.fromisoformat(case["ref"] or ""),
        country=country,
        language="en" if english else "es",
    )
    told = {
        "value": case["value"],
        "precision": case["precision"],
        "window": case.get("window"),
        "alt": case.get("alt"),
    }
    got = {
        "value": day.day and day.day.isoformat(),
        "precision": day.precision.value,
        "window": day.window and "/".join(end.isoformat() for end in day.window),
        # a second reading may be given where the table names none ("antes del viernes": or on Friday itself)
        "alt": day.alternative and day.alternative.isoformat() if told["alt"] else None,
    }
    return got == told
