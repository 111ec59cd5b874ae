"""The documents are true: links resolve, commands exist, tables and examples equal what the program does."""

import argparse
import ast
import hashlib
import importlib
import json
import re
import shlex
import tomllib
from datetime import date, timedelta
from fractions import Fraction
from pathlib import Path
from uuid import UUID

import pytest
from babel.messages.pofile import read_po

import lms.migrations
from lms.app import create_app
from lms.audit.verification import Code
from lms.authoring.rules import check
from lms.certification.api import StandingsPage
from lms.certification.rules import State, status
from lms.cli import COMMANDS
from lms.core.access import Role
from lms.core.problem_texts import TEXTS
from lms.core.problems import render
from lms.core.settings import Settings
from lms.core.text import Words
from lms.evaluations.api import CyclePage
from lms.evaluations.rules import (
    Assessed,
    Component,
    Cycle,
    Evaluation,
    PersonFacts,
    Policy,
    StandingDays,
    evaluate,
    shown,
)
from lms.evaluations.source import read_evaluation_policy
from lms.people.api import PeoplePage
from lms.quizzes.rules import NEXT_STATES, Item, ItemKind, Option, Scheme
from lms.quizzes.scoring import Choose, mark
from tests.certification.making import course, facts, quiz
from tests.conftest import make_settings
from tools.docs_tables import with_table

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs"
SKIPPED = {".venv", ".hypothesis", ".git", "node_modules", "content", "test-results", "build"}
PAGES = sorted(
    path for path in ROOT.rglob("*.md") if not SKIPPED & set(path.relative_to(ROOT).parts) and path.is_file()
)
NAMES = [path.relative_to(ROOT).as_posix() for path in PAGES]
FENCE = re.compile(r"^```([a-z]*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
EXAMPLE = re.compile(
    r"^\*\*`((?:content|cases)/[^`]+)`\*\*\n\n```[a-z]+\n(.*?)^```$", re.MULTILINE | re.DOTALL
)


def text_of(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def prose_of(name: str) -> str:
    """A page without its fenced blocks."""
    return FENCE.sub("", text_of(name))


def fences_of(name: str, *kinds: str) -> list[str]:
    return [body for kind, body in FENCE.findall(text_of(name)) if kind in kinds]


def rows_of(name: str, heading: str) -> list[list[str]]:
    """The cells of the first table after a heading or mark, without its two head lines."""
    _, found, after = text_of(name).partition(heading)
    assert found, f"{name} has no {heading!r}"
    after = heading + after
    table = re.search(r"(?:^\|.*\|\n)+", after, re.MULTILINE)
    assert table, f"{name} has no table after {heading!r}"
    lines = table[0].strip().split("\n")[2:]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


def codes_in(cell: str) -> list[str]:
    return re.findall(r"`([^`]+)`", cell)


def slug(heading: str) -> str:
    return re.sub(r"[^\w\- ]", "", heading.strip().lower()).replace(" ", "-")


def anchors_of(path: Path) -> set[str]:
    lines = path.read_text(encoding="utf-8").split("\n")
    return {slug(line.lstrip("#")) for line in lines if line.startswith("#")}


# Links


@pytest.mark.parametrize("name", NAMES)
def test_every_link_leads_somewhere(name):
    broken = []
    prose = re.sub(r"`[^`\n]*`|\\.", "", prose_of(name))
    for target in re.findall(r"!?\[[^\]]*\]\(([^)\s]+)\)", prose):
        if target.startswith(("https://", "http://", "mailto:")):
            continue
        path, _, anchor = target.partition("#")
        there = (ROOT / name).parent / path if path else ROOT / name
        if not there.exists() or (anchor and anchor not in anchors_of(there)):
            broken.append(target)
    assert broken == []


def test_pages_that_the_program_refers_to_have_the_heading_it_names():
    missing, found = [], 0
    for path in sorted([*(ROOT / "lms").rglob("*.py"), *(ROOT / "tests").rglob("*.py")]):
        if path == Path(__file__):
            continue
        source = " ".join(path.read_text(encoding="utf-8").replace("#", " ").split())
        for page, heading in re.findall(r"(docs/[a-z-]+/?[\w-]*\.(?:md|csv))(?:, \"([^\"]+)\")?", source):
            found += 1
            wanted = f"\n## {heading}\n" if heading else ""
            there = ROOT / page
            if not there.is_file() or wanted not in there.read_text(encoding="utf-8"):
                missing.append(f"{path.relative_to(ROOT)}: {page} {heading}".strip())
    assert found > 10
    assert missing == []


# Commands, addresses


def commands_in(name: str) -> list[list[str]]:
    """The words of every command in a page's shell blocks, without settings before them."""
    found = []
    for block in fences_of(name, "sh"):
        for line in block.replace("\\\n", " ").strip().split("\n"):
            words = shlex.split(line, comments=True)
            while words and re.fullmatch(r"[A-Z_]+=.*", words[0]):
                words = words[1:]
            if words and words[0] != "export":
                found.append(words)
    return found


def parse(words: list[str]) -> None:
    """Parse the arguments of an `lms` command as the program would, or fail."""
    assert words[0] in COMMANDS, f"there is no command `lms {words[0]}`"
    module = importlib.import_module(f"lms.commands.{words[0].replace('-', '_')}")
    parser = argparse.ArgumentParser(exit_on_error=False)
    module.add_arguments(parser)
    parser.parse_args(words[1:])


COMMAND_LINES = sorted({(name, shlex.join(words)) for name in NAMES for words in commands_in(name)})


@pytest.mark.parametrize(("name", "line"), COMMAND_LINES, ids=lambda value: value)
def test_every_command_can_be_given_as_it_is_written(name, line):
    words = shlex.split(line)
    if words[:2] == ["python3", "run.py"]:
        assert words[2] in {"serve", "test", "lms"}
        words = words[2:] if words[2] != "test" else []
        words = words[1:] if words[:1] == ["lms"] else words
    elif words[0] == "lms":
        words = words[3:] if words[1] == "--as" else words[1:]
    else:
        assert (ROOT / words[-1]).exists(), f"{name}: {line}"
        words = []
    if words:
        try:
            parse(words)
        except (SystemExit, argparse.ArgumentError) as error:
            pytest.fail(f"{name}: `lms {shlex.join(words)}` is refused: {error}")


def test_commands_in_running_text_exist():
    unknown = {
        f"{name}: lms {word}"
        for name in NAMES
        for word in re.findall(r"`lms ([a-z-]+)[^`]*`", prose_of(name))
        if word not in COMMANDS
    }
    assert unknown == set()


def test_addresses_in_the_pages_are_those_of_the_application(tmp_path):
    app = create_app(make_settings(tmp_path))
    known = {re.sub(r"<[^>]+>", "x", rule.rule) for rule in app.url_map.iter_rules()}
    said = set()
    for name in NAMES:
        text = prose_of(name)
        said |= {
            (name, each) for each in re.findall(r"`(?:(?:GET|POST) )?(/[a-z][^`\s?]*)(?:\?[^`]*)?`", text)
        }
        for block in fences_of(name, "text"):
            said |= {(name, each) for each in re.findall(r"^(?:GET|POST) (/\S+)", block, re.MULTILINE)}
    prefixed = {(name, re.sub(r"<[^>]+>", "x", each)) for name, each in said}
    unknown = {(name, each) for name, each in prefixed if not {each, f"/api/v1{each}"} & known}
    assert len(prefixed) > 8
    assert unknown - {(name, "/api/v1") for name in NAMES} == set()


# Tables that equal the program


def test_the_settings_table_is_the_settings():
    rows = {
        codes_in(row[0])[0]: (codes_in(row[1]) or [""])[0]
        for row in rows_of("docs/operations.md", "settings: begin")
    }
    known = {f"LMS_{name.upper()}": str(field.default) for name, field in Settings.model_fields.items()}
    assert rows == {**known, "LMS_INSTANCE": "instance"}


def test_the_table_of_problem_codes_is_the_program_s():
    page = text_of("docs/authoring.md")
    assert page == with_table(page), "run tools/docs_tables.py"


def test_problem_codes_named_in_the_pages_exist():
    named = {code for name in NAMES for code in re.findall(r"\b[EW][0-9]{3}\b", text_of(name))}
    assert len(named) > 50
    assert named - set(TEXTS) == set()


def test_the_table_of_floors_is_the_contract():
    contracts = tomllib.loads(text_of("pyproject.toml"))["tool"]["importlinter"]["contracts"]
    layers = next(each["layers"] for each in contracts if each["type"] == "layers")
    floors = [codes_in(row[0]) for row in rows_of("docs/architecture.md", "## Floors")]
    assert floors == [[part.strip() for part in layer.split("|")] for layer in layers]


def test_the_states_are_the_program_s():
    assert [codes_in(row[0])[0] for row in rows_of("docs/certification.md", "## States")] == list(State)


def test_the_transitions_of_attempts_are_the_program_s():
    drawn = set(re.findall(r"^  (\w+) --> (\w+)$", fences_of("docs/quizzes.md", "mermaid")[0], re.MULTILINE))
    assert drawn == {(state.value, after.value) for state in NEXT_STATES for after in NEXT_STATES[state]}


def test_every_finding_of_the_log_s_verification_is_explained():
    rows = rows_of("docs/audit.md", "`checkpoint` prints the newest")
    assert {code for row in rows for code in codes_in(row[0])} == set(Code)


def test_every_role_stands_in_the_table_for_hr():
    said = " ".join(row[0] for row in rows_of("docs/hr.md", "## Roles")).lower().replace(" ", "_")
    assert [role.value for role in Role if role.value not in said] == []


def test_licences_name_every_vendored_file_with_its_hash():
    rows = {
        codes_in(row[0])[0]: codes_in(row[3])[0] for row in rows_of("docs/licences.md", "## Vendored files")
    }
    folders = (ROOT / "lms/web/static/vendor", ROOT / "lms/core/fonts")
    kinds = {".css", ".js", ".otf", ".ttf", ".woff2", ".svg"}
    files = {
        path.relative_to(ROOT).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for folder in folders
        for path in folder.rglob("*")
        if path.suffix in kinds
    }
    assert rows == files


# Examples that are computed again


def test_the_example_texts_pass_the_check_without_a_word():
    files = {path: body.encode() for path, body in EXAMPLE.findall(text_of("docs/authoring.md"))}
    checked = check(files, date(2026, 11, 24))
    assert [render(each, "en") for each in checked.problems] == []
    kinds = {each.kind for each in checked.documents}
    assert {
        "course",
        "lesson",
        "item",
        "quiz",
        "examination",
        "agreement",
        "handbook",
        "programme",
        "case",
    } <= kinds


def test_examples_in_json_can_be_read():
    blocks = [(name, block) for name in NAMES for block in fences_of(name, "json")]
    assert blocks
    for name, block in blocks:
        assert json.loads(block), name


def scored_item(scheme: Scheme) -> Item:
    words, right = Words("一", "one"), set("acd")
    options = tuple(
        Option(each, words, right=each in right, weight=Fraction(1 if each in right else -1, 3))
        for each in "abcdef"
    )
    return Item("X-1", "x", ItemKind.MULTIPLE, "X-O", 1, words, options, scheme)


def test_the_scoring_table_is_what_the_program_gives():
    schemes = (Scheme.EXACT, Scheme.NO_WRONG, Scheme.CN_HALF, Scheme.WEIGHTS)
    rows = rows_of("docs/quizzes.md", "scoring: begin")
    assert len(rows) > 5
    for chosen, *scores in rows:
        response = None if chosen == "–" else Choose(frozenset(chosen.split()))
        assert scores == [str(mark(scored_item(each), response).score) for each in schemes], chosen


YEAR = Cycle("2026", date(2026, 1, 1), date(2026, 12, 31))
OUTAGE = (date(2026, 9, 10), date(2026, 9, 11))


def published_policy() -> Policy:
    path = "content/policies/evaluation.yml"
    source, problems = read_evaluation_policy(path, (ROOT / path).read_bytes())
    assert source is not None
    assert source.gate is not None
    assert problems == []
    return Policy(
        version=1,
        bands=source.bands,
        weights={Component(name): weight for name, weight in source.weights},
        standing_credit=dict(source.standing_credit),
        cut_score_points=source.cut_score_points,
        full_marks_points=source.full_marks_points,
        gate_kinds=frozenset(source.gate.kinds),
        gate_states=frozenset(source.gate.states),
        gate_cap=source.gate.cap,
    )


def example_spans() -> tuple[tuple[StandingDays, ...], list[list[str]]]:
    rows = rows_of("docs/evaluations.md", "example standings: begin")
    spans = tuple(
        StandingDays(
            programme, "mandatory", state, frozenset({"on_leave"} if leave == "yes" else ()),
            date.fromisoformat(first), date.fromisoformat(last),
        )
        for programme, state, first, last, leave, _days, _credit in rows
    )  # fmt: skip
    return spans, rows


def test_the_days_of_the_evaluation_example_add_up():
    policy = published_policy()
    spans, rows = example_spans()
    for span, row in zip(spans, rows, strict=True):
        resting = (
            {OUTAGE[0], OUTAGE[1]} if span.from_on <= OUTAGE[0] <= (span.until_on or date.max) else set()
        )
        days = 0 if span.overlays else ((span.until_on or date.max) - span.from_on).days + 1 - len(resting)
        assert [str(days), str(policy.standing_credit[span.state] * days)] == row[5:], row


def example_evaluation() -> Evaluation:
    spans, _rows = example_spans()
    sat = Assessed("1", "onboarding-final", date(2026, 2, 12), Fraction(15, 20), Fraction(4, 5))
    return evaluate(published_policy(), PersonFacts(UUID(int=1), spans, (sat,), (OUTAGE,)), YEAR)


def test_the_evaluation_example_is_what_the_program_gives():
    _spans, rows = example_spans()
    found = example_evaluation()
    figures = [[each.component.value, shown(each.score), str(each.weight)] for each in found.figures]
    weight = sum(each.weight for each in found.figures)
    said = [*figures, ["total", shown(found.total), str(weight)], ["grade", found.grade, ""]]
    assert rows_of("docs/evaluations.md", "example figures: begin") == said
    owed, earned = (sum(int(row[column]) for row in rows) for column in (5, 6))
    assert f"Days owed: {owed}. Credit: {earned}." in text_of("docs/evaluations.md")


def day_or_none(cell: str) -> date | None:
    return None if cell == "–" else date.fromisoformat(cell)


def test_the_certification_example_is_what_the_program_gives():
    for first, last, state, valid_from, valid_until in rows_of(
        "docs/certification.md", "## A worked example"
    ):
        plain, renewed = facts(course("2024-03-10")), facts(course("2024-03-10"), quiz(first))
        days = [each for each in (day_or_none(first), day_or_none(last)) if each]
        assert {f"`{status(plain, each).state.value}`" for each in days} == {state}
        if last != "–":
            assert status(plain, days[1] + timedelta(days=1)).state.value != state.strip("`")
        worth = status(renewed, days[0])
        if valid_from != "–":
            assert worth.valid_from == day_or_none(valid_from), first
        if valid_until != "–":
            assert worth.valid_until == day_or_none(valid_until), first
        else:
            assert f"`{worth.state.value}`" == state, first


def test_the_answer_shown_for_the_feed_has_its_form_and_the_figures_of_the_example():
    shown_page = next(each for each in fences_of("docs/api.md", "json") if '"capped"' in each)
    page = CyclePage.model_validate_json(shown_page)
    assert json.loads(page.model_dump_json()) == json.loads(shown_page)
    row, found = page.rows[0], example_evaluation()
    assert {name: each.score for name, each in row.components.items()} == {
        each.component.value: str(each.score) for each in found.figures
    }
    assert (row.total, row.shown, row.grade) == (str(found.total), shown(found.total), found.grade)


@pytest.mark.parametrize(
    ("model", "mark"), [(PeoplePage, '"staff_number"'), (StandingsPage, '"window_opens_on"')]
)
def test_the_answers_shown_for_the_api_have_their_form(model, mark):
    page = next(each for each in fences_of("docs/api.md", "json") if mark in each)
    assert json.loads(model.model_validate_json(page).model_dump_json()) == json.loads(page)


def test_the_scopes_of_tokens_are_those_that_resources_ask_for(tmp_path):
    views = create_app(make_settings(tmp_path)).view_functions.values()
    asked = {view.scope for view in views if getattr(view, "scope", "")}
    assert {codes_in(row[0])[0] for row in rows_of("docs/api.md", "| Scope | Opens |")} == asked


# Words and form


def test_glossary_terms_stand_once_in_each_language():
    sections = re.split(r"^## ", text_of("docs/glossary.md"), flags=re.MULTILINE)[1:]
    rows = [
        row for section in sections for row in rows_of("docs/glossary.md", f"## {section.splitlines()[0]}")
    ]
    for column in (0, 1):
        words = [row[column] for row in rows]
        assert sorted({word for word in words if words.count(word) > 1}) == []
    assert all(len(row) == 3 and all(row) for row in rows)


def test_the_catalogue_says_each_term_as_the_glossary_does():
    sections = re.split(r"^## ", text_of("docs/glossary.md"), flags=re.MULTILINE)[1:]
    rows = [
        row for section in sections for row in rows_of("docs/glossary.md", f"## {section.splitlines()[0]}")
    ]
    words = {term.strip(): row[1] for row in rows for term in row[0].split(",")}
    path = ROOT / "lms/translations/zh_Hans_CN/LC_MESSAGES/messages.po"
    with path.open("rb") as file:
        said = {
            each.id: each.string
            for each in read_po(file)
            if isinstance(each.id, str) and each.string and not each.context
        }
    shared = {term: said[term.capitalize()] for term in words if term.capitalize() in said}
    assert len(shared) > 5
    assert {term: (zh, words[term]) for term, zh in shared.items() if zh != words[term]} == {}


@pytest.mark.parametrize("name", NAMES)
def test_pages_name_no_place_of_anybody_s_machine(name):
    text = text_of(name)
    assert not re.search(r"\bshared/|/work/|/home/|/root/|/tmp/|C:\\\\|site-packages|pypi|npmjs", text)
    assert not re.search(r"\b(TODO|FIXME|TBD|XXX|lorem)\b", text)


def test_both_readmes_say_the_same_in_as_many_parts():
    heads = {
        name: [
            len(line) - len(line.lstrip("#")) for line in prose_of(name).split("\n") if line.startswith("#")
        ]
        for name in ("README.md", "README.zh-CN.md")
    }
    assert heads["README.md"] == heads["README.zh-CN.md"]
    links = {name: set(re.findall(r"\]\(((?:docs|[A-Z])[^)]*)\)", text_of(name))) for name in heads}
    both = {"README.md", "README.zh-CN.md"}
    assert links["README.md"] - both == links["README.zh-CN.md"] - both


def test_chinese_text_has_chinese_punctuation():
    for line in prose_of("README.zh-CN.md").split("\n"):
        bare = re.sub(r"`[^`]*`|\]\([^)]*\)|<[^>]*>", "", line)
        assert not re.search(r"[\u4e00-\u9fff][,;:?!](?!\S*\])", bare), line


def test_decisions_are_numbered_and_keep_their_form():
    files = sorted((DOCS / "decisions").glob("*.md"))
    assert [int(path.name[:4]) for path in files] == list(range(1, len(files) + 1))
    for path in files:
        text = path.read_text(encoding="utf-8")
        assert text.startswith(f"# {path.name[:4]}: "), path.name
        assert re.findall(r"^## (.*)$", text, re.MULTILINE) == ["Context", "Decision", "Consequences"], (
            path.name
        )
        assert text.count("\n") <= 40, path.name


def test_the_changelog_has_a_place_for_what_is_not_released():
    heads = re.findall(r"^## (.*)$", text_of("CHANGELOG.md"), re.MULTILINE)
    assert heads[0] == "[Unreleased]"


def test_every_migration_says_what_it_does():
    folder = Path(lms.migrations.__file__).parent / "versions"
    silent = [
        path.name
        for path in folder.glob("*.py")
        if not ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))
    ]
    assert silent == []
