"""Administrators name the addresses that are told, and see what was not taken."""

from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext, lazy_gettext
from wtforms import SelectMultipleField, StringField
from wtforms.validators import InputRequired, Length

from lms.core.access import Action
from lms.core.errors import Invalid
from lms.notices.webhooks import actions, queries
from lms.notices.webhooks.delivery import outward_of
from lms.notices.webhooks.rules import KINDS
from lms.web import context
from lms.web.access import Pages
from lms.web.forms import Form
from lms.web.pages import say

pages = Pages("webhooks", __name__, template_folder="templates")


class EndpointForm(Form):
    """Whom to tell of what."""

    url = StringField(lazy_gettext("Address"), validators=[InputRequired(), Length(max=500)])
    kinds = SelectMultipleField(lazy_gettext("What it is told"), validators=[InputRequired()])


@pages.show("/webhooks", may=Action.ADMINISTER)
def index() -> Any:
    """List the addresses that are told, and what they have not taken."""
    return _page(_form(empty=True))


def _form(*, empty: bool = False) -> EndpointForm:
    form = EndpointForm(formdata=None) if empty else EndpointForm()
    form.kinds.choices = [(kind, say(words)) for kind, words in KINDS.items()]
    return form


def _page(form: EndpointForm, secret: str = "") -> Any:
    session = context.db_session()
    return render_template(
        "webhooks/index.html", endpoints=queries.endpoints(session), unsent=queries.unsent(session), form=form,
        secret=secret, kinds=KINDS,
    )  # fmt: skip


@pages.change("/webhooks", may=Action.ADMINISTER)
def add() -> Any:
    """Name an address and show its secret this once."""
    form, session = _form(), context.db_session()
    if form.validate():
        try:
            where = outward_of(context.shell().settings)
            url, kinds = (form.url.data or "").strip(), form.kinds.data or []
            row = actions.add_endpoint(session, context.actor().person_id, url, kinds, where, context.now())
            return _page(_form(empty=True), row.secret)
        except Invalid as error:
            form.blame(error)
    return _page(form), 422


@pages.change("/webhooks/<uuid:endpoint_id>/end", may=Action.ADMINISTER)
def end(endpoint_id: UUID) -> Any:
    """Stop telling an address."""
    actions.end_endpoint(context.db_session(), endpoint_id, context.now())
    flash(gettext("This address is told no more."), "success")
    return redirect(url_for("webhooks.index"), 303)


@pages.change("/webhooks/messages/<uuid:message_id>/again", may=Action.ADMINISTER)
def again(message_id: UUID) -> Any:
    """Have a message tried again that was given up."""
    actions.try_again(context.db_session(), message_id, context.now())
    flash(gettext("It is tried again now."), "success")
    return redirect(url_for("webhooks.index"), 303)
