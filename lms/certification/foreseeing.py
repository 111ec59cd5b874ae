"""What an act would change: the facts as they would be, assessed as an assessment would, and nothing written."""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple
from uuid import UUID

from sqlalchemy.orm import Session

from lms.approvals.rules import Moved, Preview, Untouched, Word
from lms.audit.events import recorded_at
from lms.certification.actions.assigning import Surroundings, assign_by_rule, situation_of, surroundings
from lms.certification.actions.saving import Saving
from lms.certification.labels import OVERLAYS, STATES
from lms.certification.queries.facts import (
    HELD_STATES,
    Dossier,
    dossiers_of,
    facts_in,
    facts_of_dossier,
    held_days,
    zone_of,
)
from lms.certification.queries.history import history_of
from lms.certification.rules import Facts, Overlay, ReasonCode, Standing, State, status
from lms.certification.rules_sources import HandRule
from lms.certification.texts import History
from lms.core.canonical import canonical_json, sha256_hex
from lms.core.dates import Days, day_after
from lms.core.errors import Message, message
from lms.people.actions import check_employment
from lms.people.queries import firm_day, names
from lms.people.rules import EmploymentKind, NewFact, fold

Change = Callable[[Dossier], None]
NOBODY = {"zh": "", "en": ""}
OWED = frozenset({State.OVERDUE, State.GRACE, State.LAPSED, State.LONG_LAPSED})


class Foreseen(NamedTuple):
    """A person's facts in a programme as they are and as they would be, and how they stand by each."""

    person_id: UUID
    programme: str
    facts: tuple[Facts, Facts]
    before: Standing
    after: Standing


@dataclass(frozen=True)
class Supposed:
    """What is supposed of people: `change` edits a dossier in place, `rule` is a rule made by hand.

    `on` is the day looked at, today if it lies before.
    """

    people: Collection[UUID]
    change: Change | None = None
    rule: HandRule | None = None
    on: date | None = None


def foresee(session: Session, supposed: Supposed) -> list[Foreseen]:
    """Return how each person stands in each programme, and how they would; by person and programme."""
    at = recorded_at(session)
    today, history, zone = firm_day(session, at), history_of(session), zone_of(session)
    people = sorted(supposed.people)
    dossiers = dossiers_of(session, people, history)
    around = surroundings(session, history, people, supposed.rule)
    look_on, saving, found = max(today, supposed.on or today), Saving(at=at, recorded_at=at), []
    for person_id in people:
        dossier = dossiers[person_id]
        before = facts_of_dossier(dossier, history, zone)
        if supposed.change is not None:
            supposed.change(dossier)
        after = _afterwards(session, dossier, history, around, (today, saving))
        found += [
            Foreseen(
                person_id, name, (before[name], facts), status(before[name], look_on), status(facts, look_on)
            )
            for name, facts in sorted(after.items())
        ]
    return found


def _afterwards(
    session: Session, dossier: Dossier, history: History, around: Surroundings, when: tuple[date, Saving]
) -> dict[str, Facts]:
    """What `reassess_people` would derive; what it would save is thrown away."""
    held: dict[str, Days] = {}
    found, (today, saving) = {}, when
    for name, text in history.programmes.items():
        assign_by_rule(dossier, text, situation_of(dossier, around, held), today, saving)
        found[name] = facts_in(dossier, text, history, held, zone_of(session))
        if name in history.rested_on:
            held[name] = held_days(found[name])
    return found


def preview_of(session: Session, supposed: Supposed, lines: Iterable[Message] = ()) -> Preview:
    """Return what would move for one person, or few."""
    return told(session, foresee(session, supposed), lines)


def told(
    session: Session, found: list[Foreseen], lines: Iterable[Message] = (), about: str | None = None
) -> Preview:
    """Put what was foreseen into words; with `about`, who stays as they are in that programme, and why."""
    titles = {name: text.title for name, text in history_of(session).programmes.items()}
    called = names(session, {each.person_id for each in found})
    lines = tuple(lines)
    moving = [each for each in found if _looks(each.before) != _looks(each.after)]
    moved = tuple(
        Moved(each.person_id, called.get(each.person_id, NOBODY), titles[each.programme], rows_of(each))
        for each in moving
    )
    staying = [each for each in found if each.programme == about and each not in moving]
    untouched = tuple(
        Untouched(each.person_id, called.get(each.person_id, NOBODY), why_not(each.after)) for each in staying
    )
    sentences = (*lines, *_sentences(moving, titles, about))
    return Preview(_digest(moving, staying, lines), sentences, moved, untouched)


