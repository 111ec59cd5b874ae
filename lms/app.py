"""`create_app`: the one file that knows all slices."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

from apiflask import APIFlask
from flask import jsonify, url_for
from flask_babel import Babel, lazy_gettext
from flask_login import LoginManager
from flask_wtf.csrf import generate_csrf
from sqlalchemy import text
from sqlalchemy.orm import Session
from werkzeug.middleware.proxy_fix import ProxyFix
from whitenoise import WhiteNoise

from lms.approvable import APPROVAL_KINDS
from lms.audit.events import record
from lms.core.access import Action, Actor
from lms.core.canonical import sha256_hex
from lms.core.db import Database
from lms.core.log import configure
from lms.core.settings import Settings
from lms.core.versions import Library
from lms.notices.queries import unread_of
from lms.people import queries as people
from lms.people.rules import AccessDenied
from lms.reactions import REACTIONS
from lms.web import context, limits, pages, reference
from lms.web.access import Pages, SignInNeeded, ask_to_sign_in, refuse_undeclared
from lms.web.context import Denial, NavItem, Shell
from lms.wiring import BLUEPRINTS, NAVIGATION

LARGEST_REQUEST_BYTES = 1_000_000
SESSION_HOURS = 12


def open_database(settings: Settings) -> Database:
    """Open the database with the reactions and caches that every session of this product carries."""
    if settings.is_default_sqlite:
        settings.instance.mkdir(parents=True, exist_ok=True)
    database = Database(settings.url, REACTIONS, pool_size=settings.threads + 2)
    database.kept["library"] = Library()
    database.kept["approval_kinds"] = APPROVAL_KINDS
    database.kept["zone"] = settings.zone
    return database


def create_app(settings: Settings, database: Database | None = None) -> APIFlask:
    """Build the application.

    Raises RuntimeError when a route declares no permission.
    """
    configure(settings.log_level)
    app = APIFlask(
        "lms", title="Chizheng", version="1", json_errors=False, docs_path=None, template_folder="web/templates",
        static_folder="web/static", static_url_path="/static", spec_path=reference.SPEC_PATH,
    )  # fmt: skip
    app.config.update(_configuration(settings))
    shell = Shell(
        database=database or open_database(settings),
        settings=settings,
        actor_of_session=people.session_loader(unread_of),
        actor_of_token=people.actor_of_token,
        navigation=_navigation,
        denied=_denied,
    )
    app.extensions[context.EXTENSION] = shell
    app.extensions["lms.record"] = record
    _install_login(app)
    Babel(app, locale_selector=pages.locale, default_translation_directories="translations")
    pages.install(app)
    limits.install(app, settings.redis_url)
    reference.install(app)
    app.url_defaults(_static_version(Path(app.root_path) / "web/static"))
    app.register_error_handler(SignInNeeded, ask_to_sign_in)
    app.register_blueprint(house)
    app.register_blueprint(reference.reference)
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    refuse_undeclared(app)
    return _serve_files(app, settings)


def _configuration(settings: Settings) -> dict[str, Any]:
    return {
        "SECRET_KEY": settings.secret_key,
        "SESSION_COOKIE_NAME": "chizheng",
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "SESSION_COOKIE_SECURE": settings.secure,
        "PERMANENT_SESSION_LIFETIME": timedelta(hours=SESSION_HOURS),
        "MAX_CONTENT_LENGTH": LARGEST_REQUEST_BYTES,
        "MAX_FORM_MEMORY_SIZE": LARGEST_REQUEST_BYTES,
        "MAX_FORM_PARTS": 400,
        "WTF_CSRF_TIME_LIMIT": None,  # a token lives as long as its session: answers must not depend on an hour
        "WTF_CSRF_CHECK_DEFAULT": False,  # the shell asks, so that bearer tokens need none
        "BABEL_DEFAULT_LOCALE": pages.LANGUAGES[settings.language],
        "BABEL_DEFAULT_TIMEZONE": settings.timezone,
        "OPENAPI_VERSION": "3.1.0",
        "TEMPLATES_AUTO_RELOAD": False,
    }


def _static_version(folder: Path) -> Callable[[str, dict[str, Any]], None]:
    """Give each static file's address its hash, so that browsers keep it until it changes."""
    files = (path for path in folder.rglob("*") if path.is_file())
    hashes = {path.relative_to(folder).as_posix(): sha256_hex(path.read_bytes())[:10] for path in files}

    def add(endpoint: str, values: dict[str, Any]) -> None:
        if endpoint == "static" and values.get("filename") in hashes:
            values["v"] = hashes[values["filename"]]

    return add


def _install_login(app: APIFlask) -> None:
    login = LoginManager(app)
    login.session_protection = None  # the server-side session is the protection
    login.user_loader(context.load_user)


def _serve_files(app: APIFlask, settings: Settings) -> APIFlask:
    folder = f"{app.root_path}/web/static"
    files = WhiteNoise(
        app.wsgi_app,
        root=folder,
        prefix="static/",
        max_age=31536000,
        add_headers_function=_keep_scripts_fresh,
    )
    app.wsgi_app = files
    if settings.trusted_proxies:
        n = settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=n, x_proto=n, x_host=n)
    return app


def _keep_scripts_fresh(headers: Any, path: str, _url: str) -> None:
    # Scripts import each other by plain names: kept for a year, an upgrade would mix two versions.
    if Path(path).suffix == ".js" and "vendor" not in Path(path).parts:
        headers["Cache-Control"] = "no-cache"


def _navigation(actor: Actor) -> list[NavItem]:
    here = context.current_path()
    items = []
    for entry in NAVIGATION:
        if entry.shown(actor):
            url = url_for(entry.endpoint)
            items.append(NavItem(url, str(lazy_gettext(entry.label)), entry.icon, here == url))
    return items


def _denied(session: Session, denial: Denial) -> None:
    record(
        session,
        AccessDenied(
            subject=f"path:{denial.path}",
            occurred_at=denial.at,
            person_id=denial.person_id,
            action=denial.action,
        ),
    )


house = Pages("house", __name__)


@house.show("/healthz", may=Action.PUBLIC, mode=context.Mode.OWN)
def healthz() -> Any:
    """Say that the process answers."""
    return jsonify({"status": "ok"})


@house.show("/readyz", may=Action.PUBLIC)
def readyz() -> Any:
    """Say that the database answers, too."""
    context.db_session().execute(text("SELECT 1"))
    return jsonify({"status": "ready"})


@house.show("/csrf", may=Action.PUBLIC, mode=context.Mode.OWN)
def csrf() -> Any:
    """Give a page that has been open for long a fresh token for this browser's session."""
    return jsonify({"csrf_token": generate_csrf()})
