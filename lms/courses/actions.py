"""Open runs, finish lessons, note where reading stopped and what a quiz came to."""

import json
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID, uuid4

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from lms.audit.events import record, recorded_at
from lms.core.db import has_row_locks, insert_new, upsert
from lms.core.versions import Change, ContentPublished, Version, snapshot
from lms.courses.models import CourseRun, LessonPlace, LessonProgress
from lms.courses.queries import last_lesson_on, parts_from, passage_by_id, unfinished_of
from lms.courses.rules import (
    LessonFinished,
    Parts,
    Passage,
    RunFinished,
    RunKind,
    RunOpened,
    completed_on,
    practice_key,
    supplement_key,
)
from lms.courses.texts import CourseText, LessonText, course_in, courses_in
from lms.people.models import Person
from lms.people.queries import firm_day
from lms.quizzes import actions as quizzes
from lms.quizzes.queries import QuizRef
from lms.quizzes.rules import AttemptScored, QuizKind
from lms.quizzes.rules_remedies import AttemptRegraded

LAST_BLOCK = 10_000
OPEN_PARTS = (
    select(CourseRun)
    .where(
        CourseRun.person_id == bindparam("whose"),
        CourseRun.kind == RunKind.COURSE.value,
        CourseRun.target == bindparam("of"),
        CourseRun.supplement.isnot(None),
        CourseRun.finished_on.is_(None),
    )
    .order_by(CourseRun.opened_at)
)
# Built once: they are executed with every lesson.
RUNS = (
    select(CourseRun)
    .where(
        CourseRun.person_id == bindparam("whose"),
        CourseRun.kind == bindparam("of_kind"),
        CourseRun.target == bindparam("of"),
    )
    .order_by(CourseRun.finished_on.isnot(None), CourseRun.opened_at)
)


@dataclass(frozen=True)
class Place:
    """Where somebody reads: a lesson and, where known, the number of a block of it."""

    course: str
    lesson: str
    position: int | None = None


def open_run(
    session: Session, person_id: UUID, kind: RunKind, target: str, period_key: str, at: datetime
) -> CourseRun:
    """Open a run for a period, once; while a run of the target is unfinished, return that instead.

    Raises NotFound when nothing of this kind and id is published.
    """
    runs = [run for run in _runs_of(session, person_id, kind, target) if run.supplement is None]
    standing = next((run for run in runs if run.finished_on is None or run.period_key == period_key), None)
    return standing or _open(session, person_id, snapshot(session).get(kind, target), period_key, at)


def open_practice(session: Session, person_id: UUID, kind: RunKind, target: str, at: datetime) -> CourseRun:
    """Open a run that nobody asked for, unless one is unfinished.

    Raises NotFound when nothing of this kind and id is published.
    """
    runs = [run for run in _runs_of(session, person_id, kind, target) if run.supplement is None]
    standing = next((run for run in runs if run.finished_on is None), None)
    key = practice_key([run.period_key for run in runs])
    return standing or _open(session, person_id, snapshot(session).get(kind, target), key, at)


def open_parts(session: Session, person_id: UUID, course_id: str, parts: Parts, at: datetime) -> CourseRun:
    """Open a run of what changed in a course in a publication, once; it stands beside a run of the whole.

    Raises NotFound when the course is not published.
    """
    key = supplement_key(parts.publication)
    runs = _runs_of(session, person_id, RunKind.COURSE, course_id)
    standing = next((run for run in runs if run.period_key == key), None)
    version = snapshot(session).get(RunKind.COURSE, course_id)
    return standing or _open(session, person_id, version, key, at, parts)


def _runs_of(session: Session, person_id: UUID, kind: RunKind, target: str) -> list[CourseRun]:
    """Return the runs of a target, having locked the person, so that two requests open one run."""
    if has_row_locks(session):
        session.execute(select(Person.id).where(Person.id == person_id).with_for_update(key_share=True))
    return list(session.scalars(RUNS, {"whose": person_id, "of_kind": kind.value, "of": target}))


def _open(
    session: Session,
    person_id: UUID,
    version: Version,
    period_key: str,
    at: datetime,
    parts: Parts | None = None,
) -> CourseRun:
    run_id, event_id = uuid4(), uuid4()
    run = CourseRun(
        id=run_id, person_id=person_id, kind=version.kind, target=version.content_id, period_key=period_key,
        opened_at=at, opened_on=firm_day(session, at), version_id=version.id, event_id=event_id,
        supplement=parts.publication if parts else None, parts=_parts_text(parts) if parts else None,
    )  # fmt: skip
    session.add(run)
    session.flush()
    quiz = _quiz_of(session, run)
    if quiz:
        quizzes.open_run(session, person_id, quiz, str(run_id), at, parts.items if parts else ())
    happened = RunOpened(
        subject=f"run:{run_id}", occurred_at=at, person_id=person_id, version=version.sha256,
        run_kind=RunKind(version.kind), target=version.content_id, run_id=run_id, period_key=period_key,
    )  # fmt: skip
    record(session, happened, event_id)
    return run


def _parts_text(parts: Parts) -> str:
    return json.dumps({"lessons": parts.lessons, "items": parts.items})


def _quiz_of(session: Session, run: CourseRun) -> QuizRef | None:
    if run.kind != RunKind.COURSE:
        return QuizRef(QuizKind(run.kind), run.target)
    course = courses_in(snapshot(session)).get(run.target)
    parts = parts_from(run)
    if parts is not None and not parts.items:
        return None
    return QuizRef(QuizKind.QUIZ, course.quiz) if course and course.quiz else None


