"""What a database says of its own tables, in a form two databases can be compared by."""

import re

from sqlalchemy import text

COLUMNS = """SELECT table_name, column_name, data_type, character_maximum_length, is_nullable, column_default
    FROM information_schema.columns WHERE table_schema = 'public'"""
CONSTRAINTS = """SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid), condeferrable, condeferred
    FROM pg_constraint WHERE connamespace = 'public'::regnamespace"""
INDEXES = "SELECT tablename, indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'"


def described(engine) -> set:
    """Every table, column, constraint and index, but for the table that counts migrations."""
    with engine.connect() as connection:
        if engine.dialect.name == "sqlite":
            rows = connection.execute(text("SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL")).all()
            return {part for name, sql in rows if name != "alembic_version" for part in _parts(name, sql)}
        rows = [row for query in (COLUMNS, CONSTRAINTS, INDEXES) for row in connection.execute(text(query))]
        return {tuple(row) for row in rows if row[0] != "alembic_version"}


def _parts(name, sql):
    """The lines of a CREATE statement: the order of a table's constraints means nothing."""
    return {(name, re.sub(r"\s+", " ", line.replace('"', "")).strip(" ,")) for line in sql.splitlines()}
