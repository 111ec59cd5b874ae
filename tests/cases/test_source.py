"""Every code about cases: the small case with that one mistake, the exact place («), and what else it brings."""

from pathlib import Path

import pytest

from lms.authoring.rules import check
from lms.cases.simulation import simulate
from lms.core.problems import render
from tests.cases.small import FILES, PATH, TEXT
from tests.content import real_content

ROOT = Path(__file__).parents[2]
# code, what stands there, what stands there instead, and what it brings along, rightly
MISTAKES = [
    ("E100", "vars:\n  trust: {range: 0..3, start: 1}\n  late: {kind: flag}", "«vars: none", {"E703"}),
    ("E101", "start: parcel\n", "", set()),
    ("E102", "        to: done\n        when: {late: true}", "        to: done\n        «wen: {late: true}", set()),
    ("E103", "ending: pass", "ending: «won", {"E708"}),
    ("E104", "text: {zh: 收下。, en: Keep it.}", "«text: {zh: 收下。}", set()),
    ("E107", "seconds: 60", "seconds: «5", set()),
    ("E301", "documents: [slip]", "documents: [«slipp]", {"W701"}),
    ("E301", "see: handbook/asking", "«see: handbook/nowhere", set()),
    ("E306", "case: small-gift", "«case: another", set()),
    ("E409", "see: handbook/asking", "«see: https://example.test/", set()),
    ("E701", "        to: caught\n", "        «to: nowhere\n", set()),
    ("E701", "start: parcel", "«start: parcels", set()),
    ("E702", "then: put-off", "«then: puts-off", set()),
    ("E703", "set: {late: true}", "set: {«lat: true}", set()),
    ("E704", "rubric: {candour: 1}", "rubric: {«candor: 1}", set()),
    ("E705", "rubric: {candour: 1}", "rubric: {candour: «1.5}", set()),
    ("E706", "range: 0..3", "range: «3..0", {"E707"}),
    ("E707", "start: 1}", "start: «9}", set()),
    ("E707", "when: {trust: 0..3}", "when: {trust: «2..7}", set()),
    ("E708", "    ending: fail\n", "", set()),
    ("E709", "    ending: pass\n", "    ending: pass\n    clock: {seconds: 20, then: tell}\n", {"E702"}),
    ("E710", "  done:\n", "  «attic:\n    ending: fail\n    text: {zh: 阁楼, en: The attic}\n  done:\n", set()),
    ("E712", "when: {trust: 0..3}", "when: {trust: 0..0}", set()),
    ("E715", "        critical: true\n        rubric: {integrity: -3", "        rubric: {integrity: -3", set()),
    ("E716", "        to: parcel\n", "        to: parcel\n        rubric: {integrity: 1}\n", set()),
    ("E717", "rubric: {integrity: -3, candour: -3}", "rubric: {integrity: 9, candour: 9}", {"E723"}),
    ("E718", "expert: [hand-in, declare, tell]", "«expert: [hand-in, declare, apologise]", set()),
    ("E720", "  candour: {zh", "  wit: {zh: 机智, en: Wit}\n  candour: {zh", set()),
    ("E721", "        to: client\n        set", "        to: client\n        when: {late: true}\n        set", set()),
    ("E722", "expert: [hand-in, declare, tell]", "«expert: [hand-in, declare]", set()),
    ("E723", "expert: [hand-in, declare, tell]", "«expert: [wait, put-off, apologise]", set()),
]  # fmt: skip


def spoilt(old: str, new: str):
    assert old in TEXT, old
    text = TEXT.replace(old, new, 1)
    index = text.find("«")
    place = (text.count("\n", 0, index) + 1, index - text.rfind("\n", 0, index)) if index >= 0 else None
    return {**FILES, PATH: text.replace("«", "", 1).encode()}, place


def test_the_small_case_has_no_problem():
    assert [render(each, "en") for each in check(FILES).problems] == []


