"""Indexes on what points at the log: without them SQLite reads whole tables for each event written."""

from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

REFERENCES = (
    ("agreement_signature", "event_id"),
    ("approval", "event_id"),
    ("certification_assignment", "event_id"),
    ("certification_assignment_end", "event_id"),
    ("certification_certificate", "event_id"),
    ("certification_credit", "event_id"),
    ("certification_credit_void", "event_id"),
    ("certification_decision", "event_id"),
    ("certification_period", "event_id"),
    ("certification_withdrawal", "event_id"),
    ("course_lesson_progress", "event_id"),
    ("course_run", "event_id"),
    ("course_run", "finished_event_id"),
    ("evaluation_correction", "event_id"),
    ("evaluation_cycle", "event_id"),
    ("evaluation_outage", "event_id"),
    ("evaluation_seal", "event_id"),
    ("notice", "event_id"),
    ("people_employment_fact", "event_id"),
    ("people_person", "event_id"),
    ("people_role_fact", "event_id"),
    ("people_unit_lead", "event_id"),
    ("quiz_accommodation", "event_id"),
    ("quiz_attempt", "started_event_id"),
    ("quiz_attempt_grant", "event_id"),
    ("quiz_key_opening", "event_id"),
)


def upgrade() -> None:
    """Make the indexes."""
    for table, column in REFERENCES:
        op.create_index(op.f(f"ix_{table}_{column}"), table, [column])


def downgrade() -> None:
    """Remove them."""
    for table, column in REFERENCES:
        op.drop_index(op.f(f"ix_{table}_{column}"), table_name=table)
