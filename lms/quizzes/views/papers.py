"""Pages of quizzes: what awaits, the paper, a last look before handing in, the result."""

from typing import Any
from uuid import UUID

from flask import redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from lms.core import versions
from lms.core.access import Action
from lms.core.log import logger
from lms.quizzes import actions, queries, showing
from lms.quizzes.actions import FormAnswers
from lms.quizzes.markup import feedback_html, question_html
from lms.quizzes.posted import answers_sent, form_answers, reader_language, reply
from lms.quizzes.rules import Allowed, AttemptState, Disclosure, counts
from lms.quizzes.views.blueprint import pages
from lms.quizzes.wording import outcome, why_not
from lms.web import context
from lms.web.context import Mode

log = logger("quizzes")


@pages.show("/quizzes/<quiz_id>", may=Action.LEARN)
def quiz(quiz_id: str) -> Any:
    """Say what a quiz asks, what has been done, and whether an attempt may start."""
    session, actor = context.db_session(), context.actor()
    found = queries.find_quiz(versions.snapshot(session, actor.publication), quiz_id)
    situation = queries.situation_of(session, actor.person_id, found.ref)
    decision = situation.decision(found.blueprint, context.now())
    allowed = isinstance(decision, Allowed)
    return render_template(
        "quizzes/quiz.html", quiz=found, situation=situation, may_start=allowed or situation.open is not None,
        why_not=None if isinstance(decision, Allowed) else why_not(decision),
        when=None if isinstance(decision, Allowed) else decision.when, outcome=outcome,
        left=max(0, found.blueprint.attempts + situation.granted - _counted(situation)),
    )  # fmt: skip


def _counted(situation: queries.Situation) -> int:
    return sum(each.state != AttemptState.VOIDED for each in situation.attempts)


@pages.change("/quizzes/<quiz_id>", may=Action.LEARN)
def start(quiz_id: str) -> Any:
    """Start an attempt, or go on with the open one."""
    session, actor = context.db_session(), context.actor()
    found = queries.find_quiz(versions.snapshot(session, actor.publication), quiz_id)
    asked = actions.Start(found.ref, publication=actor.publication, language=reader_language())
    attempt = actions.start_attempt(session, actor.person_id, asked, context.now())
    return redirect(url_for("quizzes.attempt", attempt_id=attempt.id), 303)


@pages.show("/attempts/<uuid:attempt_id>", may=Action.LEARN)
def attempt(attempt_id: UUID) -> Any:
    """Show the paper; one that is handed in, or whose time is over, leads to its result."""
    session, actor = context.db_session(), context.actor()
    found, batches = queries.attempt_with_batches(session, attempt_id, actor.person_id)
    if not _is_open(found):
        return redirect(url_for("quizzes.result", attempt_id=attempt_id), 303)
    sheet = showing.sheet_of(session, found, batches)
    return render_template(
        "quizzes/attempt.html", quiz=queries.quiz_at(session, found), attempt=_attempt_urls(found),
        questions=[question_html(each) for each in showing.questions(sheet, reader_language())],
    )  # fmt: skip


@pages.change("/attempts/<uuid:attempt_id>/responses", may=Action.LEARN)
def responses(attempt_id: UUID) -> Any:
    """Save answers: a JSON list from the page's script, or the whole form without one."""
    session, actor = context.db_session(), context.actor()
    if request.is_json:
        sent = answers_sent()
        return reply(actions.save_responses(session, actor, attempt_id, sent, context.now()))
    actions.save_form(session, actor, attempt_id, form_answers(), context.now())
    return redirect(url_for("quizzes.attempt", attempt_id=attempt_id), 303)


