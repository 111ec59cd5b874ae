"""What happens in certification, as the log and the reactions see it. Pure."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from uuid import UUID

from lms.certification.rules_sources import HandKind
from lms.certification.rules_words import Basis, Need, Path, SourceKind, State
from lms.core.events import Event


class CreditSource(StrEnum):
    """Who says that something was finished: the system itself, a person with evidence, another system."""

    RUN = "run"
    HAND = "hand"
    API = "api"


class DecisionKind(StrEnum):
    """What two people can decide about one person in one programme."""

    EXTENSION = "extension"
    WAIVER = "waiver"
    EXCLUSION = "exclusion"
    REVOCATION = "revocation"
    FINDING = "finding"
    MIGRATION = "migration"


@dataclass(frozen=True, kw_only=True)
class Assigned(Event):
    """A source appeared: the person owes the programme from a day on."""

    programme: str
    source: SourceKind
    source_key: str
    from_on: date


@dataclass(frozen=True, kw_only=True)
class AssignmentEnded(Event):
    """A source ended on its last day, was found never to have been, or goes on after all."""

    programme: str
    source_key: str
    until_on: date | None
    is_void: bool


@dataclass(frozen=True, kw_only=True)
class RuleMade(Event):
    """Two people made a rule of assignment."""

    programme: str
    rule_kind: HandKind
    target: str
    from_on: date
    due: str


@dataclass(frozen=True, kw_only=True)
class RuleEnded(Event):
    """Two people ended a rule of assignment."""

    programme: str
    until_on: date


@dataclass(frozen=True, kw_only=True)
class CreditRecorded(Event):
    """Something was finished on a civil day."""

    need: Need
    target: str
    occurred_on: date
    source: CreditSource


@dataclass(frozen=True, kw_only=True)
class CreditVoided(Event):
    """A credit was never earned."""

    need: Need
    target: str
    occurred_on: date


@dataclass(frozen=True, kw_only=True)
class DecisionRecorded(Event):
    """A decision about a person in a programme was entered."""

    decision: DecisionKind
    programme: str
    occurred_on: date
    until_on: date | None = None


@dataclass(frozen=True, kw_only=True)
class DecisionWithdrawn(Event):
    """A decision was withdrawn; of a revocation: annulled."""

    decision: DecisionKind
    programme: str
    occurred_on: date


@dataclass(frozen=True, kw_only=True)
class PeriodOpened(Event):
    """The n-th period of a person in a programme opened."""

    programme: str
    n: int
    basis: Basis
    path: Path
    opened_on: date


@dataclass(frozen=True, kw_only=True)
class PeriodVoided(Event):
    """A correction made a period needless."""

    programme: str
    n: int


@dataclass(frozen=True, kw_only=True)
class Certified(Event):
    """A period was earned. `valid_until` None: it does not expire."""

    programme: str
    n: int
    completed_on: date
    valid_from: date
    valid_until: date | None


@dataclass(frozen=True, kw_only=True)
class CertificateIssued(Event):
    """A certificate was issued; with `supersedes_id`, in place of another."""

    programme: str
    valid_from: date
    valid_until: date | None
    supersedes_id: UUID | None = None


@dataclass(frozen=True, kw_only=True)
class StandingChanged(Event):
    """A standing became another on a day; `before` is what it was until then."""

    programme: str
    before: State
    after: State
    changed_on: date


@dataclass(frozen=True, kw_only=True)
class StandingCorrected(Event):
    """What was said of past days has changed; `days` are the inclusive intervals, as ISO text."""

    programme: str
    days: tuple[tuple[str, str], ...]


@dataclass(frozen=True, kw_only=True)
class CertificateRead(Event):
    """Somebody opened the document of another's certificate."""


@dataclass(frozen=True, kw_only=True)
class StandingsRead(Event):
    """Somebody took standings of others from the interface, or a command did: so many rows."""

    rows: int
    as_of: date
