"""Remedies of faulty items: asked by one, approved by another, then every scored paper is judged again."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.approvals.actions import Request, ask
from lms.approvals.models import Approval
from lms.approvals.queries import open_about
from lms.approvals.rules import Approved
from lms.audit.events import record, recorded_at
from lms.core.access import Actor
from lms.core.errors import Conflict, Invalid, NotAllowed, NotFound, message
from lms.quizzes.documents import fraction_text, topics_text
from lms.quizzes.models import Attempt, ItemRemedy, ScoreChange, ScoreReview
from lms.quizzes.queries.regrading import (
    Foreseen,
    Proposal,
    changes_of,
    foresee,
    foresee_one,
    item_at,
    next_number,
    read_remedy,
    remedy_from,
)
from lms.quizzes.requests import REGRADE
from lms.quizzes.rules import QuizKind
from lms.quizzes.rules_remedies import AttemptRegraded, RemedyKind, RemedyMade, ScoreReviewed


@dataclass(frozen=True)
class RemedyAsked:
    """What an author asks: `accept` is the other answer as JSON, as responses are sent."""

    version_id: int
    kind: RemedyKind
    reason: str
    accept: str = ""


def ask_remedy(session: Session, asker_id: UUID, asked: RemedyAsked, at: datetime) -> Approval:
    """Put a remedy before a second person; whoever it would turn from failed to passed gains by it.

    Raises NotFound, Invalid, NotAllowed; Conflict while another remedy of the version waits.
    """
    accept = json.dumps(json.loads(asked.accept), sort_keys=True) if _is_json(asked.accept) else asked.accept
    remedy = remedy_from(session, asked.version_id, asked.kind, accept)
    item = item_at(session, asked.version_id).item
    subject = f"item:{item.id}:{asked.version_id}"
    if open_about(session, subject):
        raise Conflict(message("A second person has been asked about this already."))
    payload = {
        "item": item.id, "version": asked.version_id, "kind": asked.kind.value, "until": at.isoformat(),
        "accept": accept if asked.kind is RemedyKind.ACCEPT else "",
    }  # fmt: skip
    found = foresee(session, Proposal(asked.version_id, remedy), at)
    gaining = {each.attempt.person_id for each in found if _flips(each)}
    request = Request(REGRADE, subject, payload, asked.reason, gaining)
    return ask(session, asker_id, request, at)


def _is_json(text: str) -> bool:
    try:
        json.loads(text)
    except ValueError:
        return False
    return True


def _flips(each: Foreseen) -> bool:
    return each.regraded.after.passed and not each.regraded.before.passed


def carry_out_remedy(session: Session, approved: Approved) -> None:
    """Record an approved remedy and what it changes; open attempts are left alone until they are scored."""
    if approved.approval_kind != REGRADE:
        return
    given, event_id = approved.arguments, uuid4()
    row = ItemRemedy(
        id=uuid4(), item_id=given["item"], version_id=given["version"],
        number=next_number(session, given["version"]), kind=given["kind"], accept=given["accept"],
        reason=approved.reason or "", approval_id=approved.approval_id, recorded_at=recorded_at(session),
        event_id=event_id,
    )  # fmt: skip
    remedy = read_remedy(session, row)
    found = list(foresee(session, Proposal(row.version_id, remedy)))
    session.add(row)
    session.flush()
    event = RemedyMade(
        subject=f"item:{row.item_id}", occurred_at=approved.occurred_at, approval_id=approved.approval_id,
        reason=row.reason, item=row.item_id, version_id=row.version_id, remedy=RemedyKind(row.kind),
        accept=row.accept, remedy_id=row.id,
    )  # fmt: skip
    record(session, event, event_id)
    apply(session, found, row.id)


def regrade_on_scoring(session: Session, attempt: Attempt) -> None:
    """Judge a paper that was just scored under the remedies in force of its items."""
    found = foresee_one(session, attempt)
    if found is not None:
        apply(session, [found[0]], found[1])


def apply(session: Session, found: Iterable[Foreseen], remedy_id: UUID) -> None:
    """Add a change for each attempt, and let the better score count from now on."""
    listed = list(found)
    earlier = changes_of(session, [each.attempt.id for each in listed])
    for each in listed:
        _change(session, each, remedy_id, len(earlier.get(each.attempt.id, [])) + 1)


def _change(session: Session, each: Foreseen, remedy_id: UUID, number: int) -> None:
    attempt, result, event_id = each.attempt, each.regraded, uuid4()
    before, after = result.before, result.after
    row = ScoreChange(
        id=uuid4(), attempt_id=attempt.id, number=number, remedy_id=remedy_id,
        before_score=fraction_text(before.share), before_passed=before.passed,
        computed_score=fraction_text(result.computed.share), computed_passed=result.computed.passed,
        score=fraction_text(after.share), passed=after.passed, review=result.review,
        recorded_at=recorded_at(session), event_id=event_id,
    )  # fmt: skip
    session.add(row)
    attempt.score, attempt.passed = row.score, row.passed
    if result.raised:
        attempt.topics = topics_text(result.computed)
    session.flush()
    assert attempt.submitted_at is not None
    assert attempt.credited_on is not None
    event = AttemptRegraded(
        subject=f"attempt:{attempt.id}", occurred_at=attempt.submitted_at, person_id=attempt.person_id,
        version=str(attempt.version_id), attempt_id=attempt.id, quiz_kind=QuizKind(attempt.quiz_kind),
        quiz_id=attempt.quiz_id, run_id=attempt.run_id, passed=after.passed, was_passed=before.passed,
        score=row.score, was_score=row.before_score, review=result.review, credited_on=attempt.credited_on,
        remedy_id=remedy_id,
    )  # fmt: skip
    record(session, event, event_id)


def close_review(session: Session, actor: Actor, change_id: UUID, remark: str, at: datetime) -> ScoreReview:
    """Say what becomes of a pass that a remedy would have failed. Nothing is taken away by saying it.

    Raises NotFound, NotAllowed for one's own, Invalid without a remark, Conflict when it is closed already.
    """
    change = session.scalar(select(ScoreChange).where(ScoreChange.id == change_id).with_for_update())
    if change is None or not change.review:
        raise NotFound
    person_id = session.get_one(Attempt, change.attempt_id).person_id
    if person_id == actor.person_id:
        raise NotAllowed(message("This is your own attempt: somebody else must do this."))
    if not remark.strip():
        raise Invalid({"remark": message("Say what you found: it is kept with the record.")})
    if session.get(ScoreReview, change_id) is not None:
        raise Conflict(message("Somebody has looked at this already."))
    row = ScoreReview(
        change_id=change_id, remark=remark.strip(), reviewed_by_id=actor.person_id,
        recorded_at=recorded_at(session),
    )  # fmt: skip
    event = ScoreReviewed(
        subject=f"attempt:{change.attempt_id}", occurred_at=at, person_id=person_id, reason=row.remark,
        attempt_id=change.attempt_id, change_id=change_id,
    )  # fmt: skip
    row.event_id = record(session, event)
    session.add(row)
    session.flush()
    return row
