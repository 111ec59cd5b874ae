"""`record`: the only way in. It buffers the event and runs the reactions, in the caller's transaction.

The buffer is written just before the commit, in two statements however many events there are.
"""

import secrets
from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import event
from sqlalchemy.orm import Session

from lms.audit import chain
from lms.audit.models import AuditBody, AuditEvent
from lms.core import clock
from lms.core.db import By, insert_rows
from lms.core.events import Event


def record(session: Session, happened: Event, event_id: UUID | None = None) -> UUID:
    """Append `happened` to the log and set off its reactions; return the event's id.

    A caller whose reactions must find its fact already saved brings the id that the fact points at.
    Raises RuntimeError for a session opened without a reaction table: an unrecorded consequence would be
    worse than a refusal.
    """
    reactions = session.info.get("reactions")
    if reactions is None:
        raise RuntimeError("this session was opened without reactions: use Database.transaction()")
    event_id = event_id or uuid4()
    session.info.setdefault("events", []).append((event_id, happened))
    for reaction in reactions.get(type(happened), ()):
        reaction(session, happened)
    return event_id


def recorded_at(session: Session) -> datetime:
    """Return the instant at which this transaction's facts and events are recorded: one for them all."""
    if session.info.get("now") is None:
        session.info["now"] = clock.now()
    instant: datetime = session.info["now"]
    return instant


@event.listens_for(Session, "before_commit")
def _write_buffer(session: Session) -> None:
    buffered = session.info.pop("events", None)
    if not buffered:
        return
    session.flush()
    at, by = recorded_at(session), session.info["by"]
    rows = [_rows(event_id, happened, at, by) for event_id, happened in buffered]
    insert_rows(session, AuditEvent, [entry for entry, _ in rows])
    insert_rows(session, AuditBody, [body for _, body in rows])


@event.listens_for(Session, "after_rollback")
def _drop_buffer(session: Session) -> None:
    session.info.pop("events", None)


def _rows(
    event_id: UUID, happened: Event, at: datetime, by: By
) -> tuple[dict[str, object], dict[str, object]]:
    salt = secrets.token_bytes(chain.SALT_BYTES)
    whom = {"person": str(happened.person_id)} if happened.person_id else {}
    text = chain.body_text(after={**happened.payload(), **whom}, reason=happened.reason)
    object_kind, _, object_id = happened.subject.partition(":")
    entry = {
        "id": event_id,
        "kind": happened.kind,
        "occurred_at": happened.occurred_at,
        "recorded_at": at,
        "actor": by.actor,
        "object_kind": object_kind,
        "object_id": object_id,
        "credential": by.credential,
        "commitment": chain.commit_body(salt, text),
        "pending": True,
        "person_id": happened.person_id,
        "on_behalf_of": by.on_behalf_of,
        "role": by.role,
        "scope": by.scope,
        "request_id": by.request_id,
        "object_version": happened.version,
        "policy_version": happened.policy_version,
        "approval_id": happened.approval_id,
    }
    return entry, {"event_id": event_id, "salt": salt, "body": text}
