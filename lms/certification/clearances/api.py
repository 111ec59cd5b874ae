"""Clearances for other systems: may this person do this now? One, or a thousand at once."""

from typing import Any
from uuid import UUID

from flask import Response, request
from pydantic import BaseModel, Field, field_validator

from lms.certification.clearances import presenting, queries
from lms.certification.clearances.queries import Asked
from lms.certification.clearances.rules import client_of
from lms.core.access import Action
from lms.web import context
from lms.web.access import Api
from lms.web.api import conditional
from lms.web.context import Mode

api = Api("clearances_api", __name__, url_prefix="/api/v1", tag="Clearances")
MOST = 1000
EXAMPLE = "C-2041"


class ClientQuery(BaseModel):
    """The client the duty is for, by its reference; none: the duty in general, recusals aside."""

    client: str = Field(default="", max_length=40, examples=[EXAMPLE])

    @field_validator("client")
    @classmethod
    def _reference(cls, value: str) -> str:
        return client_of(value) if value.strip() else ""


class BatchIn(ClientQuery):
    """Whom is asked about, each once."""

    people: list[UUID] = Field(min_length=1, max_length=MOST)


class WhyOut(BaseModel):
    """One reason: a code; the programme, agreement or client it is about; the state; the day it turns on."""

    code: str
    target: str | None
    state: str | None
    on: str | None


class ClearanceOut(BaseModel):
    """The answer. `until` is the inclusive last day on which `allowed` stays as it is, by all that is known.

    `next_change_on` is the first day on which answer or reasons differ; `expires_at` ends an emergency opening.
    """

    person: UUID
    duty: str
    client: str | None
    allowed: bool
    reason: str
    reasons: list[WhyOut]
    until: str | None
    next_change_on: str | None
    expires_at: str | None
    checked_at: str


class BatchOut(BaseModel):
    """An answer for each person in the order of their ids; `unknown` are those there is nothing to say about."""

    duty: str
    checked_at: str
    rows: list[ClearanceOut]
    unknown: list[UUID]


@api.show("/clearances/<duty_id>/<uuid:person_id>", may=Action.READ_RECORD, scope="clearances:read")
@api.input(ClientQuery, location="query", arg_name="asked")
@api.output(ClearanceOut)
def clearance(duty_id: str, person_id: UUID, asked: ClientQuery) -> Any:
    """Say whether a person may do a duty now, and why or why not."""
    session, what = context.db_session(), Asked(context.now(), duty_id, asked.client)
    found = queries.clearances_for(session, context.actor(), person_id, what)[0]
    presenting.note(session, {person_id: found}, what)
    return _answer(presenting.document(person_id, found, what))


@api.change("/clearances/<duty_id>/batch", may=Action.READ_RECORD, scope="clearances:read", mode=Mode.OWN)
@api.input(BatchIn, arg_name="asked")
@api.output(BatchOut)
def batch(duty_id: str, asked: BatchIn) -> Any:
    """Say it of up to 1,000 people at once; nothing is changed."""
    what = Asked(context.now(), duty_id, asked.client)
    with context.reading() as session:
        known = queries.readable(session, context.actor(), asked.people)
        found = {each: rows[0] for each, rows in queries.clearances_of(session, known, what).items()}
        presenting.note(session, found, what)
    unknown = sorted({str(each) for each in asked.people} - {str(each) for each in known})
    return _answer(
        {
            "duty": duty_id,
            "checked_at": presenting.instant(what.at),
            "rows": [presenting.document(each, found[each], what) for each in sorted(known, key=str)],
            "unknown": unknown,
        }
    )


def _answer(body: dict[str, Any]) -> Response:
    """Answer; whoever keeps the answer must ask whether it still holds, and no cache between keeps it."""
    response = conditional(body, request.if_none_match)
    response.headers["Cache-Control"] = "no-store"
    return response
