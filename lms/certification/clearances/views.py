"""What may I do today, and why not? Recusals, emergencies, and the log of both for HR and auditors."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext, lazy_gettext
from wtforms import IntegerField, StringField, TextAreaField
from wtforms.validators import AnyOf, InputRequired, Length, NumberRange, Optional

from lms.approvals.models import Approval
from lms.certification.clearances import actions, labels, presenting, queries
from lms.certification.clearances.queries import Asked
from lms.certification.clearances.reading import duties_in
from lms.certification.clearances.rules import MOST_MINUTES, NO_REFERENCE, Outcome, client_of
from lms.core.access import Action, may, may_ever
from lms.core.errors import Invalid
from lms.core.versions import snapshot
from lms.people.queries import names, person_for
from lms.web import context
from lms.web.access import Pages
from lms.web.forms import Form
from lms.web.pages import say

pages = Pages("clearances", __name__, template_folder="templates")
LOGGED_DAYS = 90
REFERENCE = lazy_gettext("Client reference")


class ClientForm(Form):
    """For which client."""

    client = StringField(REFERENCE, validators=[Length(max=40)], id="asked-client")


class RecusalForm(Form):
    """Keep away from a client."""

    client = StringField(REFERENCE, validators=[InputRequired(), Length(max=40)], id="recusal-client")
    reason = TextAreaField(
        lazy_gettext("Reason"), validators=[InputRequired(), Length(max=2000)], id="recusal-reason"
    )


class GlassForm(Form):
    """An emergency."""

    client = StringField(REFERENCE, validators=[Optional(), Length(max=40)])
    minutes = IntegerField(
        lazy_gettext("Minutes"), validators=[InputRequired(), NumberRange(1, MOST_MINUTES)]
    )
    reason = TextAreaField(
        lazy_gettext("What is the emergency?"), validators=[InputRequired(), Length(max=2000)]
    )


class EndForm(Form):
    """Why somebody may work for a client again."""

    reason = TextAreaField(lazy_gettext("Reason"), validators=[InputRequired(), Length(max=2000)])


class ReviewForm(Form):
    """What a review found."""

    outcome = StringField(
        lazy_gettext("Finding"), validators=[InputRequired(), AnyOf([each.value for each in Outcome])]
    )
    remark = TextAreaField(lazy_gettext("What you found"), validators=[InputRequired(), Length(max=2000)])


@pages.show("/clearances", may=Action.LEARN)
def mine() -> Any:
    """Say what the reader may do today, and why not the rest."""
    return _page(context.actor().person_id)


@pages.show("/clearances/<uuid:person_id>", may=Action.READ_RECORD)
def of_person(person_id: UUID) -> Any:
    """Say what somebody else may do today, and why not the rest."""
    person_for(context.db_session(), context.actor(), person_id, Action.READ_RECORD)
    return _page(person_id)


def _page(person_id: UUID, form: RecusalForm | None = None) -> Any:
    session, actor, asked_for = context.db_session(), context.actor(), ClientForm(request.args)
    client, problem = _client(request.args.get("client", ""))
    asked_for.client.errors = [problem] if problem else []
    found = queries.clearances_of(session, [person_id], Asked(context.now(), client=client))[person_id]
    texts = snapshot(session, actor.publication)
    own = actor.person_id == person_id
    unit_id = None if own else person_for(session, actor, person_id, Action.READ_RECORD).unit_id
    may_recuse = may(actor, Action.RECUSE, person_id, unit_id)
    return render_template(
        "clearances/person.html", cards=presenting.cards(duties_in(texts), found, texts), client=client,
        asked_for=asked_for, form=form or RecusalForm(formdata=None), own=own, whose=person_id,
        recusals=queries.recusals_of(session, person_id), name=queries.name_of_person(session, person_id),
        may_recuse=may_recuse, may_end=may_recuse and not own, may_log=may_ever(actor, Action.READ_REPORTS),
    )  # fmt: skip


def _client(text: str) -> tuple[str, str]:
    """Read a reference of an address: what it is, and what is wrong with it."""
    if not text.strip():
        return "", ""
    try:
        return client_of(text), ""
    except ValueError:
        return "", say(NO_REFERENCE)


@pages.change("/clearances/recusals", may=Action.LEARN)
def recuse_myself() -> Any:
    """Keep the reader away from a client."""
    return _recuse(context.actor().person_id, url_for("clearances.mine"))


@pages.change("/clearances/<uuid:person_id>/recusals", may=Action.RECUSE)
def recuse(person_id: UUID) -> Any:
    """Keep somebody away from a client."""
    person_for(context.db_session(), context.actor(), person_id, Action.RECUSE)
    return _recuse(person_id, url_for("clearances.of_person", person_id=person_id))


def _recuse(person_id: UUID, back: str) -> Any:
    form = RecusalForm()
    if form.validate():
        try:
            text, reason = form.client.data or "", form.reason.data or ""
            actions.recuse(context.db_session(), context.actor(), person_id, text, reason, context.now())
            flash(gettext("Noted. From today on nothing for this client is allowed."), "success")
            return redirect(back, 303)
        except Invalid as error:
            form.blame(error)
    return _page(person_id, form), 422


@pages.show("/clearances/recusals/<uuid:recusal_id>/end", may=Action.RECUSE)
def end_form(recusal_id: UUID) -> Any:
    """Ask why somebody may work for a client again."""
    return _end_page(recusal_id, EndForm(formdata=None))


def _end_page(recusal_id: UUID, form: EndForm) -> Any:
    session = context.db_session()
    found = queries.recusal_for(session, context.actor(), recusal_id, Action.RECUSE)
    name = queries.name_of_person(session, found.person_id)
    return render_template("clearances/end.html", recusal=found, form=form, name=name)


@pages.change("/clearances/recusals/<uuid:recusal_id>/end", may=Action.RECUSE)
def ask_end(recusal_id: UUID) -> Any:
    """Ask a second person to let somebody work for a client again."""
    form, session, actor = EndForm(), context.db_session(), context.actor()
    queries.recusal_for(session, actor, recusal_id, Action.RECUSE)
    if form.validate():
        return _filed(
            actions.ask_recusal_end(session, actor, recusal_id, form.reason.data or "", context.now())
        )
    return _end_page(recusal_id, form), 422


@pages.show("/clearances/emergency/<duty_id>", may=Action.BREAK_GLASS)
def emergency(duty_id: str) -> Any:
    """Ask what the emergency is."""
    duty = queries.duty_named(context.db_session(), duty_id)
    form = GlassForm(formdata=None, minutes=min(30, duty.glass_minutes))
    return render_template("clearances/emergency.html", duty=duty, form=form)


@pages.change("/clearances/emergency/<duty_id>", may=Action.BREAK_GLASS)
def ask_emergency(duty_id: str) -> Any:
    """Ask a second person to open a duty."""
    form, session = GlassForm(), context.db_session()
    duty = queries.duty_named(session, duty_id)
    if form.validate():
        try:
            asked = Asked(context.now(), duty.id, form.client.data or "")
            minutes, reason = form.minutes.data or 0, form.reason.data or ""
            return _filed(actions.ask_glass(session, context.actor(), asked, minutes, reason))
        except Invalid as error:
            form.blame(error)
    return render_template("clearances/emergency.html", duty=duty, form=form), 422


@pages.show("/clearances/log", may=Action.READ_REPORTS)
def log() -> Any:
    """List emergencies and denials of the last days."""
    session = context.db_session()
    since = context.today() - timedelta(days=LOGGED_DAYS)
    opened, denied = queries.openings_listed(session), queries.denials_listed(session, since)
    people = {each.row.person_id for each in opened} | {each.row.approved_by_id for each in opened}
    people |= {each.person_id for each in denied} | {each.reviewed_by for each in opened if each.reviewed_by}
    return render_template(
        "clearances/log.html", opened=opened, denied=denied, names=names(session, people), labels=labels,
        duties=duties_in(snapshot(session)), since=since, form=ReviewForm(formdata=None), now=context.now(),
        may_review=may_ever(context.actor(), Action.REVIEW_EMERGENCIES), me=context.actor().person_id,
    )  # fmt: skip


@pages.change("/clearances/emergencies/<uuid:glass_id>/review", may=Action.REVIEW_EMERGENCIES)
def review(glass_id: UUID) -> Any:
    """Note what a review of an emergency found."""
    form = ReviewForm()
    if not form.validate():
        flash(gettext("Choose a finding and say what you found."), "warning")
        return redirect(url_for("clearances.log"), 303)
    seen = (Outcome(form.outcome.data or ""), form.remark.data or "")
    actions.review_glass(context.db_session(), context.actor(), glass_id, seen, context.now())
    flash(gettext("The review is noted."), "success")
    return redirect(url_for("clearances.log"), 303)


def _filed(asked: Approval) -> Any:
    flash(gettext("The request is filed. Nothing happens until a second person approves it."), "info")
    return redirect(url_for("approvals.detail", approval_id=asked.id), 303)
