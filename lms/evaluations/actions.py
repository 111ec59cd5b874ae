"""Open a cycle, seal it by two people, add corrections, declare outages."""

from datetime import date, datetime
from uuid import UUID, uuid4

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.approvals.actions import Request, ask
from lms.approvals.models import Approval
from lms.approvals.rules import Approved
from lms.audit.events import record, recorded_at
from lms.core import versions
from lms.core.canonical import canonical_json, sha256_hex
from lms.core.errors import Conflict, Invalid, NotFound, message
from lms.evaluations import queries
from lms.evaluations.models import Correction, CycleRow, Outage, SealedEvaluation, SealRow
from lms.evaluations.queries import CycleView
from lms.evaluations.requests import CORRECTION, OUTAGE, SEAL
from lms.evaluations.rules import (
    CycleOpened,
    CycleSealed,
    CycleState,
    EvaluationCorrected,
    OutageDeclared,
    PersonFacts,
    as_document,
)
from lms.people.models import PersonNow
from lms.people.queries import firm_day


def open_cycle(session: Session, cycle_id: str, starts_on: date, ends_on: date, at: datetime) -> CycleRow:
    """Open a cycle under the policy published now.

    Raises Invalid for days out of order or overlapping another cycle's, Conflict for an id in use.
    """
    policy = versions.snapshot(session).find("policy", "evaluation")
    if policy is None:
        raise Invalid({"cycle": message("Publish policies/evaluation.yml first: a cycle needs its formula.")})
    _check_days(session, cycle_id, starts_on, ends_on)
    opened = CycleOpened(
        subject=f"cycle:{cycle_id}",
        occurred_at=at,
        starts_on=starts_on,
        ends_on=ends_on,
        policy_version=f"evaluation/{policy.number}",
    )
    row = CycleRow(
        id=cycle_id,
        starts_on=starts_on,
        ends_on=ends_on,
        policy_id=policy.id,
        opened_at=at,
        event_id=record(session, opened),
    )
    session.add(row)
    session.flush()
    return row


def _check_days(session: Session, cycle_id: str, starts_on: date, ends_on: date) -> None:
    if not cycle_id or not cycle_id.replace("-", "").isalnum() or len(cycle_id) > 40:
        raise Invalid(
            {"cycle": message("Name the cycle with letters, figures and hyphens, like 2026 or 2026-H2.")}
        )
    if ends_on < starts_on:
        raise Invalid({"ends_on": message("The last day lies before the first.")})
    if session.get(CycleRow, cycle_id) is not None:
        raise Conflict(message("There is a cycle “%(cycle)s” already.", cycle=cycle_id))
    overlapping = (
        select(CycleRow.id).where(CycleRow.starts_on <= ends_on, CycleRow.ends_on >= starts_on).limit(1)
    )
    if other := session.scalar(overlapping):
        raise Invalid({"starts_on": message("These days overlap cycle “%(cycle)s”.", cycle=other)})


def ask_seal(session: Session, asker_id: UUID, cycle_id: str, reason: str, at: datetime) -> Approval:
    """Ask a second person to seal a cycle that is over.

    Raises NotFound, Conflict when it is sealed or not over, Invalid without a reason.
    """
    view = queries.cycle(session, cycle_id)
    _check_sealable(session, view)
    return ask(session, asker_id, Request(SEAL, f"cycle:{cycle_id}", {"cycle": cycle_id}, reason), at)


def ask_correction(
    session: Session, asker_id: UUID, whose: tuple[str, UUID], reason: str, at: datetime
) -> Approval:
    """Ask a second person to add what a person's sealed figures in a cycle should have been.

    Raises NotFound, Conflict when nothing differs, Invalid without a reason.
    """
    cycle_id, person_id = whose
    _corrected(session, queries.cycle(session, cycle_id), person_id)
    arguments = {"cycle": cycle_id, "person": str(person_id)}
    return ask(
        session, asker_id, Request(CORRECTION, f"cycle:{cycle_id}", arguments, reason, (person_id,)), at
    )


def ask_outage(
    session: Session, asker_id: UUID, days: tuple[date, date], reason: str, at: datetime
) -> Approval:
    """Ask a second person to declare days on which the system could not be used, both inclusive.

    Raises Invalid naming the fields.
    """
    first, last = days
    if last < first:
        raise Invalid({"until_on": message("The last day lies before the first.")})
    if last > firm_day(session, at):
        raise Invalid({"until_on": message("Only days that have passed can be declared.")})
    arguments = {"from_on": first.isoformat(), "until_on": last.isoformat()}
    return ask(session, asker_id, Request(OUTAGE, f"outage:{first}", arguments, reason), at)


def _check_sealable(session: Session, view: CycleView) -> None:
    if view.state is CycleState.SEALED:
        raise Conflict(message("This cycle is sealed already."))
    if not queries.is_over(session, view):
        raise Conflict(message("This cycle is not over: its last day is %(day)s.", day=view.cycle.ends_on))


