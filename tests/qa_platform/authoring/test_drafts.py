"""A scorecard is written together, saved as it is typed, and published once; what is published never changes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select

from models.audit import AuditEntry
from models.evaluations import PublishedScorecard
from qa_platform.access.rights import NotAllowed
from qa_platform.authoring import drafts, edits, versions
from qa_platform.authoring.drafts import BaseMoved, DraftChanged, NoDraft, NothingChanged, OtherCard
from qa_platform.authoring.examine import examine
from qa_platform.database import reading, transaction
from qa_platform.evaluations import published_cards
from scorecards import load, strict
from tests.qa_platform.authoring.conftest import NOW

if TYPE_CHECKING:
    from tests.qa_platform.authoring.conftest import Office


def test_a_draft_starts_as_the_version_in_use_and_is_shared(office: Office) -> None:
    with transaction(office.engine) as session:
        begun = drafts.begin(session, office.ana, "unified", now=NOW)
        joined = drafts.begin(session, office.beto, "unified", now=NOW)
        card = load.build(begun.content, file="draft")
        assert (card.version, card.criteria) == (2, load.scorecard().criteria)
        assert joined == begun
        assert examine(begun.content, load.scorecard()).changes == ()


def test_who_may_not_write_scorecards_is_refused(office: Office) -> None:
    with transaction(office.engine) as session, pytest.raises(NotAllowed):
        drafts.begin(session, office.lucia, "unified", now=NOW)


def test_of_two_who_save_at_once_the_second_is_told_who_was_faster(office: Office) -> None:
    with transaction(office.engine) as session:
        seen = drafts.begin(session, office.ana, "unified", now=NOW)
        lighter = edits.with_weights(seen.content, {"identification": 5})
        saved = drafts.save(session, office.beto, "unified", lighter, expected=seen.version, now=NOW)
        assert saved.version == seen.version + 1
        with pytest.raises(DraftChanged) as refused:
            drafts.save(session, office.ana, "unified", seen.content, expected=seen.version, now=NOW)
        assert refused.value.details == {"name": "Beto"}
        kept = drafts.draft(session, "unified")
        assert kept is not None
        assert kept.content == saved.content, "what was saved first stands"


def test_publishing_makes_the_draft_the_version_in_use_and_puts_it_on_record(office: Office) -> None:
    with transaction(office.engine) as session:
        seen = drafts.begin(session, office.ana, "unified", now=NOW)
        content = edits.with_weights(seen.content, {"identification": 5, "recording_notice": 5})
        saved = drafts.save(session, office.ana, "unified", content, expected=seen.version, now=NOW)
        drafts.publish(session, office.ana, "unified", expected=saved.version, now=NOW)
    with reading(office.engine) as session:
        assert drafts.draft(session, "unified") is None
        newest, first = versions.history(session, "unified")
        assert (newest.card.version, newest.made_by, first.card.version) == (2, "Ana", 1)
        assert len(newest.changes) == 2
        assert published_cards.latest(session).version == 2
        acts = session.scalars(select(AuditEntry.act).order_by(AuditEntry.id)).all()
        assert acts == ["scorecard.draft_begun", "scorecard.published"]
        assert session.scalars(select(PublishedScorecard.version).order_by(PublishedScorecard.version)).all() == [1, 2]


def test_a_draft_that_is_unfinished_or_says_nothing_new_is_not_published(office: Office) -> None:
    with transaction(office.engine) as session:
        seen = drafts.begin(session, office.ana, "unified", now=NOW)
        with pytest.raises(NothingChanged):
            drafts.publish(session, office.ana, "unified", expected=seen.version, now=NOW)
        unfinished, _ = edits.with_new_question(seen.content, "opening")
        saved = drafts.save(session, office.ana, "unified", unfinished, expected=seen.version, now=NOW)
        with pytest.raises(strict.LanguageMissing):
            drafts.publish(session, office.ana, "unified", expected=saved.version, now=NOW)


def test_a_draft_of_a_version_that_is_no_longer_in_use_is_not_published(office: Office) -> None:
    with transaction(office.engine) as session:
        seen = drafts.begin(session, office.ana, "unified", now=NOW)
        published_cards.newest(session, now=NOW)
        other = load.build({**load.content(load.scorecard()), "version": 2, "pass_mark": 70}, file="x")
        session.add(published_cards.publication(other, now=NOW))
        session.flush()
        with pytest.raises(BaseMoved):
            drafts.publish(session, office.ana, "unified", expected=seen.version, now=NOW)


def test_a_discarded_draft_is_gone(office: Office) -> None:
    with transaction(office.engine) as session:
        seen = drafts.begin(session, office.ana, "unified", now=NOW)
        drafts.discard(session, office.ana, "unified", expected=seen.version, now=NOW)
        assert drafts.draft(session, "unified") is None
        with pytest.raises(NoDraft):
            drafts.publish(session, office.ana, "unified", expected=seen.version, now=NOW)


def test_what_the_builder_writes_is_the_file_and_a_file_becomes_the_draft(office: Office) -> None:
    with transaction(office.engine) as session:
        seen = drafts.begin(session, office.ana, "unified", now=NOW)
        text = load.as_yaml(load.build({**seen.content, "pass_mark": 75.0}, file="x"))
        taken = drafts.take_file(session, office.ana, "unified", text, expected=seen.version, now=NOW)
        assert load.build(taken.content, file="x") == load.read(text, file="y")
        with pytest.raises(strict.NotYaml):
            drafts.take_file(session, office.ana, "unified", "a: [", expected=taken.version, now=NOW)
        other = text.replace("code: unified", "code: other")
        with pytest.raises(OtherCard):
            drafts.take_file(session, office.ana, "unified", other, expected=taken.version, now=NOW)
        unknown = text.replace("slip.threat_jail", "slip.unheard_of")
        with pytest.raises(load.CodeUnknown):
            drafts.take_file(session, office.ana, "unified", unknown, expected=taken.version, now=NOW)


def test_versions_compare_on_the_questions_they_share(office: Office) -> None:
    with transaction(office.engine) as session:
        seen = drafts.begin(session, office.ana, "unified", now=NOW)
        content = edits.balanced(edits.removed(seen.content, "empathy"), keep=())
        saved = drafts.save(session, office.ana, "unified", content, expected=seen.version, now=NOW)
        drafts.publish(session, office.ana, "unified", expected=saved.version, now=NOW)
        told = versions.comparison(session, office.ana, "unified", 1, 2)
        assert told.shared == len(load.scorecard().criteria) - 1
        assert (told.before.n, told.after.n) == (0, 0)
        assert "Question removed: {question}." in [change.says for change in told.changes]
