"""One hue and one icon for each family of things that are found; a hue means the same on every page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from models.conversation import Channel
from models.finding import Severity


@dataclass(frozen=True, slots=True)
class Look:
    """`hue` is a class of style.css: red risk, amber friction, green commitment, cyan measured voice, "" the rest."""

    hue: str
    icon: str


FAMILIES: Mapping[str, Look] = {
    "slip": Look("red", "shield-x"),
    "objection": Look("amber", "message-question"),
    "promise": Look("green", "calendar-dollar"),
    "speech": Look("cyan", "ear"),
    "step": Look("amber", "list-check"),
    "disposition": Look("amber", "alert-triangle"),
    "sample": Look("", "dice-5"),
}
CODES: Mapping[str, Look] = {"sample.coverage": Look("", "target")}
PLAIN = Look("", "tag")
SEVERITIES: Mapping[Severity, Look] = {
    Severity.CRITICAL: Look("red", "alert-octagon"),
    Severity.HIGH: Look("amber", "alert-triangle"),
    Severity.MEDIUM: Look("soft", "minus"),
    Severity.LOW: Look("muted", "arrow-down"),
    Severity.INFO: Look("muted", "circle-dashed"),
}
CHANNELS: Mapping[Channel, str] = {
    Channel.VOICE: "phone",
    Channel.WHATSAPP: "brand-whatsapp",
    Channel.WEBCHAT: "message-circle",
    Channel.SMS: "device-mobile-message",
    Channel.EMAIL: "mail",
}


def look(code: str) -> Look:
    """By the family of a finding's or reason's code: `slip.threat_jail` is red with a shield."""
    return CODES.get(code) or FAMILIES.get(code.split(".", 1)[0], PLAIN)


def severity_look(severity: Severity | str) -> Look:
    return SEVERITIES[Severity(severity)]


def channel_icon(channel: Channel | str) -> str:
    return CHANNELS[Channel(channel)]
