"""A lesson with its checks; finishing it, keeping the place, its pictures, its print view."""

from typing import Any

from flask import flash, jsonify, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from lms.core.access import Action
from lms.courses import actions
from lms.courses.checks import Check, check_of, checks_of, title_of
from lms.courses.texts import CourseText, LessonText, course_in
from lms.courses.views.blueprint import below_root, entries, me, pages, picture, spoken, standing, texts
from lms.courses.views.courses import step_url
from lms.quizzes.markup import feedback_html, question_html
from lms.quizzes.posted import sent_fields
from lms.quizzes.responses import Fields
from lms.web import context
from lms.web.forms import whole

Answer = tuple[str, Fields]  # the check answered, and what was sent for it


@pages.show("/courses/<course_id>/<lesson_id>", may=Action.LEARN)
def lesson(course_id: str, lesson_id: str) -> Any:
    """Show a lesson with the contents of its course at the side."""
    return _lesson_page(course_id, lesson_id)


@pages.show("/courses/<course_id>/<lesson_id>/print", may=Action.LEARN)
def print_lesson(course_id: str, lesson_id: str) -> Any:
    """Show a lesson made for paper."""
    course = course_in(texts(), course_id)
    return render_template("courses/print.html", course=course, lesson=course.lesson(lesson_id))


@pages.change("/courses/<course_id>/<lesson_id>/seen", may=Action.LEARN)
def seen(course_id: str, lesson_id: str) -> Any:
    """Remember where reading is; nothing is finished by it."""
    position = request.form.get("position", type=whole)
    place = actions.Place(course_id, lesson_id, position)
    actions.note_seen(context.db_session(), me(), place, context.now())
    return "", 204


@pages.change("/courses/<course_id>/<lesson_id>/finish", may=Action.LEARN)
def finish(course_id: str, lesson_id: str) -> Any:
    """Finish a lesson and go on: to the next one, then to what is still left; to what changed, if it did."""
    course = course_in(texts(), course_id)
    had_changed = bool(standing(course).changed(lesson_id))
    actions.finish_lesson(context.db_session(), me(), course_id, lesson_id, context.now())
    if had_changed:
        return redirect(url_for("courses.changes", course_id=course_id), 303)
    following = _neighbours(course, lesson_id)[1]
    if following:
        return redirect(_url(following), 303)
    far = standing(course).far
    if far.next_step:
        return redirect(step_url(course, far.next_step), 303)
    flash(gettext("You have finished this course."), "success")
    return redirect(url_for("courses.course", course_id=course_id), 303)


@pages.show("/courses/<course_id>/<lesson_id>/checks/<item_id>", may=Action.LEARN)
def asked(course_id: str, lesson_id: str, item_id: str) -> Any:
    """Lead to the check in its lesson: what was answered here is not kept."""
    return _back_to_check(course_id, lesson_id, item_id)


@pages.change("/courses/<course_id>/<lesson_id>/checks/<item_id>", may=Action.LEARN)
def check(course_id: str, lesson_id: str, item_id: str) -> Any:
    """Say at once whether an answer is right, and why: as a page, in place, or for a program."""
    found = check_of(texts(), course_in(texts(), course_id).lesson(lesson_id), item_id)
    chosen = {} if "again" in request.form else sent_fields("answer").get("answer", {})
    if request.accept_mimetypes.best == "application/json":
        return jsonify(found.feedback(spoken(), chosen) or {"verdict": "unanswered"})
    if request.headers.get("HX-Request"):
        return render_template("courses/check.html", **_shown(course_id, lesson_id, found, chosen))
    if not chosen or found.feedback(spoken(), chosen) is None:
        return _back_to_check(course_id, lesson_id, item_id)
    return _lesson_page(course_id, lesson_id, (item_id, chosen))


@pages.show("/courses/<course_id>/media/<file>", may=Action.LEARN)
def media(course_id: str, file: str) -> Response:
    """Send a picture of a course."""
    return picture(f"courses/{course_id}", file)


def _back_to_check(course_id: str, lesson_id: str, item_id: str) -> Response:
    check_of(texts(), course_in(texts(), course_id).lesson(lesson_id), item_id)
    anchor = f"check-{item_id}"
    return redirect(url_for("courses.lesson", course_id=course_id, lesson_id=lesson_id, _anchor=anchor), 303)


def _lesson_page(course_id: str, lesson_id: str, answer: Answer | None = None) -> Any:
    course = course_in(texts(), course_id)
    found = course.lesson(lesson_id)
    here = standing(course)
    has_changed = here.changed(lesson_id)
    previous, following = _neighbours(course, lesson_id)
    checks = [
        _shown(course_id, lesson_id, each, answer[1] if answer and answer[0] == each.id else {})
        for each in checks_of(texts(), found)
    ]
    return render_template(
        "courses/lesson.html", course=course, lesson=found, checks=checks, place=here.places.get(lesson_id),
        entries=entries(course, here.far, lesson_id, _url), has_changed=has_changed,
        is_done=here.far.is_done(lesson_id) and not has_changed,
        previous=previous and (_url(previous), previous.title[spoken()]),
        following=following and (_url(following), following.title[spoken()]),
        last=None if following else _after_last(course),
    )  # fmt: skip


def _shown(course_id: str, lesson_id: str, found: Check, chosen: Fields) -> dict[str, Any]:
    question, feedback = found.asked(spoken(), chosen), found.feedback(spoken(), chosen)
    question = question_html(question)
    if feedback:
        title = title_of(texts(), feedback["see"]) if feedback["see"] else None
        see = (below_root(feedback["see"]), title[spoken()]) if title else None
        feedback = {**feedback_html(feedback, question["kind"] != "match"), "see": see}
    url = url_for("courses.check", course_id=course_id, lesson_id=lesson_id, item_id=found.id)
    return {"question": question, "feedback": feedback, "url": url}


def _url(each: LessonText) -> str:
    return url_for("courses.lesson", course_id=each.course, lesson_id=each.id)


def _after_last(course: CourseText) -> str:
    return str(gettext("Finish and go on to the quiz") if course.quiz else gettext("Finish the course"))


def _neighbours(course: CourseText, lesson_id: str) -> tuple[LessonText | None, LessonText | None]:
    listed = list(course.lessons.values())
    here = next(place for place, each in enumerate(listed) if each.id == lesson_id)
    return (listed[here - 1] if here else None), (listed[here + 1] if here + 1 < len(listed) else None)
