"""The firm of `firm.py`, made once a run on SQLite."""

import pytest

from tests.kept import kept
from tests.reports.firm import make_world


@pytest.fixture
def world(database):
    return kept("reports", database, make_world)
