"""English prose has typographic quotation marks and apostrophes; straight ones are for code and keys."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
PAGES = sorted((ROOT / "content").rglob("*.en.md"))
NO_PROSE = re.compile(r"```.*?```|`[^`]*`|\{[#.:][^}]*\}|\]\([^)]*\)", re.S)
TITLE = re.compile(r'^(\s*!!! \w+ )"(.*)"$', re.M)


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)
def test_english_prose_has_no_straight_quotation_marks(path):
    _, _, body = path.read_text(encoding="utf-8").split("---\n", 2)
    prose = TITLE.sub(r"\1\2", NO_PROSE.sub("", body))
    assert [line for line in prose.split("\n") if "'" in line or '"' in line] == []


def test_there_are_pages_to_look_at():
    assert len(PAGES) >= 17
