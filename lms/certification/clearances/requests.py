"""What needs two people here, and what each would do now. Read-only: the acts are in `actions.py`."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from lms.approvals.rules import Kind, Preview
from lms.certification.clearances import queries
from lms.core.canonical import canonical_json, sha256_hex
from lms.core.errors import Message, message
from lms.people.queries import firm_day

GLASS, RECUSAL_END = "break-glass", "recusal-end"


def ended_on(session: Session, at: datetime) -> date:
    """Return the last day of a recusal that ends by an approval at an instant."""
    return firm_day(session, at)


def _describe_glass(session: Session, payload: Mapping[str, Any]) -> Message:
    return message(
        "Emergency: %(name)s asks to do “%(duty)s” for %(minutes)s minutes.",
        name=queries.name_of_person(session, UUID(payload["person"])),
        duty=dict(queries.duty_named(session, payload["duty"]).title),
        minutes=payload["minutes"],
    )


def _preview_glass(session: Session, payload: Mapping[str, Any]) -> Preview:
    lines = [
        message("From your approval on they may do it, and other systems are told so when they ask."),
        message("Line manager and HR are told; somebody who had no part in it reviews it afterwards."),
    ]
    if payload["client"]:
        lines.append(message("Only for client %(client)s.", client=payload["client"]))
    open_now = queries.is_open(session, UUID(payload["person"]), payload["duty"])
    return Preview(sha256_hex(canonical_json({"open": open_now, **payload})), tuple(lines))


def _describe_end(session: Session, payload: Mapping[str, Any]) -> Message:
    found = queries.recusal(session, UUID(payload["recusal"]))
    return message(
        "%(name)s is no longer to keep away from client %(client)s.",
        name=queries.name_of_person(session, found.person_id),
        client=found.client,
    )


def _preview_end(session: Session, payload: Mapping[str, Any]) -> Preview:
    found = queries.recusal(session, UUID(payload["recusal"]))
    digest = sha256_hex(canonical_json({"ended": found.until_on is not None, **payload}))
    line = message("Kept away since %(day)s; the day of your approval is the last.", day=found.from_on)
    return Preview(digest, (line,))


APPROVAL_KINDS: Mapping[str, Kind] = {
    GLASS: Kind(message("A duty opened in an emergency"), _describe_glass, _preview_glass),
    RECUSAL_END: Kind(message("A recusal that ends"), _describe_end, _preview_end),
}
