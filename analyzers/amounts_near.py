"""What the words around a number say of it: that it is no money at all, that it is owed, vague, or one of several."""

# ruff: noqa: E501 - one pattern a line

from __future__ import annotations

import re
from decimal import Decimal

_MONTHS = (
    r"(?:enero|febrero|marzo|abril|mayo|junio|julio|agosto|sep?tiembre|octubre|noviembre|diciembre|"
    r"january|february|march|april|june|july|august|september|october|november|december|jan|feb|apr|jun|jul|aug|sept?|oct|nov|dec)"
)
_PAYING = (
    r"(?:pag\w*|abon\w*|deposit\w*|transf\w*|liquid\w*|cancel\w*|consign\w*|doy|dar|darle|dare|daria|demos|pongo|poner|ponerle|"
    r"meto|meter|mando|mandar|tiro|tirar|junt\w*|consig\w*|acept\w*|dej\w*|complet\w*|pay\w*|send|sending|do|give|put|manage|afford|throw)"
)
# What a number counts when it is not money.
_COUNTED = re.compile(
    r"\s*(?:-\s*)?(?:%|[/:]\s*\d|(?:por\s?ciento|percent|anos?|ano|dias?|mes(?:es)?\b|semanas?|horas?|hrs?|minutos?|veces|cuotas?|letras?|"
    r"mensualidades|abonos|pagos?|hij[oa]s?|digitos?|numeros?|numeritos?|recibos?|facturas?|llamadas?|quincenas?|personas?|"
    r"am|pm|a\.?\s?m|p\.?\s?m|de la (?:manana|tarde|noche)|habiles|"
    r"years?|days?|months?|weeks?|hours?|minutes?|times?|payments?|instal?lments?|kids?|digits?|o'clock|o clock|th|st|nd|rd|"
    rf"de {_MONTHS}|del? (?:19|20)\d\d|(?:of )?{_MONTHS}|en adelante)\b)"
)
_DATED = re.compile(
    rf"(?:\bel|\bal|\bdel|\bdia|\bdias|\bel dia|\bpal|\bantes del|\b(?:lunes|martes|miercoles|jueves|viernes|sabado|domingo)|\b{_MONTHS}|\bthe|\bon the|\by the)\s+$"
)
_HOUR = re.compile(
    r"\b(?:a las?|las|la|tipo|hasta las|desde las|at|after|before|around|by|until|half|quarter past|quarter to)\s+$"
)
_REFERENCE = re.compile(
    r"\b(?:credito|cuenta|folio|codigo|cod|cedula|dni|rut|curp|rfc|nit|referencia|ref|contrato|tarjeta|numero|nro|no|num|expediente|exp|"
    r"ticket|articulo|art|calle|piso|local|terminad[oa]s? en|termina en|terminacion|acaba en|ultimos \w+|placa|postal|marc\w+|llam\w+|"
    r"whatsapp|telefono|celular|cel|linea|folio|caso|reporte|radicado|numerado|convenio|servicio|opcion|ext|autos|mercantil|"
    r"account|number|code|zip|case|reference|card|ending(?: in)?|phone|call|apartment|apt|chapter|option|ssn|social|box)"
    r"(?:\s+(?:al|en|es|de|del|el|la|is|nro|numero|no|number|at))*\s*[:#.]?\s*$"
)
_YEAR = re.compile(r"\b(?:del?|en|desde|desde el|hasta|in|since|from|of|ano|year|el)\s+$")
_AGE = re.compile(r"\b(?:tengo|tiene|cumpl\w+|de edad|soy del?|nac\w+ (?:en|el)|born (?:in|on)|i'm|i am)\s+$")
_VAGUE_BEFORE = re.compile(
    r"\b(?:unos|unas|como|algo asi como|cerca de|alrededor de|por ahi de|mas o menos|aproximadamente|casi|minimo unos|about|around|roughly|like|maybe|some|a couple)\s*[$£€]?\s*$"
)
_VAGUE_AFTER = re.compile(
    r"\s*(?:y pico|y algo|y tantos|mas o menos|aprox\w*|o algo asi|o por ahi|or so|ish\b|something|give or take)"
)
_OWED = re.compile(
    r"\b(?:debo|debia|debe|debes|deben|debemos|adeud\w+|owe|owes|owed|(?:me )?(?:estan )?cobran(?:do)?|me cobraron|saque|pedi|preste|gano|"
    r"me pagan|me depositan|cuesta|costo)\s+(?:(?:como|unos|unas|los|las|solo|nomas|you|them|around|about|de|ya)\s+)*[$£€]?\s*$"
)
_REFUSED_BEFORE = re.compile(
    r"\b(?:en (?:lugar|vez) de|instead of|rather than|"
    r"no (?:\w+ ){0,2}?(?:dar|darle|darte|pagar|pagarle|llego a|alcanzo|alcanzo a|completo|tengo|junto)(?: a)?)\s+(?:los |las |esos |the )?[$£€]?\s*$"
)
_REFUSED_AFTER = re.compile(
    r"\s*(?:pesos|soles|lucas|euros|quid|pounds|dollars)?\s*(?:'s|is|s) (?:too|way too|a bit) (?:steep|much|high)|"
    r"\s*(?:que (?:me|nos) (?:debe|deben|prest)|no\s*(?:[.!,]|$))|"
    r"\s*(?:pesos|soles|lucas|euros)?\s*(?:es|son) (?:mucho|demasiado|muchisimo)|\s*no (?:puedo|los tengo|las tengo|me alcanza|llego)\b"
)
_RECURRING = re.compile(
    r"\s*(?:por|cada|a la|al|a|every|per)\s+(?P<each>quincena|mes|semana|dia|month|week|fortnight|paycheck)\b|\s*(?P<word>mensuales|semanales|quincenales|weekly|monthly)"
)
_EVERY = {
    "quincena": "half-month", "mes": "month", "semana": "week", "dia": "day", "month": "month", "week": "week",
    "fortnight": "two weeks", "paycheck": "paycheck", "mensuales": "month", "semanales": "week", "quincenales": "half-month",
    "weekly": "week", "monthly": "month",
}  # fmt: skip
_COUNTS = {
    "un": 1, "una": 1, "uno": 1, "dos": 2, "tres": 3, "cuatro": 4, "cinco": 5, "seis": 6, "siete": 7, "ocho": 8, "nueve": 9,
    "diez": 10, "doce": 12, "quince": 15, "dieciocho": 18, "veinticuatro": 24, "one": 1, "two": 2, "three": 3, "four": 4,
    "five": 5, "six": 6, "eight": 8, "ten": 10, "twelve": 12,
}  # fmt: skip
_COUNT = re.compile(
    rf"(?:^|(?<=[\s,;(]))(?P<n>{'|'.join(_COUNTS)}|\d{{1,2}})\s+(?:(?:cuotas?|pagos?|letras?|mensualidades|abonos?|partes|quincenas|armadas|plazos|parcialidades|"
    r"payments?|instal?lments?)\s+)?(?:fij[oa]s |iguales |mensuales |quincenales |semanales |monthly |equal |mas )?(?:de|of|por|at|x)\s+(?:a |los |unos )?[$£€₡]?\s*$"
)
_FIGURE_BEFORE = re.compile(r"\d\s*[/:-]\s*$")
_MONTH_BEFORE = re.compile(rf"{_MONTHS} del?\s+$")
_PAID = re.compile(rf"\b{_PAYING}\s+(?:\w+\s+)?$")
_NO_WORDS = re.compile(r"\W*")


