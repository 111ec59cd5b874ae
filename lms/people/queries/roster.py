"""The present state, as a roster is compared with it."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.core.access import Role
from lms.people.employment import Employment, fold
from lms.people.models import Identity, RoleNow
from lms.people.queries.conditions import firm_day
from lms.people.queries.mail import mails_waiting
from lms.people.queries.persons import facts_of
from lms.people.queries.units import leads_on, unit_tree
from lms.people.roster import Present, State


def roster_state(session: Session, at: datetime, importer: UUID | None = None) -> State:
    """Read everybody, every unit and every lead: six statements, whatever the number of people."""
    today = firm_day(session, at)
    roles: dict[UUID, set[Role]] = {}
    for row in session.execute(select(RoleNow.person_id, RoleNow.role)):
        roles.setdefault(row.person_id, set()).add(Role(row.role))
    facts, waiting = facts_of(session), mails_waiting(session, at)
    i = Identity
    query = select(i.person_id, i.staff_number, i.name_zh, i.name_en, i.mail).order_by(
        i.staff_number, i.username
    )
    nothing = Employment((), ())
    people = tuple(
        Present(
            id=row.person_id,
            staff_number=row.staff_number,
            name_zh=row.name_zh,
            name_en=row.name_en,
            mail=row.mail,
            waiting_mail=waiting.get(row.person_id),
            employment=fold(facts[row.person_id]) if row.person_id in facts else nothing,
            roles=frozenset(roles.get(row.person_id, ())),
        )
        for row in session.execute(query)
    )
    return State(people, tuple(unit_tree(session)), leads_on(session, today), today, importer)
