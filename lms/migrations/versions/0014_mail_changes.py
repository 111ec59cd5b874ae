"""Changes of registered addresses that wait to be confirmed, and their ends."""

from typing import Literal

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def _recreate() -> Literal["always", "never"]:
    """Say that SQLite's table is made anew, so that it reads as the program would make it."""
    return "always" if op.get_bind().dialect.name == "sqlite" else "never"


def upgrade() -> None:
    """Make the tables, and the place of the address that is to come."""
    with op.batch_alter_table("people_identity", recreate=_recreate()) as table:
        table.add_column(sa.Column("new_mail", sa.String(length=254), nullable=True))
    op.create_table(
        "people_mail_change",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("asked_by_id", sa.Uuid(), nullable=True),
        sa.Column("token_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["asked_by_id"],
            ["people_person.id"],
            name=op.f("fk_people_mail_change_asked_by_id_people_person"),
        ),
        sa.ForeignKeyConstraint(
            ["event_id"],
            ["audit_event.id"],
            name=op.f("fk_people_mail_change_event_id_audit_event"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people_person.id"], name=op.f("fk_people_mail_change_person_id_people_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_people_mail_change")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_people_mail_change_token_hash")),
    )
    op.create_index(op.f("ix_people_mail_change_event_id"), "people_mail_change", ["event_id"])
    op.create_index(op.f("ix_people_mail_change_person_id"), "people_mail_change", ["person_id"])
    op.create_table(
        "people_mail_change_end",
        sa.Column("change_id", sa.Uuid(), nullable=False),
        sa.Column("outcome", sa.String(length=12), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "outcome IN ('confirmed', 'approved', 'withdrawn', 'superseded')",
            name=op.f("ck_people_mail_change_end_outcome_known"),
        ),
        sa.ForeignKeyConstraint(
            ["change_id"],
            ["people_mail_change.id"],
            name=op.f("fk_people_mail_change_end_change_id_people_mail_change"),
        ),
        sa.ForeignKeyConstraint(
            ["event_id"],
            ["audit_event.id"],
            name=op.f("fk_people_mail_change_end_event_id_audit_event"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("change_id", name=op.f("pk_people_mail_change_end")),
    )
    op.create_index(op.f("ix_people_mail_change_end_event_id"), "people_mail_change_end", ["event_id"])


def downgrade() -> None:
    """Remove them."""
    op.drop_table("people_mail_change_end")
    op.drop_table("people_mail_change")
    with op.batch_alter_table("people_identity", recreate=_recreate()) as table:
        table.drop_column("new_mail")
