"""Notices about standings: each once a recipient, period, step, target day and channel."""

from datetime import date, datetime
from functools import partial
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from lms.certification.actions.saving import Assessment
from lms.certification.rules import Audience, Channel, Standing, State
from lms.certification.rules_notices import Telling, Told, to_tell
from lms.certification.texts import ProgrammeText
from lms.core.access import Role
from lms.core.dates import days_between
from lms.notices.actions import notify
from lms.notices.digests import put_line
from lms.notices.rules import Line, Notice, NoticeCode
from lms.people.queries import addressee, chain_above, holders_of, names, present

CHANNEL = "app"


def told_of(
    assessment: Assessment,
    person_id: UUID,
    text: ProgrammeText,
    standing: Standing,
    values: dict[str, Any],
    was: State | None,
) -> None:
    """Put off, until all is saved, the notices a standing calls for."""
    if not text.rules:
        return
    for told in to_tell(was, standing, text.newest, assessment.on):
        assessment.saving.later.append(partial(_tell, person_id, text, values, told, assessment))


def _tell(
    person_id: UUID,
    text: ProgrammeText,
    values: dict[str, Any],
    told: Told,
    assessment: Assessment,
    session: Session,
) -> None:
    params = _params(values, text, told, assessment.on)
    if told.audience is not Audience.PERSON:
        params["name"] = names(session, [person_id])[person_id]
    topic, at = f"{text.id}:{values['period']}", assessment.saving.at
    for reader, link in _readers(session, person_id, told.audience, assessment):
        whom = str(person_id) if reader == person_id else f"{reader}:{person_id}"
        key = f"{whom}:{topic}:{told.step}:{told.target_on}:{CHANNEL}"
        notice = Notice(reader, NoticeCode(told.telling.value), key, link, params)
        _put(session, Line(person_id, topic, told.step, told.target_on, notice), told, at)


def _put(session: Session, line: Line, told: Told, at: datetime) -> None:
    """Put a notice before its reader, and into the mail of the day; good news is mailed at once.

    A step that only mails reaches those without an address in-app.
    """
    mails = Channel.MAIL in told.by
    in_app = Channel.APP in told.by or not addressee(session, line.notice.person_id).mail
    at_once = told.telling is Telling.CERTIFIED
    is_new = notify(session, line.notice, at, mail=mails and at_once) if in_app else True
    if is_new and mails and not at_once:
        put_line(session, line, at)


def _readers(
    session: Session, person_id: UUID, audience: Audience, assessment: Assessment
) -> list[tuple[UUID, str]]:
    """Return who is to read it, and where it leads them. Who is away is passed over for the next one above.

    Where there is nobody above, HR reads it.
    """
    if audience is Audience.PERSON:
        return [(person_id, "/")]
    if audience is not Audience.HR:
        above = chain_above(session, person_id, assessment.on)
        at = 0 if audience is Audience.MANAGER else 1
        if len(above) > at:
            return [(above[at], "/team")]
    hr = [each for each in holders_of(session, Role.HR, assessment.saving.at) if each != person_id]
    here = present(session, hr, assessment.on)
    return [(each, f"/hr/people/{person_id}") for each in hr if each in here]


def _params(values: dict[str, Any], text: ProgrammeText, told: Told, on: date) -> dict[str, Any]:
    params: dict[str, Any] = {"programme": dict(text.title), "number": values["certificate"]}
    for name in ("due_on", "valid_until", "grace_until"):
        day: date | None = values[name]
        if day is not None:
            params[name] = day.isoformat()
    if told.telling in (Telling.DUE_SOON, Telling.EXPIRES_SOON):
        params["days"] = days_between(on, told.target_on) - 1
    if told.telling is Telling.TEAM_OVERDUE:
        params["since"] = told.target_on.isoformat()
    if told.telling is Telling.TEAM_DUE:
        params["by_on"] = told.target_on.isoformat()
    return params