def seal_cycle(session: Session, approved: Approved) -> None:
    """Store the figures of everybody in the cycle for good, once a second person has approved.

    Raises Conflict when the cycle is sealed already, or not over yet.
    """
    view = queries.cycle(session, approved.arguments["cycle"], lock=True)
    _check_sealable(session, view)
    facts, found = queries.evaluated(session, view)
    documents = {each: as_document(evaluation) for each, evaluation in found.items()}
    digest = sha256_hex(canonical_json([documents[each] for each in sorted(documents, key=str)]))
    sealed = CycleSealed(
        subject=f"cycle:{view.cycle.id}",
        occurred_at=approved.occurred_at,
        sha256=digest,
        people=len(documents),
        approval_id=approved.approval_id,
        policy_version=f"evaluation/{view.policy.version}",
        reason=approved.reason,
    )
    session.add(
        SealRow(
            cycle_id=view.cycle.id,
            sha256=digest,
            sealed_at=approved.occurred_at,
            known_at=recorded_at(session),
            asked_by_id=approved.asked_by,
            approved_by_id=approved.approved_by,
            approval_id=approved.approval_id,
            event_id=record(session, sealed),
        )
    )
    session.flush()
    units = {
        row.person_id: row.unit_id for row in session.execute(select(PersonNow.person_id, PersonNow.unit_id))
    }
    session.add_all(
        SealedEvaluation(
            cycle_id=view.cycle.id,
            person_id=each,
            unit_id=units.get(each),
            document=canonical_json(document).decode(),
            inputs=canonical_json(_inputs(facts[each])).decode(),
        )
        for each, document in documents.items()
    )
    session.flush()


def _inputs(facts: PersonFacts) -> dict[str, object]:
    return {
        "standings": [
            [
                s.programme,
                s.kind,
                s.state,
                sorted(s.overlays),
                s.from_on.isoformat(),
                s.until_on and s.until_on.isoformat(),
            ]
            for s in facts.standings
        ],
        "assessed": [
            [a.attempt_id, a.target, a.on.isoformat(), str(a.score), str(a.cut_score)] for a in facts.assessed
        ],
        "outages": [[first.isoformat(), last.isoformat()] for first, last in facts.outages],
    }


def correct(session: Session, approved: Approved) -> None:
    """Add what a person's sealed figures should have been, by what is known now.

    Raises NotFound for a person the seal does not hold, Conflict when nothing differs.
    """
    view, person_id = queries.cycle(session, approved.arguments["cycle"]), UUID(approved.arguments["person"])
    document = _corrected(session, view, person_id)
    number = queries.next_correction(session, view.cycle.id, person_id)
    happened = EvaluationCorrected(
        subject=f"cycle:{view.cycle.id}",
        occurred_at=approved.occurred_at,
        person_id=person_id,
        cycle=view.cycle.id,
        number=number,
        approval_id=approved.approval_id,
        reason=approved.reason,
    )
    session.add(
        Correction(
            cycle_id=view.cycle.id,
            person_id=person_id,
            number=number,
            document=canonical_json(document).decode(),
            reason=approved.reason or "",
            corrected_at=approved.occurred_at,
            approval_id=approved.approval_id,
            event_id=record(session, happened),
        )
    )
    session.flush()


def _corrected(session: Session, view: CycleView, person_id: UUID) -> dict[str, object]:
    if view.state is not CycleState.SEALED:
        raise Conflict(message("The cycle is not sealed: its figures still follow the facts by themselves."))
    before = queries.current_document(session, view.cycle.id, person_id)
    if before is None:
        raise NotFound
    document = as_document(queries.previews(session, view, [person_id])[person_id])
    if canonical_json(document) == canonical_json(before):
        raise Conflict(
            message("By what is known now the figures are what was sealed: there is nothing to correct.")
        )
    return document


def declare_outage(session: Session, approved: Approved) -> None:
    """Note days on which the system could not be used; they count for nobody in cycles not yet sealed."""
    first, last = (date.fromisoformat(approved.arguments[name]) for name in ("from_on", "until_on"))
    happened = OutageDeclared(
        subject=f"outage:{first}",
        occurred_at=approved.occurred_at,
        from_on=first,
        until_on=last,
        approval_id=approved.approval_id,
        reason=approved.reason,
    )
    session.add(
        Outage(
            id=uuid4(),
            from_on=first,
            until_on=last,
            reason=approved.reason or "",
            approval_id=approved.approval_id,
            recorded_at=recorded_at(session),
            event_id=record(session, happened),
        )
    )
    session.flush()


def carry_out(session: Session, approved: Approved) -> None:
    """Do what a second person approved, where it is ours."""
    acts = {SEAL: seal_cycle, CORRECTION: correct, OUTAGE: declare_outage}
    if approved.approval_kind in acts:
        acts[approved.approval_kind](session, approved)
