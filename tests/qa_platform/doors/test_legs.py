"""Two files of one call are told by their names or by the metadata, and become one call with a side in each channel."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from sqlalchemy import Engine, select

from models.interactions import Interaction, Source, StoredObject
from qa_platform.database import reading, transaction
from qa_platform.doors import sources
from qa_platform.doors.ingest import BatchReport, receive_batch
from qa_platform.doors.legs import leg_of
from qa_platform.doors.sources import SourceSettings
from qa_platform.ears import audio
from qa_platform.settings import Settings
from qa_platform.storage import open_storage
from tests.qa_platform.doors.conftest import tone

AGENT_HERTZ, CUSTOMER_HERTZ = 400.0, 1000.0


def put(
    inbox: Path, *names: str, seconds: tuple[float, float] = (2.0, 2.0), rates: tuple[int, int] = (8000, 8000)
) -> None:
    """The first is the agent's."""
    for name, hertz, length, rate in zip(names, (AGENT_HERTZ, CUSTOMER_HERTZ), seconds, rates, strict=True):
        (inbox / name).write_bytes(tone(length, hertz, rate=rate))


def calls(engine: Engine) -> list[Interaction]:
    with reading(engine) as session:
        return list(session.scalars(select(Interaction).order_by(Interaction.id)))


def pitches(engine: Engine, house: Settings, call: Interaction) -> list[float]:
    with reading(engine) as session:
        stored = session.get_one(StoredObject, call.recording_id)
    sound = np.concatenate(list(audio.blocks(open_storage(house).path(stored.folder), rate=8000)), axis=1)
    return [float(np.argmax(np.abs(np.fft.rfft(side[:8000])))) for side in sound]


def taken(engine: Engine, house: Settings, inbox: Path, source: SourceSettings | None = None) -> BatchReport:
    if source:
        with transaction(engine) as session:
            sources.save(session, source)
    return receive_batch(engine, [inbox], settings=house, source=source.name if source else None)


@pytest.mark.parametrize(
    ("agent", "customer", "source"),
    [
        ("Auto_Repairs_40_UTC_agent.wav", "Auto_Repairs_40_UTC_caller.wav", None),
        ("llamada-7-agente.wav", "llamada-7-cliente.wav", None),
        ("agent_900.wav", "customer_900.wav", None),
        ("1773.22-out.wav", "1773.22-in.wav", SourceSettings("monitor", agent_leg="out", customer_leg="in")),
        ("2026_TX_9.wav", "2026_RX_9.wav", SourceSettings("grabador", agent_leg="tx", customer_leg="rx")),
    ],
)
def test_the_agents_file_becomes_the_first_channel(
    engine: Engine, house: Settings, inbox: Path, agent: str, customer: str, source: SourceSettings | None
) -> None:
    put(inbox, agent, customer)
    report = taken(engine, house, inbox, source)
    assert [file.status.value for file in report.files] == ["accepted", "accepted"]
    (call,) = calls(engine)
    assert call.agent_channel == 0
    assert pitches(engine, house, call) == [AGENT_HERTZ, CUSTOMER_HERTZ]
    assert len(list(house.data_dir.rglob("content*"))) == 1
    assert [file.status.value for file in taken(engine, house, inbox).files] == ["duplicate", "duplicate"] or source


def test_in_and_out_are_two_sides_of_which_nobody_says_whose(engine: Engine, house: Settings, inbox: Path) -> None:
    put(inbox, "1773.22-in.wav", "1773.22-out.wav")
    taken(engine, house, inbox)
    (call,) = calls(engine)
    assert call.agent_channel is None
    assert pitches(engine, house, call) == [AGENT_HERTZ, CUSTOMER_HERTZ]


def test_the_metadata_may_say_which_files_belong_together(engine: Engine, house: Settings, inbox: Path) -> None:
    put(inbox, "0001.wav", "0002.wav")
    (inbox / "datos.csv").write_text("archivo,id_llamada,lado\n0001.wav,L-9,agente\n0002.wav,L-9,cliente\n")
    receive_batch(engine, [inbox], settings=house, metadata=inbox / "datos.csv")
    (call,) = calls(engine)
    assert (call.external_id, call.agent_channel) == ("L-9", 0)


def test_sides_of_different_rate_and_length_are_filled_with_silence_and_it_is_said(
    engine: Engine, house: Settings, inbox: Path
) -> None:
    put(inbox, "x_agent.wav", "x_customer.wav", seconds=(4.0, 1.5), rates=(16_000, 8000))
    taken(engine, house, inbox)
    (call,) = calls(engine)
    assert call.warnings == [
        {
            "id": "One side of the call lasts {shorter} s and the other {longer} s: the rest is silence.",
            "params": {"shorter": "1.5", "longer": "4.0"},
        }
    ]
    with reading(engine) as session:
        path = open_storage(house).path(session.get_one(StoredObject, call.recording_id).folder)
    sound = np.concatenate(list(audio.blocks(path, rate=16_000)), axis=1)
    assert sound.shape == (2, 64_000)
    assert np.abs(sound[1, 26_000:]).max() < 0.001


def test_a_side_without_its_partner_or_with_a_broken_one_is_a_call_of_its_own(
    engine: Engine, house: Settings, inbox: Path
) -> None:
    put(inbox, "a_agent.wav", "b_customer.wav")
    (inbox / "c_agent.wav").write_bytes(tone(1.0, 500))
    (inbox / "c_customer.wav").write_bytes(b"<html>")
    report = taken(engine, house, inbox)
    assert {Path(file.name).name: file.status.value for file in report.files} == {
        "a_agent.wav": "accepted",
        "b_customer.wav": "accepted",
        "c_agent.wav": "accepted",
        "c_customer.wav": "refused",
    }
    assert len(calls(engine)) == 3


@pytest.mark.parametrize(
    ("name", "source", "expected"),
    [
        ("x-in.wav", None, ("x-*", "first")),
        ("carpeta/x_Agent.WAV", None, ("x_*", "agent")),
        ("agente.wav", None, None),
        ("20260311_agent_77.wav", None, None),
        ("invoice-inbound.wav", None, None),
        ("7_tx_9.wav", Source(name="s", agent_leg="TX", customer_leg="RX"), ("7_*_9", "agent")),
        ("x-in.wav", Source(name="s", agent_leg="tx", customer_leg="rx"), ("x-*", "first")),
    ],
)
def test_a_side_is_a_whole_word_of_the_name(name: str, source: Source | None, expected: tuple[str, str] | None) -> None:
    leg = leg_of(name, source)
    assert (leg and (leg.call, leg.side)) == expected
