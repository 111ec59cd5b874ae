"""Answers that mean the same compare equal; a search finds Chinese by pairs and words by their beginning."""

import time
import unicodedata
from fractions import Fraction

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from lms.core.text import Words, normalise, search_key, search_share, search_terms


def test_words_are_said_in_one_language() -> None:
    words = Words("保密", "Confidentiality")
    assert (words.said_in("zh"), words.said_in("en")) == ("保密", "Confidentiality")


# Two ways to type one answer.
@pytest.mark.parametrize(
    ("typed", "accepted"),
    [
        ("ＡＢＣ１２３", "abc123"),
        ("Annual Confidentiality", "ANNUAL  confidentiality "),
        ("Straße", "STRASSE"),
        ("e\u0301tude", "étude"),
        ("ﬁnance", "finance"),
        ("CO₂", "co2"),
        ("保\u200b密\ufeff", "保密"),
        ("in\u00adside", "inside"),
        ("\u202e保密\u202c", "保密"),
        ("㊙\ufe0f", "㊙"),
        ("客户，项目；不得外传！", "客户,项目;不得外传!"),
        ("甲、乙。", "甲,乙."),
        ("“保密”", '"保密"'),
        ("「保密」", "『保密』"),
        ("客户’s", "客户's"),
        ("《公司法》", "〈公司法〉"),
        ("【例】（一）", "[例](一)"),
        ("等等……", "等等..."),
        ("2024—2025", "2024-2025"),
        ("风险——收益", "风险-收益"),
        ("\u22125%", "－5％"),
        ("比例１∶２", "比例1:2"),
        ("保 密\u3000义 务", "保密义务"),
        ("甲， 乙", "甲,乙"),
        ("100 万元", "100万元"),
        ("HR\n部门", "hr部门"),
        ("⼈民", "人民"),
        ("  ", ""),
    ],
)
def test_ways_of_typing_one_answer_are_equal(typed: str, accepted: str) -> None:
    assert normalise(typed) == normalise(accepted)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("10²", "102"),
        ("①", "1"),
        ("⑩", "10"),
        ("㊀", "一"),
        ("m³", "m3"),
        ("x⁻¹", "x-1"),
        ("保密", "密保"),
        ("e-mail", "email"),
        ("1.5", "15"),
        ("not able", "notable"),
        ("resume", "résumé"),
        ("-5%", "5%"),
    ],
)
def test_answers_that_differ_stay_different(one: str, other: str) -> None:
    assert normalise(one) != normalise(other)


@pytest.mark.parametrize(
    ("typed", "form"),
    [
        ("１０² ＭＷ", "10² mw"),
        ("① 保密", "①保密"),
        ("Ⓐ、Ⓑ", "a,b"),
        ("⑴", "(1)"),
        ("Tell  the　Client ", "tell the client"),
        ("……", "..."),
        ("½", "1/2"),
    ],
)
def test_the_normal_form_itself_is_plain(typed: str, form: str) -> None:
    assert normalise(typed) == form


TRICKY = st.text(
    st.sampled_from(
        "aA １²①é中 密\u0301\u0323\u0344\u0345\u200b\u3000İßſΣςﬁ…。.—-\u2212ª㊀Ⅳ⑴\ufe0f\u1100\u1161가ﷺ"
    )
    | st.characters(),
    max_size=40,
)


@given(TRICKY)
@example("a" + "\u0344" * 40)
@example("²" + "\u0301" * 3)
@example("\u3164 中\u200b ")
def test_normalising_twice_changes_nothing(text: str) -> None:
    once = normalise(text)
    assert normalise(once) == once
    assert once == once.strip()
    assert "  " not in once


@given(TRICKY.filter(lambda text: not any(unicodedata.combining(one) for one in text)))
def test_width_case_and_invisible_characters_make_no_difference(text: str) -> None:
    wide = "".join(chr(ord(one) + 0xFEE0) if "!" <= one <= "~" else one for one in text)
    assert normalise(wide) == normalise(text)
    assert normalise("\u200b".join(text)) == normalise(text)
    assert normalise(normalise(text).casefold()) == normalise(text)


PUMPED = {
    "marks": "a" + "\u0301" * 5_000 + "\u0323" * 5_000,
    "spaces": "a" + " " * 20_000 + "b",
    "spaced Han": "中 " * 5_000,
    "superscripts": "a²" * 6_600,
    "dots": "." * 20_000,
    "dashes": "—" * 6_600,
    "long ligature": "\ufdfa" * 6_600,
    "many Han": "".join(chr(0x4E00 + n) for n in range(6_600)),
}


@pytest.mark.parametrize("text", PUMPED.values(), ids=PUMPED)
@pytest.mark.parametrize("use", [normalise, search_key, search_terms, lambda text: search_share(text, text)])
def test_twenty_kilobytes_take_under_a_quarter_second(use: object, text: str) -> None:
    before = time.process_time()
    use(text)  # type: ignore[operator]
    assert time.process_time() - before < 0.25


SECTION = search_key(
    "客户信息保密：不得向外部人员提供《尽职调查》材料。Confidentiality of client data, A股 2024."
)


@pytest.mark.parametrize(
    ("query", "share"),
    [
        ("保密", "1"),
        ("密", "1"),
        ("客户信息", "1"),
        ("尽职 调查", "1"),
        ("保密 客户", "1"),
        ("保密　礼品", "1/2"),
        ("「尽职调查」", "1"),
        ("confiden", "1"),
        ("CONFIDENTIALITY", "1"),
        ("Ｃlient 保密", "1"),
        ("A股", "1"),
        ("客户保密", "2/3"),
        ("保密 gift", "1/2"),
        ("密保", "0"),
        ("礼品", "0"),
        ("礼", "0"),
        ("dentiality", "0"),
        ("lient", "0"),
        ("", "0"),
        ("，。 !", "0"),
    ],
)
def test_a_search_finds_pairs_of_han_and_beginnings_of_words(query: str, share: str) -> None:
    assert search_share(query, SECTION) == Fraction(share)


def test_terms_of_a_query_are_pairs_single_characters_and_words_once_each() -> None:
    assert search_terms("保密义务 密 Client client") == ("保密", "密义", "义务", "密", "client")
    assert search_terms("字" * 5_000) == ("字字",)


def test_a_key_holds_each_term_once_between_spaces() -> None:
    assert search_key("保密，保密 NDA") == " 保 密 保密 nda "
    assert search_key("") == "  "


@given(st.text(st.sampled_from("客户信息保密 ab，"), max_size=30), st.data())
def test_any_part_of_a_text_without_cut_words_is_found_in_it(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text)))
    part = text[start : data.draw(st.integers(start, len(text)))]
    if start and text[start - 1 : start + 1].isascii():
        return
    assert search_share(part, search_key(text)) == (1 if search_terms(part) else 0)
