"""Attempts and what was answered in them."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "quiz_accommodation",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("extra_minutes", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "extra_minutes >= 0", name=op.f("ck_quiz_accommodation_extra_minutes_not_negative")
        ),
        sa.ForeignKeyConstraint(
            ["event_id"],
            ["audit_event.id"],
            name=op.f("fk_quiz_accommodation_event_id_audit_event"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people_person.id"], name=op.f("fk_quiz_accommodation_person_id_people_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_quiz_accommodation")),
        sa.UniqueConstraint("person_id", "number", name=op.f("uq_quiz_accommodation_person_id_number")),
    )
    op.create_table(
        "quiz_attempt",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("quiz_kind", sa.String(length=20), nullable=False),
        sa.Column("quiz_id", sa.String(length=120), nullable=False),
        sa.Column("run_id", sa.String(length=40), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.Column("seed", sa.String(length=32), nullable=False),
        sa.Column("paper", sa.Text(), nullable=False),
        sa.Column("items", sa.Integer(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("deadline_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("extra_minutes", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("saves", sa.Integer(), nullable=False),
        sa.Column("last_seq", sa.Integer(), nullable=False),
        sa.Column("device", sa.String(length=40), nullable=False),
        sa.Column("other_device", sa.String(length=40), nullable=False),
        sa.Column("started_event_id", sa.Uuid(), nullable=False),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("submitted_event_id", sa.Uuid(), nullable=True),
        sa.Column("scored_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("score", sa.String(length=40), nullable=True),
        sa.Column("topics", sa.Text(), nullable=True),
        sa.Column("passed", sa.Boolean(), nullable=True),
        sa.Column("credited_on", sa.Date(), nullable=True),
        sa.Column("scored_event_id", sa.Uuid(), nullable=True),
        sa.Column("voided_event_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "quiz_kind IN ('quiz', 'examination')", name=op.f("ck_quiz_attempt_quiz_kind_known")
        ),
        sa.CheckConstraint(
            "state <> 'scored' OR (score IS NOT NULL AND passed IS NOT NULL)",
            name=op.f("ck_quiz_attempt_scored"),
        ),
        sa.CheckConstraint(
            "state IN ('in_progress', 'submitted', 'scored', 'abandoned', 'voided')",
            name=op.f("ck_quiz_attempt_state_known"),
        ),
        sa.CheckConstraint(
            "state NOT IN ('submitted', 'scored') OR submitted_at IS NOT NULL",
            name=op.f("ck_quiz_attempt_submitted"),
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people_person.id"], name=op.f("fk_quiz_attempt_person_id_people_person")
        ),
        sa.ForeignKeyConstraint(
            ["started_event_id"],
            ["audit_event.id"],
            name=op.f("fk_quiz_attempt_started_event_id_audit_event"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["version_id"], ["content_version.id"], name=op.f("fk_quiz_attempt_version_id_content_version")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_quiz_attempt")),
        sa.UniqueConstraint(
            "person_id",
            "quiz_kind",
            "quiz_id",
            "run_id",
            "number",
            name=op.f("uq_quiz_attempt_person_id_quiz_kind_quiz_id_run_id_number"),
        ),
    )
    op.create_index(
        "ix_quiz_attempt_closing",
        "quiz_attempt",
        ["deadline_at"],
        unique=False,
        postgresql_where=sa.text("state = 'in_progress'"),
        sqlite_where=sa.text("state = 'in_progress'"),
    )
    op.create_index(
        "ix_quiz_attempt_unscored",
        "quiz_attempt",
        ["submitted_at"],
        unique=False,
        postgresql_where=sa.text("state = 'submitted'"),
        sqlite_where=sa.text("state = 'submitted'"),
    )
    op.create_index(
        "uq_quiz_attempt_open",
        "quiz_attempt",
        ["person_id", "quiz_kind", "quiz_id"],
        unique=True,
        postgresql_where=sa.text("state = 'in_progress'"),
        sqlite_where=sa.text("state = 'in_progress'"),
    )
    op.create_table(
        "quiz_attempt_grant",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("quiz_kind", sa.String(length=20), nullable=False),
        sa.Column("quiz_id", sa.String(length=120), nullable=False),
        sa.Column("run_id", sa.String(length=40), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "quiz_kind IN ('quiz', 'examination')", name=op.f("ck_quiz_attempt_grant_quiz_kind_known")
        ),
        sa.CheckConstraint("attempts > 0", name=op.f("ck_quiz_attempt_grant_attempts_positive")),
        sa.ForeignKeyConstraint(
            ["event_id"],
            ["audit_event.id"],
            name=op.f("fk_quiz_attempt_grant_event_id_audit_event"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people_person.id"], name=op.f("fk_quiz_attempt_grant_person_id_people_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_quiz_attempt_grant")),
    )
    op.create_index(
        "ix_quiz_attempt_grant_run",
        "quiz_attempt_grant",
        ["person_id", "quiz_kind", "quiz_id", "run_id"],
        unique=False,
    )
    op.create_table(
        "quiz_item_exposure",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("item_id", sa.String(length=120), nullable=False),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people_person.id"], name=op.f("fk_quiz_item_exposure_person_id_people_person")
        ),
        sa.PrimaryKeyConstraint("person_id", "item_id", name=op.f("pk_quiz_item_exposure")),
    )
    op.create_table(
        "quiz_key_opening",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("item_id", sa.String(length=120), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["event_id"],
            ["audit_event.id"],
            name=op.f("fk_quiz_key_opening_event_id_audit_event"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people_person.id"], name=op.f("fk_quiz_key_opening_person_id_people_person")
        ),
        sa.PrimaryKeyConstraint("person_id", "item_id", "opened_at", name=op.f("pk_quiz_key_opening")),
    )
    op.create_table(
        "quiz_run",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("quiz_kind", sa.String(length=20), nullable=False),
        sa.Column("quiz_id", sa.String(length=120), nullable=False),
        sa.Column("run_id", sa.String(length=40), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("quiz_kind IN ('quiz', 'examination')", name=op.f("ck_quiz_run_quiz_kind_known")),
        sa.CheckConstraint("run_id <> ''", name=op.f("ck_quiz_run_run_named")),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people_person.id"], name=op.f("fk_quiz_run_person_id_people_person")
        ),
        sa.PrimaryKeyConstraint("person_id", "quiz_kind", "quiz_id", "run_id", name=op.f("pk_quiz_run")),
    )
    op.create_table(
        "quiz_response_batch",
        sa.Column("attempt_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("device", sa.String(length=40), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("late", sa.Boolean(), nullable=False),
        sa.Column("content_hash", sa.String(length=64), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["attempt_id"], ["quiz_attempt.id"], name=op.f("fk_quiz_response_batch_attempt_id_quiz_attempt")
        ),
        sa.PrimaryKeyConstraint("attempt_id", "number", name=op.f("pk_quiz_response_batch")),
        sa.UniqueConstraint(
            "attempt_id",
            "device",
            "content_hash",
            name=op.f("uq_quiz_response_batch_attempt_id_device_content_hash"),
        ),
    )


def downgrade() -> None:
    """Remove them."""
    op.drop_table("quiz_response_batch")
    op.drop_table("quiz_run")
    op.drop_table("quiz_key_opening")
    op.drop_table("quiz_item_exposure")
    op.drop_table("quiz_attempt_grant")
    op.drop_table("quiz_attempt")
    op.drop_table("quiz_accommodation")
