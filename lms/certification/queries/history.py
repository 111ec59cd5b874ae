"""The history of published texts, and the position of the log that "as known at" resolves to."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, case, literal, select, true
from sqlalchemy.orm import InstrumentedAttribute, Session

from lms.audit.models import AuditSeal
from lms.audit.queries import checkpoint_at, last_checkpoint
from lms.certification.rules_words import Need
from lms.certification.texts import KINDS, READ_KINDS, History, Opened, ProgrammeText, Published
from lms.core.dates import Duration
from lms.core.errors import Invalid, NotFound, message
from lms.core.versions import ContentSupplement, ContentVersion, Publication, Snapshot, snapshot


@dataclass(frozen=True, slots=True)
class Known:
    """What had been sealed: the events at positions below `size`."""

    size: int
    at: datetime | None


def known_by(session: Session, known_at: datetime | None) -> Known | None:
    """Return the sealed position an instant resolves to; None for no instant, which means live.

    Raises Invalid for an instant later than the last checkpoint: what was known by then may yet grow.
    """
    if known_at is None:
        return None
    newest = last_checkpoint(session)
    if newest is None or newest.sealed_at < known_at:
        raise Invalid({"known_at": message("Nothing is sealed as of this instant yet: take an earlier one.")})
    found = checkpoint_at(session, known_at)
    return Known(found.size, found.sealed_at) if found else Known(0, None)


def sealed_in(
    event_id: InstrumentedAttribute[UUID] | ColumnElement[UUID], known: Known | None
) -> ColumnElement[bool]:
    """Return the condition that an event was known; true for a live answer."""
    if known is None:
        return true()
    sealed = select(AuditSeal.position).where(AuditSeal.event_id == event_id, AuditSeal.position < known.size)
    return sealed.exists()


def history_of(session: Session, known: Known | None = None, publication: int | None = None) -> History:
    """Return what was published, by all that is known or as it was known; read once a publication."""
    current = snapshot(session, publication)
    history = current.derived("certification.history", lambda here: _read(session, here))
    if known is None:
        return history
    publications = session.scalars(select(Publication.id).where(sealed_in(Publication.event_id, known)))
    return history.known(frozenset(publications))


def programme_in(history: History, programme: str) -> ProgrammeText:
    """Return a programme.

    Raises NotFound for one that was never published.
    """
    found = history.programmes.get(programme)
    if found is None:
        raise NotFound
    return found


def _read(session: Session, current: Snapshot) -> History:
    v, p = ContentVersion, Publication
    body = case((v.kind.in_(READ_KINDS), v.body), else_=literal("{}"))
    query = (
        select(
            v.id,
            v.kind,
            v.content_id,
            v.number,
            v.change,
            v.effective_on,
            v.publication_id,
            p.published_at,
            body,
        )
        .join(p, p.id == v.publication_id)
        .where(v.kind.in_(KINDS), v.publication_id <= current.publication)
        .order_by(v.id)
    )
    rows = [_published(tuple(row)) for row in session.execute(query)]
    return History(rows, _opened(session, current.publication))


def _opened(session: Session, publication: int) -> list[Opened]:
    """What material changes opened, up to a publication."""
    s, p = ContentSupplement, Publication
    query = (
        select(s, p.published_at, p.published_on)
        .join(p, p.id == s.publication_id)
        .where(s.publication_id <= publication)
        .order_by(s.publication_id, s.kind, s.content_id)
    )
    return [
        Opened(
            publication=row.publication_id,
            published_at=published_at,
            effective_on=published_on,
            need=Need(row.kind),
            target=row.content_id,
            due=Duration.parse(row.due),
            lessons=tuple(json.loads(row.lessons)),
            items=tuple(json.loads(row.items)),
        )
        for row, published_at, published_on in session.execute(query)
    ]


def _published(row: tuple[Any, ...]) -> Published:
    version_id, kind, content_id, number, change, effective_on, publication, published_at, body = row
    return Published(
        version_id,
        kind,
        content_id,
        number,
        change,
        effective_on,
        publication,
        published_at,
        json.loads(body),
    )
