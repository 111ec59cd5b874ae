"""Reads of clearances: answers from the facts, for one or many in as many statements; the log of both."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session

from lms.audit.events import recorded_at
from lms.certification.clearances.models import DenialRow, GlassReview, GlassRow, RecusalEnd, RecusalRow
from lms.certification.clearances.reading import Read, duties_in, facts_read, needed
from lms.certification.clearances.rules import (
    Clearance,
    Code,
    Duty,
    DutyFacts,
    Opening,
    Outcome,
    Recusal,
    clearance,
)
from lms.certification.queries.facts import Dossier, dossiers_of, facts_in, held_days, zone_of
from lms.certification.queries.history import history_of
from lms.certification.rules import spans
from lms.certification.texts import History
from lms.core.access import Action, Actor, may
from lms.core.dates import Days
from lms.core.errors import NotFound
from lms.core.versions import snapshot
from lms.people.models import Identity, PersonNow
from lms.people.queries import firm_day, names, person_for


@dataclass(frozen=True)
class Asked:
    """What is asked about people: now, of one duty or all (empty), for one client or none (empty)."""

    at: datetime
    duty: str = ""
    client: str = ""


def duty_named(session: Session, duty_id: str) -> Duty:
    """Return a published duty.

    Raises NotFound.
    """
    found = duties_in(snapshot(session)).get(duty_id)
    if found is None:
        raise NotFound
    return found


def clearances_of(session: Session, people: Collection[UUID], asked: Asked) -> dict[UUID, list[Clearance]]:
    """Answer for people, in the order of the policy; nine statements, whatever their number.

    Raises NotFound for a duty that is not published.
    """
    duties = [duty_named(session, asked.duty)] if asked.duty else list(duties_in(snapshot(session)).values())
    facts = duty_facts(session, people, duties, asked)
    on = firm_day(session, asked.at)
    return {
        person_id: [clearance(duty, facts[person_id], on, asked.client, asked.at) for duty in duties]
        for person_id in people
    }


def duty_facts(
    session: Session, people: Collection[UUID], duties: Collection[Duty], asked: Asked
) -> dict[UUID, DutyFacts]:
    """Load what clearances rest on, in one statement a kind of fact."""
    history = history_of(session)
    programmes = needed(history, duties)
    found = {}
    for person_id, dossier in dossiers_of(session, people, history).items():
        read = _read(session, dossier, history, programmes)
        found[person_id] = facts_read(dossier, read, history, duties)
    recusals = _recusals(session, people, asked.client) if asked.client else {}
    openings = _openings(session, people, asked.at)
    return {
        person_id: replace(
            facts,
            recusals=tuple(recusals.get(person_id, ())),
            openings=tuple(openings.get(person_id, ())),
        )
        for person_id, facts in found.items()
    }


def _read(session: Session, dossier: Dossier, history: History, programmes: Collection[str]) -> Read:
    found: dict[str, tuple[object, object]] = {}
    held: dict[str, Days] = {}
    for name, text in history.programmes.items():
        if name not in programmes:
            continue
        facts = facts_in(dossier, text, history, held, zone_of(session))
        if name in history.rested_on:
            held[name] = held_days(facts)
        if name in dossier.programmes:
            found[name] = (facts, spans(facts))
    return found  # type: ignore[return-value]


def _recusals(session: Session, people: Collection[UUID], client: str) -> dict[UUID, list[Recusal]]:
    r, end = RecusalRow, RecusalEnd
    query = select(r.person_id, r.client, r.from_on, end.until_on).outerjoin(end, end.recusal_id == r.id)
    query = query.where(r.person_id.in_(people), r.client == client).order_by(r.from_on, r.id)
    found: dict[UUID, list[Recusal]] = {}
    for row in session.execute(query):
        found.setdefault(row.person_id, []).append(Recusal(row.client, row.from_on, row.until_on))
    return found


def _openings(session: Session, people: Collection[UUID], at: datetime) -> dict[UUID, list[Opening]]:
    g = GlassRow
    query = select(g.person_id, g.duty, g.client, g.from_at, g.until_at)
    query = query.where(g.person_id.in_(people), g.until_at > at).order_by(g.from_at, g.id)
    found: dict[UUID, list[Opening]] = {}
    for row in session.execute(query):
        found.setdefault(row.person_id, []).append(Opening(row.duty, row.client, row.from_at, row.until_at))
    return found


def clearances_for(session: Session, actor: Actor, person_id: UUID, asked: Asked) -> list[Clearance]:
    """Answer for one whose record the actor may read.

    Raises NotFound for strangers.
    """
    person_for(session, actor, person_id, Action.READ_RECORD)
    return clearances_of(session, [person_id], asked)[person_id]


def readable(session: Session, actor: Actor, people: Collection[UUID]) -> list[UUID]:
    """Return, of these people, those whose records the actor may read, in one statement."""
    query = select(Identity.person_id, PersonNow.unit_id).join(
        PersonNow, PersonNow.person_id == Identity.person_id
    )
    rows = session.execute(query.where(Identity.person_id.in_(people)).order_by(Identity.person_id))
    return [row.person_id for row in rows if may(actor, Action.READ_RECORD, row.person_id, row.unit_id)]


def new_denials(session: Session, denied: Mapping[UUID, Code], asked: Asked) -> dict[UUID, Code]:
    """Return, of people denied a duty, those not noted yet today."""
    if not denied:
        return {}
    d = DenialRow
    query = select(d.person_id).where(
        d.person_id.in_(denied), d.duty == asked.duty, d.client == asked.client,
        d.denied_on == firm_day(session, asked.at),
    )  # fmt: skip
    noted = set(session.scalars(query))
    return {person_id: code for person_id, code in denied.items() if person_id not in noted}


@dataclass(frozen=True)
class RecusalLine:
    """A recusal with its end; `until_on` absent: until further notice."""

    id: UUID
    person_id: UUID
    client: str
    from_on: date
    reason: str
    until_on: date | None


def recusals_of(session: Session, person_id: UUID) -> list[RecusalLine]:
    """Return a person's recusals, newest first."""
    query = _recusal_rows().where(RecusalRow.person_id == person_id)
    return [RecusalLine(*row) for row in session.execute(query)]


