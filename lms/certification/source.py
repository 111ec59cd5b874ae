"""Programmes from authored files, with all their problems. Pure."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import NamedTuple

from lms.certification.rules_programmes import (
    Programme,
    Requirement,
    refusals,
    shortest_gap_days,
)
from lms.certification.rules_steps import Remind
from lms.certification.rules_words import Kind, Mode, Need
from lms.certification.source_reminders import read_remind, refuse_steps
from lms.core.authored import Mapping, place_of, read_yaml
from lms.core.authored_schema import Fields
from lms.core.authored_values import Sheet, Span, hint
from lms.core.dates import NO_TIME, Duration, Unit, days_in_month
from lms.core.problems import Problem
from lms.core.text import Words

RULES = ("all", "unit", "role", "holds")
_NEEDS = [need.value for need in Need]
_REFUSED = {
    "window_and_grace_too_long": "E502",
    "look_back_too_long": "E503",
    "window_not_below_minimum_active": "E504",
    "minimum_active_and_grace_too_long": "E505",
    "path_without_dated_requirement": "E507",
    "only_for_fixed": "E513",
    "requirement_twice": "E515",
}
_ONLY_WITH_PERIOD = ("renewal", "grid", "minimum_active", "window", "grace", "long_lapse", "renewal_path")


class AssignmentRule(NamedTuple):
    """Who owes a programme: `all`, or those of a `unit` or `role`, or who `holds` another programme."""

    kind: str
    target: str


@dataclass(frozen=True, slots=True)
class ProgrammeSource:
    """A programmes/<id>.yml; without a `period` it never expires and has no renewal."""

    path: str
    id: str
    title: Words | None
    summary: Words | None
    kind: Kind
    owner: str
    assign: tuple[AssignmentRule, ...]
    due: Duration | None
    period_months: int | None
    renewal: Mode
    grid: tuple[tuple[int, int], ...]  # months and days
    minimum_active: Duration | None
    window: Duration | None
    grace: Duration
    look_back: Duration
    long_lapse: Duration | None  # None: the renewal path always suffices
    roll_holidays: bool
    initial: tuple[Requirement, ...]
    renewal_path: tuple[Requirement, ...]  # empty: the initial path is repeated
    remind: Remind
    retired: bool
    root: Mapping

    def rules(self, version: str, effective_on: date, recorded_at: datetime) -> Programme:
        """Return the rules as certification takes them, in a published version."""
        return Programme(
            version=version,
            effective_on=effective_on,
            recorded_at=recorded_at,
            initial=self.initial,
            due=self.due or NO_TIME,
            renewal=self.renewal_path,
            kind=self.kind,
            period_months=self.period_months,
            mode=self.renewal,
            grid=self.grid,
            minimum_active=self.minimum_active,
            window=self.window,
            grace=self.grace,
            look_back=self.look_back,
            long_lapse=self.long_lapse,
            roll_holidays=self.roll_holidays,
            remind=self.remind,
        )


def read_programme(path: str, data: bytes) -> tuple[ProgrammeSource | None, list[Problem]]:
    """Read a programmes/<id>.yml; what certification refuses at load is refused here."""
    text, found = read_yaml(path, data)
    if text is None:
        return None, found
    sheet = Sheet(path, found)
    fields = Fields(sheet, text.root, "@programme")
    programme = _programme(sheet, fields, text.root)
    fields.close()
    _refuse(sheet, programme)
    return programme, found


def _programme(sheet: Sheet, fields: Fields, root: Mapping) -> ProgrammeSource:
    period = fields.span("period", "m", required=False)
    mode = fields.choice("renewal", Mode, default=Mode.ANNIVERSARY) or Mode.ANNIVERSARY
    if not fields.has("period"):
        for key in _ONLY_WITH_PERIOD:
            if fields.has(key):
                sheet.add(fields.at(key), "E508", key=key)
    fixed = mode is Mode.FIXED
    return ProgrammeSource(
        path=sheet.path,
        id=fields.id("programme"),
        title=fields.words("title", limit=120),
        summary=fields.words("summary", required=False, limit=1000),
        kind=fields.choice("kind", Kind) or Kind.MANDATORY,
        owner=fields.id("owner", required=False),
        assign=_assign(sheet, fields),
        due=_duration(fields.span("due", "dm")),
        period_months=period.amount if period else None,
        renewal=mode,
        grid=_grid(sheet, fields, required=fixed),
        minimum_active=_duration(fields.span("minimum_active", "dm", required=fixed)),
        window=_duration(fields.span("window", "dm", required=fields.has("period"))),
        grace=_duration(fields.span("grace", "dm", required=False, zero=True)) or NO_TIME,
        look_back=_duration(fields.span("look_back", "dm", required=False, zero=True)) or NO_TIME,
        long_lapse=_duration(fields.span("long_lapse", "dm", required=False)),
        roll_holidays=fields.flag("roll_holidays", default=False),
        initial=_path(sheet, fields, "initial", required=True),
        renewal_path=_path(sheet, fields, "renewal_path", required=False),
        remind=read_remind(sheet, fields),
        retired=fields.flag("retired", default=False),
        root=root,
    )


def _assign(sheet: Sheet, fields: Fields) -> tuple[AssignmentRule, ...]:
    found = []
    for entry in fields.records("assign", "rule", required=False):
        keys = [key for key, _ in entry.node.items if key.text in RULES]
        entry.asked.update(RULES)
        if len(keys) != 1:
            sheet.add(entry.place, "E509", known=", ".join(RULES))
        elif keys[0].text == "all":
            if not entry.flag("all"):
                sheet.add(entry.place, "E510")
            found.append(AssignmentRule("all", ""))
        else:
            found.append(AssignmentRule(keys[0].text, entry.id(keys[0].text)))
        entry.close()
    return tuple(found)


def _duration(span: Span | None) -> Duration | None:
    return None if span is None else Duration(span.amount, Unit(span.unit))


def _path(sheet: Sheet, fields: Fields, key: str, required: bool) -> tuple[Requirement, ...]:
    found = []
    for entry in fields.records(key, "requirement", required=required):
        keys = [name for name, _ in entry.node.items if name.text in _NEEDS]
        entry.asked.update(_NEEDS)
        if len(keys) == 1:
            need = Need(keys[0].text)
            not_seen = entry.whole("not_seen", 0, 20, default=0) if need is Need.CASE_FROM else 0
            found.append(Requirement(need, entry.id(need.value), not_seen))
            entry.close()
        elif entry.sound:
            first = entry.node.items[0][0].text if entry.node.items else ""
            sheet.add(entry.place, "E511", hint=hint(first, _NEEDS))
            found.append(Requirement(Need.COURSE, ""))  # keeps the places of those after it
    return tuple(found)


def _grid(sheet: Sheet, fields: Fields, required: bool) -> tuple[tuple[int, int], ...]:
    found = []
    for one in fields.scalars("grid", required=required):
        month, _, day = one.text.partition("-")
        sound = len(month) == 2 == len(day) and month.isascii() and day.isascii() and (month + day).isdigit()
        if one.text == "02-29":
            sheet.add(one.place, "E506")
        elif not sound or not 1 <= int(month) <= 12 or not 1 <= int(day) <= days_in_month(2003, int(month)):
            sheet.add(one.place, "E512", value=one.text[:20])
        else:
            found.append((int(month), int(day)))
    return tuple(sorted(found))


def _refuse(sheet: Sheet, programme: ProgrammeSource) -> None:
    """Report what certification refuses to load and reading has not reported yet."""
    rules = programme.rules("", date.min, datetime.min.replace(tzinfo=UTC))
    if not sheet.problems:
        refuse_steps(sheet, programme.root, rules)
    for code, where in refusals(rules):
        if code not in _REFUSED or (code == "requirement_twice" and sheet.problems):
            continue
        key, _, index = where.partition("[")
        steps = (key, int(index.rstrip("]"))) if index else (key,)
        place = place_of(programme.root, *steps)
        sheet.add(place, _REFUSED[code], key=key, **_figures(rules, code))


def _figures(rules: Programme, code: str) -> dict[str, object]:
    """Return the days that the message of a refusal compares."""
    months = rules.period_months or 0
    fixed = rules.mode is Mode.FIXED and rules.grid
    limit = shortest_gap_days(rules.grid) if fixed else 28 * months
    window, active = rules.window or NO_TIME, rules.minimum_active or NO_TIME
    days = {
        "window_and_grace_too_long": window.most_days + rules.grace.most_days,
        "look_back_too_long": rules.look_back.most_days,
        "minimum_active_and_grace_too_long": active.most_days + rules.grace.most_days,
    }.get(code, 0)
    return {"days": days, "limit": limit, "window": window, "active": active}
