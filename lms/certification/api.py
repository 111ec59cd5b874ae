"""Standings for other systems: live, as of a day, as known at an instant."""

from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from flask import request
from pydantic import AwareDatetime, BaseModel, Field

from lms.certification.presenting import standing_document
from lms.certification.queries.feed import Wanted, live_page, page_as_of
from lms.certification.rules import State
from lms.certification.rules_events import StandingsRead
from lms.core.access import Action
from lms.web import context
from lms.web.access import Api
from lms.web.api import conditional

api = Api("certification_api", __name__, url_prefix="/api/v1", tag="Certification")


# Beyond, an instant has no other zone to be told in.
FIRST, LAST = datetime(1970, 1, 1, tzinfo=UTC), datetime(9998, 1, 1, tzinfo=UTC)


class StandingsQuery(BaseModel):
    """What is asked for; paging by keyset: `after` is the `next` of the page before."""

    person: UUID | None = None
    programme: str = Field(default="", max_length=120)
    unit: str = Field(default="", max_length=40)
    state: State | None = None
    as_of: date | None = None
    known_at: AwareDatetime | None = Field(default=None, gt=FIRST, lt=LAST)
    after: str = Field(default="", max_length=200)
    limit: int = Field(default=100, ge=1, le=500)


class ReasonOut(BaseModel):
    """Why: a code, the day it turns on, the id of the fact."""

    code: str
    on: str | None
    fact: str | None


class StandingOut(BaseModel):
    """One standing. Days are civil days in the firm's zone; those named `until` and `due` are inclusive."""

    person: UUID
    programme: str
    state: str
    since: str | None
    due_on: str | None
    valid_from: str | None
    valid_until: str | None
    window_opens_on: str | None
    grace_until: str | None
    next_change_on: str | None
    next_state: str | None
    overlays: list[str]
    reasons: list[ReasonOut]
    as_of: str
    known_at: str | None
    position: int | None


class StandingsPage(BaseModel):
    """One page; `next` is absent on the last."""

    rows: list[StandingOut]
    next: str | None


@api.show("/standings", may=Action.READ_RECORD, scope="standings:read")
@api.input(StandingsQuery, location="query", arg_name="asked")
@api.output(StandingsPage)
def standings(asked: StandingsQuery) -> Any:
    """List the standings of the people whom the token's owner may read."""
    session, actor, today = context.db_session(), context.actor(), context.today()
    wanted = Wanted(
        asked.person, asked.programme, asked.unit, asked.state.value if asked.state else "", asked.after, asked.limit
    )  # fmt: skip
    as_of = asked.as_of or today
    if asked.known_at is None and as_of == today:
        page = live_page(session, actor, wanted, today)
    else:
        page = page_as_of(session, actor, wanted, as_of, asked.known_at)
    context.observe(
        StandingsRead(
            subject="standings:page", occurred_at=context.now(), rows=len(page.answers), as_of=as_of
        )
    )
    body = {"rows": [standing_document(each) for each in page.answers], "next": page.next or None}
    return conditional(body, request.if_none_match)
