"""Types for authored trees: each key asked for once, unknown keys refused, all problems collected. Pure."""

from collections.abc import Iterable, Iterator
from datetime import date
from enum import StrEnum
from fractions import Fraction
from typing import TypeVar

from lms.core.authored import Mapping, Node, Place, Scalar, Sequence
from lms.core.authored_values import (
    Sheet,
    Span,
    read_choice,
    read_day,
    read_id,
    read_percent,
    read_span,
    read_whole,
    refuse_unknown,
)
from lms.core.text import Words

TEXT_LIMIT = 4000
Choice = TypeVar("Choice", bound=StrEnum)


class Fields:
    """The keys of one mapping, each read by its type; `close` refuses those nobody asked for.

    `what` names the mapping in messages (`@option c`). A value that cannot be read is reported and given
    back as None or as the default, so that reading goes on.
    """

    def __init__(self, sheet: Sheet, node: Node, what: str, place: Place | None = None) -> None:
        self.sheet, self.what = sheet, what
        self.place = place or node.place
        self.asked: set[str] = set()
        self.sound = isinstance(node, Mapping)
        self.node = node if isinstance(node, Mapping) else Mapping((), node.place)
        if not self.sound:
            sheet.add(self.place, "E100", what=what, wanted="@mapping")

    def has(self, key: str) -> bool:
        """Tell whether a key is written."""
        self.asked.add(key)
        return self.node.get(key) is not None

    def raw(self, key: str, required: bool = True) -> Node | None:
        """Return the value of a key; report its absence where it is required."""
        self.asked.add(key)
        value = self.node.get(key)
        if value is None and required and self.sound:
            self.sheet.add(self.place, "E101", what=self.what, key=key)
        return value

    def at(self, key: str) -> Place:
        """Return the place of a key, or of the mapping where it is absent."""
        found = self.node.key(key)
        return found.place if found else self.place

    def scalar(self, key: str, required: bool = True) -> Scalar | None:
        """Return a text as written."""
        value = self.raw(key, required)
        if value is None:
            return None
        if not isinstance(value, Scalar):
            self.sheet.add(self.at(key), "E100", what=f"@key {key}", wanted="@text")
            return None
        if not value.text.strip():
            self.sheet.add(self.at(key), "E105", what=f"@key {key}")
            return None
        return value

    def text(self, key: str, required: bool = True, limit: int = TEXT_LIMIT) -> str:
        """Return a text, "" where there is none."""
        value = self.scalar(key, required)
        if value is None:
            return ""
        if len(value.text) > limit:
            self.sheet.add(self.at(key), "E114", what=f"@key {key}", limit=limit)
        return value.text.strip()

    def id(self, key: str, required: bool = True) -> str:
        """Return an id, "" where there is none."""
        value = self.scalar(key, required)
        return "" if value is None else read_id(self.sheet, value)

    def words(self, key: str, required: bool = True, limit: int = TEXT_LIMIT) -> Words | None:
        """Return a text in both languages from a mapping with `zh` and `en`."""
        value = self.raw(key, required)
        if value is None:
            return None
        if isinstance(value, Scalar):
            self.sheet.add(self.at(key), "E108", what=f"@key {key}")
            return None
        inner = Fields(self.sheet, value, f"@key {key}", self.at(key))
        said = inner.words_here(limit)
        inner.close()
        return said

    def words_here(self, limit: int = TEXT_LIMIT) -> Words | None:
        """Return the text in both languages that stands in this mapping itself."""
        said = {}
        for language in ("zh", "en"):
            self.asked.add(language)
            value = self.node.get(language)
            if isinstance(value, Mapping | Sequence):
                self.sheet.add(self.at(language), "E100", what=f"@key {language}", wanted="@text")
            elif value is None or not value.text.strip():
                if self.sound:
                    self.sheet.add(self.place, "E104", what=self.what, language=language)
            elif len(value.text) > limit:
                self.sheet.add(self.at(language), "E114", what=f"@key {language}", limit=limit)
            else:
                said[language] = value.text.strip()
        return Words(said["zh"], said["en"]) if len(said) == 2 else None

    def choice(self, key: str, kinds: type[Choice], default: Choice | None = None) -> Choice | None:
        """Return one of the values of an enumeration."""
        value = self.scalar(key, required=default is None)
        if value is None:
            return default
        found = read_choice(self.sheet, value, [one.value for one in kinds], f"@key {key}")
        return kinds(found) if found else default

    def word(self, key: str, known: Iterable[str], default: str | None = None) -> str:
        """Return one of the known words."""
        value = self.scalar(key, required=default is None)
        if value is None:
            return default or ""
        return read_choice(self.sheet, value, list(known), f"@key {key}") or default or ""

    def whole(self, key: str, low: int, high: int, default: int | None = None) -> int:
        """Return a whole number within bounds; the lower bound where it cannot be read."""
        value = self.scalar(key, required=default is None)
        if value is None:
            return low if default is None else default
        return read_whole(self.sheet, value, low, high, f"@key {key}")

    def flag(self, key: str, default: bool | None = None) -> bool:
        """Return true or false."""
        value = self.scalar(key, required=default is None)
        if value is not None:
            if value.text in ("true", "false"):
                return value.text == "true"
            self.sheet.add(value.place, "E111", what=f"@key {key}", value=value.text[:40])
        return bool(default)

    def day(self, key: str, required: bool = True) -> date | None:
        """Return a civil day."""
        value = self.scalar(key, required)
        return None if value is None else read_day(self.sheet, value)

    def span(self, key: str, units: str, required: bool = True, zero: bool = False) -> Span | None:
        """Return a duration in one of the units, positive unless zero is allowed."""
        value = self.scalar(key, required)
        return None if value is None else read_span(self.sheet, value, units, zero)

    def percent(self, key: str) -> Fraction | None:
        """Return a percentage above 0 % and up to 100 % as a fraction."""
        value = self.scalar(key)
        return None if value is None else read_percent(self.sheet, value, f"@key {key}")

    def items(self, key: str, required: bool = True) -> tuple[Node, ...]:
        """Return the items of a list; one that is required may not be empty."""
        value = self.raw(key, required)
        if value is None:
            return ()
        if not isinstance(value, Sequence):
            self.sheet.add(self.at(key), "E100", what=f"@key {key}", wanted="@list")
            return ()
        if required and not value.items:
            self.sheet.add(self.at(key), "E105", what=f"@key {key}")
        return value.items

    def scalars(self, key: str, required: bool = True) -> tuple[Scalar, ...]:
        """Return the texts of a list, none twice."""
        found: dict[str, Scalar] = {}
        for item in self.items(key, required):
            if not isinstance(item, Scalar) or not item.text.strip():
                self.sheet.add(item.place, "E100", what=f"@entry {key}", wanted="@text")
            elif item.text in found:
                self.sheet.add(item.place, "E113", what=f"@key {key}", value=item.text[:80])
            else:
                found[item.text] = item
        return tuple(found.values())

    def ids(self, key: str, required: bool = True) -> tuple[str, ...]:
        """Return a list of ids."""
        return tuple(filter(None, (read_id(self.sheet, one) for one in self.scalars(key, required))))

    def records(self, key: str, noun: str, required: bool = True) -> Iterator["Fields"]:
        """Yield the mappings of a list."""
        for number, item in enumerate(self.items(key, required), 1):
            yield Fields(self.sheet, item, f"@{noun} {number}")

    def entries(self, key: str, noun: str, required: bool = True) -> Iterator[tuple[str, "Fields"]]:
        """Yield the ids and the mappings of a mapping whose keys are ids."""
        for name, value in self.pairs(key, required):
            yield read_id(self.sheet, name), Fields(self.sheet, value, f"@{noun} {name.text}", name.place)

    def pairs(self, key: str, required: bool = True) -> tuple[tuple[Scalar, Node], ...]:
        """Return the keys and values of a mapping."""
        value = self.raw(key, required)
        if value is None:
            return ()
        if not isinstance(value, Mapping):
            self.sheet.add(self.at(key), "E100", what=f"@key {key}", wanted="@mapping")
            return ()
        if not value.items:
            self.sheet.add(self.at(key), "E105", what=f"@key {key}")
        return value.items

    def record(self, key: str, required: bool = True) -> "Fields | None":
        """Return the mapping under a key."""
        value = self.raw(key, required)
        return None if value is None else Fields(self.sheet, value, f"@key {key}", self.at(key))

    def close(self) -> None:
        """Refuse the keys nobody asked for."""
        for key, _ in self.node.items:
            if key.text not in self.asked:
                refuse_unknown(self.sheet, key, self.what, self.asked)
