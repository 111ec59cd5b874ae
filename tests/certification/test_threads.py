"""A pass, the sweep and a revocation at once end as some serial order of them."""

from datetime import date
from itertools import pairwise
from threading import Barrier, Thread
from uuid import uuid4

from sqlalchemy import func, select

from lms.approvals.rules import Approved
from lms.certification import actions
from lms.certification.models import Certificate, CreditRow, PeriodRow, StandingRow, StandingSpan
from tests.certification.loop import Firm, finish, instant

DAY = "2026-03-05"


def test_eight_threads_make_one_certificate_a_period(database):
    firm = Firm(database)
    ana, ben = firm.hire("ana", "2025-02-03"), firm.hire("ben", "2025-02-03")
    for person in (ana, ben):
        firm.onboard(person, "2025-03-10")
    barrier, errors = Barrier(8), []

    def passing(person):
        with firm.doing(DAY) as session:
            finish(session, person, "quiz", "annual-confidentiality", instant(DAY))

    def revoking(person):
        with firm.doing(DAY) as session:
            arguments = {
                "person": str(person), "programme": "annual-confidentiality", "target": "", "from_on": None,
                "until_on": None,
            }  # fmt: skip
            approved = Approved(
                subject="approval:x", occurred_at=instant(DAY), approval_kind="revocation", arguments=arguments,
                asked_by=uuid4(), approved_by=uuid4(), reason="Sent a client's file home.",
            )  # fmt: skip
            actions.decide(session, approved)

    work = [
        lambda: passing(ana), lambda: passing(ana), lambda: firm.sweep(DAY), lambda: firm.sweep(DAY),
        lambda: revoking(ana), lambda: passing(ben), lambda: passing(ben), lambda: firm.sweep(DAY),
    ]  # fmt: skip

    def run(act):
        barrier.wait()
        try:
            act()
        except Exception as error:  # noqa: BLE001 - a thread tells what befell it
            errors.append(repr(error)[:300])

    threads = [Thread(target=run, args=(act,)) for act in work]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    firm.sweep(DAY)
    assert firm.check(DAY) == []
    assert firm.state(ana) == "revoked"
    assert firm.state(ben) == "certified"
    with database.reading() as session:
        twice = select(Certificate.period_id).group_by(Certificate.period_id).having(func.count() > 1)
        assert session.scalars(twice).all() == []
        key = (PeriodRow.person_id, PeriodRow.programme, PeriodRow.n)
        live = select(*key).where(PeriodRow.voided_at.is_(None)).group_by(*key).having(func.count() > 1)
        assert session.execute(live).all() == []
        assert session.scalar(select(func.count()).select_from(StandingRow)) == 4
        spans = select(StandingSpan.from_on, StandingSpan.until_on).where(
            StandingSpan.person_id == ben, StandingSpan.known_until.is_(None),
            StandingSpan.programme == "annual-confidentiality",
        )  # fmt: skip
        ordered = sorted(session.execute(spans).all())
        assert all(a.until_on < b.from_on for a, b in pairwise(ordered))
        assert session.scalar(select(func.count()).select_from(CreditRow)) >= 8
    assert date.fromisoformat(DAY) < firm.row(ben).valid_until
