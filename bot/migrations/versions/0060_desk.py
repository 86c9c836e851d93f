"""Who waits since when, read marks, drafts, mentions, macros, ratings of bot and person apart, and a search index."""

import sqlalchemy as sa
from alembic import op

revision = "0060_desk"
down_revision = "0040"

_KEY = sa.String(length=40)
_AT = sa.String(length=32)

#: SQLite: substrings of three characters and more, by an index that follows the messages
_SQLITE_SEARCH = (
    "CREATE TABLE search_index (id INTEGER PRIMARY KEY, conversation_id VARCHAR(40) NOT NULL, seq INTEGER NOT NULL,"
    " UNIQUE (conversation_id, seq))",
    "CREATE VIRTUAL TABLE search_messages USING fts5(text, content='', tokenize='trigram')",
    "CREATE TRIGGER search_message_added AFTER INSERT ON messages WHEN new.text <> '' BEGIN"
    " INSERT INTO search_index (conversation_id, seq) VALUES (new.conversation_id, new.seq);"
    " INSERT INTO search_messages (rowid, text) VALUES (last_insert_rowid(), new.text); END",
    "CREATE TRIGGER search_message_removed BEFORE DELETE ON messages WHEN old.text <> '' BEGIN"
    " INSERT INTO search_messages (search_messages, rowid, text) SELECT 'delete', id, old.text FROM search_index"
    " WHERE conversation_id = old.conversation_id AND seq = old.seq;"
    " DELETE FROM search_index WHERE conversation_id = old.conversation_id AND seq = old.seq; END",
    "CREATE TRIGGER search_message_changed AFTER UPDATE OF text ON messages WHEN old.text <> '' BEGIN"
    " INSERT INTO search_messages (search_messages, rowid, text) SELECT 'delete', id, old.text FROM search_index"
    " WHERE conversation_id = old.conversation_id AND seq = old.seq;"
    " INSERT INTO search_messages (rowid, text) SELECT id, new.text FROM search_index"
    " WHERE conversation_id = old.conversation_id AND seq = old.seq; END",
    "INSERT INTO search_index (conversation_id, seq) SELECT conversation_id, seq FROM messages WHERE text <> ''",
    "INSERT INTO search_messages (rowid, text) SELECT i.id, m.text FROM search_index i JOIN messages m"
    " ON m.conversation_id = i.conversation_id AND m.seq = i.seq",
)
#: PostgreSQL: where the extension may be made; without it the search reads the messages
_POSTGRES_SEARCH = """
DO $$ BEGIN
  CREATE EXTENSION IF NOT EXISTS pg_trgm;
  CREATE INDEX search_messages_text ON messages USING gin (text gin_trgm_ops);
EXCEPTION WHEN OTHERS THEN
  RAISE NOTICE 'no pg_trgm: the search reads every message';
END $$
"""


