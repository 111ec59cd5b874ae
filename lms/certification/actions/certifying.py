"""Certificates: one an earned period, and a new one where its validity grows."""

import json
import secrets
from collections.abc import Sequence
from datetime import date
from uuid import UUID, uuid4

from sqlalchemy.orm import Session

from lms.certification.actions.saving import Assessment
from lms.certification.models import Certificate
from lms.certification.queries.facts import Dossier, Printed
from lms.certification.rules import Closing, Issued, Period
from lms.certification.rules_events import CertificateIssued, Certified
from lms.certification.rules_numbers import number_of
from lms.certification.rules_verification import owner_of
from lms.certification.rules_words import Need
from lms.certification.texts import ProgrammeText
from lms.core.dates import FOREVER
from lms.notices.actions import enqueue

PRINT = "certificate"
NUMBER_BYTES = 20


def keep_certificates(
    assessment: Assessment,
    dossier: Dossier,
    text: ProgrammeText,
    found: Sequence[Period],
    ids: dict[int, UUID],
) -> str:
    """Issue what the earned periods ask for; return the number of the certificate that shows the standing."""
    earned = [each for each in found if each.closed_reason is Closing.EARNED and each.valid_from is not None]
    printed = dossier.printed[text.id] if earned or text.id in dossier.printed else []
    number = ""
    for period in earned:
        mine = _in_force_last([each for each in printed if owner_of(earned, each.issued) is period])
        if period.revoked_on is None and period.valid_days and _asks(period, mine):
            mine.append(_issue(assessment, dossier, text, period, ids[period.n], mine))
        if mine:
            number = mine[-1].number
    return number


def _in_force_last(mine: list[Printed]) -> list[Printed]:
    """Order the certificates of a period so that the last is the one nothing supersedes.

    A correction can make the newest the one completed earliest, so neither day says which it is.
    """
    superseded = {each.supersedes_id for each in mine}
    return sorted(mine, key=lambda each: (each.id not in superseded, each.issued.recorded_at))


def _asks(period: Period, mine: Sequence[Printed]) -> bool:
    """Whether a period has no certificate yet, or one whose validity has grown since."""
    if not mine:
        return True
    last = mine[-1].issued
    assert period.valid_from is not None
    grown = (period.valid_until or FOREVER) > (last.valid_until or FOREVER)
    return grown or period.valid_from < last.valid_from


def _issue(
    assessment: Assessment,
    dossier: Dossier,
    text: ProgrammeText,
    period: Period,
    period_id: UUID,
    mine: Sequence[Printed],
) -> Printed:
    saving, supersedes = assessment.saving, mine[-1].id if mine else None
    completed_on, valid_from = period.completed_on, period.valid_from
    assert completed_on is not None
    assert valid_from is not None
    certificate_id, event_id = uuid4(), uuid4()
    number = number_of(secrets.token_bytes(NUMBER_BYTES))
    saving.add(
        Certificate,
        id=certificate_id,
        number=number,
        person_id=dossier.person_id,
        programme=text.id,
        period_id=period_id,
        issued_at=saving.at,
        completed_on=completed_on,
        valid_from=valid_from,
        valid_until=period.valid_until,
        supersedes_id=supersedes,
        earned=json.dumps(_earned(dossier, period), sort_keys=True),
        recorded_at=saving.recorded_at,
        event_id=event_id,
    )
    _tell(assessment, dossier.person_id, text.id, period, (certificate_id, event_id, supersedes))
    issued = Issued(
        id=str(certificate_id),
        recorded_at=saving.recorded_at,
        opened_on=period.opened_on,
        completed_on=completed_on,
        valid_from=valid_from,
        valid_until=period.valid_until,
    )
    printed = Printed(certificate_id, number, period_id, issued, supersedes)
    dossier.printed[text.id].append(printed)
    return printed


def _tell(
    assessment: Assessment,
    person_id: UUID,
    programme: str,
    period: Period,
    ids: tuple[UUID, UUID, UUID | None],
) -> None:
    certificate_id, event_id, supersedes = ids
    saving = assessment.saving
    completed_on, valid_from = period.completed_on, period.valid_from
    assert completed_on is not None
    assert valid_from is not None
    if supersedes is None:
        saving.happened(
            Certified(
                subject=f"period:{programme}:{period.n}",
                occurred_at=saving.at,
                person_id=person_id,
                version=period.version,
                programme=programme,
                n=period.n,
                completed_on=completed_on,
                valid_from=valid_from,
                valid_until=period.valid_until,
            )
        )
    saving.happened(
        CertificateIssued(
            subject=f"certificate:{certificate_id}",
            occurred_at=saving.at,
            person_id=person_id,
            version=period.version,
            programme=programme,
            valid_from=valid_from,
            valid_until=period.valid_until,
            supersedes_id=supersedes,
        ),
        event_id,
    )
    saving.later.append(lambda session: _ask_to_print(session, certificate_id, assessment))


def _ask_to_print(session: Session, certificate_id: UUID, assessment: Assessment) -> None:
    payload = {"certificate": str(certificate_id)}
    enqueue(session, PRINT, payload, assessment.saving.at, key=f"{PRINT}:{certificate_id}")


def _earned(dossier: Dossier, period: Period) -> list[dict[str, object]]:
    """What it was earned on: each requirement with the day and the material version seen or signed."""
    by_id = {each.id: each for each in dossier.credits}
    found: list[dict[str, object]] = []
    for counted in period.requirements:
        requirement = counted.requirement
        versions = [by_id[each].version for each in counted.credits if each in by_id]
        day: date | None = counted.met_on
        versions += [
            each.version
            for each in dossier.signatures
            if requirement.need is Need.AGREEMENT
            and each.agreement == requirement.target
            and day is not None
            and each.occurred_on <= day
        ]
        found.append(
            {
                "need": requirement.need.value,
                "target": requirement.target,
                "met_on": day.isoformat() if day else None,
                "version": max(versions, default=0),
            }
        )
    return found
