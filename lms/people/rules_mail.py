"""A registered address gives way only with a word from its own mailbox, or from two people. Pure."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from lms.core.errors import Message, message
from lms.core.events import Event, unrecorded
from lms.people.credentials import LASTS
from lms.people.rules import LinkPurpose

# As long as an activation: it, too, comes unasked to somebody who may be away.
CONFIRM_WITHIN = LASTS[LinkPurpose.ACTIVATION]
UNKNOWN = message("This link is not known. Check that it was copied whole.")


class MailStep(StrEnum):
    """What follows from entering an address: nothing, the change itself, or the question at the old one."""

    NOTHING = "nothing"
    NOW = "now"
    ASK = "ask"


class MailEnd(StrEnum):
    """How a change that waited ended. CONFIRMED: at the old address; APPROVED: by two people."""

    CONFIRMED = "confirmed"
    APPROVED = "approved"
    WITHDRAWN = "withdrawn"
    SUPERSEDED = "superseded"


TAKES_EFFECT = frozenset({MailEnd.CONFIRMED, MailEnd.APPROVED})


def mail_step(present: str, wanted: str, waiting: str | None) -> MailStep:
    """Return what entering `wanted` does; `waiting` is the address of a question that still stands.

    To enter the present address again leaves a waiting change as it is: forms carry it along unasked.
    """
    if wanted in {present, waiting}:
        return MailStep.NOTHING
    return MailStep.ASK if present else MailStep.NOW


def link_objection(ended: MailEnd | None, expires_at: datetime, at: datetime) -> Message | None:
    """Say why a link no longer confirms anything, or None while it does."""
    if ended in TAKES_EFFECT:
        return message("This link has been used: the new address is registered already.")
    if ended is MailEnd.WITHDRAWN:
        return message("This change was withdrawn: the address stays as it is.")
    if ended is MailEnd.SUPERSEDED:
        return message("A later change has taken the place of this one. Use the link of the newest mail.")
    if expires_at <= at:
        return message(
            "This link has expired and the address stays as it is. Ask HR to enter the change anew."
        )
    return None


@dataclass(frozen=True, kw_only=True)
class MailChangeAsked(Event):
    """Another address was entered; `token` goes to the mail to the old one and is not recorded."""

    change_id: UUID
    token: str = unrecorded()


@dataclass(frozen=True, kw_only=True)
class MailChangeEnded(Event):
    """A change that waited took effect, was withdrawn, or gave way to a later one."""

    change_id: UUID
    outcome: MailEnd


@dataclass(frozen=True, kw_only=True)
class MailApprovalRequested(Event):
    """The old mailbox is said to be lost; the request to do without it is filed by reaction."""

    change_id: UUID
    asker_id: UUID
