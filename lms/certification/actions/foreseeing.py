"""What an assessment under other rules would come to: derived as `reassess_people` derives it, and not saved."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.audit.events import recorded_at
from lms.certification.actions.assigning import Surroundings, assign_by_rule, situation_of, surroundings
from lms.certification.actions.saving import Saving
from lms.certification.models import AssignmentRow
from lms.certification.queries.facts import Dossier, dossiers_of, facts_in, held_days, zone_of
from lms.certification.queries.history import history_of
from lms.certification.rules import Facts, Migration
from lms.certification.rules_moving import Foreseen, Move, goes_by_others, moves_between
from lms.certification.texts import History, Published
from lms.core.dates import Days
from lms.core.versions import Change, snapshot
from lms.people.models import Identity

BATCH = 500
SUPPOSED = "supposed"


@dataclass(frozen=True)
class Supposition:
    """Texts as they would be, and the programmes whose open periods would go on under a version of the rules."""

    history: History
    migrate: Mapping[str, str] = field(default_factory=dict)

    @property
    def versions(self) -> dict[str, str]:
        """The version last published of each programme, as supposed."""
        programmes = self.history.programmes.items()
        return {name: text.newest.version for name, text in programmes if text.rules}


@dataclass(frozen=True)
class Supposed:
    """A programme's document as it would be published; see `authoring.documents_rules`."""

    id: str
    body: Mapping[str, Any]


def published_as_well(
    session: Session, documents: Collection[Supposed], on: date, at: datetime
) -> Supposition:
    """Suppose that programmes were published on a day, after all that is published."""
    current = snapshot(session)
    rows = []
    for each in documents:
        old = current.versions.get(("programme", each.id))
        change = Change.RETIRED if each.body.get("retired") else Change.EDITORIAL if old else Change.FIRST
        number = old.number + 1 if old else 1
        rows.append(
            Published(0, "programme", each.id, number, change, on, current.publication + 1, at, each.body)
        )
    return Supposition(history_of(session).with_rows(rows))


def foresee(session: Session, supposed: Supposition, on: date) -> Foreseen:
    """Return whom a supposition would move on a day, and whose open periods would migrate. Writes nothing."""
    moves: list[Move] = []
    migrated: list[UUID] = []
    for people in _batches(session, supposed):
        now = Supposition(history_of(session))
        before = _derived(session, people, now, on, [])
        after = _derived(session, people, supposed, on, migrated)
        for person_id in people:
            moves += moves_between(person_id, before[person_id], after[person_id], on)
    touched = {each.programme for each in moves} | supposed.migrate.keys()
    versions = {name: version for name, version in supposed.versions.items() if name in touched}
    return Foreseen(versions, tuple(moves), tuple(migrated))


def _batches(session: Session, supposed: Supposition) -> Iterator[list[UUID]]:
    """Whom it may concern, by id: migrations only those whom the programmes were ever asked of."""
    query = select(Identity.person_id).order_by(Identity.person_id)
    if supposed.migrate:
        a = AssignmentRow
        query = select(a.person_id).where(a.programme.in_(supposed.migrate)).distinct().order_by(a.person_id)
    people = list(session.scalars(query))
    for start in range(0, len(people), BATCH):
        yield people[start : start + BATCH]


def _derived(
    session: Session, people: Collection[UUID], supposed: Supposition, on: date, migrated: list[UUID]
) -> dict[UUID, dict[str, Facts]]:
    """The facts of people by programme, as an assessment on that day would leave them."""
    around = surroundings(session, supposed.history, people)
    at = recorded_at(session)
    unsaved = Saving(at=at, recorded_at=at)
    found = {}
    for person_id, dossier in dossiers_of(session, people, supposed.history).items():
        mine = replace(dossier, decisions=defaultdict(list, dossier.decisions))
        found[person_id] = _assessed(session, mine, supposed, around, (on, unsaved))
        if any(each.id == SUPPOSED for facts in found[person_id].values() for each in facts.migrations):
            migrated.append(person_id)
    return found


def _assessed(
    session: Session,
    dossier: Dossier,
    supposed: Supposition,
    around: Surroundings,
    now: tuple[date, Saving],
) -> dict[str, Facts]:
    held: dict[str, Days] = {}
    found = {}
    on, unsaved = now
    history, zone = supposed.history, zone_of(session)
    for text in history.programmes.values():
        assign_by_rule(dossier, text, situation_of(dossier, around, held), on, unsaved)
        facts = facts_in(dossier, text, history, held, zone)
        version = supposed.migrate.get(text.id)
        if version is not None and goes_by_others(facts, on, version):
            fact = Migration(id=SUPPOSED, recorded_at=unsaved.recorded_at, occurred_on=on, version=version)
            facts = replace(facts, migrations=(*facts.migrations, fact))
        if text.id in history.rested_on:
            held[text.id] = held_days(facts)
        if text.id in dossier.programmes:
            found[text.id] = facts
    return found
