"""Why a decision about a person cannot be asked for: a pure function of how they stand."""

from datetime import date

from lms.certification.labels import STATES
from lms.certification.rules_answers import Standing
from lms.certification.rules_events import DecisionKind
from lms.certification.rules_words import REVOCABLE, State
from lms.core.errors import Message, message

LASTING = frozenset({DecisionKind.EXTENSION, DecisionKind.WAIVER, DecisionKind.EXCLUSION})
# States in which nothing is owed by a day.
UNDATED = frozenset({State.NOT_REQUIRED, State.CERTIFIED, State.REVOKED, State.ENDED})


def objections(
    kind: DecisionKind, standing: Standing, days: tuple[date, date | None], today: date
) -> dict[str, Message]:
    """Return what is wrong with a decision, by field; `days` are its first and its inclusive last day."""
    first, until_on = days
    errors: dict[str, Message] = {}
    if kind in LASTING:
        if until_on is None:
            errors["until_on"] = message("Say until when: the last day.")
        elif until_on < first:
            errors["until_on"] = message("The last day lies before the first.")
        elif until_on < today:
            errors["until_on"] = message("This day has passed already.")
    if kind is DecisionKind.EXTENSION:
        errors |= _against_extension(standing, until_on, today) if not errors else {}
    if kind is DecisionKind.REVOCATION and standing.state not in REVOCABLE | {State.WAIVED}:
        errors["programme"] = message(
            "Only what is valid or in grace can be revoked; this is: %(state)s.", state=STATES[standing.state]
        )
    return errors


def _against_extension(standing: Standing, until_on: date | None, today: date) -> dict[str, Message]:
    """An extension belongs to the open period and only ever adds days.

    Source: docs/certification.md, "Leave and extensions".
    """
    if standing.state is State.LONG_LAPSED:
        return {"programme": message("Lapsed for so long that an extension no longer helps.")}
    last = standing.due_on or standing.grace_until
    if standing.state in UNDATED or last is None or until_on is None:
        return {"programme": message("Nothing is owed here by a day that could be extended.")}
    if until_on <= last:
        return {
            "until_on": message(
                "There is time until %(day)s already: an extension reaches beyond that.", day=last
            )
        }
    if until_on <= today:
        return {"until_on": message("An extension reaches beyond today.")}
    return {}
