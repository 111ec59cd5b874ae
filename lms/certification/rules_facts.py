"""The facts a standing is derived from. Facts are only added: an error is voided, an end is recorded later.

Every fact says when it occurred (a civil day) and when we learned of it (`recorded_at`, aware). `voided_at`
is the instant from which we know that it was never so, or that another row now says it better.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from types import MappingProxyType
from typing import TypeVar
from zoneinfo import ZoneInfo

from lms.certification.rules_programmes import Programme
from lms.certification.rules_words import Need, SourceKind
from lms.core.dates import FOREVER, NO_HOLIDAYS, Calendar, Days, Duration, day_before

NOTHING: Mapping[str, Days] = MappingProxyType({})


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """What every fact has."""

    id: str
    recorded_at: datetime
    voided_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Lasting(Fact):
    """A fact over days. `until_on` None has no end yet; `until_at` is when the end was recorded."""

    from_on: date
    until_on: date | None = None
    until_at: datetime | None = None
    withdrawn_on: date | None = None
    withdrawn_at: datetime | None = None

    @property
    def last_on(self) -> date:
        """The inclusive last day; a withdrawal acts from its own day."""
        last = FOREVER if self.until_on is None else self.until_on
        return last if self.withdrawn_on is None else min(last, day_before(self.withdrawn_on))


@dataclass(frozen=True, slots=True, kw_only=True)
class Employment(Lasting):
    """Days employed. Spells that touch or overlap are one employment."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Assignment(Lasting):
    """A source: why the programme is owed. `due` replaces the programme's own duration."""

    source: SourceKind = SourceKind.RULE
    due: Duration | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Exclusion(Lasting):
    """Days on which a source must not apply; `assignment` None means none may."""

    assignment: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Leave(Lasting):
    """Days of leave."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiver(Lasting):
    """Days on which what is missing is not owed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Credit(Fact):
    """Evidence of one finished run.

    `version` is the material version of the content seen. `pools` are the pools a case was in, `repeat`
    that the person had met the case before although others of the pool were left. A credit that is
    `partial` (the changed parts of `version` only) answers that one supplement and no requirement.
    """

    need: Need
    target: str
    occurred_on: date
    version: int = 1
    pools: tuple[str, ...] = ()
    repeat: bool = False
    partial: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Signature(Fact):
    """A version of an agreement was signed."""

    agreement: str
    version: int
    occurred_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class ContentVersion(Fact):
    """A material version of an agreement, course, case, quiz or examination; `due` is for its supplement.

    `lessons` and `items` are what changed in a course; without either the whole is owed. Editorial versions
    are no facts here: they touch nobody and keep the number of the material one.
    """

    need: Need
    target: str
    version: int
    effective_on: date
    due: Duration
    lessons: tuple[str, ...] = ()
    items: tuple[str, ...] = ()

    @property
    def is_in_parts(self) -> bool:
        """Whether only parts of the text are owed again."""
        return bool(self.lessons or self.items)


@dataclass(frozen=True, slots=True, kw_only=True)
class Begun(Fact):
    """A run of something the programme asks for was begun."""

    occurred_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Extension(Fact):
    """Granted on a day to another day; belongs to the period open on the day it was granted."""

    granted_on: date
    until_on: date
    withdrawn_on: date | None = None
    withdrawn_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Revocation(Fact):
    """Certification withdrawn for cause, perhaps annulled later."""

    occurred_on: date
    annulled_on: date | None = None
    annulled_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding(Fact):
    """A matter that makes the person do the programme again; `due` None means the programme's own."""

    occurred_on: date
    due: Duration | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Migration(Fact):
    """The period open on a day goes on under another version of the rules."""

    occurred_on: date
    version: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Issued(Fact):
    """A certificate as printed; `opened_on` is the first day of its period."""

    opened_on: date
    completed_on: date
    valid_from: date
    valid_until: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """All facts of one person in one programme.

    `held` has, for every programme a path asks for, the days on which the person was certified or
    renewal_open there. `calendar` is the one published in the version known.
    """

    person: str
    programme: str
    zone: ZoneInfo
    rules: tuple[Programme, ...]
    calendar: Calendar = NO_HOLIDAYS
    employment: tuple[Employment, ...] = ()
    assignments: tuple[Assignment, ...] = ()
    exclusions: tuple[Exclusion, ...] = ()
    leave: tuple[Leave, ...] = ()
    waivers: tuple[Waiver, ...] = ()
    credits: tuple[Credit, ...] = ()
    signatures: tuple[Signature, ...] = ()
    content: tuple[ContentVersion, ...] = ()
    begun: tuple[Begun, ...] = ()
    extensions: tuple[Extension, ...] = ()
    revocations: tuple[Revocation, ...] = ()
    findings: tuple[Finding, ...] = ()
    migrations: tuple[Migration, ...] = ()
    issued: tuple[Issued, ...] = ()
    held: Mapping[str, Days] = field(default_factory=lambda: NOTHING)


