"""What HR can decide about a person: the words and fields of each act, and how its plan is made."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask_babel import lazy_gettext as _

from lms.certification import actions
from lms.certification.actions import NewCredit, NewDecision
from lms.certification.foreseeing import preview_employment
from lms.certification.rules_events import DecisionKind
from lms.certification.rules_words import Need
from lms.core.errors import Message, message
from lms.people.actions import record_employment
from lms.people.queries import names
from lms.people.rules import EmploymentKind, NewFact
from lms.reports.views.planning import Plan, by_two
from lms.web import context

Make = Callable[[Any, UUID], Plan]


@dataclass(frozen=True)
class Act:
    """One act. `fields` has label and help of each field it asks for; `needed` those that are not optional."""

    title: Any
    lead: Any
    fields: Mapping[str, tuple[Any, Any]]
    plan: Make
    needed: frozenset[str] = frozenset()
    by_two: bool = True
    group: str = "certification"


PROGRAMME = (_("Certification"), "")
REASON = (_("Reason"), _("The second person decides by it, and the person concerned can read it."))
EVIDENCE = (
    _("Evidence"),
    _("What shows it, and where it is kept: the list of attendance, a certificate, a letter."),
)
WHY = (_("Reason"), _("The person concerned can read it."))


def _decision(kind: DecisionKind) -> Make:
    def plan(form: Any, person_id: UUID) -> Plan:
        new = NewDecision(
            kind,
            person_id,
            form.programme.data,
            form.reason.data,
            _data(form, "from_on"),
            _data(form, "until_on"),
        )
        return by_two(
            context.db_session(), actions.decision_request(context.db_session(), new, context.now())
        )

    return plan


def _data(form: Any, name: str) -> Any:
    return form[name].data if name in form else None


def _withdrawal(form: Any, _person: UUID) -> Plan:
    session = context.db_session()
    return by_two(session, actions.annulment_request(session, UUID(form.decision.data), form.reason.data))


def _credit(form: Any, person_id: UUID) -> Plan:
    session, (need, _colon, target) = context.db_session(), form.target.data.partition(":")
    new = NewCredit(person_id, Need(need), target, form.occurred_on.data, form.reason.data)
    return by_two(session, actions.credit_request(session, new, context.now()))


def _void(form: Any, _person: UUID) -> Plan:
    session = context.db_session()
    return by_two(session, actions.void_request(session, UUID(form.credit.data), form.reason.data))


def _correction(form: Any, _person: UUID) -> Plan:
    session, credit = context.db_session(), UUID(form.credit.data)
    asked = actions.correction_request(
        session, credit, form.occurred_on.data, form.reason.data, context.now()
    )
    return by_two(session, asked)


def _unassign(form: Any, _person: UUID) -> Plan:
    session, assignment = context.db_session(), UUID(form.assignment.data)
    asked = actions.unassign_request(session, assignment, form.until_on.data, form.reason.data, context.now())
    return by_two(session, asked)


EMPLOYED: Mapping[EmploymentKind, Message] = {
    EmploymentKind.ABSENCE: message("Record a leave of absence of %(name)s."),
    EmploymentKind.ABSENCE_END: message("Record that %(name)s is back from leave."),
    EmploymentKind.MOVE: message("Record that %(name)s moves to another unit."),
    EmploymentKind.LEAVE: message("Record that %(name)s leaves the firm."),
    EmploymentKind.REHIRE: message("Record that %(name)s is employed again."),
}


def _employment(kind: EmploymentKind) -> Make:
    def plan(form: Any, person_id: UUID) -> Plan:
        session, at, unit = context.db_session(), context.now(), _data(form, "unit")
        new = NewFact(
            kind,
            form.from_on.data,
            _data(form, "until_on"),
            UUID(unit) if unit else None,
            reason=form.reason.data,
        )
        name = names(session, [person_id]).get(person_id, {"zh": "", "en": ""})

        def act() -> None:
            record_employment(session, person_id, new, at)

        what = Message(EMPLOYED[kind].text, {"name": name})
        return Plan(what, preview_employment(session, person_id, new), act, by_two=False)

    return plan


CHOSEN = frozenset({"from_on"})
ACTS: Mapping[str, Act] = {
    "extension": Act(
        _("Extend"), _("More time for what is owed now. It moves no certificate and no anniversary."),
        {"programme": PROGRAMME, "until_on": (_("Until"), _("The last day.")), "reason": REASON},
        _decision(DecisionKind.EXTENSION), frozenset({"until_on"}),
    ),
    "waiver": Act(
        _("Waive"), _("What is missing is not owed until a day. It moves no date."),
        {
            "programme": PROGRAMME, "from_on": (_("From"), _("Left empty: from the day of approval.")),
            "until_on": (_("Until"), _("The last day.")), "reason": REASON,
        },
        _decision(DecisionKind.WAIVER), frozenset({"until_on"}),
    ),
    "exclusion": Act(
        _("Exclude"),
        _("Nothing asks for it of this person until the day on which that is looked at again."),
        {
            "programme": PROGRAMME, "from_on": (_("From"), _("Left empty: from the day of approval.")),
            "until_on": (_("Looked at again on"), _("The last day of the exclusion.")), "reason": REASON,
        },
        _decision(DecisionKind.EXCLUSION), frozenset({"until_on"}),
    ),
    "revocation": Act(
        _("Revoke"),
        _("Takes away what is held, for cause: the certificate shows as revoked, and all is to be done anew."),
        {"programme": PROGRAMME, "reason": REASON}, _decision(DecisionKind.REVOCATION),
    ),
    "withdraw": Act(
        _("Withdraw or annul a decision"),
        _("An extension, a waiver or an exclusion ends; a revocation is annulled."),
        {"decision": (_("Which decision"), ""), "reason": REASON}, _withdrawal,
    ),
    "credit": Act(
        _("Enter a credit"),
        _("For what was done elsewhere or before: it counts from its own day, as far as the programme looks back."),
        {
            "target": (_("What was done"), ""), "occurred_on": (_("On which day"), ""),
            "reason": EVIDENCE,
        },
        _credit, group="credits",
    ),
    "credit-correction": Act(
        _("Correct the day of a credit"),
        _("The credit on record is declared void, and one of the right day takes its place."),
        {"credit": (_("Which credit"), ""), "occurred_on": (_("The right day"), ""), "reason": REASON},
        _correction, group="credits",
    ),
    "credit-void": Act(
        _("Declare a credit void"), _("It stays on record and counts as if it had never been."),
        {"credit": (_("Which credit"), ""), "reason": REASON}, _void, group="credits",
    ),
    "unassign": Act(
        _("Withdraw an assignment"), _("One that somebody made by name. What a rule asks for ends with the rule."),
        {"assignment": (_("Which assignment"), ""), "until_on": (_("Last day"), ""), "reason": REASON},
        _unassign, frozenset({"until_on"}),
    ),
    "leave": Act(
        _("Leave of absence"), _("The due date and the grace wait; the end of a certificate does not."),
        {
            "from_on": (_("From"), _("The first day.")), "until_on": (_("Until"), _("The last day, if it is known.")),
            "reason": WHY,
        },
        _employment(EmploymentKind.ABSENCE), CHOSEN, by_two=False, group="employment",
    ),
    "leave-end": Act(
        _("Back from leave"), _("Ends the leave of absence that runs on this day."),
        {"from_on": (_("First day back"), ""), "reason": WHY},
        _employment(EmploymentKind.ABSENCE_END), CHOSEN, by_two=False, group="employment",
    ),
    "move": Act(
        _("Move to another unit"), _("Rules of assignment follow the unit."),
        {"from_on": (_("From"), _("The first day.")), "unit": (_("Unit"), ""), "reason": WHY},
        _employment(EmploymentKind.MOVE), CHOSEN, by_two=False, group="employment",
    ),
    "departure": Act(
        _("Leaves the firm"), _("What is open closes; certificates end with the employment."),
        {"from_on": (_("Last day"), ""), "reason": WHY},
        _employment(EmploymentKind.LEAVE), CHOSEN, by_two=False, group="employment",
    ),
    "rehire": Act(
        _("Employed again"),
        _("A new employment of the same person: nothing is resumed, and what was done shortly before counts."),
        {"from_on": (_("From"), _("The first day.")), "unit": (_("Unit"), ""), "reason": WHY},
        _employment(EmploymentKind.REHIRE), CHOSEN, by_two=False, group="employment",
    ),
}  # fmt: skip
GROUPS = (
    ("certification", _("About a certification")),
    ("credits", _("About what was done")),
    ("employment", _("About the employment")),
)
