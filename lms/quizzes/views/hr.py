"""What HR does about somebody's attempts: grant more, give extra time, declare one void. Each with its reason."""

from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from wtforms import IntegerField, SelectField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange

from lms.core import versions
from lms.core.access import Action
from lms.people.queries import person_for
from lms.quizzes import actions, queries
from lms.quizzes.actions import MOST_EXTRA_MINUTES, MOST_GRANTED
from lms.quizzes.rules import AttemptsRead, QuizKind
from lms.quizzes.views.blueprint import pages
from lms.quizzes.wording import outcome
from lms.web import context
from lms.web.forms import Form
from lms.web.pages import both


def _reason() -> TextAreaField:
    return TextAreaField(_("Reason"), validators=[DataRequired(), Length(max=2000)])


class GrantForm(Form):
    """More attempts at one quiz."""

    quiz = SelectField(_("Quiz"), validators=[DataRequired()])
    attempts = IntegerField(
        _("Attempts"), default=1, validators=[InputRequired(), NumberRange(1, MOST_GRANTED)]
    )
    reason = _reason()


class ExtraTimeForm(Form):
    """Extra minutes in every attempt."""

    extra_minutes = IntegerField(
        _("Extra minutes"), validators=[InputRequired(), NumberRange(0, MOST_EXTRA_MINUTES)]
    )
    reason = _reason()


class VoidForm(Form):
    """Why an attempt does not count."""

    reason = _reason()


def _quizzes() -> dict[str, tuple[queries.QuizRef, str]]:
    snapshot = versions.snapshot(context.db_session(), context.actor().publication)
    return {
        f"{kind.value}/{each.content_id}": (queries.QuizRef(kind, each.content_id), both(each.body["title"]))
        for kind in QuizKind
        for each in snapshot.all(kind)
    }


def _grant_form() -> GrantForm:
    form = GrantForm(prefix="grant")
    form.quiz.choices = [(value, title) for value, (_ref, title) in _quizzes().items()]
    return form


def _page(person_id: UUID, **forms: Form) -> str:
    session, actor = context.db_session(), context.actor()
    person = person_for(session, actor, person_id, Action.ENTER_FACTS)
    context.observe(
        AttemptsRead(subject=f"person:{person_id}", occurred_at=context.now(), person_id=person_id)
    )
    usual = {"grant": _grant_form(), "extra": ExtraTimeForm(prefix="extra"), "void": VoidForm(prefix="void")}
    return render_template(
        "quizzes/hr.html", person=person, attempts=queries.attempts_of(session, person_id), outcome=outcome,
        titles={value: title for value, (_ref, title) in _quizzes().items()},
        extra_minutes=queries.extra_minutes(session, person_id), **(usual | forms),
    )  # fmt: skip


@pages.show("/hr/people/<uuid:person_id>/attempts", may=Action.ENTER_FACTS)
def attempts_of_person(person_id: UUID) -> Any:
    """List somebody's attempts, with what HR can do about them."""
    return _page(person_id)


@pages.change("/hr/people/<uuid:person_id>/attempts", may=Action.ENTER_FACTS)
def grant(person_id: UUID) -> Any:
    """Grant more attempts."""
    form, session, actor = _grant_form(), context.db_session(), context.actor()
    person_for(session, actor, person_id, Action.ENTER_FACTS)
    if not form.validate():
        return _page(person_id, grant=form), 422
    ref, title = _quizzes()[form.quiz.data]
    given = actions.Grant(person_id, ref, form.attempts.data or 0, form.reason.data or "")
    actions.grant_attempts(session, actor, given, context.now())
    flash(gettext("Granted: %(count)s more for %(quiz)s.", count=given.attempts, quiz=title), "success")
    return redirect(url_for("quizzes.attempts_of_person", person_id=person_id), 303)


@pages.change("/hr/people/<uuid:person_id>/extra-time", may=Action.ENTER_FACTS)
def give_extra_time(person_id: UUID) -> Any:
    """Give extra minutes in every attempt started from now on."""
    form, session, actor = ExtraTimeForm(prefix="extra"), context.db_session(), context.actor()
    person_for(session, actor, person_id, Action.ENTER_FACTS)
    if not form.validate():
        return _page(person_id, extra=form), 422
    extra = (form.extra_minutes.data or 0, form.reason.data or "")
    actions.accommodate(session, actor, person_id, extra, context.now())
    flash(gettext("Recorded. It holds for attempts started from now on."), "success")
    return redirect(url_for("quizzes.attempts_of_person", person_id=person_id), 303)


@pages.change("/hr/people/<uuid:person_id>/attempts/<uuid:attempt_id>/void", may=Action.ENTER_FACTS)
def void(person_id: UUID, attempt_id: UUID) -> Any:
    """Declare that an attempt does not count."""
    form, session, actor = VoidForm(prefix="void"), context.db_session(), context.actor()
    person_for(session, actor, person_id, Action.ENTER_FACTS)
    queries.attempt_of(session, person_id, attempt_id)
    if not form.validate():
        return _page(person_id, void=form), 422
    actions.void_attempt(session, actor, attempt_id, form.reason.data or "", context.now())
    flash(gettext("The attempt no longer counts."), "success")
    return redirect(url_for("quizzes.attempts_of_person", person_id=person_id), 303)