def _digest(moving: list[Foreseen], staying: list[Foreseen], lines: tuple[Message, ...]) -> str:
    """What a preview rests on: who moves from where to where, who stays, what is said beside it; nothing else."""
    moves = [
        [str(each.person_id), each.programme, *_looks(each.before), *_looks(each.after)] for each in moving
    ]
    said = [str(each) for each in lines]
    return sha256_hex(canonical_json([moves, sorted(str(each.person_id) for each in staying), said]))


def _sentences(
    moving: list[Foreseen], titles: Mapping[str, Mapping[str, str]], about: str | None
) -> list[Message]:
    if not moving:
        return [message("No standing would change.")]
    if about is not None:
        return []
    return [_line(titles[each.programme], each.before, each.after) for each in moving]


def _line(title: Mapping[str, str], before: Standing, after: Standing) -> Message:
    said = {"programme": dict(title), "before": STATES[before.state], "after": STATES[after.state]}
    if before.state is after.state:
        return message("“%(programme)s” stays %(after)s; the table says what moves.", **said)
    if after.valid_until is not None and after.state in HELD_STATES:
        return message(
            "“%(programme)s”: %(before)s becomes %(after)s, valid through %(until)s.",
            until=after.valid_until,
            **said,
        )
    return message("“%(programme)s”: %(before)s becomes %(after)s.", **said)


def _looks(standing: Standing) -> list[str | None]:
    days = (
        standing.due_on,
        standing.valid_from,
        standing.valid_until,
        standing.grace_until,
        standing.next_change_on,
    )
    beside = " ".join(sorted(each.value for each in standing.overlays - QUIET))
    return [standing.state.value, beside, *(day.isoformat() if day else None for day in days)]


QUIET = frozenset({Overlay.IN_PROGRESS})
YES, NO = message("yes"), message("no")
STATE = message("State")
DAYS: tuple[tuple[str, Message], ...] = (
    ("due_on", message("Due on")),
    ("valid_from", message("Valid from")),
    ("valid_until", message("Valid through")),
    ("grace_until", message("Grace through")),
    ("next_change_on", message("Next change")),
)
NEXT = message("From then on")


def rows_of(found: Foreseen) -> tuple[tuple[Message, Word, Word], ...]:
    """Return the state and each day that differs, before and after; last what comes next, where it differs."""
    before, after = found.before, found.after
    rows: list[tuple[Message, Word, Word]] = [(STATE, STATES[before.state], STATES[after.state])]
    beside = sorted((before.overlays ^ after.overlays) - QUIET)
    rows += [
        (OVERLAYS[each], YES, NO) if each in before.overlays else (OVERLAYS[each], NO, YES) for each in beside
    ]
    for name, label in DAYS:
        if getattr(before, name) != getattr(after, name):
            rows.append((label, getattr(before, name), getattr(after, name)))
    if before.next_state is not after.next_state:
        rows.append((NEXT, _next(before), _next(after)))
    return tuple(rows)


def _next(standing: Standing) -> Message | None:
    return STATES[standing.next_state] if standing.next_state else None


def why_not(standing: Standing) -> Message:
    """Say why somebody stays as they are."""
    if any(each.code is ReasonCode.EXCLUDED for each in standing.reasons):
        return message("taken out of this certification by a decision")
    if standing.state in (State.CERTIFIED, State.RENEWAL_OPEN):
        if standing.valid_until is None:
            return message("holds it already, without an end")
        return message("holds it already, valid through %(day)s", day=standing.valid_until)
    if standing.state is State.ASSIGNED and standing.due_on is not None:
        return message("owes it already, by %(day)s", day=standing.due_on)
    if standing.state is State.ASSIGNED:
        return message("owes it already, without a day while on leave")
    if standing.state in OWED:
        return message("owes it already: %(state)s", state=STATES[standing.state])
    return message("stands as before: %(state)s", state=STATES[standing.state])


def preview_employment(session: Session, person_id: UUID, new: NewFact) -> Preview:
    """Return what a fact of employment would move, on the first day on which it acts.

    Raises as `people.actions.record_employment` does.
    """
    facts, fact = check_employment(session, person_id, new)
    employed = fold((*facts, fact))
    on = day_after(new.from_on) if new.kind is EmploymentKind.LEAVE else new.from_on

    def change(dossier: Dossier) -> None:
        dossier.employed = employed

    return preview_of(session, Supposed([person_id], change, on=on))
