"""One-time links: set a password, make the first administrator; and the request for one by mail."""

from datetime import timedelta
from typing import Any

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _

from lms.core.access import Action
from lms.core.errors import Invalid, NotFound, message
from lms.people import actions, queries
from lms.people.queries import Link
from lms.people.rules import LinkPurpose, NewPerson, NewUnit
from lms.people.views.blueprint import pages
from lms.people.views.forms import FirstAdministratorForm, ForgotForm, NewPasswordForm
from lms.people.views.security import new_hash
from lms.people.views.signin import REFUSED
from lms.web import context
from lms.web.context import Mode
from lms.web.limits import at_most

NOT_AGAIN_WITHIN = timedelta(minutes=5)


@pages.show("/link/<token>", may=Action.PUBLIC, mode=Mode.OWN)
def link(token: str) -> Any:
    """Show the form that a link opens; looking changes nothing, so a mail scanner spoils nothing."""
    found = _usable(token)
    first = found.purpose is LinkPurpose.FIRST_ADMINISTRATOR
    return _link_page(FirstAdministratorForm() if first else NewPasswordForm(), found)


@pages.change("/link/<token>", may=Action.PUBLIC, mode=Mode.OWN)
def use_link(token: str) -> Any:
    """Do what a link is for, once."""
    found = _usable(token)
    first = found.purpose is LinkPurpose.FIRST_ADMINISTRATOR
    form: Any = FirstAdministratorForm() if first else NewPasswordForm()
    if not form.validate():
        return _link_page(form, found), REFUSED
    try:
        if first:
            _make_first_administrator(token, form)
        else:
            _set_password(token, found, form)
    except Invalid as error:
        form.blame(error)
        return _link_page(form, found), REFUSED
    flash(_("Your password is set. Sign in with it now."), "success")
    return redirect(url_for("people.sign_in"), 303)


@pages.show("/forgot", may=Action.PUBLIC, mode=Mode.OWN)
def forgot() -> Any:
    """Ask whose password is to be set anew."""
    return render_template("people/forgot.html", form=ForgotForm())


@pages.change("/forgot", may=Action.PUBLIC, mode=Mode.OWN)
@at_most("10 per minute")
def send_forgot() -> Any:
    """Mail a link to the registered address, if there is one; the answer is the same in any case."""
    form, at = ForgotForm(), context.now()
    if not form.validate():
        return render_template("people/forgot.html", form=form), REFUSED
    with context.transaction() as db:
        found = queries.account_by_name_or_mail(db, form.username.data, at)
        if found and found.mail:
            newest = queries.newest_link_at(db, found.person_id)
            if newest is None or at - newest > NOT_AGAIN_WITHIN:
                actions.issue_link(db, found.person_id, at, by_mail=True, by_another=False)
    return render_template("people/forgot_sent.html")


def _usable(token: str) -> Link:
    with context.reading() as db:
        found = queries.link_of(db, token, context.now())
    if found is None:
        raise NotFound(message("This link has been used or has expired. Ask for a new one."))
    return found


def _link_page(form: Any, found: Link) -> Any:
    page = "first_administrator" if found.purpose is LinkPurpose.FIRST_ADMINISTRATOR else "set_password"
    return render_template(f"people/{page}.html", form=form, purpose=found.purpose.value)


def _set_password(token: str, found: Link, form: NewPasswordForm) -> None:
    if found.person_id is None:
        raise NotFound
    with context.reading() as db:
        account = queries.account(db, found.person_id, context.now())
        joining = queries.person(db, found.person_id)
    about = account.about if account else (joining.username, joining.staff_number)
    kept = new_hash(form.new_password.data, about)
    with context.transaction() as db:
        actions.redeem_link(db, token, kept, context.now())


def _make_first_administrator(token: str, form: FirstAdministratorForm) -> None:
    settings, at = context.shell().settings, context.now()
    about = (
        form.username.data,
        form.staff_number.data,
        form.name_zh.data or "",
        *(form.name_en.data or "").split(),
    )
    kept = new_hash(form.new_password.data, about)
    firm = NewUnit("firm", settings.firm_name_zh, settings.firm_name_en)
    with context.transaction() as db:
        new = NewPerson(
            staff_number=form.staff_number.data,
            name_zh=form.name_zh.data or "",
            name_en=form.name_en.data or "",
            unit_id=None,
            joined_on=context.today(),
            mail=form.mail.data or "",
            username=form.username.data,
        )
        actions.make_first_administrator(db, token, new, firm, kept, at)
