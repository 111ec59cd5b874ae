"""Assignments, credits, decisions, periods, standings, certificates."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "certification_assignment",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("programme", sa.String(length=120), nullable=False),
        sa.Column("source", sa.String(length=10), nullable=False),
        sa.Column("source_key", sa.String(length=200), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("due", sa.String(length=10), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "source IN ('rule', 'person', 'finding')", name=op.f("ck_certification_assignment_source_known")
        ),
        sa.ForeignKeyConstraint(
            ["event_id"],
            ["audit_event.id"],
            name=op.f("fk_certification_assignment_event_id_audit_event"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["people_person.id"],
            name=op.f("fk_certification_assignment_person_id_people_person"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_certification_assignment")),
        sa.UniqueConstraint(
            "person_id",
            "programme",
            "source_key",
            "from_on",
            name=op.f("uq_certification_assignment_person_id_programme_source_key_from_on"),
        ),
    )
    op.create_table(
        "certification_credit",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("need", sa.String(length=12), nullable=False),
        sa.Column("target", sa.String(length=120), nullable=False),
        sa.Column("occurred_on", sa.Date(), nullable=False),
        sa.Column("source", sa.String(length=5), nullable=False),
        sa.Column("source_key", sa.String(length=200), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("content_version_id", sa.Integer(), nullable=True),
        sa.Column("evidence", sa.Text(), nullable=False),
        sa.Column("approval_id", sa.Uuid(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "need IN ('agreement', 'course', 'case', 'case_from', 'quiz', 'examination', 'programme')",
            name=op.f("ck_certification_credit_need_known"),
        ),
        sa.CheckConstraint(
            "source IN ('run', 'hand', 'api')", name=op.f("ck_certification_credit_source_known")
        ),
        sa.ForeignKeyConstraint(
            ["content_version_id"],
            ["content_version.id"],
            name=op.f("fk_certification_credit_content_version_id_content_version"),
        ),
        sa.ForeignKeyConstraint(
            ["event_id"],
            ["audit_event.id"],
            name=op.f("fk_certification_credit_event_id_audit_event"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people_person.id"], name=op.f("fk_certification_credit_person_id_people_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_certification_credit")),
        sa.UniqueConstraint("source_key", name=op.f("uq_certification_credit_source_key")),
    )
    op.create_index(
        op.f("ix_certification_credit_person_id"), "certification_credit", ["person_id"], unique=False
    )
    op.create_table(
        "certification_decision",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("programme", sa.String(length=120), nullable=False),
        sa.Column("occurred_on", sa.Date(), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=True),
        sa.Column("target", sa.String(length=40), nullable=False),
        sa.Column("due", sa.String(length=10), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("approval_id", sa.Uuid(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('extension', 'waiver', 'exclusion', 'revocation', 'finding', 'migration')",
            name=op.f("ck_certification_decision_kind_known"),
        ),
        sa.ForeignKeyConstraint(
            ["event_id"],
            ["audit_event.id"],
            name=op.f("fk_certification_decision_event_id_audit_event"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["people_person.id"],
            name=op.f("fk_certification_decision_person_id_people_person"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_certification_decision")),
    )
    op.create_index(
        op.f("ix_certification_decision_person_id"), "certification_decision", ["person_id"], unique=False
    )
    op.create_table(
        "certification_period",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("programme", sa.String(length=120), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("rules", sa.String(length=40), nullable=False),
        sa.Column("basis", sa.String(length=12), nullable=False),
        sa.Column("path", sa.String(length=8), nullable=False),
        sa.Column("opened_on", sa.Date(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("voided_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "basis IN ('first', 'renewal', 'long_lapse', 'revocation', 'finding')",
            name=op.f("ck_certification_period_basis_known"),
        ),
        sa.CheckConstraint("path IN ('initial', 'renewal')", name=op.f("ck_certification_period_path_known")),
        sa.ForeignKeyConstraint(
            ["event_id"],
            ["audit_event.id"],
            name=op.f("fk_certification_period_event_id_audit_event"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people_person.id"], name=op.f("fk_certification_period_person_id_people_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_certification_period")),
    )
    op.create_index(
        "uq_certification_period_live",
        "certification_period",
        ["person_id", "programme", "n"],
        unique=True,
        postgresql_where=sa.text("voided_at IS NULL"),
        sqlite_where=sa.text("voided_at IS NULL"),
    )
    op.create_table(
        "certification_span",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("programme", sa.String(length=120), nullable=False),
        sa.Column("state", sa.String(length=14), nullable=False),
        sa.Column("overlays", sa.String(length=80), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=True),
        sa.Column("known_from", sa.DateTime(timezone=True), nullable=False),
        sa.Column("known_until", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "state IN ('not_required', 'assigned', 'overdue', 'certified', 'renewal_open', 'grace', 'lapsed', 'long_lapsed', 'revoked', 'waived', 'ended')",
            name=op.f("ck_certification_span_state_known"),
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people_person.id"], name=op.f("fk_certification_span_person_id_people_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_certification_span")),
    )
    op.create_index(
        "uq_certification_span_live",
        "certification_span",
        ["person_id", "programme", "from_on"],
        unique=True,
        postgresql_where=sa.text("known_until IS NULL"),
        sqlite_where=sa.text("known_until IS NULL"),
    )
    op.create_table(
        "certification_standing",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("programme", sa.String(length=120), nullable=False),
        sa.Column("kind", sa.String(length=14), nullable=False),
        sa.Column("state", sa.String(length=14), nullable=False),
        sa.Column("overlays", sa.String(length=80), nullable=False),
        sa.Column("since", sa.Date(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("valid_from", sa.Date(), nullable=True),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.Column("window_opens_on", sa.Date(), nullable=True),
        sa.Column("grace_until", sa.Date(), nullable=True),
        sa.Column("next_change_on", sa.Date(), nullable=True),
        sa.Column("next_state", sa.String(length=14), nullable=True),
        sa.Column("next_overlays", sa.String(length=80), nullable=False),
        sa.Column("then_on", sa.Date(), nullable=True),
        sa.Column("remind_on", sa.Date(), nullable=True),
        sa.Column("wake_on", sa.Date(), nullable=True),
        sa.Column("reasons", sa.Text(), nullable=False),
        sa.Column("period", sa.Integer(), nullable=False),
        sa.Column("steps", sa.Text(), nullable=False),
        sa.Column("certificate", sa.String(length=48), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=True),
        sa.Column("employed", sa.Boolean(), nullable=False),
        sa.Column("assessed_on", sa.Date(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "kind IN ('mandatory', 'qualification', 'special')",
            name=op.f("ck_certification_standing_kind_known"),
        ),
        sa.CheckConstraint(
            "state IN ('not_required', 'assigned', 'overdue', 'certified', 'renewal_open', 'grace', 'lapsed', 'long_lapsed', 'revoked', 'waived', 'ended')",
            name=op.f("ck_certification_standing_state_known"),
        ),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["people_person.id"],
            name=op.f("fk_certification_standing_person_id_people_person"),
        ),
        sa.ForeignKeyConstraint(
            ["unit_id"], ["people_unit.id"], name=op.f("fk_certification_standing_unit_id_people_unit")
        ),
        sa.PrimaryKeyConstraint("person_id", "programme", name=op.f("pk_certification_standing")),
    )
    op.create_index(
        "ix_certification_standing_next_change_on",
        "certification_standing",
        ["next_change_on"],
        unique=False,
        postgresql_where=sa.text("next_change_on IS NOT NULL"),
        sqlite_where=sa.text("next_change_on IS NOT NULL"),
    )
    op.create_index(
        "ix_certification_standing_report",
        "certification_standing",
        ["programme", "state", "unit_id"],
        unique=False,
    )
    op.create_index("ix_certification_standing_unit_id", "certification_standing", ["unit_id"], unique=False)
    op.create_index(
        "ix_certification_standing_wake_on",
        "certification_standing",
        ["wake_on"],
        unique=False,
        postgresql_where=sa.text("wake_on IS NOT NULL"),
        sqlite_where=sa.text("wake_on IS NOT NULL"),
    )
    op.create_table(
        "certification_assignment_end",
        sa.Column("assignment_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=True),
        sa.Column("is_void", sa.Boolean(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["assignment_id"],
            ["certification_assignment.id"],
            name=op.f("fk_certification_assignment_end_assignment_id_certification_assignment"),
        ),
        sa.ForeignKeyConstraint(
            ["event_id"],
            ["audit_event.id"],
            name=op.f("fk_certification_assignment_end_event_id_audit_event"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("assignment_id", "number", name=op.f("pk_certification_assignment_end")),
    )
    op.create_table(
        "certification_certificate",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.String(length=48), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("programme", sa.String(length=120), nullable=False),
        sa.Column("period_id", sa.Uuid(), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("completed_on", sa.Date(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.Column("supersedes_id", sa.Uuid(), nullable=True),
        sa.Column("earned", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["event_id"],
            ["audit_event.id"],
            name=op.f("fk_certification_certificate_event_id_audit_event"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["period_id"],
            ["certification_period.id"],
            name=op.f("fk_certification_certificate_period_id_certification_period"),
        ),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["people_person.id"],
            name=op.f("fk_certification_certificate_person_id_people_person"),
        ),
        sa.ForeignKeyConstraint(
            ["supersedes_id"],
            ["certification_certificate.id"],
            name=op.f("fk_certification_certificate_supersedes_id_certification_certificate"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_certification_certificate")),
        sa.UniqueConstraint("number", name=op.f("uq_certification_certificate_number")),
    )
    op.create_index(
        op.f("ix_certification_certificate_person_id"),
        "certification_certificate",
        ["person_id"],
        unique=False,
    )
    op.create_index(
        "uq_certification_certificate_first",
        "certification_certificate",
        ["period_id"],
        unique=True,
        postgresql_where=sa.text("supersedes_id IS NULL"),
        sqlite_where=sa.text("supersedes_id IS NULL"),
    )
    op.create_index(
        "uq_certification_certificate_supersedes_id",
        "certification_certificate",
        ["supersedes_id"],
        unique=True,
        postgresql_where=sa.text("supersedes_id IS NOT NULL"),
        sqlite_where=sa.text("supersedes_id IS NOT NULL"),
    )
    op.create_table(
        "certification_credit_void",
        sa.Column("credit_id", sa.Uuid(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("approval_id", sa.Uuid(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["credit_id"],
            ["certification_credit.id"],
            name=op.f("fk_certification_credit_void_credit_id_certification_credit"),
        ),
        sa.ForeignKeyConstraint(
            ["event_id"],
            ["audit_event.id"],
            name=op.f("fk_certification_credit_void_event_id_audit_event"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("credit_id", name=op.f("pk_certification_credit_void")),
    )
    op.create_table(
        "certification_withdrawal",
        sa.Column("decision_id", sa.Uuid(), nullable=False),
        sa.Column("occurred_on", sa.Date(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("approval_id", sa.Uuid(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["decision_id"],
            ["certification_decision.id"],
            name=op.f("fk_certification_withdrawal_decision_id_certification_decision"),
        ),
        sa.ForeignKeyConstraint(
            ["event_id"],
            ["audit_event.id"],
            name=op.f("fk_certification_withdrawal_event_id_audit_event"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("decision_id", name=op.f("pk_certification_withdrawal")),
    )
    op.create_table(
        "certification_certificate_pdf",
        sa.Column("certificate_id", sa.Uuid(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["certificate_id"],
            ["certification_certificate.id"],
            name=op.f("fk_certification_certificate_pdf_certificate_id_certification_certificate"),
        ),
        sa.PrimaryKeyConstraint("certificate_id", name=op.f("pk_certification_certificate_pdf")),
    )


def downgrade() -> None:
    """Remove them."""
    op.drop_table("certification_certificate_pdf")
    op.drop_table("certification_withdrawal")
    op.drop_table("certification_credit_void")
    op.drop_table("certification_certificate")
    op.drop_table("certification_assignment_end")
    op.drop_table("certification_standing")
    op.drop_table("certification_span")
    op.drop_table("certification_period")
    op.drop_table("certification_decision")
    op.drop_table("certification_credit")
    op.drop_table("certification_assignment")
