"""The tree of units as reports need it: names, what lies below, what lies above."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from uuid import UUID

from sqlalchemy.orm import Session

from lms.people.queries import unit_tree
from lms.people.rules import UnitNode, at_or_below


@dataclass(frozen=True)
class Tree:
    """All units, parents first."""

    nodes: list[UnitNode]

    @cached_property
    def names(self) -> Mapping[UUID, Mapping[str, str]]:
        """Each unit's name in both languages."""
        return {node.id: node.name for node in self.nodes}

    @cached_property
    def above(self) -> Mapping[UUID, tuple[UUID, ...]]:
        """Each unit with itself and every unit above it."""
        found: dict[UUID, tuple[UUID, ...]] = {}
        for node in self.nodes:
            found[node.id] = (node.id, *(found.get(node.parent_id, ()) if node.parent_id else ()))
        return found

    def find(self, text: str) -> UnitNode | None:
        """Return the unit meant by an id or a code."""
        return next((node for node in self.nodes if text in (str(node.id), node.code)), None)

    def below(self, unit_id: UUID) -> frozenset[UUID]:
        """Return a unit and everything below it."""
        return at_or_below(self.nodes, [unit_id])


def tree_of(session: Session) -> Tree:
    """Return all units, in one statement."""
    return Tree(unit_tree(session))
