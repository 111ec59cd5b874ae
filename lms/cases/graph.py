"""The graph of a case's states: what can be reached, its strongly connected parts, extremes over all routes. Pure."""

from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

from lms.cases.rules import Case, Choice, Ending, State, begin, possible, take

STATE_LIMIT = 200_000


class TooManyStates(ValueError):
    """A case has more states than can be proven; `variable` is the one without which there are fewest."""

    def __init__(self, variable: str) -> None:
        super().__init__(variable)
        self.variable = variable


class Edge(NamedTuple):
    """A choice in a state, with the number of the state it leads to."""

    choice: Choice
    to: int


@dataclass(frozen=True)
class Graph:
    """All states that can be reached, the start first; `came_from` is a shortest way back to it."""

    case: Case
    states: list[State]
    edges: list[list[Edge]]
    came_from: list[tuple[int, str] | None] = field(repr=False)

    def ending(self, number: int) -> Ending | None:
        """Return how a state ends the play, a critical choice being a failure; None where it goes on."""
        state = self.states[number]
        ending = self.case.scenes[state.scene].ending
        return Ending.FAIL if ending and state.critical else ending

    def way_to(self, number: int) -> tuple[str, ...]:
        """Return the choices of a shortest way to a state."""
        found: list[str] = []
        step = self.came_from[number]
        while step is not None:
            found.append(step[1])
            step = self.came_from[step[0]]
        return tuple(reversed(found))

    def reaching(self, goals: Iterable[int]) -> set[int]:
        """Return the states from which one of the goals can be reached."""
        before: list[list[int]] = [[] for _ in self.states]
        for number, edges in enumerate(self.edges):
            for edge in edges:
                before[edge.to].append(number)
        seen = set(goals)
        waiting = list(seen)
        while waiting:
            for number in before[waiting.pop()]:
                if number not in seen:
                    seen.add(number)
                    waiting.append(number)
        return seen

    @cached_property
    def parts(self) -> list[list[int]]:
        """The strongly connected parts, each after those it leads to (Tarjan, without recursion)."""
        return _parts(self.edges)


def explore(case: Case, limit: int = STATE_LIMIT) -> Graph:
    """Return the graph of everything that can happen.

    Raises TooManyStates.
    """
    first = begin(case)
    numbers, states = {first: 0}, [first]
    edges: list[list[Edge]] = []
    came_from: list[tuple[int, str] | None] = [None]
    while len(edges) < len(states):
        here, out = len(edges), []
        for choice in possible(case, states[here]):
            state = take(case, states[here], choice)
            if state not in numbers:
                numbers[state] = len(states)
                states.append(state)
                came_from.append((here, choice.id))
            out.append(Edge(choice, numbers[state]))
        edges.append(out)
        if len(states) > limit:
            raise TooManyStates(_blamed(case, states))
    return Graph(case, states, edges, came_from)


def _blamed(case: Case, states: list[State]) -> str:
    def without(place: int) -> int:
        return len({(s.scene, s.critical, s.values[:place] + s.values[place + 1 :]) for s in states})

    return min((without(place), each.id) for place, each in enumerate(case.variables))[1]


def _parts(edges: list[list[Edge]]) -> list[list[int]]:
    index, low = [-1] * len(edges), [0] * len(edges)
    on_stack, stack, found = [False] * len(edges), [], []
    work: list[tuple[int, int]] = [(0, 0)]
    count = 0
    while work:
        node, place = work.pop()
        if place == 0:
            index[node] = low[node] = count
            count += 1
            stack.append(node)
            on_stack[node] = True
        elif on_stack[edges[node][place - 1].to]:
            low[node] = min(low[node], low[edges[node][place - 1].to])
        if place < len(edges[node]):
            work.append((node, place + 1))
            target = edges[node][place].to
            if index[target] == -1:
                work.append((target, 0))
        elif low[node] == index[node]:
            first = len(stack) - _depth(stack, node)
            part = stack[first:]
            del stack[first:]
            for each in part:
                on_stack[each] = False
            found.append(part)
    return found


def _depth(stack: list[int], node: int) -> int:
    depth = 1
    while stack[-depth] != node:
        depth += 1
    return depth


Weight = Callable[[Choice], int]


def potentials(
    graph: Graph, part: list[int], weight: Weight
) -> tuple[dict[int, int], tuple[int, Edge] | None]:
    """Return what each state of a part is worth from its first on, and an edge that contradicts it.

    Without a contradiction every round within the part is worth nothing, and every way within it is worth the
    difference of its ends.
    """
    worth = {part[0]: 0}
    members, waiting = set(part), deque([part[0]])
    while waiting:
        here = waiting.popleft()
        for edge in graph.edges[here]:
            if edge.to not in members:
                continue
            value = worth[here] + weight(edge.choice)
            if edge.to not in worth:
                worth[edge.to] = value
                waiting.append(edge.to)
            elif worth[edge.to] != value:
                return worth, (here, edge)
    return worth, None


@dataclass(frozen=True)
class Extreme:
    """The least or the most that routes to some endings are worth, with one such route."""

    value: int
    way: tuple[str, ...]


def extreme(graph: Graph, weight: Weight, goals: set[int], sign: int) -> Extreme | None:
    """Return the most (`sign` 1) or the least (-1) that a route to one of the goals is worth; None without one.

    Rounds must be worth nothing. Each part is left once: the best of its exits decides for all its states.
    """
    best: dict[int, int] = {}
    exits: dict[int, tuple[int, Edge | None]] = {}
    for part in graph.parts:
        worth, _ = potentials(graph, part, weight) if len(part) > 1 else ({part[0]: 0}, None)
        found: tuple[int, int, Edge | None] | None = None
        for here in part:
            options: list[tuple[int, Edge | None]] = [(0, None)] if here in goals else []
            options += [
                (weight(edge.choice) + best[edge.to], edge)
                for edge in graph.edges[here]
                if edge.to in best and edge.to not in worth
            ]
            for value, edge in options:
                if found is None or sign * (worth[here] + value) > sign * found[0]:
                    found = (worth[here] + value, here, edge)
        if found is not None:
            for here in part:
                best[here], exits[here] = found[0] - worth[here], found[1:]
    return Extreme(best[0], _route(graph, exits)) if 0 in best else None


def _route(graph: Graph, exits: dict[int, tuple[int, Edge | None]]) -> tuple[str, ...]:
    here, way = 0, []
    while True:
        out, edge = exits[here]
        way += inner_way(graph, here, out)
        if edge is None:
            return tuple(way)
        way.append(edge.choice.id)
        here = edge.to


def inner_way(graph: Graph, start: int, end: int) -> list[str]:
    """Return the choices of a shortest way from one state to another that it leads to."""
    if start == end:
        return []
    came: dict[int, tuple[int, str]] = {}
    waiting = deque([start])
    while waiting and end not in came:
        here = waiting.popleft()
        for edge in graph.edges[here]:
            if edge.to not in came and edge.to != start:
                came[edge.to] = (here, edge.choice.id)
                waiting.append(edge.to)
    way: list[str] = []
    while end != start:
        end, choice = came[end]
        way.append(choice)
    return way[::-1]
