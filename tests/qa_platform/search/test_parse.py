"""Queries as people type them: what they mean, and where the wrong ones are wrong."""

from __future__ import annotations

import pytest

from models.conversation import Speaker
from qa_platform.search import fold
from qa_platform.search.composing import Fields, composed
from qa_platform.search.marks import excerpt, spans
from qa_platform.search.parse import (
    FieldUnknown,
    NearUnclear,
    NothingAsked,
    NoWordHere,
    SecondsUnclear,
    SignUnexpected,
    TooLong,
    TwoSpeakers,
    parse,
)
from qa_platform.search.query import Near, Query, Step, Within, Words
from qa_platform.search.tokens import QueryError, QuoteOpen


def one(*wanted: Words | Near) -> Query:
    return Query((Step(tuple((each,) for each in wanted)),))


HOLA, YA_PAGUE = Words(("hola",)), Words(("ya", "pague"))


@pytest.mark.parametrize(
    ("text", "query"),
    [
        ("Hola", one(HOLA)),
        ('hola, "Ya pagué"', one(HOLA, YA_PAGUE)),
        ("“ya pagué”", one(YA_PAGUE)),
        ("«ya pagué» hol*", one(YA_PAGUE, Words(("hol",), prefix=True))),
        ("3.000", one(Words(("3", "000")))),
        ("CERCA( 5 , hola, 'ya')", one(Near(5, HOLA, Words(("ya",))))),
        ("hola -chao|adiós", Query((Step(((HOLA,),), (((Words(("chao",)), Words(("adios",)))),)),))),
        ("agente:hola", Query((Step(((HOLA,),), speaker=Speaker.AGENT),))),
        ("hola customer:", Query((Step(((HOLA,),), speaker=Speaker.CUSTOMER),))),
        ("Primeros:30s LAST:2min hola", Query((Step(((HOLA,),), first=30.0, last=120.0),))),
        ("hola > hola", Query((Step(((HOLA,),)),) * 2, (Within(10),))),
        ("hola >3 hola >45s hola", Query((Step(((HOLA,),)),) * 3, (Within(3), Within(None, 45.0)))),
        ("hola > 30 hola", Query((Step(((HOLA,),)), Step(((Words(("30",)),), (HOLA,)))), (Within(),))),
    ],
)
def test_a_query_means_what_it_looks_like(text: str, query: Query) -> None:
    assert parse(text) == query


@pytest.mark.parametrize(
    ("text", "error", "pointed_at"),
    [
        ("", NothingAsked, ""),
        ("-hola", NothingAsked, "-hola"),
        ("hola > ", NothingAsked, "> "),
        ("> hola", NothingAsked, ">"),
        ('hola "ya pag', QuoteOpen, '"ya pag'),
        ("hola quien:karla", FieldUnknown, "quien:"),
        ("hola | ", NoWordHere, "|"),
        ("hola ¿? chao", NoWordHere, "¿?"),
        ("hola )", SignUnexpected, ")"),
        ("primeros:pronto hola", SecondsUnclear, "primeros:pronto"),
        ("hola últimos:", SecondsUnclear, "últimos:"),
        ("cerca(99, a, b)", NearUnclear, "99"),
        ("hola cerca(5, a)", NearUnclear, "cerca(5, a)"),
        ("cerca(5, a, b", NearUnclear, "cerca(5, a, b"),
        ("agente:hola cliente:ya", TwoSpeakers, "cliente:"),
        ("a > a > a > a > a", TooLong, "a > a > a > a > a"),
    ],
)
def test_a_wrong_query_says_where_it_is_wrong(text: str, error: type[QueryError], pointed_at: str) -> None:
    with pytest.raises(QueryError) as raised:
        parse(text)
    assert type(raised.value) is error
    assert text[raised.value.start : raised.value.end] == pointed_at


@pytest.mark.parametrize("text", ["a" * 501, "a " * 41, "(" * 200])
def test_a_query_beyond_all_measure_is_refused(text: str) -> None:
    with pytest.raises(TooLong):
        parse(text)


@pytest.mark.parametrize("text", ["OR", "AND NOT x", "a:b:c", "'; --", "NEAR", "^x", "col : x", "{a}", "a\0b", "ẞ İ ﬁ"])
def test_whatever_is_typed_is_words_or_an_error_of_ours(text: str) -> None:
    try:
        parse(text)
    except QueryError:
        return


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("¿Cárcel? ¡NIÑO!", ("carcel", "nino")),
        ("Ca\u0301rcel", ("carcel",)),
        ("under_score e-mail 50%", ("under", "score", "e", "mail", "50")),
        ("Straße ﬁn İzmir", ("strasse", "fin", "izmir")),
        ("a" * 100, ("a" * 64,)),
        ("… — !", ()),
    ],
)
def test_words_lose_case_accents_and_signs(text: str, words: tuple[str, ...]) -> None:
    assert fold.words(text) == words
    assert tuple(place.word for place in fold.places(text)) == words


def test_marks_cover_the_words_as_they_were_said() -> None:
    text = "Dijo: Ca\u0301rcel, cárcel; la cárceles."
    step = parse("cárcel").steps[0]
    assert [text[start:end] for start, end in spans(text, step)] == ["Ca\u0301rcel", "cárcel"]
    near = parse("cerca(1, dijo, la)|la").steps[0]
    assert [text[start:end] for start, end in spans(text, near)] == ["la"]


def test_of_a_very_long_turn_the_part_with_the_words_is_shown() -> None:
    text = "relleno " * 200 + "la cárcel" + " final" * 200
    parts = excerpt(text, parse("cárcel").steps[0])
    assert [part.text for part in parts if part.marked] == ["cárcel"]
    assert sum(len(part.text) for part in parts) < 400
    assert parts[0].text == parts[-1].text[-1] == "…"


@pytest.mark.parametrize(
    ("fields", "language", "query"),
    [
        (Fields(), "es", ""),
        (Fields(all_words="pago hoy", phrase="no  tengo"), "es", 'pago hoy "no tengo"'),
        (Fields(near_one="pagar", near_other="el viernes", distance="3"), "en", 'near(3, pagar, "el viernes")'),
        (Fields(all_words="x", without="a b", said_by="agent"), "es", "agente: x -a -b"),
        (Fields(phrase="hola", within="first", seconds="20"), "en", "first:20s hola"),
        (Fields(phrase="hola", within="last", said_by="customer"), "es", "últimos:30s cliente: hola"),
        (Fields(phrase="a", then="cliente:b", then_within="3"), "es", "a >3 cliente:b"),
        (Fields(phrase='"a" b', then="b", then_within="x"), "es", '"a b" >10 b'),
    ],
)
def test_fields_become_a_query_that_can_be_read(fields: Fields, language: str, query: str) -> None:
    assert composed(fields, language) == query
    if query:
        parse(query)
