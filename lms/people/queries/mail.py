"""Changes of registered addresses that wait: a person's, that of a link, everybody's."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, aliased

from lms.core.errors import NotFound
from lms.people.models import Identity, MailChange, MailChangeEnd
from lms.people.queries.conditions import hash_token
from lms.people.rules import Name, name_of
from lms.people.rules_mail import UNKNOWN, MailEnd, link_objection


@dataclass(frozen=True)
class MailChangeRow:
    """A change of address: `mail` from, `new_mail` to (empty: none, also once it has ended).

    `asker` is absent where the operator's command asked; `ended` while it waits.
    """

    id: UUID
    person_id: UUID
    name: Name
    mail: str
    new_mail: str
    asker: Name | None
    asked_at: datetime
    expires_at: datetime
    ended: MailEnd | None


def mail_change_waiting(session: Session, person_id: UUID) -> MailChangeRow | None:
    """Return the change of a person's address that waits, also when its link has expired."""
    query = _changes().where(MailChange.person_id == person_id, MailChangeEnd.change_id.is_(None))
    row = session.execute(query.order_by(MailChange.asked_at.desc()).limit(1)).one_or_none()
    return _to_change(row) if row else None


def mail_change(session: Session, change_id: UUID) -> MailChangeRow:
    """Return a change of address.

    Raises NotFound.
    """
    row = session.execute(_changes().where(MailChange.id == change_id)).one_or_none()
    if row is None:
        raise NotFound
    return _to_change(row)


def mail_change_of_link(session: Session, token: str, at: datetime) -> MailChangeRow:
    """Return the change that a link confirms.

    Raises NotFound, saying why it confirms nothing.
    """
    row = session.execute(_changes().where(MailChange.token_hash == hash_token(token))).one_or_none()
    if row is None:
        raise NotFound(UNKNOWN)
    found = _to_change(row)
    if why := link_objection(found.ended, found.expires_at, at):
        raise NotFound(why)
    return found


def mails_waiting(session: Session, at: datetime) -> dict[UUID, str]:
    """Return whose change of address waits, to what, while its link has not expired."""
    m, e, i = MailChange, MailChangeEnd, Identity
    query = (
        select(m.person_id, i.new_mail)
        .join(i, i.person_id == m.person_id)
        .outerjoin(e, e.change_id == m.id)
        .where(e.change_id.is_(None), m.expires_at > at)
    )
    return {row.person_id: row.new_mail or "" for row in session.execute(query)}


def _changes() -> Select[*tuple[Any, ...]]:
    m, e, i, asker = MailChange, MailChangeEnd, Identity, aliased(Identity)
    columns = (
        m.id, m.person_id, i.name_zh, i.name_en, i.mail, i.new_mail, m.asked_by_id, m.asked_at, m.expires_at,
        asker.name_zh.label("asker_zh"), asker.name_en.label("asker_en"), e.outcome,
    )  # fmt: skip
    return (
        select(*columns)
        .join(i, i.person_id == m.person_id)
        .outerjoin(asker, asker.person_id == m.asked_by_id)
        .outerjoin(e, e.change_id == m.id)
    )


def _to_change(row: Any) -> MailChangeRow:
    return MailChangeRow(
        id=row.id,
        person_id=row.person_id,
        name=name_of(row.name_zh, row.name_en),
        mail=row.mail,
        new_mail="" if row.outcome else row.new_mail or "",
        asker=name_of(row.asker_zh, row.asker_en) if row.asked_by_id else None,
        asked_at=row.asked_at,
        expires_at=row.expires_at,
        ended=MailEnd(row.outcome) if row.outcome else None,
    )
