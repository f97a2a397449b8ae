"""A scorecard with a code of its own: begun empty or as a copy, published, and used where a portfolio was given it."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from models.evaluations import Evaluation
from models.interactions import Interaction
from models.people import Portfolio, Role
from qa_platform.access.rights import NotAllowed, NotFound
from qa_platform.authoring import drafts, portfolios
from qa_platform.authoring.drafts import CodeTaken, CodeUnfit
from qa_platform.authoring.examine import examine
from qa_platform.database import transaction
from qa_platform.evaluations import evaluation, published_cards
from qa_platform.text import explain
from scorecards import load
from tests.qa_platform.judgement.conftest import Desk

LABEL = {"es": "Banco Norte", "en": "North Bank"}


def portfolio(session: Session, code: str) -> int:
    row = Portfolio(code=code, name=code.title())
    session.add(row)
    session.flush()
    return row.id


def copied(session: Session, desk: Desk, vera: Any) -> str:
    """A published copy of the usual card, without its last section."""
    begun = drafts.create(session, vera, "banco-norte", LABEL, copy_of="unified", now=desk.now)
    drafts.publish(session, vera, "banco-norte", expected=begun.version, now=desk.now)
    return "banco-norte"


def test_a_copy_is_published_as_version_1_and_judges_only_the_portfolio_it_was_given_to(engine: Engine) -> None:
    desk = Desk()
    with transaction(engine) as session:
        vera, lucia = desk.person(session, "Vera", Role.SUPERVISOR), desk.person(session)
        norte, sur = portfolio(session, "norte"), portfolio(session, "sur")
        code = copied(session, desk, vera)
        card = published_cards.latest(session, code)
        assert (card.version, card.label.es, len(card.criteria)) == (1, "Banco Norte", len(load.scorecard().criteria))
        portfolios.choose(session, vera, code, [norte], now=desk.now)
        assert [(one.id, one.code) for one in portfolios.judged(session, vera)] == [(norte, code), (sur, "unified")]
        for place in (norte, sur):
            call = desk.call(session)
            session.get_one(Interaction, call).portfolio_id = place
            evaluation.open_evaluation(session, lucia, call, now=desk.now)
        assert session.scalars(select(Evaluation.scorecard).order_by(Evaluation.id)).all() == [code, "unified"]
        portfolios.choose(session, vera, code, [], now=desk.now)
        assert {one.code for one in portfolios.judged(session, vera)} == {"unified"}


def test_an_empty_one_says_what_is_missing_before_it_can_be_published(engine: Engine) -> None:
    desk = Desk()
    with transaction(engine) as session:
        vera = desk.person(session, "Vera", Role.SUPERVISOR)
        begun = drafts.create(session, vera, "banco-norte", LABEL, now=desk.now)
        assert [one.code for one in drafts.new_ones(session)] == ["banco-norte"]
        seen = examine(begun.content, None)
        assert seen.problem is not None
        assert seen.card is not None
        assert seen.changes == ()


@pytest.mark.parametrize(
    ("code", "error", "says"),
    [
        ("Banco Norte", CodeUnfit, "«Banco Norte» no puede ser el código de una scorecard."),
        ("", CodeUnfit, "«» no puede ser el código de una scorecard."),
        ("unified", CodeTaken, "Ya existe una scorecard «unified»."),
        ("begun", CodeTaken, "Ya existe una scorecard «begun»."),
    ],
)
def test_a_code_that_cannot_be_is_refused(engine: Engine, code: str, error: type[Any], says: str) -> None:
    desk = Desk()
    with transaction(engine) as session:
        vera = desk.person(session, "Vera", Role.SUPERVISOR)
        drafts.create(session, vera, "begun", LABEL, now=desk.now)
        with pytest.raises(error) as caught:
            drafts.create(session, vera, code, LABEL, now=desk.now)
        assert explain(caught.value, "es")[0] == says


def test_who_may_not_and_what_is_out_of_reach(engine: Engine) -> None:
    desk = Desk()
    with transaction(engine) as session:
        vera, lucia = desk.person(session, "Vera", Role.SUPERVISOR), desk.person(session)
        with pytest.raises(NotAllowed):
            drafts.create(session, lucia, "banco-norte", LABEL, now=desk.now)
        code = copied(session, desk, vera)
        with pytest.raises(NotFound):
            portfolios.choose(session, vera, code, [999], now=desk.now)
        with pytest.raises(NotFound):
            portfolios.choose(session, vera, "nobody", [], now=desk.now)
