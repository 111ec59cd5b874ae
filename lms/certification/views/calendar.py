"""The reader's dates as a calendar that other programs subscribe to, and the address by which they may."""

import hashlib
from typing import Any
from urllib.parse import urlsplit

from flask import Response, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from lms.certification import labels
from lms.certification.actions import calendars as actions
from lms.certification.queries import calendars as queries
from lms.certification.rules_calendar import uid_of
from lms.certification.views.blueprint import pages
from lms.core.access import Action
from lms.core.i18n import translate
from lms.core.ics import DayEvent, calendar_bytes
from lms.web import context
from lms.web.limits import at_most

LOOKS_A_MINUTE = "60 per minute"


@pages.show("/me/calendar", may=Action.LEARN)
def my_calendar() -> Any:
    """Say whether an address stands, and make or end one."""
    return _page()


@pages.change("/me/calendar", may=Action.LEARN)
def renew_calendar() -> Any:
    """Make a new address and show it, once; the one before stands no more."""
    token = actions.open_feed(context.db_session(), context.actor().person_id, context.now())
    return _page(context.shell().settings.base_url + url_for("certification.calendar_feed", token=token))


@pages.change("/me/calendar/end", may=Action.LEARN)
def end_calendar() -> Any:
    """End the address."""
    if actions.end_feed(context.db_session(), context.actor().person_id, context.now()):
        flash(
            _("The address stands no more. Calendars that used it will not be brought up to date."), "success"
        )
    return redirect(url_for("certification.my_calendar"), 303)


@pages.show("/me/calendar/<token>.ics", may=Action.PUBLIC)
@at_most(LOOKS_A_MINUTE)
def calendar_feed(token: str) -> Any:
    """Hand the calendar to whoever holds its address."""
    return _feed(token)


@pages.show("/calendar/<token>.ics", may=Action.PUBLIC)
@at_most(LOOKS_A_MINUTE)
def calendar_feed_short(token: str) -> Any:
    """Hand out the same calendar at its shorter address."""
    return _feed(token)


def _page(address: str = "") -> Any:
    since = queries.feed_since(context.db_session(), context.actor().person_id)
    return render_template("certification/calendar.html", address=address, since=since)


def _feed(token: str) -> Any:
    session, settings = context.db_session(), context.shell().settings
    owner = queries.owner_of_feed(session, token, context.today())
    language = owner.language or settings.language
    host = urlsplit(settings.base_url).hostname or "localhost"
    events = [
        DayEvent(
            uid=uid_of(str(owner.person_id), day.entry, host),
            on=day.entry.on,
            summary=translate(labels.calendar_line(day.entry.kind, day.title), language),
            url=f"{settings.base_url}/",
            changed_at=day.changed_at,
        )
        for day in queries.calendar_days(session, owner.person_id, context.today(), settings.zone)
    ]
    return _answer(calendar_bytes(translate(labels.CALENDAR, language), events))


def _answer(data: bytes) -> Any:
    response = Response(data, content_type="text/calendar; charset=utf-8")
    response.headers["Content-Disposition"] = 'inline; filename="training.ics"'
    response.headers["Cache-Control"] = "private, no-cache"
    response.headers["X-Robots-Tag"] = "noindex"
    response.set_etag(hashlib.sha256(data).hexdigest())
    return response.make_conditional(request)
