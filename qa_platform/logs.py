"""Logs for machines to read: one JSON object a line, ids and figures only, never a person's words or numbers."""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import MutableMapping
from typing import Any

import structlog
from structlog.typing import Processor

LONG_NUMBER = re.compile(r"\+?\d(?:[ .\-()]?\d){6,}")  # phones, documents, cards, accounts
ADDRESS = re.compile(r"[\w.+-]+@[\w-]+\.[\w.]+")
KEPT_WHOLE = frozenset({"timestamp", "level", "event", "interaction", "workflow", "worker"})
PERSONAL = frozenset({"text", "quote", "words", "phone", "document", "account", "email", "password", "token", "name"})


def set_up(level: str) -> None:
    """Send every log line of the process through the same scrubber."""
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        scrub,
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.format_exc_info,
                scrub,  # again: only now is a traceback text
                structlog.processors.JSONRenderer(),
            ],
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(level)
    for chatty in ("alembic", "faster_whisper", "httpx", "dbos"):
        logging.getLogger(chatty).setLevel(max(logging.WARNING, root.level))


def scrub(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Hide what could be personal: fields named so, and anything that looks like a number or an address of a person."""
    for key, value in event.items():
        if key in PERSONAL:
            event[key] = "[hidden]"
        elif isinstance(value, str) and key not in KEPT_WHOLE:
            event[key] = hide_numbers(value)
    if isinstance(event.get("event"), str):
        event["event"] = hide_numbers(event["event"])
    return event


def hide_numbers(text: str) -> str:
    return ADDRESS.sub("[address]", LONG_NUMBER.sub("[number]", text))


def logger(name: str) -> structlog.stdlib.BoundLogger:
    bound: structlog.stdlib.BoundLogger = structlog.stdlib.get_logger(name)
    return bound
