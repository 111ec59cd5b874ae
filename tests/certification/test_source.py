"""A programme's file and its rules agree: whatever reading accepts, certification loads."""

from datetime import UTC, date, datetime

from hypothesis import given, settings
from hypothesis import strategies as st

from lms.certification.rules_programmes import refusals
from lms.certification.rules_words import Kind, Mode, Need
from lms.certification.source import read_programme
from lms.core.dates import Duration, Unit

PUBLISHED = ("v1", date(2026, 1, 1), datetime(2026, 1, 1, tzinfo=UTC))
HEAD = "programme: p\ntitle: {zh: 一, en: P}\nkind: qualification\n"


def test_a_file_becomes_the_rules_it_states():
    text = HEAD + (
        "due: 1m\nperiod: 24m\nrenewal: fixed\ngrid: ['12-31', '06-30']\nminimum_active: 3m\nwindow: 60d\n"
        "grace: 14d\nlong_lapse: 12m\nroll_holidays: true\n"
        "initial: [{course: c}, {case_from: pool, not_seen: 1}]\nremind: {before_due: [3d]}\n"
    )
    source, found = read_programme("content/programmes/p.yml", text.encode())
    assert found == []
    rules = source.rules(*PUBLISHED)
    assert (rules.kind, rules.mode, rules.period_months) == (Kind.QUALIFICATION, Mode.FIXED, 24)
    assert rules.due == Duration(1, Unit.MONTHS)
    assert rules.grid == ((6, 30), (12, 31))
    assert [(one.need, one.not_seen) for one in rules.initial] == [(Need.COURSE, 0), (Need.CASE_FROM, 1)]
    assert rules.renewal == ()
    assert [step.at for step in rules.remind.before_due] == [Duration(3)]
    assert refusals(rules) == []


SPANS = st.tuples(st.integers(0, 400), st.sampled_from("dm")).map(lambda one: f"{one[0]}{one[1]}")


@settings(max_examples=200, deadline=None)
@given(
    st.fixed_dictionaries(
        {"due": SPANS},
        optional={
            "period": st.integers(0, 36).map(lambda months: f"{months}m"),
            "renewal": st.sampled_from(["rolling", "anniversary", "fixed", "never"]),
            "grid": st.lists(st.sampled_from(['"12-31"', '"06-30"', '"02-29"', '"02-30"'])).map(
                lambda days: f"[{', '.join(days)}]"
            ),
            **dict.fromkeys(("minimum_active", "window", "grace", "look_back", "long_lapse"), SPANS),
            "renewal_path": st.sampled_from(
                ["[{agreement: a}]", "[{quiz: q}]", "[{quiz: q}, {quiz: q}]", "[]"]
            ),
        },
    )
)
def test_what_reading_accepts_certification_does_not_refuse(keys):
    text = HEAD + "initial: [{course: c}]\n" + "".join(f"{key}: {value}\n" for key, value in keys.items())
    source, found = read_programme("content/programmes/p.yml", text.encode())
    assert found or refusals(source.rules(*PUBLISHED)) == []
