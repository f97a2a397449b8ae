"""Signatures as Standard Webhooks has them (v1): the receiver can tell that we sent it, and when."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import secrets
from collections.abc import Mapping
from datetime import datetime, timedelta

from models.errors import QAError

PREFIX = "whsec_"
TOLERANCE = timedelta(minutes=5)


class SecretUnfit(QAError):
    status = 422
    says = "This is no webhook secret."
    remedy = "It starts with whsec_ and goes on in base64, 24 to 64 bytes."


def new_secret() -> str:
    return PREFIX + base64.b64encode(secrets.token_bytes(32)).decode()


def headers(secret: str, event: str, body: bytes, *, now: datetime) -> dict[str, str]:
    """What goes with the body: the event's id, the moment of sending, the signature over all three."""
    moment = str(int(now.timestamp()))
    return {
        "webhook-id": event,
        "webhook-timestamp": moment,
        "webhook-signature": signature(secret, event, moment, body),
    }


def signature(secret: str, event: str, moment: str, body: bytes) -> str:
    signed = hmac.new(_key(secret), f"{event}.{moment}.".encode() + body, hashlib.sha256).digest()
    return "v1," + base64.b64encode(signed).decode()


def verified(secret: str, received: Mapping[str, str], body: bytes, *, now: datetime) -> bool:
    """What a receiver does: the signature fits, and the message is not older (or newer) than five minutes."""
    event, moment = received.get("webhook-id", ""), received.get("webhook-timestamp", "")
    if not moment.isdigit() or abs(now.timestamp() - int(moment)) > TOLERANCE.total_seconds():
        return False
    expected = signature(secret, event, moment, body).encode()
    return any(hmac.compare_digest(expected, one.encode()) for one in received.get("webhook-signature", "").split())


def _key(secret: str) -> bytes:
    try:
        key = base64.b64decode(secret.removeprefix(PREFIX), validate=True)
    except binascii.Error:
        raise SecretUnfit from None
    if not secret.startswith(PREFIX) or not 24 <= len(key) <= 64:
        raise SecretUnfit
    return key
