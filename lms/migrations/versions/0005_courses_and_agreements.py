"""Runs through courses, signatures of agreements."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "agreement_signature",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("agreement_id", sa.String(length=120), nullable=False),
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("html_sha256", sa.String(length=64), nullable=False),
        sa.Column("zh_sha256", sa.String(length=64), nullable=False),
        sa.Column("en_sha256", sa.String(length=64), nullable=False),
        sa.Column("typed_name", sa.String(length=120), nullable=False),
        sa.Column("signed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("signed_on", sa.Date(), nullable=False),
        sa.Column("signature_level", sa.String(length=20), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "signature_level IN ('click', 're-authenticated', 'ca')",
            name=op.f("ck_agreement_signature_signature_level_known"),
        ),
        sa.ForeignKeyConstraint(
            ["event_id"],
            ["audit_event.id"],
            name=op.f("fk_agreement_signature_event_id_audit_event"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people_person.id"], name=op.f("fk_agreement_signature_person_id_people_person")
        ),
        sa.ForeignKeyConstraint(
            ["version_id"],
            ["content_version.id"],
            name=op.f("fk_agreement_signature_version_id_content_version"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agreement_signature")),
        sa.UniqueConstraint(
            "person_id", "version_id", name=op.f("uq_agreement_signature_person_id_version_id")
        ),
    )
    op.create_index(
        op.f("ix_agreement_signature_version_id"), "agreement_signature", ["version_id"], unique=False
    )
    op.create_table(
        "course_lesson_place",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("course_id", sa.String(length=120), nullable=False),
        sa.Column("lesson_id", sa.String(length=120), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people_person.id"], name=op.f("fk_course_lesson_place_person_id_people_person")
        ),
        sa.PrimaryKeyConstraint("person_id", "course_id", "lesson_id", name=op.f("pk_course_lesson_place")),
    )
    op.create_table(
        "course_run",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("target", sa.String(length=120), nullable=False),
        sa.Column("period_key", sa.String(length=200), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("opened_on", sa.Date(), nullable=False),
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("quiz_passed_on", sa.Date(), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("finished_on", sa.Date(), nullable=True),
        sa.Column("finished_event_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "kind IN ('course', 'quiz', 'examination')", name=op.f("ck_course_run_kind_known")
        ),
        sa.ForeignKeyConstraint(
            ["event_id"],
            ["audit_event.id"],
            name=op.f("fk_course_run_event_id_audit_event"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["finished_event_id"],
            ["audit_event.id"],
            name=op.f("fk_course_run_finished_event_id_audit_event"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people_person.id"], name=op.f("fk_course_run_person_id_people_person")
        ),
        sa.ForeignKeyConstraint(
            ["version_id"], ["content_version.id"], name=op.f("fk_course_run_version_id_content_version")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_course_run")),
        sa.UniqueConstraint(
            "person_id",
            "kind",
            "target",
            "period_key",
            name=op.f("uq_course_run_person_id_kind_target_period_key"),
        ),
    )
    op.create_index(
        "ix_course_run_kind_target_unfinished",
        "course_run",
        ["kind", "target"],
        unique=False,
        sqlite_where=sa.text("finished_on IS NULL"),
        postgresql_where=sa.text("finished_on IS NULL"),
    )
    op.create_index(
        "uq_course_run_unfinished",
        "course_run",
        ["person_id", "kind", "target"],
        unique=True,
        sqlite_where=sa.text("finished_on IS NULL"),
        postgresql_where=sa.text("finished_on IS NULL"),
    )
    op.create_table(
        "course_lesson_progress",
        sa.Column("run_id", sa.Uuid(), nullable=False),
        sa.Column("lesson_id", sa.String(length=120), nullable=False),
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_on", sa.Date(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["event_id"],
            ["audit_event.id"],
            name=op.f("fk_course_lesson_progress_event_id_audit_event"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["run_id"], ["course_run.id"], name=op.f("fk_course_lesson_progress_run_id_course_run")
        ),
        sa.ForeignKeyConstraint(
            ["version_id"],
            ["content_version.id"],
            name=op.f("fk_course_lesson_progress_version_id_content_version"),
        ),
        sa.PrimaryKeyConstraint("run_id", "lesson_id", name=op.f("pk_course_lesson_progress")),
    )


def downgrade() -> None:
    """Remove them."""
    op.drop_table("course_lesson_progress")
    op.drop_table("course_run")
    op.drop_table("course_lesson_place")
    op.drop_table("agreement_signature")
