"""Each voice has one language, fixed once, by whoever knows it best; and each portfolio the names that are misheard."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from models.audit import AuditEntry
from models.interactions import Interaction
from models.people import Person, Portfolio, Role
from qa_platform import pipeline
from qa_platform.access import people
from qa_platform.access.rights import NotAllowed, NotFound, Viewer
from qa_platform.database import reading, transaction
from qa_platform.ears.transcribe import Manner, Transcriber, Transcript, load
from qa_platform.ears.voices import listen
from qa_platform.pipeline import House
from qa_platform.transcription import expected_names
from tests.qa_platform.transcription.conftest import Call, arrive, house_with

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[Manner]:
    """How recordings were asked to be written down; nothing is, which takes no time."""
    seen: list[Manner] = []

    def transcribe(self: Transcriber, *_: Any, manner: Manner, **__: Any) -> Transcript:
        seen.append(manner)
        return Transcript((), self.model, self.fixture)

    monkeypatch.setattr(Transcriber, "transcribe", transcribe)
    return seen


@pytest.fixture
def listening(tmp_path: Path, listening_model: Path) -> Iterator[House]:
    yield from house_with(listening_model, tmp_path)


def languages(house: House, interaction: int) -> tuple[str, list[tuple[str, str]]]:
    with reading(house.engine) as session:
        row = session.get_one(Interaction, interaction)
    return row.language, [(one["language"], one["by"]) for one in row.heard_languages or ()]


def test_where_nothing_tells_the_language_each_channel_is_listened_to(
    listening: House, call: Call, asked: list[Manner]
) -> None:
    english = replace(listening, settings=listening.settings.model_copy(update={"language": "en"}))
    interaction = arrive(english, call.path)
    pipeline.process(english, interaction)
    assert languages(english, interaction) == ("es", [("es", "heard"), ("es", "heard")])
    assert asked[0].languages == ("es", "es")


@pytest.mark.parametrize(
    ("setting", "told", "expected"),
    [("", "en", ("en", "metadata")), ("pt", "en", ("pt", "setting")), ("", None, ("es", "house"))],
)
def test_who_knows_the_language_fixes_it(
    house: House, call: Call, asked: list[Manner], setting: str, told: str | None, expected: tuple[str, str]
) -> None:
    own = replace(house, settings=house.settings.model_copy(update={"whisper_language": setting}))
    interaction = arrive(own, call.path, language=told)
    pipeline.process(own, interaction)
    assert languages(own, interaction)[1] == [expected, expected]
    assert asked[0].languages == (expected[0],) * 2


def test_a_language_that_nothing_is_found_in_is_said(house: House, call: Call, asked: list[Manner]) -> None:
    own = replace(house, settings=house.settings.model_copy(update={"whisper_language": "pt"}))
    interaction = arrive(own, call.path)
    pipeline.process(own, interaction)
    with reading(own.engine) as session:
        warnings = session.get_one(Interaction, interaction).warnings
    assert [one["params"] for one in warnings if "another language" in one["id"]] == [{"language": "pt"}]


def test_a_portfolio_tells_the_names_and_the_language_of_its_calls(
    house: House, call: Call, asked: list[Manner]
) -> None:
    interaction = arrive(house, call.path, portfolio="andino")
    with transaction(house.engine) as session:
        portfolio = session.scalars(select(Portfolio)).one()
        portfolio.creditor = "Crédito Andino"
        expected_names.save(
            session,
            _person(session, Role.SUPERVISOR),
            portfolio.id,
            hotwords=["Tarjeta Cumbre", " tarjeta  4111 1111 1111 1111 ", "", "Crédito Andino", "Tarjeta Cumbre"],
            language="PT",
            now=NOW,
        )
    pipeline.process(house, interaction)
    assert asked[0].hotwords == "Crédito Andino, Tarjeta Cumbre, tarjeta •••• •••• •••• ••••"
    assert languages(house, interaction)[1] == [("pt", "setting")] * 2
    with reading(house.engine) as session:
        acts = session.scalars(select(AuditEntry.act)).all()
    assert acts[-1] == "portfolio.speech_set"


@pytest.mark.parametrize(
    ("role", "hotwords", "language", "refused"),
    [
        (Role.ANALYST, ["x"], "", NotAllowed),
        (Role.SUPERVISOR, ["x"], "español", expected_names.NotALanguage),
        (Role.SUPERVISOR, [str(n) for n in range(61)], "", expected_names.TooManyNames),
    ],
)
def test_what_cannot_be_expected_is_refused(
    house: House, role: Role, hotwords: list[str], language: str, refused: type[Exception]
) -> None:
    with transaction(house.engine) as session:
        session.add(Portfolio(code="andino", name="Andino"))
        session.flush()
        with pytest.raises(refused):
            expected_names.save(session, _person(session, role), 1, hotwords=hotwords, language=language, now=NOW)


def test_a_portfolio_out_of_reach_is_not_there(house: House) -> None:
    with transaction(house.engine) as session:
        session.add(Portfolio(code="andino", name="Andino"))
        session.flush()
        stranger = replace(_person(session, Role.SUPERVISOR), every_portfolio=False)
        with pytest.raises(NotFound):
            expected_names.save(session, stranger, 1, hotwords=[], language="", now=NOW)


def _person(session: Any, role: Role) -> Viewer:
    number = people.add_person(
        session, email=f"{role}@qa.test", name=str(role), role=role, password="vuelta de hoja 42", now=NOW,
        every_portfolio=True,
    )  # fmt: skip
    return people.viewer(session, session.get_one(Person, number))


def test_the_demonstrations_model_is_told_no_names_since_it_was_taught_without(
    model: Path, call: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    for folder, told in ((model, None), (_without_label(model), "Crédito Andino")):
        transcriber = load(str(folder), "cpu", "int8")
        seen: list[Any] = []

        def listened(*_: Any, seen: list[Any] = seen, **more: Any) -> tuple[list[Any], None]:
            seen.append(more)
            return [], None

        monkeypatch.setattr(transcriber.pipeline, "transcribe", listened)
        transcriber.transcribe(
            call.path, listen(call.path, agent_channel=0).speech, manner=Manner(("es",), hotwords="Crédito Andino")
        )
        assert {one["hotwords"] for one in seen} == {told}


def _without_label(model: Path) -> Path:
    """The same model as if it were one of those that people use."""
    folder = model.with_name("unlabelled")
    shutil.copytree(model, folder)
    (folder / "fixture.json").unlink()
    return folder
