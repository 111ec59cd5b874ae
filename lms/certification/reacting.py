"""What certification does when something happens elsewhere: the functions of the reaction table."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from lms.agreements.rules import AgreementSigned
from lms.approvals.rules import Approved
from lms.cases.rules import PlayFinished, PlayStarted
from lms.certification import actions
from lms.certification.actions.assignments import UNASSIGN
from lms.certification.actions.corrections import CORRECT, VOID
from lms.certification.actions.credits import CREDIT
from lms.certification.actions.decisions import ANNULMENT
from lms.certification.actions.hands import RULE, RULE_END
from lms.certification.models import StandingRow
from lms.certification.queries import history_of
from lms.certification.queries.hands import hand_rules
from lms.certification.rules import State
from lms.certification.rules_events import DecisionKind, RuleEnded, RuleMade
from lms.certification.rules_words import Need
from lms.core.versions import ContentPublished
from lms.courses.rules import LessonFinished, RunFinished
from lms.notices.actions import enqueue
from lms.notices.delivery import Surroundings
from lms.people.rules import EmploymentRecorded, RoleChanged, UnitChanged
from lms.quizzes.rules import AttemptStarted

REASSESS_ALL = "reassess-all"
# States in which a period is open, so that beginning something shows.
BEGINNING = (
    State.ASSIGNED, State.OVERDUE, State.RENEWAL_OPEN, State.GRACE, State.LAPSED, State.LONG_LAPSED,
    State.REVOKED,
)  # fmt: skip
NOT_BEGUN = select(StandingRow.programme).where(
    StandingRow.person_id == bindparam("whose"),
    StandingRow.state.in_(BEGINNING),
    StandingRow.overlays.not_like("%in_progress%"),
)


def on_employment(session: Session, happened: EmploymentRecorded) -> None:
    """Assess a person whose employment, unit or leave has changed."""
    assert happened.person_id is not None
    actions.reassess(session, happened.person_id, happened.occurred_at)


def on_role(session: Session, happened: RoleChanged) -> None:
    """Assess a person whose roles have changed, if any programme is assigned by role."""
    if "role" in _rule_kinds(session) and happened.person_id is not None:
        actions.reassess(session, happened.person_id, happened.occurred_at)


def on_unit(session: Session, happened: UnitChanged) -> None:
    """Assess everybody, later, when the tree has changed and any programme is assigned by unit."""
    if "unit" in _rule_kinds(session):
        assess_all_later(session, happened.occurred_at)


def on_rule(session: Session, happened: RuleMade | RuleEnded) -> None:
    """Assess everybody, later: a rule made by hand also asks of those who are still to come."""
    assess_all_later(session, happened.occurred_at)


def _rule_kinds(session: Session) -> frozenset[str]:
    """The kinds of rules by which anybody is assigned, those made by hand among them."""
    return history_of(session).rule_kinds | {each.kind.value for each in hand_rules(session)}


def on_signature(session: Session, happened: AgreementSigned) -> None:
    """Assess a person who has signed an agreement."""
    assert happened.person_id is not None
    actions.reassess(session, happened.person_id, happened.occurred_at)


def on_run(session: Session, happened: RunFinished) -> None:
    """Give the credit of a finished run."""
    actions.record_credit(session, happened)


def on_publication(session: Session, happened: ContentPublished) -> None:
    """Assess everybody, later, in batches."""
    assess_all_later(session, happened.occurred_at)


def on_lesson(session: Session, happened: LessonFinished) -> None:
    """Note that a course was begun."""
    _begun(session, happened.person_id, (Need.COURSE, happened.course), happened.occurred_at)


def on_attempt(session: Session, happened: AttemptStarted) -> None:
    """Note that a quiz or an examination was begun."""
    target = (Need(happened.quiz_kind.value), happened.quiz_id)
    _begun(session, happened.person_id, target, happened.occurred_at)


def _begun(session: Session, person_id: UUID | None, target: tuple[Need, str], at: datetime) -> None:
    """Assess a person who has begun what an open period asks for, unless it is known to be in progress."""
    if person_id is None or actions.awaits(session, person_id):
        return
    waiting = list(session.scalars(NOT_BEGUN, {"whose": person_id}))
    if not waiting:
        return
    programmes = history_of(session).programmes
    if any(name in programmes and target in programmes[name].targets for name in waiting):
        actions.reassess(session, person_id, at)


def on_play_started(session: Session, happened: PlayStarted) -> None:
    """Note that a case was begun."""
    _begun(session, happened.person_id, (Need.CASE, happened.case_id), happened.occurred_at)


def on_play(session: Session, happened: PlayFinished) -> None:
    """Give the credit of a case that was passed."""
    actions.record_case_credit(session, happened)


def on_approval(session: Session, approved: Approved) -> None:
    """Carry out what a second person has approved, if it is one of ours."""
    act = ACTS.get(approved.approval_kind)
    if act is not None:
        act(session, approved)


ACTS: Mapping[str, Callable[[Session, Approved], object]] = {
    CREDIT: actions.enter_credit,
    VOID: actions.void_approved,
    CORRECT: actions.correct,
    UNASSIGN: actions.unassign,
    RULE: actions.make_rule,
    RULE_END: actions.end_rule,
    ANNULMENT: actions.annul,
    actions.MIGRATIONS: actions.migrate,
    **{kind.value: actions.decide for kind in DecisionKind},
}


def assess_all_later(session: Session, at: datetime, after: str = "") -> None:
    """Enqueue the assessment of everybody, or of those after a person."""
    enqueue(session, REASSESS_ALL, {"after": after}, at)


def assess_all(session: Session, payload: Mapping[str, Any], _around: Surroundings, at: datetime) -> None:
    """Assess a batch of people and enqueue the next."""
    after = UUID(payload["after"]) if payload["after"] else None
    last = actions.reassess_after(session, after, at)
    if last is not None:
        assess_all_later(session, at, str(last))
