"""Sums of money as they are said in each country."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from analyzers.money import AmountKind, AmountMention, read_amounts
from models.conversation import Account

PIECES = (
    "mil", "99999999999999999", "1.250,50", "1.2.3,4", "2.5k", "$", "S/", "medio", "palo", "y", "verde", "lucas",
    "por", "ciento", "%", "con", "cincuenta", "dos", "cuotas", "de", "uno", "todo", "la", "mitad", "no", "mejor",
    "o", "entre", "0", "00", "5,", ",", ".", "...", "el", "15", "ciento", "doscientos", "millón", "cada",
    "quincena",
)  # fmt: skip
DEBT = Account(balance=Decimal(3840), minimum_payment=Decimal(420))


def sums(text: str, country: str | None = "MX", account: Account = DEBT) -> tuple[AmountMention, ...]:
    language = "en" if country in ("US", "GB") else "es"
    return read_amounts(text, country=country, currency=None, language=language, account=account)


@pytest.mark.parametrize(
    ("text", "country", "amount"),
    [
        ("mil 380 pesos", "MX", "1380"),
        ("9 mil 800", "MX", "9800"),
        ("cuatro doscientos", "MX", "4200"),
        ("ciento ochenta y siete quinientos", "CO", "187500"),
        ("cien mil barras", "CO", "100000"),
        ("veinte barras", "CO", "20000"),
        ("cincuenta lucas", "PE", "50"),
        ("50 lucas", "CL", "50000"),
        ("palo y medio", "AR", "1500000"),
        ("veinte rojos", "CR", "20000"),
        ("mil ochocientos cuarenta y dos con setenta y cinco", "EC", "1842.75"),
        ("los 86 con 40", "ES", "86.40"),
        ("S/ 205.70", "PE", "205.70"),
        ("$ 1'250.000", "CO", "1250000"),
        ("le doy mil… no, mejor ochocientos", "MX", "800"),
        ("la mitad", "MX", "1920"),
        ("el mínimo", "MX", "420"),
        ("twenty-five hundred", "US", "2500"),
        ("eighty quid", "GB", "80"),
        ("eight hundred ninety two dollars", "US", "892"),
    ],
)
def test_a_sum_is_worth_what_the_country_means(text: str, country: str, amount: str) -> None:
    (mention,) = sums(text, country)
    assert mention.amount == Decimal(amount)


def test_a_hundred_of_a_debt_of_hundreds_of_thousands_is_a_hundred_thousand() -> None:
    (mention,) = sums("los cien", "CO", Account(balance=Decimal(1_275_400)))
    assert (mention.amount, mention.alternative) == (Decimal(100_000), Decimal(100))


def test_a_plan_tells_its_instalments() -> None:
    (plan,) = sums("tres pagos, uno de 800 y dos de 600")
    assert plan.kind is AmountKind.PLAN
    assert plan.instalments == (Decimal(800), Decimal(600), Decimal(600))
    (weekly,) = sums("doscientos por quincena")
    assert (weekly.amount, weekly.every) == (Decimal(200), "half-month")


def test_a_range_goes_from_its_lower_to_its_upper_end() -> None:
    (span,) = sums("entre 100 y 150 mil", "CO")
    assert (span.kind, span.amount, span.high) == (AmountKind.RANGE, Decimal(100_000), Decimal(150_000))


@pytest.mark.parametrize(
    "text",
    ["el quince le pago", "a las dos", "llámeme al 55 1250 5050", "mi crédito 1250500", "tengo 35 años",
     "el 2 por ciento mensual", "en 2018", "tres cuotas", "el 10/04/1991", "dos nueve ocho siete"],
)  # fmt: skip
def test_numbers_that_are_no_money_yield_none(text: str) -> None:
    assert sums(text) == ()


def test_what_is_owed_is_told_from_what_is_offered() -> None:
    (owed,) = sums("debo tres cuotas de 150")
    (offered,) = sums("le doy tres cuotas de 150")
    assert (owed.owed, offered.owed) == (True, False)


def test_a_mention_stands_where_it_says() -> None:
    text = "Está bien, le pago S/ 1,250.50 mañana"
    (mention,) = sums(text, "PE")
    assert text[mention.start : mention.end] == "S/ 1,250.50"


@given(st.lists(st.sampled_from(PIECES), max_size=9).map(" ".join))
def test_any_jumble_of_figures_and_words_is_read_without_a_stumble(text: str) -> None:
    for mention in sums(text, "CO"):
        assert text[mention.start : mention.end]


@pytest.mark.shared
def test_every_amount_of_the_shared_table_is_read_as_told(shared: Path) -> None:
    cases = yaml.safe_load((shared / "knowledge" / "promises.yaml").read_text(encoding="utf-8"))
    wrong = [case for case in cases["amounts"] if not _as_told(*case[:3])]
    assert not wrong, wrong


@pytest.mark.shared
def test_no_trap_of_the_shared_table_is_read_as_an_offer(shared: Path) -> None:
    cases = yaml.safe_load((shared / "knowledge" / "promises.yaml").read_text(encoding="utf-8"))
    assert [text for text, _ in cases["amount_traps"] if any(not mention.owed for mention in sums(text))] == []


def _as_told(text: str, region: str, value: object) -> bool:
    country, _, currency = region.partition("/")
    found = sums(text, None if country == "any" else country)
    if len(found) != 1 or (currency and found[0].currency != currency):
        return False
    mention, told = found[0], str(value)
    if told.startswith("plan ["):
        return [str(part) for part in mention.instalments] == told[6 : told.index("]")].split(",")
    if told.startswith("plan"):
        return mention.kind is AmountKind.PLAN and mention.amount == Decimal(told.split("= ")[1])
    if told.startswith("recurring"):
        return mention.kind is AmountKind.PLAN and mention.amount == Decimal(told.split()[1])
    if told.startswith("approx"):
        return mention.kind is AmountKind.APPROXIMATE and str(mention.amount) in told
    if told.startswith("range"):
        return told == f"range {mention.amount}-{mention.high}"
    return mention.amount == Decimal(told.split("= ")[-1])
