"""Plays of cases with their steps, and what a credit of a case says besides."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "case_play",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.String(length=120), nullable=False),
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("percent", sa.Integer(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("started_event_id", sa.Uuid(), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ending", sa.String(length=4), nullable=True),
        sa.Column("score", sa.String(length=60), nullable=True),
        sa.Column("shares", sa.Text(), nullable=True),
        sa.Column("critical", sa.Boolean(), nullable=True),
        sa.Column("passed", sa.Boolean(), nullable=True),
        sa.Column("credited_on", sa.Date(), nullable=True),
        sa.Column("finished_event_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint("state IN ('in_progress', 'finished')", name=op.f("ck_case_play_state_known")),
        sa.CheckConstraint("ending IN ('pass', 'fail')", name=op.f("ck_case_play_ending_known")),
        sa.CheckConstraint(
            "state <> 'finished' OR (finished_at IS NOT NULL AND ending IS NOT NULL AND score IS NOT NULL"
            " AND passed IS NOT NULL AND credited_on IS NOT NULL)",
            name=op.f("ck_case_play_finished"),
        ),
        sa.CheckConstraint("percent >= 100", name=op.f("ck_case_play_percent_least")),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people_person.id"], name=op.f("fk_case_play_person_id_people_person")
        ),
        sa.ForeignKeyConstraint(
            ["started_event_id"],
            ["audit_event.id"],
            name=op.f("fk_case_play_started_event_id_audit_event"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["version_id"], ["content_version.id"], name=op.f("fk_case_play_version_id_content_version")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_play")),
        sa.UniqueConstraint(
            "person_id", "case_id", "number", name=op.f("uq_case_play_person_id_case_id_number")
        ),
    )
    op.create_index(op.f("ix_case_play_started_event_id"), "case_play", ["started_event_id"])
    op.create_index("ix_case_play_case_id", "case_play", ["case_id"])
    is_open = sa.text("state = 'in_progress'")
    op.create_index(
        "uq_case_play_open",
        "case_play",
        ["person_id", "case_id"],
        unique=True,
        postgresql_where=is_open,
        sqlite_where=is_open,
    )
    op.create_table(
        "case_step",
        sa.Column("play_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("scene", sa.String(length=120), nullable=False),
        sa.Column("choice", sa.String(length=120), nullable=False),
        sa.Column("shown_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("chosen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("timed_out", sa.Boolean(), nullable=False),
        sa.CheckConstraint("number > 0", name=op.f("ck_case_step_number_positive")),
        sa.ForeignKeyConstraint(["play_id"], ["case_play.id"], name=op.f("fk_case_step_play_id_case_play")),
        sa.PrimaryKeyConstraint("play_id", "number", name=op.f("pk_case_step")),
    )
    op.create_table(
        "certification_credit_case",
        sa.Column("credit_id", sa.Uuid(), nullable=False),
        sa.Column("pools", sa.Text(), nullable=False),
        sa.Column("repeat", sa.Boolean(), nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["credit_id"],
            ["certification_credit.id"],
            name=op.f("fk_certification_credit_case_credit_id_certification_credit"),
        ),
        sa.ForeignKeyConstraint(
            ["event_id"],
            ["audit_event.id"],
            name=op.f("fk_certification_credit_case_event_id_audit_event"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("credit_id", name=op.f("pk_certification_credit_case")),
    )
    op.create_index(op.f("ix_certification_credit_case_event_id"), "certification_credit_case", ["event_id"])


def downgrade() -> None:
    """Remove them."""
    op.drop_table("certification_credit_case")
    op.drop_table("case_step")
    op.drop_table("case_play")
