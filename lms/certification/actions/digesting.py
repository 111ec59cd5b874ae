"""Mail that gathers: a person's reminders of a day, and each Monday who in a manager's team is late.

What waits is asked again before it is mailed: only the latest step of a programme goes out, and only while
it is still so, whatever stood still in between.
"""

import json
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.certification.models import StandingRow
from lms.certification.queries.history import history_of
from lms.certification.queries.standings import StandingLine, standings_today
from lms.certification.rules import State
from lms.certification.rules_notices import Telling, days_late, still_holds
from lms.core.db import By
from lms.core.log import logger
from lms.notices.actions import enqueue, notify
from lms.notices.delivery import Surroundings
from lms.notices.digests import make_digest, readers_waiting, settle, settle_all, waiting_lines
from lms.notices.models import DigestLine
from lms.notices.rules import DigestKind, Gathered, Notice, NoticeCode, is_time, one_link, week_of
from lms.people.queries import addressee, firm_day, managers_of, names, present

log = logger("certification")
QUIET = timedelta(minutes=2)  # a sweep in batches has then put all that it has to say to one reader
TEAM_LISTS = "team-lists"
LATE = (State.OVERDUE, State.GRACE, State.LAPSED, State.LONG_LAPSED)
# A row whose day has come may have become late since it was written.
MAY_BE_LATE = (State.ASSIGNED, State.CERTIFIED, State.RENEWAL_OPEN)


def gather_digests(around: Surroundings, at: datetime) -> int:
    """Make the digests of the day once its hour has come, a transaction a reader; return how many.

    Once a week it also asks for the lists of the teams.
    """
    database, settings = around.database, around.settings
    if not is_time(at, settings.digest_hour, settings.zone):
        return 0
    day = at.astimezone(settings.zone).date()
    _ask_for_lists(around, day, at)
    if not settings.smtp_url:
        with database.transaction(By("worker"), now=at) as session:
            settle_all(session, at - QUIET, at)
        return 0
    with database.reading() as session:
        readers = readers_waiting(session, day, at - QUIET)
    made = 0
    for reader_id in readers:
        try:
            with database.transaction(By("worker"), now=at) as session:
                made += gather_one(session, reader_id, at)
        except Exception as error:  # noqa: BLE001 - tried again the next time; the others get theirs
            log.error("a digest could not be made", person=str(reader_id), error=repr(error)[:300])
    return made


def gather_one(session: Session, reader_id: UUID, at: datetime) -> bool:
    """Gather what waits for one reader and is still so into the digest of the day; return whether there is one."""
    day = firm_day(session, at)
    lines = waiting_lines(session, reader_id)
    if not lines:
        return False
    wanted = latest(lines, _standings_of(session, lines, day))
    if not wanted or not addressee(session, reader_id).mail or not present(session, [reader_id], day):
        settle(session, lines, at)
        return False
    wanted.sort(key=lambda line: (line.target_on, line.params, line.id))
    said = tuple((line.code, _params_on(line, day)) for line in wanted)
    gathered = Gathered(reader_id, DigestKind.DAILY, day, said, one_link(line.link for line in wanted))
    digest_id = make_digest(session, gathered, at)
    if digest_id is None:
        return False
    in_it = {line.id for line in wanted}
    settle(session, wanted, at, digest_id)
    settle(session, [line for line in lines if line.id not in in_it], at)
    return True


def latest(
    lines: Sequence[DigestLine], standings: Mapping[tuple[UUID, str], StandingLine]
) -> list[DigestLine]:
    """Return the newest line of each person and programme, if it is still so; a reminder before a mere change."""
    newest: dict[tuple[UUID, str], DigestLine] = {}
    for line in sorted(
        lines, key=lambda each: (each.created_at, ":" in each.step, each.target_on, each.step)
    ):
        newest[line.about_id, _programme(line)] = line
    return [
        line
        for key, line in newest.items()
        if key in standings
        and standings[key].employed
        and still_holds(line.code, line.step, line.target_on, standings[key].standing)
    ]


def _age(line: DigestLine) -> tuple[Any, ...]:
    return line.created_at, ":" in line.step, line.target_on, line.step, line.params


def _programme(line: DigestLine) -> str:
    return line.topic.rpartition(":")[0]


def _standings_of(
    session: Session, lines: Sequence[DigestLine], day: date
) -> dict[tuple[UUID, str], StandingLine]:
    people, programmes = {line.about_id for line in lines}, {_programme(line) for line in lines}
    query = select(StandingRow).where(
        StandingRow.person_id.in_(people), StandingRow.programme.in_(programmes)
    )
    return {(each.person_id, each.programme): each for each in standings_today(session, day, query)}


def _params_on(line: DigestLine, day: date) -> Mapping[str, Any]:
    """Return what a line says, with the days left counted from the day on which it is mailed."""
    params: dict[str, Any] = json.loads(line.params)
    if line.code in (Telling.DUE_SOON, Telling.EXPIRES_SOON):
        params["days"] = (line.target_on - day).days
    return params


def _ask_for_lists(around: Surroundings, day: date, at: datetime) -> None:
    """Enqueue the lists of this week, once; a worker that was out makes only those of the week it is back in."""
    week = week_of(day).isoformat()
    with around.database.transaction(By("worker"), now=at) as session:
        enqueue(session, TEAM_LISTS, {"week": week}, at, key=f"{TEAM_LISTS}:{week}")


def list_teams(session: Session, payload: Mapping[str, Any], around: Surroundings, at: datetime) -> None:
    """Make the list of each manager in whose team somebody is late; in-app for those whom no mail reaches."""
    week, day = date.fromisoformat(payload["week"]), firm_day(session, at)
    if week_of(day) != week:
        return
    late = _late_by_manager(session, day)
    here = present(session, list(late), day)
    for manager in sorted(late):
        if manager not in here:
            continue
        lines = tuple((NoticeCode.TEAM_LATE.value, params) for params in late[manager])
        if around.settings.smtp_url and addressee(session, manager).mail:
            make_digest(session, Gathered(manager, DigestKind.WEEKLY, week, lines, "/team"), at)
        else:
            params = {"count": len(lines), "day": day.isoformat()}
            key = f"{TEAM_LISTS}:{manager}:{week}"
            notify(session, Notice(manager, NoticeCode.TEAM_LIST, key, "/team", params), at, mail=False)


def _late_by_manager(session: Session, day: date) -> dict[UUID, list[dict[str, Any]]]:
    """Return who is late under each line manager, the longest first, as lines of a list."""
    query = select(StandingRow).where(StandingRow.state.in_(LATE) | _may_have_become_late(day))
    found = [
        (line, late)
        for line in standings_today(session, day, query)
        if line.employed and (late := days_late(line.standing, day)) is not None
    ]
    people = {line.person_id for line, _ in found}
    managers, called = managers_of(session, people, day), names(session, people)
    titles = history_of(session).programmes
    lists: dict[UUID, list[dict[str, Any]]] = {}
    for line, (since, days) in sorted(
        found, key=lambda each: (-each[1][1], str(each[0].person_id), each[0].programme)
    ):
        if line.person_id in managers:
            params = {
                "name": called[line.person_id], "programme": dict(titles[line.programme].title),
                "since": since.isoformat(), "days": days,
            }  # fmt: skip
            lists.setdefault(managers[line.person_id], []).append(params)
    return lists


def _may_have_become_late(day: date) -> Any:
    return StandingRow.state.in_(MAY_BE_LATE) & (StandingRow.next_change_on <= day)
