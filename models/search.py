"""What is searched: the folded words of every stored turn with their place in the call, and searches people keep."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Dialect, ForeignKey, String, Text, TypeDecorator, UniqueConstraint
from sqlalchemy.dialects.postgresql import TSVECTOR
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import TypeEngine

from models.base import Base

# Made by migration 0006 alone, each in one database only: SQLite's FTS5 table, which triggers keep in step with
# turn_document, and PostgreSQL's GIN index on its words.
FULL_TEXT = "turn_words"
GIN = "ix_turn_document_words"


class FoldedWords(TypeDecorator[str]):
    """Words folded and parted by one space: text in SQLite, a tsvector in PostgreSQL.

    The vector is written out word by word, so that neither its parser nor its dictionaries decide what a word is: both
    databases index the very same words at the very same places.
    """

    impl = Text
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        kind: TypeEngine[Any] = TSVECTOR() if dialect.name == "postgresql" else Text()
        return dialect.type_descriptor(kind)

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        if value is None or dialect.name != "postgresql":
            return value
        return " ".join(f"'{word}':{place}" for place, word in enumerate(value.split(), 1))


class TurnDocument(Base):
    """One turn as it is searched. It goes with its turn, and is written in the transaction that writes the turn."""

    __tablename__ = "turn_document"
    __table_args__ = (UniqueConstraint("interaction_id", "position"),)

    turn_id: Mapped[int] = mapped_column(ForeignKey("turn.id", ondelete="CASCADE"), primary_key=True)
    interaction_id: Mapped[int]
    position: Mapped[int]
    second: Mapped[float | None]  # since the call began; since the first message of a chat
    left: Mapped[float | None]  # seconds from its beginning to the end of the whole
    words: Mapped[str] = mapped_column(FoldedWords)


class SavedSearch(Base):
    """A search somebody keeps under a name; `shared` shows it to the whole team. What it finds stays each reader's."""

    __tablename__ = "saved_search"
    __table_args__ = (UniqueConstraint("person_id", "name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(String(120))
    query: Mapped[str] = mapped_column(String(500))
    narrowed: Mapped[dict[str, Any]] = mapped_column(default=dict)  # the filters beside it, by their field's name
    shared: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime]
