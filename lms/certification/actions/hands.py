"""Rules of assignment made by hand: by two people, begun and ended; whom they are about is assessed at once."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID, uuid4

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.approvals.actions import Request, ask
from lms.approvals.models import Approval
from lms.approvals.rules import Approved
from lms.audit.events import record, recorded_at
from lms.certification.actions.assignments import check_days
from lms.certification.actions.reassessing import reassess_people
from lms.certification.models import RuleEnd, RuleRow
from lms.certification.queries.hands import hand_rule, people_assigned_by, people_under
from lms.certification.queries.history import history_of, programme_in
from lms.certification.rules_events import RuleEnded, RuleMade
from lms.certification.rules_sources import HandKind, HandRule, joining_days
from lms.core.access import GRANTED_ROLES
from lms.core.dates import days_between
from lms.core.errors import Conflict, Invalid, Message, message
from lms.people.queries import firm_day, unit_tree

RULE = "assignment-rule"
RULE_END = "assignment-rule-end"
# More people than this are assessed by the nightly work's batches, not while somebody waits.
MOST_AT_ONCE = 500


@dataclass(frozen=True)
class NewRule:
    """A rule to be made. Those whom it is about when it begins have until `due_on`; whoever comes later, as long."""

    programme: str
    kind: HandKind
    target: str
    from_on: date
    due_on: date
    reason: str


def rule_request(session: Session, new: NewRule, at: datetime) -> Request:
    """Return what to ask a second person: to let everybody of a kind owe a programme.

    Raises NotFound for an unknown programme, Invalid naming the fields, Conflict where it is retired.
    """
    text = programme_in(history_of(session), new.programme)
    if text.is_retired:
        raise Conflict(message("This programme is retired: nobody is assigned to it any more."))
    check_days(new.from_on, new.due_on, firm_day(session, at))
    if wrong := _target_error(session, new):
        raise Invalid(wrong)
    payload = {
        "programme": new.programme, "kind": new.kind.value, "target": new.target,
        "from_on": new.from_on.isoformat(), "due_on": new.due_on.isoformat(),
    }  # fmt: skip
    return Request(RULE, f"programme:{new.programme}", payload, new.reason)


def _target_error(session: Session, new: NewRule) -> dict[str, Message]:
    if new.kind is HandKind.UNIT and all(node.code != new.target for node in unit_tree(session)):
        return {"unit": message("There is no such unit.")}
    if new.kind is HandKind.ROLE and new.target not in {role.value for role in GRANTED_ROLES}:
        return {"role": message("There is no such role.")}
    if new.kind is HandKind.JOINED:
        first, last = joining_days(new.target)
        if last < first:
            return {"joined_until": message("The last day lies before the first.")}
    return {}


def ask_rule(session: Session, asker_id: UUID, new: NewRule, at: datetime) -> Approval:
    """Ask a second person to make a rule. Raises as `rule_request`."""
    return ask(session, asker_id, rule_request(session, new, at), at)


def rule_from(session: Session, arguments: dict[str, str], rule_id: str, at: datetime) -> HandRule:
    """Read what `rule_request` filed; the time people have is counted from the day it begins to be owed.

    Raises Conflict once the due date has come.
    """
    from_on, due_on = (date.fromisoformat(arguments[name]) for name in ("from_on", "due_on"))
    start = max(from_on, firm_day(session, at))
    if due_on <= start:
        raise Conflict(message("The due date has come meanwhile: refuse this and have it asked again."))
    return HandRule(
        rule_id, arguments["programme"], HandKind(arguments["kind"]), arguments["target"], from_on,
        due=f"{days_between(start, due_on) - 1}d",
    )  # fmt: skip


def make_rule(session: Session, approved: Approved) -> UUID:
    """Carry out an approved rule and assess those whom it is about."""
    rule = rule_from(session, dict(approved.arguments), str(uuid4()), approved.occurred_at)
    row = RuleRow(
        id=UUID(rule.id),
        programme=rule.programme,
        kind=rule.kind,
        target=rule.target,
        from_on=rule.from_on,
        due=rule.due,
        reason=approved.reason or "",
        approval_id=approved.approval_id,
        recorded_at=recorded_at(session),
        event_id=uuid4(),
    )
    session.add(row)
    session.flush()
    happened = RuleMade(
        subject=f"rule:{row.id}", occurred_at=approved.occurred_at, reason=approved.reason,
        approval_id=approved.approval_id, programme=row.programme, rule_kind=rule.kind, target=row.target,
        from_on=row.from_on, due=row.due,
    )  # fmt: skip
    record(session, happened, row.event_id)
    _assess(session, [each.id for each in people_under(session, rule)], approved.occurred_at)
    return row.id


def rule_end_request(session: Session, rule_id: UUID, until_on: date, reason: str, at: datetime) -> Request:
    """Return what to ask a second person: to end a rule; `until_on` is its last day.

    Raises NotFound, Conflict when it has ended already, Invalid naming the field.
    """
    rule = _running(session, rule_id)
    if until_on < firm_day(session, at):
        raise Invalid({"until_on": message("A rule ends today or later; past days stay as they were.")})
    if until_on < rule.from_on:
        raise Invalid({"until_on": message("The last day lies before the first.")})
    payload = {"rule": str(rule_id), "programme": rule.programme, "until_on": until_on.isoformat()}
    return Request(RULE_END, f"programme:{rule.programme}", payload, reason)


def ask_rule_end(
    session: Session, asker_id: UUID, rule_id: UUID, until_on: date, reason: str, at: datetime
) -> Approval:
    """Ask a second person to end a rule. Raises as `rule_end_request`."""
    return ask(session, asker_id, rule_end_request(session, rule_id, until_on, reason, at), at)


def end_rule(session: Session, approved: Approved) -> None:
    """Carry out an approved end and assess those whom the rule had assigned."""
    rule_id = UUID(approved.arguments["rule"])
    session.scalar(select(RuleRow.id).where(RuleRow.id == rule_id).with_for_update())
    rule = _running(session, rule_id)
    end = RuleEnd(
        rule_id=UUID(rule.id),
        until_on=date.fromisoformat(approved.arguments["until_on"]),
        reason=approved.reason or "",
        approval_id=approved.approval_id,
        recorded_at=recorded_at(session),
        event_id=uuid4(),
    )
    session.add(end)
    session.flush()
    happened = RuleEnded(
        subject=f"rule:{rule.id}", occurred_at=approved.occurred_at, reason=approved.reason,
        approval_id=approved.approval_id, programme=rule.programme, until_on=end.until_on,
    )  # fmt: skip
    record(session, happened, end.event_id)
    _assess(session, [each.id for each in people_assigned_by(session, rule)], approved.occurred_at)


def _running(session: Session, rule_id: UUID) -> HandRule:
    rule = hand_rule(session, rule_id)
    if rule.until_on is not None:
        raise Conflict(message("This rule has been ended already."))
    return rule


def _assess(session: Session, people: Collection[UUID], at: datetime) -> None:
    today, found = firm_day(session, at), sorted(people)
    for start in range(0, len(found), MOST_AT_ONCE):
        reassess_people(session, found[start : start + MOST_AT_ONCE], today, at)
