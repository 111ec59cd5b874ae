"""Several processes that serve as one: loaded once, then forked, so that they share what was loaded.

The first process only watches. It starts anew whoever ends by itself, and ends all when it is told to.
"""

import contextlib
import ctypes
import os
import signal
import time
from collections.abc import Callable

from lms.core.log import logger

PAUSE_SECONDS = 1  # before one that ended is started again
SET_DEATH_SIGNAL = 1  # sys/prctl.h

log = logger("processes")


def can_fork() -> bool:
    """Whether this system can."""
    return hasattr(os, "fork")


def run(count: int, work: Callable[[int], None]) -> None:
    """Run `work(number)` in `count` processes until told to stop; call without threads or open connections."""
    signal.signal(signal.SIGTERM, _stop)
    running: dict[int, int] = {}
    try:
        for number in range(count):
            running[_begin(number, work)] = number
        while True:
            pid, status = os.wait()
            number = running.pop(pid)
            log.error("a serving process ended", number=number, status=os.waitstatus_to_exitcode(status))
            time.sleep(PAUSE_SECONDS)
            running[_begin(number, work)] = number
    except (KeyboardInterrupt, SystemExit):
        pass
    finally:
        _end(list(running))


def _begin(number: int, work: Callable[[int], None]) -> int:
    watcher = os.getpid()
    pid = os.fork()
    if pid:
        return pid
    status = 1
    try:
        _end_with(watcher)
        work(number)
        status = 0
    except (KeyboardInterrupt, SystemExit):
        status = 0
    except Exception as error:  # noqa: BLE001 - the watcher starts another; this process must end here
        log.error("a serving process failed", number=number, error=repr(error)[:300])
    finally:
        os._exit(status)


def _end_with(watcher: int) -> None:
    """Have this process told to stop when the one that watches it is killed, where the system can."""
    prctl = getattr(ctypes.CDLL(None), "prctl", None)
    if prctl is not None:
        prctl(SET_DEATH_SIGNAL, signal.SIGTERM)
    if os.getppid() != watcher:  # it was killed before that
        raise SystemExit(0)


def _end(pids: list[int]) -> None:
    for pid in pids:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGTERM)
    for pid in pids:
        with contextlib.suppress(ChildProcessError):
            os.waitpid(pid, 0)


def _stop(_signal: int, _frame: object) -> None:
    raise SystemExit(0)
