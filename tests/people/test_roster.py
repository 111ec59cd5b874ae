"""The roster: what a file says, what it would change, and that saying it twice changes nothing."""

import csv
import io
from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lms.audit.models import AuditEvent
from lms.core import clock
from lms.core.access import Role
from lms.core.errors import Invalid
from lms.people import actions, queries, roster, rosterfile
from lms.people.models import Identity
from lms.people.queries import firm_day
from lms.people.rules import EmploymentKind, NewFact
from tests.factories import BY

HEAD = "staff_number,name_zh,name_en,mail,unit,roles,manager,joined_on,left_on\n"
FIRST = HEAD + (
    "1001,安娜,Ana Silva,ana@firm.test,总部/North,learner,1002,2025-03-01,\n"
    "1002,鲍宁,Bruno,bruno@firm.test,总部/North,author,1003,2024-01-15,\n"
    "1003,柯岚,Carla,carla@firm.test,总部,hr;conduct officer,,2020/1/2,\n"
)


def plan_of(session, text, at=None, importer=None):
    data = text if isinstance(text, bytes) else text.encode()
    return roster.compare(rosterfile.read(data), queries.roster_state(session, at or clock.now(), importer))


def take(database, text, at=None):
    """Import a roster; return the plan that was carried out."""
    with database.transaction(BY) as session:
        plan = plan_of(session, text, at)
        actions.import_roster(session, plan, at or clock.now())
    return plan


def problems(plan):
    return [(each.line, each.column) for each in plan.problems]


def steps(plan):
    return [(step.kind, step.line) for step in plan.steps]


def person(session, number):
    row = queries.person(session, queries.person_named(session, number))
    return row, set(queries.roles_of(session, row.id))


def test_a_first_roster_makes_units_people_roles_and_line_managers(database):
    plan = take(database, FIRST)
    assert [made.path for made in plan.units] == [("总部", "North"), ("总部",)][::-1]
    with database.reading() as session:
        ana, roles = person(session, "1001")
        assert (ana.name, ana.mail) == ({"zh": "安娜", "en": "Ana Silva"}, "ana@firm.test")
        assert (ana.unit["en"], ana.joined_on, roles) == ("North", date(2025, 3, 1), set())
        bruno, roles = person(session, "1002")
        assert roles == {Role.AUTHOR}
        carla, roles = person(session, "1003")
        assert roles == {Role.HR, Role.CONDUCT_OFFICER}
        on = firm_day(session, clock.now())
        assert queries.managers_of(session, [ana.id, bruno.id, carla.id], on) == {ana.id: bruno.id}


def test_the_same_roster_twice_changes_nothing(database):
    take(database, FIRST)
    with database.reading() as session:
        before = session.query(AuditEvent).count()
    again = take(database, FIRST)
    assert again.is_empty
    with database.reading() as session:
        assert session.query(AuditEvent).count() == before


def test_a_second_roster_moves_changes_and_ends(database):
    take(database, FIRST)
    second = HEAD + (
        "1001,安娜,Ana Silva,,总部,learner,,2025-03-01,\n"
        "1002,鲍宁,Bruno B.,bruno@firm.test,总部/North,learner,,2024-01-15,2031-05-31\n"
        "1004,,Newcomer,,总部/North/Desk,,1002,2025-06-01,\n"
    )
    plan = take(database, second)
    assert steps(plan) == [
        ("join", 4), ("identity", 2), ("identity", 3), ("move", 2), ("leave", 3), ("role", 3), ("lead", 4)
    ]  # fmt: skip
    assert plan.unmentioned == 1
    with database.reading() as session:
        ana, _ = person(session, "1001")
        assert (ana.mail, ana.unit["zh"]) == ("ana@firm.test", "总部")
        assert queries.mail_change_waiting(session, ana.id).new_mail == ""
        bruno, roles = person(session, "1002")
        assert (bruno.name["en"], bruno.left_on, roles) == ("Bruno B.", date(2031, 5, 31), set())
        assert person(session, "1003")[1] == {Role.HR, Role.CONDUCT_OFFICER}
    assert take(database, second).is_empty


