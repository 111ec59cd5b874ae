"""Published texts for tests: the real ones of content/, rendered once a test run, and edits of them."""

import re
from functools import cache
from pathlib import Path

from lms.authoring.actions import publish
from lms.authoring.files import read_roots
from lms.authoring.rules import Checked, check
from lms.core import clock, versions
from lms.core.db import By
from lms.core.problems import render

ROOT = Path(__file__).parent.parent


COURSES = {"client-confidentiality", "professional-ethics"}


@cache
def real_files() -> dict[str, bytes]:
    """The files of content/ and cases/ without ids.lock, for a test's database has published nothing.

    Of the courses only two are here, and links to the others lead to a lesson of these: no test asks for more, and
    publishing thirteen courses into a thousand databases takes minutes.
    """
    files, found = read_roots([ROOT])
    assert not found
    others = {path.split("/")[2] for path in files if path.startswith("content/courses/")} - COURSES
    left_out = ("content/ids.lock", *(f"content/courses/{each}/" for each in others))
    link = re.compile(rb"courses/(?:%s)(?:/[a-z-]+)?" % "|".join(sorted(others)).encode())
    return {
        path: link.sub(b"courses/client-confidentiality/need-to-know", data) if path.endswith(".md") else data
        for path, data in files.items()
        if not path.startswith(left_out)
    }


@cache
def real_content() -> Checked:
    """The real texts, checked and rendered."""
    return checked(real_files())


def checked(files: dict[str, bytes]) -> Checked:
    """Files without an error, checked and rendered."""
    found = check(files)
    assert not found.errors, "\n".join(render(each, "en") for each in found.errors)
    assert found.documents
    return found


def changed(*edits: tuple[str, str, str]) -> Checked:
    """The real texts with words replaced: `changed((path, old, new), …)`."""
    files = dict(real_files())
    for path, old, new in edits:
        text = files[path].decode()
        assert old in text, f"{old!r} is not in {path}"
        files[path] = text.replace(old, new).encode()
    return checked(files)


def publish_content(database, content: Checked | None = None, at=None):
    """Publish into an empty database and return the snapshot."""
    with database.transaction(By("operator")) as session:
        publish(session, content or real_content(), at or clock.now())
    with database.reading() as session:
        return versions.snapshot(session)
