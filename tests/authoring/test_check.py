"""Every code: a file with that one mistake, the exact place («), and both messages."""

import json
import re
from datetime import date
from functools import cache

import pytest

from lms.authoring.rules import check
from lms.core.problem_texts import TEXTS
from lms.core.problems import as_json, mend, message, render
from tests.authoring.mistakes import ALONG, CASES, DAY, OPTION_C, PLACES, spoil
from tests.authoring.tree import AGREEMENT, BANK, COURSE, EN, EXAM, QUIZ, TOPICS, TREE, ZH, single, tree


def test_the_tree_has_no_problem():
    assert check(tree(), DAY).problems == ()


@cache
def problems_of(path, old, new):
    return check(spoil(path, old, new)[0], DAY).problems


@pytest.mark.parametrize(("code", "path", "old", "new"), CASES, ids=lambda value: value[:5].strip("\n "))
def test_a_mistake_is_found_at_its_place(code, path, old, new):
    place = spoil(path, old, new)[1]
    found = problems_of(path, old, new)
    here = [(one.line, one.column) for one in found if one.code == code and one.path == path]
    assert (place or PLACES[code, path]) in here
    assert {one.code for one in found} <= {code} | ALONG.get(code, set())
    assert all(one.is_error == one.code.startswith("E") for one in found)


def only(found, code):
    """Return the one problem of a code, there being no other."""
    assert [one.code for one in found] == [code]
    return (found[0].path.rpartition("/")[2], found[0].line, found[0].column)


BYTES = [
    ("E001", b"a" * (256 * 1024 + 1), (1, 1)),
    ("E002", b"quiz: a\nminutes: \xff\xff\xff", (2, 10)),
    ("E003", "quiz: a".encode("utf-16"), (1, 1)),
    ("E004", b"quiz: a\nmin\x00utes: 2", (2, 4)),
    ("E005", b"\xef\xbb\xbf" + TREE[QUIZ].encode(), (1, 1)),
    ("E006", b"  \n", (1, 1)),
    ("E006", b"# only a remark\n", (1, 1)),
    ("E007", "quiz: a\ntitle: 保密测验".encode("gb18030"), (2, 8)),
    ("E008", b"a:\n" * 5000, (1, 1)),
    ("E100", b"- a\n- b\n", (1, 1)),
]


@pytest.mark.parametrize(("code", "data", "place"), BYTES)
def test_bytes_that_are_no_text_are_named(code, data, place):
    found = [one for one in check(tree(quiz=data), DAY).problems if one.path == QUIZ]
    assert only(found, code)[1:] == place


def test_line_ends_of_windows_are_accepted():
    files = {path: data.replace(b"\n", b"\r\n") for path, data in tree().items() if b"PNG" not in data}
    assert check(files, DAY).problems == ()


def test_front_matter_and_a_body_are_asked_for():
    assert only(check(tree(agreement="## 承诺\n"), DAY).problems, "E030") == ("promise.zh.md", 1, 1)
    front = TREE[AGREEMENT].partition("## ")[0]
    found = [one for one in check(tree(agreement=front), DAY).problems if one.code == "E032"]
    assert only(found, "E032") == ("promise.zh.md", 7, 1)


def test_a_missing_language_is_named():
    files = tree()
    del files[EN]
    (found,) = check(files, DAY).problems
    assert (found.code, found.path, dict(found.params)["file"]) == ("E401", ZH, "01-classes.en.md")


def test_what_was_published_is_neither_deleted_nor_changed_in_kind_nor_used_again():
    gone = tree(lock=f"handbook/gone {'0' * 64}\n")
    assert only(check(gone, DAY).problems, "E303") == ("ids.lock", 1, 1)
    changed = tree(lock=f"check/SEC-0001 {'0' * 64}\n")
    assert only(check(changed, DAY).problems, "E304") == ("bank.yml", 3, 5)
    reused = tree(lock=f"item/SEC-0001 {'0' * 64} retired\n")
    assert only(check(reused, DAY).problems, "E305") == ("bank.yml", 3, 5)


