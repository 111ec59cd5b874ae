"""Several serving processes: one that dies is replaced, and all end when the first is told to."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from lms.core import forking

ROOT = Path(__file__).resolve().parent.parent.parent
SERVING = """
import os, signal
from lms.core import forking, log
log.configure("CRITICAL")
forking.PAUSE_SECONDS = 0.05
def work(number):
    os.write(1, f"{number} {os.getpid()}\\n".encode())
    signal.pause()
forking.run(2, work)
"""
pytestmark = pytest.mark.skipif(not forking.can_fork(), reason="this system cannot fork")


@pytest.fixture
def serving():
    with subprocess.Popen(
        [sys.executable, "-c", SERVING], stdout=subprocess.PIPE, text=True, cwd=ROOT
    ) as parent:
        yield parent
        parent.kill()


def begun(serving):
    number, pid = serving.stdout.readline().split()
    return int(number), int(pid)


def test_a_process_that_dies_is_started_again_and_all_end_together(serving):
    running = dict(begun(serving) for _ in range(2))
    assert sorted(running) == [0, 1]
    os.kill(running[1], signal.SIGKILL)
    number, pid = begun(serving)
    assert number == 1
    assert pid != running[1]
    serving.send_signal(signal.SIGTERM)
    assert serving.wait(10) == 0
    assert serving.stdout.read() == ""  # everybody who could write has ended
    for each in (running[0], pid):
        with pytest.raises(ProcessLookupError):
            os.kill(each, 0)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a child of its parent's death")
def test_none_goes_on_when_the_first_is_killed(serving):
    for _ in range(2):
        begun(serving)
    serving.kill()
    assert serving.stdout.read() == ""  # the pipe closes when the last of them has ended
