"""The fixed terms of judging: answers, script steps, short names of sections, reasons for a changed answer, keys."""

from __future__ import annotations

from collections.abc import Mapping

from models.finding import Answer
from web.words import N_

ANSWERS: Mapping[Answer, str] = {
    Answer.MET: N_("Met"),
    Answer.NOT_MET: N_("Not met"),
    Answer.NOT_APPLICABLE: N_("N/A"),
    Answer.UNDETERMINED: N_("No evidence"),
}
ANSWER_CLASS: Mapping[Answer, tuple[str, str]] = {
    Answer.MET: ("met", "check"),
    Answer.NOT_MET: ("not", "x"),
    Answer.NOT_APPLICABLE: ("na", "minus"),
    Answer.UNDETERMINED: ("und", "circle-dashed"),
}
# Cumple, No cumple, (no) Aplica, Sin evidencia · Yes, No, (not) Applicable, no Evidence
ANSWER_KEYS: Mapping[str, tuple[str, str, str, str]] = {"es": ("C", "N", "A", "S"), "en": ("Y", "N", "A", "E")}
SECTIONS: Mapping[str, str] = {
    "opening": N_("Opening"),
    "identity": N_("Identity"),
    "clarity": N_("Offer"),
    "objections": N_("Objections"),
    "agreement": N_("Agreement"),
    "close": N_("Closing"),
}
STEPS: Mapping[str, str] = {
    "step.greeting": N_("Greets"),
    "step.agent_identified": N_("Gives name and company"),
    "step.recording_notice": N_("Says that the call is recorded"),
    "step.identity_verified": N_("Verifies identity with two details"),
    "step.balance_stated": N_("States the amount owed"),
    "step.alternatives_offered": N_("Offers a concrete way to pay"),
    "step.objection_handled": N_("Acknowledges and answers the objection"),
    "step.payment_date_agreed": N_("A date is agreed"),
    "step.payment_amount_agreed": N_("An amount is agreed"),
    "step.agreement_recap": N_("Repeats date and amount"),
    "step.next_steps": N_("Says how to pay and what follows"),
    "step.polite_close": N_("Takes leave politely"),
    "step.empathy": N_("Acknowledges the customer's situation"),
}
REASONS: Mapping[str, str] = {
    "said_otherwise": N_("It is said in other words"),
    "not_said": N_("It is not really said"),
    "words_wrong": N_("The transcript has it wrong"),
    "wrong_speaker": N_("The other side says it"),
    "context": N_("The context changes its meaning"),
    "not_enough": N_("It is said, but not enough"),
    "not_authorised": N_("The portfolio does not allow it"),
    "no_occasion": N_("There was no occasion for it"),
    "other": N_("Another reason"),
}
SKIP_REASONS: Mapping[str, str] = {
    "sound": N_("The sound cannot be understood"),
    "language": N_("Not in a language I speak"),
    "conflict": N_("I know the agent or the debtor"),
    "not_collections": N_("It is not a collection contact"),
    "other": N_("Another reason"),
}
KEY_MAP: tuple[tuple[str, tuple[tuple[tuple[str, ...], str], ...]], ...] = (
    (
        N_("Listen"),
        (
            (("Space",), N_("play or pause")),
            (("J", "L"), N_("5 s back or on")),
            (("⇧J", "⇧L"), N_("previous or next turn")),
            (("-", "+"), N_("speed")),
            ((",", "."), N_("previous or next finding")),
        ),
    ),
    (
        N_("Answer"),
        (
            (("1–n",), N_("go to the question")),
            (("↑", "↓"), N_("previous or next question")),
            (("answers",), N_("met, not met, N/A, no evidence")),
            (("Q",), N_("hear its evidence")),
            (("↵",), N_("confirm the proposal")),
            (("⇧", "↵"), N_("confirm the clear ones")),
            (("Esc",), N_("back to the proposal")),
        ),
    ),
    (
        N_("Mark and leave"),
        (
            (("V", "X"), N_("confirm or reject the finding")),
            (("M",), N_("comment at this second")),
            (("Ctrl", "Z"), N_("undo")),
            (("Ctrl", "↵"), N_("submit and next")),
            (("?",), N_("this map")),
        ),
    ),
)
