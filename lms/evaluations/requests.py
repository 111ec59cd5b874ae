"""What needs two people here, and what each would do now. Read-only: the acts are in `actions.py`."""

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from lms.approvals.rules import Kind, Preview
from lms.core.canonical import canonical_json, sha256_hex
from lms.core.errors import Message, message
from lms.evaluations import queries
from lms.evaluations.rules import as_document

SEAL, CORRECTION, OUTAGE = "evaluation-seal", "evaluation-correction", "evaluation-outage"


def _describe_seal(_session: Session, payload: Mapping[str, Any]) -> Message:
    return message("The figures of cycle “%(cycle)s” are to be sealed.", cycle=payload["cycle"])


def _preview_seal(session: Session, payload: Mapping[str, Any]) -> Preview:
    view = queries.cycle(session, payload["cycle"])
    _, found = queries.evaluated(session, view)
    documents = [as_document(found[each]) for each in sorted(found, key=str)]
    grades = [each.grade for each in found.values()]
    lines = [message("%(count)s people are evaluated.", count=len(found))]
    lines += [
        message("Grade %(grade)s: %(count)s.", grade=grade, count=grades.count(grade))
        for grade, _ in view.policy.bands
    ]
    if grades.count(None):
        lines.append(message("No grade, because nothing was owed: %(count)s.", count=grades.count(None)))
    return Preview(sha256_hex(canonical_json({"rows": documents, "state": view.state.value})), tuple(lines))


def _describe_correction(_session: Session, payload: Mapping[str, Any]) -> Message:
    return message("A figure sealed in cycle “%(cycle)s” is to be corrected.", cycle=payload["cycle"])


def _preview_correction(session: Session, payload: Mapping[str, Any]) -> Preview:
    person_id, cycle_id = UUID(payload["person"]), payload["cycle"]
    before = queries.current_document(session, cycle_id, person_id)
    after = as_document(queries.previews(session, queries.cycle(session, cycle_id), [person_id])[person_id])
    old, new = (before or {}), after
    line = message(
        "Total %(old)s, grade %(old_grade)s becomes total %(new)s, grade %(new_grade)s.",
        old=old.get("shown") or "–",
        old_grade=old.get("grade") or "–",
        new=new["shown"] or "–",
        new_grade=new["grade"] or "–",
    )
    return Preview(sha256_hex(canonical_json({"before": before, "after": after})), (line,))


def _describe_outage(_session: Session, payload: Mapping[str, Any]) -> Message:
    first, last = date.fromisoformat(payload["from_on"]), date.fromisoformat(payload["until_on"])
    return message(
        "The days from %(first)s through %(last)s are to count as an outage.", first=first, last=last
    )


def _preview_outage(session: Session, payload: Mapping[str, Any]) -> Preview:
    known = [[first.isoformat(), last.isoformat()] for first, last in queries.outages(session)]
    return Preview(
        sha256_hex(canonical_json({"known": known, **payload})), (message("Nobody is lowered by it."),)
    )


APPROVAL_KINDS: Mapping[str, Kind] = {
    SEAL: Kind(message("Seal an evaluation cycle"), _describe_seal, _preview_seal),
    CORRECTION: Kind(message("Correct a sealed evaluation"), _describe_correction, _preview_correction),
    OUTAGE: Kind(message("Declare an outage"), _describe_outage, _preview_outage),
}
