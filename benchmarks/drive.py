"""Drive the work items against a real server over HTTP, at 1, 8 and 32 learners, with the floors beside them.

Example: python -m benchmarks.drive --instance /tmp/bench
"""

import argparse
import json
import math
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from benchmarks.browser import Browser, Server, UnexpectedAnswer
from benchmarks.items import FLOORS, ITEMS, Item, Someone, token_of

LEARNERS = (1, 8, 32)
WARM_UP = 3


@dataclass(frozen=True)
class Figures:
    """What one item came to at a number of learners; times in milliseconds."""

    item: str
    learners: int
    done: int
    a_second: float
    p50: float
    p95: float
    p99: float
    cpu_ms: float
    statements: float
    failed: str = ""


def percentile(times: Sequence[float], share: float) -> float:
    """Return the time within which this share of the times lies."""
    ordered = sorted(times)
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)]


class Crowd:
    """The people of the filled database; each item takes the next ones."""

    def __init__(self, port: int, told: dict[str, Any]) -> None:
        self.port, self.told, self.lock = port, told, threading.Lock()
        self.browsers: list[Browser] = []

    def _next(self) -> int:
        with self.lock:
            self.told["next"] += 1
            return (self.told["next"] - 1) % len(self.told["learners"])

    def _arrive(self, number: object) -> Browser:
        return self._browser().arrive(self.told["secret"], token_of(number))

    def _browser(self) -> Browser:
        self.browsers.append(Browser(self.port))
        return self.browsers[-1]

    def leave(self) -> None:
        """Hang up, all of them."""
        while self.browsers:
            self.browsers.pop().close()

    def fresh(self, count: int) -> Iterator[Browser]:
        """Return browsers of people who have signed in, made before anything is measured."""
        return iter([self._arrive(self._next()) for _ in range(count)])

    def someone(self, item: Item, rounds: int) -> Someone:
        """Return who does an item this often."""
        if item in FLOORS:
            return Someone(self._browser(), "", "", iter(()))
        number = self._next()
        browser = self._arrive("hr" if item.as_hr else number)
        fresh = self.fresh(rounds if item.name.startswith("quiz") else 0)
        return Someone(browser, self.told["learners"][number], self.told["password"], fresh)


