"""Drafts of texts."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "content_draft",
        sa.Column("manifest", sa.String(length=64), nullable=False),
        sa.Column("versions", sa.Text(), nullable=False),
        sa.Column("kept_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("manifest", name=op.f("pk_content_draft")),
    )


def downgrade() -> None:
    """Remove them."""
    op.drop_table("content_draft")