def is_no_money(before: str, after: str, value: Decimal, *, explicit: bool, spelled: bool, large: bool) -> bool:
    """Whether the number is a date, an hour, an age, a document, a count: anything but a sum."""
    if _COUNTED.match(after) or _FIGURE_BEFORE.search(before):
        return True
    if explicit:
        return False
    if value < 100 and _MONTH_BEFORE.search(before):
        return True
    if value <= 31 and (_DATED.search(before) or _HOUR.search(before)):
        return True
    if _REFERENCE.search(before) or (_AGE.search(before) and value < 100):
        return True
    if 1900 <= value <= 2100 and not spelled and _YEAR.search(before):
        return True
    if value >= 40 or large:
        return False
    paid = _PAID.search(before) is not None
    bare = _NO_WORDS.fullmatch(before) is not None and _NO_WORDS.fullmatch(after) is not None
    return value < (5 if paid else 40) and not (bare and value >= 10)


def approximated(before: str, after: str) -> bool:
    return bool(_VAGUE_BEFORE.search(before) or _VAGUE_AFTER.match(after))


def owed(before: str) -> bool:
    """Whether the words before a sum say that it is the debt, a price or a wage: nothing that is offered."""
    return _OWED.search(before) is not None


def refused(before: str, after: str) -> bool:
    """Whether a sum is named to turn it down: "no le puedo dar los 900", "en lugar de 850", "fifty's too steep"."""
    return bool(_REFUSED_BEFORE.search(before) or _REFUSED_AFTER.match(after))


def recurring(after: str) -> str | None:
    match = _RECURRING.match(after)
    return _EVERY[match["each"] or match["word"]] if match else None


def counted(before: str) -> tuple[int, int]:
    """How many of the sum that follows ("dos cuotas de"), and where the count begins; 0 where none is said."""
    match = _COUNT.search(before)
    if match is None:
        return 0, len(before)
    said = match["n"]
    return (int(said) if said.isdigit() else _COUNTS[said]), match.start()