def test_a_retired_item_stays_and_is_not_drawn():
    bank = TREE[BANK].replace("- id: SEC-0001\n", "- id: SEC-0001\n    retired: true\n")
    checked = check(tree(bank=bank, lock=f"item/SEC-0001 {'0' * 64} retired\n"), DAY)
    assert checked.problems == ()
    assert "SEC-0001" not in {item.id for item in checked.corpus.banks["secrecy"].drawn()}
    assert f"item/SEC-0001 {'0' * 64} retired\n" in checked.lock_after()


def test_files_out_of_place_are_named():
    examination = TREE[EXAM].replace("examination: final", "examination: secrecy")
    found = check(tree(quiz=examination), DAY).problems
    assert ("E307", QUIZ, 1, 1) in {(one.code, one.path, one.line, one.column) for one in found}
    renamed = {path.replace("01-classes.en", "02-classes.en"): data for path, data in tree().items()}
    assert "E308" in {one.code for one in check(renamed, DAY).problems}
    stray = {
        **tree(),
        "content/courses/x/01-a.zh.md": TREE[ZH].encode(),
        "content/courses/secrecy/bank.yaml": b"a",
    }
    found = {(one.code, one.path) for one in check(stray, DAY).problems}
    assert {("E310", "content/courses/x/01-a.zh.md"), ("W301", "content/courses/secrecy/bank.yaml")} <= found
    hidden = {**tree(), "content/.DS_Store": b"x", "content/README.md": b"x", "content/bank.yml~": b"x"}
    assert check(hidden, DAY).problems == ()


def test_media_are_what_their_names_say():
    folder = "content/courses/secrecy/media/"
    files = {**tree(), folder + "a.exe": b"MZ", folder + "b.png": b"GIF89a", folder + "c.svg": b"<html>"}
    found = {(one.code, one.path.rpartition("/")[2]) for one in check(files, DAY).problems}
    assert {("E412", "a.exe"), ("E419", "b.png"), ("E419", "c.svg"), ("W302", "a.exe")} <= found


def test_lessons_are_listed_in_the_order_of_their_numbers():
    more = {
        **tree(),
        "content/courses/secrecy/02-after.zh.md": TREE[ZH].replace("id: classes", "id: after").encode(),
        "content/courses/secrecy/02-after.en.md": TREE[EN].replace("id: classes", "id: after").encode(),
    }
    assert {one.code for one in check(more, DAY).problems} == {"W303"}
    more[COURSE] = TREE[COURSE].replace("  - classes\n", "  - after\n  - classes\n").encode()
    found = check(more, DAY).problems
    assert {one.code for one in found} == {"W304", "W208"}
    assert {(one.line, one.column) for one in found if one.code == "W304"} == {(16, 1)}


def test_a_bank_that_can_be_guessed_is_warned_of():
    tell = "".join(
        single(n, "b", topic).replace("en: Way b", "en: The one and only way b")
        for n, topic in enumerate(TOPICS, 1)
    )
    bank = "bank: secrecy\nitems:\n" + tell
    found = check(tree(bank=bank), DAY).problems
    codes = {one.code for one in found}
    assert {"W201", "W202", "W209"} <= codes
    longest = next(one for one in found if one.code == "W201")
    assert dict(longest.params)["share"] == "100"
    assert dict(longest.params)["language"] == "en"


def test_stems_that_say_the_same_are_warned_of():
    bank = TREE[BANK].replace("关于telephone应当怎么做", "关于paper，应当怎么做？")
    (found,) = check(tree(bank=bank), DAY).problems
    assert (found.code, found.line, found.column) == ("W203", 33, 7)


