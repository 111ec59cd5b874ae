"""Certificates as PDF: built once, when the event of their issue is sealed, and kept."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from lms.audit.chain import Anchor, Checkpoint
from lms.certification.actions.certifying import PRINT
from lms.certification.documents import CertificateData, EarnedOn, certificate_pdf
from lms.certification.models import Certificate, CertificatePdf
from lms.certification.queries.certificates import earned_on, pdf_of, sealed_under
from lms.certification.queries.history import history_of
from lms.core.canonical import sha256_hex
from lms.core.db import insert_new
from lms.core.settings import Settings
from lms.notices.actions import enqueue
from lms.notices.delivery import Surroundings
from lms.people.queries import names

PAUSE = timedelta(seconds=2)


def print_certificate(
    session: Session, payload: Mapping[str, Any], around: Surroundings, at: datetime
) -> None:
    """Build the PDF of a certificate, or look again soon while its event waits to be sealed."""
    certificate = session.get(Certificate, UUID(payload["certificate"]))
    if certificate is not None and not keep_pdf(session, certificate, around.settings, at):
        enqueue(session, PRINT, payload, at + PAUSE)


def keep_pdf(session: Session, certificate: Certificate, settings: Settings, at: datetime) -> bool:
    """Build and keep the PDF unless it is kept already; return False while it cannot be built yet."""
    if pdf_of(session, certificate.id) is not None:
        return True
    checkpoint = sealed_under(session, certificate.event_id)
    if checkpoint is None:
        return False
    data = certificate_pdf(data_of(session, certificate, checkpoint, settings))
    values = {"certificate_id": certificate.id, "sha256": sha256_hex(data), "data": data, "made_at": at}
    insert_new(session, CertificatePdf, values, ("certificate_id",))
    return True


def data_of(
    session: Session, certificate: Certificate, checkpoint: Checkpoint, settings: Settings
) -> CertificateData:
    """Return what is printed: names as they are now, dates and versions as they were issued."""
    name = names(session, [certificate.person_id])[certificate.person_id]
    title = history_of(session).programmes[certificate.programme].title
    zone = settings.zone
    return CertificateData(
        number=certificate.number,
        holder_zh=name["zh"] or None,
        holder_en=name["en"] if name["en"] != name["zh"] else None,
        programme_zh=title["zh"],
        programme_en=title["en"],
        issuer_zh=settings.firm_name_zh,
        issuer_en=settings.firm_name_en,
        issued_on=certificate.issued_at.astimezone(zone).date(),
        valid_from=certificate.valid_from,
        valid_until=certificate.valid_until,
        earned_on=tuple(
            EarnedOn(title=each.title["zh"], version=f"v{each.version}" if each.version else "")
            for each in earned_on(session, certificate)
        ),
        verification_url=f"{settings.base_url}/certificates/{certificate.number}",
        checkpoint=Anchor(checkpoint.size, checkpoint.root),
        sealed_at=checkpoint.sealed_at,
    )