def recusal_for(session: Session, actor: Actor, recusal_id: UUID, action: Action) -> RecusalLine:
    """Load a recusal for one who may do `action` to its person.

    Raises NotFound for strangers.
    """
    row = session.execute(_recusal_rows().where(RecusalRow.id == recusal_id)).one_or_none()
    if row is None:
        raise NotFound
    person_for(session, actor, row.person_id, action)
    return RecusalLine(*row)


def recusal(session: Session, recusal_id: UUID) -> RecusalLine:
    """Load a recusal.

    Raises NotFound.
    """
    row = session.execute(_recusal_rows().where(RecusalRow.id == recusal_id)).one_or_none()
    if row is None:
        raise NotFound
    return RecusalLine(*row)


def _recusal_rows() -> Select[UUID, UUID, str, date, str, date]:
    r, end = RecusalRow, RecusalEnd
    columns = (r.id, r.person_id, r.client, r.from_on, r.reason, end.until_on)
    return select(*columns).outerjoin(end, end.recusal_id == r.id).order_by(r.from_on.desc(), r.id)


@dataclass(frozen=True)
class GlassLine:
    """An emergency opening with its review; `outcome` absent: nobody has looked at it yet."""

    row: GlassRow
    outcome: Outcome | None
    remark: str
    reviewed_by: UUID | None


def openings_listed(session: Session, limit: int = 100) -> list[GlassLine]:
    """Return emergency openings: those that wait for a review first, then the newest."""
    g, r = GlassRow, GlassReview
    query = select(g, r).outerjoin(r, r.glass_id == g.id)
    rows = session.execute(query.order_by(r.glass_id.is_not(None), g.from_at.desc(), g.id).limit(limit))
    return [
        GlassLine(row, Outcome(seen.outcome), seen.remark, seen.reviewed_by_id)
        if seen
        else GlassLine(row, None, "", None)
        for row, seen in rows
    ]


def denials_listed(session: Session, since: date, limit: int = 200) -> list[DenialRow]:
    """Return denials from a day on, newest first."""
    d = DenialRow
    query = select(d).where(d.denied_on >= since).order_by(d.denied_on.desc(), d.recorded_at.desc(), d.id)
    return list(session.scalars(query.limit(limit)))


def name_of_person(session: Session, person_id: UUID) -> dict[str, str]:
    """Return a person's bilingual name, empty for nobody's id."""
    return dict(names(session, [person_id]).get(person_id, {"zh": "", "en": ""}))


def is_open(session: Session, person_id: UUID, duty: str) -> bool:
    """Whether a duty is open to a person in an emergency right now."""
    g = GlassRow
    query = select(g.id).where(g.person_id == person_id, g.duty == duty, g.until_at > recorded_at(session))
    return session.scalar(query.limit(1)) is not None


def recused(session: Session, person_id: UUID, client: str, on: date) -> bool:
    """Whether a person keeps away from a client on a day or from a later one on."""
    r, end = RecusalRow, RecusalEnd
    query = select(r.id).outerjoin(end, end.recusal_id == r.id)
    query = query.where(r.person_id == person_id, r.client == client)
    return session.scalar(query.where(or_(end.until_on.is_(None), end.until_on >= on)).limit(1)) is not None
