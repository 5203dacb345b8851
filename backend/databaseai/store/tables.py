"""The store's tables. A change here needs a revision in `alembic/versions`; a test compares the two."""

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    SmallInteger,
    Table,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSON

HEAD = "0002"
"""The revision this program needs; known here so that a server need not import alembic to say so."""

METADATA = MetaData(
    naming_convention={
        "pk": "%(table_name)s_pkey",
        "fk": "%(table_name)s_%(column_0_name)s_fkey",
        "uq": "%(table_name)s_%(column_0_N_name)s_key",
        "ix": "%(table_name)s_%(column_0_N_name)s_idx",
        "ck": "%(table_name)s_%(constraint_name)s_check",
    }
)
NOW = text("clock_timestamp()")

CONVERSATION = Table(
    "conversation",
    METADATA,
    Column("id", Text, primary_key=True),
    Column("asker", Text, nullable=False),
    Column("data_source", Text, nullable=False),
    Column("started_at", DateTime(timezone=True), nullable=False, server_default=NOW),
    Index(None, "asker", "started_at"),
)
"""Turns are its answers, in the order they started."""

ANSWER = Table(
    "answer",
    METADATA,
    Column("id", Text, primary_key=True),
    Column("asker", Text, nullable=False),
    Column("data_source", Text, nullable=False),
    Column("conversation_id", ForeignKey(CONVERSATION.c.id, ondelete="CASCADE"), nullable=False),
    Column("question", Text, nullable=False),
    Column("status", Text, nullable=False, server_default="running"),
    Column("sql", Text, nullable=False, server_default=""),
    Column("model", Text, nullable=False, server_default=""),
    Column("usage", JSON),
    Column("problem_code", Text),
    Column("answer_anyway", Boolean, nullable=False, server_default=text("false")),
    Column("idempotency_key", Text),
    Column("attempt", SmallInteger, nullable=False, server_default="0"),
    Column("owner", Text),
    Column("lease_until", DateTime(timezone=True)),
    Column("stop_asked", Boolean, nullable=False, server_default=text("false")),
    Column("started_at", DateTime(timezone=True), nullable=False, server_default=NOW),
    Column("finished_at", DateTime(timezone=True)),
    UniqueConstraint("asker", "idempotency_key"),
    CheckConstraint(
        "status IN ('running', 'answered', 'clarify', 'abstained', 'refused', 'failed')", name="status"
    ),
    Index(None, "conversation_id", "started_at"),
    Index(None, "asker", "started_at"),
    Index("answer_running_idx", "lease_until", postgresql_where=text("status = 'running'")),
)
"""`owner` is the process that works on it until `lease_until`; `attempt` counts restarts."""

ANSWER_EVENT = Table(
    "answer_event",
    METADATA,
    Column("answer_id", ForeignKey(ANSWER.c.id, ondelete="CASCADE"), primary_key=True),
    Column("sequence", Integer, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("data", JSON, nullable=False),
    Column("cuts", ARRAY(Integer)),
    Column("at", DateTime(timezone=True), nullable=False, server_default=NOW),
)
"""`data` is json, not jsonb: it is sent again as it was, byte for byte, and may hold an escaped NUL.

Text deltas are kept as one row under the last one's sequence; `cuts` has the length, in characters, up to the
end of each of them, so that a reader who has seen some of them gets exactly the rest.
"""

VERIFIED_QUERY = Table(
    "verified_query",
    METADATA,
    Column("id", Text, primary_key=True),
    Column("data_source", Text, nullable=False),
    Column("question", Text, nullable=False),
    Column("question_key", Text, nullable=False),
    Column("sql", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("answer_id", ForeignKey(ANSWER.c.id, ondelete="SET NULL")),
    Column("proposed_by", Text, nullable=False),
    Column("proposed_at", DateTime(timezone=True), nullable=False, server_default=NOW),
    Column("decided_by", Text),
    Column("decided_at", DateTime(timezone=True)),
    Column("changed_at", DateTime(timezone=True), nullable=False, server_default=NOW),
    Column("checked_at", DateTime(timezone=True)),
    Column("checked_catalog", Text),
    Column("broken_code", Text),
    Column("broken_detail", Text, nullable=False, server_default=""),
    CheckConstraint("state IN ('proposed', 'approved', 'rejected', 'broken')", name="state"),
    Index(None, "data_source", "changed_at"),
    Index(
        "verified_query_standing_idx",
        "data_source",
        "question_key",
        unique=True,
        postgresql_where=text("state IN ('approved', 'broken')"),
    ),
)
"""`question_key` is equal for equal questions: one of them stands. `changed_at` moves when what may be
recalled does; `checked_catalog` is the fingerprint of the catalog that the SQL was last planned against."""
