"""Tables of turns as Excel leaves them on a desk in Bogotá."""

from __future__ import annotations

import pytest

from models.conversation import Channel, Conversation
from qa_platform.formats.contract import Hints, read_transcript
from qa_platform.formats.reading.fields import EndsBeforeStart, NotATime, SeveralConversations
from qa_platform.formats.reading.turn_table import DayOrMonthFirst


def table(text: str, hints: Hints | None = None) -> Conversation:
    conversation = read_transcript(text.encode(), hints or Hints(name="t.csv", country="CO")).conversation
    assert conversation is not None
    return conversation


@pytest.mark.parametrize(
    ("header", "row", "start", "end"),
    [
        ("inicio;fin;hablante;texto", "62,5;70,25;Agente;hola", 62.5, 70.25),
        ("start,end,speaker,text", "62.5,70.25,agent,hola", 62.5, 70.25),
        ("start_ms\tend_ms\trole\tcontent", "62500\t70250\tAGENT\thola", 62.5, 70.25),
        ("Inicio;Fin;Rol;Mensaje", "00:01:02,5;00:01:10,25;Gestor;hola", 62.5, 70.25),
        ("inicio;duracion;quien;frase", "62,5;7,75;asesora;hola", 62.5, 70.25),
        ("hora;hablante;texto", "00:01:02;agente;hola", 62.0, None),
        ("sep=;\ninicio;fin;hablante;texto", "'62,5;70,25;Agente;hola", 62.5, 70.25),
    ],
)
def test_times_are_read_in_the_unit_that_the_column_says(
    header: str, row: str, start: float, end: float | None
) -> None:
    conversation = table(f"{header}\n{row}\n")
    turn = conversation.turns[0]
    assert (turn.start, turn.end, turn.speaker.value, turn.text) == (start, end, "agent", "hola")
    assert conversation.channel is Channel.VOICE
    assert conversation.has_end_times is (end is not None)


@pytest.mark.parametrize(
    ("stated", "order", "expected"),
    [
        ("22/11/2026 14:00", None, "2026-11-22T14:00:00-05:00"),
        ("11/22/2026 14:00", None, "2026-11-22T14:00:00-05:00"),
        ("11/22/2026 2:00 PM", None, "2026-11-22T14:00:00-05:00"),
        ("03/04/2026 14:00", "dmy", "2026-04-03T14:00:00-05:00"),
        ("2026-11-22T14:00:00-03:00", None, "2026-11-22T14:00:00-03:00"),
        ("2026-11-22 14:00:00", None, "2026-11-22T14:00:00-05:00"),
        ("1795374000", None, "2026-11-22T19:00:00+00:00"),
    ],
)
def test_dates_become_instants(stated: str, order: str | None, expected: str) -> None:
    conversation = table(f"fecha_hora,de,mensaje\n{stated},cliente,hola\n", Hints(country="CO", date_order=order))
    at = conversation.turns[0].at
    assert at is not None
    assert at.isoformat() == expected
    assert conversation.channel is Channel.WEBCHAT


def test_a_date_order_that_nothing_tells_is_asked_for() -> None:
    with pytest.raises(DayOrMonthFirst, match="03/04/2026"):
        table("fecha,de,mensaje\n03/04/2026,cliente,hola\n")


def test_several_conversations_in_one_table_are_refused() -> None:
    with pytest.raises(SeveralConversations, match="holds 2 conversations"):
        table("call_id,speaker,text\n1,agent,hola\n2,agent,hola\n")


def test_a_refusal_names_the_row() -> None:
    with pytest.raises(NotATime, match=r"t\.csv, row 3, start: “mañana”"):
        table("start,end,speaker,text\n0,1,agent,hola\nmañana,2,agent,hola\n")
    with pytest.raises(EndsBeforeStart, match=r"t\.csv, row 2: The turn ends \(1\.0 s\) before it starts \(5\.0 s\)"):
        table("start,end,speaker,text\n5,1,agent,hola\n")
