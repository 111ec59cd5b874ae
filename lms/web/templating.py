"""What templates do a hundred times a page, done once: translated sentences, addresses of files, macros.

Each replaces what Flask, Flask-Babel and Jinja bring by something that says the same.
"""

from collections.abc import Callable, Hashable, Iterator, Sequence
from datetime import date
from functools import lru_cache
from typing import Any

import flask
import flask_babel
from babel.dates import format_date
from babel.numbers import format_decimal
from flask import Flask, g, request
from flask_babel import get_locale, get_translations
from jinja2 import Template
from jinja2.runtime import Context
from markupsafe import Markup

MOST_SENTENCES = 20_000
MOST_VALUES = 20_000
MOST_PIECES = 2_000


class House(Template):
    """A template whose macros, imported without a context, are compiled into a module once a process.

    Jinja compares all global names at each import, in case a template brought its own; ours never do.
    """

    def _get_default_module(self, _ctx: Context | None = None) -> Any:
        found: Any = super()._get_default_module()
        if self.name == "macros/icons.html" and not hasattr(found.icon, "cache_info"):
            found.icon = lru_cache(MOST_VALUES)(
                found.icon
            )  # a page has thirty, and they say nothing in words
        return found


def install(app: Flask) -> None:
    """Give the application's templates the faster ways."""
    environment = app.jinja_env
    environment.template_class = House
    environment.globals["_"] = environment.globals["gettext"] = translated
    environment.globals["kept"] = kept
    environment.filters.update(numberformat=number, dateformat=day, stacked=stacked)
    addresses: dict[tuple[str, str], str] = {}

    def url_for(endpoint: str, **values: Any) -> str:
        if endpoint != "static" or values.keys() != {"filename"}:
            return flask.url_for(endpoint, **values)
        key = (request.script_root, values["filename"])
        if key not in addresses:
            addresses[key] = flask.url_for(endpoint, **values)
        return addresses[key]

    environment.globals["url_for"] = url_for


_kept: dict[tuple[str, Hashable], Markup] = {}


def kept(key: Hashable, macro: Callable[..., Markup], *values: Any, **named: Any) -> Markup:
    """Return what a macro makes of something that never changes under this key, in the reader's language."""
    full = (reader_locale(), key)
    found = _kept.get(full)
    if found is None:
        if len(_kept) >= MOST_PIECES:
            _kept.clear()
        found = _kept[full] = macro(*values, **named)
    return found


def reader_locale() -> str:
    """Return the name of the locale of this request."""
    found = g.get("locale")
    if found is None:
        found = g.locale = str(get_locale())
    return str(found)


def translated(text: str, /, **variables: Any) -> Markup:
    """Return a sentence in the reader's language; what is put into it is escaped."""
    found = _sentence(reader_locale(), text)
    return found % variables if variables or "%" in found else found


def number(value: Any) -> str:
    """Write a number as the reader's language does."""
    if type(value) is not int:
        return str(flask_babel.format_number(value))
    return _number(value, reader_locale())


def day(value: Any, style: str | None = None) -> str:
    """Write a civil day as the reader's language does; an instant is of the day on the firm's wall clock."""
    if type(value) is not date:
        return str(flask_babel.format_date(value, style))
    return day_in(value, style or "medium", reader_locale())


@lru_cache(MOST_VALUES)
def day_in(value: date, style: str, locale: str) -> str:
    """Write a civil day; a page has few of them many times, and to format one takes long."""
    return str(format_date(value, style, locale=locale))


@lru_cache(MOST_VALUES)
def _number(value: int, locale: str) -> str:
    return str(format_decimal(value, locale=locale))


def stacked(values: Sequence[int], most: float) -> Iterator[tuple[int, float, float]]:
    """Yield the pieces of a bar that is 1,000 wide for `most`: which value, where it begins, how wide it is."""
    begins: float = 0
    for place, value in enumerate(values):
        width = round(value * 1000 / most, 1)
        if value:
            yield place, begins, max(width - 2, 2)
        begins = round(begins + width, 1)


@lru_cache(MOST_SENTENCES)
def _sentence(_locale: str, text: str) -> Markup:
    """Look a sentence up in the catalogue of this request's language, which is that of the locale named."""
    return Markup(get_translations().ugettext(text))  # noqa: S704 # nosec B704 - the catalogue, as Jinja does
