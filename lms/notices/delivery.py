"""The worker: leases jobs, runs each in its own transaction, tries again later what failed.

A job's effect and its end commit together. A lease that ran out may be taken by another worker; `tries`
fences the first one off, so an effect in the database happens once however often a worker is killed.
What leaves the house (`Outside`: mail, webhooks) is sent between two transactions, at least once.
"""

import json
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from lms.core import clock
from lms.core.db import By, Database, changed
from lms.core.log import logger
from lms.core.settings import Settings
from lms.notices.actions import ADDRESS_MAIL, CONFIRM_MAIL, LINK_MAIL
from lms.notices.models import Job
from lms.notices.rules import LEASE, JobState, after_failure, next_try

log = logger("worker")
BATCH = 20


@dataclass(frozen=True)
class Surroundings:
    """What jobs may use besides their session."""

    database: Database
    settings: Settings


JobFunction = Callable[[Session, Mapping[str, Any], Surroundings, datetime], None]


@dataclass(frozen=True)
class Outside:
    """A job that speaks to somebody else's server, which may take its time: no transaction is open meanwhile.

    `prepare` reads what is to be sent (None: nothing any more), `send` sends it, `note` writes down what came
    of it and returns what went wrong, empty where nothing did. A worker that dies between the two sends again.
    """

    prepare: Callable[[Session, Mapping[str, Any], Surroundings], Any]
    send: Callable[[Any, Surroundings], Any]
    note: Callable[[Session, Any, Any, datetime], str]


JobKind = JobFunction | Outside


def work(around: Surroundings, kinds: Mapping[str, JobKind], at: datetime) -> int:
    """Lease and run what is due; return how many jobs were tried."""
    leased = lease(around.database, at)
    for job_id, tries in leased:
        run_one(around, kinds, job_id, tries)
    return len(leased)


def lease(database: Database, at: datetime, most: int = BATCH) -> list[tuple[UUID, int]]:
    """Take due jobs for a minute; return their ids and the try that each lease stands for."""
    with database.reading() as session:
        if session.scalar(_due(at).limit(1)) is None:
            return []
    with database.transaction(By("worker")) as session:
        jobs = list(
            session.scalars(
                _due(at).order_by(Job.run_at, Job.id).limit(most).with_for_update(skip_locked=True)
            )
        )
        for job in jobs:
            job.leased_until, job.tries = at + LEASE, job.tries + 1
        return [(job.id, job.tries) for job in jobs]


def run_one(around: Surroundings, kinds: Mapping[str, JobKind], job_id: UUID, tries: int) -> None:
    """Run one leased job; what fails is written down and tried again later."""
    try:
        if _sent_outside(around, kinds, job_id, tries):
            return
        with around.database.transaction(By("worker")) as session:
            job = _held(session, job_id, tries)
            if job is None:
                return
            kind = kinds[job.kind]
            assert not isinstance(kind, Outside)
            kind(session, json.loads(job.payload), around, clock.now())
            _end(job)
    except Exception as error:  # noqa: BLE001 - a job's failure must not stop the others
        log.warning("job failed", job=str(job_id), tries=tries, error=repr(error)[:300])
        with around.database.transaction(By("worker")) as session:
            job = _held(session, job_id, tries)
            if job is not None:
                _put_off(job, tries, repr(error))


def _sent_outside(around: Surroundings, kinds: Mapping[str, JobKind], job_id: UUID, tries: int) -> bool:
    """Run a leased job of kind `Outside`; False for one of another kind, of which nothing was done."""
    with around.database.reading() as session:
        job = session.get(Job, job_id)
        kind = kinds.get(job.kind) if job is not None else None
        if job is None or not isinstance(kind, Outside):
            return False
        ends = job.leased_until
        letter = kind.prepare(session, json.loads(job.payload), around) if _is_ours(job, tries) else None
    if letter is not None and not _leased_long_enough(around.database, job_id, tries, ends):
        return True
    answer = kind.send(letter, around) if letter is not None else None
    with around.database.transaction(By("worker")) as session:
        held = _held(session, job_id, tries)
        if held is None:
            return True
        wrong = kind.note(session, letter, answer, clock.now()) if letter is not None else ""
        if wrong:
            _put_off(held, tries, wrong)
        else:
            _end(held)
    return True


def _leased_long_enough(database: Database, job_id: UUID, tries: int, ends: datetime | None) -> bool:
    """Whether the job is still ours to send; a lease that others of its batch used up is taken anew."""
    now = clock.now()
    if ends is not None and ends - now > LEASE / 2:
        return True
    ours = update(Job).where(Job.id == job_id, Job.tries == tries, Job.state == JobState.WAITING)
    with database.transaction(By("worker")) as session:
        return changed(session.execute(ours.values(leased_until=now + LEASE))) == 1


def _end(job: Job) -> None:
    job.state, job.done_at, job.leased_until = JobState.DONE, clock.now(), None
    if job.kind in {LINK_MAIL, CONFIRM_MAIL, ADDRESS_MAIL}:
        job.payload = "{}"  # the token, the address have served: no copy stays


def _put_off(job: Job, tries: int, wrong: str) -> None:
    job.state, job.run_at = after_failure(tries), next_try(tries, clock.now())
    job.leased_until, job.error = None, wrong[:500]


def _due(at: datetime) -> Any:
    free = or_(Job.leased_until.is_(None), Job.leased_until < at)
    return select(Job).where(Job.state == JobState.WAITING, Job.run_at <= at, free)


def _held(session: Session, job_id: UUID, tries: int) -> Job | None:
    job = session.scalar(select(Job).where(Job.id == job_id).with_for_update())
    return job if job is not None and _is_ours(job, tries) else None


def _is_ours(job: Job, tries: int) -> bool:
    return job.tries == tries and job.state == JobState.WAITING


@dataclass(frozen=True)
class Chore:
    """Work the clock asks for: `run` at most once every `seconds`."""

    name: str
    seconds: float
    run: Callable[[Surroundings, datetime], object]


class Worker:
    """Runs jobs and chores until told to stop."""

    def __init__(self, around: Surroundings, kinds: Mapping[str, JobKind], chores: tuple[Chore, ...]) -> None:
        self._around, self._kinds, self._chores = around, kinds, chores
        self._next = {chore.name: 0.0 for chore in chores}
        self._stop = threading.Event()

    def stop(self) -> None:
        """Ask the loop to end after what it is doing."""
        self._stop.set()

    def run(self, pause_seconds: float = 0.5) -> None:
        """Work until stopped."""
        while not self._stop.is_set():
            busy = self.once()
            self._stop.wait(0.01 if busy else pause_seconds)

    def once(self) -> int:
        """Run the chores whose time has come, then what jobs are due; return how many jobs were tried."""
        at = clock.now()
        for chore in self._chores:
            if at.timestamp() >= self._next[chore.name]:
                self._next[chore.name] = at.timestamp() + chore.seconds
                self._guard(chore, at)
        try:
            return work(self._around, self._kinds, at)
        except Exception as error:  # noqa: BLE001 - the database may be away for a moment
            log.error("work failed", error=repr(error)[:300])
            return 0

    def _guard(self, chore: Chore, at: datetime) -> None:
        try:
            chore.run(self._around, at)
        except Exception as error:  # noqa: BLE001 - one chore's failure must not stop the others
            log.error("chore failed", chore=chore.name, error=repr(error)[:300])
