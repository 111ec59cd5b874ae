"""What the reports read by: all that the overview counts by, who is new, people in the order of lists."""

from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

NAME, TABLE = "ix_certification_standing_report", "certification_standing"
ALIKE = ("programme", "state", "unit_id")
DAYS = ("since", "due_on", "valid_until", "grace_until", "next_change_on", "person_id")
NEW = "ix_certification_standing_since"
ORDER, PEOPLE = "ix_people_identity_in_order", "people_identity"


def upgrade() -> None:
    """Make the index of standings anew, with the days, and two more."""
    op.drop_index(NAME, table_name=TABLE)
    op.create_index(NAME, TABLE, [*ALIKE, *DAYS])
    op.create_index(NEW, TABLE, ["since"])
    op.create_index(ORDER, PEOPLE, ["staff_number", "person_id"])


def downgrade() -> None:
    """Make the index of standings anew, without the days, and remove the others."""
    op.drop_index(ORDER, table_name=PEOPLE)
    op.drop_index(NEW, table_name=TABLE)
    op.drop_index(NAME, table_name=TABLE)
    op.create_index(NAME, TABLE, [*ALIKE])
