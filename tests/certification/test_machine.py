"""Property 25 as a state machine: whatever is done to somebody, what is kept equals what is derived."""

from contextlib import suppress
from datetime import date, timedelta
from uuid import uuid4

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from lms.agreements.models import Signature
from lms.approvals.rules import Approved
from lms.audit.models import AuditEvent
from lms.certification import actions
from lms.certification.models import Certificate, CreditRow, DecisionRow, PeriodRow, StandingRow
from lms.core.db import Base
from lms.core.errors import LmsError
from lms.quizzes import actions as quizzes
from lms.quizzes.actions import Start
from lms.quizzes.models import Attempt
from lms.quizzes.queries import QuizRef
from lms.quizzes.rules import QuizKind
from tests.certification.fresh import ON_A_DATABASE, Beginning
from tests.certification.loop import finish, instant, sign

ANNUAL, ONBOARDING = "annual-confidentiality", "onboarding"
KEPT_FOR_EVER: tuple[type[Base], ...] = (Attempt, CreditRow, PeriodRow, Certificate, Signature, DecisionRow)
DONE = (
    ("course", "client-confidentiality"), ("course", "professional-ethics"), ("examination", "onboarding-final"),
    ("quiz", ANNUAL),
)  # fmt: skip
PAPER = Start(QuizRef(QuizKind.QUIZ, "client-confidentiality"))
days = st.integers(0, 90)
which = st.sampled_from((ANNUAL, ONBOARDING))


class Life(RuleBasedStateMachine):
    """One person, from the day of joining, through whatever may happen to them."""

    beginning: Beginning

    def __init__(self):
        super().__init__()
        self.firm = self.beginning.again()
        self.today = date(2025, 2, 3)
        self.ana = self.firm.hire("ana", self.today)
        self.counts = dict.fromkeys(KEPT_FOR_EVER, 0)

    def attempt(self, act):
        """Try an act, with others of the same day at once; what is refused must leave nothing behind."""
        before = self.logged()
        try:
            with self.firm.doing(self.today.isoformat()) as session:
                act(session, instant(self.today))
        except LmsError:
            assert self.logged() == before

    def logged(self):
        """How much happened."""
        with self.firm.database.reading() as session:
            return session.scalar(select(func.count()).select_from(AuditEvent))

    def decided(self, kind, programme, until, first=None):
        arguments = {
            "person": str(self.ana), "programme": programme, "target": "",
            "from_on": first and first.isoformat(), "until_on": until and until.isoformat(),
        }  # fmt: skip

        def act(session, at):
            approved = Approved(
                subject="approval:x", occurred_at=at, approval_kind=kind, arguments=arguments, asked_by=uuid4(),
                approved_by=uuid4(), reason="Because.",
            )  # fmt: skip
            actions.decide(session, approved)

        self.attempt(act)

    @rule(some=st.sampled_from((1, 3, 14, 40, 100, 300)))
    def time_passes(self, some):
        self.today += timedelta(days=some)

    @rule()
    def all_of_onboarding_is_done(self):
        def act(session, at):
            with suppress(IntegrityError), session.begin_nested():
                sign(session, self.ana, at)
            for kind, target in DONE[:3]:
                finish(session, self.ana, kind, target, at)

        self.attempt(act)

    @rule()
    def a_paper_is_begun(self):
        self.attempt(lambda session, at: quizzes.start_attempt(session, self.ana, PAPER, at))

    @rule(what=st.sampled_from(DONE))
    def a_run_is_finished(self, what):
        self.attempt(lambda session, at: finish(session, self.ana, *what, at))

    @rule(what=st.sampled_from(DONE), ago=st.integers(1, 120))
    def a_credit_is_entered_late(self, what, ago):
        """With evidence, for a day gone by: a correction."""
        occurred_on = (self.today - timedelta(days=ago)).isoformat()
        arguments = {
            "person": str(self.ana), "need": what[0], "target": what[1], "occurred_on": occurred_on,
            "evidence": "A paper found in a drawer", "external_id": "", "source": "hand",
        }  # fmt: skip

        def act(session, at):
            approved = Approved(
                subject="approval:x", occurred_at=at, approval_kind="credit", arguments=arguments, asked_by=uuid4(),
                approved_by=uuid4(), reason="Found.",
            )  # fmt: skip
            actions.enter_credit(session, approved)

        self.attempt(act)

    @rule(length=days)
    def leave_is_taken(self, length):
        until = (self.today + timedelta(days=length)).isoformat()
        self._employed("absence", until_on=until)

    @rule(kind=st.sampled_from(("leave", "rehire")))
    def one_leaves_or_comes_back(self, kind):
        self._employed(kind, unit=self.firm.unit if kind == "rehire" else None)

    def _employed(self, kind, **given):
        before = self.logged()
        try:
            self.firm.employ(self.ana, kind, self.today.isoformat(), **given)
        except LmsError:
            assert self.logged() == before

    @rule(programme=which, length=days)
    def an_extension_is_granted(self, programme, length):
        self.decided("extension", programme, self.today + timedelta(days=length))

    @rule(programme=which, ahead=days, length=days)
    def something_is_waived(self, programme, ahead, length):
        first = self.today + timedelta(days=ahead)
        self.decided("waiver", programme, first + timedelta(days=length), first)

    @rule(programme=which, length=days)
    def one_is_excluded(self, programme, length):
        self.decided("exclusion", programme, self.today + timedelta(days=length), self.today)

    @rule(programme=which)
    def it_is_revoked(self, programme):
        self.decided("revocation", programme, None)

    @rule(programme=which)
    def a_finding_is_made(self, programme):
        self.decided("finding", programme, None)

    @rule()
    def the_last_decision_is_withdrawn(self):
        def act(session, at):
            newest = session.scalar(
                select(DecisionRow.id).order_by(DecisionRow.recorded_at.desc(), DecisionRow.id).limit(1)
            )
            if newest is None:
                return
            approved = Approved(
                subject="approval:x", occurred_at=at, approval_kind="annulment", asked_by=uuid4(),
                approved_by=uuid4(), reason="It was an error.",
                arguments={"decision": str(newest), "person": str(self.ana), "programme": ANNUAL},
            )  # fmt: skip
            actions.annul(session, approved)

        self.attempt(act)

    @rule()
    def a_credit_is_voided(self):
        def act(session, at):
            newest = session.scalar(select(CreditRow.id).order_by(CreditRow.occurred_on.desc()).limit(1))
            if newest is not None:
                actions.void_credit(session, newest, "Somebody else sat there.", at)

        self.attempt(act)

    @invariant()
    def what_is_kept_equals_what_is_derived(self):
        """Property 25."""
        assert self.firm.sweep(self.today.isoformat()).failed == []
        assert self.firm.check(self.today.isoformat()) == []

    @invariant()
    def nothing_kept_for_ever_gets_less(self):
        """Property 3."""
        with self.firm.database.reading() as session:
            for table, before in self.counts.items():
                self.counts[table] = session.scalar(select(func.count()).select_from(table))
                assert self.counts[table] >= before, table.__name__

    @invariant()
    def each_period_is_kept_once_and_has_one_first_certificate(self):
        """Property 2, as kept."""
        with self.firm.database.reading() as session:
            for row in session.scalars(select(StandingRow)):
                assert row.period >= 0
            key = (PeriodRow.programme, PeriodRow.n)
            live = select(*key).where(PeriodRow.voided_at.is_(None)).group_by(*key).having(func.count() > 1)
            assert session.execute(live).all() == []
            first = select(Certificate.period_id).where(Certificate.supersedes_id.is_(None))
            assert session.execute(first.group_by(Certificate.period_id).having(func.count() > 1)).all() == []


