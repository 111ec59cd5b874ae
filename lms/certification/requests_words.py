"""What the descriptions of requests share: whose it is, and in what."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from lms.certification.queries.history import history_of
from lms.core.versions import snapshot
from lms.people.queries import names

Payload = Mapping[str, Any]
SUPPOSED = "supposed"


def whom(session: Session, payload: Payload) -> dict[str, Any]:
    """Return the name of the person a request is about, and the title of its programme, if it has one."""
    person_id = UUID(payload["person"])
    found: dict[str, Any] = {"name": names(session, [person_id]).get(person_id, {"zh": "", "en": ""})}
    if "programme" in payload:
        found["programme"] = programme_title(session, payload["programme"])
    return found


def programme_title(session: Session, programme: str) -> dict[str, str]:
    """Return a programme's title in both languages."""
    text = history_of(session).programmes.get(programme)
    return dict(text.title) if text else {"zh": programme, "en": programme}


def target_title(session: Session, need: str, target: str) -> dict[str, str]:
    """Return the title of what a credit is for, its id where it is not published any more."""
    found = snapshot(session).find(need, target)
    return dict(found.body["title"]) if found else {"zh": target, "en": target}
