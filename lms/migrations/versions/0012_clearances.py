"""Clearances: answers told, denials, emergency openings, recusals; webhooks."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "clearance_answer",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("duty", sa.String(length=120), nullable=False),
        sa.Column("allowed", sa.Boolean(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("wake_on", sa.Date(), nullable=True),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people_person.id"], name=op.f("fk_clearance_answer_person_id_people_person")
        ),
        sa.PrimaryKeyConstraint("person_id", "duty", name=op.f("pk_clearance_answer")),
    )
    op.create_index(
        "ix_clearance_answer_wake_on",
        "clearance_answer",
        ["wake_on"],
        unique=False,
        postgresql_where=sa.text("wake_on IS NOT NULL"),
        sqlite_where=sa.text("wake_on IS NOT NULL"),
    )
    op.create_table(
        "clearance_denial",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("duty", sa.String(length=120), nullable=False),
        sa.Column("client", sa.String(length=40), nullable=False),
        sa.Column("denied_on", sa.Date(), nullable=False),
        sa.Column("code", sa.String(length=20), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "code IN ('held', 'break_glass', 'not_employed', 'on_leave', 'recused', 'standing', 'grace_over', 'supplement_overdue', 'unsigned', 'sign_again', 'no_duty')",
            name=op.f("ck_clearance_denial_code_known"),
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people_person.id"], name=op.f("fk_clearance_denial_person_id_people_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_clearance_denial")),
        sa.UniqueConstraint(
            "person_id",
            "duty",
            "client",
            "denied_on",
            name=op.f("uq_clearance_denial_person_id_duty_client_denied_on"),
        ),
    )
    op.create_index(op.f("ix_clearance_denial_denied_on"), "clearance_denial", ["denied_on"], unique=False)
    op.create_table(
        "clearance_recusal",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("client", sa.String(length=40), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("entered_by_id", sa.Uuid(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["entered_by_id"],
            ["people_person.id"],
            name=op.f("fk_clearance_recusal_entered_by_id_people_person"),
        ),
        sa.ForeignKeyConstraint(
            ["event_id"],
            ["audit_event.id"],
            name=op.f("fk_clearance_recusal_event_id_audit_event"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people_person.id"], name=op.f("fk_clearance_recusal_person_id_people_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_clearance_recusal")),
    )
    op.create_index(op.f("ix_clearance_recusal_event_id"), "clearance_recusal", ["event_id"], unique=False)
    op.create_index(op.f("ix_clearance_recusal_person_id"), "clearance_recusal", ["person_id"], unique=False)
    op.create_table(
        "webhook_endpoint",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("url", sa.String(length=500), nullable=False),
        sa.Column("kinds", sa.String(length=400), nullable=False),
        sa.Column("secret", sa.String(length=120), nullable=False),
        sa.Column("added_by_id", sa.Uuid(), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["added_by_id"], ["people_person.id"], name=op.f("fk_webhook_endpoint_added_by_id_people_person")
        ),
        sa.ForeignKeyConstraint(
            ["event_id"],
            ["audit_event.id"],
            name=op.f("fk_webhook_endpoint_event_id_audit_event"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhook_endpoint")),
    )
    op.create_index(op.f("ix_webhook_endpoint_event_id"), "webhook_endpoint", ["event_id"], unique=False)
    op.create_table(
        "clearance_glass",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("duty", sa.String(length=120), nullable=False),
        sa.Column("client", sa.String(length=40), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("from_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("approved_by_id", sa.Uuid(), nullable=False),
        sa.Column("approval_id", sa.Uuid(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("from_at < until_at", name=op.f("ck_clearance_glass_instants_in_order")),
        sa.ForeignKeyConstraint(
            ["approval_id"], ["approval.id"], name=op.f("fk_clearance_glass_approval_id_approval")
        ),
        sa.ForeignKeyConstraint(
            ["approved_by_id"],
            ["people_person.id"],
            name=op.f("fk_clearance_glass_approved_by_id_people_person"),
        ),
        sa.ForeignKeyConstraint(
            ["event_id"],
            ["audit_event.id"],
            name=op.f("fk_clearance_glass_event_id_audit_event"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people_person.id"], name=op.f("fk_clearance_glass_person_id_people_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_clearance_glass")),
        sa.UniqueConstraint("approval_id", name=op.f("uq_clearance_glass_approval_id")),
    )
    op.create_index(op.f("ix_clearance_glass_event_id"), "clearance_glass", ["event_id"], unique=False)
    op.create_index(op.f("ix_clearance_glass_person_id"), "clearance_glass", ["person_id"], unique=False)
    op.create_index(op.f("ix_clearance_glass_until_at"), "clearance_glass", ["until_at"], unique=False)
    op.create_table(
        "clearance_recusal_end",
        sa.Column("recusal_id", sa.Uuid(), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("approval_id", sa.Uuid(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["approval_id"], ["approval.id"], name=op.f("fk_clearance_recusal_end_approval_id_approval")
        ),
        sa.ForeignKeyConstraint(
            ["event_id"],
            ["audit_event.id"],
            name=op.f("fk_clearance_recusal_end_event_id_audit_event"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["recusal_id"],
            ["clearance_recusal.id"],
            name=op.f("fk_clearance_recusal_end_recusal_id_clearance_recusal"),
        ),
        sa.PrimaryKeyConstraint("recusal_id", name=op.f("pk_clearance_recusal_end")),
    )
    op.create_index(
        op.f("ix_clearance_recusal_end_event_id"), "clearance_recusal_end", ["event_id"], unique=False
    )
    op.create_table(
        "webhook_message",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("endpoint_id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("job_id", sa.Uuid(), nullable=False),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["endpoint_id"],
            ["webhook_endpoint.id"],
            name=op.f("fk_webhook_message_endpoint_id_webhook_endpoint"),
        ),
        sa.ForeignKeyConstraint(["job_id"], ["job.id"], name=op.f("fk_webhook_message_job_id_job")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhook_message")),
        sa.UniqueConstraint("endpoint_id", "key", name=op.f("uq_webhook_message_endpoint_id_key")),
        sa.UniqueConstraint("job_id", name=op.f("uq_webhook_message_job_id")),
    )
    op.create_index("ix_webhook_message_created_at", "webhook_message", ["created_at"], unique=False)
    op.create_table(
        "clearance_glass_review",
        sa.Column("glass_id", sa.Uuid(), nullable=False),
        sa.Column("outcome", sa.String(length=12), nullable=False),
        sa.Column("remark", sa.Text(), nullable=False),
        sa.Column("reviewed_by_id", sa.Uuid(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "outcome IN ('justified', 'unjustified')", name=op.f("ck_clearance_glass_review_outcome_known")
        ),
        sa.ForeignKeyConstraint(
            ["event_id"],
            ["audit_event.id"],
            name=op.f("fk_clearance_glass_review_event_id_audit_event"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["glass_id"],
            ["clearance_glass.id"],
            name=op.f("fk_clearance_glass_review_glass_id_clearance_glass"),
        ),
        sa.ForeignKeyConstraint(
            ["reviewed_by_id"],
            ["people_person.id"],
            name=op.f("fk_clearance_glass_review_reviewed_by_id_people_person"),
        ),
        sa.PrimaryKeyConstraint("glass_id", name=op.f("pk_clearance_glass_review")),
    )
    op.create_index(
        op.f("ix_clearance_glass_review_event_id"), "clearance_glass_review", ["event_id"], unique=False
    )
    op.create_table(
        "webhook_try",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("message_id", sa.Uuid(), nullable=False),
        sa.Column("tried_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("error", sa.String(length=300), nullable=False),
        sa.ForeignKeyConstraint(
            ["message_id"], ["webhook_message.id"], name=op.f("fk_webhook_try_message_id_webhook_message")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhook_try")),
    )
    op.create_index(op.f("ix_webhook_try_message_id"), "webhook_try", ["message_id"], unique=False)


def downgrade() -> None:
    """Remove them."""
    op.drop_index(op.f("ix_webhook_try_message_id"), table_name="webhook_try")
    op.drop_table("webhook_try")
    op.drop_index(op.f("ix_clearance_glass_review_event_id"), table_name="clearance_glass_review")
    op.drop_table("clearance_glass_review")
    op.drop_index("ix_webhook_message_created_at", table_name="webhook_message")
    op.drop_table("webhook_message")
    op.drop_index(op.f("ix_clearance_recusal_end_event_id"), table_name="clearance_recusal_end")
    op.drop_table("clearance_recusal_end")
    op.drop_index(op.f("ix_clearance_glass_until_at"), table_name="clearance_glass")
    op.drop_index(op.f("ix_clearance_glass_person_id"), table_name="clearance_glass")
    op.drop_index(op.f("ix_clearance_glass_event_id"), table_name="clearance_glass")
    op.drop_table("clearance_glass")
    op.drop_index(op.f("ix_webhook_endpoint_event_id"), table_name="webhook_endpoint")
    op.drop_table("webhook_endpoint")
    op.drop_index(op.f("ix_clearance_recusal_person_id"), table_name="clearance_recusal")
    op.drop_index(op.f("ix_clearance_recusal_event_id"), table_name="clearance_recusal")
    op.drop_table("clearance_recusal")
    op.drop_index(op.f("ix_clearance_denial_denied_on"), table_name="clearance_denial")
    op.drop_table("clearance_denial")
    op.drop_index(
        "ix_clearance_answer_wake_on",
        table_name="clearance_answer",
        postgresql_where=sa.text("wake_on IS NOT NULL"),
        sqlite_where=sa.text("wake_on IS NOT NULL"),
    )
    op.drop_table("clearance_answer")
