"""The map of a case: scenes in rows by their distance from the start, choices as lines, what is wrong marked. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from lms.cases.proof import Finding
from lms.cases.rules import Case, Choice, State, path

BOX_WIDTH, BOX_HEIGHT, GAP_X, GAP_Y, EDGE = 150, 46, 34, 62, 16
THINNEST, THICKEST = 1.2, 7.0
UNREACHABLE, DEAD, NEVER, NO_RETURN = "unreachable", "dead", "never", "no-return"
MARKS = {"E710": UNREACHABLE, "E711": DEAD, "E713": DEAD}


@dataclass(frozen=True, slots=True)
class Box:
    """A scene on the map; `kind` is start, scene, pass or fail; `mark` says what is wrong with it."""

    scene: str
    x: float
    y: float
    kind: str
    mark: str
    has_clock: bool


@dataclass(frozen=True, slots=True)
class Line:
    """A choice on the map; `kind` is plain, expert, critical, no-return or never."""

    scene: str
    choice: str
    to: str
    curve: str
    width: float
    kind: str


@dataclass(frozen=True)
class Drawing:
    """A map with its size."""

    width: float
    height: float
    boxes: tuple[Box, ...]
    lines: tuple[Line, ...]
    box_width: int = field(default=BOX_WIDTH)
    box_height: int = field(default=BOX_HEIGHT)


def draw(
    case: Case,
    no_return: frozenset[tuple[str, str]],
    findings: tuple[Finding, ...] = (),
    taken: Mapping[tuple[str, str], int] | None = None,
) -> Drawing:
    """Draw a case; lines are as wide as often they were taken."""
    rows = _rows(case)
    widest = max(len(row) for row in rows)
    width = 2 * EDGE + widest * BOX_WIDTH + (widest - 1) * GAP_X
    places: dict[str, tuple[float, float]] = {}
    for number, row in enumerate(rows):
        left = (width - len(row) * BOX_WIDTH - (len(row) - 1) * GAP_X) / 2
        for place, scene in enumerate(row):
            places[scene] = (left + place * (BOX_WIDTH + GAP_X), EDGE + number * (BOX_HEIGHT + GAP_Y))
    height = 2 * EDGE + len(rows) * BOX_HEIGHT + (len(rows) - 1) * GAP_Y
    marks = {one.scene: MARKS[one.code] for one in findings if one.code in MARKS}
    boxes = tuple(_box(case, scene, places[scene], marks.get(scene, "")) for scene in places)
    lines = _lines(case, places, _kinds(case, no_return, findings), taken or {})
    return Drawing(width, height, boxes, lines)


def _rows(case: Case) -> list[list[str]]:
    """Return the scenes by their distance from the start; those never reached come last."""
    rows, seen = [[case.start]], {case.start}
    while True:
        row: list[str] = []
        for scene in rows[-1]:
            for choice in case.scenes[scene].choices.values():
                if choice.to in case.scenes and choice.to not in seen:
                    seen.add(choice.to)
                    row.append(choice.to)
        if not row:
            break
        rows.append(row)
    rest = [scene for scene in case.scenes if scene not in seen]
    return [*rows, rest] if rest else rows


def _box(case: Case, scene: str, place: tuple[float, float], mark: str) -> Box:
    found = case.scenes[scene]
    kind = found.ending.value if found.ending else "start" if scene == case.start else "scene"
    return Box(scene, place[0], place[1], kind, mark, found.clock is not None)


def _kinds(
    case: Case, no_return: frozenset[tuple[str, str]], findings: tuple[Finding, ...]
) -> dict[tuple[str, str], str]:
    expert = {(state.scene, choice.id) for state, choice in _expert(case)}
    never = {(one.scene, one.choice) for one in findings if one.code == "E712"}
    found = {}
    for scene in case.scenes.values():
        for choice in scene.choices.values():
            found[scene.id, choice.id] = _kind((scene.id, choice.id), choice, (expert, never, no_return))
    return found


def _kind(
    key: tuple[str, str],
    choice: Choice,
    sets: tuple[set[tuple[str, str]], set[tuple[str, str]], frozenset[tuple[str, str]]],
) -> str:
    expert, never, no_return = sets
    if key in never:
        return NEVER
    if choice.critical:
        return "critical"
    if key in no_return:
        return NO_RETURN
    return "expert" if key in expert else "plain"


def _expert(case: Case) -> list[tuple[State, Choice]]:
    """Return the expert's path as far as it can be followed at all."""
    try:
        return list(path(case, case.expert))
    except KeyError:
        return []


def _lines(
    case: Case,
    places: Mapping[str, tuple[float, float]],
    kinds: Mapping[tuple[str, str], str],
    taken: Mapping[tuple[str, str], int],
) -> tuple[Line, ...]:
    most = max(taken.values(), default=0)
    found = []
    for scene in case.scenes.values():
        count = len(scene.choices)
        for number, choice in enumerate(scene.choices.values(), 1):
            if choice.to not in places:
                continue
            share = taken.get((scene.id, choice.id), 0) / most if most else 0
            curve = _curve(places[scene.id], places[choice.to], number / (count + 1))
            width = round(THINNEST + share * (THICKEST - THINNEST), 1)
            found.append(Line(scene.id, choice.id, choice.to, curve, width, kinds[scene.id, choice.id]))
    return tuple(found)


def _curve(start: tuple[float, float], end: tuple[float, float], share: float) -> str:
    """Return a line from the lower edge of one box to the upper edge of another; backwards it swings out."""
    x1, y1 = start[0] + BOX_WIDTH * share, start[1] + BOX_HEIGHT
    x2, y2 = end[0] + BOX_WIDTH * share, end[1]
    if y2 > y1:
        bend = max(GAP_Y / 2, (y2 - y1) / 3)
        return f"M{x1:.0f} {y1:.0f} C{x1:.0f} {y1 + bend:.0f} {x2:.0f} {y2 - bend:.0f} {x2:.0f} {y2:.0f}"
    side = max(x1, x2) + BOX_WIDTH
    return f"M{x1:.0f} {y1:.0f} C{side:.0f} {y1 + GAP_Y:.0f} {side:.0f} {y2 - GAP_Y:.0f} {x2:.0f} {y2:.0f}"
