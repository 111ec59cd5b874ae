"""The blueprint of these pages, and what belongs to the session cookie."""

from collections.abc import Callable, Iterable
from datetime import timedelta
from uuid import UUID

import structlog
from flask import Response, g, request, session
from flask_login import login_user
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from lms.core.access import Action, Actor, may_ever
from lms.core.errors import Conflict, Invalid, NotAllowed
from lms.people import actions
from lms.people.queries import hash_token
from lms.people.rules import UnitNode
from lms.web import context
from lms.web.access import Pages
from lms.web.context import RequestContext, SignedIn
from lms.web.forms import Form
from lms.web.pages import both, say

SEEN_EVERY = timedelta(minutes=5)

pages = Pages("people", __name__, template_folder="../templates")


@pages.before_request
def _hide_secret() -> None:
    """Keep the secret of a one-time link out of the log."""
    if request.view_args and "token" in request.view_args:
        structlog.contextvars.bind_contextvars(path=request.path.replace(request.view_args["token"], "…"))


@pages.after_app_request
def _note_seen(response: Response) -> Response:
    """Note every five minutes that a session is in use; failing at that spoils nothing."""
    state: RequestContext | None = g.get("lms")
    if state is None or state.actor is None or state.actor.session_id is None or "_user_id" not in session:
        return response
    seen = int(state.now.timestamp())
    if 0 <= seen - session.get("seen", 0) < SEEN_EVERY.total_seconds():
        return response
    session["seen"] = seen
    try:
        with context.transaction() as db:
            actions.note_seen(db, hash_token(state.actor.session_id), state.now)
    except OperationalError:
        structlog.get_logger().warning("a session's last use was not noted")
    return response


@pages.context_processor
def _rights() -> dict[str, bool]:
    """Tell these pages whether to offer what only those who manage people may do."""
    state: RequestContext | None = g.get("lms")
    return {"may_manage": bool(state and state.actor and may_ever(state.actor, Action.MANAGE_PEOPLE))}


def begin_session(person_id: UUID, token: str) -> None:
    """Give the browser a new cookie: nothing of the one before sign-in stays, but the language."""
    language = session.get("lang")
    session.clear()
    if language:
        session["lang"] = language
    session["seen"] = int(context.now().timestamp())
    login_user(SignedIn(Actor(person_id=person_id, name="", roles=frozenset(), session_id=token)))


def device() -> str:
    """Return in a few words which browser this is, from what it says about itself."""
    said = request.headers.get("User-Agent", "")
    kinds = ("Edg", "OPR", "MicroMessenger", "Firefox", "Chrome", "Safari")
    systems = ("Windows", "Android", "iPhone", "iPad", "Mac OS X", "Linux")
    names = {"Edg": "Edge", "OPR": "Opera", "MicroMessenger": "WeChat", "Mac OS X": "macOS"}
    found = [next((each for each in choice if each in said), "") for choice in (kinds, systems)]
    return " · ".join(names.get(each, each) for each in found if each)


def attempted(form: Form, act: Callable[[Session], object]) -> bool:
    """Validate a form and run an action; show beside the form why either refuses, undoing what was begun."""
    if not form.validate():
        return False
    db = context.db_session()
    try:
        act(db)
    except Invalid as error:
        db.rollback()
        form.blame(error)
        return False
    except (Conflict, NotAllowed) as error:
        db.rollback()
        form.form_errors.append(say(error.reason))
        return False
    return True


def unit_choices(tree: Iterable[UnitNode]) -> list[tuple[str, str]]:
    """Return the units for a field to choose from, indented as they lie in the tree."""
    return [(str(node.id), "　" * node.depth + both(node.name)) for node in tree]
