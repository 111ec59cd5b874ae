"""The handbook and its search: Chinese by pairs, both languages, hits marked, nothing runs."""

import pytest

from lms.courses.handbook import marked, marked_html, search, sections_in
from tests.factories import sign_in


@pytest.mark.parametrize(
    ("query", "language", "first"),
    [
        ("拒贷", "zh", "refusing"),
        ("婉拒", "zh", "refusing"),
        ("婉拒贷款申请怎么说", "zh", "refusing"),
        ("投诉", "zh", "complaint-received"),
        ("电话", "zh", "telephone"),
        ("complaint", "en", "complaint-received"),
        ("Telephone", "en", "telephone"),
        ("teleph", "en", "telephone"),
    ],
)
def test_a_search_finds_the_section_that_is_about_it_first(content, query, language, first):
    hits = search(sections_in(content).values(), query, language)
    assert hits[0].section.id == first
    assert any(hit for _, hit in hits[0].title + hits[0].excerpt)


def test_a_word_of_the_other_language_is_found_and_shown_in_it(content):
    hits = search(sections_in(content).values(), "婉拒", "en")
    assert (hits[0].section.id, hits[0].language) == ("refusing", "zh")


@pytest.mark.parametrize("query", ["", "   ", "。。", "xyzzy", "龘靐"])
def test_nothing_asked_or_nothing_there_finds_nothing(content, query):
    assert search(sections_in(content).values(), query, "zh") == []


@pytest.mark.parametrize(
    ("text", "query", "hits"),
    [
        ("客户信息保密", "保密", ["保密"]),
        ("客户信息保密", "信息保密", ["信息保密"]),
        ("Telephone and PHONE", "phone", ["PHONE"]),
        ("Ｐhone calls", "phone", ["Ｐhone"]),
        ("a<b>&c", "b", ["b"]),
        ("nothing", "word", []),
    ],
)
def test_hits_are_marked_where_they_stand(text, query, hits):
    pieces = marked(text, query)
    assert "".join(piece for piece, _ in pieces) == text
    assert [piece for piece, hit in pieces if hit] == hits


def test_marking_leaves_tags_and_entities_alone():
    html = '<p class="p">A &amp; B <a href="/p">p &lt;p&gt;</a></p>'
    assert marked_html(html, "p") == (
        '<p class="p">A &amp; B <a href="/p"><mark>p</mark> &lt;<mark>p</mark>&gt;</a></p>'
    )
    assert marked_html(html, "amp") == html
    assert marked_html(html, "") == html


def test_everybody_employed_reads_the_handbook(app, cast, content):
    for who in (cast.ana, cast.carla, cast.felix, cast.admin):
        client = app.test_client()
        sign_in(client, who)
        assert client.get("/handbook").status_code == 200
        assert client.get("/handbook/refusing").status_code == 200


def test_a_search_is_answered_on_the_page_in_both_languages(client, cast, content):
    sign_in(client, cast.ana)
    shown = client.get("/handbook?q=婉拒&lang=zh").get_data(as_text=True)
    assert "<mark>婉拒</mark>" in shown
    assert "/handbook/refusing?q=" in shown
    section = client.get("/handbook/refusing?q=审贷会&lang=zh").get_data(as_text=True)
    assert "<mark>审贷会</mark>" in section
    assert "Nothing found" in client.get("/handbook?q=xyzzy&lang=en").get_data(as_text=True)


def test_what_is_searched_for_never_runs(client, cast, content):
    sign_in(client, cast.ana)
    evil = "<script>alert(1)</script>"
    for path in ("/handbook", "/handbook/refusing"):
        shown = client.get(path, query_string={"q": evil, "lang": "en"}).get_data(as_text=True)
        assert evil not in shown


def test_a_pumped_query_is_answered_quickly(content):
    import time

    started = time.perf_counter()
    search(sections_in(content).values(), "保密a" * 7000, "zh")
    marked("保" * 20_000, "保" * 20_000)
    assert time.perf_counter() - started < 5
