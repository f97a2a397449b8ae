"""Reviews of a card that asks more than yes or no, of a plan that asks to be listened to, and of withheld proposals."""

from __future__ import annotations

import copy
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import Engine, select

from models.evaluations import Evaluation, EvaluationAnswer, EvaluationState
from models.finding import Answer, Severity
from models.interactions import Interaction, StoredObject
from models.people import Role
from qa_platform.authoring import drafts
from qa_platform.database import transaction
from qa_platform.evaluations import evaluation, published_cards
from qa_platform.evaluations.change import ValueUnfit
from qa_platform.evaluations.evaluation import NotListened
from qa_platform.evaluations.view import EvaluationView, Missing, Need
from qa_platform.sample import plan as plans
from qa_platform.sample.sampling import build_queue
from qa_platform.text import explain

MET, NOT_MET, NA, OPEN = Answer.MET, Answer.NOT_MET, Answer.NOT_APPLICABLE, Answer.UNDETERMINED


def label(text: str) -> dict[str, str]:
    return {"es": text, "en": text}


EXTRA = [
    {
        "code": "tone",
        "label": label("Tono"),
        "guidance": label("Cómo suena"),
        "kind": "choice",
        "options": [
            {"code": "warm", "label": label("Cálido"), "points": 2},
            {"code": "flat", "label": label("Plano"), "points": 1},
            {"code": "rude", "label": label("Rudo"), "points": 0},
        ],
    },
    {
        "code": "why_rude",
        "label": label("Por qué"),
        "guidance": label("En sus palabras"),
        "kind": "text",
        "asked_if": {"criterion": "tone", "values": ["rude"]},
    },
]


def published(session: Any, desk: Any) -> None:
    """A second version whose opening asks for the tone; its weights balance themselves."""
    admin = desk.person(session, "Eva", Role.ADMIN)
    content = copy.deepcopy(dict(drafts.begin(session, admin, "unified", now=desk.now).content))
    content["sections"][0]["criteria"] = [
        *[{**one, "weight": one["weight"] - 2} for one in content["sections"][0]["criteria"]],
        *EXTRA,
    ]
    drafts.save(session, admin, "unified", content, expected=1, now=desk.now)
    card = drafts.publish(session, admin, "unified", expected=2, now=desk.now)
    assert next(one.weight for one in card.criteria if one.code == "tone") == 8


def give(
    session: Any, desk: Any, viewer: Any, view: EvaluationView, code: str, given: Any, **more: str
) -> EvaluationView:
    return evaluation.answer(session, viewer, view.id, code, given, expected_version=view.version, now=desk.now, **more)


def all_else(session: Any, desk: Any, viewer: Any, view: EvaluationView) -> EvaluationView:
    for line in view.lines:
        if line.answer is None and line.asked and line.code not in ("tone", "why_rude"):
            view = give(session, desk, viewer, view, line.code, NA if line.proposed is OPEN else line.proposed)
    return view


def test_a_choice_is_scored_by_its_option_and_raises_its_own_question(engine: Engine, desk: Any) -> None:
    with transaction(engine) as session:
        published(session, desk)
        lucia = desk.person(session)
        view = evaluation.open_evaluation(session, lucia, desk.call(session), now=desk.now)
        tone, why = view.line("tone"), view.line("why_rude")
        assert tone is not None
        assert why is not None
        assert (tone.why, tone.asked, why.asked) == ("Only a person can answer this.", True, True)
        with pytest.raises(ValueUnfit) as caught, session.begin_nested():
            give(session, desk, lucia, view, "tone", MET, value="loud")
        assert explain(caught.value, "es")[0] == "«loud» no responde esta pregunta."
        session.expire_all()
        view = give(session, desk, lucia, view, "tone", None, value="flat")
        tone, why = view.line("tone"), view.line("why_rude")
        assert tone is not None
        assert why is not None
        assert (tone.answer, tone.value, why.asked, why.needs) == (MET, "flat", False, None)
        view = all_else(session, desk, lucia, view)
        assert view.score.points == pytest.approx(100 * (94 - 4) / 94, abs=0.05)
        view = give(session, desk, lucia, view, "tone", None, value="rude")
        assert view.missing == (Missing(Need.ANSWER, "why_rude"),)
        view = give(session, desk, lucia, view, "why_rude", None, value="Se burla")
        done = evaluation.submit(session, lucia, view.id, expected_version=view.version, now=desk.now)
        assert done.state is EvaluationState.SUBMITTED
        assert session.get_one(Evaluation, view.id).passed is True


def test_a_question_that_did_not_arise_is_closed_as_such_and_is_no_agreement(engine: Engine, desk: Any) -> None:
    with transaction(engine) as session:
        published(session, desk)
        lucia = desk.person(session)
        view = evaluation.open_evaluation(session, lucia, desk.call(session), now=desk.now)
        view = all_else(session, desk, lucia, give(session, desk, lucia, view, "tone", None, value="warm"))
        evaluation.submit(session, lucia, view.id, expected_version=view.version, now=desk.now)
        row = session.scalars(select(EvaluationAnswer).where(EvaluationAnswer.criterion == "why_rude")).one()
        assert (row.answer, row.reason) == (NA, published_cards.NOT_ASKED)
        assert "why_rude" not in published_cards.record(session, "unified")


def test_a_plan_may_ask_to_be_listened_to_before_submitting(engine: Engine, desk: Any) -> None:
    with transaction(engine) as session:
        lucia = desk.person(session)
        key = desk.call(session, slips=(("slip.id_weak", Severity.MEDIUM),))
        sound = StoredObject(sha256="a" * 64, size=1, folder="f", created_at=desk.now)
        session.add(sound)
        session.flush()
        session.get_one(Interaction, key).recording_id = sound.id
        build_queue(session, now=desk.now, plan=replace(plans.plan(), listen_seconds=60))
        view = evaluation.open_evaluation(session, lucia, key, now=desk.now)
        assert (view.listen_seconds, view.first_moment) == (60.0, 20.0)
        view = all_else(session, desk, lucia, view)
        evaluation.listened(session, lucia, view.id, 59.4, now=desk.now)
        with pytest.raises(NotListened) as caught, session.begin_nested():
            evaluation.submit(session, lucia, view.id, expected_version=view.version, now=desk.now)
        assert explain(caught.value, "es")[0].startswith("Se escucharon 59 de los 60 segundos")
        session.expire_all()
        evaluation.listened(session, lucia, view.id, 1, now=desk.now)
        evaluation.submit(session, lucia, view.id, expected_version=view.version, now=desk.now)


def test_a_withheld_proposal_is_still_measured_and_comes_back_when_people_agree_again(
    engine: Engine, desk: Any
) -> None:
    with transaction(engine) as session:
        lucia = desk.person(session)
        for _ in range(20):
            desk.reviewed(session, lucia, desk.call(session), answers={"recap": NOT_MET})
        view = evaluation.open_evaluation(session, lucia, desk.call(session), now=desk.now)
        line = view.line("recap")
        assert line is not None
        assert (line.proposed, line.withheld) == (OPEN, True)
        for _ in range(80):
            desk.reviewed(session, lucia, desk.call(session), answers={"recap": MET})
        agreement = published_cards.record(session, "unified")["recap"]
        assert (agreement.kept, agreement.cases) == (80, 100)
        fresh = evaluation.open_evaluation(session, lucia, desk.call(session), now=desk.now).line("recap")
        assert fresh is not None
        assert (fresh.proposed, fresh.withheld) == (MET, False)
