"""People, units, employment, roles, sign-in."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "people_unit",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("name_zh", sa.String(length=80), nullable=False),
        sa.Column("name_en", sa.String(length=120), nullable=False),
        sa.Column("parent_id", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(
            ["parent_id"],
            ["people_unit.id"],
            name=op.f("fk_people_unit_parent_id_people_unit"),
            initially="IMMEDIATE",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_people_unit")),
        sa.UniqueConstraint("code", name=op.f("uq_people_unit_code")),
    )
    op.create_index(op.f("ix_people_unit_parent_id"), "people_unit", ["parent_id"], unique=False)
    op.create_table(
        "people_person",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["event_id"],
            ["audit_event.id"],
            name=op.f("fk_people_person_event_id_audit_event"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_people_person")),
    )
    op.create_table(
        "people_account",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("password_hash", sa.Text(), nullable=False),
        sa.Column("password_changed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("credentials_reset_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("totp_secret", sa.String(length=64), nullable=False),
        sa.Column("totp_last_step", sa.Integer(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("locked_until", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people_person.id"], name=op.f("fk_people_account_person_id_people_person")
        ),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_people_account")),
    )
    op.create_table(
        "people_api_token",
        sa.Column("token_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("label", sa.String(length=80), nullable=False),
        sa.Column("scopes", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people_person.id"], name=op.f("fk_people_api_token_person_id_people_person")
        ),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_people_api_token")),
    )
    op.create_index(op.f("ix_people_api_token_person_id"), "people_api_token", ["person_id"], unique=False)
    op.create_table(
        "people_employment_fact",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=True),
        sa.Column("unit_id", sa.Uuid(), nullable=True),
        sa.Column("voids_id", sa.Uuid(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('join', 'move', 'leave', 'absence', 'absence_end', 'rehire', 'void')",
            name=op.f("ck_people_employment_fact_kind_known"),
        ),
        sa.ForeignKeyConstraint(
            ["event_id"],
            ["audit_event.id"],
            name=op.f("fk_people_employment_fact_event_id_audit_event"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["people_person.id"],
            name=op.f("fk_people_employment_fact_person_id_people_person"),
        ),
        sa.ForeignKeyConstraint(
            ["unit_id"], ["people_unit.id"], name=op.f("fk_people_employment_fact_unit_id_people_unit")
        ),
        sa.ForeignKeyConstraint(
            ["voids_id"],
            ["people_employment_fact.id"],
            name=op.f("fk_people_employment_fact_voids_id_people_employment_fact"),
            initially="IMMEDIATE",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_people_employment_fact")),
        sa.UniqueConstraint("person_id", "number", name=op.f("uq_people_employment_fact_person_id_number")),
    )
    op.create_table(
        "people_identity",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("username", sa.String(length=80), nullable=False),
        sa.Column("staff_number", sa.String(length=40), nullable=False),
        sa.Column("number_in_use", sa.Boolean(), nullable=False),
        sa.Column("name_zh", sa.String(length=80), nullable=False),
        sa.Column("name_en", sa.String(length=120), nullable=False),
        sa.Column("mail", sa.String(length=254), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people_person.id"], name=op.f("fk_people_identity_person_id_people_person")
        ),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_people_identity")),
        sa.UniqueConstraint("username", name=op.f("uq_people_identity_username")),
    )
    op.create_index("ix_people_identity_mail", "people_identity", ["mail"], unique=False)
    op.create_index(
        "uq_people_identity_staff_number_in_use",
        "people_identity",
        ["staff_number"],
        unique=True,
        postgresql_where=sa.text("number_in_use"),
        sqlite_where=sa.text("number_in_use"),
    )
    op.create_table(
        "people_now",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=True),
        sa.Column("employed", sa.Boolean(), nullable=False),
        sa.Column("on_leave", sa.Boolean(), nullable=False),
        sa.Column("joined_on", sa.Date(), nullable=True),
        sa.Column("left_on", sa.Date(), nullable=True),
        sa.Column("changes_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people_person.id"], name=op.f("fk_people_now_person_id_people_person")
        ),
        sa.ForeignKeyConstraint(
            ["unit_id"], ["people_unit.id"], name=op.f("fk_people_now_unit_id_people_unit")
        ),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_people_now")),
    )
    op.create_index(op.f("ix_people_now_changes_on"), "people_now", ["changes_on"], unique=False)
    op.create_index(op.f("ix_people_now_unit_id"), "people_now", ["unit_id"], unique=False)
    op.create_table(
        "people_one_time_link",
        sa.Column("token_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("purpose", sa.String(length=20), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("resets", sa.Boolean(), nullable=False),
        sa.CheckConstraint(
            "purpose IN ('activation', 'reset', 'first_administrator')",
            name=op.f("ck_people_one_time_link_purpose_known"),
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people_person.id"], name=op.f("fk_people_one_time_link_person_id_people_person")
        ),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_people_one_time_link")),
    )
    op.create_index(
        op.f("ix_people_one_time_link_person_id"), "people_one_time_link", ["person_id"], unique=False
    )
    op.create_table(
        "people_recovery_code",
        sa.Column("code_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people_person.id"], name=op.f("fk_people_recovery_code_person_id_people_person")
        ),
        sa.PrimaryKeyConstraint("code_hash", name=op.f("pk_people_recovery_code")),
    )
    op.create_index(
        op.f("ix_people_recovery_code_person_id"), "people_recovery_code", ["person_id"], unique=False
    )
    op.create_table(
        "people_role_fact",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.Column("change", sa.String(length=10), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("change IN ('granted', 'ended')", name=op.f("ck_people_role_fact_change_known")),
        sa.ForeignKeyConstraint(
            ["event_id"],
            ["audit_event.id"],
            name=op.f("fk_people_role_fact_event_id_audit_event"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people_person.id"], name=op.f("fk_people_role_fact_person_id_people_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_people_role_fact")),
    )
    op.create_index(
        "ix_people_role_fact_person_id_role", "people_role_fact", ["person_id", "role"], unique=False
    )
    op.create_table(
        "people_role_now",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people_person.id"], name=op.f("fk_people_role_now_person_id_people_person")
        ),
        sa.PrimaryKeyConstraint("person_id", "role", name=op.f("pk_people_role_now")),
    )
    op.create_table(
        "people_session",
        sa.Column("token_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("authenticated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("device", sa.String(length=120), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people_person.id"], name=op.f("fk_people_session_person_id_people_person")
        ),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_people_session")),
    )
    op.create_index(op.f("ix_people_session_person_id"), "people_session", ["person_id"], unique=False)
    op.create_table(
        "people_unit_lead",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["event_id"],
            ["audit_event.id"],
            name=op.f("fk_people_unit_lead_event_id_audit_event"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people_person.id"], name=op.f("fk_people_unit_lead_person_id_people_person")
        ),
        sa.ForeignKeyConstraint(
            ["unit_id"], ["people_unit.id"], name=op.f("fk_people_unit_lead_unit_id_people_unit")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_people_unit_lead")),
    )
    op.create_index(op.f("ix_people_unit_lead_person_id"), "people_unit_lead", ["person_id"], unique=False)
    op.create_index(op.f("ix_people_unit_lead_unit_id"), "people_unit_lead", ["unit_id"], unique=False)


def downgrade() -> None:
    """Remove them."""
    op.drop_table("people_unit_lead")
    op.drop_table("people_session")
    op.drop_table("people_role_now")
    op.drop_table("people_role_fact")
    op.drop_table("people_recovery_code")
    op.drop_table("people_one_time_link")
    op.drop_table("people_now")
    op.drop_table("people_identity")
    op.drop_table("people_employment_fact")
    op.drop_table("people_api_token")
    op.drop_table("people_account")
    op.drop_table("people_person")
    op.drop_table("people_unit")
