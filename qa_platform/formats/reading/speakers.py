"""Who is the agent: role words, the names that the source knows, the channel map; else unknown, and said so."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType

from models.conversation import Speaker
from qa_platform.formats.reading.draft import Hints, Notice, Said

_ROLE_WORDS: Mapping[Speaker, str] = MappingProxyType(
    {
        Speaker.AGENT: "agent agente asesor asesora gestor gestora operador operadora operator ejecutivo ejecutiva "
        "cobrador cobradora representante representative rep admin advisor teleoperador analista internal interno "
        "outgoing saliente",
        Speaker.CUSTOMER: "customer cliente client deudor deudora debtor titular usuario user end_user enduser caller "
        "visitor visitante lead contact contacto consumer consumidor external externo incoming entrante borrower",
        Speaker.THIRD_PARTY: "third_party thirdparty tercero tercera_persona third familiar referencia aval",
        Speaker.IVR: "ivr acd system sistema workflow",
        Speaker.VOICEMAIL: "voicemail buzon buzon_de_voz contestadora",
        Speaker.BOT: "bot chatbot automated_agent virtual_agent trigger asistente_virtual custom_bot",
        Speaker.UNKNOWN: "unknown desconocido",
    }
)
_ROLES = {word: speaker for speaker, words in _ROLE_WORDS.items() for word in words.split()}
_NUMBERED = re.compile(r"_?\d+$")


def folded(label: str) -> str:
    """Without accents, case and punctuation, so that names typed twice still meet."""
    plain = unicodedata.normalize("NFKD", label.casefold())
    return re.sub(r"[\W_]+", "_", "".join(c for c in plain if not unicodedata.combining(c))).strip("_")


def role_of(label: str) -> Speaker | None:
    """The role that a label plainly states ("Agente", "CUSTOMER", "agent_1"); None for a name or a number."""
    word = folded(label)
    return _ROLES.get(word) or _ROLES.get(_NUMBERED.sub("", word))


def who_is_who(turns: Sequence[Said], hints: Hints, *, agent: str | None) -> tuple[list[Speaker], list[Notice]]:
    """A speaker for each turn. Two labels of which one is the agent make the other the customer; three do not."""
    agents = {folded(name) for name in (*hints.agent_names, *([agent] if agent else []))}
    known = {label: _stated(label, agents) for label in _labels(turns)}
    unsettled = [label for label, speaker in known.items() if speaker is None]
    stated = {*known.values(), *(said.who for said in turns if isinstance(said.who, Speaker))}
    sides = stated & {Speaker.AGENT, Speaker.CUSTOMER}
    if len(unsettled) == 1 and len(sides) == 1:
        known[unsettled.pop()] = Speaker.CUSTOMER if Speaker.AGENT in sides else Speaker.AGENT
    speakers = [_speaker(said, known, hints) for said in turns]
    return speakers, _notices(speakers, unsettled)


def _labels(turns: Iterable[Said]) -> list[str]:
    return list(
        dict.fromkeys(said.who for said in turns if isinstance(said.who, str) and not isinstance(said.who, Speaker))
    )


def _stated(label: str, agents: set[str]) -> Speaker | None:
    return Speaker.AGENT if folded(label) in agents else role_of(label)


def _speaker(said: Said, known: Mapping[str, Speaker | None], hints: Hints) -> Speaker:
    if isinstance(said.who, Speaker):
        return said.who
    stated = known[said.who] if said.who is not None else None
    if stated is not None and stated is not Speaker.UNKNOWN:
        return stated
    if said.channel is not None and hints.agent_channel is not None:
        return Speaker.AGENT if said.channel == hints.agent_channel else Speaker.CUSTOMER
    return Speaker.UNKNOWN


def _notices(speakers: Sequence[Speaker], unsettled: Sequence[str]) -> list[Notice]:
    if not speakers or Speaker.UNKNOWN not in speakers:
        return []
    if not unsettled:
        return [Notice("The file does not say who speaks: the speakers stay unknown.")]
    if len(unsettled) == 1:
        return [Notice("The file does not say whether its speaker is the agent.")]
    # How many, not who: names are personal data, and this text reaches logs.
    return [
        Notice(
            "The file does not say which of its {count} speakers is the agent. Name the agent in the metadata or in "
            "the source's settings.",
            {"count": str(len(unsettled))},
        )
    ]
