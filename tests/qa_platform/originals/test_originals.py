"""An original is kept where a portfolio says so, opened by whom a colleague lets, on record each time, and goes."""

from __future__ import annotations

import io
import json
import wave
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from pydantic import SecretStr
from sqlalchemy import select
from sqlalchemy.orm import Session

from models.audit import AuditEntry
from models.interactions import Interaction
from models.originals import OriginalKind, OriginalOpening, SealedOriginal
from models.people import Person, Portfolio, Role
from qa_platform import daily, pipeline
from qa_platform.access import people
from qa_platform.access.rights import NotAllowed, NotFound, Viewer
from qa_platform.database import open_database, reading, transaction, upgrade
from qa_platform.doors import ingest
from qa_platform.doors.examination import Part
from qa_platform.doors.metadata import Metadata
from qa_platform.originals import keeping, opening, policy
from qa_platform.originals.keys import NoOriginalsKey
from qa_platform.originals.sealing import KeyMissing, SealBroken
from qa_platform.originals.sound import sound_of
from qa_platform.pipeline import House
from qa_platform.settings import Settings

NOW = datetime.now(UTC)
RATE = 8000
VISA = "4111 1111 1111 1111"
WORDS = json.dumps(
    {
        "channel": "voice",
        "language": "es",
        "turns": [
            {"speaker": "agent", "start": 0, "end": 2, "text": "¿me dicta su tarjeta?"},
            {"speaker": "customer", "start": 2.5, "end": 5, "text": f"es la {VISA}"},
            {"speaker": "agent", "start": 6, "end": 7, "text": "gracias"},
        ],
    }
).encode()


def _wav(seconds: int = 8) -> bytes:
    at = np.arange(seconds * RATE) / RATE
    sound = np.stack([8000 * np.sin(2 * np.pi * tone * at) for tone in (200, 300)], axis=1).astype("<i2")
    file = io.BytesIO()
    with wave.open(file, "wb") as out:
        out.setparams((2, 2, RATE, 0, "NONE", ""))
        out.writeframes(sound.tobytes())
    return file.getvalue()


SOUND = _wav()


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    settings = Settings(
        data_dir=tmp_path / "data",
        whisper_model=str(tmp_path / "none"),
        secret_key=SecretStr("s" * 40),
        _env_file=None,  # type: ignore[call-arg]
    )
    engine = open_database(settings.database)
    upgrade(engine)
    with transaction(engine) as session:
        session.add_all([Portfolio(code="andino", name="Andino"), Portfolio(code="otra", name="Otra")])
    yield House(engine, settings)
    engine.dispose()


def person(house: House, role: Role, name: str = "") -> Viewer:
    email = f"{name or role}@qa.test"
    with transaction(house.engine) as session:
        found = session.scalar(select(Person).where(Person.email == email))
        number = found.id if found else people.add_person(
            session, email=email, name=email, role=role, password="vuelta de hoja 42", now=NOW, every_portfolio=True
        )  # fmt: skip
        return people.viewer(session, session.get_one(Person, number))


def keeps(house: House, days: int | None = 30, portfolio: int = 1) -> None:
    with transaction(house.engine) as session:
        policy.set_policy(session, person_in(session, house), portfolio, days, settings=house.settings, now=NOW)


def person_in(session: Session, house: House) -> Viewer:
    found = session.scalar(select(Person).where(Person.email == "admin@qa.test"))
    assert found is not None
    return people.viewer(session, found)


def arrive(house: House, *, portfolio: str = "andino", sound: bool = True) -> int:
    parts = [*([Part("call.wav", SOUND)] if sound else []), Part("call.json", WORDS)]
    with transaction(house.engine) as session:
        received = ingest.receive(session, parts, settings=house.settings, metadata=Metadata(portfolio=portfolio))
    assert received[0].interaction_id is not None
    pipeline.process(house, received[0].interaction_id)
    return received[0].interaction_id


def sealed(house: House) -> list[OriginalKind]:
    with reading(house.engine) as session:
        return list(session.scalars(select(SealedOriginal.kind).order_by(SealedOriginal.kind)))


def let(house: House, whom: Viewer) -> None:
    with transaction(house.engine) as session:
        policy.grant(session, person_in(session, house), whom.id, given=True, now=NOW)


def acts(house: House) -> list[str]:
    with reading(house.engine) as session:
        return list(session.scalars(select(AuditEntry.act).order_by(AuditEntry.id)))


def files(house: House) -> bytes:
    return b"\n".join(path.read_bytes() for path in sorted(house.settings.data_dir.rglob("*")) if path.is_file())


@pytest.fixture
def admin(house: House) -> Viewer:
    return person(house, Role.ADMIN)


