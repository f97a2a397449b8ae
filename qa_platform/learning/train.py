"""Makes the weights of analyzers/likeness.py from labelled examples: one logistic regression for each code.

scikit-learn is needed here only (`pip install -e '.[train]'`), never to run: the weights are in the repository, and a
test holds them to the examples they were made of.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain

import numpy as np

from analyzers.likeness import Likeness, features
from analyzers.vocabulary import words
from qa_platform.learning.examples import Example

# codes that words alone decide; the rest need order, state or silence, and stay with their rules
_SLIPS = words(
    "accusatory_language ask_credentials ask_default_reason deceptive_pretext discrimination employer_threat "
    "expose_publicly false_benefit false_credit_report false_document false_legal_process false_urgency "
    "humiliation impersonate_authority misleading_amount obscene_insult personal_account_payment "
    "pressure_borrow threat_harass threat_jail threat_violence"
)
_OBJECTIONS = words(
    "already_paid attorney callback deceased dispute_amount distrust_fraud hostile identity_theft illness "
    "in_writing insolvency no_money not_mine_wrong_person payment_problem refuses service_complaint "
    "stop_contact third_party time_barred unemployed vague_later wants_discount wants_instalments"
)
SAID = {
    "agent": tuple(f"slip.{name}" for name in sorted(_SLIPS)),
    "debtor": tuple(f"objection.{name}" for name in sorted(_OBJECTIONS)),
}
# Real turns say several things: each example is also learned joined to others of its side (F1 on unseen wordings rises
# by 0.02 to 0.03 against examples alone).
_JOINED_TIMES = 3
_SEED = 20261121
# a feature seen once tells about its line, not about the code
_LEAST_LINES, _LEAST_LINES_OF_PARTS = 2, 3
_INVERSE_PENALTY, _WEIGHT_OF_A_HIT = 20.0, 4.0


def train(side: str, known: Sequence[Example], *, version: str) -> Likeness:
    """The weights of "agent" or "debtor". The same examples give the same weights."""
    from scipy.sparse import csr_matrix  # not installed where nothing is trained
    from sklearn.linear_model import LogisticRegression

    own = [example for example in known if example.side == side]
    ours = [*own, *joined(own)]
    lines = [list(features(example.norms)) for example in ours]
    vocabulary, rarity = _vocabulary(lines[: len(own)])
    rows = [[vocabulary[name] for name in line if name in vocabulary] for line in lines]
    values = [rarity[row] / max(float(np.sqrt((rarity[row] ** 2).sum())), 1e-9) for row in rows]
    starts = np.cumsum([0, *map(len, rows)])
    shape = len(rows), len(vocabulary)
    table = csr_matrix((np.concatenate(values), list(chain.from_iterable(rows)), starts), shape=shape)
    weights = np.zeros((len(vocabulary), len(SAID[side])))
    bias = np.zeros(len(SAID[side]))
    for column, code in enumerate(SAID[side]):
        asked = np.array([code.split(".")[0] in example.asked for example in ours])
        says = np.array([code in example.says for example in ours])[asked]
        fit = LogisticRegression(C=_INVERSE_PENALTY, class_weight={0: 1.0, 1: _WEIGHT_OF_A_HIT}, solver="liblinear")
        fit.fit(table[asked], says)
        weights[:, column] = fit.coef_[0] * rarity
        bias[column] = fit.intercept_[0]
    return Likeness(
        codes=SAID[side],
        version=version,
        vocabulary=vocabulary,
        weights=weights.astype(np.float32),
        rarity=rarity.astype(np.float32),
        bias=bias.astype(np.float32),
    )


def joined(known: Sequence[Example]) -> Iterator[Example]:
    """Each example after or before others of its language, half of them such as say nothing: together they say both."""
    chance = np.random.default_rng(_SEED)
    for language in sorted({example.language for example in known}):
        same = [example for example in known if example.language == language]
        silent = [example for example in same if not example.says] or same
        for example in same:
            for _ in range(_JOINED_TIMES):
                pool = silent if chance.random() < 0.5 else same
                other = pool[int(chance.integers(len(pool)))]
                pair = (example, other) if chance.random() < 0.5 else (other, example)
                asked = example.asked & other.asked
                if asked:
                    text = " ".join(one.text for one in pair)
                    yield Example(example.side, language, text, example.says | other.says, asked)


def _vocabulary(lines: Iterable[list[str]]) -> tuple[dict[str, int], np.ndarray[tuple[int], np.dtype[np.float64]]]:
    """The features worth a weight, in order, and how rare each is: log((1 + lines) / (1 + lines with it)) + 1."""
    seen: Counter[str] = Counter()
    total = 0
    for line in lines:
        seen.update(set(line))
        total += 1
    least = {True: _LEAST_LINES_OF_PARTS, False: _LEAST_LINES}
    kept = sorted(name for name, times in seen.items() if times >= least[name.startswith("#")])
    rarity = np.log((1 + total) / (1 + np.array([seen[name] for name in kept]))) + 1
    return {name: number for number, name in enumerate(kept)}, rarity
