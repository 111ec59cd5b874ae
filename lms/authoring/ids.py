"""ids.lock: every `kind/id` ever published with its first hash. Ids are never reused nor deleted. Pure."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from lms.core.authored import Place
from lms.core.authored_bytes import decode
from lms.core.problems import Problem, problem

LOCK_PATH = "content/ids.lock"
_LIMIT = 4 * 1024 * 1024
_LINE = re.compile(r"([a-z]+)/([A-Za-z0-9_/-]{1,170}) ([0-9a-f]{64})( retired)?")
_HEAD = """\
# 已发布的编号。由发布命令写入，请勿手工修改。
# The ids ever published. Written by the publishing command; not to be edited by hand.
"""


@dataclass(frozen=True, slots=True, order=True)
class LockEntry:
    """An id that was published, and the hash of its first version."""

    kind: str
    id: str
    first_hash: str
    retired: bool
    line: int


@dataclass(frozen=True, slots=True)
class Bearer:
    """What bears an id in the files as they are now."""

    path: str
    place: Place
    retired: bool


def read_lock(path: str, data: bytes) -> tuple[list[LockEntry], list[Problem]]:
    """Read an ids.lock; an empty one is right before the first publication."""
    if not data.strip():
        return [], []
    text, found = decode(path, data, _LIMIT)
    entries = []
    for number, line in enumerate((text or "").split("\n"), 1):
        if not line.strip() or line.startswith("#"):
            continue
        match = _LINE.fullmatch(line.strip())
        if match:
            entries.append(LockEntry(match[1], match[2], match[3], bool(match[4]), number))
        else:
            found.append(problem(path, (number, 1), "E309", text=line[:60]))
    return entries, found


def check_lock(
    entries: Iterable[LockEntry],
    bearers: Mapping[tuple[str, str], Bearer],
    unread: Callable[[str, str], bool],
) -> list[Problem]:
    """Report ids that were deleted, changed in kind, or taken back into use after they were retired.

    `unread` tells of a kind and id whether a file that could not be read may bear it.
    """
    entries = tuple(entries)
    locked = {(entry.kind, entry.id) for entry in entries}
    fresh = {name: (kind, name) for kind, name in bearers if (kind, name) not in locked}
    found = []
    for entry in entries:
        bearer = bearers.get((entry.kind, entry.id))
        what = f"@{entry.kind} {entry.id}"
        if bearer and entry.retired and not bearer.retired:
            found.append(problem(bearer.path, bearer.place, "E305", what=what))
        elif bearer is None and unread(entry.kind, entry.id):
            continue
        elif bearer is None and entry.id in fresh:
            now = bearers[fresh[entry.id]]
            kind = f"@{fresh[entry.id][0]} {entry.id}"
            found.append(problem(now.path, now.place, "E304", what=what, now=kind))
        elif bearer is None:
            found.append(problem(LOCK_PATH, (entry.line, 1), "E303", what=what))
    return found


def lock_text(
    entries: Iterable[LockEntry],
    bearers: Mapping[tuple[str, str], Bearer],
    hashes: Mapping[tuple[str, str], str],
) -> str:
    """Return the ids.lock after a publication: what was there, what is new, and what is retired now."""
    lines = {(one.kind, one.id): (one.first_hash, one.retired) for one in entries}
    for key, first_hash in hashes.items():
        retired = key in bearers and bearers[key].retired
        lines[key] = (lines.get(key, (first_hash, False))[0], retired)
    return _HEAD + "".join(
        f"{kind}/{name} {first_hash}{' retired' if retired else ''}\n"
        for (kind, name), (first_hash, retired) in sorted(lines.items())
    )
