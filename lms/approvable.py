"""Which acts take two people: how each describes itself and what it would do now.

Handed to every session by `app.open_database`; the act itself follows `Approved` through `reactions`.
"""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from lms.approvals.rules import Kind, Preview
from lms.authoring.queries import APPROVAL_KIND, CONTENT_KIND
from lms.certification.clearances.requests import APPROVAL_KINDS as CLEARANCE_KINDS
from lms.certification.moving import MIGRATION_KINDS
from lms.certification.requests import APPROVAL_KINDS as CERTIFICATION_KINDS
from lms.core.canonical import canonical_json, sha256_hex
from lms.core.errors import Message, message
from lms.evaluations.requests import APPROVAL_KINDS as EVALUATION_KINDS
from lms.people import queries as people
from lms.people.labels import ROLES
from lms.quizzes.requests import APPROVAL_KINDS as QUIZ_KINDS


def describe_role(session: Session, payload: Mapping[str, Any]) -> Message:
    """Say which role is asked for whom."""
    person_id = UUID(payload["person"])
    name = people.names(session, {person_id}).get(person_id, {"zh": "", "en": ""})
    return message("%(name)s is to become %(role)s.", name=name, role=ROLES[payload["role"]])


def preview_role(session: Session, payload: Mapping[str, Any]) -> Preview:
    """Show what the role allows; it is stale once the person holds it or has left."""
    person_id = UUID(payload["person"])
    held = sorted(people.roles_of(session, person_id))
    employed = people.person(session, person_id).employed
    digest = sha256_hex(canonical_json({"held": held, "employed": employed, "role": payload["role"]}))
    return Preview(digest, (message("From then on they may do what the role allows; they are told."),))


def describe_mail(session: Session, payload: Mapping[str, Any]) -> Message:
    """Say whose address is to change without a word from the old mailbox; the addresses are in the preview."""
    name = people.mail_change(session, UUID(payload["change"])).name
    return message("The registered address of %(name)s is to change without its old mailbox.", name=name)


def preview_mail(session: Session, payload: Mapping[str, Any]) -> Preview:
    """Show the addresses; it is stale once the change was confirmed, withdrawn or followed by another."""
    change = people.mail_change(session, UUID(payload["change"]))
    digest = sha256_hex(canonical_json({"ended": change.ended, **payload}))
    if change.ended is not None:
        return Preview(digest, (message("This change of address no longer waits."),))
    new = message("Links and mails then go to %(mail)s.", mail=change.new_mail)
    none = message("No address is then registered: links are printed.")
    lines = (
        message("Registered now: %(mail)s.", mail=change.mail),
        new if change.new_mail else none,
        message("Both addresses are told. Make sure of the person before you approve."),
    )
    return Preview(digest, lines)


APPROVAL_KINDS: Mapping[str, Kind] = {
    "role": Kind(message("A role that approves or reads everything"), describe_role, preview_role),
    "mail": Kind(message("An e-mail address whose old mailbox is lost"), describe_mail, preview_mail),
    APPROVAL_KIND: CONTENT_KIND,
    **QUIZ_KINDS,
    **CERTIFICATION_KINDS,
    **MIGRATION_KINDS,
    **EVALUATION_KINDS,
    **CLEARANCE_KINDS,
}
