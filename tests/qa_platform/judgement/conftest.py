"""A desk with all a judgement needs: people, agents, conversations whose script was kept, and reviews of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count

import pytest
from sqlalchemy.orm import Session

from models.conversation import Channel, Direction, Speaker
from models.finding import Answer, Outcome, Severity
from models.interactions import Interaction, Stage, StoredFinding, StoredStep, StoredTurn
from models.people import Agent, Person, Role
from qa_platform.access.rights import Viewer
from qa_platform.evaluations import evaluation
from qa_platform.evaluations.view import EvaluationView
from scorecards.load import scorecard

STEPS = [code for one in scorecard().criteria for code in one.steps]


@dataclass
class Desk:
    now: datetime = datetime(2026, 11, 19, 15, 0, tzinfo=UTC)
    numbers: count[int] = field(default_factory=lambda: count(1))

    def agent(self, session: Session, name: str = "Karla") -> int:
        row = Agent(code=f"{name}{next(self.numbers)}", name=name)
        session.add(row)
        session.flush()
        return row.id

    def person(
        self, session: Session, name: str = "Lucía", role: Role = Role.ANALYST, *, agent_id: int | None = None
    ) -> Viewer:
        email = f"p{next(self.numbers)}@example.com"
        row = Person(email=email, name=name, password_hash="x", role=role, created_at=self.now, agent_id=agent_id)
        session.add(row)
        session.flush()
        return Viewer(
            id=row.id,
            name=name,
            email=email,
            role=role,
            language="es",
            theme="light",
            shortcuts=True,
            every_portfolio=True,
            portfolios=frozenset(),
            agent_id=agent_id,
        )

    def call(
        self,
        session: Session,
        *,
        agent_id: int | None = None,
        slips: tuple[tuple[str, Severity], ...] = (),
        steps: Mapping[str, Answer] | None = None,
        channel: Channel = Channel.VOICE,
        direction: Direction = Direction.OUTBOUND,
    ) -> int:
        """A call whose script was kept, except for `steps`, and in which `slips` were found."""
        row = Interaction(
            content_key=f"{next(self.numbers):064d}",
            external_id=f"X{next(self.numbers)}",
            agent_id=agent_id,
            channel=channel,
            direction=direction,
            language="es",
            started_at=self.now - timedelta(hours=3),
            received_at=self.now - timedelta(hours=2),
            processed_at=self.now - timedelta(hours=1),
            stage=Stage.READY,
            duration=151.0,
            turn_count=4,
            outcome="promise",
        )
        session.add(row)
        session.flush()
        session.add_all(
            StoredTurn(interaction_id=row.id, position=at, speaker=Speaker.AGENT, text=f"turno {at}", start=10.0 * at)
            for at in range(4)
        )
        for code, given in {**dict.fromkeys(STEPS, Answer.MET), **(steps or {})}.items():
            session.add(
                StoredStep(
                    interaction_id=row.id, code=code, answer=given, turns=[1] if given is Answer.MET else [], quote=None
                )
            )
        for code, severity in slips:
            session.add(
                StoredFinding(
                    interaction_id=row.id,
                    code=code,
                    severity=severity,
                    outcome=Outcome.DETECTED,
                    rule_id="r",
                    rule_version="1",
                    turn=2,
                    start=20.0,
                    end=24.0,
                    quote="turno 2",
                    confidence=0.9,
                )
            )
        session.flush()
        return row.id

    def reviewed(
        self, session: Session, reviewer: Viewer, interaction: int, *, answers: Mapping[str, Answer] | None = None
    ) -> EvaluationView:
        """A submitted evaluation: every proposal confirmed, except for `answers`."""
        view = evaluation.open_evaluation(session, reviewer, interaction, now=self.now)
        for line in view.lines:
            standing = Answer.NOT_APPLICABLE if line.proposed is Answer.UNDETERMINED else line.proposed
            given = (answers or {}).get(line.code, standing)
            comment = "" if given is line.proposed and given is Answer.MET else "Se oye claro"
            view = evaluation.answer(
                session,
                reviewer,
                view.id,
                line.code,
                given,
                expected_version=view.version,
                now=self.now,
                comment=comment,
            )
        return evaluation.submit(session, reviewer, view.id, expected_version=view.version, now=self.now)


@pytest.fixture
def desk() -> Desk:
    return Desk()