def measure(server: Server, crowd: Crowd, item: Item, learners: int, rounds: int) -> Figures:
    """Let so many learners do an item until it is done `rounds` times; measure the server meanwhile."""
    share = max(1, rounds // learners)
    warm = min(WARM_UP, rounds)
    try:
        before = crowd.someone(item, warm)
        for _ in range(warm):
            item.work(before)
        people = [crowd.someone(item, share) for _ in range(learners)]
    except UnexpectedAnswer as error:
        return Figures(item.name, learners, 0, 0, 0, 0, 0, 0, 0, str(error)[:90])
    times: list[float] = []
    failed: list[str] = []
    threads = [threading.Thread(target=_do, args=(item, each, share, times, failed)) for each in people]
    counted, cpu, began = server.counters()["statements"], server.cpu_seconds(), time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    took, used = time.perf_counter() - began, server.cpu_seconds() - cpu
    statements, done = server.counters()["statements"] - counted, len(times)
    if failed or not done:
        return Figures(item.name, learners, done, 0, 0, 0, 0, 0, 0, (failed or ["nothing done"])[0][:90])
    shares = [1000 * percentile(times, share) for share in (0.5, 0.95, 0.99)]
    return Figures(item.name, learners, done, done / took, *shares, 1000 * used / done, statements / done)


def _do(item: Item, someone: Someone, rounds: int, times: list[float], failed: list[str]) -> None:
    try:
        for _ in range(rounds):
            began = time.perf_counter()
            item.work(someone)
            times.append(time.perf_counter() - began)
    except (UnexpectedAnswer, OSError) as error:
        failed.append(f"{type(error).__name__}: {error}")


def run(
    instance: Path, learners: Sequence[int] = LEARNERS, effort: float = 1.0, only: str = ""
) -> dict[str, Any]:
    """Measure the floors, then the items; return the figures and the memory before and after."""
    told = json.loads((instance / "bench.json").read_text(encoding="utf-8"))
    found: dict[str, Any] = {"floors": [], "items": [], "memory_kb": []}
    with Server("floors", instance) as server:
        found["floors"] = _all(server, Crowd(server.port, told), FLOORS, learners, effort)
    with Server("product", instance) as server:
        crowd = Crowd(server.port, told)
        found["memory_kb"].append(server.memory_kb())
        items = [item for item in ITEMS if only in item.name]
        found["items"] = _all(server, crowd, items, learners, effort)
        found["memory_kb"].append(server.memory_kb())
        found["requests"] = server.counters()["requests"]
    (instance / "bench.json").write_text(json.dumps(told), encoding="utf-8")
    return found


def _all(
    server: Server, crowd: Crowd, items: Sequence[Item], learners: Sequence[int], effort: float
) -> list[Figures]:
    found = []
    for item in items:
        for count in learners:
            print(f"{item.name}, {count} at once …", file=sys.stderr, flush=True)
            rounds = max(count, round(item.rounds * effort))
            found.append(measure(server, crowd, item, count, rounds))
            crowd.leave()
    return found


def shown(found: dict[str, Any]) -> Iterator[str]:
    """Yield the lines of a report: figures, and the ratios to the floors of the same run."""
    head = f"{'':28}{'at once':>8}{'a second':>10}{'p50':>9}{'p95':>9}{'p99':>9}{'CPU ms':>9}{'SQL':>7}"
    yield head + f"{'bar':>10}{'to empty':>10}{'to SELECT':>10}{'to INSERT':>10}"
    floors = {(each.item, each.learners): each for each in found["floors"]}
    bars = {item.name: item for item in ITEMS}
    for each in [*found["floors"], *found["items"]]:
        if each.failed:
            yield f"{each.item:28}{each.learners:>8}  failed: {each.failed}"
            continue
        line = f"{each.item:28}{each.learners:>8}{each.a_second:>10.1f}{each.p50:>9.1f}{each.p95:>9.1f}{each.p99:>9.1f}"
        line += f"{each.cpu_ms:>9.2f}{each.statements:>7.1f}"
        if bar := bars.get(each.item):
            line += f"{f'{bar.cpu_ms:g}; {bar.statements}':>10}"
            line += "".join(
                f"{_ratio(each, floors.get((floor.name, each.learners))):>10}" for floor in FLOORS
            )
        yield line
    before, after = found["memory_kb"]
    memory = f"{before / 1024:.0f} MB before, {after / 1024:.0f} MB after {found['requests']} requests"
    yield f"memory of the server: {memory}"


def _ratio(each: Figures, floor: Figures | None) -> str:
    return f"{each.cpu_ms / floor.cpu_ms:.1f}" if floor and floor.cpu_ms else "–"


def profile(instance: Path, only: str) -> str:
    """Return where one item's time goes, by function."""
    told = json.loads((instance / "bench.json").read_text(encoding="utf-8"))
    item = next(item for item in ITEMS if only in item.name)
    with Server("product", instance, profiles=True) as server:
        crowd = Crowd(server.port, told)
        someone = crowd.someone(item, WARM_UP + item.rounds)
        for _ in range(WARM_UP):
            item.work(someone)
        server.profile()
        for _ in range(item.rounds):
            item.work(someone)
        found = server.profile()
        crowd.leave()
    (instance / "bench.json").write_text(json.dumps(told), encoding="utf-8")
    return f"{item.rounds} times {item.name}\n{found}"


def main() -> None:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--instance", type=Path, required=True, help="the folder that `fill` was given")
    parser.add_argument("--learners", default="1,8,32", help="how many at once, one run each")
    parser.add_argument("--effort", type=float, default=1.0, help="how often each item, times this")
    parser.add_argument("--only", default="", help="items whose name contains this")
    parser.add_argument("--json", action="store_true", help="write JSON")
    parser.add_argument("--profile", action="store_true", help="show where the time of --only goes instead")
    options = parser.parse_args()
    if options.profile:
        print(profile(options.instance, options.only))
        return
    learners = [int(each) for each in options.learners.split(",")]
    found = run(options.instance, learners, options.effort, options.only)
    if options.json:
        plain = {name: [asdict(each) for each in found[name]] for name in ("floors", "items")}
        print(json.dumps({**found, **plain}, indent=2))
    else:
        print("\n".join(shown(found)))


if __name__ == "__main__":
    main()
