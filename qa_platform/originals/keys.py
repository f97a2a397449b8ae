"""The keys that seal originals: the newest seals, every one opens, none is stored."""

from __future__ import annotations

from models.errors import QAError
from qa_platform.originals.sealing import Key
from qa_platform.settings import Settings

SHORTEST = 32


class NoOriginalsKey(QAError):
    status = 409
    says = "There is no key to seal originals with."
    remedy = "Set QA_ORIGINALS_KEY or QA_SECRET_KEY to at least 32 random characters and start again."


def keys_of(settings: Settings) -> tuple[Key, ...]:
    """The first seals. Raises NoOriginalsKey; a short key among them is no key."""
    own = [part.strip() for part in settings.originals_key.get_secret_value().split(",") if part.strip()]
    told = [*own, settings.secret_key.get_secret_value()]  # what the secret key sealed before stays readable
    keys = tuple(Key(text.encode()) for text in told if len(text) >= SHORTEST)
    if not keys or (own and len(own[0]) < SHORTEST):
        raise NoOriginalsKey
    return keys
