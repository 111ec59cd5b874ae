"""What takes an office in the demonstration firm: roles, decisions, credits with evidence, evaluations."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.approvals.actions import Request, ask
from lms.approvals.models import Approval
from lms.approvals.rules import ApprovalState
from lms.certification.actions import NewCredit, NewDecision, ask_annulment, ask_credit, ask_decision
from lms.certification.models import DecisionRow
from lms.certification.rules import Need
from lms.certification.rules_events import DecisionKind
from lms.core.access import Role
from lms.demo.acts import Firm
from lms.demo.names import CAST
from lms.demo.plan import ANNUAL, ETHICS, EXAMINATION, SEALED_AFTER_DAYS, Half, halves
from lms.demo.story import Parts
from lms.evaluations.actions import open_cycle
from lms.evaluations.requests import CORRECTION, OUTAGE, SEAL
from lms.people import actions as people
from lms.people.rules import ROLES_BY_TWO
from lms.quizzes.actions import Grant, grant_attempts
from lms.quizzes.queries import QuizRef
from lms.quizzes.rules import QuizKind

ONBOARDING = "onboarding"
FOUNDERS = ("admin", "carla")
HR, SECOND_HR = "carla", "helen"
Act = Callable[[Firm, datetime], None]
Asking = Callable[[Firm, Session, UUID, datetime], Approval]


@dataclass(frozen=True)
class Office:
    """Something an office does on a day."""

    on: date
    act: Act


def offices(parts: Parts, today: date) -> Iterator[Office]:
    """Yield what the offices do over the two years."""

    def ago(days: int) -> date:
        return today - timedelta(days)

    yield Office(ago(420), _by_two(_outage(ago(423), ago(422))))
    astray = NewDecisionText(
        DecisionKind.REVOCATION, ANNUAL, "客户资料误发外部邮箱 / Client papers sent outside"
    )
    yield Office(ago(300), _by_two(_decision(parts.annulled, astray)))
    yield Office(ago(288), _by_two(_annulment(parts.annulled)))
    breach = NewDecisionText(DecisionKind.REVOCATION, ANNUAL, "违反保密约定 / Breach of confidentiality")
    yield Office(ago(46), _by_two(_decision(parts.revoked, breach)))
    yield Office(ago(28), _granted(parts.granted))
    abroad = NewDecisionText(DecisionKind.WAIVER, ONBOARDING, "项目驻外 / Abroad on a project", ago(-75))
    yield Office(ago(9), _by_two(_decision(parts.waived, abroad)))
    longer = NewDecisionText(DecisionKind.EXTENSION, ONBOARDING, "病假后补学 / Back from illness", ago(-14))
    yield Office(ago(6), _by_two(_decision(parts.extended, longer)))
    asked = NewDecisionText(DecisionKind.EXTENSION, ONBOARDING, "带教人换岗 / The mentor moved", ago(-20))
    yield Office(ago(1), _waits(_decision(parts.asked_for, asked)))
    yield from _evaluations(parts, today)


def founding(firm: Firm, at: datetime) -> None:
    """Give the first two approving roles without a second person."""
    with firm.acting(at) as session:
        people.grant_founding_role(session, firm.ids["admin"], Role.ADMINISTRATOR, at)
        people.grant_founding_role(session, firm.ids[HR], Role.HR, at)


def give_roles(firm: Firm, usernames: list[str], at: datetime) -> None:
    """Give those just entered the roles they have in the cast: what takes two people by two."""
    for member in CAST:
        for role in member.roles if member.username in usernames and member.username not in FOUNDERS else ():
            if role in ROLES_BY_TWO:
                firm.by_two("admin", HR, at, _role(firm.ids[member.username], role))
            else:
                with firm.acting(at) as session:
                    people.grant_role(session, firm.ids[member.username], role, at)


def _role(person_id: UUID, role: Role) -> Callable[[Session, UUID, datetime], Approval]:
    def asking(session: Session, asker_id: UUID, at: datetime) -> Approval:
        people.request_role(session, person_id, role, asker_id, "新系统启用 / The new system begins", at)
        subject = f"person:{person_id}"
        query = select(Approval).where(Approval.subject == subject, Approval.state == ApprovalState.OPEN)
        return session.scalars(query).one()

    return asking


def _by_two(asking: Asking) -> Act:
    def act(firm: Firm, at: datetime) -> None:
        firm.by_two(HR, SECOND_HR, at, lambda session, asker_id, when: asking(firm, session, asker_id, when))

    return act


def _waits(asking: Asking) -> Act:
    """Only ask: the second HR finds it waiting."""

    def act(firm: Firm, at: datetime) -> None:
        with firm.acting(at) as session:
            asking(firm, session, firm.ids[HR], at)

    return act


@dataclass(frozen=True)
class NewDecisionText:
    """A decision without the person it is about."""

    kind: DecisionKind
    programme: str
    reason: str
    until_on: date | None = None


def _decision(username: str, new: NewDecisionText) -> Asking:
    def asking(firm: Firm, session: Session, asker_id: UUID, at: datetime) -> Approval:
        from_on = at.astimezone(firm.zone).date() if new.kind is DecisionKind.WAIVER else None
        wanted = NewDecision(new.kind, firm.ids[username], new.programme, new.reason, from_on, new.until_on)
        return ask_decision(session, asker_id, wanted, at)

    return asking


def _annulment(username: str) -> Asking:
    def asking(firm: Firm, session: Session, asker_id: UUID, at: datetime) -> Approval:
        decision = select(DecisionRow.id).where(DecisionRow.person_id == firm.ids[username])
        reason = "复核：系统误报 / On review: a false alarm"
        return ask_annulment(session, asker_id, session.scalars(decision).one(), reason, at)

    return asking


def _outage(first: date, last: date) -> Asking:
    def asking(_firm: Firm, session: Session, asker_id: UUID, at: datetime) -> Approval:
        payload = {"from_on": first.isoformat(), "until_on": last.isoformat()}
        reason = "机房检修 / Works in the machine room"
        return ask(session, asker_id, Request(OUTAGE, f"outage:{first}", payload, reason), at)

    return asking


def _granted(username: str) -> Act:
    def act(firm: Firm, at: datetime) -> None:
        quiz = QuizRef(QuizKind.EXAMINATION, EXAMINATION)
        with firm.acting(at) as session:
            grant = Grant(firm.ids[username], quiz, 1, "已与主管面谈 / After a talk with the manager")
            grant_attempts(session, firm.actor(HR, Role.HR), grant, at)

    return act


def _classroom(username: str, on: date) -> Asking:
    def asking(firm: Firm, session: Session, asker_id: UUID, at: datetime) -> Approval:
        evidence = "线下课签到表 / Attendance list of the classroom course"
        credit = NewCredit(firm.ids[username], Need.COURSE, ETHICS, on, evidence)
        return ask_credit(session, asker_id, credit, at)

    return asking


def _evaluations(parts: Parts, today: date) -> Iterator[Office]:
    """Two sealed cycles and the one that runs; a credit entered late, and the correction it calls for."""
    *sealed, running = halves(today)
    for half in sealed:
        yield Office(half.first, _open(half))
        yield Office(half.last + timedelta(SEALED_AFTER_DAYS), _by_two(_seal(half)))
    yield Office(max(running.first, sealed[-1].last + timedelta(1)), _open(running))
    late = sealed[-1].last + timedelta(SEALED_AFTER_DAYS + 2)
    yield Office(late, _by_two(_classroom(parts.classroom, parts.classroom_on)))
    yield Office(late + timedelta(1), _by_two(_correction(sealed[-1], parts.classroom)))


def _open(half: Half) -> Act:
    def act(firm: Firm, at: datetime) -> None:
        with firm.acting(at) as session:
            open_cycle(session, half.id, half.first, half.last, at)

    return act


def _seal(half: Half) -> Asking:
    def asking(_firm: Firm, session: Session, asker_id: UUID, at: datetime) -> Approval:
        reason = "考核期结束 / The cycle has ended"
        return ask(session, asker_id, Request(SEAL, f"cycle:{half.id}", {"cycle": half.id}, reason), at)

    return asking


def _correction(half: Half, username: str) -> Asking:
    def asking(firm: Firm, session: Session, asker_id: UUID, at: datetime) -> Approval:
        person_id = firm.ids[username]
        payload = {"cycle": half.id, "person": str(person_id)}
        reason = "线下课学分补录 / A classroom credit was entered late"
        return ask(
            session, asker_id, Request(CORRECTION, f"cycle:{half.id}", payload, reason, (person_id,)), at
        )

    return asking
