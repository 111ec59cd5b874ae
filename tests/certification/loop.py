"""One firm on the real texts, moved through time: every act at its own instant, as it would have been recorded."""

from datetime import UTC, date, datetime, time
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from sqlalchemy import select

from lms.agreements.models import Signature
from lms.agreements.rules import AgreementSigned, SignatureLevel
from lms.audit.actions import seal
from lms.audit.events import record, recorded_at
from lms.audit.signing import new_private_key_text, private_key_from
from lms.certification import actions, queries
from lms.certification.models import StandingRow
from lms.core.db import By
from lms.core.versions import snapshot
from lms.courses.models import CourseRun
from lms.courses.rules import RunFinished, RunKind
from lms.people.actions import record_employment
from lms.people.rules import EmploymentKind, NewFact
from tests.content import publish_content
from tests.factories import make_person, make_unit

SHANGHAI = ZoneInfo("Asia/Shanghai")
BY = By("tests")
KEY = private_key_from(new_private_key_text())
AGREEMENT = "confidentiality-agreement"


def instant(day: str | date, clock: str = "10:00") -> datetime:
    day = day if isinstance(day, date) else date.fromisoformat(day)
    return datetime.combine(day, time.fromisoformat(clock), SHANGHAI).astimezone(UTC)


class Firm:
    """A database with the real texts published on a day, and one unit."""

    def __init__(self, database, published="2025-01-01", content=None):
        self.database = database
        publish_at = instant(published)
        publish_content(database, content, publish_at)
        with self.doing(published) as session:
            self.unit = make_unit(session, "desk", at=publish_at)

    def doing(self, day, clock="10:00"):
        """A transaction whose facts are recorded at that instant."""
        return self.database.transaction(BY, now=instant(day, clock))

    def hire(self, name, day, unit=None, roles=(), **more) -> UUID:
        with self.doing(day) as session:
            joined_on = date.fromisoformat(str(day))
            return make_person(
                session, name, unit or self.unit, joined_on=joined_on, at=instant(day), roles=roles, **more
            )

    def employ(self, person, kind, day, from_on=None, until_on=None, unit=None):
        fact = NewFact(
            EmploymentKind(kind),
            date.fromisoformat(from_on or day),
            date.fromisoformat(until_on) if until_on else None,
            unit,
        )
        with self.doing(day) as session:
            record_employment(session, person, fact, instant(day))

    def sign(self, person, day, clock="10:00"):
        """Sign the agreement as the slice does: the row, then its event."""
        with self.doing(day, clock) as session:
            sign(session, person, instant(day, clock))

    def finish(self, person, kind, target, day, clock="10:00"):
        """Finish the run that is open, or one of practice."""
        with self.doing(day, clock) as session:
            finish(session, person, kind, target, instant(day, clock))

    def onboard(self, person, day):
        """Do all that onboarding asks for, on one day."""
        self.sign(person, day)
        self.finish(person, "course", "client-confidentiality", day)
        self.finish(person, "course", "professional-ethics", day)
        self.finish(person, "examination", "onboarding-final", day)

    def onboard_rest(self, person, day):
        """Do all that onboarding asks for but the agreement."""
        self.finish(person, "course", "client-confidentiality", day)
        self.finish(person, "course", "professional-ethics", day)
        self.finish(person, "examination", "onboarding-final", day)

    def renew(self, person, day):
        self.finish(person, "quiz", "annual-confidentiality", day)

    def sweep(self, day, batch=200):
        return actions.sweep_all(self.database, instant(day, "00:10"), date.fromisoformat(str(day)), batch)

    def state(self, person, programme="annual-confidentiality"):
        """The state as the cache has it, '' without a row."""
        row = self.row(person, programme)
        return row.state if row else ""

    def row(self, person, programme="annual-confidentiality"):
        with self.database.reading() as session:
            row = session.get(StandingRow, (person, programme))
            session.expunge_all()
            return row

    def ask(self, person, day, programme="annual-confidentiality", known_at=None):
        with self.database.reading() as session:
            return queries.standing_of(session, person, programme, date.fromisoformat(str(day)), known_at)

    def check(self, day):
        with self.database.reading() as session:
            return queries.check_standings(session, date.fromisoformat(str(day)))

    def seal(self, day, clock="23:00"):
        with self.database.transaction(By("worker")) as session:
            return seal(session, KEY, instant(day, clock))


def sign(session, person, at, agreement=AGREEMENT):
    version = snapshot(session).get("agreement", agreement)
    day = at.astimezone(SHANGHAI).date()
    row = Signature(
        person_id=person, agreement_id=agreement, version_id=version.id, language="zh", html_sha256="0" * 64,
        zh_sha256="0" * 64, en_sha256="0" * 64, typed_name="x", signed_at=at, signed_on=day,
        signature_level=SignatureLevel.RE_AUTHENTICATED, recorded_at=recorded_at(session),
    )  # fmt: skip

    class Record:
        def payload(self):
            return {"agreement": agreement}

    happened = AgreementSigned(
        subject=f"agreement:{agreement}", occurred_at=at, person_id=person, agreement_id=agreement,
        version_id=version.id, signed_on=day, language="zh", signature=Record(),
    )  # fmt: skip
    row.event_id = uuid4()
    session.add(row)
    session.flush()
    record(session, happened, row.event_id)


def finish(session, person, kind, target, at, on=None):
    """Let a run be finished, as the course slice says it once all of it is done."""
    version = snapshot(session).find(kind, target)
    if version is None:
        return
    query = select(CourseRun).where(
        CourseRun.person_id == person, CourseRun.kind == kind, CourseRun.target == target,
        CourseRun.finished_on.is_(None), CourseRun.supplement.is_(None),
    )  # fmt: skip
    run = session.scalar(query)
    on = on or at.astimezone(SHANGHAI).date()
    run_id, event_id = run.id if run else uuid4(), uuid4()
    if run is not None:
        run.finished_at, run.finished_on, run.finished_event_id = at, on, event_id
        session.flush()
    happened = RunFinished(
        subject=f"run:{run_id}", occurred_at=at, person_id=person, run_kind=RunKind(kind), target=target,
        run_id=run_id, period_key=run.period_key if run else "practice:1", occurred_on=on, version_id=version.id,
    )  # fmt: skip
    record(session, happened, event_id)
