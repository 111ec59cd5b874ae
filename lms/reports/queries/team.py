"""A manager's people with what they owe, those at risk first."""

import json
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from lms.certification.models import StandingRow
from lms.certification.queries import history_of
from lms.certification.rules import Kind, Overlay
from lms.people.models import Identity, PersonNow
from lms.people.queries import employed_on
from lms.reports.queries.lines import COLUMNS, fresh, lines_for
from lms.reports.rules import RISK, UNASKED, Asked, Line, risk

NOTHING = (len(RISK) + 1, date.max)


@dataclass(frozen=True)
class Holding:
    """One mandatory standing with how many steps of the open period are done, of how many."""

    line: Line
    done: int
    steps: int


@dataclass
class Member:
    """Somebody in the units led, the worst standing first."""

    person_id: UUID
    staff_number: str
    name_zh: str
    name_en: str
    unit_id: UUID | None
    on_leave: bool
    holdings: list[Holding] = field(default_factory=list)


def team(session: Session, manager: UUID, units: Collection[UUID], asked: Asked) -> list[Member]:
    """Return the people of units but their manager, those at risk first, in one statement.

    Seven more where the sweep is behind. Of another day, or as known then: derived from the facts, for the people
    whom the manager leads today and the units they were in then.
    """
    if not asked.is_live:
        return _team_then(session, manager, units, asked)
    i, n, s = Identity, PersonNow, StandingRow
    person = (
        i.person_id.label("member"),
        i.staff_number,
        i.name_zh,
        i.name_en,
        n.unit_id.label("unit"),
        n.on_leave,
    )
    mandatory = and_(s.person_id == i.person_id, s.kind == Kind.MANDATORY, s.state.not_in(sorted(UNASKED)))
    query = (
        select(
            *person,
            s.steps,
            s.period,
            *(each.label(f"line_{name}") for name, each in zip(Line._fields, COLUMNS, strict=True)),
        )
        .join(n, n.person_id == i.person_id)
        .outerjoin(s, mandatory)
        .where(n.unit_id.in_(units), employed_on(asked.today), i.person_id != manager)
        .order_by(i.staff_number, i.person_id, s.programme)
    )
    found: dict[UUID, Member] = {}
    kept = []
    for row in session.execute(query):
        member = tuple(row)[: len(person)]
        found.setdefault(row.member, Member(*member))
        if row.period is not None:
            kept.append((tuple(row)[len(person) + 2 :], json.loads(row.steps) if row.period else []))
    true = fresh(session, [line for line, _ in kept], asked)
    for line, (_, steps) in zip(true, kept, strict=True):
        done = sum(1 for step in steps if step["met_on"])
        found[line.person_id].holdings.append(Holding(line, done, len(steps)))
    for each in found.values():
        each.holdings.sort(key=lambda holding: risk(holding.line))
    return sorted(found.values(), key=_order)


def _team_then(session: Session, manager: UUID, units: Collection[UUID], asked: Asked) -> list[Member]:
    i, n = Identity, PersonNow
    query = (
        select(i.person_id, i.staff_number, i.name_zh, i.name_en)
        .join(n, n.person_id == i.person_id)
        .where(n.unit_id.in_(units), employed_on(asked.today), i.person_id != manager)
    )
    today = {row.person_id: row for row in session.execute(query)}
    kinds = {name: text.kind for name, text in history_of(session).programmes.items()}
    found: dict[UUID, Member] = {}
    for line in lines_for(session, today.keys(), asked):
        if line.unit_id not in units:
            continue
        away = Overlay.ON_LEAVE in line.overlays.split()
        member = found.setdefault(line.person_id, Member(*today[line.person_id], line.unit_id, away))
        if kinds[line.programme] is Kind.MANDATORY and line.state not in UNASKED:
            member.holdings.append(Holding(line, 0, 0))
    for each in found.values():
        each.holdings.sort(key=lambda holding: risk(holding.line))
    return sorted(found.values(), key=_order)


def _order(member: Member) -> tuple[object, ...]:
    worst = risk(member.holdings[0].line) if member.holdings else NOTHING
    return (*worst, member.staff_number)
