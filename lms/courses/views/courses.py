"""The catalogue, a course, its one-page summary."""

from typing import Any

from flask import redirect, render_template, url_for

from lms.core.access import Action
from lms.core.errors import NotFound
from lms.courses import actions, queries
from lms.courses.rules import Passage, Progress, RunKind, Step, progress
from lms.courses.texts import CourseText, course_in, courses_in
from lms.courses.views.blueprint import below_root, me, pages, standing, texts
from lms.quizzes import actions as quizzes
from lms.quizzes.queries import QuizRef
from lms.quizzes.rules import QuizKind
from lms.web import context


@pages.show("/courses", may=Action.LEARN)
def index() -> Any:
    """List the courses with how far one is in each."""
    passages = queries.passages_of(context.db_session(), me(), RunKind.COURSE).whole
    rows = []
    for course in courses_in(texts()).values():
        passage = passages.get((RunKind.COURSE, course.id))
        rows.append((course, passage, progress(course.outline, passage)))
    return render_template("courses/index.html", rows=rows)


@pages.show("/courses/<course_id>", may=Action.LEARN)
def course(course_id: str) -> Any:
    """Show a course: what one learns, its lessons and quiz, how far one is, the one next step."""
    found = course_in(texts(), course_id)
    here = standing(found)
    far = here.far
    return render_template(
        "courses/course.html", course=found, passage=here.passage, far=far, done=_done(far),
        next_url=step_url(found, far.next_step) if far.next_step else None, quiz_url=quiz_url(found),
        has_changed=bool(here.changes),
    )  # fmt: skip


@pages.show("/courses/<course_id>/changes", may=Action.LEARN)
def changes(course_id: str) -> Any:
    """Show what changed in a course since the reader finished it: what to read again, what to answer."""
    found = course_in(texts(), course_id)
    return render_template("courses/changes.html", course=found, changes=standing(found).changes)


@pages.change("/courses/<course_id>/changes/<int:publication>", may=Action.LEARN)
def answer_changes(course_id: str, publication: int) -> Any:
    """Start the quiz on what changed in a publication, or go on with the open attempt."""
    found, session = course_in(texts(), course_id), context.db_session()
    run = next((each for each, _ in standing(found).changes if of_publication(each, publication)), None)
    if run is None or found.quiz is None:
        raise NotFound
    start = quizzes.Start(QuizRef(QuizKind.QUIZ, found.quiz), str(run.run_id))
    attempt = quizzes.start_attempt(session, me(), start, context.now())
    return redirect(below_root(f"attempts/{attempt.id}"), 303)


def of_publication(passage: Passage, publication: int) -> bool:
    """Whether a passage goes through what changed in a publication."""
    return passage.parts is not None and passage.parts.publication == publication


@pages.show("/courses/<course_id>/summary", may=Action.LEARN)
def summary(course_id: str) -> Any:
    """Show the one page to take away, made for paper."""
    return render_template("courses/summary.html", course=course_in(texts(), course_id))


@pages.change("/courses/<course_id>/start", may=Action.LEARN)
def start(course_id: str) -> Any:
    """Begin a course, or go on with it; nobody need have asked for it."""
    found = course_in(texts(), course_id)
    actions.open_practice(context.db_session(), me(), RunKind.COURSE, course_id, context.now())
    first = next(iter(found.lessons), None)
    if first is None:
        return redirect(url_for("courses.course", course_id=course_id), 303)
    return redirect(url_for("courses.lesson", course_id=course_id, lesson_id=first), 303)


def step_url(found: CourseText, step: Step) -> str:
    """Return the address at which a step of a course is done."""
    if step.kind == "lesson":
        return url_for("courses.lesson", course_id=found.id, lesson_id=step.id)
    return below_root(f"quizzes/{step.id}")


def quiz_url(found: CourseText) -> str | None:
    """Return the address of the course's quiz, if it has one."""
    return below_root(f"quizzes/{found.quiz}") if found.quiz else None


def _done(far: Progress) -> dict[str, bool]:
    return {step.id: step.done for step in far.steps if step.kind == "lesson"}
