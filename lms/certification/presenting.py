"""One form in which answers leave the system: ids, days and codes, for the API and the command line alike."""

from typing import Any

from lms.certification.queries.standings import Answer

DAYS = ("since", "due_on", "valid_from", "valid_until", "window_opens_on", "grace_until", "next_change_on")


def standing_document(answer: Answer) -> dict[str, Any]:
    """Return an answer as JSON holds it."""
    standing = answer.standing
    days = {name: getattr(standing, name) for name in DAYS}
    return {
        "person": str(answer.person_id),
        "programme": answer.programme,
        "state": standing.state.value,
        **{name: day.isoformat() if day else None for name, day in days.items()},
        "next_state": standing.next_state.value if standing.next_state else None,
        "overlays": sorted(each.value for each in standing.overlays),
        "reasons": [
            {"code": each.code.value, "on": each.on.isoformat() if each.on else None, "fact": each.fact}
            for each in standing.reasons
        ],
        "as_of": answer.as_of.isoformat(),
        "known_at": answer.known_at.isoformat() if answer.known_at else None,
        "position": answer.position,
    }
