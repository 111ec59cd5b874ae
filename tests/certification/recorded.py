"""Two years of a small firm, made the same way every time: its acts, its instants, its ids.

`PYTHONPATH=. python -m tests.certification.recorded` writes recorded_answers.json anew, from an empty SQLite file.
Do that only where an answer was wrong: an answer once given is a promise.
"""

import json
import os
import random
import sys
import tempfile
from contextlib import contextmanager
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from uuid import uuid4

from lms.app import open_database
from lms.approvals.actions import approve
from lms.approvals.models import Approval
from lms.approvals.queries import kind_of, payload_of
from lms.approvals.rules import Approved
from lms.authoring.actions import ask_publication
from lms.authoring.publishing import Sorting
from lms.authoring.rules import check
from lms.certification import actions
from lms.certification.rules import Need
from lms.core.access import Role
from lms.jobs import KINDS
from lms.migrations import steps
from lms.notices.delivery import Surroundings
from lms.people.queries import actor_of_person
from tests.authoring.tree import TREE, with_bytes
from tests.certification.loop import Firm, finish, instant, sign
from tests.factories import make_unit

ANSWERS = Path(__file__).with_name("recorded_answers.json")
SEED = 20240101
FIRST, LAST = date(2024, 1, 2), date(2026, 3, 1)
PROGRAMMES = ("joining", "yearly")
NEEDED = ("courses/", "examinations/", "agreements/", "programmes/", "handbook/")
HOW_MANY = 50
CHOSEN = (
    ("fay", "yearly", "2025-10-01"), ("dee", "yearly", "2026-02-28"), ("hal", "joining", "2024-06-01"),
    ("cem", "yearly", "2024-09-01"), ("ben", "yearly", "2024-07-08"), ("gus", "yearly", "2025-07-01"),
)  # fmt: skip


@cache
def texts(heading="四个类别"):
    """The texts of the small firm, perhaps with another heading in its lesson."""
    files = {path: body for path, body in TREE.items() if any(each in path for each in NEEDED)}
    found = check(with_bytes({path: body.replace("四个类别", heading) for path, body in files.items()}))
    assert not found.errors, found.errors
    return found


@contextmanager
def seeded_ids(number):
    """Let the ids of one act come from its number: the facts that answers name have the same ids each time."""
    source, real = random.Random(f"{SEED}:{number}"), os.urandom
    os.urandom = source.randbytes
    try:
        yield
    finally:
        os.urandom = real


class SmallFirm(Firm):
    """The acts of the history, each on its day."""

    number = 0

    @contextmanager
    def doing(self, day, clock="10:00"):
        self.number += 1
        # A connection may be opened here, which has ids of its own: the act's own begin after it.
        with super().doing(day, clock) as session:
            session.connection()
            with seeded_ids(self.number):
                yield session
                session.flush()

    def everything(self, person, day, *, signs=True):
        with self.doing(day) as session:
            if signs:
                sign(session, person, instant(day), "promise")
            finish(session, person, "course", "secrecy", instant(day))
            finish(session, person, "examination", "final", instant(day))

    def do(self, person, kind, day):
        self.finish(person, kind, {"examination": "final"}.get(kind, "secrecy"), day)

    def decide(self, kind, person, day, until=None, first=None, programme="yearly"):
        arguments = {
            "person": str(person), "programme": programme, "target": "", "from_on": first, "until_on": until,
        }  # fmt: skip
        with self.doing(day) as session:
            approved = Approved(
                subject="approval:x", occurred_at=instant(day), approval_kind=kind, arguments=arguments,
                asked_by=uuid4(), approved_by=uuid4(), reason="Decided.",
            )  # fmt: skip
            return actions.decide(session, approved)

    def annul(self, decision, person, day):
        with self.doing(day) as session:
            approved = Approved(
                subject="approval:x", occurred_at=instant(day), approval_kind="annulment", asked_by=uuid4(),
                approved_by=uuid4(), reason="An error.",
                arguments={"decision": str(decision), "person": str(person), "programme": "yearly"},
            )  # fmt: skip
            actions.annul(session, approved)

    def credit_late(self, person, kind, occurred, day):
        new = actions.NewCredit(
            person, Need(kind), "secrecy", date.fromisoformat(occurred), "Found in a drawer"
        )
        with self.doing(day) as session:
            asked = actions.ask_credit(session, self.carla, new, instant(day))
            fang = actor_of_person(session, self.fang, instant(day))
            approve(session, fang, asked.id, asked.preview_hash, instant(day))

    def republish(self, content, day):
        with self.doing(day) as session:
            erin, fang = (actor_of_person(session, each, instant(day)) for each in (self.erin, self.fang))
            asked = ask_publication(session, erin, content, Sorting(material=("*",)), "Review", instant(day))
            asked = session.get_one(Approval, asked.id)
            preview = kind_of(session, "content").preview(session, payload_of(asked))
            approve(session, fang, asked.id, preview.hash, instant(day))
        with self.doing(day) as session:
            KINDS["reassess-all"](session, {"after": ""}, Surroundings(self.database, None), instant(day))


