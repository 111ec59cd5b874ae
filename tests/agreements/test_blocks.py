"""The text of an agreement keeps every word on its way from HTML into a document."""

import time
from html import escape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.agreements.blocks import Block, Run, blocks_of, text_of


def run(text: str, *, strong: bool = False, em: bool = False, link: str = "") -> Run:
    return {"text": text, "strong": strong, "em": em, "link": link}


def paragraph(*runs: Run) -> Block:
    return {"kind": "paragraph", "runs": list(runs)}


def heading(level: int, text: str) -> Block:
    return {"kind": "heading", "level": level, "runs": [run(text)]}


@pytest.mark.parametrize(
    ("html", "blocks"),
    [
        ("", []),
        ("<p> \n </p><p></p>", []),
        ("<h2>甲</h2>\n<p>乙</p>", [heading(1, "甲"), paragraph(run("乙"))]),
        (
            "<p>a <strong>b</strong> <em>c</em>d</p>",
            [
                paragraph(
                    run("a "), run("b", strong=True), run(" ", strong=False), run("c", em=True), run("d")
                )
            ],
        ),
        (
            "<p><b><i>x</i></b><a href='/y'>y</a></p>",
            [paragraph(run("x", strong=True, em=True), run("y", link="/y"))],
        ),
        ("<p>a<br>b<br/></p>", [paragraph(run("a"), run("\n"), run("b"))]),
        ("<p>a<br></p>", [paragraph(run("a"))]),
        ("<p>a &lt;b&gt; &amp; &#20013;</p>", [paragraph(run("a <b> & 中"))]),
        ("<p>甲，\n乙 丙\nword\n丁</p>", [paragraph(run("甲，乙 丙 word 丁"))]),
        ("<p>  two\n  words\t</p>", [paragraph(run("two words"))]),
        ("<pre>a\n  b</pre>", [paragraph(run("a\n  b"))]),
        ("bare <span>text</span>", [paragraph(run("bare "), run("text"))]),
        ("<p>one<p>two", [paragraph(run("one")), paragraph(run("two"))]),
        ("</strong></a></li><p>kept</p></ul>", [paragraph(run("kept"))]),
    ],
)
def test_the_text_becomes_these_blocks(html: str, blocks: list[Block]) -> None:
    found = blocks_of(html)
    for block in found:
        block["runs"] = [item for item in block["runs"] if item["text"]]
    joined = [paragraph(*block["runs"]) if block["kind"] == "paragraph" else block for block in found]
    assert _merged(joined) == _merged(blocks)


def _merged(blocks: list[Block]) -> list[tuple[str, int, list[tuple[str, bool, bool, str]]]]:
    """Return blocks character by character; whose style a space has does not matter."""
    result = []
    for block in blocks:
        runs: list[tuple[str, bool, bool, str]] = []
        for item in block["runs"]:
            style = (item["strong"], item["em"], item["link"])
            runs += [(sign, *((False, False, "") if sign == " " else style)) for sign in item["text"]]
        result.append((block["kind"], block.get("level", 0), runs))
    return result


def test_lists_keep_their_order_their_start_and_what_they_hold() -> None:
    html = "<ol start='4'><li>a<ul><li>b</li></ul></li><li><p>c</p><p>d</p></li></ol><ul></ul>"
    inner: Block = {"kind": "list", "ordered": False, "start": 1, "parts": [[paragraph(run("b"))]]}
    assert blocks_of(html) == [
        {
            "kind": "list",
            "ordered": True,
            "start": 4,
            "parts": [[paragraph(run("a")), inner], [paragraph(run("c")), paragraph(run("d"))]],
        }
    ]


def test_a_start_that_is_no_small_number_is_one() -> None:
    assert blocks_of("<ol start='-2'><li>a</li></ol>")[0]["start"] == 1
    assert blocks_of("<ol start='99999999999'><li>a</li></ol>")[0]["start"] == 1


def test_rows_and_quotations_are_kept_and_loose_pieces_are_not_lost() -> None:
    table = "<table><thead><tr><th>a</th><th>b</th></tr></thead><tbody><tr></tr></tbody></table>"
    assert blocks_of(table) == [{"kind": "row", "parts": [[paragraph(run("a"))], [paragraph(run("b"))]]}]
    assert blocks_of("<blockquote>q</blockquote>") == [{"kind": "quote", "parts": [[paragraph(run("q"))]]}]
    assert blocks_of("<ul>loose<li>a</li></ul><li>b</li><tr>c</tr>") == [
        {
            "kind": "list",
            "ordered": False,
            "start": 1,
            "parts": [[paragraph(run("loose"))], [paragraph(run("a"))]],
        },
        paragraph(run("b")),
        {"kind": "row", "parts": [[paragraph(run("c"))]]},
    ]
    assert text_of(blocks_of("<ul>one<li>two</li>three<p>four</p></ul>")).split() == [
        "one",
        "two",
        "three",
        "four",
    ]


def test_heading_levels_never_skip_one() -> None:
    html = "<h2>a</h2><h4>b</h4><h6>c</h6><h4>d</h4><h3>e</h3><h1>f</h1><h2>g</h2>"
    assert [block["level"] for block in blocks_of(html)] == [1, 2, 3, 2, 2, 1, 2]


def test_a_heading_within_a_list_becomes_a_strong_paragraph() -> None:
    part = blocks_of("<ul><li><blockquote><h3>a</h3></blockquote></li></ul>")[0]["parts"][0]
    assert part == [{"kind": "quote", "parts": [[paragraph(run("a", strong=True))]]}]


words = st.text(st.sampled_from("保密ab <&>\"'。"), min_size=1, max_size=12).filter(str.strip)
tags = st.sampled_from(
    ["p", "h2", "h4", "li", "ul", "ol", "blockquote", "td", "tr", "strong", "em", "a", "x-y"]
)


@given(st.lists(st.tuples(tags, st.sampled_from(["<{}>", "</{}>", ""]), words), max_size=25))
def test_no_word_is_lost_whatever_the_tags(pieces: list[tuple[str, str, str]]) -> None:
    html = "".join(shape.format(tag) + escape(text) for tag, shape, text in pieces)
    shown = text_of(blocks_of(html))
    for space in (" ", "\n"):
        shown = shown.replace(space, "")
    wanted = "".join(text for _, _, text in pieces).replace(" ", "")
    assert shown == wanted


@pytest.mark.parametrize("unit", ["<b>", "<li>", "<blockquote>", " <i> ", "&amp;", "<p>x", "</ul>", "<"])
def test_pumped_input_is_read_in_little_time(unit: str) -> None:
    begun = time.perf_counter()
    text_of(blocks_of(unit * (20_000 // len(unit)))[:50])
    assert time.perf_counter() - begun < 1.0
