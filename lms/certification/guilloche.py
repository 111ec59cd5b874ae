"""The ground of a certificate: a braid round the page, a rose behind the text, as one drawing. Pure.

Lengths are in millimetres on an A4 page, landscape. Lines are tints that keep their order of lightness in
grey. The drawing is the same for every certificate and is made once a process.
"""

from collections.abc import Callable, Sequence
from functools import cache
from math import cos, pi, sin, tau

WIDTH, HEIGHT = 297.0, 210.0
CENTRE = (WIDTH / 2, 80.0)

JADE, JADE_LINE, JADE_MIST = "#0f6b5c", "#5f9d91", "#d9e8e4"

_STEP = 1e-3
_PLACES_PER_WAVE = 4
_WAVES_PER_SWELL = 4
_STRANDS = 4
_SWELLS = ((WIDTH, 12), (HEIGHT, 8))

Curve = Callable[[float], tuple[float, float]]


@cache
def ground_svg() -> str:
    """Return the drawing as SVG."""
    lines = [
        _frame(8.2, 12.0, 0.5),
        *_braid(inset=13.0, radius=7.2, swing=2.7),
        _frame(17.8, 2.4, 0.18),
        *_rose(inner=13.0, outer=51.0, rings=16, petals=36),
    ]
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH:g}mm" height="{HEIGHT:g}mm"'
        f' viewBox="0 0 {WIDTH:g} {HEIGHT:g}" fill="none">'
    )
    return head + "".join(lines) + "</svg>"


def _frame(inset: float, radius: float, stroke: float) -> str:
    across, down = WIDTH - 2 * inset, HEIGHT - 2 * inset
    return (
        f'<rect x="{inset:g}" y="{inset:g}" width="{across:g}" height="{down:g}" rx="{radius:g}"'
        f' stroke="{JADE}" stroke-width="{stroke:g}"/>'
    )


def _braid(inset: float, radius: float, swing: float) -> list[str]:
    """Return strands of one wave, shifted against each other, that swell and thin on their way round.

    Each side has a whole number of swells and the braid is thinnest in the corners, so that all four
    corners look alike.
    """
    corner = pi * radius / 2
    sides = [(length - 2 * inset - 2 * radius + corner, swells) for length, swells in _SWELLS] * 2
    round_trip = sum(swells for _, swells in sides)

    def strand(shift: float) -> Curve:
        def place(turn: float) -> tuple[float, float]:
            swell = turn * round_trip
            reach = swing * (0.64 - 0.36 * cos(tau * swell))
            out = reach * sin(tau * (_WAVES_PER_SWELL * swell + shift))
            return _on_frame(inset, radius, _way(sides, swell) - corner / 2, out)

        return place

    count = round_trip * _WAVES_PER_SWELL * _PLACES_PER_WAVE
    return [_path(strand(number / _STRANDS), count, JADE_LINE, 0.13) for number in range(_STRANDS)]


def _way(sides: Sequence[tuple[float, int]], swell: float) -> float:
    """Return how far along the sides the given number of swells leads."""
    way, left = 0.0, swell % sum(swells for _, swells in sides)
    for length, swells in sides:
        way += length * min(left, swells) / swells
        left = max(0.0, left - swells)
    return way


def _rose(*, inner: float, outer: float, rings: int, petals: int) -> list[str]:
    """Return rings of waves about the centre, each wider than the last, turned to both sides by turns."""

    def ring(share: float, hand: int) -> Curve:
        radius = inner + (outer - inner) * share

        def place(turn: float) -> tuple[float, float]:
            reach = radius * (1 + 0.055 * cos(tau * (petals * turn + hand * share * 1.5)))
            return CENTRE[0] + reach * cos(tau * turn), CENTRE[1] + reach * sin(tau * turn)

        return place

    return [
        _path(ring(number / (rings - 1), hand), petals * _PLACES_PER_WAVE, JADE_MIST, 0.15)
        for number in range(rings)
        for hand in (1, -1)
    ]


def _on_frame(inset: float, radius: float, way: float, out: float) -> tuple[float, float]:
    """Return the place `way` along a rectangle with round corners, clockwise, moved outwards by `out`."""
    halves = [WIDTH / 2 - inset - radius, HEIGHT / 2 - inset - radius]
    corner = pi * radius / 2
    way %= 4 * sum(halves) + 4 * corner
    quarter = 0
    while way > 2 * halves[0] + corner:
        way -= 2 * halves[0] + corner
        halves.reverse()
        quarter += 1
    along, deep = halves
    x, y = way - along, -(deep + radius + out)
    if way > 2 * along:
        angle = (way - 2 * along) / radius - pi / 2
        x, y = along + (radius + out) * cos(angle), -deep + (radius + out) * sin(angle)
    for _ in range(quarter):
        x, y = -y, x
    return WIDTH / 2 + x, HEIGHT / 2 + y


def _path(place: Curve, count: int, colour: str, stroke: float) -> str:
    """Return a smooth closed curve through `count` places, its slope taken by difference."""
    points = [place(number / count) for number in range(count)]
    slopes = []
    for number in range(count):
        before, after = place((number - _STEP) / count), place((number + _STEP) / count)
        slopes.append(((after[0] - before[0]) / (6 * _STEP), (after[1] - before[1]) / (6 * _STEP)))
    parts = [f"M{_pair(*points[0])}C"]
    for number in range(count):
        to = (number + 1) % count
        (x, y), (lean_x, lean_y) = points[number], slopes[number]
        (end_x, end_y), (next_x, next_y) = points[to], slopes[to]
        parts.append(_pair(x + lean_x, y + lean_y))
        parts.append(_pair(end_x - next_x, end_y - next_y))
        parts.append(_pair(end_x, end_y))
    return f'<path stroke="{colour}" stroke-width="{stroke:g}" d="{"".join(parts)}Z"/>'


def _pair(x: float, y: float) -> str:
    return f"{x:.2f} {y:.2f} "
