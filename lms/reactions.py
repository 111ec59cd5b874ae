"""Event → what else must happen, in the same transaction. The only way upward through the floors."""

from uuid import UUID

from sqlalchemy.orm import Session

from lms.agreements.rules import AgreementSigned
from lms.approvals.actions import Request, ask
from lms.approvals.queries import open_about
from lms.approvals.rules import Approved
from lms.authoring.actions import publish_approved
from lms.cases.rules import PlayFinished, PlayStarted
from lms.certification import reacting as certification
from lms.certification.clearances import actions as clearances
from lms.certification.clearances.rules import ClearancesDenied
from lms.certification.rules_events import RuleEnded, RuleMade
from lms.core.access import Role
from lms.core.db import Reactions
from lms.core.errors import Conflict, message
from lms.core.versions import ContentPublished
from lms.courses.actions import note_publication, note_result
from lms.courses.rules import LessonFinished, RunFinished
from lms.evaluations import actions as evaluations
from lms.notices.actions import mail_confirmation, mail_link, tell_of_credentials, tell_of_mail, tell_of_reset
from lms.people.actions import approve_mail_change, grant_role
from lms.people.rules import (
    CredentialsReset,
    EmploymentRecorded,
    LinkIssued,
    MailChanged,
    PasswordChanged,
    RoleChanged,
    RoleRequested,
    SecondFactorChanged,
    UnitChanged,
)
from lms.people.rules_mail import MailApprovalRequested, MailChangeAsked
from lms.quizzes.actions.regrading import carry_out_remedy
from lms.quizzes.rules import AttemptScored, AttemptStarted
from lms.quizzes.rules_remedies import AttemptRegraded


def file_role_request(session: Session, asked: RoleRequested) -> None:
    """Put a role that takes two people before a second person."""
    if asked.person_id is None:
        return
    payload = {"person": str(asked.person_id), "role": asked.role}
    request = Request("role", asked.subject, payload, asked.reason or "", (asked.person_id,))
    ask(session, asked.asker_id, request, asked.occurred_at)


def give_approved_role(session: Session, approved: Approved) -> None:
    """Give a role once a second person has approved."""
    if approved.approval_kind == "role":
        person_id, role = UUID(approved.arguments["person"]), Role(approved.arguments["role"])
        grant_role(session, person_id, role, approved.occurred_at, approved.approval_id)


def file_mail_request(session: Session, asked: MailApprovalRequested) -> None:
    """Put a change of address whose old mailbox is lost before a second person."""
    if asked.person_id is None:
        return
    if open_about(session, asked.subject):
        raise Conflict(message("A second person has been asked about this already."))
    payload = {"person": str(asked.person_id), "change": str(asked.change_id)}
    request = Request("mail", asked.subject, payload, asked.reason or "", (asked.person_id,))
    ask(session, asked.asker_id, request, asked.occurred_at)


def take_approved_mail(session: Session, approved: Approved) -> None:
    """Change an address once a second person has approved."""
    if approved.approval_kind == "mail":
        change_id = UUID(approved.arguments["change"])
        approve_mail_change(session, change_id, approved.occurred_at, approved.approval_id)


REACTIONS: Reactions = {
    LinkIssued: (mail_link,),
    PasswordChanged: (tell_of_credentials,),
    SecondFactorChanged: (tell_of_credentials,),
    CredentialsReset: (tell_of_reset,),
    MailChangeAsked: (mail_confirmation,),
    MailChanged: (tell_of_mail,),
    MailApprovalRequested: (file_mail_request,),
    RoleRequested: (file_role_request,),
    # An approved act is carried out in the transaction of the approval: a role, texts, a credit, a decision.
    Approved: (
        give_approved_role,
        take_approved_mail,
        publish_approved,
        carry_out_remedy,
        certification.on_approval,
        evaluations.carry_out,
        clearances.carry_out,
    ),
    # Another system was told no: the log of denials.
    ClearancesDenied: (clearances.note_denials,),
    # New texts may finish runs, and change whom a programme is asked of: everybody is assessed, in batches.
    ContentPublished: (note_publication, certification.on_publication),
    # A passed quiz may finish a run; a finished run is a credit; a credit may certify.
    AttemptScored: (note_result,),
    # A remedy turned a fail into a pass: it counts as of the day of its submission.
    AttemptRegraded: (note_result,),
    RunFinished: (certification.on_run,),
    # What an open period asks for was begun.
    LessonFinished: (certification.on_lesson,),
    AttemptStarted: (certification.on_attempt,),
    # A case that was passed is a credit, too.
    PlayStarted: (certification.on_play_started,),
    PlayFinished: (certification.on_play,),
    # A signature meets a requirement.
    AgreementSigned: (certification.on_signature,),
    # Joining, moving, leave and leaving decide who owes what, and by when.
    EmploymentRecorded: (certification.on_employment,),
    RoleChanged: (certification.on_role,),
    UnitChanged: (certification.on_unit,),
    # Whom a rule made by hand is about today is assessed at once; who is still to come, in batches.
    RuleMade: (certification.on_rule,),
    RuleEnded: (certification.on_rule,),
}
