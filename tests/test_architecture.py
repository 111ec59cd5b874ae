"""The drawing is checked: floors, purity, types, lint, sizes, templates, dependencies."""

import ast
import csv
import re
import subprocess
import sys
from pathlib import Path

import pytest

from lms.core.access import POLICY, Action, Relation, Role
from lms.core.db import Base

ROOT = Path(__file__).parent.parent
SOURCES = sorted(path for path in (ROOT / "lms").rglob("*.py") if "versions" not in path.parts)
TEMPLATES = sorted((ROOT / "lms").rglob("templates/**/*.html"))
BIN = Path(sys.executable).parent


def run(*words):
    return subprocess.run(
        [str(BIN / words[0]), *words[1:]], cwd=ROOT, capture_output=True, text=True, check=False, timeout=300
    )


@pytest.mark.parametrize(
    "words",
    [
        ("lint-imports", "--no-cache"),
        ("mypy", "lms"),
        ("ruff", "check", "."),
        ("ruff", "format", "--check", "."),
        ("djlint", "lms", "--check", "--lint", "--quiet"),
        ("deptry", "."),
        ("bandit", "-q", "-r", "lms", "-ll"),
    ],
    ids=lambda words: words[0] + (" " + words[1] if words[0] == "ruff" else ""),
)
def test_the_tools_find_nothing(words):
    done = run(*words)
    assert done.returncode == 0, (done.stdout + done.stderr)[-4000:]


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_files_and_functions_keep_their_size(path):
    text = path.read_text(encoding="utf-8")
    assert text.count("\n") <= 400, "split it by topic"
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef):
            assert node.end_lineno - node.lineno < 50, f"{node.name} is too long"
        if isinstance(node, ast.FunctionDef) and path.name in {"views.py", "api.py"}:
            routed = any(
                "pages." in ast.unparse(each) or "api." in ast.unparse(each) for each in node.decorator_list
            )
            assert not routed or len(node.body) <= 15, f"{node.name} does more than parse, call, render"


def test_imports_stand_at_the_top_unless_a_reason_is_given():
    late = []
    for path in SOURCES:
        text = path.read_text(encoding="utf-8")
        lines = text.splitlines()
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.FunctionDef):
                late += [
                    f"{path.relative_to(ROOT)}:{inner.lineno}"
                    for inner in ast.walk(node)
                    if isinstance(inner, (ast.Import, ast.ImportFrom))
                    and "# noqa: PLC0415 - " not in lines[inner.lineno - 1]
                ]
    assert late == []


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(ROOT)))
def test_templates_hold_no_script_or_style(path):
    text = path.read_text(encoding="utf-8")
    assert text.count("\n") <= 160
    assert not re.search(
        r"<style|\sstyle=|\son[a-z]+=|javascript:|\|\s*safe\b", text.replace("|safe_html", "")
    )
    assert not re.search(r"<script(?![^>]*\b(src=|type=\"application/json\"))", text)


def test_every_constraint_has_a_name_and_every_invariant_column_a_value():
    for table in Base.metadata.sorted_tables:
        for constraint in table.constraints:
            assert constraint.name, f"{table.name}: {constraint}"
            if type(constraint).__name__ == "UniqueConstraint":
                assert not any(column.nullable for column in constraint.columns), (
                    f"{table.name}: a nullable column in UNIQUE holds nothing"
                )


def test_references_within_a_table_can_be_checked_at_the_commit():
    for table in Base.metadata.sorted_tables:
        for key in table.foreign_keys:
            if key.column.table is table:
                assert key.deferrable, f"{table.name}.{key.parent.name}: a restore could not keep its order"


def test_the_permission_table_in_the_docs_is_the_one_in_force():
    lines = (ROOT / "docs" / "access.csv").read_text(encoding="utf-8-sig").splitlines()
    rows = {(row["role"], row["relation"], row["action"]) for row in csv.DictReader(lines)}
    assert rows == {
        (role.value, relation.value, action.value)
        for action, held in POLICY.items()
        for role, relation in held
    }


def test_nobody_but_an_auditor_reads_the_log_and_an_auditor_changes_nothing():
    changes = {
        Action.MANAGE_PEOPLE,
        Action.ENTER_FACTS,
        Action.DECIDE,
        Action.ASSIGN,
        Action.APPROVE,
        Action.ASK_APPROVAL,
        Action.PUBLISH_CONTENT,
    }
    changes |= {Action.RUN_EVALUATIONS, Action.ADMINISTER}
    assert {role for role, _ in POLICY[Action.READ_AUDIT]} == {Role.AUDITOR}
    assert not any((Role.AUDITOR, relation) in POLICY[action] for action in changes for relation in Relation)


def test_public_functions_say_what_they_do():
    bare = []
    for path in SOURCES:
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, (ast.FunctionDef, ast.ClassDef)) and not node.name.startswith("_"):
                bare += [] if ast.get_docstring(node) else [f"{path.relative_to(ROOT)}: {node.name}"]
    assert bare == []
