"""docs/certification.md is true: its examples, its table of transitions, its list of properties."""

import importlib
import re
from pathlib import Path

import pytest

from tests.certification import test_transitions
from tests.certification.examples import answers, examples_in, facts_of

HERE = Path(__file__).parent
TEXT = (HERE.parent.parent / "docs" / "certification.md").read_text(encoding="utf-8")
EXAMPLES = examples_in(TEXT)
ASKED = {
    "Joiner", "Early renewal", "Late renewal: in grace", "Late renewal: after a lapse", "Leave over the expiry",
    "Role change and return", "Re-hire", "Leap day", "Fixed campaign",
}  # fmt: skip
NUMBERED = re.compile(r"^\| (\d+) \| [^|]+ \| ([^|]+) \|$", re.MULTILINE)
PROPERTY = re.compile(r"test_property_(\d+)_\w+")


def rows_after(heading, width):
    part = TEXT.split(heading, 1)[1]
    lines = [line for line in part.splitlines() if line.startswith("|")]
    cells = [[each.strip() for each in line.strip("|").split("|")] for line in lines]
    start = next(i for i, row in enumerate(cells) if len(row) == width)
    found = []
    for row in cells[start + 2 :]:
        if len(row) != width:
            break
        found.append(row)
    return found


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda each: each.name)
def test_an_example_is_answered_as_written(example):
    assert answers(example) == list(example.rows)


def test_the_examples_that_readers_need_are_there():
    assert {each.name for each in EXAMPLES} >= ASKED
    assert TEXT.count("```facts") == len(EXAMPLES)
    assert all(each.rows for each in EXAMPLES)


def test_a_line_that_nobody_understands_is_told():
    with pytest.raises(ValueError, match="nobody understands"):
        facts_of("employd 2024-03-01")


def test_every_row_of_the_table_has_examples_that_change_as_it_says():
    examples = {name: (before, after) for name, _rows, _on, before, after in test_transitions.ROWS}
    unchanged = set(test_transitions.SAME)
    rows = rows_after("## States", 4)
    named = set()
    assert len(rows) >= 18
    for start, what, end, cell in rows:
        for name in cell.split("; "):
            named.add(name)
            if name in unchanged:
                continue
            before, after = examples[name]
            assert start == "any" or before in re.findall(r"\w+", start), (name, what)
            assert "what the dates say" in end or after in re.findall(r"\w+", end), (name, what)
    assert named == examples.keys() | unchanged


def numbered_tests():
    """Every test function with a number, with its module."""
    found = {}
    for path in sorted(HERE.glob("test_*.py")):
        for name in re.findall(
            r"^def (test_property_\d+_\w+)", path.read_text(encoding="utf-8"), re.MULTILINE
        ):
            module = importlib.import_module(f"tests.certification.{path.stem}")
            found.setdefault(name, []).append(getattr(module, name))
    return found


def test_every_number_names_its_tests_and_every_numbered_test_is_named():
    found = numbered_tests()
    listed = {int(number): re.findall(r"`(\w+)`", cell) for number, cell in NUMBERED.findall(TEXT)}
    assert sorted(listed) == list(range(1, 26))
    for number, names in listed.items():
        assert names, f"property {number} has no test"
        assert {int(PROPERTY.fullmatch(name)[1]) for name in names} == {number}
    assert sorted(name for names in listed.values() for name in names) == sorted(found)


def test_every_number_is_held_to_invented_lives_at_least_once():
    """A plain example cannot stand for a property: each number has a test that Hypothesis draws for."""
    by_number = {}
    for name, functions in numbered_tests().items():
        for each in functions:
            drawn = hasattr(each, "hypothesis") or "run_state_machine_as_test" in each.__code__.co_names
            by_number.setdefault(int(PROPERTY.fullmatch(name)[1]), []).append(drawn)
    assert sorted(number for number, drawn in by_number.items() if any(drawn)) == list(range(1, 26))
