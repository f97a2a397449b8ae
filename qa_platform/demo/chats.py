"""The demonstration's conversations in writing, dated when they are loaded and saved as each centre exports them."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

import yaml

FOLDER = Path(__file__).with_name("chats")
_LEFT_TO_RIGHT = "\u200e"  # what iPhones put before lines that the app wrote


@dataclass(frozen=True, slots=True)
class Message:
    minutes: float
    who: str
    text: str


@dataclass(frozen=True, slots=True)
class Chat:
    """A thread, its times as minutes from its start; `export` names the format that its file will have."""

    id: str
    channel: str
    country: str
    language: str
    direction: str
    customer: str
    export: str
    messages: tuple[Message, ...]


@dataclass(frozen=True, slots=True)
class _Sent:
    at: datetime
    who: str
    name: str
    text: str


@cache
def chats() -> Mapping[str, Chat]:
    entries = (entry for file in sorted(FOLDER.glob("*.yaml")) for entry in yaml.safe_load(file.read_text("utf-8")))
    listed = (_chat(entry) for entry in entries)
    return MappingProxyType({one.id: one for one in listed})


def write_chat(folder: Path, chat: Chat, *, begins: datetime, agent: str) -> Path:
    """`begins` is local to the debtor; `agent` is the name that the thread shows for our side."""
    names = {"agent": agent, "customer": chat.customer, "third_party": chat.customer}
    sent = [
        _Sent(begins + timedelta(minutes=one.minutes), one.who, names.get(one.who, one.who), one.text)
        for one in chat.messages
    ]
    suffix, content = _EXPORTS[chat.export](chat, sent)
    path = folder / f"{chat.id}{suffix}"
    path.write_bytes(content.encode("utf-8"))
    return path


def _chat(entry: dict[str, Any]) -> Chat:
    messages = tuple(Message(float(minutes), who, text) for minutes, who, text in entry["turns"])
    return Chat(
        id=entry["id"],
        channel=entry["channel"],
        country=entry["country"],
        language=entry.get("language", "es"),
        direction=entry.get("direction", "outbound"),
        customer=entry["customer"],
        export=entry["export"],
        messages=messages,
    )


def _as_json(chat: Chat, sent: list[_Sent]) -> tuple[str, str]:
    content = {
        "id": f"DEMO-{chat.id}",
        "channel": chat.channel,
        "language": chat.language,
        "country": chat.country,
        "started_at": sent[0].at.isoformat(),
        "direction": chat.direction,
        "turns": [{"speaker": one.who, "at": one.at.isoformat(), "text": one.text} for one in sent],
    }
    return ".json", json.dumps(content, ensure_ascii=False, indent=1) + "\n"


def _as_table(chat: Chat, sent: list[_Sent]) -> tuple[str, str]:
    table = io.StringIO()
    rows = csv.writer(table, delimiter=";", lineterminator="\r\n")
    rows.writerow(["id_conversacion", "canal", "fecha_hora", "hablante", "texto"])
    speakers = {"agent": "agente", "customer": "cliente"}
    rows.writerows(
        [f"DEMO-{chat.id}", chat.channel, f"{one.at:%Y-%m-%d %H:%M:%S}", speakers[one.who], one.text] for one in sent
    )
    return ".csv", "\ufeff" + table.getvalue()


# Both phones are set to dates with the year first: the only order that nobody has to guess.


def _as_android(_: Chat, sent: list[_Sent]) -> tuple[str, str]:
    notice = "Los mensajes y las llamadas están cifrados de extremo a extremo."
    lines = [f"{sent[0].at:%Y-%m-%d, %H:%M} - {notice}"]
    lines += [f"{one.at:%Y-%m-%d, %H:%M} - {one.name}: {one.text}" for one in sent]
    return ".txt", "\n".join(lines) + "\n"


def _as_iphone(chat: Chat, sent: list[_Sent]) -> tuple[str, str]:
    notice = f"{_LEFT_TO_RIGHT}Los mensajes y las llamadas están cifrados de extremo a extremo."
    lines = [f"[{sent[0].at:%Y-%m-%d, %H:%M:%S}] {chat.customer}: {notice}"]
    lines += [f"[{one.at:%Y-%m-%d, %H:%M:%S}] {one.name}: {one.text}" for one in sent]
    return ".txt", "\r\n".join(lines) + "\r\n"


_EXPORTS: Mapping[str, Callable[[Chat, list[_Sent]], tuple[str, str]]] = MappingProxyType(
    {"json": _as_json, "csv": _as_table, "whatsapp_android": _as_android, "whatsapp_ios": _as_iphone}
)
