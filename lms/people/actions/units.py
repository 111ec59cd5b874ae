"""Units and who leads them."""

import re
from datetime import date, datetime, timedelta
from uuid import UUID, uuid4

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.audit.events import record, recorded_at
from lms.core.errors import Conflict, Invalid, Message, NotFound, message
from lms.people.models import Person, Unit, UnitLead
from lms.people.queries import unit_tree
from lms.people.rules import LeadChanged, NewUnit, UnitChanged, at_or_below

CODE = re.compile(r"[\w.&-]{1,40}")


def create_unit(session: Session, new: NewUnit, at: datetime) -> UUID:
    """Make a unit; its code is unique and appears in paths, so it holds no slash.

    Raises Invalid.
    """
    _check(session, new, None)
    unit = Unit(id=uuid4(), code=new.code, name_zh=new.name_zh, name_en=new.name_en, parent_id=new.parent_id)
    session.add(unit)
    session.flush()
    record(session, UnitChanged(subject=f"unit:{unit.id}", occurred_at=at, parent_id=new.parent_id))
    return unit.id


def change_unit(session: Session, unit_id: UUID, new: NewUnit, at: datetime) -> None:
    """Rename a unit or move it to another parent, never below itself.

    Raises NotFound, Invalid.
    """
    unit = session.scalar(select(Unit).where(Unit.id == unit_id).with_for_update())
    if unit is None:
        raise NotFound
    _check(session, new, unit_id)
    unit.code, unit.name_zh, unit.name_en, unit.parent_id = new.code, new.name_zh, new.name_en, new.parent_id
    session.flush()
    record(session, UnitChanged(subject=f"unit:{unit_id}", occurred_at=at, parent_id=new.parent_id))


def _check(session: Session, new: NewUnit, unit_id: UUID | None) -> None:
    errors: dict[str, Message] = {}
    tree = unit_tree(session)
    if not CODE.fullmatch(new.code):
        errors["code"] = message("Letters, digits, dots, dashes and underscores, at most 40.")
    elif any(node.code == new.code and node.id != unit_id for node in tree):
        errors["code"] = message("Another unit has this code.")
    if not (new.name_zh or new.name_en):
        errors["name_zh"] = message("Give the unit a name in at least one language.")
    if new.parent_id is not None and all(node.id != new.parent_id for node in tree):
        errors["parent_id"] = message("There is no such unit.")
    if unit_id is not None and new.parent_id in at_or_below(tree, [unit_id]):
        errors["parent_id"] = message("A unit cannot lie below itself.")
    if errors:
        raise Invalid(errors)


def set_lead(session: Session, unit_id: UUID, person_id: UUID, from_on: date, at: datetime) -> None:
    """Let a person lead a unit from a day on; whoever led it ceases the day before.

    A lead entered to begin on that very day ends before it began: it never held. Raises NotFound;
    Conflict when somebody was entered to lead the unit from a later day.
    """
    if session.scalar(select(Unit.id).where(Unit.id == unit_id).with_for_update()) is None:
        raise NotFound
    if session.get(Person, person_id) is None:
        raise NotFound
    present = list(session.scalars(select(UnitLead).where(UnitLead.unit_id == unit_id)))
    live = [lead for lead in present if lead.until_on is None or lead.until_on >= from_on]
    if any(lead.from_on > from_on for lead in live):
        raise Conflict(message("Somebody was entered to lead this unit from a later day."))
    for lead in live:
        _end(session, lead, from_on - timedelta(days=1), at)
    event_id = uuid4()
    session.add(
        UnitLead(
            unit_id=unit_id,
            person_id=person_id,
            from_on=from_on,
            recorded_at=recorded_at(session),
            event_id=event_id,
        )
    )
    session.flush()
    happened = LeadChanged(
        subject=f"unit:{unit_id}", occurred_at=at, person_id=person_id, unit_id=unit_id, from_on=from_on
    )
    record(session, happened, event_id)


def end_lead(session: Session, unit_id: UUID, until_on: date, at: datetime) -> None:
    """End the lead of a unit; `until_on` is the last day of it.

    Raises NotFound when nobody leads the unit on that day.
    """
    query = select(UnitLead).where(UnitLead.unit_id == unit_id, UnitLead.from_on <= until_on)
    live = [
        lead
        for lead in session.scalars(query.with_for_update())
        if lead.until_on is None or lead.until_on >= until_on
    ]
    if not live:
        raise NotFound
    for lead in live:
        _end(session, lead, until_on, at)


def end_leads_of(session: Session, person_id: UUID, until_on: date, at: datetime) -> None:
    """End whatever a person leads, because their employment ends."""
    query = select(UnitLead).where(UnitLead.person_id == person_id).with_for_update()
    for lead in list(session.scalars(query)):
        if lead.until_on is None or lead.until_on > until_on:
            _end(session, lead, max(until_on, lead.from_on), at)


def _end(session: Session, lead: UnitLead, until_on: date, at: datetime) -> None:
    lead.until_on = until_on
    session.flush()
    record(
        session,
        LeadChanged(
            subject=f"unit:{lead.unit_id}",
            occurred_at=at,
            person_id=lead.person_id,
            unit_id=lead.unit_id,
            from_on=lead.from_on,
            until_on=until_on,
        ),
    )
