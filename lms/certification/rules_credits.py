"""Which credits count, and on which day a path is complete."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import date
from operator import attrgetter

from lms.certification.rules_answers import Counted
from lms.certification.rules_facts import ContentVersion, Credit, Facts
from lms.certification.rules_programmes import Requirement
from lms.certification.rules_words import Need
from lms.core.dates import FOREVER, Days, day_before, union

Key = tuple[Need, str]
_POOL = "pool of cases: "
_CASE_FROM = Need.CASE_FROM


class Evidence:
    """The facts about what a person did, laid out for looking up. Built once for an answer."""

    __slots__ = ("_days", "_facts", "by_target", "changes", "finished", "parts")

    def __init__(self, facts: Facts) -> None:
        self._facts = facts
        self._days: dict[Key, Days] = {}
        self.changes = _changes(facts.content)
        self.finished = _finished(facts) if facts.content else {}
        self.parts = _finished_parts(facts) if facts.content else {}
        self.by_target: dict[str, list[Credit]] = {}
        for credit in sorted(facts.credits, key=attrgetter("occurred_on", "id")):
            if credit.partial or (self.changes and self._is_on_an_old_text(credit)):
                continue
            self.by_target.setdefault(credit.target, []).append(credit)
            for pool in credit.pools:
                self.by_target.setdefault(_POOL + pool, []).append(credit)

    def days(self, requirement: Requirement) -> Days:
        """The days on which a standing requirement holds."""
        key = (requirement.need, requirement.target)
        found = self._days.get(key)
        if found is None:
            found = self._agreed(key) if key[0] is Need.AGREEMENT else self._facts.held.get(key[1], ())
            self._days[key] = found
        return found

    def met_on(self, key: Key, version: int) -> date:
        """The first day something was finished or signed on this text or a later one; FOREVER if never.

        The changed parts of a text answer for exactly that text.
        """
        whole = [day for day, seen in self.finished.get(key, ()) if seen >= version]
        parts = [day for day, seen in self.parts.get(key, ()) if seen == version]
        return min(whole + parts, default=FOREVER)

    def _is_on_an_old_text(self, credit: Credit) -> bool:
        return any(
            credit.occurred_on >= change.effective_on and credit.version < change.version
            for change in self.changes.get((credit.need, credit.target), ())
        )

    def _agreed(self, key: Key) -> Days:
        versions = self.changes.get(key, ())
        days = []
        for i, version in enumerate(versions):
            last = day_before(versions[i + 1].effective_on) if i + 1 < len(versions) else FOREVER
            days.append((max(version.effective_on, self.met_on(key, version.version)), last))
        return union((first, last) for first, last in days if first < FOREVER)


def is_repeat(case: str, others: Collection[str], last_met: Mapping[str, date]) -> bool:
    """Whether a case is met again although others of its pool were left.

    `last_met` has the day of the latest credit of each case. Others are left while one of them was never met;
    once all were, only the case met last is a repeat.
    """
    if case not in last_met or not others:
        return False
    if any(each not in last_met for each in others):
        return True
    return all(last_met[case] > last_met[each] for each in others)


def counted(evidence: Evidence, requirement: Requirement, counts_from: date) -> Counted:
    """What meets a dated requirement first, among credits earned on `counts_from` or later.

    A pool asks for `not_seen` different cases (at least one), each not met before; the day is the last's.
    """
    of_pool = requirement.need is _CASE_FROM
    target = _POOL + requirement.target if of_pool else requirement.target
    wanted = requirement.not_seen or 1
    met: list[Credit] = []
    for credit in evidence.by_target.get(target, ()):
        if credit.occurred_on < counts_from or (requirement.not_seen and credit.repeat):
            continue
        if (of_pool or credit.need is requirement.need) and all(credit.target != one.target for one in met):
            met.append(credit)
            if len(met) == wanted:
                return Counted(requirement, credit.occurred_on, tuple([each.id for each in met]))
    return Counted(requirement, None, tuple([each.id for each in met]))


def completion(
    evidence: Evidence,
    requirements: tuple[Requirement, ...],
    counts_from: date,
    floor: date,
    *,
    migrated: bool = False,
) -> tuple[date | None, tuple[Counted, ...]]:
    """The first day on which every dated credit exists and every standing requirement holds, and by what.

    Without a dated requirement, or when a migration brought the requirements, no day before `floor`
    will do. A standing requirement's `met_on` is the completion day once there is one.
    Source: docs/certification.md, "Which credits count".
    """
    found = []
    start: date | None = None
    complete = True
    for each in requirements:
        one = Counted(each, None) if each.is_standing else counted(evidence, each, counts_from)
        found.append(one)
        if one.met_on is not None:
            start = one.met_on if start is None else max(start, one.met_on)
        elif not each.is_standing:
            complete = False
    if not complete:
        return None, tuple(found)
    start = floor if start is None or (migrated and start < floor) else start
    standing = [each for each in requirements if each.is_standing]
    day = _first_common_day([evidence.days(each) for each in standing], start) if standing else start
    return day, tuple([one._replace(met_on=day) if one.requirement.is_standing else one for one in found])


def _first_common_day(sets: list[Days], day: date) -> date | None:
    settled = False
    while not settled:
        settled = True
        for days in sets:
            first = next((max(a, day) for a, b in days if b >= day), None)
            if first is None:
                return None
            if first > day:
                day, settled = first, False
    return day


def _changes(content: tuple[ContentVersion, ...]) -> dict[Key, list[ContentVersion]]:
    found: dict[Key, list[ContentVersion]] = defaultdict(list)
    for change in sorted(content, key=lambda each: (each.effective_on, each.version)):
        found[change.need, change.target].append(change)
    return found


def _finished_parts(facts: Facts) -> dict[Key, list[tuple[date, int]]]:
    found: dict[Key, list[tuple[date, int]]] = defaultdict(list)
    for credit in facts.credits:
        if credit.partial:
            found[credit.need, credit.target].append((credit.occurred_on, credit.version))
    return found


def _finished(facts: Facts) -> dict[Key, list[tuple[date, int]]]:
    found: dict[Key, list[tuple[date, int]]] = defaultdict(list)
    for credit in facts.credits:
        if not credit.partial:
            found[credit.need, credit.target].append((credit.occurred_on, credit.version))
    for signature in facts.signatures:
        found[Need.AGREEMENT, signature.agreement].append((signature.occurred_on, signature.version))
    return found