@pytest.mark.parametrize(
    ("line", "column"),
    [
        (",安娜,Ana,,总部,,,2025-03-01,", "staff_number"),
        ("9,,,,总部,,,2025-03-01,", "name_zh"),
        ("9,安娜,,,,,,2025-03-01,", "unit"),
        ("9,安娜,,,Nowhere,,,2025-03-01,", "unit"),
        ("9,安娜,,,总部,king,,2025-03-01,", "roles"),
        ("9,安娜,,,总部,,,,", "joined_on"),
        ("9,安娜,,,总部,,,01.03.2025,", "joined_on"),
        ("9,安娜,,,总部,,,2025-02-29,", "joined_on"),
        ("9,安娜,,,总部,,,2025-03-01,2025-02-28", "left_on"),
        ("9,安娜,,,总部,,,2025-03-01,soon", "left_on"),
        ("9,安娜,,,总部,,4711,2025-03-01,", "manager"),
        ("9,安娜,,,总部,,,2025-03-01,,extra", ""),
        ("9,安\x07娜,,,总部,,,2025-03-01,", "name_zh"),
        ("1003,柯岚,Carla,,总部,,,2021-01-01,", "joined_on"),
    ],
)
def test_every_bad_line_is_named_and_nothing_is_imported(database, line, column):
    take(database, FIRST)
    text = HEAD + "9001,好人,Fine,,总部,,,2025-03-01,\n" + line + "\n"
    with database.transaction(BY) as session:
        plan = plan_of(session, text)
        assert problems(plan) == [(3, column)]
        with pytest.raises(Invalid):
            actions.import_roster(session, plan, clock.now())
    with database.reading() as session:
        assert session.query(Identity).count() == 3


def test_all_problems_are_told_at_once(database):
    text = (
        HEAD
        + "1,,,,X,,,2025-03-01,\n,a,,,X,,,bad,\n1,a,,,X,,,2025-03-01,\n5,a,,,X,,,2025-03-01,\n5,a,,,X,,,2025-03-09,\n"
    )
    with database.reading() as session:
        plan = plan_of(session, text)
    assert problems(plan) == [
        (2, "name_zh"),
        (3, "joined_on"),
        (3, "staff_number"),
        (4, "staff_number"),
        (6, "staff_number"),
    ]


@pytest.mark.parametrize(
    ("heading", "columns"),
    [
        ("", [""]),
        ("staff_number,name_zh,unit,joined_on,salary", ["salary"]),
        ("name_zh", ["joined_on", "staff_number", "unit"]),
        ("staff_number,unit,joined_on", ["name_zh"]),
        ("staff_number,name_zh,unit,joined_on,unit", ["unit", "unit"]),
    ],
)
def test_the_heading_is_checked_first(heading, columns):
    file = rosterfile.read(f"{heading}\n1,2,3,2025-01-01,5\n".encode())
    assert sorted(each.column for each in file.problems) == columns
    assert file.rows == ()


@pytest.mark.parametrize(
    ("data", "encoding"),
    [
        (FIRST.encode("utf-8"), "UTF-8"),
        (FIRST.encode("utf-8-sig"), "UTF-8"),
        (FIRST.encode("gb18030"), "GB18030"),
        (
            FIRST.replace("\n", "\r\n")
            .replace(",", ";")
            .replace("hr;conduct", "hr、conduct")
            .encode("gb18030"),
            "GB18030",
        ),
    ],
)
def test_a_roster_is_read_in_the_encodings_and_forms_that_spreadsheets_write(data, encoding):
    file = rosterfile.read(data)
    assert file.encoding == encoding
    assert file.problems == ()
    assert [row.name_zh for row in file.rows] == ["安娜", "鲍宁", "柯岚"]


def test_a_number_given_again_makes_a_new_person(database):
    take(database, FIRST)
    left = HEAD + "1001,安娜,Ana Silva,ana@firm.test,总部/North,,,2025-03-01,2025-12-31\n"
    take(database, left)
    both = left + "1001,新来,New One,new@firm.test,总部,,,2026-02-01,\n"
    plan = take(database, both)
    assert steps(plan) == [("join", 3)]
    with database.reading() as session:
        old, new = session.query(Identity).filter_by(staff_number="1001").order_by(Identity.number_in_use)
        assert (old.name_en, old.number_in_use, new.name_en, new.number_in_use) == (
            "Ana Silva", False, "New One", True
        )  # fmt: skip
        assert old.username != new.username
    assert take(database, both).is_empty


def test_one_file_may_hold_everybody_who_ever_had_a_number(database):
    text = HEAD + (
        "1,,Third,,Firm,author,,2026-02-01,\n"
        "1,,First,,Firm,,,2020-02-01,2021-01-31\n"
        "1,,Second,,Firm,,,2022-02-01,2022-12-31\n"
        "2,,Boss,,Firm,,,2020-02-01,\n"
    )
    with database.reading() as session:
        assert problems(plan_of(session, text)) == [(3, "staff_number"), (4, "staff_number")]
    head, third, first, second, boss = text.splitlines(keepends=True)
    plan = take(database, head + first + second + third + boss)
    assert len(plan.of("join")) == 4
    assert take(database, head + first + second + third + boss).is_empty
    with database.reading() as session:
        names = session.query(Identity.name_en, Identity.number_in_use).order_by(Identity.username).all()
    assert [tuple(each) for each in names] == [
        ("First", False),
        ("Second", False),
        ("Third", True),
        ("Boss", True),
    ]


def test_a_number_is_not_given_again_while_its_owner_is_still_here(database):
    take(database, FIRST)
    leaving = HEAD + "1001,安娜,Ana Silva,ana@firm.test,总部/North,,,2025-03-01,2031-12-31\n"
    take(database, leaving)
    with database.reading() as session:
        plan = plan_of(session, leaving + "1001,,Next,,总部,,,2032-01-01,\n")
        assert problems(plan) == [(3, "staff_number")]