def upgrade() -> None:
    op.add_column("conversations", sa.Column("waiting_since", _AT))
    op.create_index("ix_conversations_owner_waiting", "conversations", ["owner", "waiting_since"])
    op.create_index("ix_conversations_agent", "conversations", ["agent_id", "owner"])
    op.execute(
        "UPDATE conversations SET waiting_since = updated_at"
        " WHERE owner = 'queued' OR (owner = 'bot' AND customer_seq > answered_seq)"
    )
    _ratings()
    op.create_table(
        "read_marks",
        sa.Column("conversation_id", _KEY, nullable=False),
        sa.Column("reader", _KEY, nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("at", _AT, nullable=False),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversations.id"], name="fk_read_marks_conversation_id_conversations"
        ),
        sa.PrimaryKeyConstraint("conversation_id", "reader", name="pk_read_marks"),
    )
    op.create_table(
        "drafts",
        sa.Column("conversation_id", _KEY, nullable=False),
        sa.Column("user_id", _KEY, nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("at", _AT, nullable=False),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversations.id"], name="fk_drafts_conversation_id_conversations"
        ),
        sa.PrimaryKeyConstraint("conversation_id", "user_id", name="pk_drafts"),
    )
    op.create_table(
        "mentions",
        sa.Column("id", _KEY, nullable=False),
        sa.Column("note_id", _KEY, nullable=False),
        sa.Column("conversation_id", _KEY, nullable=False),
        sa.Column("user_id", _KEY, nullable=False),
        sa.Column("at", _AT, nullable=False),
        sa.Column("read_at", _AT),
        sa.ForeignKeyConstraint(["note_id"], ["notes.id"], name="fk_mentions_note_id_notes"),
        sa.PrimaryKeyConstraint("id", name="pk_mentions"),
    )
    op.create_index("ix_mentions_user", "mentions", ["user_id", "at"])
    op.create_table(
        "macros",
        sa.Column("id", _KEY, nullable=False),
        sa.Column("title", sa.JSON(), nullable=False),
        sa.Column("text", sa.JSON(), nullable=False),
        sa.Column("shortcut", _KEY),
        sa.Column("visibility", sa.String(length=8), nullable=False),
        sa.Column("group_id", _KEY),
        sa.Column("author_id", _KEY),
        sa.Column("updated_at", _AT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_macros"),
    )
    op.create_table(
        "user_settings",
        sa.Column("user_id", _KEY, nullable=False),
        sa.Column("settings", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("user_id", name="pk_user_settings"),
    )
    op.create_table(
        "packet_ratings",
        sa.Column("handoff_id", _KEY, nullable=False),
        sa.Column("conversation_id", _KEY, nullable=False),
        sa.Column("user_id", _KEY, nullable=False),
        sa.Column("useful", sa.Boolean(), nullable=False),
        sa.Column("missing", sa.Text()),
        sa.Column("at", _AT, nullable=False),
        sa.ForeignKeyConstraint(["handoff_id"], ["handoffs.id"], name="fk_packet_ratings_handoff_id_handoffs"),
        sa.PrimaryKeyConstraint("handoff_id", name="pk_packet_ratings"),
    )
    op.create_table(
        "customer_cards",
        sa.Column("customer_id", _KEY, nullable=False),
        sa.Column("name_zh", sa.String(length=120), nullable=False),
        sa.Column("name_en", sa.String(length=120), nullable=False),
        sa.Column("phone", _KEY, nullable=False),
        sa.Column("account_number", _KEY, nullable=False),
        sa.Column("customer_class", _KEY),
        sa.Column("fetched_at", _AT, nullable=False),
        sa.PrimaryKeyConstraint("customer_id", name="pk_customer_cards"),
    )
    if op.get_bind().dialect.name == "sqlite":
        for statement in _SQLITE_SEARCH:
            op.execute(statement)
    else:
        op.execute(_POSTGRES_SEARCH)


def _ratings() -> None:
    """One rating of the bot and one of the person; those so far rated the person who served, else the bot."""
    op.rename_table("ratings", "ratings_before")
    if op.get_bind().dialect.name != "sqlite":
        op.execute("ALTER TABLE ratings_before RENAME CONSTRAINT pk_ratings TO pk_ratings_before")
        op.execute(
            "ALTER TABLE ratings_before RENAME CONSTRAINT fk_ratings_conversation_id_conversations TO fk_ratings_before"
        )
    op.create_table(
        "ratings",
        sa.Column("conversation_id", _KEY, nullable=False),
        sa.Column("subject", sa.String(length=8), nullable=False),
        sa.Column("score", sa.Integer(), nullable=False),
        sa.Column("solved", sa.Boolean(), nullable=False),
        sa.Column("comment", sa.Text()),
        sa.Column("agent_id", _KEY),
        sa.Column("created_at", _AT, nullable=False),
        sa.Column("reviewed_at", _AT),
        sa.Column("reviewed_by", _KEY),
        sa.Column("review", sa.Text()),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversations.id"], name="fk_ratings_conversation_id_conversations"
        ),
        sa.PrimaryKeyConstraint("conversation_id", "subject", name="pk_ratings"),
    )
    op.create_index("ix_ratings_score", "ratings", ["score", "created_at"])
    op.execute(
        "INSERT INTO ratings (conversation_id, subject, score, solved, comment, agent_id, created_at)"
        " SELECT conversation_id, CASE WHEN agent_id IS NULL THEN 'bot' ELSE 'agent' END, score, solved, comment,"
        " agent_id, created_at FROM ratings_before"
    )
    op.drop_table("ratings_before")


def downgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        for name in ("added", "removed", "changed"):
            op.execute(f"DROP TRIGGER search_message_{name}")
        op.execute("DROP TABLE search_messages")
        op.execute("DROP TABLE search_index")
    else:
        op.execute("DROP INDEX IF EXISTS search_messages_text")
    names = ("customer_cards", "packet_ratings", "user_settings", "macros", "mentions", "drafts", "read_marks")
    for name in names:
        op.drop_table(name)
    op.execute(
        "DELETE FROM ratings WHERE subject = 'bot' AND conversation_id IN"
        " (SELECT conversation_id FROM ratings WHERE subject = 'agent')"
    )
    op.drop_index("ix_ratings_score", "ratings")
    with op.batch_alter_table("ratings") as batch:
        batch.drop_constraint("pk_ratings", type_="primary")
        batch.create_primary_key("pk_ratings", ["conversation_id"])
        for name in ("subject", "reviewed_at", "reviewed_by", "review"):
            batch.drop_column(name)
    op.drop_index("ix_conversations_agent", "conversations")
    op.drop_index("ix_conversations_owner_waiting", "conversations")
    with op.batch_alter_table("conversations") as batch:
        batch.drop_column("waiting_since")
