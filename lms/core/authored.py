"""Authored text as a tree of strings with places, and every problem at once. Pure.

All scalars stay strings (`No`, `1.10`, `010`, `12:30` survive); the schema types them. Anchors, aliases and
tags are refused, nesting and size are bounded, so no short text grows or hangs.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import (
    AliasEvent,
    DocumentEndEvent,
    Event,
    MappingStartEvent,
    NodeEvent,
    ScalarEvent,
    SequenceStartEvent,
    StreamEndEvent,
)

from lms.core.authored_bytes import decode
from lms.core.authored_scan import MAX_NESTING, YAML_LIMIT, scan_yaml
from lms.core.problems import Problem, problem

MARKDOWN_LIMIT = 64 * 1024
Place = tuple[int, int]
Step = str | int


@dataclass(frozen=True, slots=True)
class Scalar:
    """A text as written; `quoted` covers quotation marks and block style."""

    text: str
    place: Place
    quoted: bool = False


@dataclass(frozen=True, slots=True)
class Sequence:
    """A list."""

    items: "tuple[Node, ...]"
    place: Place


@dataclass(frozen=True, slots=True)
class Mapping:
    """Keys and values in the order written; a key that came twice is here once."""

    items: "tuple[tuple[Scalar, Node], ...]"
    place: Place

    def get(self, name: str) -> "Node | None":
        """Return the value of a key."""
        return next((value for key, value in self.items if key.text == name), None)

    def key(self, name: str) -> Scalar | None:
        """Return a key with its place."""
        return next((key for key, _ in self.items if key.text == name), None)


Node = Scalar | Sequence | Mapping


def place_of(root: Node, *steps: Step) -> Place:
    """Return the place of what the steps lead to; where they end early, of the last thing they reached."""
    node: Node | None = root
    place = root.place
    for step in steps:
        if isinstance(node, Mapping) and isinstance(step, str):
            key = node.key(step)
            node = node.get(step)
            place = key.place if key else place
        elif isinstance(node, Sequence) and isinstance(step, int) and step < len(node.items):
            node = node.items[step]
            place = node.place
        else:
            return place
    return place


@dataclass(frozen=True, slots=True)
class Text:
    """An authored file as read: its tree, and for Markdown the text below the front matter."""

    path: str
    root: Mapping
    body: str = ""
    body_line: int = 1  # the line of the file on which the body begins


def read_yaml(path: str, data: bytes) -> tuple[Text | None, list[Problem]]:
    """Read a YAML file; None: too broken to look into. Never raises."""
    text, found = decode(path, data, YAML_LIMIT)
    if text is None:
        return None, found
    root, more = _parsed(path, text, 1)
    return (Text(path, root) if root else None), found + more


def read_markdown(path: str, data: bytes) -> tuple[Text | None, list[Problem]]:
    """Read a Markdown file with front matter between two lines of `---`; None as for YAML. Never raises."""
    text, found = decode(path, data, MARKDOWN_LIMIT)
    if text is None:
        return None, found
    lines = text.split("\n")
    if lines[0].rstrip() != "---":
        return None, [*found, problem(path, (1, 1), "E030")]
    end = next((number for number, line in enumerate(lines[1:], 1) if line.rstrip() == "---"), None)
    if end is None:
        return None, [*found, problem(path, (1, 1), "E031")]
    root, more = _parsed(path, "\n".join(lines[1:end]), 2)
    body = "\n".join(lines[end + 1 :])
    if not body.strip():
        more = [*more, problem(path, (end + 1, 1), "E032")]
    return (Text(path, root, body, end + 2) if root else None), found + more


def _parsed(path: str, text: str, first_line: int) -> tuple[Mapping | None, list[Problem]]:
    root, found = _parsed_once(path, text, first_line)
    return root, list(found)


# A check reads every file, and most are as they were at the last one: an author's next try, a dry run before the
# publication. Parsing is nine tenths of it, and trees are never changed.
@lru_cache(maxsize=512)
def _parsed_once(path: str, text: str, first_line: int) -> tuple[Mapping | None, list[Problem]]:
    mended, scan = scan_yaml(path, text, first_line)
    if scan.fatal:
        return None, scan.problems
    tree = _Tree(path, first_line)
    try:
        root = tree.read(mended)
    except MarkedYAMLError as error:
        return None, scan.problems or [_blamed(path, error, first_line)]
    except (YAMLError, ValueError, RecursionError):
        return None, scan.problems or [problem(path, (first_line, 1), "E023")]
    found = scan.problems + tree.problems
    if root is None:
        return None, found
    if not isinstance(root, Mapping):
        return None, [*found, problem(path, root.place, "E100", what="@file", wanted="@mapping")]
    return root, found


def _blamed(path: str, error: MarkedYAMLError, first_line: int) -> Problem:
    mark = error.problem_mark or error.context_mark
    line, column = (mark.line, mark.column) if mark else (0, 0)
    code = (
        "E022"
        if "block mapping" in str(error.context) or "block collection" in str(error.context)
        else "E023"
    )
    return problem(path, (line + first_line, column + 1), code, key="")


@dataclass
class _Tree:
    """Builds nodes from the parser's events, so that depth, anchors and tags are bounded before they cost."""

    path: str
    first_line: int
    problems: list[Problem] = field(default_factory=list)

    def read(self, text: str) -> Node | None:
        events: Iterator[Event] = YAML(typ="safe", pure=True).parse(text)
        root: Node | None = None
        for event in events:
            if isinstance(event, NodeEvent):
                if root is not None:
                    self.add(event, "E027")
                    return root
                root = self.node(event, events, 1)
                if root is None:
                    return None
            elif isinstance(event, DocumentEndEvent) and root is None:
                return None
            elif isinstance(event, StreamEndEvent) and root is None:
                self.problems.append(problem(self.path, (self.first_line, 1), "E006"))
        return root

    def node(self, event: NodeEvent, events: Iterator[Event], depth: int) -> Node | None:
        """Return the node an event begins; None stops the reading."""
        place = self.place(event)
        if isinstance(event, AliasEvent) or event.anchor or getattr(event, "tag", None):
            self.add(event, "E024")
            return None
        if isinstance(event, ScalarEvent):
            return Scalar(event.value, place, event.style is not None)
        if depth > MAX_NESTING:
            self.add(event, "E025", limit=MAX_NESTING)
            return None
        if isinstance(event, SequenceStartEvent):
            items = self.children(events, depth)
            return None if items is None else Sequence(tuple(items), place)
        assert isinstance(event, MappingStartEvent)
        items = self.children(events, depth)
        return None if items is None else Mapping(self.pairs(items), place)

    def children(self, events: Iterator[Event], depth: int) -> list[Node] | None:
        found: list[Node] = []
        for event in events:
            if not isinstance(event, NodeEvent):
                return found
            node = self.node(event, events, depth + 1)
            if node is None:
                return None
            found.append(node)
        return found

    def pairs(self, items: list[Node]) -> tuple[tuple[Scalar, Node], ...]:
        seen: dict[str, tuple[Scalar, Node]] = {}
        for key, value in zip(items[::2], items[1::2], strict=True):
            if not isinstance(key, Scalar) or not key.text:
                self.problems.append(problem(self.path, key.place, "E028"))
            elif key.text in seen:
                first = seen[key.text][0].place[0]
                self.problems.append(problem(self.path, key.place, "E026", key=key.text, line=first))
            else:
                seen[key.text] = (key, value)
        return tuple(seen.values())

    def place(self, event: Event) -> Place:
        return event.start_mark.line + self.first_line, event.start_mark.column + 1

    def add(self, event: Event, code: str, **params: object) -> None:
        self.problems.append(problem(self.path, self.place(event), code, **params))
