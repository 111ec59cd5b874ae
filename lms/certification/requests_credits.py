"""How credits that need two people describe themselves, and what they would do: entered, corrected, void."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from uuid import UUID

from sqlalchemy.orm import Session

from lms.approvals.rules import Preview
from lms.audit.events import recorded_at
from lms.certification.actions.credits import credit_from, version_of
from lms.certification.foreseeing import Foreseen, Supposed, foresee, told
from lms.certification.models import CreditRow
from lms.certification.queries.facts import Dossier
from lms.certification.queries.history import history_of
from lms.certification.requests_words import SUPPOSED, Payload, programme_title, target_title, whom
from lms.certification.rules import Counted, Credit, Facts, Need, missing
from lms.core.errors import Message, message
from lms.people.queries import firm_day


def describe_credit(session: Session, payload: Payload) -> Message:
    """Say whose credit for what is asked for."""
    return message(
        "Credit %(name)s with “%(target)s” on %(day)s.",
        target=target_title(session, payload["need"], payload["target"]),
        day=date.fromisoformat(payload["occurred_on"]),
        **whom(session, payload),
    )


def preview_credit(session: Session, payload: Payload) -> Preview:
    """Say which standings the credit would change, and in which programmes it counts."""
    new = credit_from(payload)
    credit = Credit(
        id=SUPPOSED,
        recorded_at=recorded_at(session),
        need=new.need,
        target=new.target,
        occurred_on=new.occurred_on,
        version=version_of(session, new),
    )
    supposed = Supposed([new.person_id], lambda dossier: dossier.credits.append(credit))
    return _told(session, supposed, (new.need, new.target))


def _told(session: Session, supposed: Supposed, target: tuple[Need, str]) -> Preview:
    found = foresee(session, supposed)
    return told(session, found, list(_counts(session, found, target)))


def _counts(session: Session, found: list[Foreseen], target: tuple[Need, str]) -> Iterator[Message]:
    """Say of each programme that asks for the target now what a credit does there."""
    today = firm_day(session, recorded_at(session))
    programmes = history_of(session).programmes
    for each in found:
        if target not in programmes[each.programme].targets:
            continue
        before, after = (_step(facts, target, today) for facts in each.facts)
        title = programme_title(session, each.programme)
        if before is not None and before.met_on is None and after is not None and after.met_on is not None:
            yield message("In “%(programme)s” this step is then done.", programme=title)
        elif before is not None and before.met_on is None and after is not None:
            yield message(
                "In “%(programme)s” it counts for nothing now: what is asked for there counts only from a later day.",
                programme=title,
            )


def _step(facts: Facts, target: tuple[Need, str], today: date) -> Counted | None:
    asked = missing(facts, today)
    return next((each for each in asked if (each.requirement.need, each.requirement.target) == target), None)


def describe_void(session: Session, payload: Payload) -> Message:
    """Say whose credit for what is declared never to have been."""
    row = session.get_one(CreditRow, UUID(payload["credit"]))
    return message(
        "Declare void the credit of %(name)s for “%(target)s” on %(day)s.",
        target=target_title(session, row.need, row.target),
        day=row.occurred_on,
        **whom(session, payload),
    )


def preview_void(session: Session, payload: Payload) -> Preview:
    """Say which standings rested on it; a certificate once issued counts until it is revoked."""
    row = session.get_one(CreditRow, UUID(payload["credit"]))

    def without(dossier: Dossier) -> None:
        dossier.credits[:] = [each for each in dossier.credits if each.id != payload["credit"]]

    found = foresee(session, Supposed([row.person_id], without))
    kept = message("A certificate once issued counts until it is revoked; this shortens none.")
    return told(session, found, [kept])


def describe_correction(session: Session, payload: Payload) -> Message:
    """Say whose credit is to have been earned on which other day."""
    row = session.get_one(CreditRow, UUID(payload["credit"]))
    return message(
        "Correct the credit of %(name)s for “%(target)s”: earned on %(day)s, not on %(before)s.",
        target=target_title(session, row.need, row.target),
        day=date.fromisoformat(payload["occurred_on"]),
        before=row.occurred_on,
        **whom(session, payload),
    )


def preview_correction(session: Session, payload: Payload) -> Preview:
    """Say which standings the other day would change."""
    row = session.get_one(CreditRow, UUID(payload["credit"]))
    day = date.fromisoformat(payload["occurred_on"])
    version = history_of(session).version_on(Need(row.need), row.target, day)

    def moved(dossier: Dossier) -> None:
        dossier.credits[:] = [
            replace(each, id=SUPPOSED, occurred_on=day, version=version)
            if each.id == payload["credit"]
            else each
            for each in dossier.credits
        ]

    supposed = Supposed([row.person_id], moved)
    return _told(session, supposed, (Need(row.need), row.target))
