"""The days of the overlays: what is in progress, what a content change or a finding makes the person owe."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from lms.certification.rules_credits import completion
from lms.certification.rules_facts import ContentVersion
from lms.certification.rules_record import Record
from lms.certification.rules_stages import Owing, Passage
from lms.certification.rules_words import Closing, Need
from lms.core.dates import (
    FOREVER,
    Calendar,
    Days,
    add,
    day_after,
    day_before,
    postpone,
    union,
)


@dataclass(frozen=True, slots=True)
class Owed:
    """Something owed beside the state, from a day to the day before it is met; late after `due_on`."""

    fact: str
    from_on: date
    due_on: date
    last_on: date
    by_finding: bool = False


def in_progress(record: Record) -> Days:
    """The days on which an open period has a counted credit or a begun run."""
    found = []
    earned_on = {each.id: each.occurred_on for each in record.facts.credits}
    for passage in record.passages:
        days = [earned_on[id_] for each in passage.evidence for id_ in each.credits]
        days += [each.occurred_on for each in record.facts.begun if each.occurred_on >= passage.counts_from]
        if days:
            found.append((max(passage.opened_on, min(days)), day_before(passage.closed_on)))
    return union(found)


def owed_beside(record: Record) -> list[Owed]:
    """Every supplement and finding, with its days."""
    found = [_finding(record, owing) for owing in record.owings]
    if record.facts.content:
        for passage in record.passages:
            found += _supplements(record, passage)
    return [each for each in found if each.from_on <= each.last_on]


def due_and_overdue(owed: list[Owed]) -> tuple[Days, Days]:
    """The days on which something beside the state is due, and those on which something is late."""
    due = union((each.from_on, min(each.due_on, each.last_on)) for each in owed)
    late = union(
        (max(each.from_on, day_after(each.due_on)), each.last_on) for each in owed if each.due_on < FOREVER
    )
    return due, late


def _finding(record: Record, owing: Owing) -> Owed:
    from_on = owing.finding.occurred_on
    met_on, _ = completion(record.evidence, owing.requirements, from_on, from_on)
    earned_on = min(
        (
            each.closed_on
            for each in record.passages
            if each.closing is Closing.EARNED and each.counts_from >= from_on
        ),
        default=FOREVER,
    )
    first_met_on = min(met_on or FOREVER, earned_on)
    due_on = add(from_on, owing.finding.due or owing.programme.due)
    due_on = postpone(due_on, from_on, owing.rest, _calendar(record, owing.programme.roll_holidays))
    last_on = min(day_before(first_met_on), owing.left_on)
    return Owed(owing.finding.id, from_on, due_on, last_on, by_finding=True)


def _supplements(record: Record, passage: Passage) -> Iterator[Owed]:
    """What a passage's counted evidence owes for texts that changed after it was earned.

    Source: docs/certification.md, "Content changes".
    """
    by_id = {each.id: each for each in record.facts.credits}
    for counted in passage.evidence:
        if counted.requirement.need is Need.AGREEMENT:
            for change in record.evidence.changes.get((Need.AGREEMENT, counted.requirement.target), ()):
                if _signed_before(record, change) and passage.opened_on <= change.effective_on:
                    yield _supplement(record, passage, change)
            continue
        for credit in (by_id[id_] for id_ in counted.credits):
            for change in record.evidence.changes.get((credit.need, credit.target), ()):
                if credit.occurred_on < change.effective_on and credit.version < change.version:
                    yield _supplement(record, passage, change)


def _signed_before(record: Record, change: ContentVersion) -> bool:
    return any(
        day < change.effective_on and version < change.version
        for day, version in record.evidence.finished.get((change.need, change.target), ())
    )


def _supplement(record: Record, passage: Passage, change: ContentVersion) -> Owed:
    from_on = max(change.effective_on, passage.opened_on)
    calendar = _calendar(record, passage.programme.roll_holidays)
    due_on = postpone(add(from_on, change.due), from_on, passage.rest, calendar)
    met_on = record.evidence.met_on((change.need, change.target), change.version)
    last_on = passage.ends_on if met_on == FOREVER else min(passage.ends_on, day_before(met_on))
    return Owed(change.id, from_on, due_on, last_on)


def _calendar(record: Record, rolls: bool) -> Calendar | None:
    return record.facts.calendar if rolls else None
