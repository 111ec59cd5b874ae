"""From the facts of certification to the facts of clearances: what `rules.clearance` needs and no more."""

from collections.abc import Collection, Iterable, Mapping
from datetime import date

from lms.certification.clearances.rules import Demand, Duty, DutyFacts, Stretch
from lms.certification.queries.facts import Dossier
from lms.certification.rules import Facts, Need, Span, State, periods, status
from lms.certification.texts import History
from lms.core.dates import FOREVER, Days, add, union
from lms.core.versions import Snapshot, Version
from lms.people.employment import Interval

Read = Mapping[str, tuple[Facts, tuple[Span, ...]]]


def duties_in(texts: Snapshot) -> dict[str, Duty]:
    """Return the duties published now, by id; none where no policy is published."""
    policy = texts.find("policy", "clearances")
    return texts.parsed(policy, duties_of) if policy else {}


def duties_of(policy: Version) -> dict[str, Duty]:
    """Read a published policies/clearances.yml."""
    return {
        each["id"]: Duty(
            id=each["id"],
            title=each["title"],
            programmes=tuple(each["programmes"]),
            agreements=tuple(each["agreements"]),
            states=frozenset(State(state) for state in each["states"]),
            while_on_leave=each["while_on_leave"] == "allow",
            glass_minutes=each.get("break_glass_minutes", 60),
        )
        for each in policy.body["duties"]
    }


def needed(history: History, duties: Iterable[Duty]) -> frozenset[str]:
    """Return the programmes that duties name, and those that these rest on."""
    found: set[str] = set()
    waiting = {name for duty in duties for name in duty.programmes}
    while waiting:
        name = waiting.pop()
        if name not in found and name in history.programmes:
            found.add(name)
            waiting |= history.programmes[name].needs
    return frozenset(found)


def facts_read(dossier: Dossier, read: Read, history: History, duties: Collection[Duty]) -> DutyFacts:
    """Put together what the clearances of one person rest on, recusals and openings aside."""
    agreements = sorted({name for duty in duties for name in duty.agreements})
    with_grace = {name for duty in duties if State.GRACE in duty.states for name in duty.programmes}
    named = {name for duty in duties for name in duty.programmes}
    return DutyFacts(
        employed=_days(each.interval for each in dossier.employed.spells),
        leave=_days(dossier.employed.absences),
        programmes={
            name: tuple(_stretch(facts, each, name in with_grace) for each in spans)
            for name, (facts, spans) in read.items()
            if name in named
        },
        signed={
            name: tuple((s.occurred_on, s.version) for s in dossier.signatures if s.agreement == name)
            for name in agreements
        },
        demands={
            name: tuple(
                Demand(each.version, add(each.effective_on, each.due))
                for each in history.content([(Need.AGREEMENT, name)])
            )
            for name in agreements
        },
    )


def _days(intervals: Iterable[Interval]) -> Days:
    return union((each.from_on, each.until_on or FOREVER) for each in intervals)


def _stretch(facts: Facts, span: Span, with_grace: bool) -> Stretch:
    through = grace_through(facts, span.from_on) if with_grace and span.state is State.GRACE else None
    return Stretch(span.state, span.overlays, span.from_on, span.until_on, through)


def grace_through(facts: Facts, on: date) -> date | None:
    """Return `valid_until` and the grace days of the programme, under the rules of the period open on a day."""
    valid_until = status(facts, on).valid_until
    version = next((each.version for each in reversed(periods(facts, on)) if each.is_open), None)
    rules = next((each for each in facts.rules if each.version == version), facts.rules[-1])
    return None if valid_until is None else add(valid_until, rules.grace)
