"""Pages: headers, errors as pages or problem+json, language, filters, what every template may use."""

import secrets
from datetime import UTC, date, datetime
from typing import Any
from urllib.parse import urlencode

import structlog
from babel.dates import format_datetime
from flask import Flask, Response, current_app, g, jsonify, render_template, request, session
from flask_babel import get_locale, gettext
from flask_wtf.csrf import CSRFError, CSRFProtect, generate_csrf
from markupsafe import Markup
from werkzeug.exceptions import BadRequest, HTTPException, InternalServerError

from lms.core import clock
from lms.core.errors import Conflict, Invalid, LmsError, Message, NotAllowed, NotFound
from lms.core.log import logger
from lms.web import context, templating
from lms.web.context import Denial, RequestContext

CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "font-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; manifest-src 'self'"
)
LANGUAGES = {"zh": "zh_Hans_CN", "en": "en_GB"}
STATUS: dict[type[LmsError], int] = {NotFound: 404, NotAllowed: 403, Conflict: 409, Invalid: 422}
csrf = CSRFProtect()
log = logger("web")


def say(message: Message) -> str:
    """Return a message in the reader's language, and so are messages, days and bilingual texts within it."""
    return str(gettext(message.text, **{key: _said(item) for key, item in message.params.items()}))


def _said(item: object) -> object:
    if isinstance(item, Message):
        return say(item)
    if isinstance(item, date) and not isinstance(item, datetime):
        return day(item)
    return both(item) if isinstance(item, dict) and {"zh", "en"} >= item.keys() else item


def language() -> str:
    """Return the reader's language, "zh" or "en"."""
    state: RequestContext | None = g.get("lms")
    if state is None:
        return _language(None)
    if state.spoken is None or state.spoken[0] is not state.actor:
        state.spoken = (state.actor, _language(state))
    return state.spoken[1]


def _language(state: RequestContext | None) -> str:
    asked = request.args.get("lang")
    if asked in LANGUAGES and session.get("lang") != asked:
        session["lang"] = asked
    chosen = session.get("lang")
    if chosen not in LANGUAGES and state is not None and state.actor is not None:
        chosen = state.actor.language
    if chosen not in LANGUAGES:
        chosen = request.accept_languages.best_match(["zh", "en"], context.shell().settings.language)
    return str(chosen)


def locale() -> str:
    """Answer Flask-Babel: the locale of the reader's language."""
    return LANGUAGES[language()]


def install(app: Flask) -> None:
    """Give the application its manners."""
    csrf.init_app(app)
    app.before_request(_begin)
    app.after_request(_headers)
    app.register_error_handler(LmsError, _told)
    app.register_error_handler(HTTPException, _told_http)
    app.register_error_handler(Exception, _told_nothing)
    app.context_processor(_common)
    app.jinja_env.filters["day"] = day
    app.jinja_env.filters["instant"] = instant
    app.jinja_env.filters["both"] = both
    app.jinja_env.filters["say"] = say
    app.jinja_env.filters["safe_html"] = safe_html
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    templating.install(app)


def day(value: date | None, style: str = "medium") -> str:
    """Render a civil day in the reader's language; nothing for no day."""
    return templating.day_in(value, style, templating.reader_locale()) if value else ""


def instant(value: datetime | None, style: str = "short") -> str:
    """Render an instant as the firm's wall clock shows it."""
    if value is None:
        return ""
    local = value.astimezone(context.shell().settings.zone)
    return str(format_datetime(local, style, locale=str(get_locale())))


def both(text: Any) -> str:
    """Pick the reader's language from a bilingual text: {"zh": …, "en": …}."""
    return str(text.get(language()) or text.get("zh") or "") if text else ""


def safe_html(html: str | None) -> Markup:
    """Send HTML as it is: only what publication has rendered and sanitised (`core/markdown.py`)."""
    return Markup(html or "")  # nosec B704 # noqa: S704 - the one gate, for the one renderer's output


def problem(status: int, title: str, **more: object) -> Response:
    """Answer a program with problem+json (RFC 9457)."""
    response = jsonify({"type": "about:blank", "title": title, "status": status, **more})
    response.status_code = status
    response.content_type = "application/problem+json"
    return response


def _begin() -> None:
    given = request.headers.get("X-Request-Id", "")
    request_id = given if given.isalnum() and len(given) <= 40 else secrets.token_hex(8)
    g.lms = RequestContext(now=clock.now(), request_id=request_id)
    structlog.contextvars.clear_contextvars()
    structlog.contextvars.bind_contextvars(request_id=request_id, method=request.method, path=request.path)
    _refuse_nul()
    if request.method not in {"GET", "HEAD", "OPTIONS"} and not _by_token():
        csrf.protect()


