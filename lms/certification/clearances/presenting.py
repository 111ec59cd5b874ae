"""Answers as they leave the system, and as pages show them: reasons in words, each with its next step."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from lms.certification.clearances import labels, queries
from lms.certification.clearances.queries import Asked
from lms.certification.clearances.rules import (
    Because,
    Clearance,
    ClearancesDenied,
    ClearancesRead,
    Code,
    Duty,
)
from lms.certification.rules_words import State
from lms.core.errors import Message
from lms.core.versions import Snapshot
from lms.people.queries import firm_day
from lms.web import context


def document(person_id: UUID, found: Clearance, asked: Asked) -> dict[str, Any]:
    """Return an answer as JSON holds it: ids, days and codes."""
    return {
        "person": str(person_id),
        "duty": found.duty,
        "client": asked.client or None,
        "allowed": found.allowed,
        "reason": found.reason.value,
        "reasons": [
            {
                "code": each.code.value,
                "target": each.target or None,
                "state": each.state.value if each.state else None,
                "on": _iso(each.on),
            }
            for each in found.reasons
        ],
        "until": _iso(found.until),
        "next_change_on": _iso(found.next_change_on),
        "expires_at": instant(found.expires_at) if found.expires_at else None,
        "checked_at": instant(asked.at),
    }


def instant(at: datetime) -> str:
    """Return an instant as JSON holds it."""
    return at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None


def note(session: Session, found: Mapping[UUID, Clearance], asked: Asked) -> None:
    """Have it recorded that clearances were read, and what was denied for the first time today."""
    denied = {each: answer.reason for each, answer in found.items() if not answer.allowed}
    new = queries.new_denials(session, denied, asked)
    subject, alone = f"duty:{asked.duty}", next(iter(found)) if len(found) == 1 else None
    context.observe(ClearancesRead(subject=subject, occurred_at=asked.at, person_id=alone, rows=len(found)))
    if new:
        context.observe(
            ClearancesDenied(
                subject=subject, occurred_at=asked.at, person_id=alone, duty=asked.duty, client=asked.client,
                denied_on=firm_day(session, asked.at),
                people=tuple(sorted(new.items(), key=lambda each: str(each[0]))),
            )
        )  # fmt: skip


@dataclass(frozen=True)
class Why:
    """A reason in words with where to go next; empty `path`: nothing to be done here."""

    text: Message
    path: str = ""


@dataclass(frozen=True)
class DutyCard:
    """A duty as pages show it."""

    duty: Duty
    answer: Clearance
    reasons: tuple[Why, ...]
    may_ask: bool


def cards(duties: Mapping[str, Duty], found: list[Clearance], texts: Snapshot) -> list[DutyCard]:
    """Return the duties with their answers, reasons in words."""
    return [
        DutyCard(
            duty=duties[each.duty],
            answer=each,
            reasons=tuple(_why(one, texts) for one in each.reasons if one.code is not Code.HELD),
            may_ask=not each.allowed
            and duties[each.duty].glass_minutes > 0
            and not {Code.RECUSED, Code.NOT_EMPLOYED} & {one.code for one in each.reasons},
        )
        for each in found
    ]


def _why(because: Because, texts: Snapshot) -> Why:
    kind = "agreement" if because.code in {Code.UNSIGNED, Code.SIGN_AGAIN} else "programme"
    version = texts.find(kind, because.target)
    thing = dict(version.body["title"]) if version else because.target
    path = f"/agreements/{because.target}" if kind == "agreement" and version else ""
    if because.code in {Code.STANDING, Code.GRACE_OVER, Code.SUPPLEMENT_OVERDUE}:
        path = "" if because.state in {State.NOT_REQUIRED, State.ENDED} else "/"
    return Why(labels.sentence(because, thing), path)
