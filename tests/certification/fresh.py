"""A database put back to its beginning as often as Hypothesis asks: texts published, one unit, nobody yet."""

from hypothesis import HealthCheck, Phase, settings

from lms.core.db import Base
from tests.certification.loop import Firm
from tests.kept import WAYS

# Each example lives on a real database: few of them, no clock, and no search for a smaller one.
ON_A_DATABASE = settings(
    max_examples=6,
    deadline=None,
    phases=(Phase.explicit, Phase.reuse, Phase.generate),
    suppress_health_check=[
        HealthCheck.too_slow,
        HealthCheck.function_scoped_fixture,
        HealthCheck.data_too_large,
    ],
)


class Beginning:
    """`again()` gives the firm as it was on its first day."""

    def __init__(self, database):
        self.database = database
        self.firm = Firm(database)
        self._take, self._give = WAYS[database.url.get_backend_name()]
        self._rows = self._take(database)

    def again(self):
        if self.database.url.get_backend_name() == "postgresql":
            tables = ", ".join(f'"{table.name}"' for table in Base.metadata.sorted_tables)
            with self.database.engine.begin() as connection:
                connection.exec_driver_sql(f"TRUNCATE {tables} RESTART IDENTITY CASCADE")
        self._give(self.database, self._rows)
        return self.firm
