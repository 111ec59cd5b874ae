"""Forms: WTForms with CSRF, messages in the reader's language, and safe `next` addresses."""

from typing import Any
from urllib.parse import urlsplit

from flask import request
from flask_babel import get_locale
from flask_wtf import FlaskForm

from lms.core.errors import Invalid
from lms.web.pages import say


class Form(FlaskForm):
    """The base of every form. Text is stripped by each field; sizes are limited by validators."""

    class Meta(FlaskForm.Meta):
        """Let WTForms speak the reader's language."""

        @property
        def locales(self) -> list[str]:
            """WTForms' own catalogue for the reader's language."""
            return ["zh"] if str(get_locale()).startswith("zh") else ["en"]

    def blame(self, error: Invalid) -> None:
        """Show what an action refused beside the fields it named; the rest above the form."""
        for name, text in error.errors.items():
            field: Any = self._fields.get(name)
            if field is None:
                self.form_errors.append(say(text))
            else:
                field.errors = [*field.errors, say(text)]


MOST_WHOLE = 2**63 - 1  # what a database counts up to


def whole(text: str) -> int:
    """Read a whole number of an address, for `request.args.get(name, type=whole)`.

    Raises ValueError for one that no database holds.
    """
    number = int(text)
    if abs(number) > MOST_WHOLE:
        raise ValueError("no database holds this number")
    return number


def safe_next(default: str) -> str:
    """Return the `next` address of the request if it stays on this site, else `default`."""
    target = request.values.get("next", "")
    parts = urlsplit(target)
    harmless = target.startswith("/") and not target.startswith(("//", "/\\")) and "\\" not in target
    clean = harmless and not parts.scheme and not parts.netloc and not any(ord(char) < 32 for char in target)
    return target if clean and len(target) <= 500 else default
