"""Everything a standing is derived from, for any number of people, in one statement a kind of fact."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from lms.certification.queries import rows
from lms.certification.queries.history import Known, history_of
from lms.certification.rules import (
    Assignment,
    Begun,
    Credit,
    Employment,
    Exclusion,
    Extension,
    Facts,
    Finding,
    Issued,
    Leave,
    Migration,
    Need,
    Revocation,
    Signature,
    SourceKind,
    State,
    Waiver,
    spans,
)
from lms.certification.texts import History, ProgrammeText
from lms.core.dates import Days, Duration, union
from lms.people.rules import Employment as Employed

SINCE_EVER = datetime(1970, 1, 1, tzinfo=UTC)
HELD_STATES = frozenset({State.CERTIFIED, State.RENEWAL_OPEN})
Decision = Extension | Waiver | Exclusion | Revocation | Finding | Migration


@dataclass(slots=True)
class Source:
    """An assignment as it stands: `until_on` None goes on; `ends` counts what was entered about its end."""

    id: str
    programme: str
    kind: SourceKind
    key: str
    from_on: date
    recorded_at: datetime
    due: str = ""
    until_on: date | None = None
    is_void: bool = False
    ends: int = 0


@dataclass(slots=True)
class Printed:
    """A certificate with the number and period it has."""

    id: UUID
    number: str
    period_id: UUID
    issued: Issued
    supersedes_id: UUID | None


@dataclass(slots=True)
class Dossier:
    """The facts about one person, as loaded; `begun` are runs with what they are runs of."""

    person_id: UUID
    employed: Employed = field(default_factory=lambda: Employed((), ()))
    sources: list[Source] = field(default_factory=list)
    credits: list[Credit] = field(default_factory=list)
    signatures: list[Signature] = field(default_factory=list)
    begun: list[tuple[Need, str, Begun]] = field(default_factory=list)
    decisions: dict[str, list[Decision]] = field(default_factory=lambda: defaultdict(list))
    printed: dict[str, list[Printed]] = field(default_factory=lambda: defaultdict(list))

    @property
    def programmes(self) -> set[str]:
        """The programmes in which there is any fact."""
        sources = {each.programme for each in self.sources}
        return sources | self.decisions.keys() | self.printed.keys()


def facts_for(
    session: Session,
    people: Collection[UUID],
    programmes: Collection[str] | None = None,
    known: Known | None = None,
) -> dict[tuple[UUID, str], Facts]:
    """Return the facts of people in programmes (None: all published), as known by a sealed position or live.

    `status` may be asked of them at once: what was not known by then is left out already.
    """
    history = history_of(session, known)
    dossiers = dossiers_of(session, people, history, known)
    found = {}
    for person_id, dossier in dossiers.items():
        for programme, facts in facts_of_dossier(dossier, history, zone_of(session)).items():
            if programmes is None or programme in programmes:
                found[person_id, programme] = facts
    return found


def dossiers_of(
    session: Session, people: Collection[UUID], history: History, known: Known | None = None
) -> dict[UUID, Dossier]:
    """Load the facts about people, seven statements whatever their number."""
    found = {person_id: Dossier(person_id) for person_id in people}
    zone = zone_of(session)
    for person_id, employed in rows.employment(session, people, known):
        found[person_id].employed = employed
    for row in rows.assignments(session, people, known):
        _add_source(found[row.person_id], row)
    for row in rows.credited(session, people, known):
        found[row.person_id].credits.append(_credit(row))
    for row in rows.signatures(session, people, known):
        found[row.person_id].signatures.append(_signature(row, history))
    for row in rows.begun(session, people, known):
        begun = Begun(
            id=f"begun:{row.at.isoformat()}", recorded_at=row.at, occurred_on=row.at.astimezone(zone).date()
        )
        found[row.person_id].begun.append((Need(row.kind), row.target, begun))
    for row in rows.decisions(session, people, known):
        found[row.person_id].decisions[row.programme].append(_decision(row))
    for row in rows.certificates(session, people, known):
        found[row.person_id].printed[row.programme].append(_printed(row))
    return found


def facts_of_dossier(dossier: Dossier, history: History, zone: ZoneInfo) -> dict[str, Facts]:
    """Return a person's facts by programme; those that others rest on are derived first."""
    found: dict[str, Facts] = {}
    held: dict[str, Days] = {}
    for name, text in history.programmes.items():
        found[name] = facts_in(dossier, text, history, held, zone)
        if name in history.rested_on:
            held[name] = held_days(found[name])
    return found


def held_days(facts: Facts) -> Days:
    """Return the days on which a programme is held, by all that is known."""
    return union((each.from_on, each.last_on) for each in spans(facts) if each.state in HELD_STATES)


