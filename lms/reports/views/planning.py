"""Far-reaching acts in three steps: a form, a preview of what moves, then done, or asked of a second person."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, TypeVar
from uuid import UUID

from flask import flash, redirect, request, url_for
from flask_babel import gettext
from sqlalchemy.orm import Session
from wtforms import HiddenField
from wtforms.validators import Length

from lms.approvals.actions import Request, ask, refuse_asker
from lms.approvals.queries import kind_of
from lms.approvals.rules import Preview
from lms.core.errors import Conflict, Invalid, Message, NotAllowed
from lms.web import context
from lms.web.forms import Form
from lms.web.pages import say

REFUSED, STALE = 422, 409
Result = TypeVar("Result")
UNSENT = frozenset({"csrf_token", "preview_hash", "change"})


class PlanForm(Form):
    """A form whose act is previewed; it carries the hash of the preview that was shown."""

    preview_hash = HiddenField(validators=[Length(max=64)])


@dataclass(frozen=True)
class Plan:
    """What would be done: in words, with its preview; `act` does it, or returns the request it filed.

    `is_stale`: what was seen before it was something else.
    """

    what: Message
    preview: Preview
    act: Callable[[], UUID | None]
    by_two: bool = True
    is_stale: bool = False


@dataclass(frozen=True)
class Steps:
    """The two pages of an act, and where to go once it is done."""

    form: Callable[[], str]
    preview: Callable[[Plan], str]
    back: str


def by_two(session: Session, asked: Request) -> Plan:
    """Return the plan of asking a second person.

    Raises NotAllowed for one who may not even ask.
    """
    me, at = context.actor().person_id, context.now()
    refuse_asker(session, me, asked.beneficiaries)
    kind = kind_of(session, asked.kind)
    return Plan(
        kind.describe(session, asked.payload),
        kind.preview(session, asked.payload),
        lambda: ask(session, me, asked, at).id,
    )


def taken(form: PlanForm, plan_of: Callable[[], Plan], steps: Steps) -> Any:
    """Answer a form that was sent: with itself, with the preview, or by doing what was previewed.

    What has changed since the preview is shown anew and nothing is done.
    """
    if request.form.get("change"):
        return steps.form()
    plan = _planned(form, plan_of)
    if plan is None:
        return steps.form(), REFUSED
    shown = form.preview_hash.data
    if not shown:
        return steps.preview(plan)
    if shown != plan.preview.hash:
        return steps.preview(replace(plan, is_stale=True)), STALE
    return _done(form, plan, steps)


def _planned(form: PlanForm, plan_of: Callable[[], Plan]) -> Plan | None:
    return _tried(form, plan_of) if form.validate() else None


def _done(form: PlanForm, plan: Plan, steps: Steps) -> Any:
    filed = _tried(form, lambda: (plan.act(),))
    if filed is None:
        return steps.form(), REFUSED
    if filed[0] is None:
        flash(gettext("Recorded."), "success")
        return redirect(steps.back, 303)
    flash(gettext("Asked. Nothing changes until a second person approves it."), "success")
    return redirect(url_for("approvals.detail", approval_id=filed[0]), 303)


def _tried(form: Form, act: Callable[[], Result]) -> Result | None:
    """Run what may refuse, and tell why beside the form."""
    try:
        return act()
    except Invalid as error:
        context.db_session().rollback()
        form.blame(error)
    except (Conflict, NotAllowed) as error:
        context.db_session().rollback()
        form.form_errors.append(say(error.reason))
    return None


def kept_fields(form: Form) -> list[tuple[str, str]]:
    """Return what was sent, for the preview page to send again."""
    return [
        (name, value)
        for name, values in request.form.lists()
        if name not in UNSENT and name in form
        for value in values
    ]
