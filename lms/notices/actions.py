"""Enqueue work and notices in the caller's transaction; each key takes effect once."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import update
from sqlalchemy.orm import Session

from lms.audit.events import record
from lms.core.access import Actor, Role
from lms.core.db import insert_new
from lms.core.events import Event
from lms.notices.models import Job, NoticeRow
from lms.notices.queries import notice_for
from lms.notices.rules import Notice, NoticeCode, Notified
from lms.people.queries import firm_day, holders_of
from lms.people.rules import (
    CredentialsReset,
    LinkIssued,
    LinkPurpose,
    MailChanged,
    PasswordChanged,
    SecondFactorChanged,
)
from lms.people.rules_mail import MailChangeAsked

MAIL = "mail"
LINK_MAIL = "link-mail"
CONFIRM_MAIL = "confirm-mail"  # to the registered address, which is to give way
ADDRESS_MAIL = "address-mail"  # to an address that is registered no more


def enqueue(session: Session, kind: str, payload: Mapping[str, Any], run_at: datetime, key: str = "") -> bool:
    """Add a job that will be run once this transaction has committed; return whether `key` was new."""
    job_id = uuid4()
    values = {
        "id": job_id, "kind": kind, "payload": json.dumps(payload, ensure_ascii=False, sort_keys=True),
        "key": key or f"{kind}:{job_id}", "run_at": run_at, "state": "waiting", "tries": 0, "error": "",
    }  # fmt: skip
    return insert_new(session, Job, values, ("key",))


def notify(session: Session, notice: Notice, at: datetime, *, mail: bool = True) -> bool:
    """Put a notice before a person and enqueue the mail about it; return False if its key was used."""
    notice_id, event_id = uuid4(), uuid4()
    values = {
        "id": notice_id, "person_id": notice.person_id, "code": notice.code, "key": notice.key,
        "params": json.dumps(notice.params, ensure_ascii=False, sort_keys=True), "link": notice.link,
        "created_at": at, "event_id": event_id,
    }  # fmt: skip
    if not insert_new(session, NoticeRow, values, ("key",)):
        return False
    event = Notified(
        subject=f"notice:{notice.key}",
        occurred_at=at,
        person_id=notice.person_id,
        code=notice.code,
        key=notice.key,
    )
    record(session, event, event_id)
    if mail:
        enqueue(session, MAIL, {"notice": str(notice_id)}, at, key=f"{MAIL}:{notice.key}")
    return True


def mark_read(session: Session, actor: Actor, notice_id: UUID, at: datetime) -> NoticeRow:
    """Note that a person opened a notice; later openings change nothing."""
    notice = notice_for(session, actor, notice_id)
    if notice.read_at is None:
        notice.read_at = at
    return notice


def mark_all_read(session: Session, actor: Actor, at: datetime) -> None:
    """Note that a person has seen all their notices."""
    unread = update(NoticeRow).where(NoticeRow.person_id == actor.person_id, NoticeRow.read_at.is_(None))
    session.execute(unread.values(read_at=at))


def mail_link(session: Session, issued: LinkIssued) -> None:
    """Enqueue the mail of a one-time link, where one was asked for."""
    if not issued.by_mail or issued.person_id is None or not issued.token:
        return
    code = NoticeCode.ACTIVATION if issued.purpose is LinkPurpose.ACTIVATION else NoticeCode.RESET
    payload = {"person": str(issued.person_id), "code": code, "token": issued.token, "id": str(uuid4())}
    enqueue(session, LINK_MAIL, payload, issued.occurred_at)


def tell_of_credentials(session: Session, changed: PasswordChanged | SecondFactorChanged) -> None:
    """Tell a person that how they sign in was changed."""
    if changed.person_id is not None:
        _tell(session, changed, changed.person_id, NoticeCode.CREDENTIALS_CHANGED)


def tell_of_reset(session: Session, reset: CredentialsReset) -> None:
    """Tell a person, and every auditor, that somebody else had the way to sign in reset."""
    if reset.person_id is None:
        return
    _tell(session, reset, reset.person_id, NoticeCode.CREDENTIALS_RESET)
    for auditor in holders_of(session, Role.AUDITOR, reset.occurred_at):
        if auditor != reset.person_id:
            link = f"/people/{reset.person_id}"
            _tell(session, reset, auditor, NoticeCode.RESET_WATCHED, link)


def mail_confirmation(session: Session, asked: MailChangeAsked) -> None:
    """Enqueue the mail that asks at the old address whether another one is right."""
    payload = {
        "person": str(asked.person_id), "change": str(asked.change_id), "token": asked.token, "id": str(uuid4()),
    }  # fmt: skip
    enqueue(session, CONFIRM_MAIL, payload, asked.occurred_at)


def tell_of_mail(session: Session, changed: MailChanged) -> None:
    """Tell a person that another address is registered now: in-app, and by mail to the old and the new."""
    if changed.person_id is None:
        return
    _tell(session, changed, changed.person_id, NoticeCode.MAIL_CHANGED)
    if changed.old_mail:
        on = firm_day(session, changed.occurred_at).isoformat()
        person, code = str(changed.person_id), NoticeCode.MAIL_CHANGED
        payload = {"person": person, "to": changed.old_mail, "code": code, "day": on, "id": str(uuid4())}
        enqueue(session, ADDRESS_MAIL, payload, changed.occurred_at)


def _tell(session: Session, happened: Event, to: UUID, code: NoticeCode, link: str = "/me/security") -> None:
    on = firm_day(session, happened.occurred_at).isoformat()
    about = "" if to == happened.person_id else f"{happened.person_id}:"
    key = f"credentials:{to}:{about}{happened.kind}:{happened.occurred_at.isoformat()}"
    notify(session, Notice(to, code, key, link, {"day": on}), happened.occurred_at)
