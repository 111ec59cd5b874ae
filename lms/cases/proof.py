"""What is proven of a case before it may be published, by a search over all its states. Pure."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from math import lcm
from typing import NamedTuple, TypeVar

from lms.cases.graph import (
    STATE_LIMIT,
    Extreme,
    Graph,
    TooManyStates,
    Weight,
    explore,
    extreme,
    inner_way,
    potentials,
)
from lms.cases.rules import Bounds, Case, Choice, Ending, begin, find, outcome, take

Key = TypeVar("Key")


class Finding(NamedTuple):
    """Something wrong: its code, where it is, what its message needs, and a way that shows it."""

    code: str
    scene: str = ""
    choice: str = ""
    params: tuple[tuple[str, str], ...] = ()
    way: tuple[str, ...] | None = None


class Route(NamedTuple):
    """A score, and a route that earns it."""

    score: Fraction
    way: tuple[str, ...]


Reach = tuple[Route, Route]  # the lowest and the highest


@dataclass(frozen=True)
class Proof:
    """What a search has proven.

    `bounds` by criterion; `any`, `passing`, `failing` are the lowest and highest scores of routes to such endings,
    absent where there is none or where an error kept them from being computed. `no_return` are the choices
    (scene, choice) after which no pass can be reached any more.
    """

    states: int
    findings: tuple[Finding, ...]
    bounds: Bounds
    any: Reach | None = None
    passing: Reach | None = None
    failing: Reach | None = None
    no_return: frozenset[tuple[str, str]] = frozenset()


def prove(case: Case, limit: int = STATE_LIMIT) -> Proof:
    """Search everything that can happen in a case whose names are all right."""
    try:
        graph = explore(case, limit)
    except TooManyStates as error:
        found = Finding("E719", params=(("limit", f"{limit:,}"), ("variable", error.variable)))
        return Proof(limit, (found,), {})
    findings = [*_places(graph), *_endings(graph)]
    no_return = frozenset(_no_return(graph))
    findings += [
        Finding("E715", scene, choice.id, way=way)
        for (scene, choice), way in _first(_losing(graph)).items()
        if not choice.critical and not choice.acknowledged
    ]
    farms = list(_farms(graph))
    findings += farms
    if farms or any(one.code in {"E711", "E713"} for one in findings):
        return Proof(len(graph.states), tuple(findings), {}, no_return=no_return)
    return _scored(graph, findings, no_return)


def _places(graph: Graph) -> Iterator[Finding]:
    """Find scenes never reached, choices never possible, clocks whose choice may be impossible."""
    case = graph.case
    reached: dict[str, list[int]] = {}
    taken: set[tuple[str, str]] = set()
    for number, state in enumerate(graph.states):
        reached.setdefault(state.scene, []).append(number)
        taken.update((state.scene, edge.choice.id) for edge in graph.edges[number])
    for name, scene in case.scenes.items():
        if name not in reached:
            yield Finding("E710", name)
            continue
        for choice in scene.choices:
            if (name, choice) not in taken:
                yield Finding("E712", name, choice)
        if scene.clock:
            late = (
                number
                for number in reached[name]
                if graph.edges[number] and all(e.choice.id != scene.clock.then for e in graph.edges[number])
            )
            stuck = next(late, None)
            if stuck is not None:
                yield Finding("E721", name, scene.clock.then, way=graph.way_to(stuck))


def _endings(graph: Graph) -> Iterator[Finding]:
    """Find states that lead nowhere: dead ends, rounds without a way out, no pass at all."""
    ends = [number for number in range(len(graph.states)) if graph.ending(number)]
    dead = [n for n, out in enumerate(graph.edges) if not out and not graph.ending(n)]
    for scene, way in _first((graph.states[n].scene, graph.way_to(n)) for n in dead).items():
        yield Finding("E711", scene, way=way)
    alive = graph.reaching([*ends, *dead])
    lost = (n for n in range(len(graph.states)) if n not in alive)
    for scene, way in _first((graph.states[n].scene, graph.way_to(n)) for n in lost).items():
        yield Finding("E713", scene, way=way)
    if 0 not in _can_pass(graph):
        yield Finding("E714", graph.case.start)


def _first(found: Iterable[tuple[Key, tuple[str, ...]]]) -> dict[Key, tuple[str, ...]]:
    """Keep the first way to each place."""
    kept: dict[Key, tuple[str, ...]] = {}
    for key, way in found:
        kept.setdefault(key, way)
    return kept


def _can_pass(graph: Graph) -> set[int]:
    return graph.reaching(n for n in range(len(graph.states)) if graph.ending(n) is Ending.PASS)


def _losing(graph: Graph) -> Iterator[tuple[tuple[str, "Choice"], tuple[str, ...]]]:
    """Yield the choices after which no pass can be reached any more, with a way to each."""
    alive = _can_pass(graph)
    for number in sorted(alive):
        for edge in graph.edges[number]:
            if edge.to not in alive:
                yield (graph.states[number].scene, edge.choice), (*graph.way_to(number), edge.choice.id)


def _no_return(graph: Graph) -> Iterator[tuple[str, str]]:
    return ((scene, choice.id) for (scene, choice), _ in _losing(graph))


def weight_of(criterion: str) -> Weight:
    """Return what choices earn in one criterion."""
    return lambda choice: dict(choice.points).get(criterion, 0)


def _farms(graph: Graph) -> Iterator[Finding]:
    """Find rounds that change the points of a criterion: going round would earn or cost without end."""
    for name, _ in graph.case.criteria:
        for part in graph.parts:
            if len(part) == 1 and all(edge.to != part[0] for edge in graph.edges[part[0]]):
                continue
            _, broken = potentials(graph, part, weight_of(name))
            if broken is not None:
                here, edge = broken
                round_trip = (edge.choice.id, *inner_way(graph, edge.to, here))
                params = (("criterion", name), ("round", " → ".join(round_trip)))
                yield Finding("E716", graph.states[here].scene, edge.choice.id, params, graph.way_to(here))
                break


def _scored(graph: Graph, findings: list[Finding], no_return: frozenset[tuple[str, str]]) -> Proof:
    ends = {n for n in range(len(graph.states)) if graph.ending(n)}
    bounds: dict[str, tuple[int, int]] = {}
    for name, _ in graph.case.criteria:
        low, high = (extreme(graph, weight_of(name), ends, sign) for sign in (-1, 1))
        assert low is not None
        assert high is not None
        bounds[name] = (low.value, high.value)
        if low.value == high.value:
            findings.append(Finding("E720", params=(("criterion", name), ("points", str(low.value)))))
    passes = {n for n in ends if graph.ending(n) is Ending.PASS}
    of_all, passing, failing = (_reach(graph, bounds, goals) for goals in (ends, passes, ends - passes))
    if passing and failing and failing[1].score > passing[1].score:
        said = (("failing", percent(failing[1].score)), ("passing", percent(passing[1].score)))
        findings.append(Finding("E717", params=said, way=failing[1].way))
    findings += _expert(graph.case, bounds)
    return Proof(len(graph.states), tuple(findings), bounds, of_all, passing, failing, no_return)


def _reach(graph: Graph, bounds: Bounds, goals: set[int]) -> Reach | None:
    """Return the lowest and the highest score of routes to the goals: one exact sum, weighted by criterion."""
    spans = {name: high - low for name, (low, high) in bounds.items() if high > low}
    scale = lcm(*spans.values()) if spans else 1
    weights = {name: scale // span for name, span in spans.items()}
    base = sum(weights[name] * bounds[name][0] for name in spans)
    level = scale * (len(bounds) - len(spans))

    def weight(choice: Choice) -> int:
        return sum(weights.get(name, 0) * earned for name, earned in choice.points)

    def route(found: Extreme) -> Route:
        return Route(Fraction(found.value - base + level, scale * len(bounds)), found.way)

    low, high = (extreme(graph, weight, goals, sign) for sign in (-1, 1))
    return None if low is None or high is None else (route(low), route(high))


def _expert(case: Case, bounds: Bounds) -> Iterator[Finding]:
    """Find out why the expert's path does not pass."""
    state = begin(case)
    for number, name in enumerate(case.expert):
        choice = find(case, state, name)
        if choice is None:
            said = (("choice", name), ("number", str(number + 1)), ("scene", state.scene))
            yield Finding("E718", params=said, way=case.expert[:number])
            return
        state = take(case, state, choice)
    if case.scenes[state.scene].ending is None:
        yield Finding("E722", params=(("scene", state.scene),))
        return
    done = outcome(case, bounds, case.expert)
    if not done.passed:
        said = (
            ("cut", percent(case.cut_score)),
            ("ending", done.ending.value),
            ("score", percent(done.score)),
        )
        yield Finding("E723", params=said)


def percent(value: Fraction) -> str:
    """Return a score in per cent with at most one decimal, cut and not rounded."""
    tenths = int(value * 1000)
    return f"{tenths // 10}%" if tenths % 10 == 0 else f"{tenths // 10}.{tenths % 10}%"
