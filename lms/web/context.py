"""What a request carries: its database session, who is asking, the instant, the language.

The shell opens the session, loads the actor, asks for permission, runs the view and commits: the same
order for every request, in one place (`serve`), so that no view commits and none forgets to.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any, cast
from uuid import UUID

from flask import current_app, g, request
from flask_login import UserMixin, current_user
from sqlalchemy.orm import Session

from lms.core import clock
from lms.core.access import Action, Actor
from lms.core.db import By, Database
from lms.core.events import Event
from lms.core.settings import Settings
from lms.core.versions import NEWEST

EXTENSION = "lms"


class Mode(StrEnum):
    """How a route uses the database: by method, or not at all before it asks (long work like hashing)."""

    BY_METHOD = "by-method"
    OWN = "own"


@dataclass(frozen=True)
class NavItem:
    """One entry of the main navigation, already in the reader's language."""

    url: str
    label: str
    icon: str
    active: bool


@dataclass(frozen=True)
class Denial:
    """A refused request, for the log."""

    person_id: UUID | None
    action: Action
    path: str
    at: datetime


@dataclass(frozen=True)
class Shell:
    """What `app.py` hands to the shell, so that it need not know any slice."""

    database: Database
    settings: Settings
    actor_of_session: Callable[[Session, str, datetime], Actor | None]
    actor_of_token: Callable[[Session, str, datetime], Actor | None]
    navigation: Callable[[Actor], list[NavItem]]
    denied: Callable[[Session, Denial], None]


@dataclass
class RequestContext:
    """The state of one request; `observed` are reads of others' records, recorded after the view.

    `spoken` is the reader's language once it was asked for, with the actor known then.
    """

    now: datetime
    request_id: str
    session: Session | None = None
    actor: Actor | None = None
    observed: list[Event] = field(default_factory=list)
    spoken: tuple[Actor | None, str] | None = None


class SignedIn(UserMixin):
    """Flask-Login's view of an actor: its id is the id of the server-side session."""

    def __init__(self, actor: Actor) -> None:
        self.actor = actor
        self.id = actor.session_id


def shell() -> Shell:
    """Return what the application was made with."""
    return cast(Shell, current_app.extensions[EXTENSION])


def context() -> RequestContext:
    """Return this request's state."""
    return cast(RequestContext, g.lms)


def db_session() -> Session:
    """Return this request's session.

    Raises RuntimeError in a view that declared its own transactions.
    """
    session = context().session
    if session is None:
        raise RuntimeError("this view opens its own transactions: use transaction() or reading()")
    return session


def actor() -> Actor:
    """Return who is asking, in a view that only signed-in people reach."""
    found = context().actor
    if found is None:
        raise RuntimeError("this view is public: nobody need be signed in")
    return found


def now() -> datetime:
    """Return the instant at which this request arrived."""
    return context().now


def today() -> date:
    """Return the firm's civil day of this request."""
    return clock.day_of(context().now, shell().settings.zone)


def observe(event: Event) -> None:
    """Note that somebody else's record is read or exported; written once the view has succeeded."""
    context().observed.append(event)


def by() -> By:
    """Return on whose account this request acts."""
    who = context().actor
    if who is None:
        return By("anonymous", request_id=context().request_id)
    roles = ",".join(sorted(role.value for role in who.roles))[:20] or None
    return By(str(who.person_id), role=roles, credential=who.credential, request_id=context().request_id)


@contextmanager
def transaction() -> Iterator[Session]:
    """Open a writing transaction as the one who asks; commits when the block ends well."""
    with shell().database.transaction(by()) as session:
        yield session


@contextmanager
def reading() -> Iterator[Session]:
    """Open a session that only reads, as the one who asks."""
    with shell().database.reading(by()) as session:
        yield session


def load_actor(session: Session) -> Actor | None:
    """Load who is asking, from the bearer token or the session cookie, in one statement."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        return shell().actor_of_token(session, token.strip(), context().now)
    context().session, before = session, context().session
    user = current_user._get_current_object()  # noqa: SLF001 - the proxy would ask after the session is gone
    context().session = before
    return cast(Actor, user.actor) if user.is_authenticated else None


def load_user(session_id: str) -> SignedIn | None:
    """Answer Flask-Login: who holds this server-side session, if it still stands."""
    session = context().session
    if session is None:
        return None
    found = shell().actor_of_session(session, session_id, context().now)
    return SignedIn(found) if found else None


def serve(
    view: Callable[..., Any], admit: Callable[[Actor | None], None], mode: Mode, kwargs: dict[str, Any]
) -> Any:
    """Run a view: open, load the actor, admit, call, commit, then note what was observed."""
    state = context()
    if mode is Mode.OWN:
        with shell().database.reading() as session:
            state.actor = load_actor(session)
        admit(state.actor)
        response = view(**kwargs)
    else:
        response = _in_session(view, admit, kwargs)
    if state.observed:
        with transaction() as session:
            for event in state.observed:
                _record(session, event)
    return response


def _in_session(
    view: Callable[..., Any], admit: Callable[[Actor | None], None], kwargs: dict[str, Any]
) -> Any:
    state, database = context(), shell().database
    writes = request.method not in {"GET", "HEAD", "OPTIONS"}
    opened = database.transaction(By("anonymous")) if writes else database.reading()
    with opened as session:
        try:
            state.actor = load_actor(session)
            session.info["by"] = by()
            admit(state.actor)
            session.info[NEWEST] = state.actor.publication if state.actor else 0
            state.session = session
            return view(**kwargs)
        finally:
            state.session = None


def _record(session: Session, event: Event) -> None:
    cast(Callable[[Session, Event], object], current_app.extensions["lms.record"])(session, event)


def current_path() -> str:
    """Return the path of this request."""
    return request.path
