"""The checks of `lms doctor` over stored data: each yields what is wrong and what to do about it."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta

from sqlalchemy import func, or_, select, text
from sqlalchemy.orm import Session

from lms.audit.models import AuditCheckpoint, AuditEvent
from lms.audit.queries import verify_log, waiting
from lms.audit.signing import Keyring, private_key_from
from lms.certification.models import Certificate
from lms.certification.queries.checking import check_standings
from lms.core import clock
from lms.core.errors import Message, message
from lms.core.pdf import missing_glyphs
from lms.core.settings import Settings
from lms.jobs import audit_key
from lms.notices.models import Job
from lms.notices.queries import waiting_jobs
from lms.notices.rules import JobState
from lms.people.employment import fold, reading
from lms.people.models import Identity, PersonNow, RoleFact, RoleNow, Unit
from lms.people.queries import facts_of, firm_day
from lms.people.rules import RoleChange
from lms.quizzes.models import Attempt
from lms.quizzes.queries import due_for_closing, replay
from lms.quizzes.rules import AttemptState

MOST_UNSEALED = 5_000
# The worker looks every second: what has waited so long, nobody is working on.
WORKER_SILENT = timedelta(minutes=10)
SKEW = timedelta(minutes=1)

Complaints = Iterator[tuple[Message, Message]]
Check = Callable[[Session, Settings], Complaints]


def references(session: Session, _settings: Settings) -> Complaints:
    """Look for damage of the file, and rows that refer to nothing; PostgreSQL sees to that itself."""
    if session.get_bind().dialect.name != "sqlite":
        return
    broken = session.execute(text("PRAGMA foreign_key_check")).all()
    if broken:
        yield (
            message(
                "%(count)s rows refer to nothing, the first in %(table)s",
                count=len(broken),
                table=broken[0][0],
            ),
            message("Restore a backup."),
        )
    if (state := session.scalar(text("PRAGMA quick_check"))) != "ok":
        yield (
            message("the file is damaged: %(state)s", state=state),
            message("Stop serving and restore a backup."),
        )


def log(session: Session, settings: Settings) -> Complaints:
    """Verify the sealed log from its first entry on."""
    key = private_key_from(audit_key(settings))
    verdict = verify_log(session, Keyring([key.public_key()]))
    for code, count in verdict.counts.items():
        yield (
            message("%(count)s times %(finding)s", count=count, finding=code.value),
            message("Run `lms audit verify`, keep the database as it is, tell the auditor."),
        )


def clock_right(session: Session, _settings: Settings) -> Complaints:
    """Compare this machine's clock with what was recorded, and with the database server's."""
    now = clock.now()
    recorded = [session.scalar(select(func.max(AuditCheckpoint.at)))]
    recorded.append(session.scalar(select(func.max(AuditEvent.recorded_at))))
    newest = max((each for each in recorded if each is not None), default=now)
    if newest > now + SKEW:
        yield (
            message(
                "the log holds entries of the future (%(instant)s)", instant=f"{newest:%Y-%m-%d %H:%M} UTC"
            ),
            message("Set this machine's clock right: deadlines and dates are read from it."),
        )
    if session.get_bind().dialect.name == "postgresql":
        apart = abs(session.execute(text("SELECT clock_timestamp()")).scalar_one() - clock.now())
        if apart > SKEW:
            yield (
                message("the clocks of this machine and of the database are %(seconds)s s apart",
                        seconds=round(apart.total_seconds())),
                message("Let both machines follow one time server."),
            )  # fmt: skip


def worker(session: Session, _settings: Settings) -> Complaints:
    """Tell from what waits whether a worker is at work."""
    before = clock.now() - WORKER_SILENT
    start = message("Start `lms worker`, or serve with LMS_WORKER=embedded; then look at its log.")
    oldest = session.scalar(select(func.min(AuditEvent.recorded_at)).where(AuditEvent.pending))
    if oldest is not None and oldest < before:
        instant = f"{oldest:%Y-%m-%d %H:%M} UTC"
        yield (
            message("no worker is at work: events wait to be sealed since %(instant)s", instant=instant),
            start,
        )
    if (unsealed := waiting(session)) > MOST_UNSEALED:
        yield message("%(count)s events wait to be sealed", count=unsealed), start
    free = or_(Job.leased_until.is_(None), Job.leased_until < before)
    stuck = select(func.count()).where(Job.state == JobState.WAITING, Job.run_at < before, free)
    if count := session.scalar(stuck):
        yield message("%(count)s jobs are due for more than ten minutes and not done", count=count), start


def jobs(session: Session, _settings: Settings) -> Complaints:
    """Look for jobs that were given up."""
    if dead := waiting_jobs(session).get("dead"):
        yield (
            message("%(count)s jobs were given up after many tries", count=dead),
            message("Read their errors in the table `job`; mend the cause."),
        )


def people(session: Session, _settings: Settings) -> Complaints:
    """Compare today's reading of employment with the facts."""
    today = firm_day(session, clock.now())
    facts = facts_of(session, None)
    rows = {row.person_id: row for row in session.scalars(select(PersonNow))}
    ids = set(session.scalars(select(Identity.person_id)))
    wrong = len(ids ^ rows.keys())
    for person_id, row in rows.items():
        read = reading(fold(facts.get(person_id, ())), today)
        wrong += (read.unit_id, read.employed, read.on_leave) != (row.unit_id, row.employed, row.on_leave)
    if wrong:
        yield (
            message("%(count)s people are listed otherwise than their facts say", count=wrong),
            message("Run `lms jobs run people`."),
        )


