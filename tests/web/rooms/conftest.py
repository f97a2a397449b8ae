"""A house in which conversations have been reviewed, for the pages that come after a review."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select
from starlette.testclient import TestClient

from models.evaluations import Evaluation
from models.finding import Answer
from models.people import Person
from qa_platform.access import people
from qa_platform.access.rights import Viewer
from qa_platform.calibration import room, sheet
from qa_platform.database import reading, transaction
from qa_platform.evaluations import evaluation

if TYPE_CHECKING:
    from tests.web.conftest import Place

SAID = (
    ("agent", "Buenos días, le saluda Karla Jiménez de Crédito Andino."),
    ("customer", "Sí, dígame."),
    ("agent", "Su saldo es de dos mil pesos. ¿Puede pagar el viernes veintisiete?"),
    ("customer", "Sí, el viernes veintisiete pago los dos mil pesos."),
    ("agent", "Entonces quedan dos mil pesos el viernes veintisiete. Gracias y buen día."),
)
MET, NOT_MET = Answer.MET, Answer.NOT_MET


@dataclass
class Rooms:
    place: Place

    @property
    def now(self) -> datetime:
        return datetime.now(UTC)

    def as_(self, who: str) -> TestClient:
        return self.place.client(f"{who}@qa.test")

    def viewer(self, who: str) -> Viewer:
        with reading(self.place.engine) as session:
            return people.viewer(session, session.scalars(select(Person).where(Person.email == f"{who}@qa.test")).one())

    def call(self, name: str = "uno", agent: str = "karla") -> int:
        return self.place.arrive(*SAID, id=name, agent=agent)

    def reviewed(self, interaction: int, by: str = "analyst", **answers: Answer) -> int:
        """A submitted evaluation, all met but for `answers`; its number."""
        viewer = self.viewer(by)
        with transaction(self.place.engine) as session:
            view = evaluation.open_evaluation(session, viewer, interaction, now=self.now)
            for line in view.lines:
                view = evaluation.answer(
                    session,
                    viewer,
                    view.id,
                    line.code,
                    answers.get(line.code, MET),
                    expected_version=view.version,
                    now=self.now,
                    comment="No se oye en la llamada",
                )
            return evaluation.submit(session, viewer, view.id, expected_version=view.version, now=self.now).id

    def released(self, interaction: int, by: str = "analyst", **answers: Answer) -> int:
        found = self.reviewed(interaction, by, **answers)
        assert self.as_("supervisor").post("/evaluations/release", data={"evaluation": found}).status_code == 303
        return found

    def since(self, evaluation_id: int, days: int) -> None:
        """Makes the release of an evaluation so many days older."""
        with transaction(self.place.engine) as session:
            row = session.get_one(Evaluation, evaluation_id)
            row.released_at = self.now - timedelta(days=days)

    def points(self, evaluation_id: int) -> float | None:
        with reading(self.place.engine) as session:
            return session.get_one(Evaluation, evaluation_id).points

    def scored(self, session_id: int, who: str, **answers: Answer) -> None:
        """That person's blind sheet, filled in and submitted."""
        viewer = self.viewer(who)
        with transaction(self.place.engine) as session:
            own = sheet.sheet_view(session, viewer, room.join(session, viewer, session_id, now=self.now))
            changes = [
                sheet.Change(one.criterion.code, answers.get(one.criterion.code, MET))
                for one in own.questions
                if one.asked
            ]
            version = sheet.fill(session, viewer, own.id, changes, expected_version=own.version)
            room.submit(session, viewer, own.id, expected_version=version, now=self.now)

    def session(self, interaction: int, *people: str, expert: str = "") -> int:
        """A calibration opened on screen by the supervisor; its number."""
        sent = {
            "interaction": str(interaction),
            "people": [str(self.viewer(who).id) for who in people],
            "expert": str(self.viewer(expert).id) if expert else "",
        }
        opened = self.as_("supervisor").post("/calibration", data=sent)
        assert opened.status_code == 303, text_of(opened.text)
        return int(opened.headers["location"].rsplit("/", 1)[1])


def text_of(html: str) -> str:
    """The words of a page, without its markup."""
    body = html.split("<main", 1)[-1].split("</main>")[0]
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", body)).strip()


@pytest.fixture
def rooms(place: Place) -> Rooms:
    return Rooms(place)
