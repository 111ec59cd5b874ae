"""Properties of what is kept, each on real databases; the numbers are those of docs/certification.md."""

import csv
import io
import json
import os
import time
from datetime import date, timedelta
from itertools import pairwise, permutations
from threading import Barrier, Thread
from uuid import uuid4

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from lms import cli
from lms.approvals.rules import Approved
from lms.audit.events import record
from lms.audit.models import AuditEvent
from lms.certification import actions, queries
from lms.certification.models import Certificate, CreditRow, PeriodRow
from lms.certification.presenting import standing_document
from lms.certification.queries import facts_for
from lms.certification.rules import Need
from lms.certification.rules_moving import look_of
from lms.core import clock
from lms.core.access import Role
from lms.core.db import By
from lms.core.errors import Conflict, Invalid
from lms.notices.models import Job, NoticeRow
from lms.people.actions import issue_token
from lms.quizzes.rules import AttemptScored, QuizKind
from tests.certification.fresh import ON_A_DATABASE, Beginning
from tests.certification.loop import Firm, finish, instant
from tests.certification.test_caches import kept

ANNUAL = "annual-confidentiality"
START = date(2025, 2, 3)


@pytest.fixture
def beginning(database):
    return Beginning(database)


def after(days):
    return START + timedelta(days=days)


def count(firm, table):
    with firm.database.reading() as session:
        return session.scalar(select(func.count()).select_from(table))


lives = st.fixed_dictionaries(
    {
        "done": st.integers(0, 60),
        "away": st.none() | st.tuples(st.integers(0, 420), st.integers(0, 40)),
        "renewed": st.none() | st.integers(400, 480),
    }
)
sweeping = st.lists(st.integers(1, 520), max_size=12)


def lived(firm, life, sweeps, times=1):
    """Ana lives it; the sweep runs so many times on each of some days, and at the end."""
    ana = firm.hire("ana", START)
    acts = [(life["done"], lambda on: firm.onboard(ana, on))]
    if life["away"]:
        first, length = life["away"]
        until = after(first + length).isoformat()
        acts.append((first, lambda on: firm.employ(ana, "absence", on, until_on=until)))
    if life["renewed"]:
        acts.append((life["renewed"], lambda on: firm.renew(ana, on)))
    acts += [(day, lambda on: [firm.sweep(on) for _ in range(times)]) for day in (*sweeps, 521)]
    for day, act in sorted(acts, key=lambda each: each[0]):
        act(after(day).isoformat())
    return ana


@ON_A_DATABASE
@given(life=lives, sweeps=sweeping, times=st.integers(2, 3))
def test_property_1_the_sweep_may_run_often_or_not_for_long(beginning, life, sweeps, times):
    often = beginning.again()
    lived(often, life, sweeps, times)
    first = kept(often.database)
    events = count(often, AuditEvent)
    often.sweep(after(521).isoformat())
    assert count(often, AuditEvent) == events
    seldom = beginning.again()
    lived(seldom, life, [])
    second = kept(seldom.database)
    for name in ("AssignmentRow", "AssignmentEnd", "Certificate", "PeriodRow", "StandingRow", "StandingSpan"):
        assert first[name] == second[name], name
    assert len(first["told"]) == len(second["told"])


