"""The words a person wrote in a mail: the plain part of MIME bodies, without the mail they answer to."""

from __future__ import annotations

import html
import re
from email import message_from_string, policy
from email.errors import MessageError
from email.message import EmailMessage

# "El lun, 3 mar 2025 a la(s) 10:15, Rosa <rosa@example.com> escribió:", which mail programs break over two lines.
_QUOTE = re.compile(
    r"^[ \t>]*(?:On\b[^\n]{5,200}(?:\n[^\n]{0,200})?\bwrote:|El\b[^\n]{5,200}(?:\n[^\n]{0,200})?\bescribió:"
    r"|-{2,} ?(?:Original Message|Mensaje original|Forwarded message|Mensaje reenviado) ?-{2,}"
    # Outlook quotes the headers themselves.
    r"|\*?(?:From|De):\*?[ \t][^\n]{1,300}\n[ \t>]*\*?(?:Sent|Date|Enviad[oa](?: el)?|Fecha):)[^\n]{0,200}$",
    re.MULTILINE | re.IGNORECASE,
)
_SIGNATURE = re.compile(
    r"^(?:--[ ]?|[ \t]*(?:Sent from (?:my|Outlook|Mail|Yahoo)|Get Outlook for"
    r"|Enviado (?:desde|de) (?:mi|Outlook|Correo|Yahoo)|Obtener Outlook para|Obtén Outlook para)\b[^\n]{0,80})$",
    re.MULTILINE | re.IGNORECASE,
)
_BREAK = re.compile(r"<(?:br|/p|/div|/li|/tr)\b[^<>]*>", re.IGNORECASE)
_HIDDEN = re.compile(r"<(style|script|head)\b[^<>]*>.*?</\1>", re.IGNORECASE | re.DOTALL)
_TAG = re.compile(r"<[^<>]*>")


def plain_text(body: str, mediatype: str) -> str:
    """The text of a body that is plain, HTML or MIME multipart."""
    kind = mediatype.strip().lower()
    if kind.startswith("multipart/"):
        return _of_parts(body, mediatype)
    return from_html(body) if kind.startswith("text/html") else body


def from_html(markup: str) -> str:
    return html.unescape(_TAG.sub("", _BREAK.sub("\n", _HIDDEN.sub("", markup)))).strip()


def without_quotes(text: str) -> str:
    """The answer alone, unless nothing but a quotation was sent."""
    answer = _QUOTE.split(text, maxsplit=1)[0]
    lines = [line for line in answer.splitlines() if not line.lstrip().startswith(">")]
    return "\n".join(lines).strip() or text.strip()


def without_signature(text: str) -> str:
    """The words before a signature, or before what the telephone adds of itself; all of them where nothing is left."""
    return _SIGNATURE.split(text, maxsplit=1)[0].strip() or text


def body_of(message: EmailMessage) -> str:
    """The plain part of a mail, else its HTML part as text; empty where it has neither."""
    return next((text for kind in ("plain", "html") if (text := _part(message, kind).strip())), "")


def _part(message: EmailMessage, kind: str) -> str:
    try:
        part = message.get_body(preferencelist=(kind,))
        content = str(part.get_content()) if part is not None else ""
    except (MessageError, LookupError, ValueError, TypeError, AttributeError, OverflowError):
        # Mail in the wild breaks MIME in ways that the parser meets with any of these.
        payload = message.get_payload()
        return payload if isinstance(payload, str) else ""
    return from_html(content) if kind == "html" else content


def _of_parts(body: str, mediatype: str) -> str:
    header = " ".join(mediatype.split())
    message = message_from_string(f"Content-Type: {header}\n\n{body}", _class=EmailMessage, policy=policy.default)
    return body_of(message)