def roles(session: Session, _settings: Settings) -> Complaints:
    """Compare the roles held with the fold of the role facts."""
    balance: Counter[tuple[object, str]] = Counter()
    for fact in session.scalars(select(RoleFact)):
        balance[fact.person_id, fact.role] += 1 if fact.change == RoleChange.GRANTED else -1
    told = {key for key, count in balance.items() if count > 0}
    held = {(row.person_id, row.role) for row in session.scalars(select(RoleNow))}
    if wrong := len(told ^ held):
        yield (
            message("%(count)s roles are held otherwise than was recorded", count=wrong),
            message(
                "Somebody changed the database by hand: end the sessions of those concerned, restore a backup, "
                "tell the auditor."
            ),
        )


def attempts(session: Session, _settings: Settings) -> Complaints:
    """Look for attempts left open, two open at once, and papers or scores that do not come out again."""
    if late := due_for_closing(session, clock.now() - WORKER_SILENT):
        yield (
            message("%(count)s attempts are past their time and open", count=len(late)),
            message("Run `lms jobs run attempts`."),
        )
    a = Attempt
    twice = (
        select(a.person_id)
        .where(a.state == AttemptState.IN_PROGRESS.value)
        .group_by(a.person_id, a.quiz_kind, a.quiz_id)
        .having(func.count() > 1)
    )
    if double := len(session.execute(twice).all()):
        yield (
            message("%(count)s people have two open attempts at one quiz", count=double),
            message(
                "Let HR void the later one; run `lms db upgrade`, which keeps the index that prevents this."
            ),
        )
    faults = [each for each in replay(session) if each.fault]
    if faults:
        yield (
            message(
                "%(count)s papers or scores do not come out again: %(first)s",
                count=len(faults),
                first=faults[0].fault,
            ),
            message("Run `lms quizzes replay`."),
        )


def standings(session: Session, _settings: Settings) -> Complaints:
    """Assess everybody again and compare; look for periods with two certificates."""
    found = check_standings(session, firm_day(session, clock.now()))
    if found:
        yield (
            message(
                "%(count)s standings differ from the facts, the first %(programme)s of %(person)s",
                count=len(found),
                programme=found[0].programme,
                person=found[0].person_id,
            ),
            message("Run `lms jobs run sweep`; if that does not mend it, tell the makers."),
        )
    c = Certificate
    twice = select(c.period_id).group_by(c.period_id, c.supersedes_id).having(func.count() > 1)
    if session.scalar(twice.limit(1)):
        yield (
            message("a period has two certificates"),
            message("Tell the makers; keep the database as it is."),
        )


def fonts(session: Session, _settings: Settings) -> Complaints:
    """Look for names that cannot be printed on a certificate."""
    names = [*session.execute(select(Identity.name_zh, Identity.name_en))]
    names += session.execute(select(Unit.name_zh, Unit.name_en))
    missing = sorted({each for row in names for name in row for each in missing_glyphs(name)})
    if missing:
        shown = ", ".join(f"{each} (U+{ord(each):04X})" for each in missing[:10])
        yield (
            message("the fonts cannot print these characters of names: %(characters)s", characters=shown),
            message(
                "Certificates of these people are not printed: write the name with another character, or build the "
                "fonts again with `tools/subset_fonts.py`."
            ),
        )


CHECKS: Mapping[str, Check] = {
    "references": references,
    "log": log,
    "clock": clock_right,
    "worker": worker,
    "jobs": jobs,
    "people": people,
    "roles": roles,
    "attempts": attempts,
    "standings": standings,
    "fonts": fonts,
}
