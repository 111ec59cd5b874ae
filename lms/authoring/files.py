"""Authored files from disk to a mapping of paths to bytes; symbolic links are refused."""

import os
import stat
from collections.abc import Iterable
from pathlib import Path

from lms.core.problems import Problem, problem

FILE_LIMIT = 4 * 1024 * 1024
FILES_LIMIT = 20_000
TOPS = ("content", "cases")


def read_roots(roots: Iterable[Path]) -> tuple[dict[str, bytes], list[Problem]]:
    """Read the `content/` and the `cases/` of each root; paths are relative to the root, with slashes.

    A path that two roots have is refused. A root without `content/` gives nothing but a problem, unless it has
    `cases/`.
    """
    files: dict[str, bytes] = {}
    found: list[Problem] = []
    for root in roots:
        tops = [root / name for name in TOPS]
        tops = [top for top in tops if top.is_dir() and not top.is_symlink()]
        if not tops:
            found.append(problem(str(root), (1, 1), "E040"))
        for top in tops:
            for path in _walk(top, root, found):
                _read(path, root, files, found)
    return files, found


def _walk(folder: Path, root: Path, found: list[Problem]) -> Iterable[Path]:
    count = 0
    for directory, folders, names in os.walk(folder, followlinks=False):
        here = Path(directory)
        links = [here / name for name in [*folders, *names] if (here / name).is_symlink()]
        found += [problem(_relative(link, root), (1, 1), "E041") for link in links]
        folders[:] = sorted(
            one for one in folders if not one.startswith(".") and not (here / one).is_symlink()
        )
        for name in sorted(names):
            count += 1
            if count > FILES_LIMIT:
                found.append(problem(_relative(here, root), (1, 1), "E042", limit=FILES_LIMIT))
                return
            if not (here / name).is_symlink():
                yield here / name


def _read(path: Path, root: Path, files: dict[str, bytes], found: list[Problem]) -> None:
    name = _relative(path, root)
    flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
    try:
        descriptor = os.open(path, flags)
    except OSError as error:
        found.append(problem(name, (1, 1), "E043", reason=error.strerror or "?"))
        return
    with os.fdopen(descriptor, "rb") as file:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            found.append(problem(name, (1, 1), "E041"))
        elif status.st_size > FILE_LIMIT:
            size, limit = status.st_size // 1024, FILE_LIMIT // 1024
            found.append(problem(name, (1, 1), "E001", size=size, limit=limit))
        elif name in files:
            found.append(problem(name, (1, 1), "E044"))
        else:
            files[name] = file.read()


def _relative(path: Path, root: Path) -> str:
    return path.relative_to(root).as_posix()
