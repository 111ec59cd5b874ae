"""Routes that declare their permission. A route without one keeps the application from starting."""

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar, cast

from apiflask import APIBlueprint
from flask import Blueprint, Flask, current_app, redirect, request, url_for
from werkzeug.exceptions import Unauthorized

from lms.core.access import Action, Actor, may_ever
from lms.core.errors import NotAllowed
from lms.web import context
from lms.web.context import Mode

View = TypeVar("View", bound=Callable[..., Any])
# Flask and its extensions add these themselves; they serve files made to be public.
OPEN_ENDPOINTS = frozenset({"static", "openapi.spec", "openapi.docs"})


class SignInNeeded(Exception):
    """Nobody is signed in: pages lead to the sign-in page, the API answers 401."""


class Guarded:
    """Adds `show` and `change`, which demand a permission: `@pages.show("/hr", may=Action.READ_REPORTS)`."""

    add_url_rule: Callable[..., None]

    def show(
        self, rule: str, *, may: Action, mode: Mode = Mode.BY_METHOD, scope: str = ""
    ) -> Callable[[View], View]:
        """Declare a page or resource (GET) that changes nothing."""
        return self._route(rule, "GET", guarding(may, mode, scope))

    def change(
        self, rule: str, *, may: Action, mode: Mode = Mode.BY_METHOD, scope: str = ""
    ) -> Callable[[View], View]:
        """Declare a change (POST); it runs in one transaction unless `mode` is OWN."""
        return self._route(rule, "POST", guarding(may, mode, scope))

    def _route(self, rule: str, method: str, wrap: Callable[[View], View]) -> Callable[[View], View]:
        def decorate(view: View) -> View:
            guarded = wrap(view)
            self.add_url_rule(rule, endpoint=view.__name__, view_func=guarded, methods=[method])
            return guarded

        return decorate


class Pages(Guarded, Blueprint):
    """A slice's pages."""

    enable_openapi = False  # pages are not part of the API's description


class Api(Guarded, APIBlueprint):
    """A slice's JSON resources; `scope` is what a token must carry."""


def guarding(may: Action, mode: Mode, scope: str) -> Callable[[View], View]:
    """Return the wrapper of a route's declaration."""
    return lambda view: guard(view, may, mode, scope)


def guard(view: View, action: Action, mode: Mode = Mode.BY_METHOD, scope: str = "") -> View:
    """Wrap a view so that it runs in the shell and only for those who may."""

    def admit(actor: Actor | None) -> None:
        if action is Action.PUBLIC:
            return
        if actor is None:
            raise SignInNeeded
        if actor.credential == "token" and scope not in actor.scopes:
            raise NotAllowed
        if not may_ever(actor, action):
            raise NotAllowed

    @wraps(view)
    def run(**kwargs: Any) -> Any:
        return context.serve(view, admit, mode, kwargs)

    run.access = action  # type: ignore[attr-defined]
    run.scope = scope  # type: ignore[attr-defined]
    return cast(View, run)


def refuse_undeclared(app: Flask) -> None:
    """Refuse to start with a route that declares no permission.

    Raises RuntimeError naming the routes.
    """
    bare = sorted(
        rule.endpoint
        for rule in app.url_map.iter_rules()
        if rule.endpoint not in OPEN_ENDPOINTS and not hasattr(app.view_functions[rule.endpoint], "access")
    )
    if bare:
        raise RuntimeError(f"routes without a declared permission: {', '.join(bare)}")


def ask_to_sign_in(_error: SignInNeeded) -> Any:
    """Lead a reader to the sign-in page and back; tell a program 401."""
    wants_page = request.accept_mimetypes.accept_html and not request.path.startswith("/api/")
    if not wants_page or request.headers.get("X-Requested-With") == "fetch":
        return current_app.handle_http_exception(Unauthorized())
    target = request.full_path.rstrip("?") if request.method == "GET" else None
    return redirect(url_for("people.sign_in", next=target), 303)
