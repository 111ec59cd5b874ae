"""Runs: opened once, finished once, on the day they are credited to; attempts count in them."""

from datetime import UTC, date, datetime, timedelta
from threading import Barrier, Thread
from uuid import uuid4

import pytest
from sqlalchemy import func, select

from lms.audit.models import AuditEvent
from lms.authoring.actions import ask_publication
from lms.authoring.publishing import Sorting
from lms.core import clock
from lms.core.db import By
from lms.core.errors import NotFound
from lms.core.versions import snapshot
from lms.courses import actions, queries
from lms.courses.models import CourseRun, LessonPlace, LessonProgress
from lms.courses.rules import RunFinished, RunKind, progress
from lms.courses.texts import course_in
from lms.people.queries import actor_of_person
from lms.quizzes.models import QuizRun
from lms.quizzes.rules import AttemptScored, QuizKind
from tests.content import changed

pytestmark = pytest.mark.usefixtures("alone")
NOON = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)  # noon in Shanghai
BY = By("tests")
COURSE = "client-confidentiality"
LESSONS = [
    "what-is-client-information",
    "need-to-know",
    "the-agreement-you-signed",
    "everyday-leaks",
    "the-first-hour",
]


def open_run(database, person_id, key="onboarding:1", kind=RunKind.COURSE, target=COURSE, at=NOON):
    with database.transaction(BY) as session:
        return actions.open_run(session, person_id, kind, target, key, at).id


def finish(database, person_id, *lessons, at=NOON):
    for lesson in lessons:
        with database.transaction(BY) as session:
            actions.finish_lesson(session, person_id, COURSE, lesson, at)


def scored(person_id, run_id, *, quiz=COURSE, kind=QuizKind.QUIZ, passed=True, day=date(2026, 3, 3), at=NOON):
    return AttemptScored(
        subject=f"attempt:{uuid4()}", occurred_at=at, person_id=person_id, attempt_id=uuid4(), quiz_kind=kind,
        quiz_id=quiz, run_id=str(run_id), passed=passed, score="9/10", credited_on=day, version_id=1,
    )  # fmt: skip


def note(database, event):
    with database.transaction(BY) as session:
        actions.note_result(session, event)


def standing(database, person_id, kind=RunKind.COURSE, target=COURSE):
    with database.reading() as session:
        return queries.passage_of(session, person_id, kind, target)


def events(database, kind):
    with database.reading() as session:
        return session.scalar(select(func.count()).select_from(AuditEvent).where(AuditEvent.kind == kind))


def test_a_run_is_opened_once_for_a_period(database, cast, content):
    first, again = open_run(database, cast.ana), open_run(database, cast.ana)
    assert first == again
    assert events(database, "RunOpened") == 1
    assert open_run(database, cast.dario) != first


def test_while_a_run_is_unfinished_no_other_is_opened(database, cast, content):
    first = open_run(database, cast.ana)
    assert open_run(database, cast.ana, "annual:2") == first
    with database.transaction(BY) as session:
        assert actions.open_practice(session, cast.ana, RunKind.COURSE, COURSE, NOON).id == first


def test_a_run_of_nothing_published_is_not_opened(database, cast, content):
    with pytest.raises(NotFound):
        open_run(database, cast.ana, target="no-such-course")


def test_finishing_a_lesson_twice_is_one_fact_and_one_event(database, cast, content):
    open_run(database, cast.ana)
    finish(database, cast.ana, LESSONS[0], LESSONS[0])
    assert standing(database, cast.ana).lessons == {LESSONS[0]}
    assert events(database, "LessonFinished") == 1


def test_a_lesson_of_another_course_is_not_found(database, cast, content):
    with pytest.raises(NotFound):
        finish(database, cast.ana, "integrity-in-lending")
    assert standing(database, cast.ana) is None


def test_who_reads_unasked_gets_a_practice_run(database, cast, content):
    finish(database, cast.ana, LESSONS[0])
    found = standing(database, cast.ana)
    assert (found.period_key, found.is_practice) == ("practice:1", True)


