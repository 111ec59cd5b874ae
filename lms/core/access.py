"""The one permission table: which role may do what, to whom.

A route declares an `Action`; a query that loads somebody's record asks again with the `Relation` between
the actor and that person. What is not in `POLICY` is refused. `docs/access.csv` is this table in the form
HR and auditors read; a test keeps the two equal and tries every principal against every route.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from uuid import UUID


class Role(StrEnum):
    """What a person is for the system. LEARNER is everybody employed; MANAGER follows from the tree."""

    LEARNER = "learner"
    MANAGER = "manager"
    HR = "hr"
    AUTHOR = "author"
    APPROVER = "approver"
    CONDUCT_OFFICER = "conduct_officer"
    AUDITOR = "auditor"
    ADMINISTRATOR = "administrator"


GRANTED_ROLES = tuple(role for role in Role if role not in {Role.LEARNER, Role.MANAGER})


class Relation(StrEnum):
    """How the actor stands to the person whose record it is."""

    SELF = "self"
    MANAGED = "managed"
    ANY = "any"


class Action(StrEnum):
    """What can be done. PUBLIC needs no sign-in; SIGNED_IN needs nothing more."""

    PUBLIC = "public"
    SIGNED_IN = "signed-in"
    LEARN = "learn"
    READ_RECORD = "read-record"
    READ_TEAM = "read-team"
    READ_PEOPLE = "read-people"
    MANAGE_PEOPLE = "manage-people"
    READ_REPORTS = "read-reports"
    ENTER_FACTS = "enter-facts"
    DECIDE = "decide"
    ASSIGN = "assign"
    ASK_APPROVAL = "ask-approval"
    APPROVE = "approve"
    READ_EVALUATION = "read-evaluation"
    RUN_EVALUATIONS = "run-evaluations"
    READ_CONTENT = "read-content"
    PUBLISH_CONTENT = "publish-content"
    READ_AUDIT = "read-audit"
    ADMINISTER = "administer"
    BREAK_GLASS = "break-glass"
    RECUSE = "recuse"
    REVIEW_EMERGENCIES = "review-emergencies"


S, M, A = Relation.SELF, Relation.MANAGED, Relation.ANY
POLICY: dict[Action, frozenset[tuple[Role, Relation]]] = {
    Action.LEARN: frozenset({(Role.LEARNER, S)}),
    Action.READ_RECORD: frozenset({(Role.LEARNER, S), (Role.MANAGER, M), (Role.HR, A), (Role.AUDITOR, A)}),
    Action.READ_TEAM: frozenset({(Role.MANAGER, M)}),
    Action.READ_PEOPLE: frozenset({(Role.HR, A), (Role.AUDITOR, A), (Role.ADMINISTRATOR, A)}),
    Action.MANAGE_PEOPLE: frozenset({(Role.HR, A), (Role.ADMINISTRATOR, A)}),
    Action.READ_REPORTS: frozenset({(Role.HR, A), (Role.AUDITOR, A)}),
    Action.ENTER_FACTS: frozenset({(Role.HR, A)}),
    Action.DECIDE: frozenset({(Role.HR, A)}),
    Action.ASSIGN: frozenset({(Role.HR, A)}),
    Action.ASK_APPROVAL: frozenset({(Role.HR, A), (Role.AUTHOR, A), (Role.ADMINISTRATOR, A)}),
    Action.APPROVE: frozenset({(Role.HR, A), (Role.APPROVER, A), (Role.ADMINISTRATOR, A)}),
    Action.READ_EVALUATION: frozenset(
        {(Role.LEARNER, S), (Role.MANAGER, M), (Role.HR, A), (Role.AUDITOR, A)}
    ),
    Action.RUN_EVALUATIONS: frozenset({(Role.HR, A)}),
    Action.READ_CONTENT: frozenset({(Role.AUTHOR, A), (Role.APPROVER, A), (Role.AUDITOR, A)}),
    Action.PUBLISH_CONTENT: frozenset({(Role.AUTHOR, A)}),
    Action.READ_AUDIT: frozenset({(Role.AUDITOR, A)}),
    Action.ADMINISTER: frozenset({(Role.ADMINISTRATOR, A)}),
    Action.BREAK_GLASS: frozenset({(Role.LEARNER, S)}),
    Action.RECUSE: frozenset({(Role.LEARNER, S), (Role.MANAGER, M), (Role.HR, A)}),
    Action.REVIEW_EMERGENCIES: frozenset({(Role.HR, A)}),
}


@dataclass(frozen=True)
class Actor:
    """Who is asking, loaded once a request.

    `units` are all units below those the actor leads today (the led ones included); `session_id` the
    server-side session, absent for API tokens, jobs and commands; `scopes` limit an API token;
    `publication` is the newest published content, read in the same statement so that no page asks again.
    """

    person_id: UUID
    name: str
    roles: frozenset[Role]
    units: frozenset[UUID] = frozenset()
    session_id: str | None = None
    language: str | None = None
    credential: str = "session"
    scopes: frozenset[str] = frozenset()
    unread: int = 0
    authenticated_at: datetime | None = None
    publication: int = 0
    names: Mapping[str, str] = field(default_factory=dict, hash=False)

    def called(self, language: str) -> str:
        """Return the name in a language: a page may be in another than the one the person chose."""
        return self.names.get(language) or self.name

    def has(self, *roles: Role) -> bool:
        """Whether the actor holds any of `roles`."""
        return not self.roles.isdisjoint(roles)


def may_ever(actor: Actor, action: Action) -> bool:
    """Whether the actor may do `action` to anybody at all: the question a route asks."""
    if action is Action.PUBLIC or action is Action.SIGNED_IN:
        return True
    return any(role in actor.roles for role, _ in POLICY[action])


def may(actor: Actor, action: Action, person_id: UUID, unit_id: UUID | None) -> bool:
    """Whether the actor may do `action` to this person, who is in `unit_id` today.

    Nobody is their own manager: MANAGED never holds for oneself.
    """
    relations = relations_to(actor, person_id, unit_id)
    return any(role in actor.roles and relation in relations for role, relation in POLICY.get(action, ()))


def relations_to(actor: Actor, person_id: UUID, unit_id: UUID | None) -> frozenset[Relation]:
    """Return every relation in which the actor stands to the person."""
    found = {Relation.ANY}
    if actor.person_id == person_id:
        found.add(Relation.SELF)
    elif unit_id is not None and unit_id in actor.units:
        found.add(Relation.MANAGED)
    return frozenset(found)


def reach(actor: Actor, action: Action) -> Relation | None:
    """Return the widest relation in which the actor may do `action`, for lists; None when in none."""
    held = {relation for role, relation in POLICY.get(action, ()) if role in actor.roles}
    return next((relation for relation in (A, M, S) if relation in held), None)
