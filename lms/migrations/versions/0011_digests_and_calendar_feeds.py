"""Mail that gathers reminders, and the addresses of calendar feeds."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

WAITING = sa.text("settled_at IS NULL")
STANDING = sa.text("ended_at IS NULL")


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "notice_digest",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("lines", sa.Text(), nullable=False),
        sa.Column("link", sa.String(length=300), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("kind IN ('daily', 'weekly')", name=op.f("ck_notice_digest_kind_known")),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people_person.id"], name=op.f("fk_notice_digest_person_id_people_person")
        ),
        sa.ForeignKeyConstraint(
            ["event_id"], ["audit_event.id"], name=op.f("fk_notice_digest_event_id_audit_event"),
            initially="DEFERRED", deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice_digest")),
        sa.UniqueConstraint("person_id", "kind", "day", name=op.f("uq_notice_digest_person_id_kind_day")),
    )
    op.create_index(op.f("ix_notice_digest_event_id"), "notice_digest", ["event_id"])
    op.create_table(
        "notice_digest_line",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("reader_id", sa.Uuid(), nullable=False),
        sa.Column("about_id", sa.Uuid(), nullable=False),
        sa.Column("topic", sa.String(length=100), nullable=False),
        sa.Column("step", sa.String(length=40), nullable=False),
        sa.Column("target_on", sa.Date(), nullable=False),
        sa.Column("code", sa.String(length=30), nullable=False),
        sa.Column("params", sa.Text(), nullable=False),
        sa.Column("link", sa.String(length=300), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("digest_id", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(
            ["reader_id"], ["people_person.id"], name=op.f("fk_notice_digest_line_reader_id_people_person")
        ),
        sa.ForeignKeyConstraint(
            ["about_id"], ["people_person.id"], name=op.f("fk_notice_digest_line_about_id_people_person")
        ),
        sa.ForeignKeyConstraint(
            ["digest_id"], ["notice_digest.id"], name=op.f("fk_notice_digest_line_digest_id_notice_digest")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice_digest_line")),
        sa.UniqueConstraint(
            "reader_id", "about_id", "topic", "step", "target_on",
            name=op.f("uq_notice_digest_line_reader_id_about_id_topic_step_target_on"),
        ),
    )
    op.create_index(
        "ix_notice_digest_line_waiting", "notice_digest_line", ["reader_id"],
        postgresql_where=WAITING, sqlite_where=WAITING,
    )
    op.create_table(
        "certification_calendar_feed",
        sa.Column("token_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people_person.id"],
            name=op.f("fk_certification_calendar_feed_person_id_people_person"),
        ),
        sa.ForeignKeyConstraint(
            ["event_id"], ["audit_event.id"],
            name=op.f("fk_certification_calendar_feed_event_id_audit_event"),
            initially="DEFERRED", deferrable=True,
        ),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_certification_calendar_feed")),
    )
    op.create_index(
        op.f("ix_certification_calendar_feed_event_id"), "certification_calendar_feed", ["event_id"]
    )
    op.create_index(
        "uq_certification_calendar_feed_standing", "certification_calendar_feed", ["person_id"],
        unique=True, postgresql_where=STANDING, sqlite_where=STANDING,
    )


def downgrade() -> None:
    """Remove them."""
    op.drop_table("certification_calendar_feed")
    op.drop_table("notice_digest_line")
    op.drop_table("notice_digest")
