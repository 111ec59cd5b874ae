"""Name endpoints and end them, write messages with their jobs, have one tried again."""

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from lms.audit.events import record
from lms.core.db import changed, insert_rows
from lms.core.egress import Outward, url_refusal
from lms.core.errors import Conflict, Invalid, NotFound, message
from lms.notices.models import Job
from lms.notices.rules import JobState
from lms.notices.webhooks.models import Endpoint, WebhookMessage
from lms.notices.webhooks.rules import (
    KINDS,
    EndpointAdded,
    EndpointEnded,
    MessageRetried,
    Outgoing,
    new_secret,
)

WEBHOOK = "webhook"


def publish(session: Session, outgoing: Sequence[Outgoing], at: datetime) -> int:
    """Write messages for every endpoint that asked for them, and their jobs; return how many.

    Three statements, whatever their number; none where there is nothing to tell.
    """
    if not outgoing:
        return 0
    endpoints = list(
        session.scalars(select(Endpoint).where(Endpoint.ended_at.is_(None)).order_by(Endpoint.id))
    )
    rows: list[dict[str, object]] = [
        {
            "id": uuid4(), "endpoint_id": endpoint.id, "key": each.key, "kind": each.kind, "body": each.body,
            "created_at": at, "job_id": uuid4(), "taken_at": None,
        }
        for endpoint in endpoints
        for each in outgoing
        if each.kind in endpoint.kinds.split()
    ]  # fmt: skip
    if rows:
        insert_rows(session, Job, [_job(row["job_id"], row["id"], at) for row in rows])
        insert_rows(session, WebhookMessage, rows)
    return len(rows)


def _job(job_id: object, message_id: object, at: datetime) -> dict[str, object]:
    return {
        "id": job_id, "kind": WEBHOOK, "payload": f'{{"message": "{message_id}"}}', "key": f"{WEBHOOK}:{message_id}",
        "run_at": at, "state": JobState.WAITING, "tries": 0, "error": "",
    }  # fmt: skip


def add_endpoint(
    session: Session, by: UUID, url: str, kinds: Collection[str], outward: Outward, at: datetime
) -> Endpoint:
    """Name an address; from now on it is told. The secret is in the row that is returned.

    Raises Invalid naming the fields.
    """
    if why := url_refusal(url, outward):
        raise Invalid({"url": why})
    if not kinds or not set(kinds) <= KINDS.keys():
        raise Invalid({"kinds": message("Choose what this address is told.")})
    same = select(Endpoint.id).where(Endpoint.url == url, Endpoint.ended_at.is_(None)).limit(1)
    if session.scalar(same):
        raise Invalid(
            {"url": message("This address is told already. End it first to change what it is told.")}
        )
    endpoint_id = uuid4()
    happened = EndpointAdded(subject=f"webhook:{endpoint_id}", occurred_at=at, kinds=tuple(sorted(kinds)))
    row = Endpoint(
        id=endpoint_id, url=url, kinds=" ".join(sorted(kinds)), secret=new_secret(), added_by_id=by, added_at=at,
        event_id=record(session, happened),
    )  # fmt: skip
    session.add(row)
    session.flush()
    return row


def end_endpoint(session: Session, endpoint_id: UUID, at: datetime) -> None:
    """Stop telling an address; what was not yet taken is sent no more.

    Raises NotFound for one that is not told.
    """
    row = session.scalar(select(Endpoint).where(Endpoint.id == endpoint_id).with_for_update())
    if row is None or row.ended_at is not None:
        raise NotFound
    row.ended_at = at
    record(session, EndpointEnded(subject=f"webhook:{endpoint_id}", occurred_at=at))


def try_again(session: Session, message_id: UUID, at: datetime) -> None:
    """Have a message tried again that had been given up.

    Raises NotFound, Conflict when it is not given up or its endpoint has ended.
    """
    found = session.get(WebhookMessage, message_id)
    if found is None:
        raise NotFound
    if session.get_one(Endpoint, found.endpoint_id).ended_at is not None:
        raise Conflict(message("This address is told no more."))
    given_up = update(Job).where(Job.id == found.job_id, Job.state == JobState.DEAD)
    again = given_up.values(state=JobState.WAITING, tries=0, run_at=at, leased_until=None)
    if not changed(session.execute(again, execution_options={"synchronize_session": False})):
        raise Conflict(message("This message is not given up."))
    record(session, MessageRetried(subject=f"webhook-message:{message_id}", occurred_at=at))
