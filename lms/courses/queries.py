"""Reads of runs, progress and places: one statement each, whatever the number of lessons or years."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import Select, bindparam, func, select
from sqlalchemy.orm import Session

from lms.core.access import Action, Actor
from lms.core.errors import NotFound
from lms.core.versions import ContentMedia, Snapshot
from lms.courses.models import CourseRun, LessonPlace, LessonProgress
from lms.courses.rules import Parts, Passage, RunKind
from lms.people.queries import person_for

Target = tuple[RunKind, str]
MEDIA_TYPES = frozenset({"image/svg+xml", "image/png", "image/jpeg", "image/webp"})


@dataclass(frozen=True)
class Passages:
    """Where a person stands: `whole` by target, and `parts`, the runs of what changed, by course and publication."""

    whole: Mapping[Target, Passage]
    parts: Mapping[tuple[str, int], Passage]

    def changes(self, course: str) -> list[Passage]:
        """Return the unfinished runs of what changed in a course, oldest first."""
        found = [(publication, each) for (name, publication), each in self.parts.items() if name == course]
        return [each for _, each in sorted(found, key=lambda one: one[0]) if each.finished_on is None]


def passages_of(session: Session, person_id: UUID, kind: RunKind | None = None) -> Passages:
    """Return where a person stands with everything: the unfinished run of a target, else the newest."""
    return _newest(session, {"person_id": person_id} | ({"kind": kind} if kind else {}))


def passages_in(session: Session, person_id: UUID, course: str) -> Passages:
    """Return where a person stands with one course and with what changed in it, in one statement."""
    return _newest(session, {"person_id": person_id, "target": course, "kind": RunKind.COURSE})


def passage_of(session: Session, person_id: UUID, kind: RunKind, target: str) -> Passage | None:
    """Return where a person stands with one course, quiz or examination; None when there is no run of it."""
    wanted = {"person_id": person_id, "target": target, "kind": kind}
    return _newest(session, wanted).whole.get((kind, target))


def passages_for(session: Session, actor: Actor, person_id: UUID) -> list[Passage]:
    """Return all runs of a person, newest first, for one who may read their record.

    Raises NotFound for strangers.
    """
    person_for(session, actor, person_id, Action.READ_RECORD)
    query = _runs().where(CourseRun.person_id == person_id).order_by(CourseRun.opened_at.desc(), CourseRun.id)
    return list(_fold(_read(session, query)).values())


def passage_by_id(session: Session, run_id: UUID) -> Passage:
    """Return a run.

    Raises NotFound.
    """
    found = _fold(_read(session, ONE_RUN, {"wanted": run_id})).get(run_id)
    if found is None:
        raise NotFound
    return found


def current_run(session: Session, person_id: UUID, kind: RunKind, target: str) -> Passage | None:
    """Return the unfinished run of a target, None when there is none."""
    found = passage_of(session, person_id, kind, target)
    return found if found and found.finished_on is None else None


def unfinished_of(session: Session, courses: Iterable[str]) -> list[tuple[UUID, Passage]]:
    """Return the unfinished runs of these courses with whose they are."""
    query = _runs().where(
        CourseRun.kind == RunKind.COURSE,
        CourseRun.target.in_(sorted(courses)),
        CourseRun.finished_on.is_(None),
    )
    rows = _read(session, query.order_by(CourseRun.opened_at, CourseRun.id)).all()
    people = {row.id: row.person_id for row in rows}
    return [(people[run_id], passage) for run_id, passage in _fold(rows).items()]


def unfinished_counts(session: Session, courses: Iterable[str]) -> dict[str, int]:
    """Return how many unfinished runs each of these courses has."""
    query = (
        select(CourseRun.target, func.count())
        .where(
            CourseRun.kind == RunKind.COURSE,
            CourseRun.target.in_(sorted(courses)),
            CourseRun.supplement.is_(None),
            CourseRun.finished_on.is_(None),
        )
        .group_by(CourseRun.target)
        .order_by(CourseRun.target)
    )
    return {target: int(count) for target, count in session.execute(query)}


LAST_LESSON = select(func.max(LessonProgress.finished_on)).where(LessonProgress.run_id == bindparam("of_run"))


def last_lesson_on(session: Session, run_id: UUID) -> date | None:
    """Return the day on which the latest lesson of a run was finished."""
    return session.scalar(LAST_LESSON, {"of_run": run_id})


def places_of(session: Session, person_id: UUID, course_id: str) -> tuple[str | None, dict[str, int]]:
    """Return the lesson of a course last seen, and the block at which reading of each lesson stopped."""
    rows = _read(session, PLACES, {"whose": person_id, "course": course_id}).all()
    return (rows[0].lesson_id if rows else None), {row.lesson_id: row.position for row in rows}


def media_of(session: Session, snapshot: Snapshot, folder: str, file: str) -> tuple[str, bytes]:
    """Return the content type and bytes of a published picture, of `courses/<id>` or the handbook.

    Raises NotFound.
    """
    version = snapshot.get("media", f"{folder}/{file}")
    found = session.get(ContentMedia, version.body["sha256"])
    if found is None or found.content_type not in MEDIA_TYPES:
        raise NotFound
    return found.content_type, found.data


def _read(session: Session, query: Select[*tuple[Any, ...]], wanted: Mapping[str, Any] | None = None) -> Any:
    """Plain columns are read without the mapper, which alone would write first what waits to be written."""
    session.flush()
    return session.execute(query, wanted)


def _runs() -> Select[*tuple[Any, ...]]:
    runs, progress = CourseRun.__table__, LessonProgress.__table__
    r = runs.c
    return select(
        r.id, r.person_id, r.kind, r.target, r.period_key, r.opened_on, r.quiz_passed_on, r.finished_on,
        r.supplement, r.parts, progress.c.lesson_id,
    ).select_from(runs.outerjoin(progress, progress.c.run_id == r.id))  # fmt: skip


def _newest(session: Session, wanted: Mapping[str, Any]) -> Passages:
    """Read one run of each target and of each of its supplements: the unfinished one, else the newest."""
    found = _fold(_read(session, _newest_by(tuple(wanted)), wanted)).values()
    return Passages(
        {(each.kind, each.target): each for each in found if each.parts is None},
        {(each.target, each.parts.publication): each for each in found if each.parts is not None},
    )


@cache
def _newest_by(names: tuple[str, ...]) -> Select[*tuple[Any, ...]]:
    """Build the statement once for the columns it is asked by: every page of a learner runs it."""
    r = CourseRun.__table__.c
    order = (r.finished_on.is_(None).desc(), r.opened_at.desc(), r.id.desc())
    place = func.row_number().over(partition_by=(r.kind, r.target, r.supplement), order_by=order)
    where = [r[name] == bindparam(name) for name in names]
    ranked = select(r.id, place.label("place")).where(*where).subquery()
    query = _runs().where(r.id == ranked.c.id, ranked.c.place == 1)
    return query.order_by(r.kind, r.target)


def _fold(rows: Iterable[Any]) -> Mapping[UUID, Passage]:
    runs: dict[UUID, Any] = {}
    lessons: dict[UUID, set[str]] = {}
    for row in rows:
        runs.setdefault(row.id, row)
        lessons.setdefault(row.id, set()).update({row.lesson_id} - {None})
    return {run_id: _passage(row, lessons[run_id]) for run_id, row in runs.items()}


def _passage(row: Any, lessons: Iterable[str]) -> Passage:
    return Passage(
        run_id=row.id,
        kind=RunKind(row.kind),
        target=row.target,
        period_key=row.period_key,
        opened_on=row.opened_on,
        quiz_passed_on=row.quiz_passed_on,
        finished_on=row.finished_on,
        lessons=frozenset(lessons),
        parts=parts_from(row),
    )


def parts_from(run: Any) -> Parts | None:
    """Return what a run goes through, None for the whole."""
    if run.supplement is None:
        return None
    parts = json.loads(run.parts)
    return Parts(run.supplement, tuple(parts["lessons"]), tuple(parts["items"]))


def _places() -> Select[*tuple[Any, ...]]:
    p = LessonPlace.__table__.c
    query = select(p.lesson_id, p.position).where(
        p.person_id == bindparam("whose"), p.course_id == bindparam("course")
    )
    return query.order_by(p.seen_at.desc(), p.lesson_id)


PLACES = _places()
ONE_RUN = _runs().where(CourseRun.id == bindparam("wanted"))