def test_a_roster_does_not_undo_a_leave_but_says_so(database):
    take(database, FIRST)
    with database.transaction(BY) as session:
        ana = queries.person_named(session, "1001")
        actions.record_employment(session, ana, NewFact(EmploymentKind.LEAVE, date(2031, 1, 1)), clock.now())
        assert problems(plan_of(session, FIRST)) == [(2, "left_on")]


def test_a_unit_with_two_line_managers_is_a_problem(database):
    take(database, FIRST)
    text = HEAD + ("2001,,One,,总部/East,,1001,2025-03-01,\n2002,,Two,,总部/East,,1002,2025-03-01,\n")
    with database.reading() as session:
        assert problems(plan_of(session, text)) == [(2, "manager"), (3, "manager")]


def test_roles_that_take_two_people_are_given_only_while_there_is_no_second(database):
    take(database, FIRST)
    text = HEAD + "".join(f"30{n},,P{n},,总部,{role},,2025-03-01,\n" for n, role in
                          ((1, "administrator"), (2, "approver"), (3, "auditor"), (4, "author")))  # fmt: skip
    plan = take(database, text)
    assert [(each.line, each.column) for each in plan.notes] == [(3, "roles"), (4, "roles")]
    with database.reading() as session:
        assert [person(session, f"30{n}")[1] for n in (1, 2, 3, 4)] == [
            {Role.ADMINISTRATOR}, set(), set(), {Role.AUTHOR}
        ]  # fmt: skip
    assert take(database, text).is_empty


def test_nobody_gives_a_role_to_themselves_by_a_roster(database):
    take(database, FIRST)
    text = HEAD + "1003,柯岚,Carla,carla@firm.test,总部,hr;conduct_officer;administrator,,2020-01-02,\n"
    with database.reading() as session:
        plan = plan_of(session, text, importer=queries.person_named(session, "1003"))
    assert plan.is_empty
    assert [(each.line, each.column) for each in plan.notes] == [(2, "roles")]


def test_a_unit_is_named_by_its_code_its_name_or_its_path(database):
    take(database, FIRST)
    ways = ("North", "总部/North", "总部 / North", "总部／North")
    for way in ways:
        text = HEAD + f"1001,安娜,Ana Silva,ana@firm.test,{way},,,2025-03-01,\n"
        with database.reading() as session:
            assert plan_of(session, text).is_empty, way


def test_a_roster_of_people_to_come_and_people_gone_is_read_as_it_stands(database):
    at = clock.now()
    day = at.date()
    text = HEAD + (
        f"1,,Soon,,Firm,author,,{day + timedelta(days=20)},\n"
        f"2,,Gone,,Firm,author,,{day - timedelta(days=90)},{day - timedelta(days=9)}\n"
    )
    take(database, text)
    assert take(database, text).is_empty
    with database.reading() as session:
        assert queries.people_in(session) == []
        assert session.query(Identity).filter_by(staff_number="2").one().number_in_use is False
        assert session.query(Identity).filter_by(staff_number="1").one().number_in_use is True


def written(rows):
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(rosterfile.COLUMNS)
    writer.writerows(rows)
    return out.getvalue()


NUMBERS = st.sampled_from(["1", "2", "3", "4", "5"])
CELLS = st.sampled_from(["甲", "Ana", "乙 丙", "O'Neil"])
PATHS = st.sampled_from(["Firm/East", "Firm/West", "Firm", "Firm/East/Desk"])
DAYS = st.sampled_from([date(2024, 5, 1), date(2025, 2, 1), date(2026, 3, 1)])
MAILS, ROLES = st.sampled_from(["", "a@b.test"]), st.sampled_from(["", "author", "learner"])
ROWS = st.tuples(
    NUMBERS, CELLS, CELLS, MAILS, PATHS, ROLES,
    NUMBERS | st.just(""), DAYS, st.none() | st.sampled_from([date(2024, 9, 9), date(2026, 4, 30), date(2033, 1, 1)]),
)  # fmt: skip


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.lists(ROWS, min_size=1, max_size=6), min_size=1, max_size=3))
def test_whatever_was_imported_is_nothing_new_the_next_time(database, files):
    with database.transaction(BY) as session:
        for rows in files:
            text = written([[cell or "" for cell in row] for row in rows])
            plan = plan_of(session, text)
            if plan.problems:
                continue
            actions.import_roster(session, plan, clock.now())
            assert plan_of(session, text).is_empty
        session.rollback()


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=400) | st.text(max_size=400).map(lambda text: (HEAD + text).encode()))
def test_any_bytes_are_read_or_refused_with_a_line(data):
    file = rosterfile.read(data)
    assert all(problem.line >= 1 for problem in file.problems)
    assert all(row.staff_number and row.unit for row in file.rows)
