"""Spanish or English? A vote of the small words that only one of them has."""

from __future__ import annotations

import re
from collections.abc import Iterable

_SPANISH = (
    "el la los las un una de del que y en es por para con su mi se lo le al como pero más qué sí está usted muy ya yo "
    "cuando hay porque bueno gracias buenas buenos días tardes noches hola aló bien pago deuda pesos hoy mañana"
)
_ENGLISH = (
    "the of and to in is you that it for on are with as this be at have or from your my we can what not but i hello hi "
    "please thank thanks yes will was would do how morning afternoon payment account today tomorrow okay"
)
_VOTES = {"es": frozenset(_SPANISH.split()), "en": frozenset(_ENGLISH.split())}
_WORD = re.compile(r"[^\W\d_]+")
_ENOUGH = 3000  # words; a longer text says no more


def guess_language(texts: Iterable[str]) -> str | None:
    """None where neither wins."""
    spanish = english = seen = 0
    for text in texts:
        for word in _WORD.findall(text.casefold()):
            spanish += word in _VOTES["es"]
            english += word in _VOTES["en"]
            seen += 1
        if seen > _ENOUGH:
            break
    if spanish == english:
        return None
    return "es" if spanish > english else "en"


def supported(language: str | None) -> str | None:
    """ "es-MX", "spa" or "Spanish" as "es"; None for a language the product does not speak."""
    tag = (language or "").strip().casefold()
    if tag[:2] in {"es", "en"}:
        return tag[:2]
    return "es" if tag.startswith(("spa", "cas")) else None
