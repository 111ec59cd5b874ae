"""How assignments that need two people describe themselves, and whom they would move."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from uuid import UUID, uuid4

from sqlalchemy.orm import Session

from lms.approvals.rules import Moved, Preview, Untouched
from lms.audit.events import recorded_at
from lms.certification.actions.assignments import NewAssignments
from lms.certification.actions.hands import rule_from
from lms.certification.foreseeing import Supposed, foresee, preview_of, told
from lms.certification.queries.facts import Dossier, Source
from lms.certification.queries.hands import hand_rule, people_assigned_by, people_under
from lms.certification.requests_words import SUPPOSED, Payload, programme_title, whom
from lms.certification.rules import SourceKind
from lms.certification.rules_sources import HandKind, HandRule, joining_days
from lms.core.dates import FOREVER
from lms.core.errors import Conflict, Message, message
from lms.people.labels import ROLES
from lms.people.queries import firm_day, people_by_id, unit_tree


def whom_it_asks(session: Session, rule: HandRule) -> Message:
    """Say whom a rule made by hand is about."""
    if rule.kind is HandKind.UNIT:
        found = {node.code: node.name for node in unit_tree(session)}
        return message(
            "everybody in %(unit)s and below", unit=dict(found.get(rule.target, {"zh": rule.target}))
        )
    if rule.kind is HandKind.ROLE:
        return message("everybody with the role: %(role)s", role=ROLES[rule.target])
    first, last = joining_days(rule.target)
    if last == FOREVER:
        return message("everybody who joins from %(first)s on", first=first)
    return message("everybody who joined from %(first)s to %(last)s", first=first, last=last)


def describe_rule(session: Session, payload: Payload) -> Message:
    """Say who is to owe what, from when and by when."""
    first, due = date.fromisoformat(payload["from_on"]), date.fromisoformat(payload["due_on"])
    rule = HandRule(
        SUPPOSED, payload["programme"], HandKind(payload["kind"]), payload["target"], first
    )  # fmt: skip
    return message(
        "Ask “%(programme)s” of %(whom)s, from %(first)s, due on %(due)s.",
        programme=programme_title(session, rule.programme),
        whom=whom_it_asks(session, rule),
        first=first,
        due=due,
    )


def preview_rule(session: Session, payload: Payload) -> Preview:
    """Name everybody whom the rule would move, and everybody whom it is about and would not, with why."""
    try:
        rule = rule_from(session, dict(payload), SUPPOSED, recorded_at(session))
    except Conflict as error:
        return Preview("", (error.reason,))
    people = [each.id for each in people_under(session, rule)]
    return _counted(session, Supposed(people, rule=rule, on=rule.from_on), rule.programme)


def _counted(session: Session, supposed: Supposed, programme: str) -> Preview:
    found = told(session, foresee(session, supposed), about=programme)
    order = {each.id: place for place, each in enumerate(people_by_id(session, supposed.people))}
    moving = {each.person_id for each in found.moved}
    head = message(
        "It is about %(all)s people and moves %(count)s of them; here they are.",
        all=len(supposed.people),
        count=len(moving),
    )

    def place(row: Moved | Untouched) -> int:
        return order.get(row.person_id, 0)

    return Preview(
        found.hash,
        (head, *found.lines),
        tuple(sorted(found.moved, key=place)),
        tuple(sorted(found.untouched, key=place)),
    )


def describe_rule_end(session: Session, payload: Payload) -> Message:
    """Say which rule is to end, and when."""
    rule = hand_rule(session, UUID(payload["rule"]))
    return message(
        "No longer ask “%(programme)s” of %(whom)s; the last day is %(last)s.",
        programme=programme_title(session, rule.programme),
        whom=whom_it_asks(session, rule),
        last=date.fromisoformat(payload["until_on"]),
    )


def preview_rule_end(session: Session, payload: Payload) -> Preview:
    """Name everybody who would owe it no longer, and who owes it for another reason as well."""
    rule = hand_rule(session, UUID(payload["rule"]))
    ended = replace(rule, until_on=date.fromisoformat(payload["until_on"]))
    people = [each.id for each in people_assigned_by(session, rule)]
    on = date.fromordinal(date.fromisoformat(payload["until_on"]).toordinal() + 1)
    return _counted(session, Supposed(people, rule=ended, on=on), rule.programme)


def preview_named(session: Session, new: NewAssignments) -> Preview:
    """Name everybody whom assigning by name would move, and who stays as they are."""
    at = recorded_at(session)
    due = new.due(firm_day(session, at))

    def assign(dossier: Dossier) -> None:
        source = Source(str(uuid4()), new.programme, SourceKind.PERSON, SUPPOSED, new.from_on, at, due)
        dossier.sources.append(source)

    return _counted(session, Supposed(new.people, assign, on=new.from_on), new.programme)


def describe_unassignment(session: Session, payload: Payload) -> Message:
    """Say whose assignment is to end, and when."""
    return message(
        "Withdraw the assignment of “%(programme)s” to %(name)s; the last day is %(last)s.",
        last=date.fromisoformat(payload["until_on"]),
        **whom(session, payload),
    )


def preview_unassignment(session: Session, payload: Payload) -> Preview:
    """Say how the person would stand the day after."""
    until_on = date.fromisoformat(payload["until_on"])
    on = date.fromordinal(until_on.toordinal() + 1)
    supposed = Supposed([UUID(payload["person"])], ending(payload["assignment"], until_on), on=on)
    return preview_of(session, supposed)


def ending(assignment: str, until_on: date) -> Callable[[Dossier], None]:
    """Return what gives an assignment a last day."""

    def end(dossier: Dossier) -> None:
        for source in dossier.sources:
            if source.id == assignment:
                source.until_on = until_on

    return end
