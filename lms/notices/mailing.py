"""Mails: composed in one transaction, handed to the mail server in none, noted in another.

Nobody waits for somebody else's server: on SQLite an open transaction would keep every writer out. A worker that
dies in between sends again, under the same Message-ID.
"""

import smtplib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime, parseaddr
from typing import Any
from urllib.parse import unquote, urlsplit
from uuid import UUID

from sqlalchemy.orm import Session

from lms.audit.events import record
from lms.core import clock
from lms.core.i18n import translate
from lms.core.settings import Settings
from lms.notices import wording
from lms.notices.delivery import Outside, Surroundings
from lms.notices.models import NoticeRow
from lms.notices.queries import params_of
from lms.notices.rules import MailSent, NoticeCode
from lms.people.credentials import LASTS
from lms.people.queries import addressee
from lms.people.rules import LinkPurpose

SMTP_TIMEOUT_SECONDS = 20


@dataclass(frozen=True)
class Letter:
    """A mail as it is sent, and what the log says of it afterwards."""

    mail: EmailMessage
    subject: str
    person_id: UUID


def notice_letter(session: Session, payload: Mapping[str, Any], around: Surroundings) -> Letter | None:
    """Write one notice in its reader's language, with one link. People without an address read it in-app."""
    notice = session.get(NoticeRow, UUID(payload["notice"]))
    if notice is None or not around.settings.smtp_url:
        return None
    to = addressee(session, notice.person_id)
    if not to.mail:
        return None
    language, params = to.language or around.settings.language, params_of(notice)
    title = translate(wording.title(notice.code, params), language)
    sentence = translate(wording.sentence(notice.code, params), language)
    link = f"{around.settings.base_url}{payload.get('link') or notice.link}"
    mail = compose(around.settings, to.mail, title, f"{sentence}\n\n{link}\n", str(notice.id), clock.now())
    return Letter(mail, f"notice:{notice.id}", notice.person_id)


def link_letter(session: Session, payload: Mapping[str, Any], around: Surroundings) -> Letter | None:
    """Write a one-time link to its owner's registered address."""
    person_id, code = UUID(payload["person"]), NoticeCode(payload["code"])
    to = addressee(session, person_id)
    if not to.mail or not around.settings.smtp_url:
        return None
    language = to.language or around.settings.language
    params = {
        "firm": {"zh": around.settings.firm_name_zh, "en": around.settings.firm_name_en},
        "days": LASTS[LinkPurpose.ACTIVATION].days,
    }
    title = translate(wording.title(code, params), language)
    sentence = translate(wording.sentence(code, params), language)
    link = f"{around.settings.base_url}/link/{payload['token']}"
    mail = compose(around.settings, to.mail, title, f"{sentence}\n\n{link}\n", payload["id"], clock.now())
    return Letter(mail, f"link:{payload['id']}", person_id)


def address_letter(session: Session, payload: Mapping[str, Any], around: Surroundings) -> Letter | None:
    """Tell an address that is registered no more why nothing else will come."""
    if not around.settings.smtp_url:
        return None
    person_id, code = UUID(payload["person"]), NoticeCode(payload["code"])
    language = addressee(session, person_id).language or around.settings.language
    title = translate(wording.title(code, payload), language)
    sentence = translate(wording.sentence(code, payload), language)
    mail = compose(around.settings, payload["to"], title, f"{sentence}\n", payload["id"], clock.now())
    return Letter(mail, f"address:{payload['id']}", person_id)


def compose(settings: Settings, to: str, title: str, text: str, key: str, at: datetime) -> EmailMessage:
    """Return a plain mail; its Message-ID is stable, so that a repeated delivery can be recognised."""
    mail = EmailMessage()
    mail["Subject"] = " ".join(title.split())
    mail["From"] = settings.mail_from
    mail["To"] = to
    mail["Date"] = format_datetime(at)
    mail["Message-ID"] = f"<{key}@{parseaddr(settings.mail_from)[1].rpartition('@')[2] or 'localhost'}>"
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(text)
    return mail


def hand_over(letter: Letter, around: Surroundings) -> None:
    """Hand a mail to the server of `smtp_url`: smtp://, smtp+starttls:// or smtps://, with user:password@.

    Raises OSError (smtplib's errors are such) when it is not taken.
    """
    url = urlsplit(around.settings.smtp_url)
    kind = smtplib.SMTP_SSL if url.scheme == "smtps" else smtplib.SMTP
    with kind(url.hostname or "127.0.0.1", url.port or 25, timeout=SMTP_TIMEOUT_SECONDS) as server:
        if url.scheme == "smtp+starttls":
            server.starttls()
        if url.username:
            server.login(unquote(url.username), unquote(url.password or ""))
        server.send_message(letter.mail)


def note_sent(session: Session, letter: Letter, _answer: None, at: datetime) -> str:
    """Record that the mail server took it."""
    sent = MailSent(
        subject=letter.subject,
        occurred_at=at,
        person_id=letter.person_id,
        message_id=letter.mail["Message-ID"],
    )
    record(session, sent)
    return ""


NOTICE_DELIVERY = Outside(notice_letter, hand_over, note_sent)
LINK_DELIVERY = Outside(link_letter, hand_over, note_sent)
ADDRESS_DELIVERY = Outside(address_letter, hand_over, note_sent)
