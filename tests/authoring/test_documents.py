"""What publication would store: every text once, its HTML, its hashes, and the lock that follows."""

import errno
import json
import os
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lms.authoring.files import read_roots
from lms.authoring.numbers import lacking
from lms.authoring.rules import check
from lms.core.canonical import canonical_json, sha256_hex
from tests.authoring.mistakes import DAY
from tests.authoring.tree import BANK, COURSE, PICTURE, PNG, QUIZ, TREE, ZH, tree


def documents(**changed):
    checked = check(tree(**changed), DAY)
    assert checked.errors == ()
    return {(one.kind, one.id): one for one in checked.documents}


def test_each_text_is_one_document_with_the_hash_of_its_body():
    found = documents()
    kinds = {kind for kind, _ in found}
    assert kinds == {
        *("course", "lesson", "bank", "item", "quiz", "examination", "programme", "agreement"),
        *("handbook", "policy", "calendar", "glossary", "media"),
    }
    for one in found.values():
        assert one.sha256 == sha256_hex(canonical_json(json.loads(json.dumps(one.body))))
    assert len(found["item", "SEC-0001"].scoring_hash) == 64
    assert found["media", "courses/secrecy/desk.svg"].data == TREE[PICTURE].encode()


def test_long_texts_carry_their_html_in_both_languages():
    lesson = documents()["lesson", "secrecy/classes"].body
    assert '<h2 id="s-四个类别">四个类别</h2>' in lesson["html"]["zh"]
    assert 'src="media:desk.svg"' in lesson["html"]["en"]
    assert 'href="/handbook/asking"' in lesson["html"]["zh"]
    assert documents()["course", "secrecy"].body["html"]["en"].endswith("<strong>Stop</strong>, report</p>")
    assert documents()["agreement", "promise"].body["intent"] == {"zh": "本人同意。", "en": "I agree."}


def test_blueprints_and_programmes_are_kept_exactly():
    quiz = documents()["quiz", "secrecy"].body
    assert Fraction(quiz["cut_score"]) == Fraction(4, 5)
    assert quiz["wait_hours"] == [0, 24, 72]
    assert quiz["title"] == {"zh": "保密", "en": "Secrecy"}
    programme = documents()["programme", "yearly"].body
    assert (programme["window"], programme["period_months"], programme["long_lapse"]) == ("60d", 12, "12m")
    assert programme["initial"][0] == {"need": "agreement", "target": "promise", "not_seen": 0}


def test_a_changed_word_changes_the_text_hash_alone_and_a_changed_key_the_other():
    before = documents()["item", "SEC-0001"]
    words = documents(bank=TREE[BANK].replace("关于paper应当怎么做", "关于paper该怎么做"))["item", "SEC-0001"]
    assert (words.scoring_hash, words.text_hash == before.text_hash) == (before.scoring_hash, False)
    first, _, rest = TREE[BANK].partition("        right: true\n")
    key = documents(bank=first + rest.replace("      d:\n", "      d:\n        right: true\n", 1))
    assert key["item", "SEC-0001"].scoring_hash != before.scoring_hash
    assert key["item", "SEC-0001"].text_hash == before.text_hash


def test_nothing_is_published_while_there_is_an_error():
    assert check(tree(quiz="quiz: secrecy\n"), DAY).documents == ()


def test_the_lock_keeps_first_hashes_and_takes_in_what_is_new():
    lock = check(tree(), DAY).lock_after()
    assert f"item/SEC-0001 {'1' * 64}\n" in lock
    assert "check/SEC-C01 " in lock
    assert "lesson/secrecy/classes " in lock
    assert "objective/SEC-2 " in lock
    assert "policy/" not in lock
    again = check(tree(lock=lock), DAY)
    assert again.problems == ()
    assert again.lock_after() == lock


def test_the_same_files_give_the_same_documents_in_any_order():
    files = tree()
    backwards = dict(reversed(files.items()))
    assert [one.sha256 for one in check(files, DAY).documents] == [
        one.sha256 for one in check(backwards, DAY).documents
    ]


def write(root, files):
    for path, data in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_bytes(data)


def test_files_are_read_from_disk_with_paths_from_the_root(tmp_path):
    write(tmp_path, tree())
    files, found = read_roots([tmp_path])
    assert found == []
    assert files == tree()


def test_links_and_special_files_are_refused_and_not_followed(tmp_path):
    root, outside = tmp_path / "root", tmp_path / "outside"
    write(root, {"content/glossary.yml": b"terms: []\n", "content/big.yml": b"x" * (4 * 1024 * 1024 + 1)})
    write(outside, {"secret.yml": b"secret"})
    (root / "content/linked.yml").symlink_to(outside / "secret.yml")
    (root / "content/courses").symlink_to(outside)
    os.mkfifo(root / "content/pipe.yml")
    files, found = read_roots([root])
    assert set(files) == {"content/glossary.yml"}
    assert sorted((one.code, one.path) for one in found) == [
        ("E001", "content/big.yml"),
        ("E041", "content/courses"),
        ("E041", "content/linked.yml"),
        ("E041", "content/pipe.yml"),
    ]


