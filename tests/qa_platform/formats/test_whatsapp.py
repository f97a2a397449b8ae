"""Exports from phones: their clocks, their marks, their lines that nobody wrote."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from models.conversation import Channel, Conversation, Speaker
from qa_platform.formats.contract import Hints, Reading, read_transcript
from qa_platform.formats.whatsapp import DateImpossible, DateOrderUnknown


def read(text: str, hints: Hints | None = None) -> Reading:
    return read_transcript(text.encode(), hints or Hints(name="chat.txt", country="MX"))


def chat(text: str, hints: Hints | None = None) -> Conversation:
    conversation = read(text, hints).conversation
    assert conversation is not None
    return conversation


@pytest.mark.parametrize(
    ("stamp", "expected"),
    [
        ("[3/18/26, 14:56:00]", "2026-03-18 14:56:00"),  # iOS in Spanish with a month-first region
        ("18/03/2026, 13:31 -", "2026-03-18 13:31:00"),
        ("18/3/26, 2:32:11 p. m. -", "2026-03-18 14:32:11"),
        ("18/3/26, 2:32:11\u202fp.\u00a0m. -", "2026-03-18 14:32:11"),
        ("18/3/26 2:32\u00a0p.\u202fm. -", "2026-03-18 14:32:00"),
        ("18/3/26, 12:05 a. m. -", "2026-03-18 00:05:00"),
        ("18/3/26, 12:05 p. m. -", "2026-03-18 12:05:00"),
        ("3/18/26, 9:05 AM -", "2026-03-18 09:05:00"),
        ("2026/03/18, 11:25 -", "2026-03-18 11:25:00"),
        ("18.03.26, 11:25 -", "2026-03-18 11:25:00"),
        ("\u200e[18/03/26 11:25]", "2026-03-18 11:25:00"),
    ],
)
def test_every_phones_clock_is_read_in_the_zone_of_its_country(stamp: str, expected: str) -> None:
    at = chat(f"{stamp} Rosa: hola\n").turns[0].at
    assert at is not None
    assert (at.strftime("%Y-%m-%d %H:%M:%S"), at.utcoffset()) == (
        expected,
        datetime(2026, 3, 18, tzinfo=at.tzinfo).utcoffset(),
    )
    assert str(at.tzinfo) == "America/Mexico_City"


@pytest.mark.parametrize(
    ("stamps", "hints", "day"),
    [
        (["03/04/26, 10:00", "03/14/26, 10:00"], Hints(), "2026-03-04"),  # a later date tells
        (["03/04/26, 10:00"], Hints(date_order="dmy"), "2026-04-03"),
        (["03/04/26, 10:00"], Hints(date_order="mdy"), "2026-03-04"),
        (["03/14/26, 10:00"], Hints(date_order="dmy"), "2026-03-14"),  # what is written wins over the setting
        (["01/12/25, 10:00", "02/03/25, 10:00"], Hints(), "2025-01-12"),  # else the chat would run backwards
        (["03/04/26, 10:00"], Hints(started_at=datetime(2026, 4, 3, 16, tzinfo=UTC)), "2026-04-03"),
        (["04/04/26, 10:00"], Hints(), "2026-04-04"),
    ],
)
def test_the_date_order_is_inferred_where_something_tells_it(stamps: list[str], hints: Hints, day: str) -> None:
    at = chat("".join(f"{stamp} - Rosa: hola\n" for stamp in stamps), hints).turns[0].at
    assert at is not None
    assert at.date().isoformat() == day


def test_a_date_order_that_nothing_tells_is_asked_for() -> None:
    with pytest.raises(DateOrderUnknown, match=r"03/04/25.*date order dmy or mdy"):
        read("03/04/25, 10:00 - Rosa: hola\n")


def test_a_date_that_cannot_be_names_its_line() -> None:
    with pytest.raises(DateImpossible, match=r"chat\.txt, line 2: The date 31/02/26"):
        read("28/01/26, 10:00 - Rosa: hola\n31/02/26, 10:00 - Rosa: hola\n")


def test_a_message_keeps_its_lines_its_colons_and_a_pasted_header_of_the_other_phone() -> None:
    pasted = "[3/18/26, 09:00:00] Luis: pague\nya"
    text = f"18/03/26, 10:00 - Rosa: debo dos: agua y luz\n{pasted}\n18/03/26, 10:01 - Luis: ok\n"
    assert [turn.text for turn in chat(text).turns] == [
        f"debo dos: agua y luz\n{pasted}",
        "ok",
    ]


@pytest.mark.parametrize(
    ("line", "text"),
    [
        ("\u200eimagen omitida", "[imagen omitida]"),
        ("\u200eVideo omitido", "[Video omitido]"),
        ("<Media omitted>", "[Media omitted]"),
        ("<Multimedia omitido>", "[Multimedia omitido]"),
        ("\u200erecibo.pdf • \u200e2 páginas documento omitido", "[recibo.pdf • 2 páginas documento omitido]"),
        (
            "PTT-20260318-WA0001.opus (archivo adjunto)\nmi recibo",
            "[PTT-20260318-WA0001.opus (archivo adjunto)]\nmi recibo",
        ),
        ("Eliminaste este mensaje.", "[Eliminaste este mensaje.]"),
        ("no me llegó la imagen que mandó", "no me llegó la imagen que mandó"),
    ],
)
def test_what_stood_for_media_stays_visible_in_brackets(line: str, text: str) -> None:
    assert chat(f"18/03/26, 10:00 - Rosa: {line}\n").turns[0].text == text


def test_lines_by_the_app_are_left_out_and_counted_but_a_person_may_say_nearly_the_same() -> None:
    found = read(
        "18/03/26, 10:00 - Los mensajes y las llamadas están cifrados de extremo a extremo.\n"
        "18/03/26, 10:00 - Rosa: \u200eLos mensajes y las llamadas están cifrados de extremo a extremo.\n"
        "18/03/26, 10:01 - Se añadió a Rosa\n"
        "18/03/26, 10:02 - Rosa: mi hermano se unió al grupo de deudores\n"
    )
    assert found.conversation is not None
    assert [turn.text for turn in found.conversation.turns] == ["mi hermano se unió al grupo de deudores"]
    assert "3 lines by the app" in str(found.notices[0])


@pytest.mark.parametrize(
    ("names", "speakers"),
    [
        (("Cobranza Sur",), ["agent", "customer"]),
        (("COBRANZA  SUR",), ["agent", "customer"]),
        ((), ["unknown", "unknown"]),
        (("Nadie",), ["unknown", "unknown"]),
    ],
)
def test_the_agent_is_whom_the_source_names_and_nobody_else(names: tuple[str, ...], speakers: list[str]) -> None:
    found = read(
        "18/03/26, 10:00 - Cobranza Sur: hola\n18/03/26, 10:01 - ~\u202fRosa 🌷: hola\n",
        Hints(country="MX", agent_names=names, language="es"),
    )
    assert found.conversation is not None
    assert [turn.speaker for turn in found.conversation.turns] == speakers
    assert any("which of its 2 speakers is the agent" in str(notice) for notice in found.notices) == (
        "unknown" in speakers
    )
    assert "Rosa" not in " ".join(map(str, found.notices))


def test_in_a_group_of_three_only_the_named_agent_is_known() -> None:
    text = "".join(f"18/03/26, 10:0{n} - {who}: hola\n" for n, who in enumerate(["Luis", "Rosa", "Juan"]))
    speakers = [turn.speaker for turn in chat(text, Hints(agent_names=("Luis",))).turns]
    assert speakers == [Speaker.AGENT, Speaker.UNKNOWN, Speaker.UNKNOWN]


def test_an_agents_name_with_a_colon_in_it_is_still_the_agents() -> None:
    conversation = chat("18/03/26, 10:00 - Sur: Cobranza: hola\n", Hints(agent_names=("Sur: Cobranza",)))
    assert [(turn.speaker, turn.text) for turn in conversation.turns] == [(Speaker.AGENT, "hola")]
    assert conversation.channel is Channel.WHATSAPP
