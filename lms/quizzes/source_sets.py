"""Shared stems of a bank: which items stand under each. Pure."""

from lms.core.authored import Mapping, Node, Scalar, Sequence
from lms.core.authored_schema import Fields
from lms.core.authored_values import Sheet
from lms.quizzes.rules_kinds import ItemSet

STEM_LIMIT = 4000


def read_sets(sheet: Sheet, fields: Fields) -> dict[str, ItemSet]:
    """Read the shared stems; the members of each are the drawable items that name it, in their order."""
    if not fields.has("sets"):
        return {}
    members = _members(fields.node.get("items"))
    found = {}
    for name, entry in fields.entries("sets", "set"):
        stem = entry.words_here(limit=STEM_LIMIT)
        entry.close()
        under = tuple(members.get(name, ()))
        if name and len(under) < 2:
            sheet.add(entry.place, "E227", set=name)
        if name and stem:
            found[name] = ItemSet(name, stem, under)
    return found


def _members(items: Node | None) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for node in items.items if isinstance(items, Sequence) else ():
        if isinstance(node, Mapping):
            said = {key.text: value.text for key, value in node.items if isinstance(value, Scalar)}
            if {"id", "set"} <= said.keys() and said.get("use") != "check" and said.get("retired") != "true":
                found.setdefault(said["set"], []).append(said["id"])
    return found