def shown_days(client, firm, ana, number, path, capsys):
    """The days of one certification as everything that leaves the system states them."""
    api = client.get(f"/api/v1/standings?programme={ANNUAL}", headers=firm.token).get_json()["rows"][0]
    page = client.get(f"/certificates/{number}.json").get_json()
    with firm.database.reading() as session:
        notices = session.scalars(select(NoticeRow).where(NoticeRow.person_id == ana)).all()
        params = [json.loads(each.params) for each in notices if each.code == "certified"]
    assert cli.main(["report", "standings", "--programme", ANNUAL, "--out", str(path)]) == 0
    rows = list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8-sig"))))
    assert cli.main(["standing", "ana", ANNUAL, "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    return (
        (api["valid_from"], api["valid_until"]),
        (page["valid_from"], page["valid_until"]),
        (told["valid_from"], told["valid_until"]),
        sorted(json.dumps(each, sort_keys=True) for each in params),
        sorted(json.dumps(each, sort_keys=True) for each in rows),
    )


@pytest.mark.parametrize(
    ("day", "moment", "valid_from"),
    [("2026-03-10", "23:59:59", "2026-03-11"), ("2026-03-11", "00:00:00", "2026-03-11")],
)
def test_property_9_the_last_second_counts_for_its_day(database, day, moment, valid_from):
    firm = Firm(database)
    ana = firm.hire("ana", "2025-02-03")
    firm.onboard(ana, "2025-03-10")
    firm.finish(ana, "quiz", ANNUAL, day, moment)
    with database.reading() as session:
        credit = session.scalar(select(CreditRow).where(CreditRow.target == ANNUAL))
        newest = session.scalars(
            select(Certificate).where(Certificate.programme == ANNUAL).order_by(Certificate.valid_from)
        ).all()[-1]
        assert credit.occurred_on.isoformat() == day
        assert newest.completed_on.isoformat() == day
        assert newest.valid_from.isoformat() == valid_from


def _facts(firm, person, programme=ANNUAL):
    with firm.database.reading() as session:
        return facts_for(session, [person], [programme])[person, programme]


@pytest.fixture
def told_world(database, settings, monkeypatch):
    firm = Firm(database)
    firm.today = clock.today(settings.zone)
    ana = firm.hire("ana", firm.today - timedelta(days=100))
    firm.onboard(ana, firm.today - timedelta(days=40))
    with database.transaction(By("tests")) as session:
        until = clock.now() + timedelta(days=1)
        token = issue_token(session, ana, "x", ("standings:read",), until, clock.now())
        number = session.scalar(select(Certificate.number).where(Certificate.programme == ANNUAL))
    firm.token = {"Authorization": f"Bearer {token}"}
    monkeypatch.setenv("LMS_DATABASE_URL", settings.database_url)
    monkeypatch.setenv("LMS_SECRET_KEY", settings.secret_key)
    monkeypatch.setenv("LMS_INSTANCE", str(settings.instance))
    yield firm, ana, number
    os.environ.pop("TZ", None)
    time.tzset()


@ON_A_DATABASE
@given(hours=st.integers(-12, 14))
def test_property_9_everything_shows_the_same_day_to_a_viewer_in_any_zone(
    told_world, client, tmp_path, capsys, hours
):
    firm, ana, number = told_world
    os.environ["TZ"] = "UTC"
    time.tzset()
    expected = shown_days(client, firm, ana, number, tmp_path / "one.csv", capsys)
    assert expected[0] == expected[1] == expected[2]
    assert expected[0][0] == (firm.today - timedelta(days=40)).isoformat()
    os.environ["TZ"] = f"<{hours:+03d}>{-hours:+d}"
    time.tzset()
    assert shown_days(client, firm, ana, number, tmp_path / "two.csv", capsys) == expected


@ON_A_DATABASE
@given(done=st.integers(0, 30), ahead=st.integers(1, 400))
def test_property_17_entering_twice_is_entering_once_and_the_future_is_refused(beginning, done, ahead):
    firm = beginning.again()
    ana, carla = firm.hire("ana", START), firm.hire("carla", START, roles=(Role.HR,))
    day = after(done + 1).isoformat()

    def ask(on, entering=False):
        new = actions.NewCredit(ana, Need.COURSE, "professional-ethics", on, "List of attendance")
        with firm.doing(day) as session:
            asked = actions.ask_credit(session, carla, new, instant(day))
            if entering:
                arguments = json.loads(asked.payload)
                approved = Approved(
                    subject="approval:x", occurred_at=instant(day), approval_kind="credit", arguments=arguments,
                    asked_by=carla, approved_by=uuid4(), reason="x",
                )  # fmt: skip
                actions.enter_credit(session, approved)

    ask(after(done), entering=True)
    rows = count(firm, CreditRow)
    with pytest.raises(Conflict):
        ask(after(done), entering=True)
    with pytest.raises(Invalid):
        ask(after(done + 1 + ahead), entering=True)
    assert count(firm, CreditRow) == rows == 1


@ON_A_DATABASE
@given(later=st.integers(1, 300), score=st.integers(0, 99))
def test_property_19_a_score_lowered_later_revokes_nothing(beginning, later, score):
    firm = beginning.again()
    ana = firm.hire("ana", START)
    firm.onboard(ana, after(5).isoformat())
    before = look_of(_facts(firm, ana), after(5 + later))
    rows = count(firm, CreditRow), count(firm, Certificate)
    with firm.database.reading() as session:
        run = session.scalar(select(CreditRow.source_key).where(CreditRow.target == "onboarding-final"))
    at = instant(after(5 + later))
    lowered = AttemptScored(
        subject="attempt:x", occurred_at=at, person_id=ana, quiz_kind=QuizKind.EXAMINATION,
        quiz_id="onboarding-final", run_id=run.removeprefix("run:"), passed=False,
        attempt_id=uuid4(), version_id=1, score=f"{score}/100", credited_on=after(5 + later),
    )  # fmt: skip
    with firm.doing(after(5 + later)) as session:
        record(session, lowered)
    firm.sweep(after(5 + later).isoformat())
    assert look_of(_facts(firm, ana), after(5 + later)) == before
    assert (count(firm, CreditRow), count(firm, Certificate)) == rows


@ON_A_DATABASE
@given(sweeps=st.lists(st.integers(1, 60), max_size=20), twice=st.booleans())
def test_property_23_one_reminder_a_recipient_period_step_day_and_channel(beginning, sweeps, twice):
    firm = beginning.again()
    ana = firm.hire("ana", START)
    for day in sorted(sweeps):
        for _ in range(1 + twice):
            firm.sweep(after(day).isoformat())
    with firm.database.reading() as session:
        notices = session.scalars(select(NoticeRow).where(NoticeRow.person_id == ana)).all()
        told = [(each.code, each.key) for each in notices]
        jobs = session.scalars(select(Job.key).where(Job.kind == "mail", Job.key.is_not(None))).all()
    assert len(told) == len(set(told))
    assert len(jobs) == len(set(jobs))
    steps = [key for code, key in told if code == "due_soon"]
    assert len(steps) <= 2


def act_on(firm, ana, act, day):
    if act == "sweep":
        firm.sweep(day)
        return
    with firm.doing(day) as session:
        if act == "pass":
            finish(session, ana, "quiz", ANNUAL, instant(day))
        elif act == "revoke":
            arguments = {
                "person": str(ana), "programme": ANNUAL, "target": "", "from_on": None, "until_on": None,
            }  # fmt: skip
            approved = Approved(
                subject="approval:x", occurred_at=instant(day), approval_kind="revocation", arguments=arguments,
                asked_by=uuid4(), approved_by=uuid4(), reason="Sent a client's file home.",
            )  # fmt: skip
            actions.decide(session, approved)
        else:
            actions.reassess(session, ana, instant(day))


def outcome(firm, ana, day):
    with firm.database.reading() as session:
        twice = select(Certificate.period_id).group_by(Certificate.period_id).having(func.count() > 1)
        assert session.scalars(twice.where(Certificate.supersedes_id.is_(None))).all() == []
        periods = session.scalar(
            select(func.count()).select_from(PeriodRow).where(PeriodRow.voided_at.is_(None))
        )
        certificates = session.scalar(select(func.count()).select_from(Certificate))
    assert firm.check(day) == []
    row = firm.row(ana)
    return row.state, row.valid_until, row.overlays, periods, certificates


@settings(ON_A_DATABASE, max_examples=3)
@given(acts=st.lists(st.sampled_from(("pass", "sweep", "revoke", "assess")), min_size=2, max_size=3))
def test_property_24_what_runs_at_once_ends_as_some_serial_order(beginning, acts):
    day = "2026-03-05"

    def begun():
        firm = beginning.again()
        ana = firm.hire("ana", START)
        firm.onboard(ana, "2025-03-10")
        return firm, ana

    serial = set()
    for order in set(permutations(acts)):
        firm, ana = begun()
        for act in order:
            act_on(firm, ana, act, day)
        firm.sweep(day)
        serial.add(outcome(firm, ana, day))
    firm, ana = begun()
    barrier, errors = Barrier(len(acts)), []

    def run(act):
        barrier.wait()
        try:
            act_on(firm, ana, act, day)
        except Exception as error:  # noqa: BLE001 - a thread tells what befell it
            errors.append(repr(error)[:300])

    threads = [Thread(target=run, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    firm.sweep(day)
    assert outcome(firm, ana, day) in serial


def test_spans_of_a_kept_firm_do_not_overlap(beginning):
    firm = beginning.again()
    ana = lived(firm, {"done": 5, "away": None, "renewed": 420}, [])
    with firm.database.reading() as session:
        found = queries.spans_of(session, [ana])[ana, ANNUAL]
    assert all(one.last_on < other.from_on for one, other in pairwise(found))
    assert standing_document(firm.ask(ana, after(521).isoformat()))["state"]