@pytest.fixture
def life(database):
    return type("LifeHere", (Life,), {"beginning": Beginning(database)})


def test_property_25_maintained_equals_derived_whatever_happens(life):
    run_state_machine_as_test(life, settings=ON_A_DATABASE)


def test_property_3_no_act_makes_less_of_what_was_kept(life):
    """The same machine, other draws: the row counts are an invariant of it."""
    run_state_machine_as_test(life, settings=ON_A_DATABASE)


def test_every_act_of_the_machine_is_done_where_it_may_be(life):
    """A machine whose acts were all refused would break no invariant and show nothing."""
    one = life()
    acts = (
        (one.a_paper_is_begun,),
        (one.all_of_onboarding_is_done,),
        (one.a_credit_is_entered_late, DONE[0], 1),
        (one.a_credit_is_voided,),
        (one.a_run_is_finished, DONE[3]),
        (one.leave_is_taken, 10),
        (one.an_extension_is_granted, ANNUAL, 60),
        (one.something_is_waived, ANNUAL, 0, 30),
        (one.one_is_excluded, ANNUAL, 30),
        (one.the_last_decision_is_withdrawn,),
        (one.a_finding_is_made, ANNUAL),
        (one.it_is_revoked, ANNUAL),
        (one.one_leaves_or_comes_back, "leave"),
        (one.one_leaves_or_comes_back, "rehire"),
    )
    for act, *given in acts:
        before = one.logged()
        act(*given)
        assert one.logged() > before, act.__name__
        one.what_is_kept_equals_what_is_derived()
        one.nothing_kept_for_ever_gets_less()
        one.time_passes(3)
    assert all(one.counts.values()), one.counts
