"""Keep away from a client, open a duty in an emergency by two people, review it, note denials."""

from datetime import datetime, timedelta
from uuid import UUID, uuid4

from sqlalchemy.orm import Session

from lms.approvals.actions import Request, ask
from lms.approvals.models import Approval
from lms.approvals.rules import Approved
from lms.audit.events import record, recorded_at
from lms.certification.clearances import queries
from lms.certification.clearances.models import DenialRow, GlassReview, GlassRow, RecusalEnd, RecusalRow
from lms.certification.clearances.queries import Asked
from lms.certification.clearances.requests import GLASS, RECUSAL_END, ended_on
from lms.certification.clearances.rules import (
    ASKED_WITHIN,
    NO_REFERENCE,
    ClearancesDenied,
    GlassOpened,
    GlassReviewed,
    Outcome,
    RecusalEnded,
    Recused,
    client_of,
    glass_refusal,
)
from lms.core.access import Action, Actor, Role
from lms.core.db import insert_into
from lms.core.errors import Conflict, Invalid, NotAllowed, NotFound, message
from lms.notices.actions import notify
from lms.notices.rules import Notice, NoticeCode
from lms.people.queries import firm_day, holders_of, managers_of, person_for, reports_of

LONGEST_REASON = 2000


def recuse(
    session: Session, actor: Actor, person_id: UUID, client: str, reason: str, at: datetime
) -> RecusalRow:
    """Keep a person away from a client from today on: oneself, or somebody one is responsible for.

    It only takes away, so one person is enough. Raises NotFound for strangers, Invalid naming the fields.
    """
    person_for(session, actor, person_id, Action.RECUSE)
    client, on = _client(client, required=True), firm_day(session, at)
    if not reason.strip():
        raise Invalid({"reason": message("Say why; the client is never named in it.")})
    if queries.recused(session, person_id, client, on):
        raise Invalid({"client": message("Kept away from this client already.")})
    happened = Recused(
        subject=f"person:{person_id}", occurred_at=at, person_id=person_id, client=client, from_on=on
    )
    row = RecusalRow(
        id=uuid4(), person_id=person_id, client=client, from_on=on, reason=reason.strip()[:LONGEST_REASON],
        entered_by_id=actor.person_id, recorded_at=recorded_at(session), event_id=record(session, happened),
    )  # fmt: skip
    session.add(row)
    session.flush()
    return row


def ask_recusal_end(session: Session, actor: Actor, recusal_id: UUID, reason: str, at: datetime) -> Approval:
    """Ask a second person to let somebody work for a client again, from the day after the approval.

    Raises NotFound for strangers, NotAllowed for one's own recusal, Conflict when it has ended.
    """
    found = queries.recusal_for(session, actor, recusal_id, Action.RECUSE)
    if found.until_on is not None:
        raise Conflict(message("This recusal has ended already."))
    payload = {"recusal": str(recusal_id), "person": str(found.person_id)}
    request = Request(RECUSAL_END, f"person:{found.person_id}", payload, reason, (found.person_id,))
    return ask(session, actor.person_id, request, at)


def end_recusal(session: Session, approved: Approved) -> None:
    """End a recusal, once a second person has approved: the day of the approval is its last.

    Raises Conflict when it has ended already.
    """
    found = queries.recusal(session, UUID(approved.arguments["recusal"]))
    if found.until_on is not None:
        raise Conflict(message("This recusal has ended already."))
    until_on = ended_on(session, approved.occurred_at)
    happened = RecusalEnded(
        subject=f"person:{found.person_id}", occurred_at=approved.occurred_at, person_id=found.person_id,
        client=found.client, until_on=until_on, approval_id=approved.approval_id, reason=approved.reason,
    )  # fmt: skip
    session.add(
        RecusalEnd(
            recusal_id=found.id, until_on=until_on, reason=approved.reason or "", approval_id=approved.approval_id,
            recorded_at=recorded_at(session), event_id=record(session, happened),
        )
    )  # fmt: skip
    session.flush()


def ask_glass(session: Session, actor: Actor, asked: Asked, minutes: int, reason: str) -> Approval:
    """Ask a second person to open a duty to oneself for some minutes; line manager and HR are told at once.

    Raises NotFound for a duty that is not published, Invalid naming the fields.
    """
    client = _client(asked.client)
    asked = Asked(asked.at, asked.duty, client)
    duty = queries.duty_named(session, asked.duty)
    facts = queries.duty_facts(session, [actor.person_id], [duty], asked)[actor.person_id]
    if why := glass_refusal(duty, facts, firm_day(session, asked.at), client, minutes):
        raise Invalid({"minutes": why})
    payload = {"person": str(actor.person_id), "duty": duty.id, "client": client, "minutes": minutes}
    # The one who gains is the one who asks: that somebody else decides is checked when it is carried out.
    request = Request(GLASS, f"clearance:{actor.person_id}:{duty.id}", payload, reason)
    approval = ask(session, actor.person_id, request, asked.at)
    link = f"/hr/approvals/{approval.id}"
    _tell(session, actor.person_id, (NoticeCode.GLASS_ASKED, approval.id, link), dict(duty.title), asked.at)
    return approval


