"""A source says how to read names, clocks and channels; what it may say is checked before it is kept."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine

from qa_platform.database import transaction
from qa_platform.doors import sources
from qa_platform.doors.file_names import SlowPattern
from qa_platform.doors.metadata import Metadata
from qa_platform.doors.sources import BadSourceSetting, NotASource, SourceSettings, UnknownSource, UnknownSourceSetting
from qa_platform.settings import Settings

YAML = """
name: marcador norte
file_name_pattern: '^(?P<date>\\d{8})-(?P<time>\\d{6})_(?P<phone>\\d+)_(?P<campaign>[^_]+)_(?P<agent>[^_]+)-all'
agent_channel: 1
time_zone: America/Bogota
country: CO
language: es
portfolio: banco-sur
date_order: dmy
agent_names: [Cobranza Sur, SPEAKER_00]
"""


def test_a_source_described_in_yaml_reads_a_dialers_names_and_never_keeps_the_phone(
    engine: Engine, tmp_path: Path
) -> None:
    file = tmp_path / "norte.yaml"
    file.write_text(YAML)
    with transaction(engine) as session:
        source = sources.named(session, str(file))
        again = sources.named(session, "marcador norte")
        assert source.id == again.id
        zone = sources.zone_of(source, Settings())
        told, notices = sources.told_by_name(source, "lote/20260311-100500_3001112233_VISA_A12-all.wav", zone=zone)
        assert notices == ()
        assert told == Metadata(agent="A12", portfolio="VISA", started_at=told.started_at)
        assert told.started_at is not None
        assert told.started_at.isoformat() == "2026-03-11T10:05:00-05:00"
        hints = sources.hints(source, told, Settings(), name="x.txt")
        assert (hints.agent_names, hints.agent_channel, hints.date_order) == (
            ("Cobranza Sur", "SPEAKER_00", "A12"),
            1,
            "dmy",
        )
        assert (hints.time_zone, hints.country, hints.language) == ("America/Bogota", "CO", "es")


def test_a_name_that_does_not_fit_is_said(engine: Engine) -> None:
    with transaction(engine) as session:
        source = sources.save(session, SourceSettings("s", file_name_pattern=r"^(?P<agent>\d+)_"))
        told, notices = sources.told_by_name(source, "otra.wav", zone=sources.zone_of(source, Settings()))
        assert told == Metadata()
        assert "does not fit the pattern" in str(notices[0])


def test_saving_again_changes_the_same_source(engine: Engine) -> None:
    with transaction(engine) as session:
        first = sources.save(session, SourceSettings("s", agent_channel=0, portfolio="p"))
        second = sources.save(session, SourceSettings("s", agent_channel=1, country="PE"))
        assert (first.id, second.agent_channel, second.country, second.portfolio_id) == (second.id, 1, "PE", None)


@pytest.mark.parametrize(
    "setting",
    [
        {"agent_channel": 2},
        {"time_zone": "Bogota"},
        {"time_zone": "../../etc/passwd"},
        {"country": "Colombia"},
        {"country": "co"},
        {"language": "pt"},
        {"date_order": "dym"},
        {"name": " "},
        {"name": "x" * 121},
    ],
)
def test_a_setting_that_cannot_be_is_refused(engine: Engine, setting: dict[str, Any]) -> None:
    with transaction(engine) as session, pytest.raises(BadSourceSetting):
        sources.save(session, SourceSettings(**{"name": "s", **setting}))


def test_a_pattern_that_could_run_for_ever_is_not_kept(engine: Engine) -> None:
    with transaction(engine) as session, pytest.raises(SlowPattern):
        sources.save(session, SourceSettings("s", file_name_pattern="(a+)+$"))


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("name: s\nagent_chanel: 1\n", UnknownSourceSetting),
        ("- 1\n", NotASource),
        ("country: CO\n", NotASource),
        ("name: [", NotASource),
        ("a: &a [x]\nname: s\nb: *a\n", NotASource),
        ("name: !!python/object/apply:os.getcwd []\n", NotASource),
    ],
)
def test_yaml_that_describes_no_source_is_refused(tmp_path: Path, text: str, error: type[Exception]) -> None:
    file = tmp_path / "s.yaml"
    file.write_text(text)
    with pytest.raises(error):
        sources.read_yaml(file)


def test_an_unknown_source_is_said(engine: Engine) -> None:
    with transaction(engine) as session, pytest.raises(UnknownSource, match="“sur”"):
        sources.named(session, "sur")


@pytest.mark.parametrize(
    ("settings", "country", "zone"),
    [
        (SourceSettings("s", time_zone="America/Lima", country="CO"), None, "America/Lima"),
        (SourceSettings("s", country="CO"), None, "America/Bogota"),
        (SourceSettings("s"), "AR", "America/Argentina/Buenos_Aires"),
        (SourceSettings("s"), None, "America/Mexico_City"),
    ],
)
def test_a_clock_without_zone_is_read_by_source_then_country_then_house(
    engine: Engine, settings: SourceSettings, country: str | None, zone: str
) -> None:
    with transaction(engine) as session:
        assert sources.zone_name(sources.save(session, settings), Settings(), country=country) == zone
