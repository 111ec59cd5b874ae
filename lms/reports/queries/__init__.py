"""Reads of reports, by topic; each is imported from here."""

from lms.reports.queries.firm import overview_of
from lms.reports.queries.lines import Page, lines, lines_for
from lms.reports.queries.log import LogEntry, LogFilter, checkpoints, entries, kinds
from lms.reports.queries.persons import Dossier, FactRow, dossier, facts_of
from lms.reports.queries.tables import AttemptRow, CertificateRow, attempt_rows, certificate_rows, people_rows
from lms.reports.queries.team import Member, team
from lms.reports.queries.units import Tree, tree_of

__all__ = [
    "AttemptRow",
    "CertificateRow",
    "Dossier",
    "FactRow",
    "LogEntry",
    "LogFilter",
    "Member",
    "Page",
    "Tree",
    "attempt_rows",
    "certificate_rows",
    "checkpoints",
    "dossier",
    "entries",
    "facts_of",
    "kinds",
    "lines",
    "lines_for",
    "overview_of",
    "people_rows",
    "team",
    "tree_of",
]
