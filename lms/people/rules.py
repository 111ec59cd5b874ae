"""The vocabulary of people: what can be entered, and what happened.

The reading of employment facts is in `employment.py`, sign-in's rules are in `credentials.py`, the
comparison of a roster with the present state is in `roster.py`; all of them are pure.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from uuid import UUID

from lms.core.access import Role
from lms.core.events import Event
from lms.people.employment import Employment, EmploymentKind, Fact, Interval, Spell, fold

__all__ = [
    "Employment",
    "EmploymentKind",
    "Fact",
    "Interval",
    "Spell",
    "fold",
]

# Roles with which one could approve, grant or read everything: a second person must agree to them.
ROLES_BY_TWO = frozenset({Role.HR, Role.APPROVER, Role.ADMINISTRATOR, Role.AUDITOR})
APPROVING_ROLES = frozenset({Role.HR, Role.APPROVER, Role.ADMINISTRATOR})

Name = dict[str, str]


class RoleChange(StrEnum):
    """Whether a role was given or taken."""

    GRANTED = "granted"
    ENDED = "ended"


class LinkPurpose(StrEnum):
    """What a one-time link is for."""

    ACTIVATION = "activation"
    RESET = "reset"
    FIRST_ADMINISTRATOR = "first_administrator"


@dataclass(frozen=True)
class NewPerson:
    """Somebody to be added, with the employment they begin; an empty `username` is made from the number.

    `unit_id` is absent for the first administrator alone, whose unit is made with them.
    """

    staff_number: str
    name_zh: str
    name_en: str
    unit_id: UUID | None
    joined_on: date
    mail: str = ""
    username: str = ""
    language: str = ""


@dataclass(frozen=True)
class NewUnit:
    """A unit to be made; without a parent it is the firm's top."""

    code: str
    name_zh: str
    name_en: str
    parent_id: UUID | None = None


@dataclass(frozen=True)
class NewFact:
    """An employment fact to be recorded; see `models.EmploymentFact` for what the days mean."""

    kind: EmploymentKind
    from_on: date
    until_on: date | None = None
    unit_id: UUID | None = None
    voids_id: UUID | None = None
    reason: str = ""


@dataclass(frozen=True)
class UnitNode:
    """A unit with its place in the tree: `depth` 0 at the top, `path` the codes from the top to it."""

    id: UUID
    code: str
    name: Mapping[str, str]
    parent_id: UUID | None
    depth: int
    path: tuple[str, ...]


def name_of(name_zh: str, name_en: str) -> Name:
    """Return a bilingual name; where one language lacks a name, the other stands in."""
    return {"zh": name_zh or name_en, "en": name_en or name_zh}


def in_order(nodes: Iterable[tuple[UUID, str, Name, UUID | None]]) -> list[UnitNode]:
    """Order units as a tree, parents first, siblings by code."""
    children: dict[UUID | None, list[tuple[UUID, str, Name]]] = {}
    for unit_id, code, name, parent_id in nodes:
        children.setdefault(parent_id, []).append((unit_id, code, name))
    found: list[UnitNode] = []

    def walk(parent_id: UUID | None, path: tuple[str, ...]) -> None:
        for unit_id, code, name in sorted(children.get(parent_id, []), key=lambda each: each[1]):
            found.append(UnitNode(unit_id, code, name, parent_id, len(path), (*path, code)))
            walk(unit_id, (*path, code))

    walk(None, ())
    return found


def at_or_below(tree: Iterable[UnitNode], tops: Iterable[UUID]) -> frozenset[UUID]:
    """Return the units of a tree in order that are `tops` or below them."""
    found = set(tops)
    for node in tree:
        if node.parent_id in found:
            found.add(node.id)
    return frozenset(found)


@dataclass(frozen=True, kw_only=True)
class PersonAdded(Event):
    """A person came into the directory."""


@dataclass(frozen=True, kw_only=True)
class IdentityChanged(Event):
    """Name, mail, staff number, sign-in name or language changed; `fields` says which, never to what."""

    fields: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class MailChanged(Event):
    """The registered address changed. `old_mail` goes to the notice to its owner and is not recorded."""

    old_mail: str = field(default="", repr=False)

    def payload(self) -> dict[str, object]:
        """Leave the address out of the log."""
        return {}


@dataclass(frozen=True, kw_only=True)
class UnitChanged(Event):
    """A unit was made, renamed or moved."""

    parent_id: UUID | None = None


@dataclass(frozen=True, kw_only=True)
class LeadChanged(Event):
    """Somebody began or ceased to lead a unit: from `from_on` to the inclusive `until_on`, if known."""

    unit_id: UUID
    from_on: date
    until_on: date | None = None


@dataclass(frozen=True, kw_only=True)
class EmploymentRecorded(Event):
    """A fact of employment was entered; `person_id` is whose, `fact` its kind, `from_on` its first day."""

    fact: EmploymentKind
    from_on: date
    until_on: date | None = None
    unit_id: UUID | None = None


@dataclass(frozen=True, kw_only=True)
class RoleRequested(Event):
    """Somebody asks for a role that takes two people; the request is filed by reaction."""

    role: str
    asker_id: UUID


@dataclass(frozen=True, kw_only=True)
class RoleChanged(Event):
    """A role was given or taken."""

    role: str
    change: RoleChange


@dataclass(frozen=True, kw_only=True)
class LinkIssued(Event):
    """A one-time link was made. `token` goes to the mail to its owner and is not recorded."""

    purpose: LinkPurpose
    by_mail: bool
    token: str = field(default="", repr=False)

    def payload(self) -> dict[str, object]:
        """Leave the secret out of the log."""
        return {name: value for name, value in super().payload().items() if name != "token"}


@dataclass(frozen=True, kw_only=True)
class LinkUsed(Event):
    """A one-time link was used."""

    purpose: LinkPurpose


@dataclass(frozen=True, kw_only=True)
class CredentialsReset(Event):
    """Somebody else had a person's way to sign in reset: no signing or approving for 72 hours."""


@dataclass(frozen=True, kw_only=True)
class PasswordChanged(Event):
    """A person set a password."""


@dataclass(frozen=True, kw_only=True)
class SignedIn(Event):
    """A person signed in; `second_factor` says by what besides the password."""

    second_factor: str = ""


@dataclass(frozen=True, kw_only=True)
class SignInFailed(Event):
    """A sign-in was refused; `person_id` is absent where the name is nobody's."""

    why: str
    failures: int = 0


@dataclass(frozen=True, kw_only=True)
class Reauthenticated(Event):
    """A signed-in person proved again who they are."""


@dataclass(frozen=True, kw_only=True)
class SessionsEnded(Event):
    """Sessions were ended: by signing out, or revoked; `count` of them."""

    count: int


@dataclass(frozen=True, kw_only=True)
class SecondFactorChanged(Event):
    """The second factor was switched on or off, or its recovery codes were made anew."""

    change: str


@dataclass(frozen=True, kw_only=True)
class TokenIssued(Event):
    """A bearer token was made for another system."""

    scopes: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class TokenEnded(Event):
    """A bearer token was ended."""


@dataclass(frozen=True, kw_only=True)
class RosterImported(Event):
    """A roster was imported; the numbers count people."""

    joiners: int
    moves: int
    leavers: int


@dataclass(frozen=True, kw_only=True)
class PeopleRead(Event):
    """Somebody read the directory or a person's page; `count` people were shown."""

    count: int


@dataclass(frozen=True, kw_only=True)
class AccessDenied(Event):
    """Somebody asked for what is not theirs."""

    action: str
