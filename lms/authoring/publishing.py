"""What a publication would change: new texts, changed ones sorted into material and editorial, retired ones.

Pure: what is published comes as the current versions, what would be as the documents of a check.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase

from lms.authoring.document import Body, Document
from lms.core.canonical import canonical_json, sha256_hex
from lms.core.errors import Invalid, Message, message
from lms.core.versions import Change, Version

Key = tuple[str, str]
DUE = "30d"
# Whoever changes these must say what the change means for those who hold the old version.
SORTED_KINDS = frozenset(
    {"agreement", "case", "course", "examination", "item", "lesson", "programme", "quiz"}
)
# These go when their file goes; all others are retired in their own words, so that no id is ever reused.
LOOSE_KINDS = frozenset({"calendar", "glossary", "media", "policy"})


@dataclass(frozen=True)
class Sorting:
    """How an author sorts changed texts: ids, `kind/id`, or patterns of these with `*`.

    `due` is how long those who hold an older text may take for what changed materially, such as 21d.
    """

    material: Collection[str] = ()
    editorial: Collection[str] = ()
    due: str = DUE


@dataclass(frozen=True)
class NewVersion:
    """One version to be stored; `number` counts from 1 within its kind and id."""

    kind: str
    id: str
    number: int
    change: Change
    sha256: str
    body: Body

    @property
    def name(self) -> str:
        """The text's name in lists and in the log."""
        return f"{self.kind}/{self.id}"


def plan(
    current: Mapping[Key, Version], documents: Iterable[Document], sorting: Sorting
) -> tuple[NewVersion, ...]:
    """Return what differs between what is published and `documents`, sorted by kind and id.

    Raises Invalid when a changed text is sorted nowhere or twice, a name given meets no change, or a
    published text is missing or was retired before.
    """
    new = {(each.kind, each.id): each for each in documents}
    changed = sorted(key for key, each in new.items() if _differs(current.get(key), each))
    _refuse_vanished(current, new, changed)
    _refuse_unsorted(current, new, changed, sorting)
    found = [_version(current.get(key), new[key], sorting) for key in changed]
    gone = (
        version
        for key, version in sorted(current.items())
        if key not in new and version.change != Change.RETIRED
    )
    found += [_withdrawal(version) for version in gone]
    return tuple(sorted(found, key=lambda each: (each.kind, each.id)))


def manifest(versions: Iterable[NewVersion], due: str | None = None) -> str:
    """Return the hash over everything a publication stores, and over how long its supplements may take."""
    listed = tuple(versions)
    rows = [[each.kind, each.id, each.number, each.change.value, each.sha256] for each in listed]
    if due is not None and any(each.change is Change.MATERIAL for each in listed):
        rows.append(["due", due])
    return sha256_hex(canonical_json(rows))


def unsorted_texts(
    current: Mapping[Key, Version], documents: Iterable[Document], sorting: Sorting
) -> list[str]:
    """Return the changed texts, by name, of which nobody has said yet what their change means."""
    said = (*sorting.material, *sorting.editorial)
    return sorted(
        f"{each.kind}/{each.id}"
        for each in documents
        if each.kind in SORTED_KINDS
        and (each.kind, each.id) in current
        and _differs(current[each.kind, each.id], each)
        and not _is_retired(each)
        and not _named(each, said)
    )


def _differs(old: Version | None, new: Document) -> bool:
    if old is None:
        return not _is_retired(new)
    return old.sha256 != new.sha256


def _is_retired(document: Document) -> bool:
    return document.body.get("retired") is True


def _version(old: Version | None, new: Document, sorting: Sorting) -> NewVersion:
    if old is None:
        change = Change.FIRST
    elif _is_retired(new):
        change = Change.RETIRED
    else:
        change = Change.MATERIAL if _named(new, sorting.material) else Change.EDITORIAL
    number = old.number + 1 if old else 1
    return NewVersion(new.kind, new.id, number, change, new.sha256, new.body)


def _withdrawal(old: Version) -> NewVersion:
    return NewVersion(old.kind, old.content_id, old.number + 1, Change.RETIRED, old.sha256, dict(old.body))


def _refuse_vanished(
    current: Mapping[Key, Version], new: Mapping[Key, Document], changed: Iterable[Key]
) -> None:
    kept = (key for key, version in current.items() if key not in new and version.change != Change.RETIRED)
    missing = sorted(key for key in kept if key[0] not in LOOSE_KINDS)
    if missing:
        raise Invalid({"content": message(
            "Published texts are missing: %(names)s. Keep the file and write `retired: true` in it.",
            names=_listed(missing),
        )})  # fmt: skip
    back = [key for key in changed if key in current and current[key].change == Change.RETIRED]
    back = [key for key in back if key[0] not in LOOSE_KINDS and not _is_retired(new[key])]
    if back:
        raise Invalid({"content": message(
            "These texts were retired: %(names)s. Give the new text a new id.", names=_listed(back)
        )})  # fmt: skip


def _refuse_unsorted(
    current: Mapping[Key, Version], new: Mapping[Key, Document], changed: Iterable[Key], sorting: Sorting
) -> None:
    old = [new[key] for key in changed if key in current and not _is_retired(new[key])]
    errors: dict[str, Message] = {}
    for field, names in (("material", sorting.material), ("editorial", sorting.editorial)):
        exact = (name for name in names if "*" not in name)
        idle = sorted(name for name in exact if not any(_named(each, (name,)) for each in old))
        if idle:
            errors[field] = message("No changed text has this name: %(names)s.", names=", ".join(idle))
    both = [each for each in old if _named(each, sorting.material) and _named(each, sorting.editorial)]
    if both:
        errors["material"] = message(
            "Sorted as material and as editorial: %(names)s.", names=_listed(_keys(both))
        )
    sorted_ones = (*sorting.material, *sorting.editorial)
    unsorted_ones = [each for each in old if each.kind in SORTED_KINDS and not _named(each, sorted_ones)]
    if unsorted_ones:
        errors["content"] = message(
            "Say of each changed text whether the change is material or editorial: %(names)s.",
            names=_listed(_keys(unsorted_ones)),
        )
    if errors:
        raise Invalid(errors)


def _named(document: Document, names: Collection[str]) -> bool:
    full = f"{document.kind}/{document.id}"
    return any(name == document.id or fnmatchcase(full, name) for name in names)


def _keys(documents: Iterable[Document]) -> Iterator[Key]:
    return ((each.kind, each.id) for each in documents)


def _listed(keys: Iterable[Key]) -> str:
    return ", ".join(f"{kind}/{name}" for kind, name in keys)
