"""How the decisions about one person that need two people describe themselves, and what they would do.

Credits and assignments by rule are in `requests_credits.py` and `requests_hands.py`.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from lms.approvals.rules import Kind, Preview
from lms.audit.events import recorded_at
from lms.certification.actions.assignments import UNASSIGN
from lms.certification.actions.corrections import CORRECT, VOID
from lms.certification.actions.credits import CREDIT
from lms.certification.actions.decisions import ANNULMENT, FROM_APPROVAL
from lms.certification.actions.hands import RULE, RULE_END
from lms.certification.foreseeing import Supposed, foresee, preview_of, told
from lms.certification.labels import STATES
from lms.certification.models import DecisionRow
from lms.certification.queries.facts import Decision, Dossier
from lms.certification.requests_credits import (
    describe_correction,
    describe_credit,
    describe_void,
    preview_correction,
    preview_credit,
    preview_void,
)
from lms.certification.requests_hands import (
    describe_rule,
    describe_rule_end,
    describe_unassignment,
    preview_rule,
    preview_rule_end,
    preview_unassignment,
)
from lms.certification.requests_words import SUPPOSED, Payload, whom
from lms.certification.rules import (
    Exclusion,
    Extension,
    Finding,
    Migration,
    Revocation,
    Waiver,
    status,
)
from lms.certification.rules_events import DecisionKind
from lms.core.dates import Duration, day_after
from lms.core.errors import Message, message
from lms.people.queries import firm_day


def _(text: str) -> str:
    """Mark a sentence for extraction; it is translated when it is shown."""
    return text


SENTENCES = {
    DecisionKind.REVOCATION: _("Revoke “%(programme)s” of %(name)s."),
    DecisionKind.EXTENSION: _("Give %(name)s until %(until)s for “%(programme)s”."),
    DecisionKind.WAIVER: _("Waive “%(programme)s” for %(name)s until %(until)s."),
    DecisionKind.EXCLUSION: _("Take %(name)s out of “%(programme)s” until %(until)s."),
    DecisionKind.MIGRATION: _("Move the open period of %(name)s in “%(programme)s” to its newest rules."),
    DecisionKind.FINDING: _("Let %(name)s do “%(programme)s” again because of a finding."),
}
TITLES = {
    DecisionKind.REVOCATION: _("Revocation"),
    DecisionKind.EXTENSION: _("Extension"),
    DecisionKind.WAIVER: _("Waiver"),
    DecisionKind.EXCLUSION: _("Exclusion"),
    DecisionKind.MIGRATION: _("Migration"),
    DecisionKind.FINDING: _("Finding"),
}


def _describe(kind: DecisionKind) -> Callable[[Session, Payload], Message]:
    def describe(session: Session, payload: Payload) -> Message:
        until = payload["until_on"]
        days = {"until": date.fromisoformat(until)} if until else {}
        return Message(SENTENCES[kind], {**whom(session, payload), **days})

    return describe


def _preview(kind: DecisionKind) -> Callable[[Session, Payload], Preview]:
    def preview(session: Session, payload: Payload) -> Preview:
        at = recorded_at(session)
        today, programme = firm_day(session, at), payload["programme"]
        first = payload["from_on"] if kind not in FROM_APPROVAL else None
        fact = _supposed(kind, payload, today, at)
        supposed = Supposed(
            [UUID(payload["person"])],
            lambda dossier: dossier.decisions[programme].append(fact),
            on=date.fromisoformat(first) if first else None,
        )
        found = foresee(session, supposed)
        lines = []
        if kind is DecisionKind.WAIVER and isinstance(fact, Waiver) and fact.until_on:
            later = day_after(fact.until_on)
            facts = next(each.facts[1] for each in found if each.programme == programme)
            state = STATES[status(facts, later).state]
            lines.append(message("On %(day)s, the day after the waiver: %(state)s.", day=later, state=state))
        return told(session, found, lines)

    return preview


def _supposed(kind: DecisionKind, payload: Payload, on: date, at: datetime) -> Decision:
    """The fact as it would be."""
    until = date.fromisoformat(payload["until_on"]) if payload["until_on"] else None
    first = date.fromisoformat(payload["from_on"]) if payload["from_on"] and kind not in FROM_APPROVAL else on
    if kind is DecisionKind.REVOCATION:
        return Revocation(id=SUPPOSED, recorded_at=at, occurred_on=first)
    if kind is DecisionKind.EXTENSION:
        return Extension(id=SUPPOSED, recorded_at=at, granted_on=first, until_on=until or first)
    if kind is DecisionKind.WAIVER:
        return Waiver(id=SUPPOSED, recorded_at=at, from_on=first, until_on=until)
    if kind is DecisionKind.EXCLUSION:
        bars = payload["target"] or None
        return Exclusion(id=SUPPOSED, recorded_at=at, from_on=first, until_on=until, assignment=bars)
    if kind is DecisionKind.FINDING:
        due = Duration.parse(payload["target"]) if payload["target"] else None
        return Finding(id=SUPPOSED, recorded_at=at, occurred_on=first, due=due)
    return Migration(id=SUPPOSED, recorded_at=at, occurred_on=first, version=payload["target"])


WITHDRAWALS = {
    DecisionKind.EXTENSION: _("Withdraw the extension of “%(programme)s” for %(name)s."),
    DecisionKind.WAIVER: _("Withdraw the waiver of “%(programme)s” for %(name)s."),
    DecisionKind.EXCLUSION: _("End the exclusion of %(name)s from “%(programme)s”."),
    DecisionKind.REVOCATION: _("Annul the revocation of “%(programme)s” of %(name)s."),
}


def describe_annulment(session: Session, payload: Payload) -> Message:
    """Say whose revocation, or which other decision, is to be undone."""
    row = session.get_one(DecisionRow, UUID(payload["decision"]))
    if row.kind in WITHDRAWALS:
        return Message(WITHDRAWALS[DecisionKind(row.kind)], whom(session, payload))
    return message("Withdraw a decision about “%(programme)s” of %(name)s.", **whom(session, payload))


def preview_annulment(session: Session, payload: Payload) -> Preview:
    """Say which standing it would change."""
    on, programme = firm_day(session, recorded_at(session)), payload["programme"]

    def undo(dossier: Dossier) -> None:
        kept = dossier.decisions[programme]
        kept[:] = [_undone(each, on) if each.id == payload["decision"] else each for each in kept]

    return preview_of(session, Supposed([UUID(payload["person"])], undo))


def _undone(decision: Decision, on: date) -> Decision:
    changed: dict[str, Any] = {"annulled_on" if isinstance(decision, Revocation) else "withdrawn_on": on}
    return replace(decision, **changed) if not isinstance(decision, (Finding, Migration)) else decision


APPROVAL_KINDS: Mapping[str, Kind] = {
    CREDIT: Kind(message("Credit with evidence"), describe_credit, preview_credit),
    VOID: Kind(message("Credit declared void"), describe_void, preview_void),
    CORRECT: Kind(message("Credit corrected"), describe_correction, preview_correction),
    ANNULMENT: Kind(message("Annulment"), describe_annulment, preview_annulment),
    UNASSIGN: Kind(message("Assignment withdrawn"), describe_unassignment, preview_unassignment),
    RULE: Kind(message("Assignment by rule"), describe_rule, preview_rule),
    RULE_END: Kind(message("Rule of assignment withdrawn"), describe_rule_end, preview_rule_end),
    **{kind.value: Kind(Message(TITLES[kind]), _describe(kind), _preview(kind)) for kind in DecisionKind},
}
