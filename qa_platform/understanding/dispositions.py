"""The code an agent typed at the end of a call, read as an outcome, and whether it contradicts what was said."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from types import MappingProxyType

# Outcomes of a conversation, with the words for them (message ids).
OUTCOMES: Mapping[str, str] = MappingProxyType(
    {
        "promise": "promise to pay",
        "payment_made": "payment made",
        "partial_payment": "part payment",
        "dispute": "dispute",
        "refusal": "refusal to pay",
        "callback": "call back requested",
        "third_party": "a third party answered",
        "wrong_person": "wrong person",
        "voicemail": "voicemail",
        "no_agreement": "no agreement",
        "unknown": "not known",
    }
)

# The typed codes that dialers and CRMs of the region use most, by the outcome they claim.
TYPED: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "promise": (
            "promise",
            "ptp",
            "pp",
            "promesa",
            "promesa de pago",
            "compromiso",
            "compromiso de pago",
            "acuerdo",
        ),
        "payment_made": ("payment made", "paid", "pago", "pagado", "ya pago", "pago realizado"),
        "partial_payment": ("partial payment", "pago parcial", "abono"),
        "dispute": ("dispute", "disputa", "reclamo", "aclaracion"),
        "refusal": ("refusal", "rtp", "negativa", "negativa de pago", "renuente", "no quiere pagar"),
        "callback": ("callback", "call back", "rellamar", "volver a llamar", "llamar despues", "reagendar"),
        "third_party": ("third party", "tercero", "contacto con tercero", "mensaje con tercero", "recado"),
        "wrong_person": ("wrong person", "wrong number", "equivocado", "numero equivocado", "no es titular"),
        "voicemail": (
            "voicemail",
            "no contact",
            "no contacto",
            "sin contacto",
            "nc",
            "buzon",
            "no contesta",
            "no answer",
        ),
        "no_agreement": ("no agreement", "sin acuerdo", "contacto sin acuerdo", "contacto", "rpc"),
    }
)
NOT_REACHED = frozenset({"third_party", "wrong_person", "voicemail"})  # the debtor was not spoken to
_CLAIMED = {word: outcome for outcome, typed in TYPED.items() for word in typed}

# Pairs that two careful people would both accept: no contradiction.
_CLOSE = frozenset(
    frozenset(pair)
    for pair in (
        ("promise", "partial_payment"),
        ("payment_made", "partial_payment"),
        ("third_party", "wrong_person"),
        ("no_agreement", "refusal"),
        ("no_agreement", "callback"),
        ("no_agreement", "dispute"),
    )
)


def claimed(typed: str) -> str | None:
    """The outcome that a typed code stands for; None where the code is not known here."""
    return _CLAIMED.get(_plain(typed))


def contradicts(typed: str, heard: str) -> bool:
    """An unknown code and an unknown outcome contradict nothing."""
    claim = claimed(typed)
    return claim is not None and heard != "unknown" and claim != heard and frozenset((claim, heard)) not in _CLOSE


def _plain(typed: str) -> str:
    letters = unicodedata.normalize("NFKD", typed.casefold().replace("_", " ").replace("-", " "))
    return " ".join("".join(letter for letter in letters if not unicodedata.combining(letter)).split())
