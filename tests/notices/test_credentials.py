"""Whoever's way to sign in or address is changed hears of it where the one who changed it cannot keep it away."""

from sqlalchemy import select

from lms.audit.models import AuditBody
from lms.core import clock
from lms.core.db import By
from lms.jobs import KINDS
from lms.notices.delivery import work
from lms.notices.models import Job, NoticeRow
from lms.people import actions, queries
from tests.factories import make_person, password_hash
from tests.notices.test_delivery import around, inbox

__all__ = ["inbox"]
BY = By("tests")


def codes_of(session, person):
    query = select(NoticeRow.code).where(NoticeRow.person_id == person).order_by(NoticeRow.code)
    return list(session.scalars(query))


def reset(session, person, at, *, by_another=True):
    token = actions.issue_link(session, person, at, by_mail=True, by_another=by_another)
    actions.redeem_link(session, token, password_hash(), at)


def test_a_reset_by_somebody_else_is_told_to_its_owner_and_to_every_auditor(database, cast):
    at = clock.now()
    with database.transaction(BY) as session:
        reset(session, cast.dario, at)
        assert codes_of(session, cast.dario) == ["credentials_changed", "credentials_reset"]
        assert codes_of(session, cast.felix) == ["reset_watched"]
        assert codes_of(session, cast.admin) == []
        link = session.scalar(select(NoticeRow.link).where(NoticeRow.person_id == cast.felix))
        assert link == f"/people/{cast.dario}"


def test_an_auditor_whose_own_sign_in_was_reset_is_told_once(database, cast):
    with database.transaction(BY) as session:
        reset(session, cast.felix, clock.now())
        assert codes_of(session, cast.felix) == ["credentials_changed", "credentials_reset"]


def test_a_password_one_forgot_oneself_is_no_reset_by_another(database, cast):
    with database.transaction(BY) as session:
        reset(session, cast.dario, clock.now(), by_another=False)
        assert codes_of(session, cast.felix) == []


def test_a_changed_address_is_told_to_the_old_one_by_mail_and_kept_nowhere(
    database, cast, tmp_path, inbox, monkeypatch
):
    with database.transaction(BY) as session:
        actions.change_identity(session, cast.dario, {"mail": "thief@example.test"}, clock.now())
        change = queries.mail_change_waiting(session, cast.dario)
        actions.approve_mail_change(session, change.id, clock.now(), None)
        assert codes_of(session, cast.dario) == ["mail_changed"]
    assert work(around(database, tmp_path, inbox), KINDS, clock.now()) == 3  # the question has nothing to ask
    assert sorted(mail.rcpt_tos[0] for mail in inbox.mails) == ["dario@example.test", "thief@example.test"]
    with database.reading() as session:
        held = [*session.scalars(select(Job.payload)), *session.scalars(select(NoticeRow.params))]
        held += session.scalars(select(AuditBody.body))
        assert "@example.test" not in "".join(held)


def test_a_first_address_is_told_to_the_new_one_only(database, cast):
    with database.transaction(BY) as session:
        nobody = make_person(session, "nils", cast.north, mail="")
        actions.change_identity(session, nobody, {"mail": "nils@example.test"}, clock.now())
        kinds = list(session.scalars(select(Job.kind).where(Job.payload.contains("nils@"))))
        assert kinds == []
        assert codes_of(session, nobody) == ["mail_changed"]
