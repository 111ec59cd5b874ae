"""Authored content as immutable versions, and the snapshot of what is published now.

A publication adds versions, all or nothing; the newest version of a (kind, id) is the current one. Every
result points at the version it was earned on. Snapshots are kept in memory by publication number, so a
request pays nothing for content once its process has read it.
"""

import json
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import ForeignKey, Integer, LargeBinary, String, Text, UniqueConstraint, Uuid, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from lms.core.db import Base, one_of
from lms.core.errors import NotFound
from lms.core.events import Event, unrecorded

T = TypeVar("T")
KEPT_SNAPSHOTS = 3
# The number of the publication that a session is making: it may yet be rolled back, so it is not kept.
UNFINISHED = "unfinished_publication"
# The number of the newest publication as a session read it: once a transaction, or with the actor.
NEWEST = "newest_publication"


class Change(StrEnum):
    """What a new version means for those who hold the old one."""

    FIRST = "first"
    EDITORIAL = "editorial"
    MATERIAL = "material"
    RETIRED = "retired"


@dataclass(frozen=True, kw_only=True)
class ContentPublished(Event):
    """Texts were published: `manifest` is the hash over all their kinds, ids, numbers, hashes and changes.

    `changes` lists (kind, id, change) for the reactions; the log holds those that are material.
    """

    publication: int
    manifest: str
    texts: int
    material: tuple[str, ...]
    changes: tuple[tuple[str, str, Change], ...] = unrecorded()


class Publication(Base):
    """One act of publishing; its number orders all content in time."""

    __tablename__ = "content_publication"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    published_at: Mapped[datetime]
    published_on: Mapped[date]
    event_id: Mapped[UUID] = mapped_column(Uuid)


class ContentVersion(Base):
    """One version of one text. Never changed; `number` counts from 1 within (kind, content_id)."""

    __tablename__ = "content_version"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    kind: Mapped[str] = mapped_column(String(20))
    content_id: Mapped[str] = mapped_column(String(200))
    number: Mapped[int] = mapped_column(Integer)
    sha256: Mapped[str] = mapped_column(String(64))
    change: Mapped[str] = mapped_column(String(12))
    effective_on: Mapped[date]
    body: Mapped[str] = mapped_column(Text)
    publication_id: Mapped[int] = mapped_column(ForeignKey("content_publication.id"), index=True)

    __table_args__ = (UniqueConstraint("kind", "content_id", "number"), one_of("change", Change))


class ContentSupplement(Base):
    """What a publication asks of those whose evidence is older: a text again, within `due`, such as 21d.

    `kind` and `content_id` say of which text; `lessons` and `items` are JSON lists of what alone changed in a
    course. Where both are empty the whole text is to be done again.
    """

    __tablename__ = "content_supplement"

    publication_id: Mapped[int] = mapped_column(ForeignKey("content_publication.id"), primary_key=True)
    kind: Mapped[str] = mapped_column(String(20), primary_key=True)
    content_id: Mapped[str] = mapped_column(String(200), primary_key=True)
    due: Mapped[str] = mapped_column(String(10))
    lessons: Mapped[str] = mapped_column(Text)
    items: Mapped[str] = mapped_column(Text)


class ContentMedia(Base):
    """A picture or other file that belongs to published texts, by its hash."""

    __tablename__ = "content_media"

    sha256: Mapped[str] = mapped_column(String(64), primary_key=True)
    content_type: Mapped[str] = mapped_column(String(80))
    data: Mapped[bytes] = mapped_column(LargeBinary)


@dataclass(frozen=True)
class Version:
    """A version as the slices use it: `body` is the canonical, rendered document."""

    id: int
    kind: str
    content_id: str
    number: int
    sha256: str
    change: str
    effective_on: date
    body: Mapping[str, Any] = field(hash=False, compare=False)


