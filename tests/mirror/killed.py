# SPDX-License-Identifier: AGPL-3.0-only
"""A mirror's writer that is killed: forked for each run from a process that has all imported.

Reads runs from standard input, one JSON object a line, and answers each with how it ended:
    {"database": ..., "url": ..., "hub": ..., "statement": 17}     killed before its 17th statement
    {"database": ..., "url": ..., "hub": ..., "seconds": 0.05}     killed after so long
Answers "killed" or "finished".
"""

import json
import os
import signal
import sqlite3
import sys
import time
from pathlib import Path
from typing import Any

from millpond.chain.client import connect
from millpond.mirror import store as stores
from millpond.mirror import sync as syncs
from tests.chain.nodes import CHAIN_ID

SMALL_STEPS = 3
"""Blocks in one transaction: many transactions, many places to be killed at."""


def main() -> None:
    """One run after the other."""
    syncs._HOT_BLOCKS = SMALL_STEPS  # noqa: SLF001  so that a short chain takes many steps
    for line in sys.stdin:
        run: dict[str, Any] = json.loads(line)
        child = os.fork()
        if child == 0:
            _mirror(run)
            os._exit(0)
        if "seconds" in run:
            time.sleep(run["seconds"])
            os.kill(child, signal.SIGKILL)
        _, status = os.waitpid(child, 0)
        print("killed" if os.WIFSIGNALED(status) else "finished", flush=True)


def _mirror(run: dict[str, Any]) -> None:
    """Mirror to the head, unless killed on the way."""
    if "statement" in run:
        _die_at(run["statement"])
    with stores.Store(Path(run["database"])) as store:
        client = connect(run["url"], CHAIN_ID)
        syncs.open_mirror(store, client, run["hub"], 0).catch_up()


def _die_at(number: int) -> None:
    """Make every connection count its statements, and the one that comes too late the last."""
    left = number
    connect_ = stores.connect

    def count(_: str) -> None:
        nonlocal left
        left -= 1
        if left <= 0:
            os.kill(os.getpid(), signal.SIGKILL)

    def counted(path: Path, *, writes: bool) -> sqlite3.Connection:
        found = connect_(path, writes=writes)
        found.set_trace_callback(count)
        return found

    stores.connect = counted


if __name__ == "__main__":
    main()