def test_what_no_item_covers_and_what_no_lesson_uses_is_warned_of():
    lessons = {"zh": TREE[ZH], "en": TREE[EN]}
    idle = {name: text.replace("checks: [SEC-C01]\n", "") for name, text in lessons.items()}
    assert only(check(tree(**idle), DAY).problems, "W210")[0] == "bank.yml"
    bank = TREE[BANK].replace("see: courses/secrecy/classes", "see: handbook/asking")
    assert only(check(tree(bank=bank), DAY).problems, "W208") == ("course.yml", 17, 5)
    bank = TREE[BANK].replace("objective: SEC-2", "objective: SEC-1")
    assert only(check(tree(bank=bank), DAY).problems, "W209") == ("course.yml", 13, 3)


def test_draws_compete_for_the_same_items():
    few = TREE[QUIZ].replace("SEC-1, take: 3", "SEC-1, take: 4")
    assert only(check(tree(quiz=few), DAY).problems, "W211") == ("quiz.yml", 7, 39)
    both = "  - {bank: secrecy, objective: SEC-2, take: 2}\n  - {bank: secrecy, objective: SEC-2, take: 1}\n"
    draws = TREE[QUIZ].replace("draw:\n", "draw:\n" + both)
    found = [one for one in check(tree(quiz=draws), DAY).problems if one.code == "E208"]
    assert [dict(one.params)["filled"] for one in found] == ["0"]


def test_an_overdue_review_is_told_from_its_day_on():
    for day, codes in ((date(2027, 11, 23), set()), (date(2027, 11, 24), {"W401"})):
        assert {one.code for one in check(tree(), day).problems} == codes
    assert check(tree(), None).problems == ()


def test_every_code_says_what_and_how_in_both_languages():
    for code, texts in TEXTS.items():
        assert len(texts) == 4, code
        zh, en = texts[:2], texts[2:]
        assert all(re.search("[\u4e00-\u9fff]|{hint}", said) for said in zh), code
        assert not any(re.search("[\u3000-\u9fff\uff00-\uffef]", said.replace("（", "")) for said in en), code
        names = [set(re.findall("{([a-z]+)}", " ".join(pair))) for pair in (zh, en)]
        assert names[0] == names[1], code


def test_every_problem_can_be_said_in_both_languages():
    seen = set()
    for _, path, old, new in CASES:
        for one in problems_of(path, old, new):
            seen.add(one.code)
            for language in ("zh", "en"):
                line = render(one, language)
                assert line.startswith(f"{one.path}:{one.line}:{one.column}: {one.code} ")
                assert "@" not in line.replace("“@", "")
                assert "{}" not in line
            assert re.search("[\u4e00-\u9fff]", message(one, "zh") + mend(one, "zh"))
    assert len(seen) > 90


def test_a_problem_reads_as_the_design_shows():
    files, _ = spoil(BANK, OPTION_C, OPTION_C.rpartition("        en:")[0])
    (found,) = check(files, DAY).problems
    where = f"{BANK}:{found.line}:7: E104"
    assert render(found, "en") == f'{where} option "c" has no en text. Add en: "…".'
    assert render(found, "zh") == f'{where} 选项“c”缺 en 文本。请补上 en: "…"。'
    said = as_json(found, "en")
    assert json.loads(json.dumps(said)) == {
        "path": BANK,
        "line": found.line,
        "column": 7,
        "code": "E104",
        "severity": "error",
        "message": 'option "c" has no en text.',
        "mend": 'Add en: "…".',
        "params": {"language": "en", "what": "@option c"},
    }


def test_all_problems_come_at_once_and_in_order():
    quiz = TREE[QUIZ].replace("minutes: 20", "minutes: x").replace("cut_score: 80%", "cut_score: x")
    quiz = quiz.replace("attempts: 3", "atempts: 3")
    found = check(tree(quiz=quiz, handbook=None), DAY).problems
    assert list(found) == sorted(found)
    codes = [one.code for one in found if one.path == QUIZ]
    assert codes == ["E101", "E110", "E106", "E102"]
    assert "E401" in {one.code for one in found}
