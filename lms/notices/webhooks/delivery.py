"""Send a message: read it, send it outside of any transaction, note what came of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from http.client import HTTPException
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from lms.core import clock
from lms.core.egress import Barred, Outward, networks_of, post
from lms.core.settings import Settings
from lms.notices.delivery import Outside, Surroundings
from lms.notices.webhooks.models import Endpoint, WebhookMessage, WebhookTry
from lms.notices.webhooks.rules import signed_headers, was_taken


@dataclass(frozen=True)
class Letter:
    """A message as it is sent."""

    id: UUID
    url: str
    secret: str
    body: bytes


@dataclass(frozen=True)
class Answer:
    """What came of a try: the status (0: none), and what went wrong."""

    status: int
    error: str = ""


def outward_of(settings: Settings) -> Outward:
    """Return where this installation may send to."""
    return Outward(networks_of(settings.egress_private))


def prepare(session: Session, payload: Mapping[str, Any], _around: Surroundings) -> Letter | None:
    """Return what is to be sent; None where it was taken already or its endpoint has ended."""
    found = session.get(WebhookMessage, UUID(payload["message"]))
    endpoint = session.get(Endpoint, found.endpoint_id) if found else None
    if found is None or endpoint is None or found.taken_at is not None or endpoint.ended_at is not None:
        return None
    return Letter(found.id, endpoint.url, endpoint.secret, found.body.encode())


def send(letter: Letter, around: Surroundings) -> Answer:
    """Send once; whatever the other side does is an answer, never an exception."""
    headers = signed_headers(letter.secret, f"msg_{letter.id.hex}", clock.now(), letter.body)
    try:
        status = post(letter.url, headers, letter.body, outward_of(around.settings))
    except (Barred, OSError, HTTPException, ValueError) as error:
        return Answer(0, f"{type(error).__name__}: {error}"[:300])
    return Answer(status, "" if was_taken(status) else f"HTTP {status}")


def note(session: Session, letter: Letter, answer: Answer, at: datetime) -> str:
    """Write a try down; return what went wrong, empty when the message was taken."""
    session.add(WebhookTry(message_id=letter.id, tried_at=at, status=answer.status, error=answer.error))
    if not answer.error:
        session.get_one(WebhookMessage, letter.id).taken_at = at
    return answer.error


DELIVERY = Outside(prepare, send, note)
