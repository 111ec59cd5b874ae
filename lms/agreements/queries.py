"""Reads of agreements: what is published, who has signed what, and the proof of a signature."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from lms.agreements.evidence import LogProof, SignatureRecord
from lms.agreements.models import Signature
from lms.agreements.rules import (
    AgreementText,
    SignatureFacts,
    SignatureLevel,
    Signed,
    signature_record,
)
from lms.audit import queries as audit
from lms.core import versions
from lms.core.access import Action, Actor
from lms.core.errors import NotFound
from lms.core.versions import ContentVersion, Snapshot, Version
from lms.people.models import Account, Identity
from lms.people.queries import person_for
from lms.people.rules import Name, name_of


@dataclass(frozen=True)
class Signer:
    """Whether a person may sign depends on the recorded name, and on when another reset the credentials."""

    name: Name
    credentials_reset_at: datetime | None


def agreement_in(snapshot: Snapshot, agreement_id: str) -> AgreementText:
    """Return a published agreement.

    Raises NotFound.
    """
    return snapshot.parsed(snapshot.get("agreement", agreement_id), agreement_from)


def agreement_from(version: Version) -> AgreementText:
    """Read an agreement from a published version."""
    body = version.body
    return AgreementText(
        version_id=version.id,
        version_sha256=version.sha256,
        id=version.content_id,
        title=body["title"],
        intent=body["intent"],
        html=body["html"],
    )


def agreement_at(session: Session, version_id: int) -> AgreementText:
    """Return an agreement as it was in a version, current or not.

    Raises NotFound.
    """
    found = versions.library(session).versions(session, [version_id])
    if version_id not in found:
        raise NotFound
    return agreement_from(found[version_id])


def signatures_of(session: Session, person_id: UUID, agreement_id: str | None = None) -> list[Signed]:
    """Return a person's signatures, newest first, under one agreement or all."""
    query = _signatures().where(Signature.person_id == person_id)
    if agreement_id is not None:
        query = query.where(Signature.agreement_id == agreement_id)
    return [_signed(row) for row in session.execute(query)]


def signatures_for(session: Session, actor: Actor, person_id: UUID) -> list[Signed]:
    """Return a person's signatures for one who may read their record.

    Raises NotFound for strangers.
    """
    person_for(session, actor, person_id, Action.READ_RECORD)
    return signatures_of(session, person_id)


def signatures_by(session: Session, people: Collection[UUID], agreements: Collection[str]) -> list[Signed]:
    """Return the signatures of several people under several agreements in one statement, newest first."""
    query = _signatures().where(Signature.person_id.in_(people), Signature.agreement_id.in_(agreements))
    return [_signed(row) for row in session.execute(query)]


def signature_counts(session: Session, agreements: Iterable[str]) -> dict[str, int]:
    """Return how many people have signed the newest published version of each of these agreements."""
    newest = (
        select(ContentVersion.content_id, func.max(ContentVersion.id).label("id"))
        .where(ContentVersion.kind == "agreement", ContentVersion.content_id.in_(sorted(agreements)))
        .group_by(ContentVersion.content_id)
        .subquery()
    )
    query = (
        select(newest.c.content_id, func.count())
        .join(Signature, Signature.version_id == newest.c.id)
        .group_by(newest.c.content_id)
        .order_by(newest.c.content_id)
    )
    return {agreement: int(count) for agreement, count in session.execute(query)}


def signer(session: Session, person_id: UUID) -> Signer:
    """Return what decides whether a person may sign.

    Raises NotFound.
    """
    query = (
        select(Identity.name_zh, Identity.name_en, Account.credentials_reset_at)
        .outerjoin(Account, Account.person_id == Identity.person_id)
        .where(Identity.person_id == person_id)
    )
    row = session.execute(query).one_or_none()
    if row is None:
        raise NotFound
    return Signer(name_of(row.name_zh, row.name_en), row.credentials_reset_at)


def signed_record(session: Session, signature: Signature) -> tuple[AgreementText, SignatureRecord]:
    """Return the text that was signed, in the version of that day, and the signature as its copy carries it."""
    text = agreement_at(session, signature.version_id)
    facts = SignatureFacts(
        person_id=signature.person_id,
        language=signature.language,
        typed_name=signature.typed_name,
        signed_at=signature.signed_at,
        signature_level=SignatureLevel(signature.signature_level),
    )
    return text, signature_record(text, facts)


def own_signature(session: Session, actor: Actor, agreement_id: str, version_id: int | None) -> Signature:
    """Load the actor's own signature under an agreement: of a version, or the newest.

    Raises NotFound.
    """
    query = select(Signature).where(
        Signature.person_id == actor.person_id, Signature.agreement_id == agreement_id
    )
    if version_id is not None:
        query = query.where(Signature.version_id == version_id)
    found = session.scalar(query.order_by(Signature.signed_at.desc()).limit(1))
    if found is None:
        raise NotFound
    return found


def proof_of(session: Session, event_id: UUID) -> LogProof | None:
    """Return where the event of a signature stands in the sealed log; None while it is not sealed yet."""
    found = audit.inclusion_of(session, event_id)
    if found is None:
        return None
    return LogProof(
        entry=found.entry,
        body=found.body,
        position=found.position,
        path=found.path,
        checkpoint=found.checkpoint,
    )


def _signatures() -> Select[*tuple[Any, ...]]:
    s = Signature
    columns = (s.id, s.person_id, s.agreement_id, s.version_id, s.language, s.signed_at, s.signed_on)
    return select(*columns).order_by(s.signed_at.desc(), s.id)


def _signed(row: Any) -> Signed:
    return Signed(*row)
