"""Published programmes and the history of what they ask for, as the rules read them. Pure."""

from bisect import bisect_right
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import cached_property
from typing import Any, NamedTuple

from lms.certification.rules_facts import ContentVersion
from lms.certification.rules_programmes import Programme, Requirement
from lms.certification.rules_steps import Audience, Channel, Remind, Step, Track, plain
from lms.certification.rules_words import Kind, Mode, Need
from lms.core.dates import NO_HOLIDAYS, NO_TIME, Calendar, Duration
from lms.core.versions import Change

SUPPLEMENT_DUE = Duration(30)
"""How long a changed text may take where its publication, an old one, does not say so itself."""

SEEN_KINDS = ("agreement", "course", "quiz", "examination")
READ_KINDS = ("programme", "calendar")
KINDS = (*READ_KINDS, *SEEN_KINDS, "lesson")


class Rule(NamedTuple):
    """Who owes a programme: `all`, a `unit` and those below it, a `role`, or who `holds` another."""

    kind: str
    target: str

    @property
    def key(self) -> str:
        """What assignments by this rule are known by."""
        return f"{self.kind}:{self.target}" if self.target else self.kind


@dataclass(frozen=True, slots=True)
class Published:
    """One version of one text, as far as certification needs it."""

    id: int
    kind: str
    content_id: str
    number: int
    change: str
    effective_on: date
    publication: int
    published_at: datetime
    body: Mapping[str, Any] = field(hash=False, compare=False)


@dataclass(frozen=True, slots=True)
class Opened:
    """What a publication asks to be done again of one text: `lessons` and `items` alone, or else the whole."""

    publication: int
    published_at: datetime
    effective_on: date
    need: Need
    target: str
    due: Duration
    lessons: tuple[str, ...] = ()
    items: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ProgrammeText:
    """A programme with all its versions, oldest first; a retired one opens nothing more."""

    id: str
    title: Mapping[str, str]
    kind: Kind
    rules: tuple[Programme, ...]
    assign: tuple[tuple[date, tuple[Rule, ...]], ...]
    retired_on: date | None = None

    @property
    def is_retired(self) -> bool:
        """Whether it was retired and opens nothing more."""
        return self.retired_on is not None

    @property
    def newest(self) -> Programme:
        """The rules published last."""
        return self.rules[-1]

    @property
    def needs(self) -> frozenset[str]:
        """The programmes that must be assessed before this one."""
        held = {each.target for _, rules in self.assign for each in rules if each.kind == "holds"}
        paths = (each for rules in self.rules for each in (*rules.initial, *rules.renewal))
        return frozenset(held | {each.target for each in paths if each.need is Need.PROGRAMME})

    @property
    def targets(self) -> frozenset[tuple[Need, str]]:
        """Everything any version asks for."""
        paths = (each for rules in self.rules for each in (*rules.initial, *rules.renewal))
        return frozenset((each.need, each.target) for each in paths)


class History:
    """What was published, up to a publication."""

    def __init__(self, rows: Iterable[Published], opened: Iterable[Opened] = ()) -> None:
        self._rows = sorted(rows, key=lambda row: (row.publication, row.kind, row.content_id))
        self._opened = tuple(opened)
        self._changes = _with_parts(_material(self._rows), self._opened)
        self._by_id = {row.id: row for row in self._rows}

    def known(self, publications: Collection[int]) -> "History":
        """The history as it was when only these publications were known."""
        opened = (each for each in self._opened if each.publication in publications)
        return History((row for row in self._rows if row.publication in publications), opened)

    def with_rows(self, rows: Iterable[Published]) -> "History":
        """The history as it would be if these were published as well."""
        return History((*self._rows, *rows), self._opened)

    @cached_property
    def programmes(self) -> Mapping[str, ProgrammeText]:
        """All programmes ever published, those that others rest on first."""
        versions: dict[str, list[Published]] = {}
        for row in self._rows:
            if row.kind == "programme":
                versions.setdefault(row.content_id, []).append(row)
        found = {name: _programme(name, rows) for name, rows in sorted(versions.items())}
        return {name: found[name] for name in in_order(found)}

    @cached_property
    def rested_on(self) -> frozenset[str]:
        """The programmes that others rest on."""
        return frozenset(name for each in self.programmes.values() for name in each.needs)

    @cached_property
    def rule_kinds(self) -> frozenset[str]:
        """The kinds of rules by which anybody is assigned."""
        programmes = self.programmes.values()
        return frozenset(rule.kind for each in programmes for _, rules in each.assign for rule in rules)

    @cached_property
    def calendar(self) -> Calendar:
        """The calendar published last."""
        bodies = [row.body for row in self._rows if row.kind == "calendar"]
        return _calendar(bodies[-1]) if bodies else NO_HOLIDAYS

    def content(self, targets: Collection[tuple[Need, str]]) -> tuple[ContentVersion, ...]:
        """The material versions of what is asked for."""
        return tuple(each for key in sorted(targets) for each in self._changes.get(key, ()))

    def version(self, need: Need, target: str, publication: int) -> int:
        """The material version of a text as of a publication; 1 before its first."""
        changes = self._changes.get((need, target), [])
        here = bisect_right([each.version for each in changes], publication)
        return changes[here - 1].version if here else 1

    def version_on(self, need: Need, target: str, day: date) -> int:
        """The material version of a text that was in force on a day; the first one before that."""
        changes = self._changes.get((need, target), [])
        found = [each.version for each in changes if each.effective_on <= day]
        return found[-1] if found else changes[0].version if changes else 1

    def version_of(self, version_id: int) -> int:
        """The material version that a version of a text belongs to."""
        row = self._by_id.get(version_id)
        return self.version(Need(row.kind), row.content_id, row.publication) if row else 1


