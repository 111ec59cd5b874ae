"""Remedies of faulty items, regraded scores and their reviews; the language a paper was begun in."""

from typing import Literal

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def _recreate() -> Literal["always", "never"]:
    """Say that SQLite's table is made anew, so that it reads as the program would make it."""
    return "always" if op.get_bind().dialect.name == "sqlite" else "never"


def _event(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["event_id"],
        ["audit_event.id"],
        name=op.f(f"fk_{table}_event_id_audit_event"),
        initially="DEFERRED",
        deferrable=True,
    )


def _refer(table: str, column: str, to: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{to}.id"], name=op.f(f"fk_{table}_{column}_{to}"))


def upgrade() -> None:
    """Make the tables and the column."""
    with op.batch_alter_table("quiz_attempt", recreate=_recreate()) as table:
        table.add_column(sa.Column("language", sa.String(length=2), nullable=True))
    op.create_table(
        "quiz_item_remedy",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("item_id", sa.String(length=120), nullable=False),
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("accept", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("approval_id", sa.Uuid(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('drop', 'accept', 'credit')", name=op.f("ck_quiz_item_remedy_kind_known")
        ),
        sa.CheckConstraint(
            "(kind = 'accept') = (accept <> '')", name=op.f("ck_quiz_item_remedy_accept_with_its_kind")
        ),
        _refer("quiz_item_remedy", "approval_id", "approval"),
        _event("quiz_item_remedy"),
        _refer("quiz_item_remedy", "version_id", "content_version"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_quiz_item_remedy")),
        sa.UniqueConstraint("approval_id", name=op.f("uq_quiz_item_remedy_approval_id")),
        sa.UniqueConstraint("version_id", "number", name=op.f("uq_quiz_item_remedy_version_id_number")),
    )
    op.create_index(op.f("ix_quiz_item_remedy_event_id"), "quiz_item_remedy", ["event_id"])
    op.create_table(
        "quiz_score_change",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("attempt_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("remedy_id", sa.Uuid(), nullable=False),
        sa.Column("before_score", sa.String(length=40), nullable=False),
        sa.Column("before_passed", sa.Boolean(), nullable=False),
        sa.Column("computed_score", sa.String(length=40), nullable=False),
        sa.Column("computed_passed", sa.Boolean(), nullable=False),
        sa.Column("score", sa.String(length=40), nullable=False),
        sa.Column("passed", sa.Boolean(), nullable=False),
        sa.Column("review", sa.Boolean(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("passed OR NOT before_passed", name=op.f("ck_quiz_score_change_pass_kept")),
        sa.CheckConstraint(
            "NOT review OR (passed AND NOT computed_passed)",
            name=op.f("ck_quiz_score_change_review_of_a_pass"),
        ),
        _refer("quiz_score_change", "attempt_id", "quiz_attempt"),
        _event("quiz_score_change"),
        _refer("quiz_score_change", "remedy_id", "quiz_item_remedy"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_quiz_score_change")),
        sa.UniqueConstraint("attempt_id", "number", name=op.f("uq_quiz_score_change_attempt_id_number")),
    )
    op.create_index(op.f("ix_quiz_score_change_event_id"), "quiz_score_change", ["event_id"])
    op.create_table(
        "quiz_score_review",
        sa.Column("change_id", sa.Uuid(), nullable=False),
        sa.Column("remark", sa.Text(), nullable=False),
        sa.Column("reviewed_by_id", sa.Uuid(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        _refer("quiz_score_review", "change_id", "quiz_score_change"),
        _event("quiz_score_review"),
        _refer("quiz_score_review", "reviewed_by_id", "people_person"),
        sa.PrimaryKeyConstraint("change_id", name=op.f("pk_quiz_score_review")),
    )
    op.create_index(op.f("ix_quiz_score_review_event_id"), "quiz_score_review", ["event_id"])


def downgrade() -> None:
    """Remove them."""
    op.drop_table("quiz_score_review")
    op.drop_table("quiz_score_change")
    op.drop_table("quiz_item_remedy")
    with op.batch_alter_table("quiz_attempt", recreate=_recreate()) as table:
        table.drop_column("language")
