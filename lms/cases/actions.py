"""Begin a play, choose, let clocks run out, finish. A step that is sent twice changes nothing."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from lms.audit.events import record
from lms.cases.documents import fraction_text, shares_text, steps_hash
from lms.cases.models import Play, PlayStep
from lms.cases.queries import PlayFound, case_of, found_play, open_play, plays_of
from lms.cases.rules import (
    PlayFinished,
    PlayStarted,
    PlayState,
    Position,
    Step,
    credited_on,
    find,
    outcome,
    time_percent,
)
from lms.core import versions
from lms.core.access import Actor
from lms.core.db import changed, insert_new, insert_rows
from lms.core.errors import Conflict, Invalid, NotFound, message
from lms.quizzes.queries import extra_minutes

NOTHING_CHOSEN = message("Choose one of the ways that are open.")


def start_play(session: Session, person_id: UUID, case_id: str, at: datetime) -> Play:
    """Begin a case, or return the play that is open; two at once get one.

    Raises NotFound for no such case, Conflict where another window is faster than this one can see.
    """
    opened = open_play(session, person_id, case_id)
    if opened is not None and not settle(session, opened.id, at):
        return opened
    published = case_of(versions.snapshot(session), case_id)
    before = plays_of(session, person_id, case_id)
    number = before[0].number + 1 if before else 1
    play_id, event_id = uuid4(), uuid4()
    values = {
        "id": play_id, "person_id": person_id, "case_id": case_id, "version_id": published.version_id,
        "number": number, "percent": time_percent(extra_minutes(session, person_id)), "started_at": at,
        "state": PlayState.IN_PROGRESS.value, "started_event_id": event_id,
    }  # fmt: skip
    if not insert_new(session, Play, values):
        opened = open_play(session, person_id, case_id)
        if opened is None:
            raise Conflict(message("Another window is starting this case. Reload the page."))
        return opened
    happened = PlayStarted(
        subject=f"play:{play_id}", occurred_at=at, person_id=person_id, version=str(published.version_id),
        play_id=play_id, case_id=case_id, number=number, pools=published.pools,
    )  # fmt: skip
    record(session, happened, event_id)
    return session.get_one(Play, play_id)


def choose(session: Session, actor: Actor, play_id: UUID, answer: tuple[int, str], at: datetime) -> Play:
    """Take a choice as the step of a number; one already taken stays as it was, whatever is sent again.

    What the clock has taken by now comes first: a choice that is too late is not taken. An empty choice only
    settles what the clock has done.
    Raises NotFound for another's play, Invalid for a choice that cannot be taken, Conflict for a step ahead.
    """
    number, choice_id = answer
    found = _locked(session, play_id)
    if found is None or found.play.person_id != actor.person_id:
        raise NotFound
    here = found.position(at)
    steps = list(here.passed_by)
    if number > here.number:
        raise Conflict(message("This page is of another play. Reload it."))
    if number == here.number and choice_id and not here.ended(found.published.case):
        if find(found.published.case, here.state, choice_id) is None:
            raise Invalid({"choice": NOTHING_CHOSEN})
        steps.append(Step(here.state.scene, choice_id, here.shown_at, at))
    _keep(session, found, steps)
    return found.play


def settle(session: Session, play_id: UUID, at: datetime) -> bool:
    """Keep what a play's clocks have done by now; return whether it is finished."""
    found = _locked(session, play_id)
    if found is None:
        return True
    _keep(session, found, found.position(at).passed_by)
    return found.play.state == PlayState.FINISHED


def _locked(session: Session, play_id: UUID) -> PlayFound | None:
    query = select(Play).where(Play.id == play_id).with_for_update().execution_options(populate_existing=True)
    play = session.scalar(query)
    return None if play is None else found_play(session, play)


def _keep(session: Session, found: PlayFound, steps: Sequence[Step]) -> None:
    """Add steps to a play that is locked, and finish it where they lead to an ending."""
    if not steps or found.play.state == PlayState.FINISHED:
        return
    first = len(found.steps) + 1
    rows = [{"play_id": found.play.id, "number": n, **one._asdict()} for n, one in enumerate(steps, first)]
    insert_rows(session, PlayStep, rows)
    taken = PlayFound(found.play, found.published, (*found.steps, *steps))
    here: Position = taken.position(steps[-1].chosen_at)
    if here.ended(found.published.case):
        _finish(session, taken)


def _finish(session: Session, found: PlayFound) -> None:
    play, published = found.play, found.published
    zone: ZoneInfo = session.info["zone"]
    at, event_id = found.steps[-1].chosen_at, uuid4()
    done = outcome(published.case, published.bounds, [one.choice for one in found.steps])
    values = {
        "state": PlayState.FINISHED.value, "finished_at": at, "ending": done.ending.value,
        "score": fraction_text(done.score), "shares": shares_text(done.shares), "critical": done.critical,
        "passed": done.passed, "credited_on": credited_on(at, zone), "finished_event_id": event_id,
    }  # fmt: skip
    guarded = update(Play).where(Play.id == play.id, Play.state == PlayState.IN_PROGRESS.value).values(values)
    if not changed(session.execute(guarded, execution_options={"synchronize_session": "fetch"})):
        return
    happened = PlayFinished(
        subject=f"play:{play.id}", occurred_at=at, person_id=play.person_id, version=str(play.version_id),
        play_id=play.id, case_id=play.case_id, passed=done.passed, score=fraction_text(done.score),
        credited_on=credited_on(at, zone), version_id=play.version_id, steps=len(found.steps),
        steps_hash=steps_hash(found.steps), pools=published.pools,
    )  # fmt: skip
    record(session, happened, event_id)