def in_order(programmes: Mapping[str, ProgrammeText]) -> list[str]:
    """Order programmes so that each follows those it rests on; rings, refused at load, in order of id."""
    found: list[str] = []
    seen: set[str] = set()

    def visit(name: str) -> None:
        if name in seen or name not in programmes:
            return
        seen.add(name)
        for other in sorted(programmes[name].needs):
            visit(other)
        found.append(name)

    for name in sorted(programmes):
        visit(name)
    return found


def rules_of(row: Published) -> Programme:
    """Read a published version of a programme."""
    body = row.body
    months = body["period_months"]
    return Programme(
        version=f"{row.content_id}@{row.number}",
        effective_on=row.effective_on,
        recorded_at=row.published_at,
        initial=_path(body["initial"]),
        renewal=_path(body["renewal_path"]),
        due=Duration.parse(body["due"]),
        kind=Kind(body["kind"]),
        period_months=months,
        mode=Mode(body["renewal"] or Mode.ANNIVERSARY),
        grid=tuple((int(each[:2]), int(each[3:])) for each in body["grid"]),
        minimum_active=_maybe(body["minimum_active"]),
        window=_maybe(body["window"]),
        grace=_maybe(body["grace"]) or NO_TIME,
        look_back=_maybe(body["look_back"]) or NO_TIME,
        long_lapse=_maybe(body["long_lapse"]) if months else None,
        roll_holidays=body["roll_holidays"],
        remind=_remind(body["remind"]),
    )


def _remind(body: Mapping[str, Any]) -> Remind:
    return Remind(**{name: tuple(_step(Track(name), each) for each in steps) for name, steps in body.items()})


def _step(track: Track, body: str | Mapping[str, Any]) -> Step:
    if isinstance(body, str):
        return plain(track, Duration.parse(body))
    readers, channels = tuple(map(Audience, body["to"])), tuple(map(Channel, body["by"]))
    return Step(Duration.parse(body["at"]), readers, channels)


def _programme(name: str, rows: list[Published]) -> ProgrammeText:
    live = [row for row in rows if row.change != Change.RETIRED]
    assign = [(row.effective_on, () if row.change == Change.RETIRED else _rules(row.body)) for row in rows]
    return ProgrammeText(
        id=name,
        title=rows[-1].body["title"],
        kind=Kind(rows[-1].body["kind"]),
        rules=tuple(rules_of(row) for row in live),
        assign=tuple(sorted(assign, key=lambda each: each[0])),
        retired_on=rows[-1].effective_on if rows[-1].change == Change.RETIRED else None,
    )


def _rules(body: Mapping[str, Any]) -> tuple[Rule, ...]:
    return tuple(Rule(each["kind"], each["target"]) for each in body["assign"])


def _path(body: Iterable[Mapping[str, Any]]) -> tuple[Requirement, ...]:
    return tuple(Requirement(Need(each["need"]), each["target"], each["not_seen"]) for each in body)


def _maybe(text: str | None) -> Duration | None:
    return Duration.parse(text) if text else None


def _calendar(body: Mapping[str, Any]) -> Calendar:
    years = body["years"].values()
    holidays = (date.fromisoformat(day) for year in years for day in year["holidays"])
    workdays = (date.fromisoformat(day) for year in years for day in year["workdays"])
    return Calendar(frozenset(holidays), frozenset(workdays))


def _material(rows: Iterable[Published]) -> dict[tuple[Need, str], list[ContentVersion]]:
    """The material versions of each text. A material change of a lesson is one of its course.

    Versions are numbered by the publication that brought them, so that a course and its lessons count alike.
    """
    found: dict[tuple[Need, str], list[ContentVersion]] = {}
    for row in rows:
        is_lesson = row.kind == "lesson"
        if row.change not in ({Change.MATERIAL} if is_lesson else {Change.FIRST, Change.MATERIAL}):
            continue
        if not is_lesson and row.kind not in SEEN_KINDS:
            continue
        need = Need.COURSE if is_lesson else Need(row.kind)
        target = row.content_id.partition("/")[0] if is_lesson else row.content_id
        changes = found.setdefault((need, target), [])
        if all(each.version != row.publication for each in changes):
            changes.append(_change(row, need, target))
    return found


def _with_parts(
    changes: dict[tuple[Need, str], list[ContentVersion]], opened: Iterable[Opened]
) -> dict[tuple[Need, str], list[ContentVersion]]:
    """Say of each material version what of it is owed, and how soon; changed items alone make one, too."""
    for each in opened:
        known = changes.setdefault((each.need, each.target), [])
        others = [one for one in known if one.version != each.publication]
        here = next((one for one in known if one.version == each.publication), None) or ContentVersion(
            id=f"supplement:{each.publication}:{each.need}:{each.target}",
            recorded_at=each.published_at,
            need=each.need,
            target=each.target,
            version=each.publication,
            effective_on=each.effective_on,
            due=each.due,
        )
        said = replace(here, due=each.due, lessons=each.lessons, items=each.items)
        known[:] = sorted([*others, said], key=lambda one: one.version)
    return changes


def _change(row: Published, need: Need, target: str) -> ContentVersion:
    return ContentVersion(
        id=f"content:{row.id}",
        recorded_at=row.published_at,
        need=need,
        target=target,
        version=row.publication,
        effective_on=row.effective_on,
        due=SUPPLEMENT_DUE,
    )