_LASTING = ("employment", "assignments", "exclusions", "leave", "waivers")
_DATED = ("credits", "signatures", "content", "begun", "findings", "migrations", "issued")
_Lasting = TypeVar("_Lasting", bound=Lasting)
_Fact = TypeVar("_Fact", bound=Fact)


def known(facts: Facts, known_at: datetime | None) -> Facts:
    """The facts as they were known at an instant (inclusive); None means all that is known.

    What is left out: facts recorded later or void by then; ends, withdrawals and annulments recorded
    later. Raises ValueError for an instant without a zone.
    """
    if known_at is not None and known_at.tzinfo is None:
        raise ValueError("known_at must know its zone")
    changed: dict[str, object] = {}
    for name in _LASTING:
        _keep(changed, name, getattr(facts, name), _lasting(getattr(facts, name), known_at))
    for name in _DATED:
        _keep(changed, name, getattr(facts, name), _standing(getattr(facts, name), known_at))
    _keep(changed, "extensions", facts.extensions, _extensions(facts.extensions, known_at))
    _keep(changed, "revocations", facts.revocations, _revocations(facts.revocations, known_at))
    if known_at is not None:
        rules = tuple(each for each in facts.rules if each.recorded_at <= known_at)
        _keep(changed, "rules", facts.rules, rules)
    return replace(facts, **changed) if changed else facts  # type: ignore[arg-type]


def _keep(
    changed: dict[str, object], name: str, before: tuple[object, ...], after: tuple[object, ...]
) -> None:
    if after is not before and after != before:
        changed[name] = after


def _standing(rows: tuple[_Fact, ...], known_at: datetime | None) -> tuple[_Fact, ...]:
    if known_at is None:
        for row in rows:
            if row.voided_at is not None:
                return tuple(each for each in rows if each.voided_at is None)
        return rows
    return tuple(
        row
        for row in rows
        if row.recorded_at <= known_at and (row.voided_at is None or row.voided_at > known_at)
    )


def _lasting(rows: tuple[_Lasting, ...], known_at: datetime | None) -> tuple[_Lasting, ...]:
    rows = _standing(rows, known_at)
    if known_at is None:
        return rows
    return tuple(_as_known(row, known_at) for row in rows)


def _as_known(row: _Lasting, known_at: datetime) -> _Lasting:
    if row.until_at is not None and row.until_at > known_at:
        row = replace(row, until_on=None, until_at=None)
    if row.withdrawn_at is not None and row.withdrawn_at > known_at:
        row = replace(row, withdrawn_on=None, withdrawn_at=None)
    return row


def _extensions(rows: tuple[Extension, ...], known_at: datetime | None) -> tuple[Extension, ...]:
    rows = _standing(rows, known_at)
    if known_at is None:
        return rows
    return tuple(
        replace(row, withdrawn_on=None, withdrawn_at=None)
        if row.withdrawn_at is not None and row.withdrawn_at > known_at
        else row
        for row in rows
    )


def _revocations(rows: tuple[Revocation, ...], known_at: datetime | None) -> tuple[Revocation, ...]:
    rows = _standing(rows, known_at)
    if known_at is None:
        return rows
    return tuple(
        replace(row, annulled_on=None, annulled_at=None)
        if row.annulled_at is not None and row.annulled_at > known_at
        else row
        for row in rows
    )
