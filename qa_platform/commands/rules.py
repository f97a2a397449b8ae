"""`qa rules`: are the phrase rules and scorecards valid, and does each rule still keep its own word?"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Annotated

import typer
from sqlalchemy import inspect
from sqlalchemy.engine import make_url

from analyzers.contract import kinds
from analyzers.likeness import EXAMPLES, SIDES, packed
from analyzers.specimens import broken, rules
from analyzers.steps import JUDGES
from models.evaluations import PublishedScorecard
from models.scorecard import Scorecard
from qa_platform.commands import rule_trials
from qa_platform.commands.terminal import err, out, refusals_told, say, settings
from qa_platform.database import open_database, reading
from qa_platform.evaluations.published_cards import check_unedited
from qa_platform.learning.examples import digest, examples, turns
from qa_platform.learning.train import train as learning
from scorecards.load import scorecards

app = typer.Typer(no_args_is_help=True, help="Phrase rules and scorecards.")


rule_trials.add_to(app)


@app.callback()
def _group() -> None:
    """Phrase rules and scorecards."""


@app.command()
def check() -> None:
    """Validate every phrase rule and every scorecard."""
    with refusals_told():
        found = rules()
        cards = scorecards(known=frozenset(kinds()), known_steps=frozenset(JUDGES))
        _check_published(cards.values())
        out.print(say("{rules} phrase rules and {cards} scorecards are valid.", rules=len(found), cards=len(cards)))


def _check_published(cards: Iterable[Scorecard]) -> None:
    """A version that evaluations were made with must still say what it said."""
    address = make_url(settings().database)
    if address.get_backend_name() == "sqlite" and not Path(address.database or "").is_file():
        return
    engine = open_database(settings().database)
    try:
        if inspect(engine).has_table(PublishedScorecard.__tablename__):
            with reading(engine) as session:
                check_unedited(session, cards)
    finally:
        engine.dispose()


@app.command()
def test() -> None:
    """Run the specimens of every phrase rule."""
    with refusals_told():
        found = rules()
        wrong = [specimen for rule in found for specimen in broken(rule)]
    for specimen in wrong:
        message = "{rule} does not find: {text}" if specimen.expected else "{rule} must not find: {text}"
        err.print(say(message, rule=specimen.rule, text=specimen.text), style="red", markup=False)
    total = sum(len(rule.hits) + len(rule.misses) for rule in found)
    out.print(
        say("{total} specimens of {rules} rules: {wrong} wrong.", total=total, rules=len(found), wrong=len(wrong))
    )
    if wrong:
        raise typer.Exit(1)


@app.command()
def train(
    conversations: Annotated[
        list[Path] | None, typer.Argument(help="Folders of labelled conversations to learn from besides the examples.")
    ] = None,
) -> None:
    """Make the second opinion's weights again from the labelled examples (needs scikit-learn)."""
    with refusals_told():
        own = examples()
        known = [*own, *turns(file for folder in conversations or [] for file in folder.rglob("*.json"))]
        for side in SIDES:
            model = learning(side, known, version=digest(side, own))
            (EXAMPLES / f"{side}.weights").write_bytes(packed(model))
            ours = sum(example.side == side for example in known)
            out.print(
                say("{side}: {lines} examples, {features} features, {codes} codes.", side=side, lines=ours,
                    features=len(model.vocabulary), codes=len(model.codes))
            )  # fmt: skip
