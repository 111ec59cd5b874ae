"""Periods get their identity, and runs of what they ask for are opened."""

from collections.abc import Sequence
from functools import partial
from uuid import UUID, uuid4

from sqlalchemy.orm import Session

from lms.certification.actions.saving import Assessment
from lms.certification.models import PeriodRow
from lms.certification.rules import ContentVersion, Period
from lms.certification.rules_events import PeriodOpened, PeriodVoided
from lms.certification.rules_words import Need
from lms.certification.texts import ProgrammeText
from lms.core.versions import snapshot
from lms.courses.actions import open_parts, open_run
from lms.courses.rules import Parts, RunKind

RUN_KINDS = frozenset(kind.value for kind in RunKind)


def keep_periods(
    assessment: Assessment, person_id: UUID, text: ProgrammeText, found: Sequence[Period]
) -> dict[int, UUID]:
    """Open the periods that are new, void those no longer asked for; return the id of each number."""
    rows = assessment.kept.periods.get((person_id, text.id), {})
    ids: dict[int, UUID] = {}
    for period in found:
        row = rows.get(period.n)
        if row is not None and (row.opened_on, row.basis) == (period.opened_on, period.basis):
            ids[period.n] = row.id
            continue
        if row is not None:
            _void(assessment, row)
        ids[period.n] = _open(assessment, person_id, text.id, period)
    for n, row in rows.items():
        if n not in ids:
            _void(assessment, row)
    return ids


def _void(assessment: Assessment, row: PeriodRow) -> None:
    saving = assessment.saving
    saving.periods_void.append(row.id)
    saving.happened(
        PeriodVoided(
            subject=f"period:{row.id}",
            occurred_at=saving.at,
            person_id=row.person_id,
            programme=row.programme,
            n=row.n,
        )
    )


def _open(assessment: Assessment, person_id: UUID, programme: str, period: Period) -> UUID:
    saving, period_id, event_id = assessment.saving, uuid4(), uuid4()
    saving.add(
        PeriodRow,
        id=period_id,
        person_id=person_id,
        programme=programme,
        n=period.n,
        rules=period.version,
        basis=period.basis,
        path=period.path,
        opened_on=period.opened_on,
        recorded_at=saving.recorded_at,
        event_id=event_id,
    )
    saving.happened(
        PeriodOpened(
            subject=f"period:{period_id}",
            occurred_at=saving.at,
            person_id=person_id,
            version=period.version,
            programme=programme,
            n=period.n,
            basis=period.basis,
            path=period.path,
            opened_on=period.opened_on,
        ),
        event_id,
    )
    if period.is_open:
        saving.later.append(lambda session: _open_runs(assessment, session, person_id, programme, period))
    return period_id


def _open_runs(
    assessment: Assessment, session: Session, person_id: UUID, programme: str, period: Period
) -> None:
    for counted in period.requirements:
        need = counted.requirement.need
        if counted.met_on is None and need.value in RUN_KINDS:
            open_run_of(
                session, person_id, (need, counted.requirement.target), f"{programme}:{period.n}", assessment
            )


def open_supplements(
    assessment: Assessment, person_id: UUID, programme: str, changes: Sequence[ContentVersion]
) -> None:
    """Open, once all is saved, a run of each changed text that is owed; one that is open or was opened stays.

    Where parts of a course changed it is a run of these alone, one for all programmes that ask for it.
    """
    for change in changes:
        if change.is_in_parts:
            assessment.saving.later.append(partial(_open_parts, person_id, change, assessment))
        elif change.need.value in RUN_KINDS:
            key = f"{programme}:supplement:{change.version}"
            assessment.saving.later.append(
                partial(_open_supplement, person_id, (change.need, change.target), key, assessment)
            )


def _open_parts(person_id: UUID, change: ContentVersion, assessment: Assessment, session: Session) -> None:
    if snapshot(session).find(change.need.value, change.target) is not None:
        parts = Parts(change.version, change.lessons, change.items)
        open_parts(session, person_id, change.target, parts, assessment.saving.at)


def _open_supplement(
    person_id: UUID, target: tuple[Need, str], key: str, assessment: Assessment, session: Session
) -> None:
    open_run_of(session, person_id, target, key, assessment)


def open_run_of(
    session: Session, person_id: UUID, target: tuple[Need, str], key: str, assessment: Assessment
) -> None:
    """Open a run of something published; what is not published yet has nothing to run through."""
    need, name = target
    if snapshot(session).find(need.value, name) is not None:
        open_run(session, person_id, RunKind(need.value), name, key, assessment.saving.at)
