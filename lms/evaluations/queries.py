"""Reads of cycles and evaluations: previews are computed from facts, sealed ones read as they were stored.

Facts come in one statement a kind, whatever the number of people.
"""

import json
from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime
from fractions import Fraction
from typing import Any, cast
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lms.audit.events import recorded_at
from lms.certification.queries import standing_days
from lms.core import versions
from lms.core.access import Action, Actor, Relation, may, reach
from lms.core.errors import NotFound
from lms.core.versions import Version
from lms.evaluations.models import Correction, CycleRow, Outage, SealedEvaluation, SealRow
from lms.evaluations.rules import (
    Assessed,
    Component,
    Cycle,
    CycleState,
    Evaluation,
    PersonFacts,
    Policy,
    StandingDays,
    evaluate,
)
from lms.people.employment import fold
from lms.people.models import PersonNow
from lms.people.queries import facts_of, firm_day, person
from lms.quizzes.queries.firsts import first_attempts


@dataclass(frozen=True)
class CycleView:
    """A cycle with its policy and, once sealed, its seal."""

    cycle: Cycle
    policy: Policy
    policy_version: Version
    opened_at: datetime
    seal: SealRow | None

    @property
    def state(self) -> CycleState:
        """Whether figures are still previews."""
        return CycleState.SEALED if self.seal else CycleState.OPEN


def policy_of(version: Version) -> Policy:
    """Return the formula that a published policy states."""
    body = version.body
    gate = body.get("gate") or {}
    return Policy(
        version=version.number,
        bands=tuple((band["grade"], int(band["least"])) for band in body["bands"]),
        weights={Component(name): int(weight) for name, weight in body["weights"].items()},
        standing_credit={state: Fraction(credit) for state, credit in body["standing_credit"].items()},
        cut_score_points=int(body["assessment_scale"]["cut_score"]),
        full_marks_points=int(body["assessment_scale"]["full_marks"]),
        gate_kinds=frozenset(gate.get("kinds", ())),
        gate_states=frozenset(gate.get("states", ())),
        gate_cap=gate.get("cap", ""),
    )


def cycles(session: Session) -> list[CycleView]:
    """Return all cycles, newest first."""
    query = select(CycleRow, SealRow).outerjoin(SealRow, SealRow.cycle_id == CycleRow.id)
    rows = session.execute(query.order_by(CycleRow.starts_on.desc(), CycleRow.id)).all()
    policies = versions.library(session).versions(session, {row.policy_id for row, _ in rows})
    return [_view(row, seal, policies[row.policy_id]) for row, seal in rows]


def cycle(session: Session, cycle_id: str, *, lock: bool = False) -> CycleView:
    """Return one cycle; locked, it can be sealed by one transaction alone.

    Raises NotFound.
    """
    if lock:
        session.execute(select(CycleRow.id).where(CycleRow.id == cycle_id).with_for_update())
    query = select(CycleRow, SealRow).outerjoin(SealRow, SealRow.cycle_id == CycleRow.id)
    found = session.execute(query.where(CycleRow.id == cycle_id)).one_or_none()
    if found is None:
        raise NotFound
    row, seal = found
    return _view(row, seal, versions.library(session).versions(session, {row.policy_id})[row.policy_id])


def _view(row: CycleRow, seal: SealRow | None, policy: Version) -> CycleView:
    days = Cycle(row.id, row.starts_on, row.ends_on)
    return CycleView(days, policy_of(policy), policy, row.opened_at, seal)


def outages(session: Session) -> tuple[Any, ...]:
    """Return the declared outages as pairs of inclusive days."""
    rows = session.execute(select(Outage.from_on, Outage.until_on).order_by(Outage.from_on, Outage.id))
    return tuple((row.from_on, row.until_on) for row in rows)


def counted(session: Session, view: CycleView) -> Cycle:
    """Return the days of a cycle that count by now: nobody is measured by a day that has not come."""
    today = firm_day(session, recorded_at(session))
    return replace(view.cycle, ends_on=min(view.cycle.ends_on, today))


def is_over(session: Session, view: CycleView) -> bool:
    """Whether the last day of a cycle has passed."""
    return view.cycle.ends_on < firm_day(session, recorded_at(session))


