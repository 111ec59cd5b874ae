"""The errors that actions raise and the shell turns into pages, problem+json or command output.

A message is a `Message`: an English sentence with named placeholders, which is also the key of its
translation, so that one error reads well in both languages wherever it is shown.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Message:
    """A translatable sentence: `text` is the gettext key, `params` fill its named placeholders."""

    text: str
    params: Mapping[str, object] = field(default_factory=dict)

    def __str__(self) -> str:
        return self.text % self.params if self.params else self.text


def message(text: str, **params: object) -> Message:
    """Make a message; `text` is extracted for translation."""
    return Message(text, params)


class LmsError(Exception):
    """Something the reader can be told about in words."""

    def __init__(self, reason: Message) -> None:
        super().__init__(str(reason))
        self.reason = reason


class NotFound(LmsError):
    """There is no such thing, or none for this actor: a stranger cannot tell the two apart."""

    def __init__(self, reason: Message | None = None) -> None:
        super().__init__(reason or message("There is nothing at this address."))


class NotAllowed(LmsError):
    """The actor is known and may know that the thing exists, but may not do this."""

    def __init__(self, reason: Message | None = None) -> None:
        super().__init__(reason or message("You are not allowed to do this."))


class Conflict(LmsError):
    """The state of things has moved on; nothing was changed."""


class Invalid(LmsError):
    """What was entered cannot be accepted: field name → message; nothing was changed."""

    def __init__(self, errors: Mapping[str, Message]) -> None:
        first = next(iter(errors.values()), message("What was entered cannot be accepted."))
        super().__init__(first)
        self.errors = dict(errors)
