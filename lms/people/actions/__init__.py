"""Verbs of people, by topic; each is imported from here."""

from lms.people.actions.accounts import (
    drop_second_factor,
    enrol_second_factor,
    note_failure,
    renew_recovery_codes,
    set_password,
    use_second_factor,
)
from lms.people.actions.employment import check_employment, record_employment, refresh_changed, refresh_person
from lms.people.actions.links import (
    issue_first_administrator_link,
    issue_link,
    make_first_administrator,
    redeem_link,
)
from lms.people.actions.mail import (
    approve_mail_change,
    confirm_mail_change,
    request_mail_approval,
    withdraw_mail_change,
)
from lms.people.actions.persons import add_people, add_person, change_identity, choose_language
from lms.people.actions.roles import end_role, grant_founding_role, grant_role, is_founding, request_role
from lms.people.actions.roster import import_roster
from lms.people.actions.sessions import (
    clear_failures,
    end_session,
    end_sessions_of,
    note_seen,
    open_session,
    prove_again,
)
from lms.people.actions.tokens import end_token, issue_token
from lms.people.actions.units import change_unit, create_unit, end_lead, set_lead

__all__ = [
    "add_people",
    "add_person",
    "approve_mail_change",
    "change_identity",
    "change_unit",
    "check_employment",
    "choose_language",
    "clear_failures",
    "confirm_mail_change",
    "create_unit",
    "drop_second_factor",
    "end_lead",
    "end_role",
    "end_session",
    "end_sessions_of",
    "end_token",
    "enrol_second_factor",
    "grant_founding_role",
    "grant_role",
    "import_roster",
    "is_founding",
    "issue_first_administrator_link",
    "issue_link",
    "issue_token",
    "make_first_administrator",
    "note_failure",
    "note_seen",
    "open_session",
    "prove_again",
    "record_employment",
    "redeem_link",
    "refresh_changed",
    "refresh_person",
    "renew_recovery_codes",
    "request_mail_approval",
    "request_role",
    "set_lead",
    "set_password",
    "use_second_factor",
    "withdraw_mail_change",
]
