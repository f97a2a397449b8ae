"""What people get wrong around judgement, each told in both languages: what is wrong, and what to do about it."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import Engine

from models.errors import QAError
from models.people import Role
from qa_platform.authoring import drafts
from qa_platform.database import transaction
from qa_platform.evaluations import evaluation
from qa_platform.text import explain
from scorecards import load

UNKNOWN_CODE = (
    "Nada encuentra «slip.yawn». Usa el código de un hallazgo o de un paso que algún analizador declare.",
    "Nothing finds 'slip.yawn'. Use the code of a finding or a step that an analyzer declares.",
)
OVERLAP = (
    (
        "Los pesos escritos ya ocupan 100 de 100: no queda nada para las preguntas sin peso. "
        "Baja un peso, o escribe uno para cada pregunta."
    ),
    (
        "The weights given already take 100 of 100: nothing is left for the questions without one. "
        "Lower a weight, or give every question its own."
    ),
)
FIRST = (
    "Lucía ya envió una evaluación de esta interacción. La tuya queda como borrador. Toma la siguiente.",
    "Lucía has already submitted an evaluation of this interaction. Yours stays as a draft. Take the next one.",
)


def told(error: QAError) -> tuple[str, str]:
    spanish, english = (" ".join(explain(error, language)) for language in ("es", "en"))
    return spanish, english


def with_unknown_finding(content: dict[str, Any]) -> None:
    content["auto_fail"] = ["slip.yawn"]


def with_overlapping_weights(content: dict[str, Any]) -> None:
    questions = [one for section in content["sections"] for one in section["criteria"]]
    questions[0]["weight"] = 100
    for one in questions[1:]:
        one["weight"] = 0
    del questions[-1]["weight"]


@pytest.mark.parametrize(
    ("spoil", "says"),
    [
        pytest.param(with_unknown_finding, UNKNOWN_CODE, id="a finding that nothing finds"),
        pytest.param(with_overlapping_weights, OVERLAP, id="weights that overlap"),
    ],
)
def test_a_card_that_cannot_be_used_is_not_published_and_says_why_in_both_languages(
    spoil: Any, says: tuple[str, str], engine: Engine, desk: Any
) -> None:
    with transaction(engine) as session:
        vera = desk.person(session, "Vera", Role.SUPERVISOR)
        begun = drafts.begin(session, vera, "unified", now=desk.now)
        content = load.content(load.scorecard())
        spoil(content)
        kept = drafts.save(session, vera, "unified", content, expected=begun.version, now=desk.now)
        with pytest.raises(QAError) as caught:
            drafts.publish(session, vera, "unified", expected=kept.version, now=desk.now)
        assert told(caught.value) == says


def test_the_second_who_submits_one_item_is_told_who_was_first_in_both_languages(engine: Engine, desk: Any) -> None:
    with transaction(engine) as session:
        lucia, mateo = desk.person(session, "Lucía"), desk.person(session, "Mateo")
        call = desk.call(session)
        begun = evaluation.open_evaluation(session, mateo, call, now=desk.now)
        desk.reviewed(session, lucia, call)
        with pytest.raises(evaluation.AlreadyReviewed) as caught:
            evaluation.submit(session, mateo, begun.id, expected_version=begun.version, now=desk.now)
        assert told(caught.value) == FIRST
