"""Reads of certification, by topic; each is imported from here."""

from lms.certification.queries.certificates import (
    CertificateLine,
    Verification,
    certificate_for,
    certificates_of,
    may_have_pdf,
    pdf_of,
    verification_of,
)
from lms.certification.queries.checking import Difference, check_people, check_standings
from lms.certification.queries.facts import facts_for
from lms.certification.queries.history import Known, history_of, known_by, programme_in
from lms.certification.queries.records import (
    FactLine,
    PeriodLine,
    Record,
    facts_listed,
    periods_of,
    record_for,
    record_of,
)
from lms.certification.queries.standings import (
    Answer,
    DaysInState,
    StandingLine,
    own_standings,
    spans_of,
    standing_days,
    standing_for,
    standing_of,
    standings_as_of,
    standings_today,
    state_on,
)

__all__ = [
    "Answer",
    "CertificateLine",
    "DaysInState",
    "Difference",
    "FactLine",
    "Known",
    "PeriodLine",
    "Record",
    "StandingLine",
    "Verification",
    "certificate_for",
    "certificates_of",
    "check_people",
    "check_standings",
    "facts_for",
    "facts_listed",
    "history_of",
    "known_by",
    "may_have_pdf",
    "own_standings",
    "pdf_of",
    "periods_of",
    "programme_in",
    "record_for",
    "record_of",
    "spans_of",
    "standing_days",
    "standing_for",
    "standing_of",
    "standings_as_of",
    "standings_today",
    "state_on",
    "verification_of",
]