def acts_of(firm):
    """Every act of the history with its day, in the order written."""
    p = firm.people
    return [
        ("2024-01-20", lambda d: firm.everything(p["ana"], d)),
        ("2024-01-25", lambda d: firm.everything(p["ben"], d)),
        ("2024-02-10", lambda d: firm.everything(p["cem"], d)),
        ("2024-02-20", lambda d: firm.everything(p["dee"], d)),
        ("2024-02-29", lambda d: firm.everything(p["eve"], d)),
        ("2024-03-04", lambda d: firm.employ(p["fay"], "absence", d, until_on="2024-05-31")),
        ("2024-04-01", lambda d: firm.decide("extension", p["gus"], d, "2024-05-15", programme="joining")),
        ("2024-05-10", lambda d: firm.everything(p["gus"], d)),
        ("2024-06-03", lambda d: firm.decide("finding", p["ana"], d)),
        ("2024-06-20", lambda d: firm.everything(p["fay"], d)),
        ("2024-06-25", lambda d: firm.do(p["ana"], "quiz", d)),
        ("2024-07-01", lambda d: setattr(firm, "revoked", firm.decide("revocation", p["ben"], d))),
        ("2024-07-15", lambda d: firm.annul(firm.revoked, p["ben"], d)),
        ("2024-08-01", lambda d: firm.employ(p["cem"], "leave", d)),
        ("2024-09-01", lambda d: firm.republish(texts(heading="五个类别"), d)),
        ("2024-09-20", lambda d: firm.do(p["ana"], "course", d)),
        ("2024-10-01", lambda d: firm.employ(p["dee"], "move", d, unit=firm.south)),
        ("2024-10-07", lambda d: firm.employ(p["cem"], "rehire", d, unit=firm.unit)),
        ("2024-11-20", lambda d: firm.everything(p["cem"], d, signs=False)),
        ("2024-12-10", lambda d: firm.do(p["ana"], "quiz", d)),
        ("2025-01-20", lambda d: firm.do(p["ben"], "quiz", d)),
        ("2025-02-01", lambda d: firm.employ(p["eve"], "absence", d, until_on="2025-04-15")),
        ("2025-03-01", lambda d: firm.do(p["dee"], "quiz", d)),
        ("2025-03-20", lambda d: firm.credit_late(p["dee"], "quiz", "2025-02-18", d)),
        ("2025-04-20", lambda d: firm.do(p["eve"], "quiz", d)),
        ("2025-05-05", lambda d: firm.decide("waiver", p["hal"], d, "2025-06-30", "2025-05-05", "joining")),
        ("2025-06-10", lambda d: firm.decide("revocation", p["gus"], d)),
        ("2025-07-01", lambda d: firm.decide("exclusion", p["fay"], d, "2025-08-31", d)),
        ("2025-09-09", lambda d: firm.everything(p["gus"], d, signs=False)),
        ("2025-11-01", lambda d: firm.everything(p["hal"], d)),
        ("2025-12-15", lambda d: firm.do(p["ana"], "quiz", d)),
        ("2026-01-20", lambda d: firm.do(p["ben"], "quiz", d)),
    ]  # fmt: skip


def made(database):
    """Make the history; every week the sweep runs and the log is sealed."""
    firm = SmallFirm(database, published=FIRST, content=texts())
    with firm.doing(FIRST) as session:
        firm.south = make_unit(session, "south", at=instant(FIRST))
    firm.erin = firm.hire("erin", FIRST, roles=(Role.AUTHOR,))
    firm.fang = firm.hire("fang", FIRST, roles=(Role.APPROVER,))
    firm.carla = firm.hire("carla", FIRST, roles=(Role.HR,))
    names = ("ana", "ben", "cem", "dee", "eve", "fay", "gus", "hal")
    firm.people = {name: firm.hire(name, FIRST + timedelta(days=7 * n)) for n, name in enumerate(names)}
    acts = [*acts_of(firm), *((each.isoformat(), None) for each in _weeks())]
    for day, act in sorted(acts, key=lambda each: (each[0], each[1] is None)):
        if act is not None:
            act(day)
        else:
            firm.sweep(day)
            firm.seal(day)
    return firm


def _weeks():
    day = FIRST
    while day <= LAST:
        yield day
        day += timedelta(days=14)


def questions():
    """Fifty questions, drawn once from a seed: half by all that is known, half as known at an instant."""
    source = random.Random(SEED)
    names = ("ana", "ben", "cem", "dee", "eve", "fay", "gus", "hal")
    found = [(name, programme, date.fromisoformat(day), None) for name, programme, day in CHOSEN]
    for n in range(HOW_MANY - len(CHOSEN)):
        # Every second question is about the first year, in which more happens.
        as_of = FIRST + timedelta(days=source.randrange(300 if n % 4 < 2 else (LAST - FIRST).days))
        known = as_of + timedelta(days=source.randrange(0, 90)) if n % 2 else None
        known = min(known, date(2026, 1, 15)) if known else None
        programme = PROGRAMMES[1] if source.random() < 0.6 else PROGRAMMES[0]
        found.append((names[n % len(names)], programme, as_of, known))
    return found


def asked(firm):
    """Ask all of them; return each with the canonical bytes of its answer."""
    return [
        {
            "person": name,
            "programme": programme,
            "as_of": as_of.isoformat(),
            "known_at": instant(known).isoformat() if known else None,
            "answer": firm.ask(
                firm.people[name], as_of, programme, instant(known) if known else None
            ).canonical().decode(),
        }
        for name, programme, as_of, known in questions()
    ]  # fmt: skip


def _write():
    from tests.conftest import make_settings

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder)
        database = open_database(make_settings(path, f"sqlite:///{path / 'history.sqlite3'}"))
        steps.upgrade(database.engine)
        rows = asked(made(database))
        database.dispose()
    ANSWERS.write_text(json.dumps(rows, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    print(f"{len(rows)} answers", file=sys.stderr)


if __name__ == "__main__":
    _write()