def _refuse_nul() -> None:
    """Refuse the one character that no text holds and that not every database can keep."""
    sent = (
        request.path,
        *request.args.to_dict(flat=False).values(),
        *request.form.to_dict(flat=False).values(),
    )
    if any("\0" in text for texts in sent for text in texts):
        raise BadRequest


def _by_token() -> bool:
    return request.path.startswith("/api/") and request.headers.get("Authorization", "").lower().startswith(
        "bearer "
    )


def _headers(response: Response) -> Response:
    state: RequestContext | None = g.get("lms")
    response.headers["Content-Security-Policy"] = CSP
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Referrer-Policy"] = "same-origin"
    response.headers["Cross-Origin-Opener-Policy"] = "same-origin"
    response.headers.setdefault("Vary", "Cookie, Accept-Language")
    if context.shell().settings.secure:
        response.headers["Strict-Transport-Security"] = "max-age=31536000"
    if state is not None:
        response.headers["X-Request-Id"] = state.request_id
        if state.actor is not None or request.method == "POST":
            response.headers["Cache-Control"] = "no-store"
        elapsed = (datetime.now(UTC) - state.now).total_seconds()
        log.info("request", status=response.status_code, milliseconds=round(elapsed * 1000, 1))
    return response


def _common() -> dict[str, Any]:
    state: RequestContext | None = g.get("lms")
    actor = state.actor if state else None
    arguments = {key: value for key, value in request.args.items(multi=False) if key != "lang"}
    return {
        "lang": language(),
        "actor": actor,
        "nav": context.shell().navigation(actor) if actor else [],
        "notices_unread": actor.unread if actor else 0,
        "lang_switch_urls": {code: f"?{urlencode({**arguments, 'lang': code})}" for code in LANGUAGES},
        "csrf_token": generate_csrf,
        "firm_name": _firm_name(),
        "now": state.now if state else clock.now(),
    }


def _firm_name() -> str:
    settings = context.shell().settings
    return settings.firm_name_zh if language() == "zh" else settings.firm_name_en


def _is_api() -> bool:
    return request.path.startswith("/api/") or request.accept_mimetypes.best in {"application/json"}


def _told(error: LmsError) -> Any:
    status = next(code for kind, code in STATUS.items() if isinstance(error, kind))
    if status in {403, 404}:
        _note_denial(error)
    if _is_api():
        fields = [
            {"field": name, "message": say(text)} for name, text in getattr(error, "errors", {}).items()
        ]
        return problem(status, say(error.reason), **({"errors": fields} if fields else {}))
    return render_template("error.html", status=status, message=say(error.reason)), status


def _note_denial(error: LmsError) -> None:
    state: RequestContext | None = g.get("lms")
    action = getattr(request.url_rule and _view(), "access", None)
    if (
        state is None
        or state.actor is None
        or action is None
        or (isinstance(error, NotFound) and not request.view_args)
    ):
        return
    with context.transaction() as db:
        context.shell().denied(db, Denial(state.actor.person_id, action, request.path[:180], state.now))


def _view() -> Any:
    return current_app.view_functions.get(request.endpoint or "")


def _told_http(error: HTTPException) -> Any:
    if error.response is not None or (error.code is not None and 300 <= error.code < 400):
        return error
    status = error.code or 500
    title = say_status(status) if not isinstance(error, CSRFError) else str(
        gettext("This page was open too long to be sent safely. Go back, reload it and send it again.")
    )  # fmt: skip
    if _is_api():
        response = problem(status, title)
        for name, value in error.get_headers():
            if name in {"Allow", "Retry-After", "WWW-Authenticate"}:
                response.headers[name] = value
        return response
    return render_template("error.html", status=status, message=title), status


def _told_nothing(error: Exception) -> Any:
    log.error("unexpected", exc_info=error)
    return _told_http(InternalServerError())


def say_status(status: int) -> str:
    """Return what an HTTP status means to a reader."""
    sentences = {
        400: gettext("The request cannot be understood."),
        401: gettext("Sign in first."),
        403: gettext("You are not allowed to do this."),
        404: gettext("There is nothing at this address."),
        405: gettext("This address does not take that kind of request."),
        413: gettext("What was sent is too large."),
        422: gettext("What was entered cannot be accepted."),
        429: gettext("Too many requests. Wait a minute and try again."),
        503: gettext("The system is busy. Nothing was lost; try again in a moment."),
    }
    return str(sentences.get(status) or gettext("Something went wrong on our side. Nothing was changed."))
