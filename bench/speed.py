# SPDX-License-Identifier: AGPL-3.0-only
"""Wall time and memory of building and verifying large months, each in a child process.

Figures of one run on one machine, for people to look at; nothing is asserted about them.
"""

import json
import os
import platform
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.meter import Told
from millpond.core.errors import BooksError

SIZES = (10_000, 100_000)
STEPS = 2 * len(SIZES)
_ROOT = Path(__file__).resolve().parents[1]


@dataclass(frozen=True)
class Speed:
    """One size. Seconds are wall time; a process' time includes the start of Python."""

    people: int
    document_bytes: int
    tree_seconds: float
    document_seconds: float
    build_peak_mib: int
    verify_seconds: float
    verify_peak_mib: int


def measure_speed(told: Told) -> list[Speed]:
    """All sizes."""
    return [_measure(people, told) for people in SIZES]


def _measure(people: int, told: Told) -> Speed:
    with TemporaryDirectory() as name:
        folder = Path(name)
        told(f"a document of {people:,} people", 1)
        build = [sys.executable, "-m", "bench.speed_child", str(people), name]
        built = _watched(folder / "built", build)
        told(f"verify distribution, {people:,} people", 1)
        millpond = Path(sys.executable).parent / "millpond"
        verify = [str(millpond), "verify", "distribution", name, "--json"]
        verified = _watched(folder / "verified", verify)
        seconds = json.loads((folder / "built").read_bytes())
        return Speed(
            people,
            (folder / "distribution.json").stat().st_size,
            round(seconds["tree_seconds"], 2),
            round(seconds["document_seconds"], 2),
            built.peak_mib,
            round(verified.seconds, 2),
            verified.peak_mib,
        )


@dataclass(frozen=True)
class _Watched:
    seconds: float
    peak_mib: int


def _watched(output: Path, command: Sequence[str]) -> _Watched:
    """One program to its end, by `bench.watch`."""
    own = {key: text for key, text in os.environ.items() if not key.startswith("MILLPOND_")}
    watch = [sys.executable, "-m", "bench.watch", str(output), *command]
    run = subprocess.run(watch, cwd=_ROOT, env=own, stdout=subprocess.PIPE, check=False)  # noqa: S603  (ours)
    if run.returncode != 0:
        raise BooksError(
            f"{Path(command[0]).name} ended with {run.returncode}: {output.read_text()[-200:]}",
            f"run it by hand to see why: {' '.join(command)}",
        )
    told = json.loads(run.stdout)
    return _Watched(told["seconds"], told["peak_bytes"] // 2**20)


def machine() -> str:
    """What the figures were taken on."""
    system, kind = platform.system(), platform.machine()
    return f"{system} {kind}, {os.cpu_count()} cores, Python {platform.python_version()}"


def as_results(found: Sequence[Speed]) -> dict[str, object]:
    """As `speed.json` keeps it."""
    return {"machine": machine(), "sizes": [asdict(speed) for speed in found]}
