"""The unit that a cell of a roster names, by code, name or path; the missing end of a path is made. Pure."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from uuid import UUID

from lms.core.errors import Message, message
from lms.people.rules import UnitNode

UnitRef = UUID | tuple[str, ...]  # a unit there is, or the path of one to be made


@dataclass(frozen=True)
class MadeUnit:
    """A unit to be made."""

    path: tuple[str, ...]
    parent: UnitRef | None


@dataclass
class UnitFinder:
    """The units there are and, by their paths, those to be made, in an order in which they can be."""

    units: tuple[UnitNode, ...]
    made: dict[tuple[str, ...], MadeUnit] = field(default_factory=dict)

    def find(self, cell: str) -> UnitRef | Message:
        """Return the unit a cell names by code, name or path, or why it names none."""
        parts = tuple(part.strip() for part in re.split("[/／]", cell) if part.strip())
        if not parts:
            return message("This cell is empty.")
        return self._named(parts[0]) if len(parts) == 1 else self._at(parts)

    def _named(self, text: str) -> UnitRef | Message:
        by_code = [node.id for node in self.units if node.code == text]
        found: list[UnitRef] = [*(by_code or [node.id for node in self.units if text in node.name.values()])]
        if not found:
            found = [path for path in self.made if path[-1] == text]
        if not found and not self.units and not self.made:
            return self._make((text,), None)
        if len(found) == 1:
            return found[0]
        if found:
            return message("There are several units of this name: write the code or the path.")
        return message("There is no such unit. Write its path, as in Head/North, to have it made.")

    def _at(self, parts: tuple[str, ...]) -> UnitRef:
        tops = [node for node in self.units if node.parent_id is None]
        at: UnitRef | None = next((node.id for node in tops if _is(node, parts[0])), None)
        path: tuple[str, ...] = parts[:1]
        if at is None and tops:
            at = self._child(tops[0].id, parts[0], path)
        elif at is None:
            at = self._make(path, None)
        for part in parts[1:]:
            path = (*path, part)
            at = self._child(at, part, path)
        return at

    def _child(self, parent: UnitRef, text: str, path: tuple[str, ...]) -> UnitRef:
        found = (node.id for node in self.units if node.parent_id == parent and _is(node, text))
        return next(found, None) or self._make(path, parent)

    def _make(self, path: tuple[str, ...], parent: UnitRef | None) -> tuple[str, ...]:
        self.made.setdefault(path, MadeUnit(path, parent))
        return path


def _is(node: UnitNode, text: str) -> bool:
    return text == node.code or text in node.name.values()


def unit_code(text: str, taken: Iterable[str]) -> str:
    """Return a free code for a unit of this name."""
    bare = re.sub(r"[^\w.&-]+", "-", text).strip("-")[:36] or "unit"
    used = set(taken)
    return next(
        code for code in (bare, *(f"{bare}-{n}" for n in range(2, len(used) + 3))) if code not in used
    )