def open_glass(session: Session, approved: Approved) -> None:
    """Open a duty from now for the minutes asked for, once a second person has approved.

    Raises NotAllowed for one who reports to the person, Conflict when it was asked too long ago.
    """
    arguments, at = approved.arguments, approved.occurred_at
    person_id, duty = UUID(arguments["person"]), queries.duty_named(session, arguments["duty"])
    if reports_of(session, [person_id], [approved.approved_by]):
        raise NotAllowed(message("This concerns somebody you report to: somebody else must decide."))
    asked_at = session.get_one(Approval, approved.approval_id).asked_at
    if at - asked_at > ASKED_WITHIN:
        raise Conflict(message("This was asked more than an hour ago: it is no emergency any more."))
    happened = GlassOpened(
        subject=f"clearance:{person_id}:{duty.id}", occurred_at=at, person_id=person_id, duty=duty.id,
        client=arguments["client"], minutes=arguments["minutes"], approval_id=approved.approval_id,
        reason=approved.reason,
    )  # fmt: skip
    row = GlassRow(
        id=uuid4(), person_id=person_id, duty=duty.id, client=arguments["client"], reason=approved.reason or "",
        from_at=at, until_at=at + timedelta(minutes=arguments["minutes"]), approved_by_id=approved.approved_by,
        approval_id=approved.approval_id, recorded_at=recorded_at(session), event_id=record(session, happened),
    )  # fmt: skip
    session.add(row)
    session.flush()
    title = dict(duty.title)
    _tell(session, person_id, (NoticeCode.GLASS_OPENED, row.id, "/clearances/log"), title, at)
    own = Notice(person_id, NoticeCode.GLASS_YOURS, f"glass:{row.id}:own", "/clearances", {"duty": title})
    notify(session, own, at)


def _tell(
    session: Session, person_id: UUID, what: tuple[NoticeCode, UUID, str], duty: dict[str, str], at: datetime
) -> None:
    """Tell the line manager and HR of an emergency."""
    code, about, link = what
    manager = managers_of(session, [person_id], firm_day(session, at)).get(person_id)
    told = {*holders_of(session, Role.HR, at), *([manager] if manager else [])} - {person_id}
    name = queries.name_of_person(session, person_id)
    for each in sorted(told, key=str):
        where = link if code is NoticeCode.GLASS_ASKED or each != manager else f"/clearances/{person_id}"
        notice = Notice(each, code, f"glass:{about}:{code}:{each}", where, {"name": name, "duty": duty})
        notify(session, notice, at)


def review_glass(
    session: Session, actor: Actor, glass_id: UUID, seen: tuple[Outcome, str], at: datetime
) -> None:
    """Note what somebody who had no part in an emergency opening found.

    Raises NotFound, NotAllowed for a party, Invalid without a remark, Conflict when it is open or reviewed.
    """
    outcome, remark = seen
    row = session.get(GlassRow, glass_id)
    if row is None:
        raise NotFound
    if actor.person_id in {row.person_id, row.approved_by_id}:
        raise NotAllowed(message("You had a part in this: somebody else must review it."))
    if not remark.strip():
        raise Invalid({"remark": message("Say what you found.")})
    if row.until_at > at:
        raise Conflict(message("This opening is still running: review it when it is over."))
    if session.get(GlassReview, glass_id) is not None:
        raise Conflict(message("This has been reviewed already."))
    happened = GlassReviewed(
        subject=f"clearance:{row.person_id}:{row.duty}", occurred_at=at, person_id=row.person_id, outcome=outcome,
        reason=remark.strip(),
    )  # fmt: skip
    session.add(
        GlassReview(
            glass_id=glass_id, outcome=outcome, remark=remark.strip()[:LONGEST_REASON],
            reviewed_by_id=actor.person_id, recorded_at=recorded_at(session), event_id=record(session, happened),
        )
    )  # fmt: skip
    session.flush()


def note_denials(session: Session, denied: ClearancesDenied) -> None:
    """Add denials to the log: one a person, duty, client and day, in one statement."""
    rows = [
        {
            "id": uuid4(), "person_id": person_id, "duty": denied.duty, "client": denied.client,
            "denied_on": denied.denied_on, "code": code, "recorded_at": recorded_at(session),
        }
        for person_id, code in denied.people
    ]  # fmt: skip
    key = ["person_id", "duty", "client", "denied_on"]
    session.execute(insert_into(session, DenialRow).on_conflict_do_nothing(index_elements=key), rows)


def carry_out(session: Session, approved: Approved) -> None:
    """Do what a second person approved, where it is ours."""
    acts = {GLASS: open_glass, RECUSAL_END: end_recusal}
    if approved.approval_kind in acts:
        acts[approved.approval_kind](session, approved)


def _client(text: str, *, required: bool = False) -> str:
    if not text.strip() and not required:
        return ""
    try:
        return client_of(text)
    except ValueError as error:
        raise Invalid({"client": NO_REFERENCE}) from error
