"""The scorecard builder: drafts that may be wrong, versions that are locked, differences people can read."""

from __future__ import annotations

import copy
from typing import Any

import pytest
import yaml
from sqlalchemy import Engine, select

from models.evaluations import PublishedScorecard
from models.finding import Answer
from models.people import Role
from qa_platform import evaluation, published_cards
from qa_platform.cards import builder
from qa_platform.cards.builder import DraftStale, NothingNew, words
from qa_platform.cards.comparison import compare
from qa_platform.database import transaction
from qa_platform.published_cards import VersionEdited, check_unedited
from qa_platform.rights import NotAllowed
from qa_platform.text import explain
from scorecards import load, strict
from scorecards.load import scorecard
from scorecards.weights import WeightsOff

MET, NOT_MET = Answer.MET, Answer.NOT_MET


def with_weights(content: Any, **weights: float) -> dict[str, Any]:
    changed = copy.deepcopy(dict(content))
    for section in changed["sections"]:
        for one in section["criteria"]:
            one["weight"] = weights.get(one["code"], one["weight"])
    return changed


def test_a_draft_is_published_as_the_next_version_with_a_difference_people_can_read(engine: Engine, desk: Any) -> None:
    with transaction(engine) as session:
        admin = desk.person(session, role=Role.ADMIN)
        draft = builder.open_draft(session, admin, "unified", now=desk.now)
        assert (draft.base_version, draft.version, draft.changes) == (1, 1, ())
        with pytest.raises(NothingNew), session.begin_nested():
            builder.publish(session, admin, "unified", expected_version=1, now=desk.now)
        session.expire_all()
        content = with_weights(draft.content, recap=8, date=4)
        content["pass_mark"] = 75
        content["auto_fail"] = [*content["auto_fail"][1:]]
        saved = builder.save_draft(session, admin, "unified", content, expected_version=1, now=desk.now)
        assert [words(change, "es") for change in saved.changes] == [
            "El mínimo para aprobar es 75 en vez de 80.",
            "Amenaza de daño físico ya no reprueba la scorecard.",
            "Fecha exacta pesa 4 en vez de 8.",
            "Repite monto y fecha acordados pesa 8 en vez de 4.",
        ]
        card = builder.publish(session, admin, "unified", expected_version=2, now=desk.now)
        assert card.version == 2
        view = evaluation.open_evaluation(session, desk.person(session), desk.call(session), now=desk.now)
        assert (view.card.version, view.card.pass_mark) == (2, 75)
        assert published_cards.published(session, "unified", 1) == scorecard("unified", 1)
        told = builder.version_changes(session, admin, "unified", 1, 2)
        assert told == saved.changes
        assert [(one.version, one.published_by) for one in builder.versions(session, admin)] == [
            (2, admin.name), (1, None),
        ]  # fmt: skip


def test_a_draft_that_is_wrong_is_kept_and_says_what_publishing_would_refuse(engine: Engine, desk: Any) -> None:
    with transaction(engine) as session:
        admin = desk.person(session, role=Role.ADMIN)
        draft = builder.open_draft(session, admin, "unified", now=desk.now)
        saved = builder.save_draft(
            session, admin, "unified", with_weights(draft.content, recap=40), expected_version=1, now=desk.now
        )
        assert isinstance(saved.problem, WeightsOff)
        assert saved.card is None
        with pytest.raises(WeightsOff), session.begin_nested():
            builder.publish(session, admin, "unified", expected_version=2, now=desk.now)
        session.expire_all()
        balanced = builder.rebalance(session, admin, "unified", keep=("recap",), expected_version=2, now=desk.now)
        assert balanced.card is not None
        weights = {one.code: one.weight for one in balanced.card.criteria}
        assert (weights["recap"], round(sum(weights.values()), 6)) == (40, 100)


