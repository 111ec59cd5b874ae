"""Rules of assignment made by hand, and their ends."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "certification_rule",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("programme", sa.String(length=120), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("target", sa.String(length=40), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("due", sa.String(length=10), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("approval_id", sa.Uuid(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('unit', 'role', 'joined')", name=op.f("ck_certification_rule_kind_known")
        ),
        sa.ForeignKeyConstraint(
            ["event_id"],
            ["audit_event.id"],
            name=op.f("fk_certification_rule_event_id_audit_event"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_certification_rule")),
    )
    op.create_index(op.f("ix_certification_rule_event_id"), "certification_rule", ["event_id"])
    op.create_table(
        "certification_rule_end",
        sa.Column("rule_id", sa.Uuid(), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("approval_id", sa.Uuid(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["event_id"],
            ["audit_event.id"],
            name=op.f("fk_certification_rule_end_event_id_audit_event"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["rule_id"],
            ["certification_rule.id"],
            name=op.f("fk_certification_rule_end_rule_id_certification_rule"),
        ),
        sa.PrimaryKeyConstraint("rule_id", name=op.f("pk_certification_rule_end")),
    )
    op.create_index(op.f("ix_certification_rule_end_event_id"), "certification_rule_end", ["event_id"])


def downgrade() -> None:
    """Remove them."""
    op.drop_table("certification_rule_end")
    op.drop_table("certification_rule")
