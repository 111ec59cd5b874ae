"""Clearances (policies/clearances.yml) from their authored file, with all their problems. Pure."""

from dataclasses import dataclass

from lms.core.authored import Mapping, read_yaml
from lms.core.authored_schema import Fields
from lms.core.authored_values import Sheet, read_choice
from lms.core.problems import Problem
from lms.core.text import Words

SUFFICIENT = ("certified", "renewal_open", "grace")  # each is worth no more than the one before it
MOST_MINUTES = 60


@dataclass(frozen=True, slots=True)
class DutySource:
    """What a duty needs; `while_on_leave` is deny or allow; 0 minutes: no opening in an emergency."""

    id: str
    title: Words | None
    programmes: tuple[str, ...]
    agreements: tuple[str, ...]
    states: tuple[str, ...]
    while_on_leave: str
    break_glass_minutes: int


@dataclass(frozen=True, slots=True)
class ClearancesSource:
    """A policies/clearances.yml."""

    path: str
    duties: tuple[DutySource, ...]
    root: Mapping


def read_clearances(path: str, data: bytes) -> tuple[ClearancesSource | None, list[Problem]]:
    """Read a policies/clearances.yml."""
    text, found = read_yaml(path, data)
    if text is None:
        return None, found
    sheet = Sheet(path, found)
    fields = Fields(sheet, text.root, "@policy")
    fields.word("policy", ("clearances",))
    duties = tuple(_duty(sheet, name, entry) for name, entry in fields.entries("duties", "duty"))
    fields.close()
    return ClearancesSource(path, duties, text.root), found


def _duty(sheet: Sheet, name: str, entry: Fields) -> DutySource:
    states = [
        read_choice(sheet, one, list(SUFFICIENT), "@key states")
        for one in entry.scalars("states", required=False)
    ]
    duty = DutySource(
        id=name,
        title=entry.words("title", limit=120),
        programmes=entry.ids("programmes", required=False),
        agreements=entry.ids("agreements", required=False),
        states=tuple(filter(None, states)) or ("certified", "renewal_open"),
        while_on_leave=entry.word("while_on_leave", ("deny", "allow"), default="deny"),
        break_glass_minutes=entry.whole("break_glass_minutes", 0, MOST_MINUTES, default=MOST_MINUTES),
    )
    _check_states(sheet, duty, entry)
    if entry.sound and not duty.programmes and not duty.agreements:
        sheet.add(entry.place, "E608", duty=name)
    entry.close()
    return duty


def _check_states(sheet: Sheet, duty: DutySource, entry: Fields) -> None:
    """Refuse states of which a worse one suffices and a better one does not."""
    least = max(SUFFICIENT.index(each) for each in duty.states)
    better = [each for each in SUFFICIENT[: least + 1] if each not in duty.states]
    if better:
        sheet.add(entry.at("states"), "E609", duty=duty.id, state=SUFFICIENT[least], better=", ".join(better))