def test_a_course_is_finished_by_its_last_lesson_after_its_quiz(database, cast, content):
    run_id = open_run(database, cast.ana)
    finish(database, cast.ana, *LESSONS[:4])
    note(database, scored(cast.ana, run_id))
    assert standing(database, cast.ana).finished_on is None
    finish(database, cast.ana, LESSONS[4], at=NOON + timedelta(days=5))
    assert standing(database, cast.ana).finished_on == date(2026, 3, 7)
    assert events(database, "RunFinished") == 1


def test_a_course_is_finished_by_its_quiz_on_the_day_that_is_credited(database, cast, content):
    run_id = open_run(database, cast.ana)
    finish(database, cast.ana, *LESSONS)
    heard = []
    database.reactions = {RunFinished: (lambda _session, event: heard.append(event),)}
    note(database, scored(cast.ana, run_id, at=NOON + timedelta(days=9)))
    note(database, scored(cast.ana, run_id, day=date(2026, 4, 1)))
    (event,) = heard
    version = content.get("course", COURSE)
    assert (event.occurred_on, event.period_key, event.run_id) == (date(2026, 3, 3), "onboarding:1", run_id)
    assert (event.target, event.version_id, event.version) == (COURSE, version.id, version.sha256)


@pytest.mark.parametrize(
    "changes",
    [{"passed": False}, {"quiz": "professional-ethics"}, {"run_id": uuid4()}, {"run_id": ""}],
    ids=["failed", "another quiz", "no such run", "outside any run"],
)
def test_other_results_leave_the_run_as_it_is(database, cast, content, changes):
    run_id = open_run(database, cast.ana)
    finish(database, cast.ana, *LESSONS)
    note(database, scored(cast.ana, **{"run_id": run_id, **changes}))
    found = standing(database, cast.ana)
    assert (found.quiz_passed_on, found.finished_on) == (None, None)


def test_a_result_counts_only_in_the_run_of_the_person_who_earned_it(database, cast, content):
    run_id = open_run(database, cast.ana)
    finish(database, cast.ana, *LESSONS)
    note(database, scored(cast.dario, run_id))
    assert standing(database, cast.ana).finished_on is None


@pytest.mark.parametrize(
    ("kind", "target"),
    [(RunKind.EXAMINATION, "onboarding-final"), (RunKind.QUIZ, "annual-confidentiality")],
)
def test_a_quiz_or_examination_run_is_finished_by_a_passed_attempt(database, cast, content, kind, target):
    run_id = open_run(database, cast.ana, kind=kind, target=target)
    with database.reading() as session:
        row = session.scalars(select(QuizRun)).one()
        assert (row.quiz_kind, row.quiz_id, row.run_id, row.closed_at) == (kind, target, str(run_id), None)
    note(database, scored(cast.ana, run_id, quiz=target, kind=QuizKind(kind)))
    assert standing(database, cast.ana, kind, target).finished_on == date(2026, 3, 3)
    with database.reading() as session:
        assert session.scalars(select(QuizRun)).one().closed_at == NOON
    assert open_run(database, cast.ana, "annual:2", kind, target) != run_id


def test_a_finished_course_stays_finished_until_a_new_run_is_opened(database, cast, content):
    run_id = open_run(database, cast.ana)
    finish(database, cast.ana, *LESSONS)
    note(database, scored(cast.ana, run_id))
    finish(database, cast.ana, LESSONS[0], at=NOON + timedelta(days=200))
    assert events(database, "LessonFinished") == len(LESSONS)
    open_run(database, cast.ana, "annual:2", at=NOON + timedelta(days=300))
    found = standing(database, cast.ana)
    assert (found.period_key, found.lessons) == ("annual:2", frozenset())


def test_two_requests_at_once_open_one_run_and_finish_a_lesson_once(database, cast, content):
    barrier, failures = Barrier(4), []

    def read():
        barrier.wait()
        try:
            finish(database, cast.ana, LESSONS[0])
        except Exception as error:  # noqa: BLE001 - told below, in the test's own thread
            failures.append(error)

    threads = [Thread(target=read) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(CourseRun)) == 1
        assert session.scalar(select(func.count()).select_from(LessonProgress)) == 1