def test_unknown_finding_codes_are_refused_where_they_stand(engine: Engine, desk: Any) -> None:
    with transaction(engine) as session:
        admin = desk.person(session, role=Role.ADMIN)
        draft = builder.open_draft(session, admin, "unified", now=desk.now)
        content = {**draft.content, "auto_fail": ["slip.yawn"]}
        problem = builder.save_draft(session, admin, "unified", content, expected_version=1, now=desk.now).problem
        assert problem is not None
        assert (explain(problem, "es")[0], explain(problem, "en")[0]) == (
            "Nada encuentra «slip.yawn».", "Nothing finds 'slip.yawn'.",
        )  # fmt: skip


def test_two_windows_and_other_roles_do_not_overwrite_a_draft(engine: Engine, desk: Any) -> None:
    with transaction(engine) as session:
        admin, lucia = desk.person(session, role=Role.ADMIN), desk.person(session)
        draft = builder.open_draft(session, admin, "unified", now=desk.now)
        builder.save_draft(session, admin, "unified", draft.content, expected_version=1, now=desk.now)
        with pytest.raises(DraftStale):
            builder.save_draft(session, admin, "unified", draft.content, expected_version=1, now=desk.now)
        with pytest.raises(NotAllowed):
            builder.open_draft(session, lucia, "unified", now=desk.now)
        builder.discard(session, admin, "unified", now=desk.now)
        assert builder.open_draft(session, admin, "unified", now=desk.now).version == 1


def test_a_new_card_is_written_as_the_file_would_be(engine: Engine, desk: Any) -> None:
    text = load.as_yaml(scorecard()).replace("code: unified", "code: short", 1)
    with transaction(engine) as session:
        admin = desk.person(session, role=Role.ADMIN)
        draft = builder.new_card(session, admin, builder.from_yaml(text), now=desk.now)
        card = builder.publish(session, admin, "short", expected_version=1, now=desk.now)
        assert (draft.base_version, card.version) == (0, 1)
        assert load.build(yaml.safe_load(load.as_yaml(card)), file="again") == card
        with pytest.raises(strict.CodeRepeated):
            builder.new_card(session, admin, builder.from_yaml(text), now=desk.now)


def test_a_version_edited_after_publishing_is_told(engine: Engine, desk: Any) -> None:
    with transaction(engine) as session:
        published_cards.newest(session, now=desk.now)
        check_unedited(session, [scorecard()])
        session.scalars(select(PublishedScorecard)).one().digest = "0" * 64
        session.flush()
        with pytest.raises(VersionEdited) as caught:
            check_unedited(session, [scorecard()])
    assert explain(caught.value, "es")[0] == "La versión 1 de «unified» está publicada y se editó después."
    assert explain(caught.value, "en")[0] == "Version 1 of 'unified' is published and was edited since."


def test_results_of_two_versions_are_compared_on_what_they_share(engine: Engine, desk: Any) -> None:
    with transaction(engine) as session:
        admin, lucia = desk.person(session, role=Role.ADMIN), desk.person(session)
        desk.reviewed(session, lucia, desk.call(session), answers={"recap": NOT_MET})
        draft = builder.open_draft(session, admin, "unified", now=desk.now)
        content = with_weights(draft.content, recap=12)
        close = content["sections"][-1]["criteria"]
        content["sections"][-1]["criteria"] = [{**close[0], "weight": 1}]
        content["sections"][0]["criteria"] = content["sections"][0]["criteria"]
        builder.save_draft(session, admin, "unified", content, expected_version=1, now=desk.now)
        builder.publish(session, admin, "unified", expected_version=2, now=desk.now)
        desk.reviewed(session, lucia, desk.call(session), answers={"recap": NOT_MET})
        told = compare(session, admin, "unified", 1, 2)
    assert told.old.as_scored.value != told.new.as_scored.value
    assert told.old.comparable.value == told.new.comparable.value == told.new.as_scored.value
    assert (told.dropped, told.added) == ((), ())
    recap = next(one for one in told.questions if one.code == "recap")
    assert (recap.old.value, recap.new.value, recap.old.few) == (0.0, 0.0, True)
