"""Codes of certification in words: each an English sentence that is the key of its translation."""

from collections.abc import Mapping

from lms.certification.rules_answers import Reason
from lms.certification.rules_calendar import DayKind
from lms.certification.rules_verification import Outcome
from lms.certification.rules_words import Basis, Need, Overlay, ReasonCode, SourceKind, State
from lms.core.errors import Message, message

STATES: Mapping[State, Message] = {
    State.NOT_REQUIRED: message("Not required"),
    State.ASSIGNED: message("Assigned"),
    State.OVERDUE: message("Overdue"),
    State.CERTIFIED: message("Certified"),
    State.RENEWAL_OPEN: message("Renewal open"),
    State.GRACE: message("In grace"),
    State.LAPSED: message("Lapsed"),
    State.LONG_LAPSED: message("Long lapsed"),
    State.REVOKED: message("Revoked"),
    State.WAIVED: message("Waived"),
    State.ENDED: message("Ended"),
}
OVERLAYS: Mapping[Overlay, Message] = {
    Overlay.IN_PROGRESS: message("In progress"),
    Overlay.ON_LEAVE: message("On leave"),
    Overlay.EXTENDED: message("Extended"),
    Overlay.SUPPLEMENT_DUE: message("Supplement due"),
    Overlay.SUPPLEMENT_OVERDUE: message("Supplement overdue"),
}
NEEDS: Mapping[Need, Message] = {
    Need.AGREEMENT: message("Agreement"),
    Need.COURSE: message("Course"),
    Need.CASE: message("Case"),
    Need.CASE_FROM: message("Case"),
    Need.QUIZ: message("Quiz"),
    Need.EXAMINATION: message("Examination"),
    Need.PROGRAMME: message("Certification"),
}
SOURCES: Mapping[SourceKind, Message] = {
    SourceKind.RULE: message("by rule"),
    SourceKind.PERSON: message("by a person"),
    SourceKind.FINDING: message("after a finding"),
}
REASONS: Mapping[ReasonCode, tuple[Message, Message]] = {
    # Each with a day and without.
    ReasonCode.NOT_EMPLOYED: (message("Not employed here."), message("Not employed here.")),
    ReasonCode.NO_SOURCE: (
        message("Nothing asks for this certification."),
        message("Nothing asks for this certification."),
    ),
    ReasonCode.EXCLUDED: (
        message("Taken out of this certification since %(on)s."),
        message("Taken out of this certification."),
    ),
    ReasonCode.LEFT: (message("Left the firm on %(on)s."), message("Left the firm.")),
    ReasonCode.REVOKED: (message("Revoked on %(on)s."), message("Revoked.")),
    ReasonCode.WAIVED: (message("Waived until %(on)s."), message("Waived.")),
    ReasonCode.ASSIGNED: (message("Assigned since %(on)s."), message("Assigned.")),
    ReasonCode.DUE_DATE_PASSED: (
        message("The due date has passed: late since %(on)s."),
        message("The due date has passed."),
    ),
    ReasonCode.COMPLETED: (
        message("Everything was completed on %(on)s."),
        message("Everything is completed."),
    ),
    ReasonCode.PRIOR_CREDIT: (
        message("What was finished by %(on)s, before it was asked for, counts."),
        message("What was finished before it was asked for counts."),
    ),
    ReasonCode.PROMISE_KEPT: (
        message("A certificate already issued promises %(on)s; a correction does not shorten it."),
        message("A certificate already issued has no end; a correction does not shorten it."),
    ),
    ReasonCode.NOT_YET_IN_FORCE: (
        message("The renewed certificate takes effect on %(on)s."),
        message("The renewed certificate is not in force yet."),
    ),
    ReasonCode.WINDOW_OPEN: (message("Can be renewed since %(on)s."), message("Can be renewed.")),
    ReasonCode.VALIDITY_OVER: (
        message("No longer valid since %(on)s; renewal is still possible."),
        message("No longer valid; renewal is still possible."),
    ),
    ReasonCode.GRACE_OVER: (message("Lapsed since %(on)s."), message("Lapsed.")),
    ReasonCode.LONG_LAPSE_OVER: (
        message("Lapsed for so long that everything is asked for anew since %(on)s."),
        message("Lapsed for so long that everything is asked for anew."),
    ),
    ReasonCode.INITIAL_PATH_OWED: (
        message("Everything is asked for anew; what is finished counts from %(on)s."),
        message("Everything is asked for anew."),
    ),
    ReasonCode.ON_LEAVE: (message("On leave since %(on)s."), message("On leave.")),
    ReasonCode.OPEN_ENDED_REST: (
        message("The leave has no end yet, so the date has none either."),
        message("The leave has no end yet, so the date has none either."),
    ),
    ReasonCode.EXTENDED: (message("Extended until %(on)s."), message("Extended.")),
    ReasonCode.SUPPLEMENT_OWED: (
        message("A text has changed; its new parts are due on %(on)s."),
        message("A text has changed; its new parts are owed."),
    ),
    ReasonCode.FINDING_OWED: (
        message("A finding asks for it again by %(on)s."),
        message("A finding asks for it again."),
    ),
}


