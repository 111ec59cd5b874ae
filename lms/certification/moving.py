"""Foreseen moves in words: what an approver, HR and the command line read; and the approval of migrations."""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy.orm import Session

from lms.approvals.rules import Kind, Preview
from lms.audit.events import recorded_at
from lms.certification.actions.migrating import MIGRATIONS, foresee_migration
from lms.certification.labels import NEEDS, STATES
from lms.certification.queries.history import history_of
from lms.certification.rules_moving import Foreseen
from lms.certification.rules_words import Need, State
from lms.core.errors import Message, message
from lms.people.queries import firm_day, names

MOST_LINES = 200
NONE = message("none")
FIELDS: Mapping[str, Message] = {
    "state": message("State"),
    "due_on": message("Due"),
    "valid_from": message("Valid from"),
    "valid_until": message("Valid through"),
    "window_opens_on": message("Can be renewed from"),
    "grace_until": message("Grace until"),
    "next_change_on": message("Next change"),
    "next_state": message("Then"),
    "asks": message("Still asked for"),
}


class Line(NamedTuple):
    """One difference: whose, in which programme, in what, now and then."""

    person_id: UUID
    programme: str
    what: Message
    before: Message | date
    after: Message | date


def lines_of(found: Foreseen) -> Iterator[Line]:
    """Yield every difference, by person, programme and what differs."""
    for move in found.moves:
        for name in move.differs_in:
            before, after = getattr(move.before, name), getattr(move.after, name)
            yield Line(move.person_id, move.programme, FIELDS[name], _said(before), _said(after))


def summary(found: Foreseen) -> tuple[Message, ...]:
    """Return how many would move, and how many periods go on under other rules."""
    counts = [message("%(count)s people would see a difference.", count=found.people)]
    if found.migrated:
        counts.insert(0, message("%(count)s open periods would be moved.", count=len(found.migrated)))
    return tuple(counts)


def sentences(session: Session, found: Foreseen, most: int = MOST_LINES) -> tuple[Message, ...]:
    """Return the counts, then each difference as a sentence; beyond `most` only how many more there are."""
    lines = list(lines_of(found))
    shown = lines[:most]
    called = names(session, {each.person_id for each in shown})
    titles = {name: text.title for name, text in history_of(session).programmes.items()}
    said = [
        message(
            "%(name)s, “%(programme)s”, %(what)s: %(before)s becomes %(after)s.",
            name=called[each.person_id], programme=dict(titles.get(each.programme, {"zh": each.programme})),
            what=each.what, before=each.before, after=each.after,
        )
        for each in shown
    ]  # fmt: skip
    if len(lines) > most:
        said.append(message("… and %(count)s more differences.", count=len(lines) - most))
    return (*summary(found), *said)


def _said(value: Any) -> Message | date:
    if value is None or value == ():
        return NONE
    if isinstance(value, State):
        return STATES[value]
    return _listed(value) if isinstance(value, tuple) else value


def _listed(asks: tuple[str, ...]) -> Message:
    """Return what is asked for as one sentence of nested ones, the first two named."""
    first, *others = (_asked(each) for each in asks)
    if not others:
        return first
    if len(others) == 1:
        return message("%(first)s; %(second)s", first=first, second=others[0])
    return message("%(first)s and %(count)s more", first=first, count=len(others))


def _asked(text: str) -> Message:
    need, _, target = text.partition(":")
    return message("%(what)s: %(more)s", what=NEEDS[Need(need)], more=target)


def _describe(session: Session, payload: Mapping[str, Any]) -> Message:
    text = history_of(session).programmes.get(payload["programme"])
    return message(
        "Move the open periods in “%(programme)s” to the rules of version %(version)s.",
        programme=dict(text.title) if text else payload["programme"], version=payload["version"],
    )  # fmt: skip


def _preview(session: Session, payload: Mapping[str, Any]) -> Preview:
    on = firm_day(session, recorded_at(session))
    found = foresee_migration(session, payload["programme"], on)
    return Preview(found.hash, sentences(session, found))


MIGRATION_KINDS: Mapping[str, Kind] = {
    MIGRATIONS: Kind(message("Migration of open periods"), _describe, _preview)
}
