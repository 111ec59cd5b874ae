"""What needs two people here, and what it would do now. Read-only: the act is in `actions/regrading.py`."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from lms.approvals.rules import Kind, Moved, Preview
from lms.core import versions
from lms.core.canonical import canonical_json, sha256_hex
from lms.core.errors import Message, message
from lms.people.queries import names
from lms.quizzes.documents import fraction_text
from lms.quizzes.queries.published import quiz_at
from lms.quizzes.queries.regrading import Foreseen, Proposal, foresee, remedies_of, remedy_from
from lms.quizzes.rules_remedies import RemedyKind, Standing
from lms.quizzes.scoring import shown_percent

REGRADE = "regrade"
MOST_SHOWN = 200
PASSED, FAILED = message("passed"), message("not passed")


def _describe(session: Session, payload: Mapping[str, Any]) -> Message:
    version = versions.library(session).versions(session, [payload["version"]])[payload["version"]]
    item = {"item": payload["item"], "number": version.number}
    match RemedyKind(payload["kind"]):
        case RemedyKind.DROP:
            return message("Item %(item)s, version %(number)s, is to be left out of every paper.", **item)
        case RemedyKind.CREDIT:
            return message("Everybody is to be credited with item %(item)s, version %(number)s.", **item)
        case RemedyKind.ACCEPT:
            return message(
                "Item %(item)s, version %(number)s: %(answer)s is to be right, too.",
                **item, answer=payload["accept"],
            )  # fmt: skip


def _preview(session: Session, payload: Mapping[str, Any]) -> Preview:
    remedy = remedy_from(session, payload["version"], payload["kind"], payload["accept"])
    until = datetime.fromisoformat(payload["until"])
    found = list(foresee(session, Proposal(payload["version"], remedy), until))
    held = remedies_of(session, [payload["version"]]).values()
    rests_on = {
        "payload": dict(payload),
        "held": [str(each.id) for each in held],
        "changes": [_row(each) for each in found],
    }
    called = names(session, {each.attempt.person_id for each in found[:MOST_SHOWN]})
    moved = tuple(
        Moved(
            each.attempt.person_id, called[each.attempt.person_id], dict(_title(session, each)), _rows(each)
        )
        for each in found[:MOST_SHOWN]
    )
    return Preview(sha256_hex(canonical_json(rests_on)), summary(found), moved)


def _title(session: Session, each: Foreseen) -> Mapping[str, str]:
    words = quiz_at(session, each.attempt).blueprint.title
    return {"zh": words.zh, "en": words.en}


def summary(found: list[Foreseen]) -> tuple[Message, ...]:
    """Say how many attempts change, pass or need a review, and what holds for the rest."""
    reviews = sum(each.regraded.review for each in found)
    passes = sum(each.regraded.after.passed and not each.regraded.before.passed for each in found)
    lines = [
        message("%(count)s attempts change; %(passes)s of them are passed by it.", count=len(found), passes=passes),
        message("The better of the old and the new score counts: nobody loses anything."),
        message("Passes that the new scoring would fail, to be looked at by HR: %(count)s.", count=reviews),
        message("Attempts that are open are not touched; whatever is scored later is scored so, too."),
    ]  # fmt: skip
    if len(found) > MOST_SHOWN:
        lines.append(
            message("Shown are the first %(most)s; the command line lists them all.", most=MOST_SHOWN)
        )
    return tuple(lines)


def _rows(each: Foreseen) -> tuple[tuple[Message, Message, Message], ...]:
    before, after = each.regraded.before, each.regraded.after
    rows = [
        (message("Score"), _percent(before), _percent(after)),
        (message("Outcome"), _outcome(before), _outcome(after)),
    ]
    if each.regraded.review:
        rows.append((message("By the new scoring alone"), _outcome(before), FAILED))
    return tuple(rows)


def _percent(standing: Standing) -> Message:
    return message("%(percent)s %%", percent=shown_percent(standing.share))


def _outcome(standing: Standing) -> Message:
    return PASSED if standing.passed else FAILED


def _row(each: Foreseen) -> list[object]:
    after, computed = each.regraded.after, each.regraded.computed
    return [
        str(each.attempt.id), fraction_text(after.share), after.passed, fraction_text(computed.share),
        each.regraded.review,
    ]  # fmt: skip


APPROVAL_KINDS: Mapping[str, Kind] = {
    REGRADE: Kind(message("A remedy for a faulty question"), _describe, _preview)
}
