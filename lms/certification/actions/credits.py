"""Credits: from a finished run, or entered with evidence and a second person's approval; void ones."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lms.approvals.actions import Request, ask
from lms.approvals.models import Approval
from lms.approvals.rules import Approved
from lms.audit.events import record, recorded_at
from lms.cases.queries import cases_in
from lms.cases.rules import PlayFinished
from lms.certification.actions.reassessing import reassess
from lms.certification.models import CreditOfCase, CreditRow, CreditVoid
from lms.certification.queries.history import history_of
from lms.certification.rules import Need
from lms.certification.rules_credits import is_repeat
from lms.certification.rules_events import CreditRecorded, CreditSource, CreditVoided
from lms.core.db import insert_new
from lms.core.errors import Conflict, Invalid, Message, NotFound, message
from lms.core.versions import snapshot
from lms.courses.rules import RunFinished
from lms.people.queries import firm_day, person

CREDIT = "credit"
ENTERED = frozenset({Need.COURSE, Need.CASE, Need.QUIZ, Need.EXAMINATION})


@dataclass(frozen=True)
class NewCredit:
    """What somebody wants to enter. `external_id` makes it unique; without one, person, target and day do."""

    person_id: UUID
    need: Need
    target: str
    occurred_on: date
    evidence: str
    external_id: str = ""
    source: CreditSource = CreditSource.HAND

    @property
    def key(self) -> str:
        """What it is unique by."""
        plain = f"{self.person_id}:{self.need.value}:{self.target}:{self.occurred_on}"
        return f"{self.source.value}:{self.external_id or plain}"


def record_credit(session: Session, finished: RunFinished) -> None:
    """Give the credit of a finished run, once, and assess the person anew."""
    need = Need(finished.run_kind.value)
    assert finished.person_id is not None
    history = history_of(session)
    row = {
        "id": uuid4(), "person_id": finished.person_id, "need": need.value, "target": finished.target,
        "occurred_on": finished.occurred_on, "source": CreditSource.RUN.value,
        "source_key": f"run:{finished.run_id}", "content_version_id": finished.version_id,
        "version": finished.supplement or history.version(need, finished.target, snapshot(session).publication),
        "supplement": finished.supplement,
    }  # fmt: skip
    if add_credit(session, row, finished.occurred_at):
        reassess(session, finished.person_id, finished.occurred_at)


def record_case_credit(session: Session, finished: PlayFinished) -> None:
    """Give the credit of a case that was passed, once, and assess the person anew."""
    if not finished.passed:
        return
    assert finished.person_id is not None
    row = {
        "id": uuid4(), "person_id": finished.person_id, "need": Need.CASE.value, "target": finished.case_id,
        "occurred_on": finished.credited_on, "source": CreditSource.RUN.value,
        "source_key": f"play:{finished.play_id}", "content_version_id": finished.version_id, "version": 1,
    }  # fmt: skip
    if add_credit(session, row, finished.occurred_at, finished.pools):
        reassess(session, finished.person_id, finished.occurred_at)


def credit_request(session: Session, new: NewCredit, at: datetime) -> Request:
    """Return what to ask a second person: to let a credit count that somebody has evidence of.

    Raises Invalid naming the fields, Conflict when it was entered before.
    """
    _check(session, new, at)
    payload = {
        "person": str(new.person_id), "need": new.need.value, "target": new.target,
        "occurred_on": new.occurred_on.isoformat(), "evidence": new.evidence.strip(),
        "external_id": new.external_id, "source": new.source.value,
    }  # fmt: skip
    return Request(CREDIT, f"person:{new.person_id}", payload, new.evidence, (new.person_id,))


def ask_credit(session: Session, asker_id: UUID, new: NewCredit, at: datetime) -> Approval:
    """Ask a second person to let a credit count: attendance, a paper from elsewhere. Raises as `credit_request`."""
    return ask(session, asker_id, credit_request(session, new, at), at)


def enter_credit(session: Session, approved: Approved) -> UUID:
    """Carry out an approved request: the credit counts from the day it was earned."""
    new = credit_from(approved.arguments)
    _check(session, new, approved.occurred_at)
    credit_id = uuid4()
    row = {
        "id": credit_id, "person_id": new.person_id, "need": new.need.value, "target": new.target,
        "occurred_on": new.occurred_on, "source": new.source.value, "source_key": new.key,
        "version": version_of(session, new), "content_version_id": None, "evidence": new.evidence,
        "approval_id": approved.approval_id,
    }  # fmt: skip
    published = snapshot(session).find(new.need.value, new.target)
    pools = tuple(published.body["pools"]) if published and new.need is Need.CASE else ()
    if not add_credit(session, row, approved.occurred_at, pools):
        raise Conflict(ENTERED_BEFORE)
    reassess(session, new.person_id, approved.occurred_at)
    return credit_id


def void_credit(
    session: Session, credit_id: UUID, reason: str, at: datetime, approval_id: UUID | None = None
) -> None:
    """Declare that a credit was never earned; what rested on it is assessed anew.

    A certificate once issued counts until it is revoked. Raises NotFound, Invalid without a reason, Conflict.
    """
    if not reason.strip():
        raise Invalid({"reason": message("Say why the credit is void.")})
    row = session.scalar(select(CreditRow).where(CreditRow.id == credit_id).with_for_update())
    if row is None:
        raise NotFound
    if session.get(CreditVoid, credit_id) is not None:
        raise Conflict(message("This credit is void already."))
    void = CreditVoid(
        credit_id=credit_id,
        reason=reason.strip(),
        approval_id=approval_id,
        recorded_at=recorded_at(session),
        event_id=uuid4(),
    )
    session.add(void)
    session.flush()
    happened = CreditVoided(
        subject=f"credit:{credit_id}", occurred_at=at, person_id=row.person_id, reason=reason.strip(),
        approval_id=approval_id, need=Need(row.need), target=row.target, occurred_on=row.occurred_on,
    )  # fmt: skip
    record(session, happened, void.event_id)
    reassess(session, row.person_id, at)


def credit_from(arguments: Mapping[str, Any]) -> NewCredit:
    """Read what `ask_credit` filed."""
    return NewCredit(
        person_id=UUID(arguments["person"]),
        need=Need(arguments["need"]),
        target=arguments["target"],
        occurred_on=date.fromisoformat(arguments["occurred_on"]),
        evidence=arguments["evidence"],
        external_id=arguments["external_id"],
        source=CreditSource(arguments["source"]),
    )


def version_of(session: Session, new: NewCredit) -> int:
    """Return the material version that was the text on the day the credit was earned."""
    return history_of(session).version_on(new.need, new.target, new.occurred_on)


ENTERED_BEFORE = message("This credit was entered before.")


def _check(session: Session, new: NewCredit, at: datetime) -> None:
    errors: dict[str, Message] = {}
    if new.need not in ENTERED:
        errors["need"] = message("Credits are given for courses, cases, quizzes and examinations.")
    elif snapshot(session).find(new.need.value, new.target) is None:
        errors["target"] = message("Nothing of this kind and name is published.")
    if new.occurred_on > firm_day(session, at):
        errors["occurred_on"] = message("This day is still to come.")
    elif too_early(session, new.person_id, new.occurred_on):
        errors["occurred_on"] = message("This day is too long ago.")
    if not new.evidence.strip():
        errors["evidence"] = message("Say what shows it: a list of attendance, a certificate, a letter.")
    if errors:
        raise Invalid(errors)
    if session.scalar(select(CreditRow.id).where(CreditRow.source_key == new.key)) is not None:
        raise Conflict(ENTERED_BEFORE)


def too_early(session: Session, person_id: UUID, day: date) -> bool:
    """Whether a day lies so long before somebody joined that a credit of it is a slip of the pen."""
    joined_on = person(session, person_id).joined_on
    return joined_on is None or day.year < joined_on.year - 5


def add_credit(session: Session, row: dict[str, Any], at: datetime, pools: tuple[str, ...] = ()) -> bool:
    """Save a credit, one of a case with its pools, and record it; False where its `source_key` was there before."""
    event_id = uuid4()
    repeat = row["need"] == Need.CASE and _is_repeat(session, row["person_id"], row["target"], pools)
    values = {
        "evidence": "",
        "approval_id": None,
        "supplement": None,
        **row,
        "recorded_at": recorded_at(session),
        "event_id": event_id,
    }
    if not insert_new(session, CreditRow, values, ("source_key",)):
        return False
    if row["need"] == Need.CASE:
        of_case = {"credit_id": row["id"], "pools": " ".join(pools), "repeat": repeat, "event_id": event_id}
        insert_new(session, CreditOfCase, of_case, ("credit_id",))
    happened = CreditRecorded(
        subject=f"credit:{row['id']}", occurred_at=at, person_id=row["person_id"],
        approval_id=values["approval_id"], need=Need(row["need"]), target=row["target"],
        occurred_on=row["occurred_on"], source=CreditSource(row["source"]),
    )  # fmt: skip
    record(session, happened, event_id)
    return True


def _is_repeat(session: Session, person_id: UUID, case_id: str, pools: tuple[str, ...]) -> bool:
    """Whether a person has met a case before although others of its pools were left."""
    c, v = CreditRow, CreditVoid
    query = (
        select(c.target, func.max(c.occurred_on))
        .outerjoin(v, v.credit_id == c.id)
        .where(c.person_id == person_id, c.need == Need.CASE.value, v.credit_id.is_(None))
        .group_by(c.target)
    )
    last_met = {row[0]: row[1] for row in session.execute(query)}
    published = (each for pool in pools for each in cases_in(snapshot(session), pool))
    others = {each.case.id for each in published} - {case_id}
    return is_repeat(case_id, others, last_met)
