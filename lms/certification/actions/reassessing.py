"""Assess people anew: assign by rule, derive from the facts, write what differs, and nothing else."""

from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from lms.audit.events import recorded_at
from lms.certification.actions.assigning import assign_by_rule, situation_of, surroundings
from lms.certification.actions.certifying import keep_certificates
from lms.certification.actions.periods import keep_periods
from lms.certification.actions.saving import Assessment, Saving
from lms.certification.actions.standings import Shown, keep_spans, keep_standing
from lms.certification.clearances.flipping import announce
from lms.certification.queries.facts import Dossier, dossiers_of, facts_in, held_days, zone_of
from lms.certification.queries.history import history_of
from lms.certification.queries.kept import kept_of
from lms.certification.rules import Facts, Span, periods
from lms.certification.texts import ProgrammeText
from lms.core.dates import Days
from lms.people.models import Person
from lms.people.queries import firm_day

TOGETHER = "assessed together"
PEOPLE = select(Person.id).where(Person.id.in_(bindparam("people", expanding=True))).order_by(Person.id)
THESE = PEOPLE.with_for_update(key_share=True)
FREE = PEOPLE.with_for_update(key_share=True, skip_locked=True)


def reassess(session: Session, person_id: UUID, at: datetime) -> None:
    """Assess a person in every programme, as of the firm's day of `at`; within `together`, at its end."""
    waiting: set[UUID] | None = session.info.get(TOGETHER)
    if waiting is None:
        reassess_people(session, [person_id], firm_day(session, at), at)
    else:
        waiting.add(person_id)


@contextmanager
def together(session: Session, at: datetime) -> Iterator[None]:
    """Put off the assessments that a block asks for, and make them at its end: each person once, as of `at`.

    For many acts of one day in one transaction; what an act of the block needs of an assessment (a run that
    a new period opens) has to be there before it.
    """
    waiting: set[UUID] = session.info.setdefault(TOGETHER, set())
    try:
        yield
    finally:
        session.info.pop(TOGETHER)
    if waiting:
        reassess_people(session, waiting, firm_day(session, at), at)


def awaits(session: Session, person_id: UUID) -> bool:
    """Whether a person's assessment was put off to the end of a block of `together`."""
    return person_id in session.info.get(TOGETHER, ())


def reassess_people(session: Session, people: Collection[UUID], on: date, at: datetime) -> None:
    """Assess people as of a day: reads are one statement a kind of fact, writes one a table.

    Twice in one day changes nothing. People are locked in one order, so that a pass, the sweep and a
    revocation at once end as some serial order of them.
    """
    found = lock(session, people)
    session.flush()
    history = history_of(session)
    if not found or not history.programmes:
        return
    around = surroundings(session, history, found)
    dossiers = dossiers_of(session, found, history)
    saving = Saving(at=at, recorded_at=recorded_at(session))
    assessment = Assessment(history, kept_of(session, found), on, saving)
    read: dict[UUID, dict[str, tuple[Facts, tuple[Span, ...]]]] = {person_id: {} for person_id in found}
    for person_id in found:
        dossier = dossiers[person_id]
        held: dict[str, Days] = {}
        for text in history.programmes.values():
            assign_by_rule(dossier, text, situation_of(dossier, around, held), on, saving)
            facts = facts_in(dossier, text, history, held, zone_of(session))
            if text.id in history.rested_on:
                held[text.id] = held_days(facts)
            if text.id in dossier.programmes or (person_id, text.id) in assessment.kept.standings:
                read[person_id][text.id] = facts, _assess(assessment, dossier, text, facts)
    saving.write(session)
    announce(session, dossiers, read, history, (on, at))


def lock(session: Session, people: Iterable[UUID], *, skip_locked: bool = False) -> list[UUID]:
    """Lock people, in the order of their ids; with `skip_locked`, those whom nobody else has locked.

    Not against references: who has just added a fact of a person may lock them next, whoever else waits.
    """
    return list(session.scalars(FREE if skip_locked else THESE, {"people": list(people)}))


def _assess(assessment: Assessment, dossier: Dossier, text: ProgrammeText, facts: Facts) -> tuple[Span, ...]:
    key = (dossier.person_id, text.id)
    found = periods(facts, assessment.on)
    ids = keep_periods(assessment, dossier.person_id, text, found)
    number = keep_certificates(assessment, dossier, text, found, ids)
    before = assessment.kept.standings.get(key)
    spans = keep_spans(assessment, dossier.person_id, text, facts, is_new=before is None)
    n = next((each.n for each in reversed(found) if each.is_open), 0)
    keep_standing(assessment, dossier, text, facts, spans, Shown(number, n))
    return spans