# Reasons that rest on a decision of two people.
BY_DECISION = frozenset({ReasonCode.EXCLUDED, ReasonCode.REVOKED, ReasonCode.WAIVED, ReasonCode.EXTENDED})


def reason_message(reason: Reason) -> Message:
    """Return a reason as a sentence."""
    with_day, without = REASONS[reason.code]
    return without if reason.on is None else Message(with_day.text, {"on": reason.on})


FACTS: Mapping[str, Message] = {
    "employment.join": message("Joined"),
    "employment.move": message("Moved to another unit"),
    "employment.leave": message("Left"),
    "employment.absence": message("Leave of absence"),
    "employment.absence_end": message("Leave of absence ended"),
    "employment.rehire": message("Came back"),
    "employment.void": message("A fact of employment declared void"),
    "assignment": message("Assigned"),
    "assignment.end": message("Assignment ended"),
    "assignment.void": message("Assignment declared void"),
    "assignment.goes_on": message("Assignment goes on"),
    "credit.run": message("Finished"),
    "credit.hand": message("Credit with evidence"),
    "credit.api": message("Credit from another system"),
    "credit.void": message("Credit declared void"),
    "decision.extension": message("Extended"),
    "decision.extension.withdrawn": message("Extension withdrawn"),
    "decision.waiver": message("Waived"),
    "decision.waiver.withdrawn": message("Waiver withdrawn"),
    "decision.exclusion": message("Excluded"),
    "decision.exclusion.withdrawn": message("Exclusion withdrawn"),
    "decision.revocation": message("Revoked"),
    "decision.revocation.withdrawn": message("Revocation annulled"),
    "decision.finding": message("Finding"),
    "decision.finding.withdrawn": message("Finding withdrawn"),
    "decision.migration": message("Moved to new rules"),
    "decision.migration.withdrawn": message("Move to new rules withdrawn"),
}
BASES: Mapping[Basis, Message] = {
    Basis.FIRST: message("First certification"),
    Basis.RENEWAL: message("Renewal"),
    Basis.LONG_LAPSE: message("Anew after a long lapse"),
    Basis.REVOCATION: message("Anew after a revocation"),
    Basis.FINDING: message("Again after a finding"),
}
OUTCOMES: Mapping[Outcome, tuple[Message, Message, str, str]] = {
    # The word, the sentence, the sign and the tone.
    Outcome.VALID: (
        message("Valid"),
        message("This certificate is valid today."),
        "check-circle",
        "jade",
    ),
    Outcome.REVOKED: (
        message("Revoked"),
        message("This certificate was revoked. It proves nothing."),
        "slash-circle",
        "vermilion",
    ),
    Outcome.SUPERSEDED: (
        message("Superseded"),
        message("This certificate was issued again for the same period: ask for the new one."),
        "arrow-repeat",
        "amber",
    ),
    Outcome.EXPIRED: (
        message("Expired"),
        message("This certificate has expired."),
        "hourglass-split",
        "amber",
    ),
    Outcome.NOT_YET_VALID: (
        message("Not yet valid"),
        message("This certificate is genuine; its validity has not begun."),
        "clock",
        "indigo",
    ),
    Outcome.HOLDER_LEFT: (
        message("Holder has left"),
        message("This certificate is genuine, but its holder no longer works here."),
        "door-closed",
        "grey",
    ),
}


CALENDAR = message("Training dates")
_CALENDAR_LINES = {
    DayKind.DUE: message("“%(programme)s” is due"),
    DayKind.WINDOW: message("“%(programme)s” can be renewed from today"),
    DayKind.EXPIRY: message("“%(programme)s” expires: last day"),
    DayKind.GRACE_END: message("“%(programme)s”: last day to renew after expiry"),
}


def calendar_line(kind: DayKind, title: Mapping[str, str]) -> Message:
    """Return what a day is called in a calendar."""
    return Message(_CALENDAR_LINES[kind].text, {"programme": dict(title)})
