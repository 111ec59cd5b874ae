"""Credits by hand, corrections, revocations: by two people, foreseen, and told from the certificates' numbers."""

from datetime import date

import pytest
from sqlalchemy import select

from lms.approvals import actions as approvals
from lms.approvals.models import Approval
from lms.approvals.queries import kind_of, payload_of
from lms.audit.models import AuditEvent
from lms.certification import actions, queries
from lms.certification.models import AssignmentRow, Certificate, CreditRow, DecisionRow, PeriodRow
from lms.certification.rules import Need
from lms.certification.rules_events import DecisionKind
from lms.certification.rules_numbers import DIGITS, number_of, tidied
from lms.core.access import Role
from lms.core.errors import Conflict, Invalid, NotAllowed
from lms.people.queries import actor_of_person
from tests.certification.loop import Firm, instant


@pytest.fixture
def firm(database):
    found = Firm(database)
    found.carla = found.hire("carla", "2025-01-02", roles=(Role.HR,))
    found.fang = found.hire("fang", "2025-01-02", roles=(Role.APPROVER,))
    return found


def ask(firm, day, act, *arguments):
    with firm.doing(day) as session:
        return act(session, firm.carla, *arguments, instant(day)).id


def approve(firm, day, approval_id, by=None):
    with firm.doing(day) as session:
        fang = actor_of_person(session, by or firm.fang, instant(day))
        approval = session.get(Approval, approval_id)
        return approvals.approve(session, fang, approval_id, approval.preview_hash, instant(day))


def classroom(person, day, target="professional-ethics"):
    return actions.NewCredit(
        person, Need.COURSE, target, date.fromisoformat(day), "List of attendance, 5 March"
    )


def certificates(firm, person, programme="annual-confidentiality"):
    with firm.database.reading() as session:
        query = select(Certificate).where(Certificate.person_id == person, Certificate.programme == programme)
        rows = session.scalars(query.order_by(Certificate.recorded_at, Certificate.valid_from)).all()
        session.expunge_all()
        return rows


def outcome(firm, number, day):
    with firm.database.reading() as session:
        return queries.verification_of(session, number, date.fromisoformat(day)).outcome


def count(firm, kind):
    with firm.database.reading() as session:
        return len(session.scalars(select(AuditEvent.id).where(AuditEvent.kind == kind)).all())


def test_attendance_entered_by_hr_counts_once_a_second_person_has_seen_what_follows(firm):
    ana = firm.hire("ana", "2025-02-03")
    firm.sign(ana, "2025-03-01")
    firm.finish(ana, "course", "client-confidentiality", "2025-03-01")
    firm.finish(ana, "examination", "onboarding-final", "2025-03-01")
    asked = ask(firm, "2025-03-06", actions.ask_credit, classroom(ana, "2025-03-05"))
    with firm.doing("2025-03-06") as session:
        kind = queries_kind(session, asked)
        lines = [str(line) for line in kind.preview(session, payload(session, asked)).lines]
    assert any("becomes Certified" in line for line in lines)
    assert firm.state(ana, "onboarding") == "assigned"
    approve(firm, "2025-03-06", asked)
    assert firm.state(ana, "onboarding") == "certified"
    assert str(firm.row(ana, "onboarding").valid_from) == "2025-03-05"
    with pytest.raises(Conflict):
        ask(firm, "2025-03-07", actions.ask_credit, classroom(ana, "2025-03-05"))


def queries_kind(session, asked):
    return kind_of(session, session.get(Approval, asked).kind)


def payload(session, asked):
    return payload_of(session.get(Approval, asked))


@pytest.mark.parametrize(
    ("new", "field"),
    [
        (("2025-04-01", "professional-ethics"), "occurred_on"),
        (("2025-03-01", "no-such-course"), "target"),
    ],
)
def test_a_credit_for_nothing_or_of_tomorrow_is_refused(firm, new, field):
    ana = firm.hire("ana", "2025-02-03")
    with pytest.raises(Invalid) as refused:
        ask(firm, "2025-03-06", actions.ask_credit, classroom(ana, *new))
    assert field in refused.value.errors


def test_nobody_enters_a_credit_for_themselves(firm):
    with pytest.raises(NotAllowed):
        ask(firm, "2025-03-06", actions.ask_credit, classroom(firm.carla, "2025-03-05"))


