"""Words for people: the catalogues of one language, every `locale/<language>/*.po` merged (the folder is the list)."""

from __future__ import annotations

import io
from collections.abc import Mapping
from functools import cache
from gettext import GNUTranslations, NullTranslations
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from models.errors import QAError

LOCALE = Path(__file__).parent / "locale"
SOURCE_LANGUAGE = "en"  # message ids are English sentences


@cache
def translator(language: str) -> NullTranslations:
    """The catalogues of a language, with `gettext` and `ngettext`; the source language needs none."""
    files = sorted((LOCALE / language).glob("*.po"))
    if not files:
        return NullTranslations()
    merged = Catalog(locale=language)
    for file in files:
        for message in read_catalogue(file):
            if message.id:
                merged.add(message.id, message.string, context=message.context)
    compiled = io.BytesIO()
    write_mo(compiled, merged)
    compiled.seek(0)
    return GNUTranslations(compiled)


def read_catalogue(file: Path) -> Catalog:
    with file.open("rb") as lines:
        return read_po(lines, locale=file.parent.name, abort_invalid=True)


def explain(error: QAError, language: str) -> tuple[str, str]:
    """What was wrong and what to do, in the person's language."""
    return phrase(error.says, error.details, language), phrase(error.remedy, error.details, language)


def phrase(message: str, details: Mapping[str, object], language: str) -> str:
    """A message with its blanks filled, in the person's language."""
    if not message:
        return ""
    return translator(language).gettext(message).format(**details)


def plural(one: str, many: str, number: int, language: str) -> str:
    """A counted thing, `{count}` standing for the number, in the person's language."""
    return translator(language).ngettext(one, many, number).format(count=number)
