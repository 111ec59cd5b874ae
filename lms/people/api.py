"""People for other systems: those whose records the token's owner may read."""

from datetime import date
from typing import Any
from uuid import UUID

from flask import request
from pydantic import BaseModel, Field

from lms.core.access import Action
from lms.core.events import plain
from lms.people import queries
from lms.people.queries import PersonRow
from lms.people.rules import PeopleRead
from lms.web import context
from lms.web.access import Api
from lms.web.api import conditional

api = Api("people_api", __name__, url_prefix="/api/v1", tag="People")


class PageQuery(BaseModel):
    """Keyset paging: the people after the id `after`."""

    after: UUID | None = None
    limit: int = Field(default=100, ge=1, le=500)


class NameOut(BaseModel):
    """A name in both languages."""

    zh: str
    en: str


class PersonOut(BaseModel):
    """A person; `unit` is a code, absent for those not employed today; `left_on` is the last day."""

    id: UUID
    staff_number: str
    name: NameOut
    unit: str | None
    employed: bool
    on_leave: bool
    joined_on: date | None
    left_on: date | None


class PeoplePage(BaseModel):
    """A page of people by id; `next` is the `after` of the page that follows, absent on the last."""

    items: list[PersonOut]
    next: UUID | None


@api.show("/people", may=Action.READ_RECORD, scope="people:read")
@api.input(PageQuery, location="query", arg_name="page")
@api.output(PeoplePage)
def people(page: PageQuery) -> Any:
    """List everybody whose record you may read, by id."""
    rows = queries.people_for(context.db_session(), context.actor(), page.after, page.limit + 1)
    shown = rows[: page.limit]
    context.observe(PeopleRead(subject="people", occurred_at=context.now(), count=len(shown)))
    following = str(shown[-1].id) if len(rows) > len(shown) else None
    return conditional({"items": [_told(row) for row in shown], "next": following}, request.if_none_match)


@api.show("/people/<uuid:person_id>", may=Action.READ_RECORD, scope="people:read")
@api.output(PersonOut)
def person(person_id: UUID) -> Any:
    """Give one person whose record you may read."""
    found = queries.person_for(context.db_session(), context.actor(), person_id, Action.READ_RECORD)
    event = PeopleRead(subject=f"person:{found.id}", occurred_at=context.now(), person_id=found.id, count=1)
    context.observe(event)
    return conditional(_told(found), request.if_none_match)


def _told(row: PersonRow) -> dict[str, Any]:
    return {
        "id": str(row.id),
        "staff_number": row.staff_number,
        "name": row.name,
        "unit": row.unit_code or None,
        "employed": row.employed,
        "on_leave": row.on_leave,
        "joined_on": plain(row.joined_on),
        "left_on": plain(row.left_on),
    }
