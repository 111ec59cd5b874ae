"""Codes of reports in words: each an English sentence that is the key of its translation."""

from collections.abc import Mapping

from lms.core.errors import Message, message
from lms.reports.rules import Figure, Part

FIGURES: Mapping[Figure, Message] = {
    Figure.CERTIFIED: message("Certified"),
    Figure.DUE: message("Due in 30 days"),
    Figure.OVERDUE: message("Overdue"),
    Figure.LAPSED: message("Lapsed"),
    Figure.WAIVED: message("Waived"),
}
TONES: Mapping[Figure, str] = {
    Figure.CERTIFIED: "jade",
    Figure.DUE: "amber",
    Figure.OVERDUE: "vermilion",
    Figure.LAPSED: "vermilion",
    Figure.WAIVED: "grey",
}
PARTS: Mapping[Part, tuple[Message, str]] = {
    Part.CERTIFIED: (message("Certified, nothing due soon"), "jade"),
    Part.DUE: (message("Due in 30 days or in grace"), "amber"),
    Part.LATER: (message("Assigned, due later"), "indigo"),
    Part.FAILING: (message("Overdue or lapsed"), "vermilion"),
    Part.WAIVED: (message("Waived"), "grey"),
}
# What the log says about a person's certification; the rest of the log is the auditor's.
FACTS: Mapping[str, Message] = {
    "PersonAdded": message("Entered in the directory."),
    "EmploymentRecorded": message("%(fact)s: from %(from_on)s%(until)s. %(unit)s"),
    "RoleChanged": message("Role %(role)s: %(change)s."),
    "Assigned": message("“%(programme)s” is asked for from %(from_on)s, %(source)s."),
    "AssignmentEnded": message("“%(programme)s” is no longer asked for%(until)s, or never was."),
    "AgreementSigned": message("Signed “%(target)s”."),
    "RunFinished": message("Finished “%(target)s”."),
    "AttemptScored": message("Attempt at “%(target)s”: %(score)s %%, %(outcome)s."),
    "AttemptRegraded": message("Attempt at “%(target)s”, marked again: %(score)s %%, %(outcome)s."),
    "AttemptAbandoned": message("The time for “%(target)s” ran out before any answer was given."),
    "AttemptVoided": message("An attempt at “%(target)s” was declared not to count."),
    "AttemptsGranted": message("More attempts at “%(target)s” were granted: %(attempts)s."),
    "CreditRecorded": message("Credit for “%(target)s” on %(occurred_on)s, %(source)s."),
    "CreditVoided": message("The credit for “%(target)s” on %(occurred_on)s is void."),
    "DecisionRecorded": message("%(decision)s in “%(programme)s” from %(occurred_on)s%(until)s."),
    "DecisionWithdrawn": message("%(decision)s in “%(programme)s” withdrawn from %(occurred_on)s."),
    "PeriodOpened": message("Period %(n)s of “%(programme)s” opened."),
    "PeriodVoided": message("A correction made period %(n)s of “%(programme)s” needless."),
    "Certified": message("Certified in “%(programme)s”: valid from %(valid_from)s%(until)s."),
    "CertificateIssued": message(
        "Certificate of “%(programme)s” issued: valid from %(valid_from)s%(until)s."
    ),
    "StandingChanged": message("“%(programme)s”: %(before)s became %(after)s."),
    "StandingCorrected": message("What was said of past days in “%(programme)s” has changed."),
}
UNTIL = message(" through %(day)s")
ERASED = message("The content of this entry was erased.")
CHANGES: Mapping[str, Message] = {"granted": message("given"), "ended": message("taken")}
CREDIT_SOURCES: Mapping[str, Message] = {
    "run": message("seen by the system"),
    "hand": message("entered with evidence"),
    "api": message("reported by another system"),
}
DECISIONS: Mapping[str, Message] = {
    "extension": message("Extension"),
    "waiver": message("Waiver"),
    "exclusion": message("Exclusion"),
    "revocation": message("Revocation"),
    "finding": message("Finding"),
    "migration": message("Migration"),
}
PASSED, NOT_PASSED = message("passed"), message("not passed")
ACTORS: Mapping[str, Message] = {
    "operator": message("the operator"),
    "worker": message("the system"),
    "anonymous": message("somebody not signed in"),
    "demonstration": message("the demonstration"),
}
CREDENTIALS: Mapping[str, Message] = {
    "session": message("signed in"),
    "password": message("by password"),
    "token": message("by token"),
    "command": message("on the command line"),
}
ATTEMPT_STATES: Mapping[str, Message] = {
    "submitted": message("Handed in"),
    "scored": message("Scored"),
    "voided": message("Voided"),
}
RECENT = message("changed in the last seven days")
YES, NO = message("yes"), message("no")
NO_UNIT = message("no unit")
MODES: Mapping[str, Message] = {
    "rolling": message("Each renewal counts from the day on which it is completed."),
    "anniversary": message("Renewals keep the anniversary: renewing early costs nothing."),
    "fixed": message("Everybody renews by the same dates of the year: %(grid)s."),
}
KINDS: Mapping[str, Message] = {
    "mandatory": message("mandatory"),
    "qualification": message("qualification"),
    "special": message("special training"),
}
RULES: Mapping[str, Message] = {
    "all": message("everybody employed"),
    "unit": message("everybody in %(target)s and below"),
    "role": message("everybody who is %(target)s"),
    "holds": message("everybody who holds “%(target)s”"),
}
ONCE = message("A certificate does not expire.")
PERIOD = message("A certificate is valid for %(span)s.")
DUE = message("A first certificate is due %(span)s after it is asked for.")
WINDOW = message("It can be renewed from %(span)s before its last day.")
GRACE = message("After its last day there are %(span)s of grace.")
LONG_LAPSE = message("Lapsed for %(span)s beyond grace, everything is asked for anew.")
LOOK_BACK = message("What was finished up to %(span)s before it was asked for counts.")
DAYS, MONTHS = message("%(count)s days"), message("%(count)s months")
