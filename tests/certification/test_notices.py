"""Reminders: each once a recipient, period, step and day; the latest missed one only; nobody on leave."""

import json
from datetime import date
from threading import Barrier, Thread

import pytest
from sqlalchemy import select

from lms.certification.actions import reassess
from lms.notices.models import DigestLine, NoticeRow
from lms.people.actions import set_lead
from tests.certification.loop import Firm, instant


@pytest.fixture
def firm(database):
    found = Firm(database)
    found.bruno = found.hire("bruno", "2025-01-02")
    with found.doing("2025-01-02") as session:
        set_lead(session, found.unit, found.bruno, date(2025, 1, 2), instant("2025-01-02"))
    return found


def told(firm, person, about=None):
    with firm.database.reading() as session:
        rows = session.scalars(
            select(NoticeRow).where(NoticeRow.person_id == person).order_by(NoticeRow.created_at)
        )
        return [row.code for row in rows if about is None or about in row.key]


def test_a_person_is_told_in_time_and_the_manager_once_it_is_late(firm):
    ana = firm.hire("ana", "2025-02-03")
    assert told(firm, ana) == ["assigned"]
    for day in range(4, 29):
        firm.sweep(date(2025, 2, day))
    assert told(firm, ana) == ["assigned", "due_soon"]
    firm.sweep("2025-03-02")
    firm.sweep("2025-03-02")
    assert told(firm, ana) == ["assigned", "due_soon", "due_soon"]
    assert told(firm, firm.bruno, str(ana)) == []
    firm.sweep("2025-03-06")
    assert told(firm, ana)[-1] == "overdue"
    assert told(firm, firm.bruno, str(ana)) == ["team_overdue"]
    with firm.database.reading() as session:
        notice = session.scalar(select(NoticeRow).where(NoticeRow.code == "team_overdue"))
        assert json.loads(notice.params)["name"]["en"] == "Ana"


def test_after_an_outage_only_the_latest_step_goes_out(firm):
    ana = firm.hire("ana", "2025-02-03")
    firm.sweep("2025-03-03")
    assert told(firm, ana) == ["assigned", "due_soon"]
    with firm.database.reading() as session:
        keys = [row.key for row in session.scalars(select(NoticeRow).where(NoticeRow.person_id == ana))]
    assert any("before_due:3d" in key for key in keys)
    assert not any("before_due:14d" in key for key in keys)


def test_nobody_on_leave_is_written_to(firm):
    ana = firm.hire("ana", "2025-02-03")
    firm.employ(ana, "absence", "2025-02-04", until_on="2025-04-30")
    for day in ("2025-02-19", "2025-03-02", "2025-03-06", "2025-03-20"):
        firm.sweep(day)
    assert told(firm, ana) == ["assigned"]
    firm.sweep("2025-05-20")
    assert told(firm, ana) == ["assigned", "due_soon"]


def test_the_window_is_announced_once(firm):
    ana = firm.hire("ana", "2025-02-03")
    firm.onboard(ana, "2025-02-10")
    assert sorted(told(firm, ana)) == ["assigned", "certified", "certified"]
    firm.sweep("2025-12-12")
    firm.sweep("2025-12-13")
    assert told(firm, ana)[3:] == ["expires_soon"]
    firm.sweep("2026-02-11")
    assert told(firm, ana)[-1] == "grace"


def test_two_workers_at_once_write_once(firm):
    ana = firm.hire("ana", "2025-02-03")
    barrier, errors = Barrier(2), []

    def work():
        barrier.wait()
        try:
            firm.sweep("2025-02-19")
        except Exception as error:  # noqa: BLE001 - a thread tells what befell it
            errors.append(error)

    threads = [Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    assert told(firm, ana) == ["assigned", "due_soon"]
    with firm.doing("2025-02-19") as session:
        reassess(session, ana, instant("2025-02-19"))
    assert told(firm, ana) == ["assigned", "due_soon"]
    with firm.database.reading() as session:
        lines = session.scalars(select(DigestLine.step).where(DigestLine.step.contains("before_due"))).all()
        assert lines == ["before_due:14d"]
