# SPDX-License-Identifier: AGPL-3.0-only
"""The API under load: `millpond serve` over a mirror of a million events, asked by wrk.

Each question is asked with many different keys, so that nothing is answered out of a cache of
ours, and by eight connections at once. One server process, then two, on each store.
"""

import random
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from bench.mirror.blocks import Plan, write
from bench.mirror.posting import LEAVES, posting, put_on_shelf, subject
from bench.mirror.runs import ROOT, Way, backfilled, node, own_environment, store_of
from millpond.client import Api, routes
from millpond.core.errors import BooksError, ToolMissing

PLAN = Plan(1_000_000, 10_000)
CONNECTIONS, SECONDS, PROCESSES = 8, 8, (1, 2)
_SCRIPT = Path(__file__).resolve().parent / "paths.lua"
_POOL = "coop-0"
_KEYS, _SEED = 400, 1
_START_SECONDS = 120.0
_MS = {"us": 0.001, "ms": 1.0, "s": 1_000.0, "m": 60_000.0}


@dataclass(frozen=True)
class Load:
    """One question, asked for some seconds."""

    question: str
    processes: int
    per_second: float
    p50_ms: float
    p99_ms: float


def require_wrk() -> str:
    """The program that asks."""
    found = shutil.which("wrk")
    if found is None:
        raise ToolMissing("the program wrk is not installed", "install it (Debian, Ubuntu: wrk)")
    return found


def about() -> dict[str, object]:
    """What all figures have in common."""
    return {"events": PLAN.events, "connections": CONNECTIONS, "seconds": SECONDS}


def measure_load(chains: Path) -> dict[str, list[dict[str, object]]]:
    """By store."""
    require_wrk()
    folder = chains / PLAN.name
    write(PLAN, folder, posting())
    found: dict[str, list[dict[str, object]]] = {}
    for way in (Way("SQLite", peer=False, postgres=False), Way("PostgreSQL", False, True)):
        with tempfile.TemporaryDirectory() as name, store_of(way) as (url, pid):
            place = url or str(Path(name) / "mirror.db")
            with node(folder) as rpc:
                backfilled(place, rpc, Path(name), pid)
            put_on_shelf(Path(name) / "documents")
            found[way.name] = [
                asdict(each) for count in PROCESSES for each in _served(place, Path(name), count)
            ]
    return found


def _served(place: str, folder: Path, processes: int) -> Iterator[Load]:
    with _serving(place, folder, processes) as url:
        for question, paths in _questions(url).items():
            listed = folder / "paths"
            listed.write_text("\n".join(paths) + "\n")
            per_second, p50, p99 = _asked(url, listed)
            yield Load(question, processes, per_second, p50, p99)


@contextmanager
def _serving(place: str, folder: Path, processes: int) -> Iterator[str]:
    """`millpond serve`, its limits lifted."""
    command = [
        *(sys.executable, "-m", "millpond", "serve", "--port", "0", "--rate", "0"),
        *("--documents", str(folder / "documents"), "--processes", str(processes)),
        *("--copies", str(folder / "copies")),
    ]
    environment = own_environment() | {"MILLPOND_DATABASE": place}
    log = (folder / "serve.log").open("wb")
    with (
        log,
        subprocess.Popen(  # noqa: S603  our own program
            command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=log, text=True
        ) as process,
    ):
        assert process.stdout is not None  # noqa: S101  a pipe
        try:
            url = process.stdout.readline().split()[1]
            with Api(url) as api:
                _until_it_answers(api)
            yield url
        finally:
            process.terminate()


def _until_it_answers(api: Api) -> None:
    until = time.monotonic() + _START_SECONDS
    while time.monotonic() < until:
        try:
            api.get(routes.POOL, pool=_POOL)
        except Exception:  # noqa: BLE001  not yet
            time.sleep(0.1)
        else:
            return
    raise BooksError("the server does not answer", "start it by hand: millpond serve")


def _questions(url: str) -> Mapping[str, list[str]]:
    """What is asked for, with many different keys."""
    chance = random.Random(_SEED)  # noqa: S311  (which are asked for)
    pool = f"/v1/pools/{_POOL}"
    with Api(url) as api:
        proposals = list(api.every(routes.PROPOSALS, pool=_POOL))
        gifts = list(api.every(routes.GIFTS, pool=_POOL))
    some = [chance.choice(proposals) for _ in range(_KEYS)]
    places = [chance.choice(gifts[:-50]) for _ in range(_KEYS)]
    behind = [chance.choice(proposals[:-50]) for _ in range(_KEYS)]
    return {
        "a page of 50 gifts": [
            f"{pool}/gifts?limit=50&after={each.block_number}.{each.log_index}" for each in places
        ],
        "a page of 50 proposals": [
            f"{pool}/proposals?limit=50&after={each.block_number}.{each.log_index}"
            for each in behind
        ],
        "a page of 50 ballots": [f"{pool}/proposals/{each.id}/ballots?limit=50" for each in some],
        "a proposal": [f"{pool}/proposals/{each.id}" for each in some],
        "a proof": [
            f"{pool}/distributions/1/proofs/{subject(chance.randrange(LEAVES))}"
            for _ in range(_KEYS)
        ],
    }


def _asked(url: str, paths: Path) -> tuple[float, float, float]:
    """Questions a second, and the milliseconds of half and of 99 % of them."""
    command = [
        *(require_wrk(), "--threads", "1", "--connections", str(CONNECTIONS)),
        *("--duration", f"{SECONDS}s", "--latency", "--timeout", "30s"),
        *("--script", str(_SCRIPT), url, "--", str(paths)),
    ]
    said = subprocess.run(command, check=True, capture_output=True, text=True).stdout  # noqa: S603
    if "Non-2xx" in said or "Socket errors" in said:
        raise BooksError(f"some were refused: {said[-300:]}", "read serve's log")
    return (
        round(float(_found(r"Requests/sec:\s+([\d.]+)", said)[0]), 1),
        _milliseconds(said, "50"),
        _milliseconds(said, "99"),
    )


def _milliseconds(said: str, percent: str) -> float:
    number, unit = _found(rf"^\s+{percent}%\s+([\d.]+)(us|ms|s|m)\s*$", said)
    return round(float(number) * _MS[unit], 1)


def _found(pattern: str, said: str) -> tuple[str, ...]:
    found = re.search(pattern, said, re.MULTILINE)
    if found is None:
        raise BooksError(f"wrk said something else: {said[-300:]}", "see bench/mirror/load.py")
    return found.groups()
