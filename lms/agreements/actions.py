"""Sign an agreement: the exact text shown, by a person who has just proven who they are."""

from dataclasses import dataclass
from datetime import datetime
from uuid import uuid4

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.agreements.models import Signature
from lms.agreements.queries import agreement_in, signer
from lms.agreements.rules import (
    AgreementSigned,
    AgreementText,
    SignatureFacts,
    SignatureLevel,
    name_problem,
    signature_record,
)
from lms.audit.events import record, recorded_at
from lms.core.access import Actor
from lms.core.db import insert_new
from lms.core.errors import Conflict, Invalid, NotAllowed, message
from lms.core.versions import snapshot
from lms.people.credentials import barred_until, is_fresh
from lms.people.queries import firm_day


@dataclass(frozen=True)
class Signing:
    """What the form brings: which text was shown in which language, by its hash, and the name typed."""

    agreement_id: str
    language: str
    shown_sha256: str
    typed_name: str


class ProofNeeded(NotAllowed):
    """The signer must first prove again who they are; the password page leads back."""


def sign(session: Session, actor: Actor, signing: Signing, at: datetime) -> Signature:
    """Sign the current version; signing it a second time returns the first signature.

    Raises NotFound, ProofNeeded when the last proof is older than five minutes, Conflict when the text is
    not the one shown, NotAllowed within 72 hours of a reset by somebody else, Invalid for another name.
    """
    text = agreement_in(snapshot(session), signing.agreement_id)
    if not is_fresh(actor.authenticated_at, at):
        raise ProofNeeded(message("Show that it is you before you sign."))
    if signing.language not in text.html or text.sha256(signing.language) != signing.shown_sha256:
        raise Conflict(message("The text has changed since you opened it. Read it again before you sign."))
    _refuse_signer(session, actor, signing, at)
    facts = SignatureFacts(
        person_id=actor.person_id,
        language=signing.language,
        typed_name=signing.typed_name.strip(),
        signed_at=at,
        signature_level=SignatureLevel.RE_AUTHENTICATED,
    )
    return _store(session, text, facts)


def _refuse_signer(session: Session, actor: Actor, signing: Signing, at: datetime) -> None:
    who = signer(session, actor.person_id)
    if barred_until(who.credentials_reset_at, at):
        raise NotAllowed(
            message("Somebody else reset your way of signing in. You can sign 72 hours after that.")
        )
    if problem := name_problem(signing.typed_name, who.name):
        raise Invalid({"typed_name": problem})


def _store(session: Session, text: AgreementText, facts: SignatureFacts) -> Signature:
    signature_id, event_id = uuid4(), uuid4()
    on, signature = firm_day(session, facts.signed_at), signature_record(text, facts)
    values = {
        "id": signature_id, "person_id": facts.person_id, "agreement_id": text.id, "version_id": text.version_id,
        "language": facts.language, "html_sha256": text.sha256(facts.language), "zh_sha256": text.sha256("zh"),
        "en_sha256": text.sha256("en"), "typed_name": facts.typed_name, "signed_at": facts.signed_at,
        "signed_on": on, "signature_level": facts.signature_level, "recorded_at": recorded_at(session),
        "event_id": event_id,
    }  # fmt: skip
    if insert_new(session, Signature, values, ("person_id", "version_id")):
        happened = AgreementSigned(
            subject=f"signature:{signature_id}", occurred_at=facts.signed_at, person_id=facts.person_id,
            version=text.version_sha256, agreement_id=text.id, version_id=text.version_id, signed_on=on,
            language=facts.language, signature=signature,
        )  # fmt: skip
        record(session, happened, event_id)
    stored = select(Signature).where(
        Signature.person_id == facts.person_id, Signature.version_id == text.version_id
    )
    return session.scalars(stored).one()
