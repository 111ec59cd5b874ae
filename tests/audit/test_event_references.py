"""What points at the log can be found by it: SQLite looks there for every event that is written."""

import lms.wiring  # noqa: F401 - all tables
from lms.core.db import Base


def test_every_reference_to_the_log_has_an_index():
    bare = [
        f"{table.name}.{column.name}"
        for table in Base.metadata.sorted_tables
        for column in table.c
        if any(key.column.table.name == "audit_event" for key in column.foreign_keys)
        and not column.primary_key
        and not any(next(iter(index.columns)) is column for index in table.indexes)
    ]
    assert bare == []