@pytest.mark.parametrize(("code", "old", "new", "along"), MISTAKES, ids=lambda value: str(value)[:6])
def test_a_mistake_is_found_at_its_place(code, old, new, along):
    files, place = spoilt(old, new)
    found = check(files).problems
    here = [(one.line, one.column) for one in found if one.code == code]
    assert here, [render(one, "en") for one in found]
    if place:
        assert place in here
    assert {one.code for one in found} <= {code} | along, [render(one, "en") for one in found]
    for one in found:
        for language in ("zh", "en"):
            line = render(one, language)
            assert "{" not in line
            assert "@" not in line


def way_of(code, old, new):
    (one,) = [each for each in check(spoilt(old, new)[0]).problems if each.code == code]
    return dict(one.params).get("way")


def test_a_dead_end_and_a_round_without_a_way_out_are_shown_with_the_way_there():
    closed = (
        "        to: done\n        when: {late: true}",
        "        to: done\n        when: {late: true, trust: 0..0}",
    )
    files, _ = spoilt(*closed)
    files[PATH] = files[PATH].replace(b"when: {trust: 0..3}", b"when: {late: false}")
    dead = [each for each in check(files).problems if each.code == "E711"]
    assert [dict(each.params)["way"] for each in dead] == ["hand-in → put-off"]
    trapped = TEXT.replace("to: client", "to: form")
    lost = [each for each in check({**FILES, PATH: trapped.encode()}).problems if each.code == "E713"]
    assert [dict(each.params)["way"] for each in lost] == ["hand-in"]


def test_a_case_without_any_pass_is_refused():
    files = {**FILES, PATH: TEXT.replace("ending: pass", "ending: fail").encode()}
    assert {"E714", "E723"} <= {each.code for each in check(files).problems}


def test_a_document_that_no_scene_shows_is_told_and_one_language_is_not_enough():
    files = {**FILES, PATH: TEXT.replace("    documents: [slip]\n", "").encode()}
    assert [each.code for each in check(files).problems] == ["W701"]
    files = {path: data for path, data in FILES.items() if not path.endswith("slip.en.md")}
    assert [each.code for each in check(files).problems] == ["E401"]


PROGRAMME = """\
programme: careful
title: {zh: 谨慎, en: Careful}
kind: mandatory
assign: [{all: true}]
due: 30d
initial: [{case_from: conduct, not_seen: 2}, {case: small-gift}]
"""


def test_a_programme_may_ask_for_a_case_or_for_as_many_of_a_pool_as_there_are():
    path = "content/programmes/careful.yml"
    assert [each.code for each in check({**FILES, path: PROGRAMME.encode()}).problems] == ["E724"]
    enough = PROGRAMME.replace("not_seen: 2", "not_seen: 1")
    assert check({**FILES, path: enough.encode()}).problems == ()
    lost = enough.replace("case: small-gift", "case: large-gift")
    assert [each.code for each in check({**FILES, path: lost.encode()}).problems] == ["E301"]


def real_cases():
    return sorted(path.parent.name for path in (ROOT / "cases").glob("*/case.yml"))


@pytest.mark.parametrize("name", real_cases())
def test_neither_chance_nor_temptation_passes_a_real_case(name):
    source = real_content().corpus.cases[name]
    assert source.case
    assert source.proof
    assert not source.proof.findings
    done = simulate(source.case, source.proof.bounds, 1500)
    assert done.is_sound, (name, float(done.by_chance), float(done.tempted))


def test_the_small_case_is_published_with_its_proof_and_its_documents():
    (body,) = [each.body for each in check(FILES).documents if each.kind == "case"]
    assert body["bounds"] == {"candour": [-5, 3], "integrity": [-3, 2]}
    assert body["documents"]["slip"]["html"]["en"] == "<p>One parcel.</p>"
    assert ["parcel", "keep"] in body["no_return"]
