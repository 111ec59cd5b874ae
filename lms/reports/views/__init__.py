"""Pages of reports: the team, the firm, a person, a programme, lists and files, the log, credits."""

from lms.reports.views import (
    assigning,
    audit,
    deciding,
    evidence,
    firm,
    migration,
    person,
    programme,
    tables,
    team,
)
from lms.reports.views.blueprint import pages

__all__ = [
    "assigning",
    "audit",
    "deciding",
    "evidence",
    "firm",
    "migration",
    "pages",
    "person",
    "programme",
    "tables",
    "team",
]
