"""What is heavy is loaded when it is asked for, not by every server and every command."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
TOLD = "import sys; {}; print(' '.join(sorted({{name.partition('.')[0] for name in sys.modules}})))"


def loaded_by(words):
    done = subprocess.run(
        [sys.executable, "-c", TOLD.format(words)], capture_output=True, text=True, check=True, cwd=ROOT
    )
    return set(done.stdout.splitlines()[-1].split())


@pytest.mark.parametrize(
    ("words", "not_needed"),
    [
        (
            "import lms.commands.serve",
            {"typst", "xlsxwriter", "segno", "alembic", "mako", "rich", "pygments"},
        ),
        ("import lms.cli", {"sqlalchemy", "flask", "pydantic"}),
    ],
)
def test_libraries_that_are_seldom_needed_are_not_loaded_at_the_start(words, not_needed):
    assert loaded_by(words) & not_needed == set()