def test_a_root_without_content_and_a_file_in_two_roots_are_refused(tmp_path):
    for name in ("one", "two"):
        write(tmp_path / name, {"content/glossary.yml": b"terms: []\n"})
    (tmp_path / "none").mkdir()
    found = read_roots([tmp_path / name for name in ("one", "two", "none")])[1]
    assert [one.code for one in found] == ["E044", "E040"]


def test_a_file_that_may_not_be_read_is_named(tmp_path, monkeypatch):
    write(tmp_path, {"content/glossary.yml": b"terms: []\n"})

    def refuse(*_):
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr("lms.authoring.files.os.open", refuse)
    assert [one.code for one in read_roots([tmp_path])[1]] == ["E043"]


def test_too_many_files_are_refused(tmp_path, monkeypatch):
    monkeypatch.setattr("lms.authoring.files.FILES_LIMIT", 3)
    write(tmp_path, {f"content/{number}.yml": b"x" for number in range(5)})
    files, found = read_roots([tmp_path])
    assert len(files) == 3
    assert [one.code for one in found] == ["E042"]


@pytest.mark.parametrize(
    ("zh", "en", "lacks"),
    [
        ("30 天内", "within thirty days", ()),
        ("30 天内", "within 20 days", ("30",)),
        ("罚 5 万元", "a fine of RMB 50,000", ()),
        ("罚 5 万元", "a fine of RMB 5,000", ("50000",)),
        ("1.2 亿元", "RMB 120 million", ()),
        ("80% 以上", "four in five, or 80%", ()),
        ("11 月 16 日 16:20", "at 4.20 p.m. on 16 November", ()),
        ("24 日去", "went on the 24th", ()),
        ("第 21 条", "clause twenty-one", ()),
        ("编号 C-2093", "reference C-2094", ()),
        ("1. 第一\n2. 第二", "- first\n- second", ()),
        ("2026 年 3 月", "March 2025", ("2026",)),
    ],
)
def test_numbers_are_compared_by_value_and_not_by_form(zh, en, lacks):
    assert lacking(zh, en) == lacks


@pytest.mark.parametrize(
    ("en", "zh"),
    [
        ("15 days", "十五天"),
        ("80%", "八成"),
        ("RMB 2 million", "两百万元"),
        ("at 8 a.m.", "上午八点"),
        ("350", "三百五十"),
    ],
)
def test_numbers_in_digits_are_found_in_chinese_words(en, zh):
    assert lacking(en, zh) == ()


PATHS = sorted(TREE)
SPOILS = st.tuples(
    st.sampled_from(PATHS),
    st.integers(0, 2000),
    st.integers(0, 30),
    st.sampled_from(
        [
            "",
            "：",
            "，",
            "\t",
            "- ",
            "{",
            "}",
            "[",
            "]",
            '"',
            "'",
            "#",
            ": ",
            "\n",
            "  ",
            "&a ",
            "*a",
            "x",
            "0",
            "---\n",
        ]
    ),
)


@settings(max_examples=60, deadline=None)
@given(st.lists(SPOILS, min_size=1, max_size=4), st.binary(max_size=60))
def test_no_spoilt_tree_makes_the_check_raise(spoils, junk):
    files = tree()
    for path, start, length, text in spoils:
        old = files[path].decode("utf-8", "replace")
        at = start % (len(old) + 1)
        files[path] = (old[:at] + text + old[at + length :]).encode()
    files[COURSE.replace("secrecy", "other")] = junk
    checked = check(files, DAY)
    assert list(checked.problems) == sorted(set(checked.problems))
    assert checked.errors or checked.documents


@settings(max_examples=40, deadline=None)
@given(st.sets(st.sampled_from(PATHS)), st.sampled_from([ZH, BANK, QUIZ, COURSE]))
def test_no_choice_of_files_makes_the_check_raise(gone, emptied):
    files = {path: data for path, data in tree().items() if path not in gone}
    files[emptied] = b"a: b\n"
    assert check(files, DAY).errors


def test_pictures_other_than_drawings_are_taken_by_their_first_bytes():
    picture = "content/courses/secrecy/media/desk.png"
    files = {**tree(), picture: PNG}
    for path in (ZH, ZH.replace(".zh.", ".en.")):
        files[path] = TREE[path].replace("desk.svg", "desk.png").encode()
    found = check(files, DAY)
    assert [(one.code, one.path) for one in found.problems] == [("W302", PICTURE)]
    assert {one.body["content_type"] for one in found.documents if one.kind == "media"} == {
        "image/png",
        "image/svg+xml",
    }
