"""How judgement is said after a review: states, outcomes of appeals, points and intervals, and what a figure means."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from models.calibration import CalibrationKind
from models.evaluations import EvaluationState
from models.judgement import AppealOutcome
from qa_platform.calibration.evaluators import EvaluatorRow
from scorecards.reliability import Coefficient
from web.wording import Wording
from web.words import N_

MINUS = "\N{MINUS SIGN}"
RELIABLE, TENTATIVE = 0.8, 0.667  # Krippendorff, Content Analysis, 2nd ed. (2004), p. 241


@dataclass(frozen=True, slots=True)
class Said:
    """A word with its hue and icon; `text` is a message id."""

    text: str
    hue: str
    icon: str


STATES: Mapping[EvaluationState, Said] = {
    EvaluationState.DRAFT: Said(N_("Draft"), "", "edit"),
    EvaluationState.SUBMITTED: Said(N_("To be released"), "you", "send"),
    EvaluationState.RELEASED: Said(N_("Released, not read yet"), "", "eye"),
    EvaluationState.ACKNOWLEDGED: Said(N_("Read and acknowledged"), "green", "checks"),
    EvaluationState.APPEALED: Said(N_("Under appeal"), "amber", "gavel"),
    EvaluationState.RESOLVED: Said(N_("Appeal resolved"), "", "gavel"),
}
OWN_STATES: Mapping[EvaluationState, Said] = {
    EvaluationState.RELEASED: Said(N_("To read"), "you", "eye"),
    EvaluationState.ACKNOWLEDGED: Said(N_("Acknowledged"), "green", "checks"),
    EvaluationState.APPEALED: Said(N_("Appealed, being decided"), "amber", "hourglass"),
    EvaluationState.RESOLVED: Said(N_("Appeal resolved"), "", "gavel"),
}
OUTCOMES: Mapping[AppealOutcome, Said] = {
    AppealOutcome.ACCEPTED: Said(N_("Accepted"), "green", "check"),
    AppealOutcome.PARTLY: Said(N_("Accepted in part"), "amber", "progress"),
    AppealOutcome.REJECTED: Said(N_("Rejected"), "", "x"),
}
KINDS: Mapping[CalibrationKind, Said] = {
    CalibrationKind.ROOM: Said(N_("Session"), "", "users"),
    CalibrationKind.DOUBLE: Said(N_("Second scoring"), "", "repeat"),
}
FEW = Said(N_("Few data"), "amber", "hourglass")


@dataclass(frozen=True, slots=True)
class JudgementWords:
    """Points, differences and shares as a person of that language writes them."""

    words: Wording

    def points(self, value: float | None) -> str:
        """47.1, and 15 rather than 15.0."""
        if value is None:
            return "–"
        return self._minus(self.words.number(value, 0 if float(value).is_integer() else 1))

    def change(self, value: float | None) -> str:
        """+4.9, −2.2, 0."""
        if value is None:
            return "–"
        return f"+{self.points(value)}" if round(value, 1) > 0 else self.points(round(value, 1) + 0.0)

    def share(self, value: float | None) -> str:
        if value is None:
            return "–"
        return f"{round(100 * value)} %" if self.words.language == "es" else f"{round(100 * value)}%"

    def coefficient(self, value: float | None) -> str:
        return "–" if value is None else self._minus(self.words.number(value, 2))

    def between(self, low: float | None, high: float | None, *, kind: str = "change") -> str:
        """from −1.3 to +7.5; empty where nothing is known of it."""
        if low is None or high is None:
            return ""
        told = {"change": self.change, "share": self.share, "coefficient": self.coefficient}[kind]
        return self.words.say("from {low} to {high}", low=told(low), high=told(high))

    def reading(self, found: Coefficient) -> Said:
        """What a chance-corrected coefficient allows to say, by its interval's lower end."""
        if found.value is None:
            return Said(N_("cannot be told yet"), "", "minus")
        if found.few or found.low is None:
            return FEW
        if found.low >= RELIABLE:
            return Said(N_("reliable"), "green", "check")
        if found.low >= TENTATIVE:
            return Said(N_("good enough to compare"), "green", "check")
        if found.value >= TENTATIVE:
            return Said(N_("not conclusive: the interval reaches too low"), "amber", "circle-dashed")
        return Said(N_("too low to compare people"), "amber", "alert-triangle")

    def severity(self, row: EvaluatorRow) -> Said:
        """Whether this evaluator's scale differs from the others', in words."""
        known = row.leniency
        if known is None:
            return Said(N_("nobody scored the same"), "", "minus")
        if known.low is None or known.few:
            return FEW
        if not known.clear:
            return Said(N_("within chance"), "", "minus")
        if known.effect < 0:
            return Said(N_("More severe than the others"), "amber", "arrow-down")
        return Said(N_("More lenient than the others"), "amber", "arrow-up")

    def drifting(self, row: EvaluatorRow) -> str:
        """What the drift says, in words; empty where it cannot be told."""
        found = row.drift
        if found is None or found.low is None or found.high is None:
            return ""
        if found.low > 0:
            return self.words.say("growing more lenient")
        if found.high < 0:
            return self.words.say("growing more severe")
        return self.words.say("no clear drift")

    @staticmethod
    def _minus(text: str) -> str:
        return text.replace("-", MINUS)
