"""The benchmark still runs: a small firm is filled, and each item is done once against a real server."""

import json
from threading import Thread

from benchmarks.browser import Browser, Server
from benchmarks.drive import run, shown
from benchmarks.fill import fill
from benchmarks.items import FLOORS, ITEMS, Someone, report_csv, report_html, token_of

AT_ONCE = 8
MOST_GROWTH_KB = 10_000


def test_a_small_firm_is_filled_and_every_item_done_once(settings, tmp_path):
    told = fill(tmp_path, settings.url, people=20, small=True)
    assert len(told["learners"]) == 18
    found = run(tmp_path, learners=(1,), effort=0.001)
    figures = [*found["floors"], *found["items"]]
    assert [each.item for each in figures] == [item.name for item in (*FLOORS, *ITEMS)]
    assert {each.item: each.failed for each in figures if each.failed} == {}
    counted = {each.item: each.statements for each in figures}
    assert counted["one SELECT by key"] == counted["one committed INSERT"] == 1
    assert 0 < counted["my training"] <= 4
    assert 0 < counted["quiz cycle of 10 items"] <= 30
    assert min(found["memory_kb"]) > 0
    assert len(list(shown(found))) == len(figures) + 2
    memory_stays_flat(tmp_path)


def memory_stays_flat(instance):
    """Many large lists by many at once leave nothing behind: 25 kB kept a request would be seen."""
    secret = json.loads((instance / "bench.json").read_text(encoding="utf-8"))["secret"]
    with Server("product", instance) as server:

        def read(rounds):
            someone = Someone(Browser(server.port).arrive(secret, token_of("hr")), "", "", iter(()))
            for _ in range(rounds):
                report_html(someone)
                report_csv(someone)
            someone.browser.close()

        def all_read(rounds):
            threads = [Thread(target=read, args=(rounds,)) for _ in range(AT_ONCE)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            return server.memory_kb()

        warm = all_read(10)
        assert all_read(25) - warm < MOST_GROWTH_KB
