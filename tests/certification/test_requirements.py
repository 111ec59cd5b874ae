"""Findings, changed texts, agreements, other programmes and pools of cases."""

from lms.certification.rules import Need, Overlay, Requirement, SourceKind, periods, status
from tests.certification.making import (
    COURSE,
    assigned,
    course,
    credit,
    day,
    facts,
    found,
    programme,
    quiz,
    signed,
    text_of,
)

CERTIFIED = course("2024-03-10")
"""Valid through 2025-03-10, window from 2025-01-09."""


def test_a_finding_makes_only_later_credits_count_and_leaves_validity_alone():
    given = facts(CERTIFIED, found("2024-06-01", due="10d"), quiz("2024-07-01"))
    for on, overlays in (
        ("2024-05-31", set()),
        ("2024-06-01", {Overlay.SUPPLEMENT_DUE}),
        ("2024-06-11", {Overlay.SUPPLEMENT_DUE}),
        ("2024-06-12", {Overlay.SUPPLEMENT_OVERDUE}),
        ("2024-06-30", {Overlay.SUPPLEMENT_OVERDUE}),
        ("2024-07-01", set()),
    ):
        standing = status(given, day(on))
        assert (standing.state, standing.overlays) == ("certified", overlays)
    assert standing.valid_until == day("2025-03-10")
    early = facts(
        found("2024-03-20"), course("2024-02-20"), assigned("2024-03-15", source=SourceKind.FINDING)
    )
    assert status(early, day("2024-03-20")).state == "certified"


def test_a_finding_in_the_window_begins_the_renewal_anew():
    pair = programme(renewal=(COURSE, Requirement(Need.QUIZ, "refresher")))
    rows = (pair, CERTIFIED, quiz("2025-01-20"), course("2025-02-20"))
    assert status(facts(*rows), day("2025-02-20")).valid_until == day("2026-03-10")
    again = facts(*rows, found("2025-02-01"))
    assert status(again, day("2025-02-20")).state == "renewal_open"
    assert [each.n for each in periods(again, day("2025-02-20")) if each.is_open] == [3]


def test_a_material_change_is_owed_by_holders_of_older_credit_and_met_by_any_later_run():
    change = text_of(Need.COURSE, "confidentiality", 2, "2024-06-01", due="10d")
    given = facts(CERTIFIED, change, course("2024-06-20", version=2, partial=True))
    for on, overlays in (
        ("2024-05-31", set()),
        ("2024-06-01", {Overlay.SUPPLEMENT_DUE}),
        ("2024-06-11", {Overlay.SUPPLEMENT_DUE}),
        ("2024-06-12", {Overlay.SUPPLEMENT_OVERDUE}),
        ("2024-06-20", set()),
    ):
        assert (status(given, day(on)).state, status(given, day(on)).overlays) == ("certified", overlays)


def test_after_a_material_change_only_runs_on_the_new_text_count():
    change = text_of(Need.COURSE, "confidentiality", 2, "2024-03-05")
    assert status(facts(change, course("2024-03-10")), day("2024-03-10")).state == "assigned"
    assert status(facts(change, course("2024-03-04")), day("2024-03-06")).overlays == {Overlay.SUPPLEMENT_DUE}
    assert status(facts(change, course("2024-03-10", version=2)), day("2024-03-10")).state == "certified"


def test_a_standing_requirement_holds_only_for_the_current_agreement():
    rules = programme(initial=(COURSE, Requirement(Need.AGREEMENT, "nda")))
    first, second = (
        text_of(Need.AGREEMENT, "nda", n, on) for n, on in ((1, "2020-01-01"), (2, "2024-03-08"))
    )
    rows = (rules, first, second, CERTIFIED, signed("2024-03-02", 1))
    assert status(facts(*rows), day("2024-03-10")).state == "assigned"
    standing = status(facts(*rows, signed("2024-03-20", 2)), day("2024-03-20"))
    assert (standing.state, standing.valid_until) == ("certified", day("2025-03-20"))


def test_another_programme_must_be_held_on_the_day_and_may_lapse_later():
    rules = programme(initial=(COURSE, Requirement(Need.PROGRAMME, "onboarding")))
    held = {"onboarding": ((day("2024-03-20"), day("2024-03-25")),)}
    given = facts(rules, CERTIFIED, held=held)
    assert [status(given, day(on)).state for on in ("2024-03-19", "2024-03-20", "2024-03-26")] == [
        "assigned",
        "certified",
        "certified",
    ]


def test_a_pool_asks_for_different_cases_not_met_before():
    rules = programme(initial=(Requirement(Need.CASE_FROM, "gifts", not_seen=2),))
    one = credit("2024-03-05", Need.CASE, "a", pools=("gifts",))
    same = credit("2024-03-06", Need.CASE, "a", pools=("gifts",))
    met = credit("2024-03-07", Need.CASE, "b", pools=("gifts",), repeat=True)
    new = credit("2024-03-08", Need.CASE, "b", pools=("gifts",))
    assert status(facts(rules, one, same, met), day("2024-03-09")).state == "assigned"
    assert status(facts(rules, one, same, met, new), day("2024-03-08")).state == "certified"