@dataclass(frozen=True)
class Snapshot:
    """All content current as of one publication."""

    publication: int
    versions: Mapping[tuple[str, str], Version]
    _parsed: dict[tuple[object, int], object] = field(default_factory=dict, repr=False, compare=False)

    def find(self, kind: str, content_id: str) -> Version | None:
        """Return the current version, None when there is none or it is retired."""
        found = self.versions.get((kind, content_id))
        return None if found is None or found.change == Change.RETIRED else found

    def get(self, kind: str, content_id: str) -> Version:
        """Return the current version.

        Raises NotFound.
        """
        found = self.find(kind, content_id)
        if found is None:
            raise NotFound
        return found

    def all(self, kind: str) -> list[Version]:
        """Return the current versions of a kind, by id."""
        found = [version for (each, _), version in self.versions.items() if each == kind]
        return sorted(
            (v for v in found if v.change != Change.RETIRED), key=lambda version: version.content_id
        )

    def parsed(self, version: Version, parse: Callable[[Version], T]) -> T:
        """Return `parse(version)`, made once a snapshot: versions never change."""
        key = (parse, version.id)
        if key not in self._parsed:
            self._parsed[key] = parse(version)
        return self._parsed[key]  # type: ignore[return-value]

    def derived(self, name: str, make: Callable[["Snapshot"], T]) -> T:
        """Return something computed from the whole snapshot, made once."""
        key = (name, 0)
        if key not in self._parsed:
            self._parsed[key] = make(self)
        return self._parsed[key]  # type: ignore[return-value]


class Library:
    """The snapshots and single versions that this process has read, for one database."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._snapshots: OrderedDict[int, Snapshot] = OrderedDict()
        self._single: dict[int, Version] = {}
        self._parsed: dict[tuple[object, int, str], object] = {}

    def parsed(self, version: Version, parse: Callable[[Version], T]) -> T:
        """Return `parse(version)`, made once a process, also for versions that are no longer current."""
        key = (parse, version.id, version.sha256)
        if key not in self._parsed:
            self._parsed[key] = parse(version)
        return self._parsed[key]  # type: ignore[return-value]

    def snapshot(self, session: Session, publication: int | None = None) -> Snapshot:
        """Return the content current as of `publication`, by default the newest."""
        publication = publication or newest_publication(session)
        with self._lock:
            kept = self._snapshots.get(publication)
        if kept is None:
            kept = _read_snapshot(session, publication)
            if session.info.get(UNFINISHED) == publication:
                return kept
            with self._lock:
                self._snapshots[publication] = kept
                self._single.update({each.id: each for each in kept.versions.values()})
                while len(self._snapshots) > KEPT_SNAPSHOTS:
                    self._snapshots.popitem(last=False)
        return kept

    def versions(self, session: Session, ids: Iterable[int]) -> dict[int, Version]:
        """Return versions by id, whether current or not, in at most one statement."""
        wanted = set(ids)
        missing = wanted - self._single.keys()
        if missing:
            rows = session.execute(_columns().where(ContentVersion.id.in_(missing)))
            found = {row.id: _version(row) for row in rows}
            if UNFINISHED in session.info:
                return {
                    each: found.get(each) or self._single[each]
                    for each in wanted
                    if each in found | self._single
                }
            self._single.update(found)
        return {each: self._single[each] for each in wanted if each in self._single}


NEWEST_NUMBER = select(func.max(Publication.id))


def newest_publication(session: Session) -> int:
    """Return the number of the newest publication, 0 before the first; read once a transaction."""
    if not session.info.get(NEWEST):
        session.info[NEWEST] = session.scalar(NEWEST_NUMBER) or 0
    newest: int = session.info[NEWEST]
    return newest


def library(session: Session) -> Library:
    """Return the library of the database this session is on."""
    found: Library = session.info["library"]
    return found


def snapshot(session: Session, publication: int | None = None) -> Snapshot:
    """Return the content current as of `publication`, by default the newest (one statement)."""
    return library(session).snapshot(session, publication)


def _read_snapshot(session: Session, publication: int) -> Snapshot:
    newest = (
        select(
            ContentVersion.kind, ContentVersion.content_id, func.max(ContentVersion.number).label("number")
        )
        .where(ContentVersion.publication_id <= publication)
        .group_by(ContentVersion.kind, ContentVersion.content_id)
        .subquery()
    )
    rows = session.execute(
        _columns().join(
            newest,
            (ContentVersion.kind == newest.c.kind)
            & (ContentVersion.content_id == newest.c.content_id)
            & (ContentVersion.number == newest.c.number),
        )
    )
    found = [_version(row) for row in rows]
    return Snapshot(publication, {(each.kind, each.content_id): each for each in found})


def _columns() -> Any:
    v = ContentVersion
    return select(v.id, v.kind, v.content_id, v.number, v.sha256, v.change, v.effective_on, v.body)


def _version(row: Any) -> Version:
    body = json.loads(row.body)
    return Version(
        row.id, row.kind, row.content_id, row.number, row.sha256, row.change, row.effective_on, body
    )
