"""One's own sign-in: password, second factor, sessions, language."""

from typing import Any

from flask import flash, redirect, render_template, session, url_for
from flask_babel import gettext as _
from pyotp import TOTP
from werkzeug.exceptions import ServiceUnavailable

from lms.core.access import Action
from lms.core.errors import Invalid, NotFound, message
from lms.people import actions, passwords, queries
from lms.people.credentials import is_fresh, new_totp_secret, password_objection
from lms.people.queries import SignInAccount
from lms.people.views.blueprint import pages
from lms.people.views.forms import ChangePasswordForm, CodeForm
from lms.people.views.signin import REFUSED, guessing, prove
from lms.web import context
from lms.web.context import Mode

ENROLLING = "enrolling"


def new_hash(password: str, about: tuple[str, ...]) -> str:
    """Return the hash of a new password, outside any transaction.

    Raises Invalid for one that is too easy to guess.
    """
    with context.reading() as db:
        demonstration = bool(db.info.get("demonstration"))
    if why := password_objection(password, about, demonstration=demonstration):
        raise Invalid({"new_password": why})
    try:
        return passwords.hash_password(password)
    except passwords.OverloadedError as error:
        raise ServiceUnavailable(retry_after=5) from error


@pages.show("/me/security", may=Action.SIGNED_IN)
def security() -> Any:
    """Show how one signs in, and where one is signed in."""
    return _security(ChangePasswordForm())


@pages.change("/me/security/password", may=Action.SIGNED_IN, mode=Mode.OWN)
@guessing
def change_password() -> Any:
    """Change the password; every other session ends."""
    form, actor = ChangePasswordForm(), context.actor()
    with context.reading() as db:
        found = _own(db)
    if not form.validate():
        return _refused(form)
    if not prove(form.password.data):
        form.password.errors = [_("This is not your password, or sign-in rests for a while.")]
        return _refused(form)
    try:
        kept = new_hash(form.new_password.data, found.about)
    except Invalid as error:
        form.blame(error)
        return _refused(form)
    with context.transaction() as db:
        here = queries.hash_token(actor.session_id or "")
        actions.set_password(db, actor.person_id, kept, context.now(), keep=here)
    flash(_("Your password is changed. Every other browser has been signed out."), "success")
    return redirect(url_for("people.security"), 303)


@pages.change("/me/security/second-factor/start", may=Action.SIGNED_IN)
def start_second_factor() -> Any:
    """Make a secret for an authenticator; nothing changes before a code proves it."""
    if stale := _stale():
        return stale
    session[ENROLLING] = new_totp_secret()
    return redirect(url_for("people.second_factor"), 303)


@pages.show("/me/security/second-factor", may=Action.SIGNED_IN)
def second_factor() -> Any:
    """Show the secret as a QR code, to be scanned."""
    if ENROLLING not in session:
        return redirect(url_for("people.security"), 303)
    return _enrolling(CodeForm())


@pages.change("/me/security/second-factor", may=Action.SIGNED_IN)
def enrol_second_factor() -> Any:
    """Switch the second factor on and show the recovery codes, once."""
    if stale := _stale():
        return stale
    form = CodeForm()
    if ENROLLING not in session:
        return redirect(url_for("people.security"), 303)
    try:
        codes = actions.enrol_second_factor(
            context.db_session(),
            context.actor().person_id,
            session[ENROLLING],
            form.code.data or "",
            context.now(),
        )
    except Invalid as error:
        form.blame(error)
        return _enrolling(form), REFUSED
    session.pop(ENROLLING)
    return render_template("people/recovery_codes.html", codes=codes)


@pages.change("/me/security/recovery-codes", may=Action.SIGNED_IN)
def renew_recovery_codes() -> Any:
    """Make new recovery codes and show them, once."""
    if stale := _stale():
        return stale
    codes = actions.renew_recovery_codes(context.db_session(), context.actor().person_id, context.now())
    return render_template("people/recovery_codes.html", codes=codes)


@pages.change("/me/security/second-factor/off", may=Action.SIGNED_IN)
def drop_second_factor() -> Any:
    """Switch the second factor off."""
    if stale := _stale():
        return stale
    actions.drop_second_factor(context.db_session(), context.actor().person_id, context.now())
    flash(_("The second factor is off."), "success")
    return redirect(url_for("people.security"), 303)


@pages.change("/me/security/sessions/<handle>/end", may=Action.SIGNED_IN)
def end_own_session(handle: str) -> Any:
    """Sign one browser out."""
    try:
        token_hash = bytes.fromhex(handle)
    except ValueError as error:
        raise NotFound from error
    actions.end_session(context.db_session(), context.actor().person_id, token_hash, context.now())
    flash(_("That browser is signed out."), "success")
    return redirect(url_for("people.security"), 303)


@pages.change("/me/security/sessions/end", may=Action.SIGNED_IN)
def end_other_sessions() -> Any:
    """Sign every other browser out."""
    actor = context.actor()
    here = queries.hash_token(actor.session_id or "")
    actions.end_sessions_of(context.db_session(), actor.person_id, context.now(), keep=here)
    flash(_("Every other browser has been signed out."), "success")
    return redirect(url_for("people.security"), 303)


@pages.change("/me/security/language/<language>", may=Action.SIGNED_IN)
def choose_language(language: str) -> Any:
    """Keep the language of pages and mails."""
    actions.choose_language(context.db_session(), context.actor().person_id, language, context.now())
    session["lang"] = language
    return redirect(url_for("people.security"), 303)


def _stale() -> Any:
    """Lead to the password when one has not proven lately who one is."""
    if is_fresh(context.actor().authenticated_at, context.now()):
        return None
    return redirect(url_for("people.re_authenticate", next=url_for("people.security")), 303)


def _own(db: Any) -> SignInAccount:
    found = queries.account(db, context.actor().person_id, context.now())
    if found is None:
        raise NotFound(message("There is no account to sign in with."))
    return found


def _security(form: ChangePasswordForm) -> Any:
    db, actor, now = context.db_session(), context.actor(), context.now()
    return render_template(
        "people/security.html",
        form=form,
        account=_own(db),
        codes_left=queries.recovery_codes_left(db, actor.person_id),
        sessions=queries.sessions_of(db, actor.person_id, actor.session_id, now),
    )


def _refused(form: ChangePasswordForm) -> Any:
    with context.reading() as db:
        context.context().session = db
        try:
            return _security(form), REFUSED
        finally:
            context.context().session = None


def _enrolling(form: CodeForm) -> Any:
    name = _own(context.db_session()).username
    address = TOTP(session[ENROLLING]).provisioning_uri(name=name, issuer_name="Chizheng")
    import segno  # noqa: PLC0415 - heavy, and seldom asked for

    picture = segno.make(address, error="m").svg_data_uri(scale=5, border=2)
    return render_template("people/second_factor.html", form=form, picture=picture, secret=session[ENROLLING])