def test_nothing_is_kept_unless_the_portfolio_says_so(house: House, admin: Viewer) -> None:
    keeps(house, portfolio=1)
    arrive(house, portfolio="otra")
    assert sealed(house) == []
    assert SOUND[30_000:30_400] not in files(house)


def test_recording_and_words_are_kept_sealed_as_they_came_in(house: House, admin: Viewer) -> None:
    keeps(house)
    interaction = arrive(house)
    assert sealed(house) == [OriginalKind.RECORDING, OriginalKind.TRANSCRIPT]
    held = files(house)
    piece = SOUND[RATE * 4 * 3 : RATE * 4 * 3 + 400]  # of the third second, which is silenced in what is kept
    assert not [planted for planted in (VISA.encode(), VISA.replace(" ", "").encode(), piece) if planted in held]
    compliance = person(house, Role.COMPLIANCE)
    let(house, compliance)
    assert read(house, compliance, interaction, OriginalKind.TRANSCRIPT) == WORDS
    assert read(house, compliance, interaction, OriginalKind.RECORDING) == SOUND


def test_working_on_it_again_keeps_the_first_original(house: House, admin: Viewer) -> None:
    keeps(house)
    interaction = arrive(house)
    pipeline.process(house, interaction)
    let(house, compliance := person(house, Role.COMPLIANCE))
    assert len(sealed(house)) == 2
    assert read(house, compliance, interaction, OriginalKind.RECORDING) == SOUND


def read(house: House, viewer: Viewer, interaction: int, kind: OriginalKind) -> bytes:
    with transaction(house.engine) as session:
        leave = opening.open_original(
            session, viewer, interaction, kind, reason="dispute", note=f"queja: {VISA}", now=NOW
        )
    with reading(house.engine) as session:
        original = opening.opened(session, viewer, interaction, leave, settings=house.settings, now=NOW)
        with original.content:
            return original.content.read()


def test_no_role_opens_an_original_by_itself(house: House, admin: Viewer) -> None:
    keeps(house)
    interaction = arrive(house)
    for role in (Role.ADMIN, Role.COMPLIANCE, Role.SUPERVISOR, Role.AUDITOR):
        viewer = person(house, role)
        with reading(house.engine) as session:
            assert opening.beside(session, viewer, interaction) == ()
        with pytest.raises(NotFound):
            read(house, viewer, interaction, OriginalKind.RECORDING)


def test_a_colleague_lets_people_of_compliance_and_administrators_only(house: House, admin: Viewer) -> None:
    for whom in (admin, person(house, Role.SUPERVISOR)):
        with pytest.raises(policy.NotGrantable):
            let(house, whom)
    with transaction(house.engine) as session, pytest.raises(NotAllowed):
        policy.grant(session, person(house, Role.SUPERVISOR), admin.id, given=True, now=NOW)
    compliance = person(house, Role.COMPLIANCE)
    let(house, compliance)
    let(house, compliance)
    with reading(house.engine) as session:
        assert opening.may_open(session, compliance)
        assert not opening.may_open(session, replace(compliance, role=Role.ANALYST))
    with transaction(house.engine) as session:
        policy.grant(session, compliance, compliance.id, given=False, now=NOW)
        assert not opening.may_open(session, compliance)
    assert [act for act in acts(house) if act.startswith("originals.")] == ["originals.granted", "originals.revoked"]


def test_each_opening_is_on_record_with_its_reason_and_ends(house: House, admin: Viewer) -> None:
    keeps(house)
    interaction = arrive(house)
    let(house, compliance := person(house, Role.COMPLIANCE))
    read(house, compliance, interaction, OriginalKind.RECORDING)
    with reading(house.engine) as session:
        leave = session.scalars(select(OriginalOpening)).one()
        entry = session.scalars(select(AuditEntry).where(AuditEntry.act == "original.opened")).one()
        assert leave.note == "queja: •••• •••• •••• ••••"
        assert entry.details == {"kind": "recording", "reason": "dispute", "opening": leave.id}
        assert (entry.person_id, entry.subject_id) == (compliance.id, interaction)
        (line,) = policy.last_opened(session, admin)
        assert (line.by, line.reason) == ("compliance@qa.test", "dispute")
        later = NOW + timedelta(minutes=opening.MINUTES, seconds=1)
        with pytest.raises(opening.LeaveOver):
            opening.opened(session, compliance, interaction, leave.id, settings=house.settings, now=later)
        let(house, other := person(house, Role.COMPLIANCE, "other"))
        with pytest.raises(NotFound):
            opening.opened(session, other, interaction, leave.id, settings=house.settings, now=NOW)
    with transaction(house.engine) as session, pytest.raises(opening.WhyNeeded):
        opening.open_original(session, compliance, interaction, OriginalKind.RECORDING, reason="", note="", now=NOW)


