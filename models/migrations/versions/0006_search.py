"""The full-text index over turns, and saved searches

The index is made empty: `qa search rebuild` (or the next start of the server) fills it for words stored before.
Whoever alters turn_document in SQLite later must make these triggers again: a table made anew loses them.

Revision: 0006, after: 0005.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

import models.base

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

WORDS = sa.Text().with_variant(postgresql.TSVECTOR(), "postgresql")
FTS5 = (
    "CREATE VIRTUAL TABLE turn_words USING fts5(words, content='turn_document', content_rowid='turn_id',"
    " tokenize='unicode61 remove_diacritics 2')",
    "CREATE TRIGGER turn_document_in AFTER INSERT ON turn_document BEGIN"
    " INSERT INTO turn_words(rowid, words) VALUES (new.turn_id, new.words); END",
    "CREATE TRIGGER turn_document_out AFTER DELETE ON turn_document BEGIN"
    " INSERT INTO turn_words(turn_words, rowid, words) VALUES ('delete', old.turn_id, old.words); END",
    "CREATE TRIGGER turn_document_changed AFTER UPDATE ON turn_document BEGIN"
    " INSERT INTO turn_words(turn_words, rowid, words) VALUES ('delete', old.turn_id, old.words);"
    " INSERT INTO turn_words(rowid, words) VALUES (new.turn_id, new.words); END",
)


def upgrade() -> None:
    op.create_table(
        "turn_document",
        sa.Column("turn_id", sa.Integer(), nullable=False),
        sa.Column("interaction_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("second", sa.Double(), nullable=True),
        sa.Column("left", sa.Double(), nullable=True),
        sa.Column("words", WORDS, nullable=False),
        sa.ForeignKeyConstraint(["turn_id"], ["turn.id"], name=op.f("fk_turn_document_turn_id_turn"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("turn_id", name=op.f("pk_turn_document")),
        sa.UniqueConstraint("interaction_id", "position", name=op.f("uq_turn_document_interaction_id_position")),
    )
    op.create_table(
        "saved_search",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(120), nullable=False),
        sa.Column("query", sa.String(500), nullable=False),
        sa.Column("narrowed", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("shared", sa.Boolean(), nullable=False),
        sa.Column("created_at", models.base.UtcTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_saved_search_person_id_person"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_search")),
        sa.UniqueConstraint("person_id", "name", name=op.f("uq_saved_search_person_id_name")),
    )
    if op.get_bind().dialect.name == "postgresql":
        op.create_index("ix_turn_document_words", "turn_document", ["words"], postgresql_using="gin")
    else:
        for statement in FTS5:
            op.execute(statement)


def downgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        op.execute("DROP TABLE turn_words")
    op.drop_table("saved_search")
    op.drop_table("turn_document")
