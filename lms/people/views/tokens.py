"""Bearer tokens of other systems: issued for a person, shown once, ended."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from sqlalchemy.orm import Session
from wtforms import IntegerField, SelectMultipleField
from wtforms.validators import InputRequired, NumberRange

from lms.core.access import Action
from lms.core.errors import Invalid, NotFound, message
from lms.people import actions, queries
from lms.people.labels import SCOPES
from lms.people.views.blueprint import attempted, pages
from lms.people.views.forms import text
from lms.people.views.signin import REFUSED
from lms.web import context
from lms.web.forms import Form
from lms.web.pages import say


class TokenForm(Form):
    """Which system acts on whose account, within what, for how long."""

    label = text(lazy_gettext("Which system it is for"), 80)
    person = text(
        lazy_gettext("On whose account it acts"), 80,
        description=lazy_gettext(
            "A sign-in name or staff number; the token may do what this person may, within its scopes."
        ),
    )  # fmt: skip
    scope = SelectMultipleField(lazy_gettext("What it may do"), validators=[InputRequired()])
    days = IntegerField(
        lazy_gettext("For how many days"), default=365, validators=[InputRequired(), NumberRange(1, 1096)]
    )


@pages.show("/people/tokens", may=Action.ADMINISTER)
def tokens() -> Any:
    """List the tokens that stand, and offer to make one."""
    return _page(_form())


def _form(*, empty: bool = False) -> TokenForm:
    form = TokenForm(formdata=None) if empty else TokenForm()
    form.scope.choices = [(scope, f"{scope}: {say(words)}") for scope, words in SCOPES.items()]
    return form


def _page(form: TokenForm, secret: str = "") -> Any:
    found = queries.tokens_standing(context.db_session(), context.now())
    return render_template("people/tokens.html", form=form, tokens=found, secret=secret)


@pages.change("/people/tokens", may=Action.ADMINISTER)
def issue_token() -> Any:
    """Make a token and show it this once."""
    form, made = _form(), list[str]()

    def issue(db: Session) -> None:
        until = context.now() + timedelta(days=form.days.data or 1)
        whose = _whose(db, form.person.data or "")
        scopes = tuple(form.scope.data or ())
        made.append(actions.issue_token(db, whose, form.label.data or "", scopes, until, context.now()))

    if not attempted(form, issue):
        return _page(form), REFUSED
    return _page(_form(empty=True), made[0])


def _whose(db: Session, named: str) -> UUID:
    try:
        person_id = queries.person_named(db, named)
        if queries.actor_of_person(db, person_id, context.now()) is None:
            raise NotFound
    except NotFound as error:
        raise Invalid({"person": message("Nobody employed is known by this name.")}) from error
    return person_id


@pages.change("/people/tokens/<handle>/end", may=Action.ADMINISTER)
def end_token(handle: str) -> Any:
    """End a token: the system that holds it is shut out at once."""
    try:
        token_hash = bytes.fromhex(handle)
    except ValueError as error:
        raise NotFound from error
    actions.end_token(context.db_session(), token_hash, context.now())
    flash(_("The token is ended."), "success")
    return redirect(url_for("people.tokens"), 303)
