"""Sources begun and ended: by rule, as employment, units, roles and other programmes dictate; by a person."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID, uuid4

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.certification.actions.saving import Saving
from lms.certification.models import AssignmentEnd, AssignmentRow
from lms.certification.queries.facts import Dossier, Source
from lms.certification.queries.hands import hand_rules
from lms.certification.rules import SourceKind
from lms.certification.rules_events import Assigned, AssignmentEnded
from lms.certification.rules_sources import HandRule, Placement, Situation, days_by_hand, days_by_rule
from lms.certification.texts import History, ProgrammeText
from lms.core.dates import FOREVER, Days, civil_day, day_before, union
from lms.people.models import RoleFact
from lms.people.queries import unit_tree
from lms.people.rules import Employment, RoleChange, at_or_below


@dataclass(frozen=True)
class Surroundings:
    """What rules of assignment look at besides a person's own facts; read only where a rule asks for it."""

    units: Mapping[str, frozenset[UUID]] = field(default_factory=dict)
    roles: Mapping[UUID, Mapping[str, Days]] = field(default_factory=dict)
    hands: tuple[HandRule, ...] = ()


def surroundings(
    session: Session, history: History, people: Collection[UUID], supposed: HandRule | None = None
) -> Surroundings:
    """Read the rules made by hand, and units and roles if any rule looks at them.

    `supposed` is a rule that is thought of: a new one, or one that there is as it would be.
    """
    hands = hand_rules(session)
    if supposed is not None:
        hands = (*(each for each in hands if each.id != supposed.id), supposed)
    kinds = history.rule_kinds | {each.kind.value for each in hands}
    units: dict[str, frozenset[UUID]] = {}
    if "unit" in kinds:
        tree = unit_tree(session)
        units = {node.code: at_or_below(tree, [node.id]) for node in tree}
    roles = _roles(session, people) if "role" in kinds else {}
    return Surroundings(units, roles, hands)


def _roles(session: Session, people: Collection[UUID]) -> dict[UUID, dict[str, Days]]:
    query = (
        select(RoleFact.person_id, RoleFact.role, RoleFact.change, RoleFact.recorded_at)
        .where(RoleFact.person_id.in_(people))
        .order_by(RoleFact.person_id, RoleFact.role, RoleFact.recorded_at, RoleFact.change)
    )
    zone = session.info["zone"]
    days: dict[UUID, dict[str, list[tuple[date, date]]]] = defaultdict(lambda: defaultdict(list))
    for row in session.execute(query):
        on, spells = civil_day(row.recorded_at, zone), days[row.person_id][row.role]
        if row.change == RoleChange.GRANTED:
            spells.append((on, FOREVER))
        elif spells:
            spells[-1] = (spells[-1][0], day_before(on))
    return {person: {role: union(each) for role, each in found.items()} for person, found in days.items()}


def situation_of(dossier: Dossier, around: Surroundings, held: Mapping[str, Days]) -> Situation:
    """Return what the rules look at for one person."""
    spells = dossier.employed.spells
    return Situation(
        employed=union((each.interval.from_on, each.interval.until_on or FOREVER) for each in spells),
        placements=tuple(_placements(dossier.employed)),
        units=around.units,
        roles=around.roles.get(dossier.person_id, {}),
        held=held,
        hands=around.hands,
    )


def _placements(employed: Employment) -> Iterable[Placement]:
    for spell in employed.spells:
        starts = [*(on for on, _ in spell.placements[1:]), None]
        for (first, unit_id), following in zip(spell.placements, starts, strict=True):
            last = day_before(following) if following else spell.interval.until_on or FOREVER
            yield Placement(unit_id, first, last)


def assign_by_rule(
    dossier: Dossier, text: ProgrammeText, situation: Situation, on: date, saving: Saving
) -> None:
    """Bring a person's sources in a programme in line with its rules; what has ended with them, too."""
    rules = [(first, [(rule.kind, rule.target, rule.key) for rule in each]) for first, each in text.assign]
    hands = {each.key: each for each in situation.hands if each.programme == text.id}
    days_of = days_by_rule(rules, situation, on) | days_by_hand(hands.values(), situation, on)
    wanted = {
        (key, first): None if last == FOREVER else last
        for key, days in days_of.items()
        for first, last in days
    }
    for source in [each for each in dossier.sources if each.programme == text.id]:
        if source.kind is not SourceKind.RULE:
            _end_with_employment(dossier, source, saving)
            continue
        place = (source.key, source.from_on)
        if place not in wanted:
            if not source.is_void:
                _enter_end(dossier, source, source.until_on, is_void=True, saving=saving)
        elif (until := wanted.pop(place)) != source.until_on or source.is_void:
            _enter_end(dossier, source, until, is_void=False, saving=saving)
    for (key, first), last in sorted(wanted.items()):
        hand = hands.get(key)
        source = Source(
            str(uuid4()), text.id, SourceKind.RULE, key, first, saving.recorded_at, hand.due if hand else ""
        )
        begin(dossier, source, saving, hand)
        if last is not None:
            _enter_end(dossier, source, last, is_void=False, saving=saving)


def _end_with_employment(dossier: Dossier, source: Source, saving: Saving) -> None:
    spell = dossier.employed.spell_on(source.from_on)
    left_on = spell.interval.until_on if spell else None
    if left_on is not None and not source.is_void and (source.until_on is None or source.until_on > left_on):
        _enter_end(dossier, source, left_on, is_void=False, saving=saving)


def begin(dossier: Dossier, source: Source, saving: Saving, hand: HandRule | None = None) -> None:
    """Save a new source and note that it began; by a rule made by hand: why, and who agreed."""
    event_id = uuid4()
    dossier.sources.append(source)
    saving.add(
        AssignmentRow,
        id=UUID(source.id),
        person_id=dossier.person_id,
        programme=source.programme,
        source=source.kind,
        source_key=source.key,
        from_on=source.from_on,
        due=source.due,
        recorded_at=source.recorded_at,
        event_id=event_id,
    )
    saving.happened(
        Assigned(
            subject=f"assignment:{source.id}",
            occurred_at=saving.at,
            person_id=dossier.person_id,
            programme=source.programme,
            source=source.kind,
            source_key=source.key,
            from_on=source.from_on,
            reason=hand.reason if hand else None,
            approval_id=hand.approval_id if hand else None,
        ),
        event_id,
    )


def _enter_end(
    dossier: Dossier, source: Source, until: date | None, *, is_void: bool, saving: Saving
) -> None:
    event_id = uuid4()
    source.until_on, source.is_void, source.ends = until, is_void, source.ends + 1
    saving.add(
        AssignmentEnd,
        assignment_id=UUID(source.id),
        number=source.ends,
        until_on=until,
        is_void=is_void,
        recorded_at=saving.recorded_at,
        event_id=event_id,
    )
    saving.happened(
        AssignmentEnded(
            subject=f"assignment:{source.id}",
            occurred_at=saving.at,
            person_id=dossier.person_id,
            programme=source.programme,
            source_key=source.key,
            until_on=until,
            is_void=is_void,
        ),
        event_id,
    )
