"""Conversations, answers and their events."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

NOW = sa.text("clock_timestamp()")


def moment(name: str, **kwargs: object) -> sa.Column:
    """A point in time."""
    return sa.Column(name, sa.DateTime(timezone=True), **kwargs)


def upgrade() -> None:
    """Forward."""
    op.create_table(
        "conversation",
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("asker", sa.Text, nullable=False),
        sa.Column("data_source", sa.Text, nullable=False),
        moment("started_at", nullable=False, server_default=NOW),
        sa.PrimaryKeyConstraint("id", name="conversation_pkey"),
    )
    op.create_index("conversation_asker_started_at_idx", "conversation", ["asker", "started_at"])
    op.create_table(
        "answer",
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("asker", sa.Text, nullable=False),
        sa.Column("data_source", sa.Text, nullable=False),
        sa.Column("conversation_id", sa.Text, nullable=False),
        sa.Column("question", sa.Text, nullable=False),
        sa.Column("status", sa.Text, nullable=False, server_default="running"),
        sa.Column("sql", sa.Text, nullable=False, server_default=""),
        sa.Column("model", sa.Text, nullable=False, server_default=""),
        sa.Column("usage", postgresql.JSON),
        sa.Column("problem_code", sa.Text),
        sa.Column("answer_anyway", sa.Boolean, nullable=False, server_default=sa.text("false")),
        sa.Column("idempotency_key", sa.Text),
        sa.Column("attempt", sa.SmallInteger, nullable=False, server_default="0"),
        sa.Column("owner", sa.Text),
        moment("lease_until"),
        sa.Column("stop_asked", sa.Boolean, nullable=False, server_default=sa.text("false")),
        moment("started_at", nullable=False, server_default=NOW),
        moment("finished_at"),
        sa.PrimaryKeyConstraint("id", name="answer_pkey"),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversation.id"], name="answer_conversation_id_fkey", ondelete="CASCADE"
        ),
        sa.UniqueConstraint("asker", "idempotency_key", name="answer_asker_idempotency_key_key"),
        sa.CheckConstraint(
            "status IN ('running', 'answered', 'clarify', 'abstained', 'refused', 'failed')",
            name=op.f("answer_status_check"),
        ),
    )
    op.create_index("answer_conversation_id_started_at_idx", "answer", ["conversation_id", "started_at"])
    op.create_index("answer_asker_started_at_idx", "answer", ["asker", "started_at"])
    op.create_index(
        "answer_running_idx", "answer", ["lease_until"], postgresql_where=sa.text("status = 'running'")
    )
    op.create_table(
        "answer_event",
        sa.Column("answer_id", sa.Text, nullable=False),
        sa.Column("sequence", sa.Integer, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("data", postgresql.JSON, nullable=False),
        sa.Column("cuts", postgresql.ARRAY(sa.Integer)),
        moment("at", nullable=False, server_default=NOW),
        sa.PrimaryKeyConstraint("answer_id", "sequence", name="answer_event_pkey"),
        sa.ForeignKeyConstraint(
            ["answer_id"], ["answer.id"], name="answer_event_answer_id_fkey", ondelete="CASCADE"
        ),
    )


def downgrade() -> None:
    """Back."""
    op.drop_table("answer_event")
    op.drop_table("answer")
    op.drop_table("conversation")