def test_out_of_reach_there_is_no_original(house: House, admin: Viewer) -> None:
    keeps(house)
    interaction = arrive(house)
    let(house, compliance := person(house, Role.COMPLIANCE))
    elsewhere = replace(compliance, every_portfolio=False, portfolios=frozenset({2}))
    with pytest.raises(NotFound):
        read(house, elsewhere, interaction, OriginalKind.RECORDING)


def test_an_original_goes_when_its_days_are_over_or_none_are_kept_any_more(house: House, admin: Viewer) -> None:
    keeps(house, 30)
    arrive(house)
    daily.tend_store(house.engine, house.settings, now=NOW + timedelta(days=29))
    assert len(sealed(house)) == 2
    daily.tend_store(house.engine, house.settings, now=NOW + timedelta(days=31))
    assert sealed(house) == []
    assert acts(house).count("original.deleted") == 2
    with reading(house.engine) as session:
        assert session.get_one(Interaction, 1).recording_id is not None
    objects = list(house.settings.data_dir.glob("objects/*/*/content"))
    assert len(objects) == 2


def test_keeping_none_any_more_deletes_at_once(house: House, admin: Viewer) -> None:
    keeps(house)
    arrive(house, sound=False)
    keeps(house, None)
    daily.tend_store(house.engine, house.settings, now=datetime.now(UTC))
    assert sealed(house) == []


@pytest.mark.parametrize("days", [0, policy.MOST_DAYS + 1])
def test_days_have_bounds(house: House, admin: Viewer, days: int) -> None:
    with pytest.raises(policy.BadDays):
        keeps(house, days)


def test_without_a_key_no_portfolio_keeps_anything_and_hiding_goes_on(house: House, admin: Viewer) -> None:
    keyless = House(house.engine, house.settings.model_copy(update={"secret_key": SecretStr("short")}))
    with pytest.raises(NoOriginalsKey):
        keeps(keyless)
    keeps(house)
    interaction = arrive(keyless)
    assert sealed(house) == []
    with reading(house.engine) as session:
        assert "Card data was said" in str(session.get_one(Interaction, interaction).warnings)


def test_a_new_key_seals_anew_and_the_old_one_may_go(house: House, admin: Viewer) -> None:
    keeps(house)
    interaction = arrive(house)
    let(house, compliance := person(house, Role.COMPLIANCE))
    both = house.settings.model_copy(update={"originals_key": SecretStr("n" * 40)})
    assert keeping.resealed(house.engine, both) == (2, ())
    assert keeping.resealed(house.engine, both) == (0, ())
    new_only = both.model_copy(update={"secret_key": SecretStr("")})
    assert read(House(house.engine, new_only), compliance, interaction, OriginalKind.RECORDING) == SOUND
    with pytest.raises(KeyMissing):
        read(house, compliance, interaction, OriginalKind.RECORDING)
    stranger = both.model_copy(update={"originals_key": SecretStr("z" * 40)})
    assert keeping.resealed(house.engine, stranger) == (0, (interaction, interaction))


def test_a_damaged_original_is_refused(house: House, admin: Viewer) -> None:
    keeps(house)
    interaction = arrive(house, sound=False)
    let(house, compliance := person(house, Role.COMPLIANCE))
    with reading(house.engine) as session:
        path = house.storage.path(session.scalars(select(SealedOriginal.folder)).one())
    data = bytearray(path.read_bytes())
    data[-1] ^= 1
    path.write_bytes(data)
    with pytest.raises(SealBroken):
        read(house, compliance, interaction, OriginalKind.TRANSCRIPT)


def test_the_sound_is_sent_as_a_wav_in_any_range(house: House, admin: Viewer) -> None:
    keeps(house)
    interaction = arrive(house)
    let(house, compliance := person(house, Role.COMPLIANCE))
    with transaction(house.engine) as session:
        leave = opening.open_original(
            session, compliance, interaction, OriginalKind.RECORDING, reason="masking", note="", now=NOW
        )
    with reading(house.engine) as session:
        original = opening.opened(session, compliance, interaction, leave, settings=house.settings, now=NOW)
    sound = sound_of(original.content, original.coding, original.seconds)
    whole = b"".join(sound.bytes_between(0, sound.size))
    assert len(whole) == sound.size == len(SOUND)
    assert whole == SOUND
    assert b"".join(sound.bytes_between(70_000, 70_100)) == SOUND[70_000:70_100]
    longer = replace(sound, frames=sound.frames + 100)
    assert b"".join(longer.bytes_between(0, longer.size))[-400:] == bytes(400)
    original.content.close()
