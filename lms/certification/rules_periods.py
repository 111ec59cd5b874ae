"""Periods as they stood on a day, and what the open one still asks for."""

from dataclasses import replace
from datetime import date

from lms.certification.rules_answers import Counted, Period
from lms.certification.rules_credits import counted
from lms.certification.rules_dates import lengthened
from lms.certification.rules_programmes import Requirement
from lms.certification.rules_spans import History
from lms.certification.rules_stages import Passage, Terms
from lms.certification.rules_words import Closing
from lms.core.dates import FOREVER


def period_on(history: History, passage: Passage, as_of: date) -> Period:
    """A period as it stood on a day: what came later is left out."""
    terms = _terms_on(passage, as_of)
    closed = passage.closed_on <= as_of
    revoked = passage.revoked_on is not None and passage.revoked_on <= as_of
    period = Period(
        n=passage.n,
        basis=passage.basis,
        path=passage.path,
        version=terms.programme.version,
        opened_on=passage.opened_on,
        counts_from=terms.counts_from,
        requirements=_counted_on(history, passage, terms, as_of),
        finding=passage.finding,
        closed_on=passage.closed_on if closed else None,
        closed_reason=passage.closing if closed else None,
        completed_on=passage.closed_on if closed and passage.closing is Closing.DISCHARGED else None,
        revoked_on=passage.revoked_on if revoked else None,
    )
    return _with_validity(period, passage, as_of) if closed and passage.validity is not None else period


def missing_on(history: History, as_of: date) -> tuple[Counted, ...]:
    """What the period open on a day asks for, with what meets it; empty when none is open."""
    for passage in reversed(history.walk.passages):
        if passage.opened_on <= as_of < passage.closed_on:
            return _counted_on(history, passage, _terms_on(passage, as_of), as_of)
    return ()


def _with_validity(period: Period, passage: Passage, as_of: date) -> Period:
    validity = passage.validity
    assert validity is not None
    promises = [(until, fact) for day, until, fact in passage.kept if day <= as_of]
    until, kept = max([(passage.earned_until, ""), *promises], key=lambda each: each[0])
    ends_on = min([until, *(last for day, last in passage.cuts if day <= as_of)])
    opens_on = lengthened(validity, until).window_opens_on
    return replace(
        period,
        completed_on=validity.completed_on,
        anchor=validity.anchor,
        valid_from=validity.valid_from,
        valid_until=None if ends_on == FOREVER else ends_on,
        window_opens_on=None if opens_on == FOREVER else opens_on,
        kept=kept or None,
    )


def _terms_on(passage: Passage, as_of: date) -> Terms:
    found = passage.terms[0]
    for terms in passage.terms[1:]:
        if terms.from_on <= as_of:
            found = terms
    return found


def _counted_on(history: History, passage: Passage, terms: Terms, as_of: date) -> tuple[Counted, ...]:
    """What counts on a day: a standing requirement is met on the first of the days it has held since."""
    if passage.validity is not None and passage.closed_on <= as_of:
        return passage.evidence
    requirements = terms.programme.requirements(passage.path)
    return tuple(_one_counted(history, each, terms.counts_from, as_of) for each in requirements)


def _one_counted(history: History, requirement: Requirement, counts_from: date, as_of: date) -> Counted:
    evidence = history.walk.evidence
    if requirement.is_standing:
        days = evidence.days(requirement)
        return Counted(requirement, next((a for a, b in days if a <= as_of <= b), None))
    found = counted(evidence, requirement, counts_from)
    if found.met_on is not None and found.met_on <= as_of:
        return found
    earned = {each.id for each in history.walk.facts.credits if each.occurred_on <= as_of}
    return Counted(requirement, None, tuple(each for each in found.credits if each in earned))
