"""A batch of clearances from inside: CPU and statements for 1,000 people, on an instance made by `fill`.

python -m benchmarks.clearances --instance FOLDER
"""

import argparse
import os
import time
from pathlib import Path

from sqlalchemy import event, select

from lms.app import open_database
from lms.certification.clearances.queries import Asked, clearances_of
from lms.core import clock
from lms.core.settings import load
from lms.people.models import Identity

DUTY = "meet-clients"
TIMES = 5


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--instance", type=Path, required=True)
    instance = parser.parse_args().instance
    database = open_database(load({**os.environ, "LMS_INSTANCE": str(instance)}))
    seen: list[str] = []
    event.listen(database.engine, "before_cursor_execute", lambda *args: seen.append(args[2]))
    for size in (1, 100, 1000):
        spent = []
        for _ in range(TIMES):
            with database.reading() as session:
                people = list(
                    session.scalars(select(Identity.person_id).order_by(Identity.person_id).limit(size))
                )
                seen.clear()
                begun = time.process_time()
                found = clearances_of(session, people, Asked(clock.now(), DUTY))
                spent.append(time.process_time() - begun)
        allowed = sum(each[0].allowed for each in found.values())
        milliseconds = sorted(spent)[TIMES // 2] * 1000
        statements = sum(not each.startswith(("PRAGMA", "BEGIN")) for each in seen)
        print(f"{size:5} people: {milliseconds:8.1f} ms CPU, {statements} statements, {allowed} allowed")
    database.dispose()


if __name__ == "__main__":
    main()
