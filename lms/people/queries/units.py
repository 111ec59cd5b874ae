"""Units: the tree, who leads them, who reports to whom."""

from collections.abc import Collection, Mapping
from datetime import date
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lms.core import clock
from lms.core.db import read_once
from lms.people.models import PersonNow, Unit, UnitLead
from lms.people.queries.conditions import employed_on, firm_day, leading_on
from lms.people.rules import UnitNode, at_or_below, in_order, name_of

KEPT_TREES = 4
UNIT = Unit.__table__.c
UNITS = select(
    read_once(UNIT.id), UNIT.code, UNIT.name_zh, UNIT.name_en, read_once(UNIT.parent_id)
)  # fmt: skip


def unit_tree(session: Session) -> list[UnitNode]:
    """Return all units, parents first, siblings by code, in one statement."""
    session.flush()
    return list(_tree(tuple(tuple(row) for row in session.execute(UNITS))))


@lru_cache(KEPT_TREES)
def _tree(rows: tuple[Any, ...]) -> list[UnitNode]:
    """The tree hardly ever changes, and is read for each page of a report."""
    return in_order((unit, code, name_of(zh, en), parent) for unit, code, zh, en, parent in rows)


def leads_on(session: Session, on: date) -> dict[UUID, UUID]:
    """Return who leads each unit on a day."""
    query = select(UnitLead.unit_id, UnitLead.person_id).where(leading_on(on)).order_by(UnitLead.from_on)
    return {row.unit_id: row.person_id for row in session.execute(query)}


def managers_of(session: Session, people: Collection[UUID], on: date) -> dict[UUID, UUID]:
    """Return the line manager of each person: the lead of the nearest unit upward who is not themselves.

    Three statements, whatever the number of people; those without a manager are left out.
    """
    if not people:
        return {}
    parents = {node.id: node.parent_id for node in unit_tree(session)}
    leads = leads_on(session, on)
    query = select(PersonNow.person_id, PersonNow.unit_id).where(
        PersonNow.person_id.in_(people), PersonNow.employed
    )
    found = {
        row.person_id: _lead_above(row.person_id, row.unit_id, parents, leads)
        for row in session.execute(query)
    }
    return {person_id: manager for person_id, manager in found.items() if manager is not None}


def chain_above(session: Session, person_id: UUID, on: date) -> list[UUID]:
    """Return who leads the units above a person, the nearest first: those at work today, each once.

    Four statements; empty for people who are not employed.
    """
    parents = {node.id: node.parent_id for node in unit_tree(session)}
    leads = leads_on(session, on)
    unit_id = session.scalar(
        select(PersonNow.unit_id).where(PersonNow.person_id == person_id, PersonNow.employed)
    )
    found: list[UUID] = []
    while unit_id is not None:
        lead = leads.get(unit_id)
        if lead is not None and lead != person_id and lead not in found:
            found.append(lead)
        unit_id = parents.get(unit_id)
    here = present(session, found, on)
    return [lead for lead in found if lead in here]


def present(session: Session, people: Collection[UUID], on: date) -> frozenset[UUID]:
    """Return which of these people are employed on a day and not on leave today."""
    if not people:
        return frozenset()
    query = select(PersonNow.person_id).where(
        PersonNow.person_id.in_(people), employed_on(on), PersonNow.on_leave.is_(False)
    )
    return frozenset(session.scalars(query))


def _lead_above(
    person_id: UUID, unit_id: UUID | None, parents: Mapping[UUID, UUID | None], leads: Mapping[UUID, UUID]
) -> UUID | None:
    while unit_id is not None:
        lead = leads.get(unit_id)
        if lead is not None and lead != person_id:
            return lead
        unit_id = parents.get(unit_id)
    return None


def reports_of(session: Session, managers: Collection[UUID], candidates: Collection[UUID]) -> frozenset[UUID]:
    """Return which of `candidates` report, directly or not, to one of `managers` today.

    A manager does not report to themselves. At most three statements.
    """
    if not managers or not candidates:
        return frozenset()
    led = select(UnitLead.unit_id, UnitLead.person_id).where(UnitLead.person_id.in_(managers))
    led = led.where(leading_on(firm_day(session, clock.now())))
    tops: dict[UUID, set[UUID]] = {}
    for row in session.execute(led):
        tops.setdefault(row.person_id, set()).add(row.unit_id)
    if not tops:
        return frozenset()
    tree = unit_tree(session)
    query = select(PersonNow.person_id, PersonNow.unit_id).where(
        PersonNow.person_id.in_(candidates), PersonNow.employed
    )
    units = {row.person_id: row.unit_id for row in session.execute(query)}
    found = set()
    for manager, led_units in tops.items():
        below = at_or_below(tree, led_units)
        found |= {each for each, unit in units.items() if unit in below and each != manager}
    return frozenset(found)


def headcounts(session: Session, on: date) -> dict[UUID, int]:
    """Return how many people are employed in each unit itself, the units below it not counted."""
    query = select(PersonNow.unit_id, func.count().label("people")).where(employed_on(on))
    rows = session.execute(query.group_by(PersonNow.unit_id))
    return {row.unit_id: row.people for row in rows if row.unit_id is not None}
