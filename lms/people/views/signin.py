"""Sign in, the second step, sign out, prove again who one is."""

from typing import Any
from uuid import UUID

from flask import Response, redirect, render_template, session, url_for
from flask_babel import gettext as _
from flask_login import logout_user
from werkzeug.exceptions import ServiceUnavailable

from lms.core.access import Action
from lms.core.db import By
from lms.people import actions, passwords, queries
from lms.people.credentials import DEMO_PASSWORD, SECOND_STEP_WITHIN, is_locked
from lms.people.queries import SignInAccount
from lms.people.views.blueprint import begin_session, device, pages
from lms.people.views.forms import CodeForm, PasswordForm, SignInForm
from lms.web import context
from lms.web.context import Mode
from lms.web.forms import safe_next
from lms.web.limits import at_most

REFUSED = 422
SECOND = "second"


def failed(response: Response) -> bool:
    """Whether an answer counts against its address."""
    return response.status_code == REFUSED


guessing = at_most("40 per minute", failed)


def right_password(kept: str, typed: str) -> bool:
    """Verify a password outside any transaction; a busy server says so."""
    try:
        return passwords.verify_password(kept, typed)
    except passwords.OverloadedError as error:
        raise ServiceUnavailable(retry_after=5) from error


@pages.show("/sign-in", may=Action.PUBLIC, mode=Mode.OWN)
def sign_in() -> Any:
    """Show the form of name and password."""
    if context.context().actor is not None:
        return redirect(safe_next("/"), 303)
    return render_template("people/sign_in.html", form=SignInForm(), next=safe_next(""))


@pages.change("/sign-in", may=Action.PUBLIC, mode=Mode.OWN)
@guessing
def send_sign_in() -> Any:
    """Check name and password; at the same cost and with the same words whether or not the name exists."""
    form = SignInForm()
    if not form.validate():
        return _sign_in_again(form)
    at = context.now()
    with context.reading() as db:
        found = queries.account_by_name(db, form.username.data, at)
        demonstration = bool(db.info.get("demonstration"))
    right = right_password(found.password_hash if found else "", form.password.data)
    right = right and (demonstration or form.password.data != DEMO_PASSWORD)
    if found is None or not right or is_locked(found.locked_until, at):
        why = "unknown" if found is None else "resting" if right else "password"
        _count_failure(found, why)
        return _sign_in_again(form)
    if found.has_second_factor:
        session[SECOND] = {"who": found.person_id.hex, "at": int(at.timestamp()), "of": _changed(found)}
        return redirect(url_for("people.second_step", next=safe_next("") or None), 303)
    return _let_in(found, "") or _sign_in_again(form)


@pages.show("/sign-in/code", may=Action.PUBLIC, mode=Mode.OWN)
def second_step() -> Any:
    """Ask for the code of the second factor."""
    if _half_signed_in() is None:
        return redirect(url_for("people.sign_in", next=safe_next("") or None), 303)
    return render_template("people/second_step.html", form=CodeForm(), next=safe_next(""))


@pages.change("/sign-in/code", may=Action.PUBLIC, mode=Mode.OWN)
@guessing
def send_second_step() -> Any:
    """Check the code; each is good once."""
    form, found = CodeForm(), _half_signed_in()
    if found is None:
        return redirect(url_for("people.sign_in", next=safe_next("") or None), 303)
    used = None
    if form.validate():
        with context.transaction() as db:
            used = actions.use_second_factor(db, found.person_id, form.code.data, context.now())
            if used is None:
                actions.note_failure(db, found.person_id, "code", context.now())
    answer = _let_in(found, used) if used else None
    if answer is None:
        form.form_errors.append(
            _("This code was not accepted. After several failures, sign-in rests for a while.")
        )
        return render_template("people/second_step.html", form=form, next=safe_next("")), REFUSED
    return answer


@pages.change("/sign-out", may=Action.SIGNED_IN)
def sign_out() -> Any:
    """End this session, here and on the server."""
    actor = context.actor()
    if actor.session_id:
        actions.end_session(
            context.db_session(), actor.person_id, queries.hash_token(actor.session_id), context.now()
        )
    logout_user()
    session.clear()
    return redirect(url_for("people.sign_in"), 303)


@pages.show("/re-authenticate", may=Action.SIGNED_IN)
def re_authenticate() -> Any:
    """Ask the one who is signed in for the password again, before something that binds them."""
    return render_template("people/re_authenticate.html", form=PasswordForm(), next=safe_next("/"))


@pages.change("/re-authenticate", may=Action.SIGNED_IN, mode=Mode.OWN)
@guessing
def send_re_authenticate() -> Any:
    """Check the password and go on to where it was needed."""
    form = PasswordForm()
    if form.validate() and prove(form.password.data):
        return redirect(safe_next("/"), 303)
    form.form_errors.append(
        _("This is not your password, or sign-in rests for a while after several failures.")
    )
    return render_template("people/re_authenticate.html", form=form, next=safe_next("/")), REFUSED


def prove(password: str) -> bool:
    """Verify the password of the one who is signed in, and note that they proved who they are."""
    actor, at = context.actor(), context.now()
    with context.reading() as db:
        found = queries.account(db, actor.person_id, at)
    right = right_password(found.password_hash if found else "", password)
    if found is None or not right or is_locked(found.locked_until, at) or actor.session_id is None:
        with context.transaction() as db:
            actions.note_failure(db, actor.person_id, "again", at)
        return False
    with context.transaction() as db:
        actions.prove_again(db, actor.person_id, queries.hash_token(actor.session_id), at)
    return True


def let_in(found: SignInAccount, second_factor: str = "") -> bool:
    """Open a session for one who has proven who they are; False when sign-in has come to rest meanwhile."""
    person_id, at, language = found.person_id, context.now(), session.get("lang")
    with context.transaction() as db:
        db.info["by"] = By(str(person_id), credential="password", request_id=context.context().request_id)
        token = actions.open_session(db, person_id, at, device=device(), second_factor=second_factor)
        if token is None:
            return False
        if found.failures:
            actions.clear_failures(db, person_id)
        if language and language != found.language:
            actions.choose_language(db, person_id, language, at)
    begin_session(person_id, token)
    return True


def _let_in(found: SignInAccount, second_factor: str) -> Any:
    return redirect(safe_next("/"), 303) if let_in(found, second_factor) else None


def _sign_in_again(form: SignInForm) -> Any:
    if not form.errors:
        form.form_errors.append(
            _("Name or password is not right. After several failures, sign-in rests for a while.")
        )
    return render_template("people/sign_in.html", form=form, next=safe_next("")), REFUSED


def _count_failure(found: SignInAccount | None, why: str) -> None:
    with context.transaction() as db:
        actions.note_failure(db, found.person_id if found else None, why, context.now())


def _changed(found: SignInAccount) -> str:
    return found.password_changed_at.isoformat() if found.password_changed_at else ""


def _half_signed_in() -> SignInAccount | None:
    """Return whose password was right a few minutes ago in this browser, if it is still their password."""
    kept = session.get(SECOND)
    if not kept or context.now().timestamp() - kept["at"] > SECOND_STEP_WITHIN.total_seconds():
        return None
    with context.reading() as db:
        found = queries.account(db, UUID(kept["who"]), context.now())
    return found if found and _changed(found) == kept["of"] else None