def test_every_fact_points_at_its_event(database, cast, content):
    open_run(database, cast.ana)
    finish(database, cast.ana, LESSONS[0])
    with database.reading() as session:
        lesson, run = session.scalars(select(LessonProgress)).one(), session.scalars(select(CourseRun)).one()
        kinds = dict(session.execute(select(AuditEvent.id, AuditEvent.kind)).all())
        assert (kinds[lesson.event_id], kinds[run.event_id]) == ("LessonFinished", "RunOpened")


def test_where_reading_stopped_is_kept_without_an_event(database, cast, content):
    before = events(database, "RunOpened") + events(database, "LessonFinished")
    with database.transaction(BY) as session:
        actions.note_seen(session, cast.ana, actions.Place(COURSE, LESSONS[0], 3), NOON)
        actions.note_seen(
            session, cast.ana, actions.Place(COURSE, LESSONS[1], 10**9), NOON + timedelta(minutes=1)
        )
        actions.note_seen(
            session, cast.ana, actions.Place(COURSE, LESSONS[0], 8), NOON + timedelta(minutes=2)
        )
        actions.note_seen(session, cast.ana, actions.Place(COURSE, LESSONS[0]), NOON + timedelta(minutes=3))
    with database.reading() as session:
        assert queries.places_of(session, cast.ana, COURSE) == (
            LESSONS[0],
            {LESSONS[0]: 8, LESSONS[1]: 10_000},
        )
        assert queries.places_of(session, cast.dario, COURSE) == (None, {})
        assert session.scalar(select(func.count()).select_from(LessonPlace)) == 2
    assert events(database, "RunOpened") + events(database, "LessonFinished") == before


def test_strangers_do_not_see_runs_and_managers_do(database, cast, content):
    open_run(database, cast.ana)
    with database.reading() as session:
        for who, sees in ((cast.ana, True), (cast.bruno, True), (cast.carla, True), (cast.dario, False)):
            actor = actor_of_person(session, who, clock.now())
            if sees:
                assert [each.target for each in queries.passages_for(session, actor, cast.ana)] == [COURSE]
            else:
                with pytest.raises(NotFound):
                    queries.passages_for(session, actor, cast.ana)


def republish(database, cast, texts, at=NOON):
    from lms.approvals.actions import approve
    from lms.approvals.models import Approval
    from lms.approvals.queries import kind_of, payload_of

    with database.transaction(BY) as session:
        erin, fang = (actor_of_person(session, each, clock.now()) for each in (cast.erin, cast.fang))
        approval = ask_publication(session, erin, texts, Sorting(editorial=("*",)), "Review", at)
        approval = session.get_one(Approval, approval.id)
        preview = kind_of(session, "content").preview(session, payload_of(approval))
        approve(session, fang, approval.id, preview.hash, at)


def test_a_lesson_that_leaves_the_course_finishes_the_runs_to_which_it_alone_was_left(
    database, cast, content
):
    run_id = open_run(database, cast.ana)
    open_run(database, cast.dario)
    finish(database, cast.ana, *LESSONS[:4])
    note(database, scored(cast.ana, run_id))
    with database.reading() as session:
        course = course_in(snapshot(session), COURSE)
        assert progress(course.outline, queries.passage_by_id(session, run_id)).percent == 83
    shorter = without_last_lesson()
    republish(database, cast, shorter, NOON + timedelta(days=30))
    assert standing(database, cast.ana).finished_on == date(2026, 3, 3)
    assert standing(database, cast.dario).finished_on is None


def without_last_lesson():
    folder = f"content/courses/{COURSE}"
    retired = "retired: true\nreviewed_on:"
    last = [(f"{folder}/05-the-first-hour.{each}.md", "reviewed_on:", retired) for each in ("zh", "en")]
    return changed((f"{folder}/course.yml", "  - the-first-hour\n", ""), *last)
