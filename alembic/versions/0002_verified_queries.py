"""Verified queries: question and SQL that a person approved."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

NOW = sa.text("clock_timestamp()")


def upgrade() -> None:
    """Forward."""
    op.create_table(
        "verified_query",
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("data_source", sa.Text, nullable=False),
        sa.Column("question", sa.Text, nullable=False),
        sa.Column("question_key", sa.Text, nullable=False),
        sa.Column("sql", sa.Text, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("answer_id", sa.Text),
        sa.Column("proposed_by", sa.Text, nullable=False),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False, server_default=NOW),
        sa.Column("decided_by", sa.Text),
        sa.Column("decided_at", sa.DateTime(timezone=True)),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False, server_default=NOW),
        sa.Column("checked_at", sa.DateTime(timezone=True)),
        sa.Column("checked_catalog", sa.Text),
        sa.Column("broken_code", sa.Text),
        sa.Column("broken_detail", sa.Text, nullable=False, server_default=""),
        sa.PrimaryKeyConstraint("id", name="verified_query_pkey"),
        sa.ForeignKeyConstraint(
            ["answer_id"], ["answer.id"], name="verified_query_answer_id_fkey", ondelete="SET NULL"
        ),
        sa.CheckConstraint(
            "state IN ('proposed', 'approved', 'rejected', 'broken')", name=op.f("verified_query_state_check")
        ),
    )
    op.create_index(
        "verified_query_data_source_changed_at_idx", "verified_query", ["data_source", "changed_at"]
    )
    op.create_index(
        "verified_query_standing_idx",
        "verified_query",
        ["data_source", "question_key"],
        unique=True,
        postgresql_where=sa.text("state IN ('approved', 'broken')"),
    )


def downgrade() -> None:
    """Back."""
    op.drop_table("verified_query")
