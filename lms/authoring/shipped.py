"""The texts that came with the program, checked and rendered once a process."""

from dataclasses import replace
from functools import cache
from hashlib import sha256
from pathlib import Path

from lms.authoring.files import read_roots
from lms.authoring.rules import Checked, check

ROOT = Path(__file__).resolve().parent.parent.parent


def fingerprint() -> str:
    """Return what changes whenever a text or the program does, in a hundredth of the time a check takes."""
    files, found = read_roots([ROOT])
    digest = sha256(repr(found).encode())
    for path, data in sorted(files.items()):
        digest.update(f"{path}\0{len(data)}\0".encode() + data)
    for source in sorted((ROOT / "lms").rglob("*.py")):
        known = source.stat()
        digest.update(f"{source.relative_to(ROOT)} {known.st_size} {known.st_mtime_ns}\n".encode())
    return digest.hexdigest()


def are_there() -> bool:
    """Whether there is a content/ folder beside the program."""
    return (ROOT / "content").is_dir()


@cache
def shipped_texts() -> Checked:
    """Return the texts of content/ and cases/ beside the program, with all their problems."""
    files, found = read_roots([ROOT])
    checked = check(files)
    return replace(checked, problems=(*found, *checked.problems)) if found else checked
