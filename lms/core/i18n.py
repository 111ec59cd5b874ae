"""Words outside a request: mails, documents and command output in a named language.

Pages use Flask-Babel, which reads the same catalogues.
"""

from datetime import date
from functools import lru_cache
from pathlib import Path

from babel.dates import format_date
from babel.support import NullTranslations, Translations

from lms.core.errors import Message

LOCALES = {"zh": "zh_Hans_CN", "en": "en_GB"}
CATALOGUES = Path(__file__).parent.parent / "translations"


@lru_cache
def _catalogue(language: str) -> NullTranslations:
    return Translations.load(str(CATALOGUES), [LOCALES.get(language, "en_GB")])


def translate(message: Message, language: str) -> str:
    """Return a message in a language; days among its parameters are written in that language too."""
    text: str = _catalogue(language).gettext(message.text)
    params = {name: _value(value, language) for name, value in message.params.items()}
    return text % params if params else text


def day_in(day: date, language: str) -> str:
    """Return a civil day as readers of a language write it."""
    return str(format_date(day, "long", locale=LOCALES.get(language, "en_GB")))


def _value(value: object, language: str) -> object:
    if isinstance(value, Message):
        return translate(value, language)
    if isinstance(value, date):
        return day_in(value, language)
    if isinstance(value, dict) and {"zh", "en"} >= value.keys():
        return value.get(language) or value.get("zh", "")
    return value
