"""The shipped phrase rules with a house's own in the place of those of the same id."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from analyzers.phrasebook import Phrasebook, PhraseRule, phrasebook


def overlaid(language: str, own: Iterable[PhraseRule]) -> Phrasebook:
    """A house's rules take the place of shipped ones; those with ids of their own come last.

    What a house wrote anew, the trained likeness cannot know: it does not rule that out (second_opinion.py).
    """
    shipped = phrasebook(language)
    theirs = {rule.id: rule for rule in own}
    if not theirs:
        return shipped
    known = {rule.id for rule in shipped.rules}
    further = [replace(rule, own=True) for name, rule in sorted(theirs.items()) if name not in known]
    return Phrasebook(language, [*(theirs.get(rule.id, rule) for rule in shipped.rules), *further])
