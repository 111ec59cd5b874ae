"""Who may approve what: two different people, neither gaining by it nor dependent on one who gains."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from lms.core.errors import Message, message
from lms.core.events import Event

VALID_FOR = timedelta(days=30)


class ApprovalState(StrEnum):
    """Where a request stands. STALE: what it would do changed after it was asked."""

    OPEN = "open"
    APPROVED = "approved"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    STALE = "stale"


@dataclass(frozen=True, kw_only=True)
class ApprovalAsked(Event):
    """Somebody asked a second person to approve an act."""

    approval_kind: str
    payload_hash: str
    preview_hash: str


@dataclass(frozen=True, kw_only=True)
class Approved(Event):
    """A second person approved; the act itself follows by reaction, in the same transaction."""

    approval_kind: str
    arguments: Mapping[str, Any]
    asked_by: UUID
    approved_by: UUID


@dataclass(frozen=True, kw_only=True)
class ApprovalRefused(Event):
    """A second person refused, the asker withdrew, or the request went stale."""

    approval_kind: str
    outcome: ApprovalState


Word = Message | date | None
"""What a preview's table holds: a state, a day, or nothing."""


@dataclass(frozen=True)
class Moved:
    """What an act would change for one person in one thing: rows of a label, what is, and what would be."""

    person_id: UUID
    name: Mapping[str, str]
    about: Mapping[str, str]
    rows: tuple[tuple[Message, Word, Word], ...]


@dataclass(frozen=True)
class Untouched:
    """A person whom an act is about and for whom it would change nothing, and why."""

    person_id: UUID
    name: Mapping[str, str]
    why: Message


@dataclass(frozen=True)
class Preview:
    """What an act would do: `lines` and tables for people to read, `hash` over everything it rests on."""

    hash: str
    lines: tuple[Message, ...] = ()
    moved: tuple[Moved, ...] = ()
    untouched: tuple[Untouched, ...] = ()


@dataclass(frozen=True)
class Kind:
    """One kind of act that needs two people, as the slice that owns it describes it.

    `describe(session, payload)` says what is asked; `preview(session, payload)` what would follow now.
    """

    title: Message
    describe: Callable[[Any, Mapping[str, Any]], Message]
    preview: Callable[[Any, Mapping[str, Any]], Preview]


@dataclass(frozen=True)
class Parties:
    """Who is involved. `subordinate` holds everybody who reports, directly or not, to a beneficiary."""

    asker: UUID
    approver: UUID
    beneficiaries: frozenset[UUID]
    subordinate: frozenset[UUID]


def refusal(parties: Parties) -> Message | None:
    """Say why this approver may not approve this request, or None when they may.

    Source: docs/architecture.md, "Four eyes".
    """
    if parties.approver == parties.asker:
        return message("You asked for this yourself: a second person must decide.")
    if parties.approver in parties.beneficiaries:
        return message("This concerns yourself: somebody else must decide.")
    if parties.asker in parties.beneficiaries:
        return message("The person who asked gains by it: somebody else must ask.")
    if parties.approver in parties.subordinate:
        return message("This concerns somebody you report to: somebody else must decide.")
    if parties.asker in parties.subordinate:
        return message("The person who asked reports to somebody who gains by it: somebody else must ask.")
    return None


def expired(asked_at: datetime, now: datetime) -> bool:
    """Whether a request has waited longer than 30 days."""
    return now - asked_at > VALID_FOR
