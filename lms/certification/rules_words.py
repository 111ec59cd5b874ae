"""The vocabulary of certification: states, overlays, modes, kinds and codes."""

from enum import StrEnum


class State(StrEnum):
    """Where a person stands in a programme on a day."""

    NOT_REQUIRED = "not_required"
    ASSIGNED = "assigned"
    OVERDUE = "overdue"
    CERTIFIED = "certified"
    RENEWAL_OPEN = "renewal_open"
    GRACE = "grace"
    LAPSED = "lapsed"
    LONG_LAPSED = "long_lapsed"
    REVOKED = "revoked"
    WAIVED = "waived"
    ENDED = "ended"


VALID = frozenset({State.CERTIFIED, State.RENEWAL_OPEN})
REVOCABLE = VALID | {State.GRACE}
WAIVABLE = frozenset({State.ASSIGNED, State.OVERDUE, State.GRACE, State.LAPSED, State.LONG_LAPSED})


class Overlay(StrEnum):
    """What is true beside the state."""

    IN_PROGRESS = "in_progress"
    ON_LEAVE = "on_leave"
    EXTENDED = "extended"
    SUPPLEMENT_DUE = "supplement_due"
    SUPPLEMENT_OVERDUE = "supplement_overdue"


class Mode(StrEnum):
    """How the next expiry is found."""

    ROLLING = "rolling"
    ANNIVERSARY = "anniversary"
    FIXED = "fixed"


class Kind(StrEnum):
    """What a programme is for."""

    MANDATORY = "mandatory"
    QUALIFICATION = "qualification"
    SPECIAL = "special"


class Need(StrEnum):
    """What a requirement asks for."""

    AGREEMENT = "agreement"
    COURSE = "course"
    CASE = "case"
    CASE_FROM = "case_from"
    QUIZ = "quiz"
    EXAMINATION = "examination"
    PROGRAMME = "programme"


class Path(StrEnum):
    """Which of a programme's two paths."""

    INITIAL = "initial"
    RENEWAL = "renewal"


class Basis(StrEnum):
    """Why a period is there, which decides what its completion is worth."""

    FIRST = "first"
    RENEWAL = "renewal"
    LONG_LAPSE = "long_lapse"
    REVOCATION = "revocation"
    FINDING = "finding"


class Closing(StrEnum):
    """Why a period is no longer open."""

    EARNED = "earned"
    LEFT = "left"
    LONG_LAPSE = "long_lapse"
    REVOKED = "revoked"
    FINDING = "finding"
    WINDOW = "window"
    DISCHARGED = "discharged"


class SourceKind(StrEnum):
    """Who or what made somebody owe a programme."""

    RULE = "rule"
    PERSON = "person"
    FINDING = "finding"


class ReasonCode(StrEnum):
    """Why a standing is what it is; sentences are the pages' business."""

    NOT_EMPLOYED = "not_employed"
    NO_SOURCE = "no_source"
    EXCLUDED = "excluded"
    LEFT = "left"
    REVOKED = "revoked"
    WAIVED = "waived"
    ASSIGNED = "assigned"
    DUE_DATE_PASSED = "due_date_passed"
    COMPLETED = "completed"
    PRIOR_CREDIT = "prior_credit"
    PROMISE_KEPT = "promise_kept"
    NOT_YET_IN_FORCE = "not_yet_in_force"
    WINDOW_OPEN = "window_open"
    VALIDITY_OVER = "validity_over"
    GRACE_OVER = "grace_over"
    LONG_LAPSE_OVER = "long_lapse_over"
    INITIAL_PATH_OWED = "initial_path_owed"
    ON_LEAVE = "on_leave"
    OPEN_ENDED_REST = "open_ended_rest"
    EXTENDED = "extended"
    SUPPLEMENT_OWED = "supplement_owed"
    FINDING_OWED = "finding_owed"
