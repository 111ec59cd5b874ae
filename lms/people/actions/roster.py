"""Import a roster: everything it asks for in the caller's transaction, or nothing."""

import re
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.audit.events import record
from lms.core.errors import Invalid, LmsError
from lms.people.actions.employment import record_employment
from lms.people.actions.persons import add_people, change_identity
from lms.people.actions.roles import end_role, grant_founding_role, grant_role
from lms.people.actions.units import create_unit, set_lead
from lms.people.models import Unit
from lms.people.roster import PersonRef, Plan, Step
from lms.people.rosterfile import Row
from lms.people.rosterunits import UnitRef, unit_code
from lms.people.rules import (
    ROLES_BY_TWO,
    EmploymentKind,
    NewFact,
    NewPerson,
    NewUnit,
    RoleChange,
    RosterImported,
)


@dataclass
class _Import:
    """The import under way: what the plan's references have become."""

    session: Session
    at: datetime
    units: dict[tuple[str, ...], UUID] = field(default_factory=dict)
    joined: dict[int, UUID] = field(default_factory=dict)

    def unit(self, ref: UnitRef | None) -> UUID | None:
        return self.units[ref] if isinstance(ref, tuple) else ref

    def person(self, ref: PersonRef) -> UUID:
        return self.joined[ref] if isinstance(ref, int) else ref


def import_roster(session: Session, plan: Plan, at: datetime) -> None:
    """Do what a plan says, in the caller's transaction.

    Raises Invalid naming the lines, when the plan has problems or a step is refused after all.
    """
    if plan.problems:
        raise Invalid({_place(each.line, each.column): each.what for each in plan.problems})
    if plan.is_empty:
        return
    run = _Import(session, at)
    _make_units(run, plan)
    for joins, steps in groupby(plan.steps, key=lambda step: step.kind == "join"):
        if joins:
            _join(run, list(steps))
        else:
            for step in steps:
                _do(run, step)
    counts = {kind: len(plan.of(kind)) for kind in ("join", "move", "leave")}
    happened = RosterImported(
        subject="roster",
        occurred_at=at,
        joiners=counts["join"],
        moves=counts["move"],
        leavers=counts["leave"],
    )
    record(session, happened)


def _place(line: int, column: str) -> str:
    return f"line {line}, {column}" if column else f"line {line}"


def _make_units(run: _Import, plan: Plan) -> None:
    taken = set(run.session.scalars(select(Unit.code)))
    for made in plan.units:
        name = made.path[-1]
        code = unit_code(name, taken)
        taken.add(code)
        in_chinese = bool(re.search(r"[㐀-鿿]", name))
        new = NewUnit(code, name if in_chinese else "", "" if in_chinese else name, run.unit(made.parent))
        run.units[made.path] = create_unit(run.session, new, run.at)


def _do(run: _Import, step: Step) -> None:
    try:
        DO[step.kind](run, step)
    except Invalid as error:
        raise Invalid({_place(step.line, name): what for name, what in error.errors.items()}) from error
    except LmsError as error:
        raise Invalid({_place(step.line, ""): error.reason}) from error


def _join(run: _Import, steps: list[Step]) -> None:
    new = [_joiner(run, step, step.row) for step in steps if step.row is not None]
    try:
        ids = add_people(run.session, new, run.at)
    except Invalid as error:
        raise Invalid({_joiner_place(steps, name): what for name, what in error.errors.items()}) from error
    run.joined.update(zip((step.line for step in steps), ids, strict=True))


def _joiner(run: _Import, step: Step, row: Row) -> NewPerson:
    return NewPerson(
        staff_number=row.staff_number,
        name_zh=row.name_zh or "",
        name_en=row.name_en or "",
        unit_id=run.unit(step.unit),
        joined_on=row.joined_on,
        mail=row.mail or "",
    )


def _joiner_place(steps: list[Step], name: str) -> str:
    place, dot, column = name.partition(".")
    return _place(steps[int(place)].line, column) if dot else _place(steps[0].line, name)


def _identity(run: _Import, step: Step) -> None:
    change_identity(run.session, run.person(step.who), step.fields, run.at)


def _move(run: _Import, step: Step) -> None:
    _fact(run, step, EmploymentKind.MOVE)


def _leave(run: _Import, step: Step) -> None:
    _fact(run, step, EmploymentKind.LEAVE)


def _fact(run: _Import, step: Step, kind: EmploymentKind) -> None:
    if step.on is not None:
        record_employment(
            run.session, run.person(step.who), NewFact(kind, step.on, unit_id=run.unit(step.unit)), run.at
        )


def _role(run: _Import, step: Step) -> None:
    who, role = run.person(step.who), step.role
    if role is None:
        return
    if step.change is RoleChange.ENDED:
        end_role(run.session, who, role, run.at)
    elif role in ROLES_BY_TWO:
        grant_founding_role(run.session, who, role, run.at)
    else:
        grant_role(run.session, who, role, run.at)


def _lead(run: _Import, step: Step) -> None:
    unit = run.unit(step.unit)
    if unit is not None and step.on is not None:
        set_lead(run.session, unit, run.person(step.who), step.on, run.at)


DO = {"identity": _identity, "move": _move, "leave": _leave, "role": _role, "lead": _lead}
