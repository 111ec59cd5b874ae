"""Reads of cases: what is published, plays with their steps, the paths that staff took."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session

from lms.cases.documents import PublishedCase, published_from
from lms.cases.models import Play, PlayStep
from lms.cases.rules import PlayState, Position, Step, position
from lms.core import versions
from lms.core.access import Actor
from lms.core.errors import NotFound
from lms.core.versions import Snapshot, Version

KIND = "case"
STEPS = (
    select(PlayStep.scene, PlayStep.choice, PlayStep.shown_at, PlayStep.chosen_at, PlayStep.timed_out)
    .where(PlayStep.play_id == bindparam("of"))
    .order_by(PlayStep.number)
)


@dataclass(frozen=True)
class PlayFound:
    """A play with the version it is pinned to and its steps in order."""

    play: Play
    published: PublishedCase
    steps: tuple[Step, ...]

    def position(self, now: datetime) -> Position:
        """Return where it stands at an instant."""
        return position(self.published.case, self.steps, self.play.started_at, self.play.percent, now)


@dataclass(frozen=True)
class Met:
    """What a person has done with a case: the newest play, and whether any was passed."""

    last: Play
    passed: bool


def published_case(version: Version) -> PublishedCase:
    """Read a published version of a case."""
    return published_from(version.id, version.body)


def case_of(snapshot: Snapshot, case_id: str) -> PublishedCase:
    """Return a case as it is published now.

    Raises NotFound.
    """
    return snapshot.parsed(snapshot.get(KIND, case_id), published_case)


def cases_in(snapshot: Snapshot, pool: str = "") -> list[PublishedCase]:
    """Return the published cases, or those of a pool, in the order of their ids."""
    found = [snapshot.parsed(version, published_case) for version in snapshot.all(KIND)]
    return [each for each in found if not pool or pool in each.pools]


def case_at(session: Session, play: Play) -> PublishedCase:
    """Return the version that a play is pinned to."""
    version = versions.library(session).versions(session, [play.version_id])[play.version_id]
    return versions.library(session).parsed(version, published_case)


def play_for(session: Session, actor: Actor, play_id: UUID) -> PlayFound:
    """Load a play with its steps for the person whose it is.

    Raises NotFound for everybody else.
    """
    play = session.get(Play, play_id)
    if play is None or play.person_id != actor.person_id:
        raise NotFound
    return found_play(session, play)


def found_play(session: Session, play: Play) -> PlayFound:
    """Return a play with its version and its steps."""
    rows = session.execute(STEPS, {"of": play.id})
    return PlayFound(play, case_at(session, play), tuple(Step(*row) for row in rows))


def open_play(session: Session, person_id: UUID, case_id: str) -> Play | None:
    """Return the play of a case that a person has not finished."""
    query = select(Play).where(
        Play.person_id == person_id, Play.case_id == case_id, Play.state == PlayState.IN_PROGRESS.value
    )
    return session.scalar(query)


def plays_of(session: Session, person_id: UUID, case_id: str) -> list[Play]:
    """Return a person's plays of a case, the newest first."""
    query = select(Play).where(Play.person_id == person_id, Play.case_id == case_id)
    return list(session.scalars(query.order_by(Play.number.desc())))


def met_by(session: Session, person_id: UUID) -> Mapping[str, Met]:
    """Return what a person has done with each case."""
    query = select(Play).where(Play.person_id == person_id).order_by(Play.case_id, Play.number)
    found: dict[str, Met] = {}
    for play in session.scalars(query):
        before = found.get(play.case_id)
        found[play.case_id] = Met(play, bool(play.passed) or (before is not None and before.passed))
    return found


def open_plays(session: Session) -> list[UUID]:
    """Return the open plays of versions that have a clock anywhere, for the chore that lets clocks run out."""
    query = select(Play).where(Play.state == PlayState.IN_PROGRESS.value)
    plays = session.scalars(query.order_by(Play.started_at, Play.id)).all()
    versions.library(session).versions(session, [play.version_id for play in plays])
    return [play.id for play in plays if any(s.clock for s in case_at(session, play).case.scenes.values())]


@dataclass(frozen=True)
class Paths:
    """How often each choice of a version was taken in finished plays, by (scene, choice), and what came of them."""

    plays: int
    passed: int
    taken: Mapping[tuple[str, str], int]


def paths_of(session: Session, version_id: int) -> Paths:
    """Return the paths that staff took through a version, as counts, in two statements."""
    finished = (Play.version_id == version_id, Play.state == PlayState.FINISHED.value)
    counts = select(Play.passed, func.count()).where(*finished).group_by(Play.passed)
    by_outcome = {bool(passed): int(count) for passed, count in session.execute(counts)}
    rows = session.execute(
        select(PlayStep.scene, PlayStep.choice, func.count())
        .join(Play, Play.id == PlayStep.play_id)
        .where(*finished)
        .group_by(PlayStep.scene, PlayStep.choice)
    )
    taken = {(scene, choice): int(count) for scene, choice, count in rows}
    return Paths(sum(by_outcome.values()), by_outcome.get(True, 0), taken)
