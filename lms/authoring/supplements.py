"""What a material change opens for those who hold the older text: exactly the changed lessons and items. Pure."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from lms.authoring.publishing import Key, NewVersion
from lms.core.dates import Duration
from lms.core.errors import Invalid, message
from lms.core.versions import Change, Version
from lms.quizzes.documents import blueprint_from, item_from
from lms.quizzes.rules import Use

MOST_DAYS = 731
WHOLE_KINDS = ("agreement", "quiz", "examination")
Texts = Mapping[Key, Mapping[str, Any]]


@dataclass(frozen=True)
class Supplement:
    """What is to be done again of one text; without lessons and items, the whole of it."""

    kind: str
    id: str
    due: str
    lessons: tuple[str, ...] = ()
    items: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """The names of its lessons and items."""
        lessons = tuple(f"lesson/{self.id}/{each}" for each in self.lessons)
        return (*lessons, *(f"item/{each}" for each in self.items))

    @property
    def is_whole(self) -> bool:
        """Whether the whole text is to be done again."""
        return not self.lessons and not self.items


def due_from(text: str) -> str:
    """Return how long a supplement may take, as it is kept.

    Raises Invalid for anything but whole days or months, at least a day and at most two years.
    """
    try:
        due = Duration.parse(text)
    except ValueError:
        due = Duration(0)
    if not 0 < due.most_days <= MOST_DAYS:
        raise Invalid({"due": message(
            "Say how long it may take, in whole days or months, such as 21d or 2m: not “%(given)s”.", given=text
        )})  # fmt: skip
    return str(due)


def supplements(
    current: Mapping[Key, Version], versions: Iterable[NewVersion], due: str
) -> tuple[Supplement, ...]:
    """Return what a publication opens, sorted by kind and id; editorial and new texts open nothing.

    A lesson that a materially changed course.yml newly lists has changed, too. A changed check is part of the
    lessons that show it; a changed graded item belongs to the courses whose quiz may draw it. A course.yml in
    which no such part is found opens the whole course.
    """
    listed = tuple(versions)
    material = {(each.kind, each.id) for each in listed if each.change is Change.MATERIAL}
    if not material:
        return ()
    texts = _texts_after(current, listed)
    first = {(each.kind, each.id) for each in listed if each.change is Change.FIRST}
    found = [Supplement(kind, name, due) for kind, name in material if kind in WHOLE_KINDS]
    for kind, name in texts:
        if kind == "course":
            found += _of_course(texts, name, material, first, due)
    return tuple(sorted(found, key=lambda each: (each.kind, each.id)))


def _texts_after(current: Mapping[Key, Version], versions: Iterable[NewVersion]) -> Texts:
    texts: dict[Key, Mapping[str, Any]] = {
        key: each.body for key, each in current.items() if each.change != Change.RETIRED
    }
    for each in versions:
        if each.change is Change.RETIRED:
            texts.pop((each.kind, each.id), None)
        else:
            texts[each.kind, each.id] = each.body
    return texts


def _of_course(
    texts: Texts, name: str, material: set[Key], first: set[Key], due: str
) -> Iterator[Supplement]:
    body = texts["course", name]
    anew = ("course", name) in material
    lessons = tuple(
        each for each in body["lessons"] if _has_changed(texts, f"{name}/{each}", material, first, anew)
    )
    items = tuple(sorted(_drawn(texts, body["quiz"], material)))
    if anew or lessons or items:
        yield Supplement("course", name, due, lessons, items)


def _has_changed(texts: Texts, lesson: str, material: set[Key], first: set[Key], anew: bool) -> bool:
    body = texts.get(("lesson", lesson))
    if body is None:
        return False
    if ("lesson", lesson) in material or (anew and ("lesson", lesson) in first):
        return True
    return any(("item", check) in material for check in body["checks"])


def _drawn(texts: Texts, quiz: str | None, material: set[Key]) -> Iterator[str]:
    """Return the changed items that a course's quiz may draw."""
    body = texts.get(("quiz", quiz)) if quiz else None
    if body is None:
        return
    draws = blueprint_from(body).draws
    for kind, name in material:
        if kind == "item" and (kind, name) in texts:
            item = item_from(texts[kind, name])
            if item.use is Use.GRADED and any(draw.admits(item) for draw in draws):
                yield name