def finish_lesson(
    session: Session, person_id: UUID, course_id: str, lesson_id: str, at: datetime
) -> CourseRun:
    """Note that a person has finished a lesson, once in a run; without a run a practice run is opened.

    It counts in the run of the whole course and in every open run of changed parts that has the lesson. A
    course finished earlier stays as it is until a new run is opened. Raises NotFound.
    """
    course = course_in(snapshot(session), course_id)
    lesson = course.lesson(lesson_id)
    runs = _runs_of(session, person_id, RunKind.COURSE, course_id)
    whole = next((run for run in runs if run.supplement is None), None)
    counting = [run for run in runs if run.finished_on is None and _has_lesson(run, lesson_id)]
    if whole is None and not counting:
        whole = open_practice(session, person_id, RunKind.COURSE, course_id, at)
        counting = [whole]
    for run in counting:
        _finish_lesson(session, run, course, lesson, at)
    return whole or counting[0]


def _has_lesson(run: CourseRun, lesson_id: str) -> bool:
    parts = parts_from(run)
    return parts is None or lesson_id in parts.lessons


def _finish_lesson(
    session: Session, run: CourseRun, course: CourseText, lesson: LessonText, at: datetime
) -> None:
    if run.finished_on is not None:  # the run of the whole, just finished, has finished it
        return
    event_id = uuid4()
    values = {
        "run_id": run.id, "lesson_id": lesson.id, "version_id": lesson.version_id, "finished_at": at,
        "finished_on": firm_day(session, at), "recorded_at": recorded_at(session), "event_id": event_id,
    }  # fmt: skip
    if insert_new(session, LessonProgress, values, ("run_id", "lesson_id")):
        happened = LessonFinished(
            subject=f"run:{run.id}", occurred_at=at, person_id=run.person_id, course=course.id, lesson=lesson.id,
            run_id=run.id, version_id=lesson.version_id,
        )  # fmt: skip
        record(session, happened, event_id)
        _finish_if_complete(session, run, course, at)


def note_seen(session: Session, person_id: UUID, place: Place, at: datetime) -> None:
    """Remember the lesson, and where it is told the block of it, that a person was last at.

    Raises NotFound.
    """
    course_in(snapshot(session), place.course).lesson(place.lesson)
    values: dict[str, object] = {
        "person_id": person_id, "course_id": place.course, "lesson_id": place.lesson, "seen_at": at,
    }  # fmt: skip
    if place.position is not None:
        values["position"] = max(0, min(place.position, LAST_BLOCK))
    upsert(session, LessonPlace, values, ("person_id", "course_id", "lesson_id"))


def note_result(session: Session, scored: AttemptScored | AttemptRegraded) -> None:
    """Take up a passed attempt into the run it belongs to; this may finish the run."""
    if not scored.passed or not scored.run_id:
        return
    run = session.get(CourseRun, UUID(scored.run_id), with_for_update=True)
    if run is None or run.person_id != scored.person_id or run.finished_on is not None:
        return
    if run.kind != RunKind.COURSE:
        if (run.kind, run.target) == (scored.quiz_kind, scored.quiz_id):
            _finish(session, run, scored.credited_on, scored.occurred_at)
        return
    course = courses_in(snapshot(session)).get(run.target)
    if course is None or course.quiz != scored.quiz_id or scored.quiz_kind != QuizKind.QUIZ:
        return
    run.quiz_passed_on = run.quiz_passed_on or scored.credited_on
    _finish_if_complete(session, run, course, scored.occurred_at)


def note_publication(session: Session, published: ContentPublished) -> None:
    """Finish the runs to which nothing is left because a lesson or quiz was taken out of the course."""
    changed = {
        name for kind, name, change in published.changes if kind == "course" and change != Change.FIRST
    }
    current = snapshot(session)
    if any(kind == "item" and change == Change.RETIRED for kind, _, change in published.changes):
        changed |= courses_in(current).keys()  # a run of changed parts may have waited for an answer to it
    for _, passage in unfinished_of(session, changed) if changed else ():
        course = courses_in(current).get(passage.target)
        if (
            course
            and course.lessons
            and completed_on(course.outline_of(passage.parts), passage, passage.opened_on)
        ):
            run = session.get_one(CourseRun, passage.run_id, with_for_update=True)
            _finish_if_complete(session, run, course, published.occurred_at)


def _finish_if_complete(session: Session, run: CourseRun, course: CourseText, at: datetime) -> None:
    outline = course.outline_of(parts_from(run))
    if outline.quiz and run.quiz_passed_on is None:
        return
    session.flush()
    passage: Passage = passage_by_id(session, run.id)
    on = completed_on(outline, passage, last_lesson_on(session, run.id))
    if on is not None and run.finished_on is None:
        _finish(session, run, on, at)


def _finish(session: Session, run: CourseRun, on: date, at: datetime) -> None:
    version = snapshot(session).find(run.kind, run.target)
    if version is not None:
        run.version_id = version.id
    run.finished_at, run.finished_on, run.finished_event_id = at, on, uuid4()
    session.flush()
    quiz = _quiz_of(session, run)
    if quiz:
        quizzes.close_run(session, run.person_id, quiz, str(run.id), at)
    happened = RunFinished(
        subject=f"run:{run.id}", occurred_at=at, person_id=run.person_id,
        version=version.sha256 if version else None, run_kind=RunKind(run.kind), target=run.target,
        run_id=run.id, period_key=run.period_key, occurred_on=on, version_id=run.version_id,
        supplement=run.supplement,
    )  # fmt: skip
    record(session, happened, run.finished_event_id)
    if run.kind == RunKind.COURSE and run.supplement is None:
        for each in session.scalars(OPEN_PARTS, {"whose": run.person_id, "of": run.target}).all():
            _finish(session, each, on, at)  # whoever went through the whole has gone through its parts
