"""Pages of requests that wait for a second person."""

from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext, lazy_gettext
from wtforms import HiddenField, SubmitField, TextAreaField
from wtforms.validators import Length

from lms.approvals import actions, queries
from lms.approvals.rules import ApprovalState, refusal
from lms.core.access import Action, may_ever
from lms.core.errors import Conflict, Invalid, LmsError, NotAllowed
from lms.people.queries import names
from lms.web import context
from lms.web.access import Pages
from lms.web.forms import Form
from lms.web.pages import STATUS, say

pages = Pages("approvals", __name__, template_folder="templates")

STATES = {
    ApprovalState.OPEN: lazy_gettext("waiting"),
    ApprovalState.APPROVED: lazy_gettext("approved"),
    ApprovalState.REFUSED: lazy_gettext("refused"),
    ApprovalState.WITHDRAWN: lazy_gettext("withdrawn"),
    ApprovalState.STALE: lazy_gettext("out of date"),
}


class DecisionForm(Form):
    """Approve, or refuse with a reason; carries the hash of the preview that was shown."""

    preview_hash = HiddenField(validators=[Length(max=64)])
    reason = TextAreaField(
        lazy_gettext("Reason (needed to refuse or withdraw)"), validators=[Length(max=2000)]
    )
    approve = SubmitField(lazy_gettext("Approve"))
    refuse = SubmitField(lazy_gettext("Refuse"))


@pages.show("/hr/approvals", may=Action.APPROVE)
def index() -> Any:
    """List the requests that wait, and those decided."""
    session = context.db_session()
    waiting, decided = queries.listed(session, is_open=True), queries.listed(session, is_open=False)
    people = {each.asker_id for each in (*waiting, *decided)} | {each.decided_by_id for each in decided}
    kinds = {each.kind: queries.kind_of(session, each.kind).title for each in (*waiting, *decided)}
    return render_template(
        "approvals/index.html", waiting=waiting, decided=decided, kinds=kinds, states=STATES,
        names=names(session, {each for each in people if each}),
    )  # fmt: skip


@pages.show("/hr/approvals/<uuid:approval_id>", may=Action.SIGNED_IN)
def detail(approval_id: UUID) -> Any:
    """Show what is asked, by whom, why, and exactly what would follow."""
    return _page(approval_id)


def _page(approval_id: UUID, refused: LmsError | None = None) -> str:
    session, actor = context.db_session(), context.actor()
    approval = queries.approval_for(session, actor, approval_id)
    kind, payload = queries.kind_of(session, approval.kind), queries.payload_of(approval)
    preview = kind.preview(session, payload) if approval.state == ApprovalState.OPEN else None
    why_not = refusal(queries.parties_of(session, approval, actor.person_id))
    people = names(session, {each for each in (approval.asker_id, approval.decided_by_id) if each})
    form = DecisionForm()
    form.preview_hash.data = preview.hash if preview else ""
    if isinstance(refused, Invalid):
        form.blame(refused)
    return render_template(
        "approvals/detail.html", approval=approval, kind=kind, what=kind.describe(session, payload),
        preview=preview, why_not=why_not, names=people, form=form, states=STATES,
        own=approval.asker_id == actor.person_id, refused=refused and say(refused.reason),
        may_read=may_ever(actor, Action.READ_REPORTS),
    )  # fmt: skip


def _decide(form: DecisionForm, approval_id: UUID) -> None:
    session, actor, at = context.db_session(), context.actor(), context.now()
    if form.approve.data:
        actions.approve(session, actor, approval_id, form.preview_hash.data or "", at)
        flash(gettext("Approved, and done."), "success")
    else:
        actions.refuse(session, actor, approval_id, form.reason.data or "", at)
        flash(gettext("The request is closed; nothing was changed."), "info")


@pages.change("/hr/approvals/<uuid:approval_id>", may=Action.SIGNED_IN)
def decide(approval_id: UUID) -> Any:
    """Approve, refuse or withdraw; a refusal is told on the page, beside what would follow now."""
    form = DecisionForm()
    try:
        _decide(form, approval_id)
    except (Conflict, Invalid, NotAllowed) as error:
        context.db_session().rollback()
        return _page(approval_id, error), STATUS[type(error)]
    return redirect(url_for("approvals.detail", approval_id=approval_id), 303)
