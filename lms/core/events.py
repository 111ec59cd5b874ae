"""The base of every event: what happened, to whom, when. Slices define theirs in `rules.py`."""

from dataclasses import dataclass, field, fields
from datetime import datetime
from typing import Any
from uuid import UUID

BASE_FIELDS = frozenset(
    {"subject", "occurred_at", "person_id", "reason", "version", "policy_version", "approval_id"}
)


@dataclass(frozen=True, kw_only=True)
class Event:
    """Something that happened. Subclasses are named in the past tense and add their payload as fields.

    `subject` names the object as `kind:id`; `person_id` is whom it concerns; `version` the authored
    version it rests on. Payload fields are ids, numbers, days and codes: never a name or an address.
    """

    subject: str
    occurred_at: datetime
    person_id: UUID | None = None
    reason: str | None = None
    version: str | None = None
    policy_version: str | None = None
    approval_id: UUID | None = None

    @property
    def kind(self) -> str:
        """The event's name in the log."""
        return type(self).__name__

    def payload(self) -> dict[str, object]:
        """Return the fields a subclass adds, as JSON-ready values (days and ids as text)."""
        own = (f for f in fields(self) if f.name not in BASE_FIELDS and f.metadata.get("recorded", True))
        return {f.name: plain(getattr(self, f.name)) for f in own}


def unrecorded() -> Any:
    """Declare a field that reactions may read but the log never holds: the token of a one-time link."""
    return field(metadata={"recorded": False}, repr=False)


def plain(value: object) -> object:
    """Return `value` as canonical JSON can hold it: text, whole numbers, booleans, lists, mappings."""
    if value is None or isinstance(value, (bool, int)):
        return value
    if isinstance(value, dict):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        items = [plain(item) for item in value]
        return sorted(items, key=str) if isinstance(value, (set, frozenset)) else items
    return str(value)
