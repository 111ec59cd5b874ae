"""Pages of evaluations: one's own, the team's, the firm's; every figure opens into its evidence."""

from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext, lazy_gettext
from wtforms import DateField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length

from lms.approvals.models import Approval
from lms.core.access import Action, may_ever
from lms.core.errors import Invalid
from lms.core.tables import Column
from lms.evaluations import actions, labels, presenting, queries
from lms.web import context
from lms.web.access import Pages
from lms.web.exports import export
from lms.web.forms import Form
from lms.web.pages import language, say

pages = Pages("evaluations", __name__, template_folder="templates")


class CycleForm(Form):
    """A new cycle."""

    cycle = StringField(lazy_gettext("Name"), validators=[InputRequired(), Length(max=40)])
    starts_on = DateField(lazy_gettext("First day"), validators=[InputRequired()])
    ends_on = DateField(lazy_gettext("Last day"), validators=[InputRequired()])


class OutageForm(Form):
    """Days on which the system could not be used."""

    from_on = DateField(lazy_gettext("First day"), validators=[InputRequired()], id="outage-from")
    until_on = DateField(lazy_gettext("Last day"), validators=[InputRequired()], id="outage-until")
    reason = TextAreaField(lazy_gettext("Reason"), validators=[InputRequired(), Length(max=2000)])


class ReasonForm(Form):
    """Why a second person is asked."""

    reason = TextAreaField(lazy_gettext("Reason"), validators=[InputRequired(), Length(max=2000)])


@pages.show("/evaluations", may=Action.READ_EVALUATION)
def index() -> Any:
    """List the cycles, and let HR open one."""
    return render_template("evaluations/index.html", **_cycles(), form=CycleForm(), outage=OutageForm())


def _cycles() -> dict[str, Any]:
    return {
        "cycles": queries.cycles(context.db_session()),
        "states": labels.STATES,
        "may_run": may_ever(context.actor(), Action.RUN_EVALUATIONS),
    }


@pages.change("/evaluations", may=Action.RUN_EVALUATIONS)
def open_cycle() -> Any:
    """Open a cycle under the policy published now."""
    form = CycleForm()
    if form.validate():
        try:
            first, last = form.starts_on.data or context.today(), form.ends_on.data or context.today()
            name = (form.cycle.data or "").strip()
            actions.open_cycle(context.db_session(), name, first, last, context.now())
            return redirect(url_for("evaluations.cycle", cycle_id=name), 303)
        except Invalid as error:
            form.blame(error)
    return render_template(
        "evaluations/index.html", **_cycles(), form=form, outage=OutageForm(formdata=None)
    ), 422


@pages.show("/me/evaluations", may=Action.READ_EVALUATION)
def own() -> Any:
    """List one's own evaluations, cycle by cycle."""
    session, me = context.db_session(), context.actor().person_id
    found = [
        (view, presenting.figures_of(session, view, [me]).get(me))
        for view in queries.cycles(session)
        if queries.people_of(session, view, [me])
    ]
    rows = [(view, document) for view, document in found if document is not None]
    return render_template(
        "evaluations/own.html", rows=rows, states=labels.STATES, names=labels.COMPONENTS, me=me
    )


@pages.show("/evaluations/<cycle_id>", may=Action.READ_EVALUATION)
def cycle(cycle_id: str) -> Any:
    """List everybody in a cycle whom the reader may see, with their figures."""
    session = context.db_session()
    view = queries.cycle(session, cycle_id)
    rows = presenting.rows_of(session, queries.people_within(session, context.actor(), view), view)
    return render_template(
        "evaluations/cycle.html", view=view, rows=rows, states=labels.STATES, form=ReasonForm(),
        columns=presenting.columns(view), may_run=may_ever(context.actor(), Action.RUN_EVALUATIONS),
        is_over=queries.is_over(session, view),
    )  # fmt: skip


@pages.show("/evaluations/<cycle_id>.<any(csv, xlsx, json):form>", may=Action.READ_EVALUATION)
def download(cycle_id: str, form: str) -> Any:
    """Give the list as a file: the rows of the screen."""
    session = context.db_session()
    view = queries.cycle(session, cycle_id)
    rows = presenting.rows_of(session, queries.people_within(session, context.actor(), view), view)
    context.observe(presenting.exported(view, len(rows), context.now()))
    columns = [Column(key, say(label)) for key, label in presenting.columns(view)]
    if form == "json":
        columns = [Column("person", "person"), *columns]
    written = presenting.in_language(rows, language())
    return export(f"evaluations-{cycle_id}", form, columns, written, presenting.head_of(view))


@pages.show("/evaluations/<cycle_id>/<uuid:person_id>", may=Action.READ_EVALUATION)
def detail(cycle_id: str, person_id: UUID) -> Any:
    """Show one person's evaluation: total, components, the formula, each line with its evidence."""
    session = context.db_session()
    queries.may_read(session, context.actor(), person_id)
    view = queries.cycle(session, cycle_id)
    if context.actor().person_id != person_id:
        context.observe(presenting.record_read(view, person_id, context.now()))
    return render_template(
        "evaluations/detail.html", view=view, **presenting.detail_of(session, view, person_id),
        states=labels.STATES, names=labels.COMPONENTS, formulas=labels.FORMULAS, form=ReasonForm(),
        may_run=may_ever(context.actor(), Action.RUN_EVALUATIONS),
    )  # fmt: skip


@pages.change("/evaluations/<cycle_id>/seal", may=Action.RUN_EVALUATIONS)
def ask_seal(cycle_id: str) -> Any:
    """Ask a second person to seal a cycle."""
    return _filed(actions.ask_seal(context.db_session(), _me(), cycle_id, _reason(), context.now()))


@pages.change("/evaluations/<cycle_id>/<uuid:person_id>/correction", may=Action.RUN_EVALUATIONS)
def ask_correction(cycle_id: str, person_id: UUID) -> Any:
    """Ask a second person to correct a sealed figure by what is known now."""
    whose = (cycle_id, person_id)
    return _filed(actions.ask_correction(context.db_session(), _me(), whose, _reason(), context.now()))


@pages.change("/evaluations/outages", may=Action.RUN_EVALUATIONS)
def ask_outage() -> Any:
    """Ask a second person to declare an outage."""
    form = OutageForm()
    if form.validate():
        try:
            days = (form.from_on.data or context.today(), form.until_on.data or context.today())
            reason = form.reason.data or ""
            return _filed(actions.ask_outage(context.db_session(), _me(), days, reason, context.now()))
        except Invalid as error:
            form.blame(error)
    return render_template(
        "evaluations/index.html", **_cycles(), form=CycleForm(formdata=None), outage=form
    ), 422


def _me() -> UUID:
    return context.actor().person_id


def _reason() -> str:
    return ReasonForm().reason.data or ""


def _filed(asked: Approval) -> Any:
    flash(gettext("The request is filed. Nothing happens until a second person approves it."), "info")
    return redirect(url_for("approvals.detail", approval_id=asked.id), 303)