def test_a_credit_found_later_closes_the_gap_and_a_new_certificate_supersedes_the_old(firm):
    ana = firm.hire("ana", "2025-02-03")
    firm.onboard(ana, "2025-03-10")
    firm.sweep("2026-01-09")
    firm.sweep("2026-03-11")
    firm.renew(ana, "2026-03-15")
    late = certificates(firm, ana)[-1]
    assert str(late.valid_from) == "2026-03-15"
    new = actions.NewCredit(
        ana, Need.QUIZ, "annual-confidentiality", date(2026, 3, 2), "The paper of 2 March, scored by hand"
    )
    approve(firm, "2026-03-20", ask(firm, "2026-03-19", actions.ask_credit, new))
    corrected = certificates(firm, ana)[-1]
    assert (corrected.supersedes_id, str(corrected.valid_from)) == (late.id, "2026-03-11")
    assert corrected.valid_until >= late.valid_until
    assert outcome(firm, late.number, "2026-03-21") == "superseded"
    assert outcome(firm, corrected.number, "2026-03-21") == "valid"
    assert count(firm, "StandingCorrected") >= 1
    assert firm.check("2026-03-20") == []


def test_what_supersedes_is_itself_superseded_only_when_validity_grows(firm):
    """The newest certificate of the period is the one completed earliest: it stays the one in force."""
    ana = firm.hire("ana", "2025-02-03")
    firm.onboard(ana, "2025-03-10")
    firm.sweep("2026-03-11")
    firm.renew(ana, "2026-03-15")
    new = actions.NewCredit(
        ana, Need.QUIZ, "annual-confidentiality", date(2026, 3, 2), "The paper of 2 March, scored by hand"
    )
    approve(firm, "2026-03-20", ask(firm, "2026-03-19", actions.ask_credit, new))
    corrected = certificates(firm, ana)[-1]
    for day in ("2027-01-09", "2027-03-11", "2027-03-25"):
        assert firm.sweep(day).failed == []
        assert certificates(firm, ana)[-1].number == corrected.number == firm.row(ana).certificate
        assert firm.check(day) == []


def test_a_voided_credit_shortens_no_certificate(firm):
    ana = firm.hire("ana", "2025-02-03")
    firm.onboard(ana, "2025-03-10")
    until = firm.row(ana).valid_until
    with firm.doing("2025-04-01") as session:
        query = select(CreditRow.id).where(
            CreditRow.person_id == ana, CreditRow.target == "client-confidentiality"
        )
        actions.void_credit(
            session, session.scalar(query), "Another person sat the quiz.", instant("2025-04-01")
        )
    assert (firm.state(ana), firm.row(ana).valid_until) == ("certified", until)
    firm.sweep("2025-04-01")
    assert firm.check("2025-04-01") == []


def test_a_revocation_takes_two_and_can_be_annulled_by_two(firm):
    ana = firm.hire("ana", "2025-02-03")
    firm.onboard(ana, "2025-03-10")
    number = certificates(firm, ana)[-1].number
    new = actions.NewDecision(
        DecisionKind.REVOCATION, ana, "annual-confidentiality", "Sent a client's file home."
    )
    asked = ask(firm, "2025-05-05", actions.ask_decision, new)
    assert firm.state(ana) == "certified"
    with pytest.raises(NotAllowed):
        approve(firm, "2025-05-06", asked, firm.carla)
    approve(firm, "2025-05-06", asked)
    assert firm.state(ana) == "revoked"
    assert outcome(firm, number, "2025-05-06") == "revoked"
    with firm.database.reading() as session:
        decision = session.scalar(select(DecisionRow.id))
    undo = ask(firm, "2025-05-20", actions.ask_annulment, decision, "It was somebody else's mail.")
    approve(firm, "2025-05-20", undo)
    assert firm.state(ana) == "certified"
    assert outcome(firm, number, "2025-05-20") == "valid"
    firm.sweep("2025-05-20")
    assert firm.check("2025-05-20") == []


def test_after_a_revocation_only_everything_anew_certifies_again(firm):
    ana = firm.hire("ana", "2025-02-03")
    firm.onboard(ana, "2025-03-10")
    new = actions.NewDecision(
        DecisionKind.REVOCATION, ana, "annual-confidentiality", "Sent a client's file home."
    )
    approve(firm, "2025-05-06", ask(firm, "2025-05-05", actions.ask_decision, new))
    firm.finish(ana, "course", "client-confidentiality", "2025-05-06")
    assert firm.state(ana) == "revoked"
    firm.finish(ana, "course", "client-confidentiality", "2025-05-20")
    assert firm.state(ana) == "certified"
    assert len(certificates(firm, ana)) == 2
    assert outcome(firm, certificates(firm, ana)[0].number, "2025-05-21") == "revoked"


def test_a_waiver_and_an_extension_take_two_and_last_to_their_day(firm):
    ana = firm.hire("ana", "2025-02-03")
    firm.sweep("2025-03-06")
    waiver = actions.NewDecision(
        DecisionKind.WAIVER, ana, "onboarding", "Seconded abroad.", date(2025, 3, 6), date(2025, 3, 31)
    )
    approve(firm, "2025-03-06", ask(firm, "2025-03-06", actions.ask_decision, waiver))
    assert firm.state(ana, "onboarding") == "waived"
    firm.sweep("2025-04-01")
    assert firm.state(ana, "onboarding") == "overdue"
    extension = actions.NewDecision(
        DecisionKind.EXTENSION, ana, "onboarding", "Back from abroad.", None, date(2025, 4, 20)
    )
    approve(firm, "2025-04-02", ask(firm, "2025-04-02", actions.ask_decision, extension))
    assert (firm.state(ana, "onboarding"), str(firm.row(ana, "onboarding").due_on)) == (
        "assigned",
        "2025-04-20",
    )
    firm.sweep("2025-04-21")
    assert firm.state(ana, "onboarding") == "overdue"
    assert firm.check("2025-04-21") == []