def facts_for(
    session: Session, view: CycleView, people: Collection[UUID], known_at: datetime | None = None
) -> dict[UUID, PersonFacts]:
    """Return what each person's evaluation rests on, in four statements."""
    standings: dict[UUID, list[StandingDays]] = defaultdict(list)
    last_on = counted(session, view).ends_on
    for each in standing_days(session, people, view.cycle.starts_on, last_on, known_at):
        days = StandingDays(each.programme, each.kind, each.state, each.overlays, each.from_on, each.until_on)
        standings[each.person_id].append(days)
    assessed: dict[UUID, list[Assessed]] = defaultdict(list)
    for first in first_attempts(session, people, "examination", view.cycle.starts_on, last_on):
        assessed[first.person_id].append(
            Assessed(str(first.attempt_id), first.quiz_id, first.credited_on, first.score, first.cut_score)
        )
    out = outages(session)
    return {each: PersonFacts(each, tuple(standings[each]), tuple(assessed[each]), out) for each in people}


def previews(session: Session, view: CycleView, people: Collection[UUID]) -> dict[UUID, Evaluation]:
    """Evaluate people by what is known now."""
    facts, days = facts_for(session, view, people), counted(session, view)
    return {each: evaluate(view.policy, facts[each], days) for each in people}


def people_of(session: Session, view: CycleView, people: Collection[UUID] | None = None) -> list[UUID]:
    """Return who, of some people or all, was employed on some day of a cycle, by id.

    Read from the facts: who left in the cycle and came back after it counts, too.
    """
    first, last = view.cycle.starts_on, view.cycle.ends_on
    found = []
    for person_id, facts in facts_of(session, people).items():
        days = (spell.interval for spell in fold(facts).spells)
        if any(each.from_on <= last and (each.until_on is None or each.until_on >= first) for each in days):
            found.append(person_id)
    return sorted(found, key=str)


def people_within(session: Session, actor: Actor, view: CycleView) -> list[UUID]:
    """Return whose evaluations the actor may read, of those the cycle covers."""
    widest = reach(actor, Action.READ_EVALUATION)
    if widest is Relation.ANY:
        return people_of(session, view)
    if widest is Relation.MANAGED:
        query = select(PersonNow.person_id).where(PersonNow.unit_id.in_(actor.units))
        return people_of(session, view, set(session.scalars(query)) - {actor.person_id})
    return people_of(session, view, [actor.person_id])


def may_read(session: Session, actor: Actor, person_id: UUID) -> None:
    """Pass those who may read a person's evaluation.

    Raises NotFound for everybody else.
    """
    found = person(session, person_id)
    if not may(actor, Action.READ_EVALUATION, person_id, found.unit_id):
        raise NotFound


def sealed_document(session: Session, cycle_id: str, person_id: UUID) -> dict[str, Any] | None:
    """Return a person's sealed figures, None when the cycle covers them not."""
    found = session.get(SealedEvaluation, (cycle_id, person_id))
    return cast(dict[str, Any], json.loads(found.document)) if found else None


def sealed_documents(session: Session, cycle_id: str, people: Collection[UUID]) -> dict[UUID, dict[str, Any]]:
    """Return the sealed figures of people, in one statement."""
    s = SealedEvaluation
    query = select(s.person_id, s.document).where(s.cycle_id == cycle_id, s.person_id.in_(people))
    return {row.person_id: json.loads(row.document) for row in session.execute(query.order_by(s.person_id))}


def corrections_of(session: Session, cycle_id: str, people: Collection[UUID]) -> dict[UUID, list[Correction]]:
    """Return the corrections of people in a cycle, oldest first, in one statement."""
    query = select(Correction).where(Correction.cycle_id == cycle_id, Correction.person_id.in_(people))
    found: dict[UUID, list[Correction]] = defaultdict(list)
    for row in session.scalars(query.order_by(Correction.person_id, Correction.number)):
        found[row.person_id].append(row)
    return found


def next_correction(session: Session, cycle_id: str, person_id: UUID) -> int:
    """Return the number that the next correction of a person carries."""
    query = select(func.max(Correction.number)).where(
        Correction.cycle_id == cycle_id, Correction.person_id == person_id
    )
    return (session.scalar(query) or 0) + 1


def document_of(correction: Correction) -> dict[str, Any]:
    """Return the figures that a correction states."""
    return cast(dict[str, Any], json.loads(correction.document))


def current_document(session: Session, cycle_id: str, person_id: UUID) -> dict[str, Any] | None:
    """Return a person's figures as they stand: the last correction, or what was sealed."""
    corrections = corrections_of(session, cycle_id, [person_id]).get(person_id)
    return document_of(corrections[-1]) if corrections else sealed_document(session, cycle_id, person_id)


def evaluated(session: Session, view: CycleView) -> tuple[dict[UUID, PersonFacts], dict[UUID, Evaluation]]:
    """Evaluate everybody in a cycle by what is known now; return their facts, too."""
    facts, days = facts_for(session, view, people_of(session, view)), counted(session, view)
    return facts, {each: evaluate(view.policy, facts[each], days) for each in facts}
