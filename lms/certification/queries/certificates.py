"""Certificates: what anybody who holds a number may learn, and what only the holder, HR and auditors may."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.audit.chain import Checkpoint
from lms.audit.queries import position_of, sealing_checkpoint
from lms.certification.models import Certificate, CertificatePdf
from lms.certification.queries.facts import facts_for
from lms.certification.queries.history import history_of
from lms.certification.rules import Closing, Issued, periods
from lms.certification.rules_numbers import tidied
from lms.certification.rules_verification import Outcome, Seen, masked, outcome_of, owner_of
from lms.core.access import Actor, Role
from lms.core.errors import NotFound
from lms.core.versions import snapshot
from lms.people.queries import person


@dataclass(frozen=True)
class Earned:
    """A text a certificate was earned on; `version` 0: it was met by no text of a version of its own."""

    need: str
    target: str
    title: Mapping[str, str]
    version: int


@dataclass(frozen=True)
class Verification:
    """What a certificate's number says to anybody. `valid_until` absent: it does not expire."""

    number: str
    outcome: Outcome
    holder: dict[str, str]
    programme: dict[str, str]
    issued_on: date
    valid_from: date
    valid_until: date | None
    earned_on: tuple[Earned, ...]


def earned_on(session: Session, row: Certificate) -> tuple[Earned, ...]:
    """Return the texts a certificate was earned on, in the versions of that day and by their titles of today."""
    texts = snapshot(session)
    return tuple(
        Earned(
            each["need"],
            each["target"],
            version.body["title"]
            if (version := texts.versions.get((each["need"], each["target"])))
            else {"zh": each["target"], "en": each["target"]},
            each["version"],
        )
        for each in json.loads(row.earned)
    )


def certificate_numbered(session: Session, number: str) -> Certificate:
    """Load a certificate by its number, however it was typed.

    Raises NotFound for a number that was never issued.
    """
    found = session.scalar(select(Certificate).where(Certificate.number == tidied(number)))
    if found is None:
        raise NotFound
    return found


def verification_of(session: Session, number: str, today: date) -> Verification:
    """Say what a certificate is worth today, without saying more of its holder than initials.

    Raises NotFound only for a number that was never issued.
    """
    row = certificate_numbered(session, number)
    later = select(Certificate.id).where(Certificate.supersedes_id == row.id)
    facts = facts_for(session, [row.person_id], [row.programme]).get((row.person_id, row.programme))
    earned = [each for each in periods(facts, today) if each.closed_reason is Closing.EARNED] if facts else []
    period = owner_of(earned, _issued(row))
    holder = person(session, row.person_id)
    seen = Seen(
        revoked=period is not None and period.revoked_on is not None,
        superseded=session.scalar(later) is not None,
        left=holder.left_on is not None and holder.left_on < today,
        valid_from=row.valid_from,
        valid_until=row.valid_until,
    )
    return Verification(
        number=row.number,
        outcome=outcome_of(seen, today),
        holder=masked(holder.name),
        programme=dict(history_of(session).programmes[row.programme].title),
        issued_on=row.issued_at.astimezone(session.info["zone"]).date(),
        valid_from=row.valid_from,
        valid_until=row.valid_until,
        earned_on=earned_on(session, row),
    )


def _issued(row: Certificate) -> Issued:
    return Issued(
        id=str(row.id),
        recorded_at=row.recorded_at,
        opened_on=row.valid_from,
        completed_on=row.completed_on,
        valid_from=row.valid_from,
        valid_until=row.valid_until,
    )


def certificate_for(session: Session, actor: Actor, number: str) -> Certificate:
    """Load a certificate for its holder, HR or an auditor.

    Raises NotFound for everybody else.
    """
    found = certificate_numbered(session, number)
    if actor.person_id != found.person_id and not actor.has(Role.HR, Role.AUDITOR):
        raise NotFound
    return found


def pdf_of(session: Session, certificate_id: UUID) -> bytes | None:
    """Return the kept bytes of a printed certificate, None while it is not printed."""
    return session.scalar(select(CertificatePdf.data).where(CertificatePdf.certificate_id == certificate_id))


def sealed_under(session: Session, event_id: UUID) -> Checkpoint | None:
    """Return the checkpoint that covers an event, None while the event waits to be sealed."""
    position = position_of(session, event_id)
    return None if position is None else sealing_checkpoint(session, position)


@dataclass(frozen=True)
class CertificateLine:
    """A certificate as lists show it."""

    number: str
    programme: str
    issued_at: datetime
    completed_on: date
    valid_from: date
    valid_until: date | None
    is_superseded: bool
    earned: tuple[dict[str, Any], ...]


def certificates_of(session: Session, person_id: UUID) -> list[CertificateLine]:
    """Return a person's certificates, newest first."""
    query = select(Certificate).where(Certificate.person_id == person_id)
    rows = list(session.scalars(query.order_by(Certificate.issued_at.desc(), Certificate.number)))
    superseded = {row.supersedes_id for row in rows}
    return [
        CertificateLine(
            row.number,
            row.programme,
            row.issued_at,
            row.completed_on,
            row.valid_from,
            row.valid_until,
            row.id in superseded,
            tuple(json.loads(row.earned)),
        )
        for row in rows
    ]


def may_have_pdf(session: Session, actor: Actor, number: str) -> bool:
    """Whether the actor may open the document of a certificate."""
    try:
        certificate_for(session, actor, number)
    except NotFound:
        return False
    return True
