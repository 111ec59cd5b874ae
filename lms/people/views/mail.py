"""Changes of registered addresses: confirmed by a link, withdrawn, put before a second person."""

from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _

from lms.core.access import Action
from lms.core.errors import Conflict, NotFound, message
from lms.people import actions, queries
from lms.people.queries import MailChangeRow, PersonRow
from lms.people.views.blueprint import attempted, pages
from lms.people.views.forms import VoidForm
from lms.people.views.signin import REFUSED
from lms.web import context
from lms.web.context import Mode
from lms.web.pages import STATUS


@pages.show("/mail/<token>", may=Action.PUBLIC, mode=Mode.OWN)
def mail_link(token: str) -> Any:
    """Ask whether another address is right; looking changes nothing, so a mail scanner confirms nothing."""
    try:
        with context.reading() as db:
            change = queries.mail_change_of_link(db, token, context.now())
    except NotFound as error:
        return _spent(error)
    return render_template("people/confirm_mail.html", change=change)


@pages.change("/mail/<token>", may=Action.PUBLIC, mode=Mode.OWN)
def confirm_mail(token: str) -> Any:
    """Let the new address take the place of the old one, once."""
    try:
        with context.transaction() as db:
            actions.confirm_mail_change(db, token, context.now())
    except NotFound as error:
        return _spent(error)
    flash(_("Confirmed. Both addresses are told."), "success")
    return redirect(url_for("people.sign_in"), 303)


@pages.change("/people/<uuid:person_id>/mail/withdraw", may=Action.MANAGE_PEOPLE)
def withdraw_mail(person_id: UUID) -> Any:
    """Take back a change of address that waits."""
    _person(person_id)
    actions.withdraw_mail_change(context.db_session(), person_id, context.now())
    flash(_("Withdrawn: the address stays as it is."), "success")
    return redirect(url_for("people.person", person_id=person_id), 303)


@pages.show("/people/<uuid:person_id>/mail/lost", may=Action.MANAGE_PEOPLE)
def lost_mail(person_id: UUID) -> Any:
    """Ask why a change of address cannot be confirmed at the old one."""
    return _lost_page(person_id, VoidForm())


@pages.change("/people/<uuid:person_id>/mail/lost", may=Action.MANAGE_PEOPLE)
def ask_lost_mail(person_id: UUID) -> Any:
    """Ask a second person to let the change take effect without the old mailbox."""
    _person(person_id)
    form, asker, at = VoidForm(), context.actor().person_id, context.now()
    reason = form.reason.data or ""
    if not attempted(form, lambda db: actions.request_mail_approval(db, person_id, asker, reason, at)):
        return _lost_page(person_id, form), REFUSED
    flash(_("Asked: a second person must agree."), "info")
    return redirect(url_for("people.person", person_id=person_id), 303)


def _spent(error: NotFound) -> Any:
    """Say plainly why a link changes nothing: whoever opens it had it mailed, and need not guess."""
    return render_template("people/spent_link.html", why=error.reason), STATUS[NotFound]


def _person(person_id: UUID) -> PersonRow:
    return queries.person_for(context.db_session(), context.actor(), person_id, Action.MANAGE_PEOPLE)


def _lost_page(person_id: UUID, form: VoidForm) -> Any:
    found = _person(person_id)
    change = _waiting(person_id)
    return render_template("people/lost_mail.html", form=form, person=found, change=change)


def _waiting(person_id: UUID) -> MailChangeRow:
    found = queries.mail_change_waiting(context.db_session(), person_id)
    if found is None:
        raise Conflict(message("No change of address waits for this person."))
    return found
