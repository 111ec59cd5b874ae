"""`lms content`: problems with their places, publication, dry run, ids.lock, the second person."""

import json
import shutil

import pytest

from lms.cli import main
from lms.core.versions import snapshot
from tests.content import ROOT

COURSES = {"client-confidentiality", "professional-ethics"}
BANK = "content/courses/client-confidentiality/bank.yml"


@pytest.fixture
def tree(tmp_path, monkeypatch):
    """The real texts of two courses in a folder of its own, never published: what is tried here needs no more."""
    folder = tmp_path / "tree" / "content"
    shutil.copytree(ROOT / "content", folder)
    (folder / "ids.lock").unlink(missing_ok=True)
    others = [each for each in (folder / "courses").iterdir() if each.name not in COURSES]
    for each in (folder / "handbook").iterdir():
        if any(f"courses/{other.name}/" in each.read_text("utf-8") for other in others):
            each.unlink()
    for each in others:
        shutil.rmtree(each)
    monkeypatch.chdir(tmp_path / "tree")
    return tmp_path / "tree"


@pytest.fixture
def lms(settings, monkeypatch, capsys):
    """Run the command on this test's database; returns status and output."""
    monkeypatch.setenv("LMS_INSTANCE", str(settings.instance))
    monkeypatch.setenv("LMS_DATABASE_URL", settings.url)

    def run(*words):
        status = main(list(words))
        said = capsys.readouterr()
        return status, said.out, said.err

    return run


def edit(tree, path, old, new):
    text = (tree / path).read_text(encoding="utf-8")
    assert old in text
    (tree / path).write_text(text.replace(old, new, 1), encoding="utf-8")


def test_the_real_texts_have_no_errors(lms, monkeypatch):
    monkeypatch.chdir(ROOT)
    assert lms("content", "check")[0] == 0


def test_a_problem_is_told_with_its_place_and_mend_in_either_language(lms, tree):
    edit(tree, BANK, "difficulty: 1", "difficulty: 9")
    line = next(
        number
        for number, text in enumerate((tree / BANK).read_text(encoding="utf-8").split("\n"), 1)
        if "difficulty: 9" in text
    )
    status, english, _ = lms("content", "check", "--lang", "en")
    assert status == 1
    assert f"{BANK}:{line}:" in english
    _, chinese, _ = lms("content", "check", str(tree), "--lang", "zh")
    assert f"{BANK}:{line}:" in chinese
    assert english != chinese
    _, told, _ = lms("content", "check", "--json")
    assert [each["line"] for each in json.loads(told) if each["severity"] == "error"] == [line]


def test_texts_with_errors_are_not_published(lms, tree, database):
    edit(tree, BANK, "difficulty: 1", "difficulty: 9")
    assert lms("content", "publish")[0] == 1
    with database.reading() as session:
        assert snapshot(session).publication == 0


def test_a_dry_run_stores_nothing_the_first_publication_everything_and_its_lock(lms, tree, database):
    status, said, _ = lms("content", "publish", "--dry-run", "--lang", "en")
    assert status == 0
    assert "New: course/client-confidentiality" in said
    assert not (tree / "content/ids.lock").exists()
    status, said, _ = lms("content", "publish", "--json")
    answer = json.loads(said)
    assert (status, answer["publication"]) == (0, 1)
    assert "lesson/client-confidentiality/need-to-know " in (tree / "content/ids.lock").read_text("utf-8")
    with database.reading() as session:
        assert snapshot(session).get("course", "client-confidentiality").number == 1
    before = (tree / "content/ids.lock").read_bytes()
    assert "Nothing has changed." in lms("content", "publish", "--lang", "en")[1]
    assert (tree / "content/ids.lock").read_bytes() == before


def test_a_later_publication_is_asked_for_by_somebody_with_a_reason(lms, tree, database, cast):
    lms("content", "publish")
    edit(
        tree, "content/agreements/confidentiality-agreement.en.md", "## 1 What", "One more line.\n\n## 1 What"
    )
    words = ("content", "publish", "--material", "confidentiality-agreement", "--lang", "en")
    status, said, _ = lms(*words, "--dry-run")
    assert "Changed materially: agreement/confidentiality-agreement" in said
    assert "--as PERSON" in lms(*words)[2]
    assert lms("--as", "ana", *words, "--reason", "x")[0] == 1
    assert lms("--as", "erin", *words)[0] == 1
    status, said, _ = lms("--as", "erin", *words, "--reason", "Annual review")
    assert status == 0
    assert "/hr/approvals/" in said
    assert "One more line" not in (tree / "content/ids.lock").read_text("utf-8")
    with database.reading() as session:
        assert snapshot(session).publication == 1


def test_a_change_must_be_sorted(lms, tree, database):
    lms("content", "publish")
    edit(
        tree, "content/agreements/confidentiality-agreement.en.md", "## 1 What", "One more line.\n\n## 1 What"
    )
    status, _, told = lms("content", "publish", "--dry-run")
    assert status == 1
    assert "agreement/confidentiality-agreement" in told


def test_what_a_material_change_opens_is_said_with_its_due_date(lms, tree, database):
    lms("content", "publish")
    for language in ("zh", "en"):
        path = f"content/courses/client-confidentiality/02-need-to-know.{language}.md"
        edit(tree, path, "\n## ", "\n1 + 1 = 2\n\n## ")
    edit(tree, BANK, "A finance website, quoting", "A business website, quoting")
    words = ("content", "publish", "--dry-run", "--lang", "en", "--material", "lesson/*", "item/CONF-0001")
    status, said, _ = lms(*words, "--due", "21d")
    assert status == 0
    assert (
        "Whoever holds the older course/client-confidentiality does these again within 21d:"
        " lesson/client-confidentiality/need-to-know, item/CONF-0001." in said
    )
    assert "Whoever" not in lms("content", "publish", "--dry-run", "--lang", "en", "--editorial", "*")[1]
    for due in ("0d", "21", "1y", "800d"):
        status, _, told = lms(*words, "--due", due)
        assert (status, due in told) == (1, True)


def test_at_a_terminal_each_change_is_asked_about(lms, tree, database, monkeypatch):
    lms("content", "publish")
    edit(tree, BANK, "A finance website, quoting", "A business website, quoting")
    edit(tree, "content/agreements/confidentiality-agreement.en.md", "## 1 What", "More.\n\n## 1 What")
    asked, answers = [], iter(["", "m", "E"])
    monkeypatch.setattr("lms.commands.content._may_ask", lambda _options: True)
    monkeypatch.setattr("builtins.input", lambda question: asked.append(question) or next(answers))
    _, said, _ = lms("content", "publish", "--dry-run", "--lang", "en")
    assert [each.partition(":")[0] for each in asked] == [
        "agreement/confidentiality-agreement", "agreement/confidentiality-agreement", "item/CONF-0001",
    ]  # fmt: skip
    assert "Changed materially: agreement/confidentiality-agreement" in said
    assert "Changed editorially: item/CONF-0001" in said
