"""What a material change opens: the changed lessons and items, how long they may take, and runs of these alone."""

from typing import Literal

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

UNFINISHED = sa.text("finished_on IS NULL")
UNFINISHED_WHOLE = sa.text("finished_on IS NULL AND supplement IS NULL")


def _recreate() -> Literal["always", "never"]:
    """Say that SQLite's table is made anew, so that it reads as the program would make it."""
    return "always" if op.get_bind().dialect.name == "sqlite" else "never"


def _index_runs(unfinished: sa.TextClause) -> None:
    op.create_index(
        "uq_course_run_unfinished", "course_run", ["person_id", "kind", "target"], unique=True,
        sqlite_where=unfinished, postgresql_where=unfinished,
    )  # fmt: skip
    op.create_index(
        "ix_course_run_kind_target_unfinished", "course_run", ["kind", "target"],
        sqlite_where=UNFINISHED, postgresql_where=UNFINISHED,
    )  # fmt: skip


def _unindex_runs() -> None:
    """Take the partial indexes away while the table is made anew: SQLite would forget what they are of."""
    op.drop_index("uq_course_run_unfinished", "course_run")
    op.drop_index("ix_course_run_kind_target_unfinished", "course_run")


def upgrade() -> None:
    """Make the table and the places that point at it."""
    op.create_table(
        "content_supplement",
        sa.Column("publication_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("content_id", sa.String(length=200), nullable=False),
        sa.Column("due", sa.String(length=10), nullable=False),
        sa.Column("lessons", sa.Text(), nullable=False),
        sa.Column("items", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["publication_id"], ["content_publication.id"],
            name=op.f("fk_content_supplement_publication_id_content_publication"),
        ),
        sa.PrimaryKeyConstraint("publication_id", "kind", "content_id", name=op.f("pk_content_supplement")),
    )  # fmt: skip
    with op.batch_alter_table("content_draft", recreate=_recreate()) as table:
        table.add_column(sa.Column("due", sa.String(length=10), nullable=True))
    _unindex_runs()
    with op.batch_alter_table("course_run", recreate=_recreate()) as table:
        table.add_column(sa.Column("supplement", sa.Integer(), nullable=True))
        table.add_column(sa.Column("parts", sa.Text(), nullable=True))
    _index_runs(UNFINISHED_WHOLE)
    with op.batch_alter_table("quiz_run", recreate=_recreate()) as table:
        table.add_column(sa.Column("only", sa.Text(), nullable=True))
    with op.batch_alter_table("certification_credit", recreate=_recreate()) as table:
        table.add_column(sa.Column("supplement", sa.Integer(), nullable=True))


def downgrade() -> None:
    """Remove them; runs of changed parts are closed without a credit, for only one may be open then."""
    op.execute(
        "UPDATE course_run SET finished_at = opened_at, finished_on = opened_on"
        " WHERE supplement IS NOT NULL AND finished_on IS NULL"
    )
    with op.batch_alter_table("certification_credit", recreate=_recreate()) as table:
        table.drop_column("supplement")
    with op.batch_alter_table("quiz_run", recreate=_recreate()) as table:
        table.drop_column("only")
    _unindex_runs()
    with op.batch_alter_table("course_run", recreate=_recreate()) as table:
        table.drop_column("parts")
        table.drop_column("supplement")
    _index_runs(UNFINISHED)
    with op.batch_alter_table("content_draft", recreate=_recreate()) as table:
        table.drop_column("due")
    op.drop_table("content_supplement")
