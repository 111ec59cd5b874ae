"""A roster against the present state: who joins, moves, leaves, changes; what cannot be. Pure.

The roster adds and changes; people and roles it does not mention stay as they are. A number whose holder
has left belongs to somebody new from the next joining on.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from lms.core.access import Role
from lms.core.errors import Message, message
from lms.people.employment import Employment, Spell
from lms.people.rosterfile import Problem, RosterFile, Row
from lms.people.rosterunits import MadeUnit, UnitFinder, UnitRef
from lms.people.rules import APPROVING_ROLES, ROLES_BY_TWO, RoleChange, UnitNode
from lms.people.rules_mail import MailStep, mail_step

PersonRef = UUID | int  # somebody there is, or the line of a joiner


@dataclass(frozen=True)
class Present:
    """Somebody in the directory, as the roster sees them."""

    id: UUID
    staff_number: str
    name_zh: str
    name_en: str
    mail: str
    employment: Employment
    roles: frozenset[Role]
    waiting_mail: str | None = None  # what is asked at the old address already

    def spell_from(self, joined_on: date) -> Spell | None:
        """Return the employment that began on a day."""
        return next((spell for spell in self.employment.spells if spell.interval.from_on == joined_on), None)

    def left_before(self, day: date) -> bool:
        """Whether every employment ended before a day."""
        ends = [spell.interval.until_on for spell in self.employment.spells]
        return all(until is not None and until < day for until in ends)


@dataclass(frozen=True)
class State:
    """What there is: people, units in order, who leads them, and on whose account the roster is imported."""

    people: tuple[Present, ...]
    units: tuple[UnitNode, ...]
    leads: Mapping[UUID, UUID]
    today: date
    importer: UUID | None = None


@dataclass(frozen=True)
class Step:
    """One change to one person; `kind` says which of the other fields matter."""

    kind: str
    line: int
    who: PersonRef
    unit: UnitRef | None = None
    on: date | None = None
    fields: Mapping[str, str] = field(default_factory=dict)
    asks: bool = False  # the address among `fields` waits until it is confirmed at the old one
    role: Role | None = None
    change: RoleChange | None = None
    row: Row | None = None


@dataclass(frozen=True)
class Plan:
    """What an import would do, in the order in which it does it; with problems it does nothing."""

    units: tuple[MadeUnit, ...]
    steps: tuple[Step, ...]
    problems: tuple[Problem, ...]
    notes: tuple[Problem, ...]
    unmentioned: int
    encoding: str

    @property
    def is_empty(self) -> bool:
        """Whether nothing would change."""
        return not (self.units or self.steps)

    def of(self, kind: str) -> list[Step]:
        """Return the steps of a kind."""
        return [step for step in self.steps if step.kind == kind]

    @property
    def asking(self) -> list[Step]:
        """Return the steps whose address waits until it is confirmed at the old one."""
        return [step for step in self.steps if step.asks]


KINDS = ("join", "identity", "move", "leave", "role", "lead")


def compare(file: RosterFile, state: State) -> Plan:
    """Compare a roster with what there is."""
    comparison = _Comparison(state, problems=list(file.problems))
    for row in file.rows:
        comparison.take(row)
    comparison.find_leads()
    steps = sorted(comparison.steps, key=comparison.place)
    mentioned = {who for who in comparison.who.values() if isinstance(who, UUID)}
    employed = [each for each in state.people if each.employment.spell_on(state.today)]
    return Plan(
        units=tuple(comparison.units.made.values()),
        steps=tuple(steps),
        problems=tuple(sorted(comparison.problems, key=lambda each: (each.line, each.column))),
        notes=tuple(comparison.notes),
        unmentioned=sum(each.id not in mentioned for each in employed),
        encoding=file.encoding,
    )


@dataclass
class _Comparison:
    """The comparison under way: `who` is the person of each line, `placed` the unit of each line."""

    state: State
    problems: list[Problem]
    notes: list[Problem] = field(default_factory=list)
    steps: list[Step] = field(default_factory=list)
    who: dict[int, PersonRef] = field(default_factory=dict)
    placed: dict[int, tuple[Row, UnitRef]] = field(default_factory=dict)
    gone: dict[int, date] = field(default_factory=dict)
    approvers: set[PersonRef] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.units = UnitFinder(self.state.units)
        self.by_number: dict[str, list[Present]] = {}
        for each in self.state.people:
            self.by_number.setdefault(each.staff_number, []).append(each)
            if each.roles & APPROVING_ROLES and each.employment.spell_on(self.state.today):
                self.approvers.add(each.id)

    def blame(self, row: Row, column: str, what: Message) -> None:
        self.problems.append(Problem(row.line, column, what))

    def place(self, step: Step) -> tuple[bool, date, int, int]:
        """Return when a step is done: those gone come and go first, in their order, to free their numbers."""
        past = step.line in self.gone and step.kind in {"join", "leave"}
        day = self.gone[step.line] if past else date.max
        return not past, day, KINDS.index(step.kind), step.line

    def take(self, row: Row) -> None:
        """Compare one line."""
        unit = self.units.find(row.unit)
        if not (row.name_zh or row.name_en):
            self.blame(row, "name_zh", message("Give a name in at least one language."))
        if isinstance(unit, Message):
            self.blame(row, "unit", unit)
            return
        found = self.person_of(row)
        if found is None:
            return
        self.placed[row.line] = (row, unit)
        if row.left_on is not None and row.left_on < self.state.today:
            self.gone[row.line] = row.left_on
        if isinstance(found, Present):
            self.who[row.line] = found.id
            self.change(row, found, unit)
        else:
            self.who[row.line] = row.line
            self.steps.append(Step("join", row.line, row.line, unit=unit, on=row.joined_on, row=row))
            if row.left_on is not None:
                self.steps.append(Step("leave", row.line, row.line, on=row.left_on))
            self.give_roles(row, row.line, frozenset())

    def person_of(self, row: Row) -> "Present | bool | None":
        """Return whose line this is; False for somebody new, None when the facts contradict it."""
        holders = self.by_number.get(row.staff_number, [])
        same = next((each for each in holders if each.spell_from(row.joined_on)), None)
        if same is not None:
            return same
        if all(each.left_before(row.joined_on) for each in holders):
            return False if self.is_free(row, holders) else None
        known = next(each for each in holders if not each.left_before(row.joined_on))
        first = known.employment.spells[-1].interval.from_on
        self.blame(
            row,
            "joined_on",
            message(
                "The directory says that this person joined on %(day)s; correct it on their page.", day=first
            ),
        )
        return None

    def is_free(self, row: Row, holders: Iterable[Present]) -> bool:
        """Whether nobody has this number any more: it is given again on the day after its holder's last."""
        leaving = {who: line for line, who in self.who.items() if line in self.gone}
        held = [each for each in holders if each.id not in leaving and not each.left_before(self.state.today)]
        lines = [other for other, _ in self.placed.values() if other.staff_number == row.staff_number]
        if not held and all(other.line in self.gone for other in lines):
            return True
        self.blame(
            row,
            "staff_number",
            message("This number still belongs to somebody; those who have left come first."),
        )
        return False

    def change(self, row: Row, found: Present, unit: UnitRef) -> None:
        """Compare a line with the person it is about."""
        spell = found.spell_from(row.joined_on)
        if spell is None:
            return
        given = {"name_zh": row.name_zh, "name_en": row.name_en, "mail": row.mail}
        fields = {name: value for name, value in given.items() if value not in (None, getattr(found, name))}
        changes = {name: value for name, value in fields.items() if value is not None}
        step = mail_step(found.mail, changes.get("mail", found.mail), found.waiting_mail)
        if step is MailStep.NOTHING:
            changes.pop("mail", None)
        if changes:
            asks = step is MailStep.ASK
            self.steps.append(Step("identity", row.line, found.id, fields=changes, asks=asks))
        until = spell.interval.until_on
        if until is not None and row.left_on is None and spell is found.employment.spells[-1]:
            what = message(
                "The directory says that this person leaves on %(day)s; declare it void there.", day=until
            )
            self.blame(row, "left_on", what)
            return
        if row.left_on is not None and row.left_on != until:
            self.steps.append(Step("leave", row.line, found.id, on=row.left_on))
        if row.left_on is not None and row.left_on < self.state.today:
            return
        from_on = max(self.state.today, row.joined_on)
        if spell.unit_on(from_on) != unit:
            self.steps.append(Step("move", row.line, found.id, unit=unit, on=from_on))
        self.give_roles(row, found.id, found.roles)

    def give_roles(self, row: Row, who: PersonRef, held: frozenset[Role]) -> None:
        """Compare roles; one that takes two people is only given while no two people could approve it."""
        if row.roles is None or (row.left_on is not None and row.left_on < self.state.today):
            return
        for role in sorted(row.roles - held):
            if who == self.state.importer:
                self.note(row, "roles", message("Nobody gives a role to themselves."))
            elif role in ROLES_BY_TWO and len(self.approvers) >= 2:
                self.note(
                    row, "roles", message("A role that takes two people is not given here: ask for it.")
                )
            else:
                self.steps.append(Step("role", row.line, who, role=role, change=RoleChange.GRANTED))
                if role in APPROVING_ROLES and row.joined_on <= self.state.today:
                    self.approvers.add(who)
        for role in sorted(held - row.roles):
            self.steps.append(Step("role", row.line, who, role=role, change=RoleChange.ENDED))

    def note(self, row: Row, column: str, what: Message) -> None:
        self.notes.append(Problem(row.line, column, what))

    def find_leads(self) -> None:
        """Read the line manager of each unit from the lines of its members."""
        votes: dict[UnitRef, dict[str, list[Row]]] = {}
        for row, unit in self.placed.values():
            gone = row.left_on is not None and row.left_on < self.state.today
            if row.manager and row.manager != row.staff_number and not gone:
                votes.setdefault(unit, {}).setdefault(row.manager, []).append(row)
        for unit, named in votes.items():
            others = {
                number: [row for row in rows if row.staff_number not in named]
                for number, rows in named.items()
            }
            kept = {number: rows for number, rows in others.items() if rows} or named
            if len(kept) > 1:
                self.disagree(kept)
            else:
                number, rows = next(iter(kept.items()))
                self.lead(unit, number, rows[0])

    def disagree(self, named: Mapping[str, list[Row]]) -> None:
        numbers = ", ".join(sorted(named))
        for rows in named.values():
            what = message("This unit would have several line managers: %(numbers)s.", numbers=numbers)
            self.blame(rows[0], "manager", what)

    def lead(self, unit: UnitRef, number: str, row: Row) -> None:
        who = self.employed_as(number)
        if who is None:
            what = message("Nobody employed has staff number %(number)s.", number=number)
            self.blame(row, "manager", what)
        elif not isinstance(unit, UUID) or self.state.leads.get(unit) != who:
            self.steps.append(Step("lead", row.line, who, unit=unit, on=self.state.today))

    def employed_as(self, number: str) -> PersonRef | None:
        """Return who has a number and has not left."""
        today = self.state.today
        for line, (row, _unit) in self.placed.items():
            if row.staff_number == number and (row.left_on is None or row.left_on >= today):
                return self.who[line]
        holders = self.by_number.get(number, [])
        return next((each.id for each in holders if not each.left_before(today)), None)
