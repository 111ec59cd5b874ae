"""The published calendar: public holidays and adjusted working days of each year. Pure."""

from dataclasses import dataclass
from datetime import date

from lms.core.authored import Mapping, read_yaml
from lms.core.authored_schema import Fields
from lms.core.authored_values import Sheet, read_day
from lms.core.dates import Calendar
from lms.core.problems import Problem


@dataclass(frozen=True, slots=True)
class CalendarYear:
    """One year: days off (weekends within a holiday included) and weekend days worked instead."""

    year: int
    announced: bool
    holidays: tuple[date, ...]
    workdays: tuple[date, ...]


@dataclass(frozen=True, slots=True)
class CalendarSource:
    """A policies/calendar.yml; a year not yet announced is absent."""

    path: str
    years: tuple[CalendarYear, ...]
    root: Mapping

    @property
    def days(self) -> Calendar:
        """The days off and the weekend days worked, of all years."""
        holidays = frozenset(day for year in self.years for day in year.holidays)
        return Calendar(holidays, frozenset(day for year in self.years for day in year.workdays))


def read_calendar(path: str, data: bytes) -> tuple[CalendarSource | None, list[Problem]]:
    """Read a policies/calendar.yml."""
    text, found = read_yaml(path, data)
    if text is None:
        return None, found
    sheet = Sheet(path, found)
    fields = Fields(sheet, text.root, "@policy")
    fields.word("policy", ("calendar",))
    years = tuple(
        _year(sheet, name.text, Fields(sheet, value, f"@year {name.text}", name.place))
        for name, value in fields.pairs("years")
    )
    fields.close()
    return CalendarSource(path, years, text.root), found


def _year(sheet: Sheet, name: str, fields: Fields) -> CalendarYear:
    number = int(name) if name.isascii() and name.isdigit() and len(name) == 4 else 0
    if not number:
        sheet.add(fields.place, "E601", year=name[:20])
    year = CalendarYear(
        number,
        fields.flag("announced", default=True),
        _days(sheet, fields, "holidays", number),
        _days(sheet, fields, "workdays", number),
    )
    for day in sorted(set(year.holidays) & set(year.workdays)):
        sheet.add(fields.at("workdays"), "E603", day=day.isoformat())
    for day in year.workdays:
        if day.weekday() < 5:
            sheet.add(fields.at("workdays"), "W601", day=day.isoformat())
    fields.close()
    return year


def _days(sheet: Sheet, fields: Fields, key: str, year: int) -> tuple[date, ...]:
    found = []
    for one in fields.scalars(key, required=False):
        day = read_day(sheet, one)
        if day and year and day.year != year:
            sheet.add(one.place, "E602", day=day.isoformat(), year=year)
        elif day:
            found.append(day)
    return tuple(sorted(found))
