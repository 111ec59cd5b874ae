"""What completing a period is worth, and what a printed certificate promises beyond it."""

from datetime import date

from lms.certification.rules_dates import Validity, lengthened, new_expiry, renewed, validity
from lms.certification.rules_facts import Issued
from lms.certification.rules_stages import Passage
from lms.certification.rules_words import Basis
from lms.core.dates import FOREVER


def worth(passage: Passage, done_on: date, *, lapsed: bool) -> Validity:
    """The validity that completing a period on a day gives; only a renewal depends on what was before."""
    programme = passage.programme
    if passage.basis is Basis.RENEWAL and passage.before is not None:
        return renewed(programme, done_on, passage.before, lapsed=lapsed)
    valid_from = max(done_on, passage.opened_on)
    return validity(programme, done_on, done_on, valid_from, new_expiry(programme, done_on))


def keep_promises(passage: Passage, earned: Validity, issued: list[Issued], day: date) -> Validity:
    """Lengthen a validity to what certificates printed by a day promise; those are used up.

    Source: docs/certification.md, "Corrections".
    """
    while issued and issued[0].completed_on <= day:
        certificate = issued.pop(0)
        promised = FOREVER if certificate.valid_until is None else certificate.valid_until
        if promised > earned.valid_until:
            earned = lengthened(earned, promised)
            passage.kept.append((day, promised, certificate.id))
    return earned
