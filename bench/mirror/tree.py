# SPDX-License-Identifier: AGPL-3.0-only
"""Runs a program and keeps account of the whole tree of processes below it, as Linux tells of it.

    figures = run(["millpond", "sync", ...], log)                     to its end
    figures = run(["node", ...], log, ready=lambda: ..., server=pid)  until it is ready

Time of the processor is that of every process of the tree, those that have ended included. Memory
is the most that all of them had at one look (what several share counted once), or the most that one
of them ever had, if that is more.
"""

import os
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from millpond.core.errors import BooksError

_TICKS = os.sysconf("SC_CLK_TCK")
_LOOK_SECONDS = 0.05
_LONGEST_SECONDS = 3_600.0
_END_SECONDS = 60.0
_TIMES = slice(11, 15)
"""Where /proc/PID/stat has the ticks of a process and of its children that it has waited for."""


@dataclass(frozen=True)
class Figures:
    """One run. The server's, if there is one, stand apart."""

    seconds: float
    cpu_seconds: float
    peak_mib: int
    server_cpu_seconds: float = 0.0
    server_peak_mib: int = 0


@dataclass
class _Seen:
    """The tree below one process, look by look."""

    root: int
    ticks: int = 0
    peak_kib: int = 0

    def look(self) -> None:
        """Once more. A process that has gone is one that its parent has waited for, or will."""
        ticks, together = 0, 0
        for pid in _tree(self.root):
            try:
                fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
                ticks += sum(map(int, fields[_TIMES]))
                together += _kib(f"/proc/{pid}/smaps_rollup", "Pss:")
                self.peak_kib = max(self.peak_kib, _kib(f"/proc/{pid}/status", "VmHWM:"))
            except (OSError, IndexError):
                continue
        self.ticks = max(self.ticks, ticks)
        self.peak_kib = max(self.peak_kib, together)


def run(
    command: Sequence[str],
    log: Path,
    *,
    place: Path | None = None,
    environment: Mapping[str, str] | None = None,
    ready: Callable[[], bool] | None = None,
    server: int | None = None,
) -> Figures:
    """One program; with `ready` it is measured until then and ended by Ctrl-C's signal."""
    beside = _Seen(server) if server is not None else None
    if beside is not None:
        beside.look()
    before = beside.ticks if beside is not None else 0
    with log.open("wb") as said:
        began = time.perf_counter()
        process = subprocess.Popen(  # noqa: S603  ours, and the peer
            command,
            cwd=place,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=said,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            seen = _watched(process, beside, ready, began)
            seconds = time.perf_counter() - began
        finally:
            used = _end(process)
    if ready is None and process.returncode != 0:
        raise BooksError(
            f"{Path(command[0]).name} ended with {process.returncode}: {_last_words(log)}",
            f"run it by hand to see why: {' '.join(command)}",
        )
    cpu = used if ready is None else seen.ticks / _TICKS
    return Figures(
        round(seconds, 2),
        round(cpu, 2),
        seen.peak_kib // 1_024,
        round((beside.ticks - before) / _TICKS, 2) if beside is not None else 0.0,
        beside.peak_kib // 1_024 if beside is not None else 0,
    )


def _watched(
    process: "subprocess.Popen[bytes]",
    beside: _Seen | None,
    ready: Callable[[], bool] | None,
    began: float,
) -> _Seen:
    """Look until it ends, or is ready. It is not waited for here: what it used would be lost."""
    seen = _Seen(process.pid)
    while not _has_ended(process.pid):
        seen.look()
        if beside is not None:
            beside.look()
        if ready is not None and ready():
            return seen
        if time.perf_counter() - began > _LONGEST_SECONDS:
            raise BooksError(
                "it is not done after an hour", "look at its log; measure a smaller size"
            )
        time.sleep(_LOOK_SECONDS)
    if beside is not None:
        beside.look()
    if ready is not None:
        raise BooksError("it ended before it was ready", "look at its log")
    return seen


def _has_ended(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except OSError:
        return True


def _end(process: "subprocess.Popen[bytes]") -> float:
    """End it if it runs; the seconds that it and all it waited for have used."""
    if not _has_ended(process.pid):
        process.send_signal(signal.SIGINT)
        until = time.monotonic() + _END_SECONDS
        while not _has_ended(process.pid) and time.monotonic() < until:
            time.sleep(_LOOK_SECONDS)
        if not _has_ended(process.pid):
            process.kill()
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    return used.ru_utime + used.ru_stime


def _tree(root: int) -> list[int]:
    """A process and all below it."""
    found = [root]
    for pid in found:
        try:
            for task in Path(f"/proc/{pid}/task").iterdir():
                found += map(int, (task / "children").read_text().split())
        except OSError:
            continue
    return found


def _last_words(log: Path) -> str:
    return log.read_text(errors="replace")[-500:]


def _kib(path: str, name: str) -> int:
    lines = [line for line in Path(path).read_text().splitlines() if line.startswith(name)]
    return int(lines[0].split()[1]) if lines else 0