def test_one_who_left_and_comes_back_begins_anew(firm):
    ana = firm.hire("ana", "2025-02-03")
    firm.onboard(ana, "2025-03-10")
    firm.employ(ana, "leave", "2025-06-30")
    firm.sweep("2025-07-01")
    assert (firm.state(ana), firm.state(ana, "onboarding")) == ("ended", "ended")
    firm.employ(ana, "rehire", "2026-09-01", unit=firm.unit)
    assert firm.state(ana, "onboarding") == "assigned"
    with firm.database.reading() as session:
        periods = session.scalars(select(PeriodRow).where(PeriodRow.programme == "onboarding")).all()
        assert sorted(each.n for each in periods if each.person_id == ana) == [1, 2]
    assert firm.check("2026-09-01") == []


def test_one_who_is_soon_back_keeps_what_was_completed_and_each_period_its_own_certificate(firm):
    """Both periods were completed on one day: the first keeps the certificate that was printed for it."""
    ana = firm.hire("ana", "2025-02-03")
    firm.onboard(ana, "2025-02-06")
    firm.employ(ana, "leave", "2025-03-11")
    firm.sweep("2025-03-12")
    firm.employ(ana, "rehire", "2025-03-14", unit=firm.unit)
    firm.sweep("2025-03-15")
    firm.sweep("2025-03-16")
    assert (firm.state(ana), firm.state(ana, "onboarding")) == ("certified", "certified")
    assert firm.check("2025-03-16") == []
    with firm.database.reading() as session:
        query = select(Certificate).where(Certificate.person_id == ana, Certificate.programme == "onboarding")
        rows = session.scalars(query.order_by(Certificate.valid_from)).all()
        assert [str(each.valid_from) for each in rows] == ["2025-02-06", "2025-03-14"]
        assert len({each.period_id for each in rows}) == 2
        assert {str(each.completed_on) for each in rows} == {"2025-02-06"}


def test_somebody_assigned_by_a_person_owes_it_until_they_leave(firm):
    ana = firm.hire("ana", "2025-02-03")
    with firm.doing("2025-02-10") as session:
        actions.assign_person(
            session, ana, "annual-confidentiality", date(2025, 2, 10), instant("2025-02-10")
        )
    assert (firm.state(ana), str(firm.row(ana).due_on)) == ("assigned", "2025-03-12")


def test_an_assignment_by_a_person_is_ended_by_a_person_one_by_rule_is_not(firm):
    ana = firm.hire("ana", "2025-02-03")
    with firm.doing("2025-02-10") as session:
        made = actions.assign_person(
            session, ana, "annual-confidentiality", date(2025, 2, 10), instant("2025-02-10")
        )
    with firm.doing("2025-02-20") as session:
        actions.end_assignment(session, made, date(2025, 2, 20), instant("2025-02-20"))
    firm.sweep("2025-02-21")
    assert firm.state(ana) == "not_required"
    with firm.doing("2025-02-21") as session:
        by_rule = session.scalar(select(AssignmentRow.id).where(AssignmentRow.source == "rule"))
        with pytest.raises(Conflict):
            actions.end_assignment(session, by_rule, date(2025, 2, 21), instant("2025-02-21"))


def test_numbers_cannot_be_guessed_and_forgive_how_they_are_typed(firm):
    ana, ben = firm.hire("ana", "2025-02-03"), firm.hire("ben", "2025-02-03")
    firm.onboard(ana, "2025-03-10")
    firm.onboard(ben, "2025-03-10")
    numbers = {each.number for person in (ana, ben) for each in certificates(firm, person)}
    numbers |= {each.number for person in (ana, ben) for each in certificates(firm, person, "onboarding")}
    assert len(numbers) == 4
    for number in numbers:
        digits = number.replace("-", "").removeprefix("CZ")
        assert len(digits) == DIGITS
        assert tidied(f" {number.lower().replace('-', ' ')} ") == number
        assert tidied(number.replace("0", "O").replace("1", "l")) == number
    # 140 bits: every one of them counts.
    plain = bytes(20)
    assert (
        len({number_of(plain), *(number_of(bit.to_bytes(20, "big")) for bit in (1 << n for n in range(140)))})
        == 141
    )
    with pytest.raises(ValueError):
        number_of(bytes(10))
