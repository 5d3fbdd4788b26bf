# SPDX-License-Identifier: AGPL-3.0-only
"""A writer that hangs is noticed: its connections are left behind, then it is ended."""

import subprocess
import sys
import threading

from millpond.mirror.watch import STALLED, Watchdog


class Clock:
    """Seconds as the test says."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def watched() -> tuple[Watchdog, Clock, list[str]]:
    """A watchdog with a patience of ten seconds, and what it has done."""
    clock, done = Clock(), list[str]()
    dog = Watchdog(
        10.0, lambda: done.append("reconnected"), lambda s: done.append(f"ended {s}"), clock
    )
    return dog, clock, done


def test_look__in_time__does_nothing() -> None:
    dog, clock, done = watched()
    for _ in range(5):
        clock.now += 10
        dog.look()
        dog.alive()
    assert done == []


def test_look__silence__reconnects_once_then_ends() -> None:
    dog, clock, done = watched()
    clock.now += 10.1
    dog.look()
    assert done == ["reconnected"]
    clock.now += 9.9
    dog.look()
    assert done == ["reconnected"]
    clock.now += 0.2
    dog.look()
    assert done == ["reconnected", f"ended {STALLED}"]


def test_look__alive_again_after_reconnecting__begins_anew() -> None:
    dog, clock, done = watched()
    for _ in range(2):
        clock.now += 11
        dog.look()
        dog.alive()
    assert done == ["reconnected"] * 2


def test_watchdog__in_its_own_thread__ends_a_program_that_hangs() -> None:
    program = (
        "import threading; from millpond.mirror.watch import Watchdog\n"
        "with Watchdog(0.2, lambda: print('reconnected', flush=True)): threading.Event().wait(60)"
    )
    ended = subprocess.run(  # noqa: S603  this very Python
        [sys.executable, "-c", program], capture_output=True, timeout=60, check=False
    )
    assert (ended.returncode, ended.stdout) == (STALLED, b"reconnected\n")


def test_watchdog__left__watches_no_more() -> None:
    with Watchdog(60.0, lambda: None):
        assert "watchdog" in {thread.name for thread in threading.enumerate()}
    assert "watchdog" not in {thread.name for thread in threading.enumerate()}
