"""Passwords: hashed with Argon2id, long rather than complicated, never a well-known one."""

from __future__ import annotations

import secrets
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from models.errors import QAError

SHORTEST = 10
LONGEST = 128
# OWASP's floor for Argon2id: 19 MiB, two passes, one lane. Slow enough for a thief, quick enough for a shift change.
_HASHER = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"  # none that look alike on paper
_WELL_KNOWN_LIST = """
1234567890 0123456789 9876543210 12345678910 123456789a qwertyuiop qwerty12345 1q2w3e4r5t 1qaz2wsx3edc password12
password123 password1234 passw0rd123 contrasena contraseña contrasena1 contrasena123 contraseña123 administrador
administrator bienvenido bienvenido1 bienvenido123 welcome123 cobranza123 cobranzas123 changeme123 letmein123
iloveyou123 asdfghjklñ asdfghjkl1 zxcvbnm123 abcdefghij abc1234567 abcd123456 aaaaaaaaaa 1111111111 0000000000
1122334455 q1w2e3r4t5 qwerty1234 teamo12345 america2026 mexico2026 colombia2026 peru202612 argentina2026
chile202612 calidad123 escuchaqa123
"""
_WELL_KNOWN = frozenset(_WELL_KNOWN_LIST.split())


class WeakPassword(QAError):
    status = 422
    says = "That password is too easy to guess."
    remedy = "Use {shortest} characters or more, nothing from your e-mail and no well-known password."


def check_password(password: str, *, email: str) -> None:
    """Raises WeakPassword. Length counts, character classes do not."""
    folded = password.casefold()
    name = email.split("@")[0].casefold()
    if not SHORTEST <= len(password) <= LONGEST or folded in _WELL_KNOWN or (len(name) > 3 and name in folded):
        raise WeakPassword(shortest=SHORTEST)


def hash_password(password: str) -> str:
    return _HASHER.hash(password)


def matches(password: str, password_hash: str | None) -> bool:
    """Takes the same time whether or not there is an account, so that nobody learns which e-mails exist."""
    try:
        _HASHER.verify(password_hash or _nobody(), password)
    except (VerificationError, InvalidHashError):
        return False
    return password_hash is not None


def new_password() -> str:
    """For a new account: three groups, easy to read out loud."""
    return "-".join("".join(secrets.choice(_LETTERS) for _ in range(5)) for _ in range(3))


@cache
def _nobody() -> str:
    return hash_password(secrets.token_urlsafe())
