"""Rules of assignment made by hand, and whom each is about."""

from datetime import date
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.certification.models import AssignmentRow, RuleEnd, RuleRow
from lms.certification.rules_sources import HandKind, HandRule, joining_days
from lms.core.errors import NotFound
from lms.people.models import PersonNow, RoleNow
from lms.people.queries import PersonRow, people_by_id, people_in, unit_tree
from lms.people.rules import at_or_below


def hand_rules(session: Session, programme: str | None = None) -> tuple[HandRule, ...]:
    """Return the rules made by hand, of one programme or all, in the order made; one statement."""
    r, e = RuleRow, RuleEnd
    query = select(r, e.until_on).outerjoin(e, e.rule_id == r.id).order_by(r.recorded_at, r.id)
    if programme is not None:
        query = query.where(r.programme == programme)
    return tuple(_rule(row, until) for row, until in session.execute(query))


def hand_rule(session: Session, rule_id: UUID) -> HandRule:
    """Return one rule made by hand.

    Raises NotFound.
    """
    row = session.get(RuleRow, rule_id)
    if row is None:
        raise NotFound
    end = session.get(RuleEnd, rule_id)
    return _rule(row, end.until_on if end else None)


def _rule(row: RuleRow, until_on: date | None) -> HandRule:
    return HandRule(
        str(row.id), row.programme, HandKind(row.kind), row.target, row.from_on, until_on, row.due, row.reason,
        row.approval_id,
    )  # fmt: skip


def people_under(session: Session, rule: HandRule) -> list[PersonRow]:
    """Return those employed today whom a rule is about, by unit and staff number."""
    if rule.kind is HandKind.UNIT:
        tree = unit_tree(session)
        return people_in(session, at_or_below(tree, [node.id for node in tree if node.code == rule.target]))
    if rule.kind is HandKind.ROLE:
        query = select(RoleNow.person_id).where(RoleNow.role == rule.target)
    else:
        first, last = joining_days(rule.target)
        query = select(PersonNow.person_id).where(PersonNow.joined_on >= first, PersonNow.joined_on <= last)
    return [each for each in people_by_id(session, set(session.scalars(query))) if each.employed]


def people_assigned_by(session: Session, rule: HandRule) -> list[PersonRow]:
    """Return everybody to whom a rule has assigned its programme."""
    query = select(AssignmentRow.person_id).where(AssignmentRow.source_key == rule.key).distinct()
    return people_by_id(session, set(session.scalars(query)))