@pages.show("/attempts/<uuid:attempt_id>/review", may=Action.LEARN)
def review(attempt_id: UUID) -> Any:
    """Name what is unanswered, before a paper is handed in without a script."""
    session, actor = context.db_session(), context.actor()
    found, batches = queries.attempt_with_batches(session, attempt_id, actor.person_id)
    if not _is_open(found):
        return redirect(url_for("quizzes.result", attempt_id=attempt_id), 303)
    sheet = showing.sheet_of(session, found, batches)
    quiz = queries.quiz_at(session, found)
    return render_template("quizzes/review.html", quiz=quiz, attempt=found, unanswered=sheet.unanswered)


@pages.change("/attempts/<uuid:attempt_id>/submit", may=Action.LEARN, mode=Mode.OWN)
def submit(attempt_id: UUID) -> Any:
    """Hand a paper in: committed first, then scored. A form that was not looked over is saved, then shown."""
    actor, now = context.actor(), context.now()
    if "as_of" in request.args and "confirmed" not in request.form:
        return _save_and_review(attempt_id, form_answers())
    with context.transaction() as session:
        actions.submit_attempt(session, actor, attempt_id, now)
    _score_now(attempt_id)
    return redirect(url_for("quizzes.result", attempt_id=attempt_id), 303)


def _save_and_review(attempt_id: UUID, form: FormAnswers) -> Response:
    with context.transaction() as session:
        actions.save_form(session, context.actor(), attempt_id, form, context.now())
    return redirect(url_for("quizzes.review", attempt_id=attempt_id), 303)


def _score_now(attempt_id: UUID) -> None:
    try:
        with context.transaction() as session:
            actions.score_attempt(session, attempt_id, context.now())
    except Exception as error:
        log.error("not scored", attempt=str(attempt_id), exc_info=error)


@pages.show("/attempts/<uuid:attempt_id>/result", may=Action.LEARN)
def result(attempt_id: UUID) -> Any:
    """Show a result as far as it is released; before it is scored, say that the paper is in."""
    session, actor = context.db_session(), context.actor()
    found = queries.result_for(session, actor, attempt_id)
    if _is_open(found.attempt):
        return redirect(url_for("quizzes.attempt", attempt_id=attempt_id), 303)
    quiz = queries.quiz_at(session, found.attempt)
    show = queries.disclosed(found, quiz.blueprint, context.now())
    titles = showing.objective_titles(versions.snapshot(session, actor.publication))
    sheet = None
    if show is Disclosure.FEEDBACK:
        sheet = showing.sheet_of(session, found.attempt, found.batches)
    return render_template(
        "quizzes/result.html", quiz=quiz, attempt=found.attempt, outcome=outcome(found.attempt),
        shown=showing.shown_result(found.attempt, quiz.blueprint.cut_score, titles, show),
        reviewed=[_feedback_html(*each) for each in showing.feedback(sheet, reader_language())] if sheet else [],
        decision=found.situation.decision(quiz.blueprint, context.now()), why_not=why_not,
    )  # fmt: skip


def _is_open(found: Any) -> bool:
    return found.state == AttemptState.IN_PROGRESS and counts(context.now(), found.deadline_at)


def _attempt_urls(found: Any) -> dict[str, Any]:
    here = url_for("quizzes.attempt", attempt_id=found.id)
    return {
        "id": found.id, "seq": found.last_seq, "deadline_at": found.deadline_at,
        "responses_url": url_for("quizzes.responses", attempt_id=found.id, as_of=found.saves),
        "submit_url": url_for("quizzes.submit", attempt_id=found.id, as_of=found.saves),
        "result_url": url_for("quizzes.result", attempt_id=found.id),
        "csrf_url": url_for("house.csrf"), "sign_in_url": url_for("people.sign_in", next=here),
    }  # fmt: skip


def _feedback_html(
    question: dict[str, Any], feedback: dict[str, Any]
) -> tuple[dict[str, Any], dict[str, Any]]:
    see = feedback["see"]
    link = (f"{request.script_root}/{see}", gettext("Read more in the handbook")) if see else None
    return question_html(question), {**feedback_html(feedback, question["kind"] != "match"), "see": link}
