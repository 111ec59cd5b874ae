"""Evaluation cycles, their seals and corrections."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "evaluation_cycle",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("policy_id", sa.Integer(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("starts_on <= ends_on", name=op.f("ck_evaluation_cycle_days_in_order")),
        sa.ForeignKeyConstraint(
            ["event_id"],
            ["audit_event.id"],
            name=op.f("fk_evaluation_cycle_event_id_audit_event"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["policy_id"], ["content_version.id"], name=op.f("fk_evaluation_cycle_policy_id_content_version")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evaluation_cycle")),
    )
    op.create_table(
        "evaluation_outage",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("approval_id", sa.Uuid(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["approval_id"], ["approval.id"], name=op.f("fk_evaluation_outage_approval_id_approval")
        ),
        sa.ForeignKeyConstraint(
            ["event_id"],
            ["audit_event.id"],
            name=op.f("fk_evaluation_outage_event_id_audit_event"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evaluation_outage")),
    )
    op.create_table(
        "evaluation_seal",
        sa.Column("cycle_id", sa.String(length=40), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("sealed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("known_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("asked_by_id", sa.Uuid(), nullable=False),
        sa.Column("approved_by_id", sa.Uuid(), nullable=False),
        sa.Column("approval_id", sa.Uuid(), nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["approval_id"], ["approval.id"], name=op.f("fk_evaluation_seal_approval_id_approval")
        ),
        sa.ForeignKeyConstraint(
            ["approved_by_id"],
            ["people_person.id"],
            name=op.f("fk_evaluation_seal_approved_by_id_people_person"),
        ),
        sa.ForeignKeyConstraint(
            ["asked_by_id"], ["people_person.id"], name=op.f("fk_evaluation_seal_asked_by_id_people_person")
        ),
        sa.ForeignKeyConstraint(
            ["cycle_id"], ["evaluation_cycle.id"], name=op.f("fk_evaluation_seal_cycle_id_evaluation_cycle")
        ),
        sa.ForeignKeyConstraint(
            ["event_id"],
            ["audit_event.id"],
            name=op.f("fk_evaluation_seal_event_id_audit_event"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("cycle_id", name=op.f("pk_evaluation_seal")),
    )
    op.create_table(
        "evaluation_correction",
        sa.Column("cycle_id", sa.String(length=40), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("corrected_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("approval_id", sa.Uuid(), nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["approval_id"], ["approval.id"], name=op.f("fk_evaluation_correction_approval_id_approval")
        ),
        sa.ForeignKeyConstraint(
            ["cycle_id"],
            ["evaluation_seal.cycle_id"],
            name=op.f("fk_evaluation_correction_cycle_id_evaluation_seal"),
        ),
        sa.ForeignKeyConstraint(
            ["event_id"],
            ["audit_event.id"],
            name=op.f("fk_evaluation_correction_event_id_audit_event"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people_person.id"], name=op.f("fk_evaluation_correction_person_id_people_person")
        ),
        sa.PrimaryKeyConstraint("cycle_id", "person_id", "number", name=op.f("pk_evaluation_correction")),
    )
    op.create_table(
        "evaluation_sealed",
        sa.Column("cycle_id", sa.String(length=40), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=True),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("inputs", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["cycle_id"],
            ["evaluation_seal.cycle_id"],
            name=op.f("fk_evaluation_sealed_cycle_id_evaluation_seal"),
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people_person.id"], name=op.f("fk_evaluation_sealed_person_id_people_person")
        ),
        sa.ForeignKeyConstraint(
            ["unit_id"], ["people_unit.id"], name=op.f("fk_evaluation_sealed_unit_id_people_unit")
        ),
        sa.PrimaryKeyConstraint("cycle_id", "person_id", name=op.f("pk_evaluation_sealed")),
    )


def downgrade() -> None:
    """Remove them."""
    op.drop_table("evaluation_sealed")
    op.drop_table("evaluation_correction")
    op.drop_table("evaluation_seal")
    op.drop_table("evaluation_outage")
    op.drop_table("evaluation_cycle")