def facts_in(
    dossier: Dossier, text: ProgrammeText, history: History, held: Mapping[str, Days], zone: ZoneInfo
) -> Facts:
    """Put together the facts of one person in one programme."""
    targets = text.targets
    decided = dossier.decisions.get(text.id, [])
    employment, leave = _employment(dossier.employed)
    return Facts(
        person=str(dossier.person_id),
        programme=text.id,
        zone=zone,
        rules=text.rules,
        calendar=history.calendar,
        employment=employment,
        leave=leave,
        assignments=tuple(
            _assignment(each) for each in dossier.sources if each.programme == text.id and not each.is_void
        ),
        credits=tuple(
            each
            for each in dossier.credits
            if (each.need, each.target) in targets
            or any((Need.CASE_FROM, pool) in targets for pool in each.pools)
        ),
        signatures=tuple(each for each in dossier.signatures if (Need.AGREEMENT, each.agreement) in targets),
        content=history.content(targets),
        begun=tuple(each for need, target, each in dossier.begun if (need, target) in targets),
        exclusions=tuple(each for each in decided if isinstance(each, Exclusion)),
        waivers=tuple(each for each in decided if isinstance(each, Waiver)),
        extensions=tuple(each for each in decided if isinstance(each, Extension)),
        revocations=tuple(each for each in decided if isinstance(each, Revocation)),
        findings=tuple(each for each in decided if isinstance(each, Finding)),
        migrations=tuple(each for each in decided if isinstance(each, Migration)),
        issued=tuple(each.issued for each in dossier.printed.get(text.id, ())),
        held={name: held.get(name, ()) for need, name in targets if need is Need.PROGRAMME},
    )


def zone_of(session: Session) -> ZoneInfo:
    """Return the zone in which the firm counts its days."""
    zone: ZoneInfo = session.info["zone"]
    return zone


def _employment(employed: Employed) -> tuple[tuple[Employment, ...], tuple[Leave, ...]]:
    spells = (spell.interval for spell in employed.spells)
    jobs = (
        Employment(
            id=f"employment:{each.from_on}",
            recorded_at=SINCE_EVER,
            from_on=each.from_on,
            until_on=each.until_on,
        )
        for each in spells
    )
    leaves = (
        Leave(
            id=f"leave:{each.from_on}", recorded_at=SINCE_EVER, from_on=each.from_on, until_on=each.until_on
        )
        for each in employed.absences
    )
    return tuple(jobs), tuple(leaves)


def _assignment(source: Source) -> Assignment:
    return Assignment(
        id=source.id,
        recorded_at=source.recorded_at,
        from_on=source.from_on,
        until_on=source.until_on,
        source=source.kind,
        due=_duration(source.due),
    )


def _add_source(dossier: Dossier, row: Any) -> None:
    """Add an assignment, or what a further line says about its end: lines come in the order entered."""
    last = dossier.sources[-1] if dossier.sources else None
    if last is None or last.id != str(row.id):
        last = Source(
            str(row.id),
            row.programme,
            SourceKind(row.source),
            row.source_key,
            row.from_on,
            row.recorded_at,
            row.due,
        )
        dossier.sources.append(last)
    if row.number is not None:
        last.until_on, last.is_void, last.ends = row.until_on, bool(row.is_void), row.number


def _credit(row: Any) -> Credit:
    return Credit(
        id=str(row.id),
        recorded_at=row.recorded_at,
        need=Need(row.need),
        target=row.target,
        occurred_on=row.occurred_on,
        version=row.version,
        partial=row.supplement is not None,
        pools=tuple((row.pools or "").split()),
        repeat=bool(row.repeat),
    )


def _signature(row: Any, history: History) -> Signature:
    return Signature(
        id=str(row.id),
        recorded_at=row.recorded_at,
        agreement=row.agreement_id,
        version=history.version_of(row.version_id),
        occurred_on=row.signed_on,
    )


def _printed(row: Any) -> Printed:
    issued = Issued(
        id=str(row.id),
        recorded_at=row.recorded_at,
        opened_on=row.opened_on,
        completed_on=row.completed_on,
        valid_from=row.valid_from,
        valid_until=row.valid_until,
    )
    return Printed(row.id, row.number, row.period_id, issued, row.supersedes_id)


def _duration(text: str) -> Duration | None:
    return Duration.parse(text) if text else None


def _decision(row: Any) -> Decision:
    id_, at, on, until = str(row.id), row.recorded_at, row.occurred_on, row.until_on
    withdrawn = row.withdrawn_on
    if row.kind == "extension":
        return Extension(id=id_, recorded_at=at, granted_on=on, until_on=until or on, withdrawn_on=withdrawn)
    if row.kind == "waiver":
        return Waiver(id=id_, recorded_at=at, from_on=on, until_on=until, withdrawn_on=withdrawn)
    if row.kind == "exclusion":
        target = row.target or None
        return Exclusion(
            id=id_, recorded_at=at, from_on=on, until_on=until, withdrawn_on=withdrawn, assignment=target
        )
    if row.kind == "revocation":
        return Revocation(id=id_, recorded_at=at, occurred_on=on, annulled_on=withdrawn)
    if row.kind == "finding":
        return Finding(id=id_, recorded_at=at, occurred_on=on, due=_duration(row.due))
    return Migration(id=id_, recorded_at=at, occurred_on=on, version=row.target)
