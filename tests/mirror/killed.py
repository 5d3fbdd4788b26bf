# SPDX-License-Identifier: AGPL-3.0-only
"""A mirror's writer that is killed: forked for each run from a process that has all imported.

Reads runs from standard input, one JSON object a line, and answers each with how it ended:
    {"database": ..., "url": ..., "hub": ..., "statement": 17}     killed before its 17th statement
    {"database": ..., "url": ..., "hub": ..., "seconds": 0.05}     killed after so long
Answers "killed", "finished", or "failed" where an error ended it.
"""

import json
import os
import signal
import sys
import time
from collections.abc import Callable
from typing import Any

from millpond.chain.client import connect
from millpond.chain.rpc import Budget
from millpond.mirror import store as stores
from millpond.mirror import sync as syncs
from millpond.mirror.stores import place_of
from millpond.mirror.stores.postgresql import PostgresqlDatabase
from millpond.mirror.stores.sqlite import SqliteDatabase
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
        ended = "killed" if os.WIFSIGNALED(status) else "failed" if status else "finished"
        print(ended, flush=True)


def _mirror(run: dict[str, Any]) -> None:
    """Mirror to the head, unless killed on the way."""
    if "statement" in run:
        _die_at(run["statement"])
    with stores.Store(place_of(run["database"])) as store:
        client = connect(run["url"], CHAIN_ID, Budget(first_pause=0.01))
        syncs.open_mirror(store, client, run["hub"], 0).catch_up()


def _die_at(number: int) -> None:
    """Make every connection count what it is asked, and the question that comes too late the last.

    What takes many rows at once is asked once for each of them.
    """
    left = number

    def counted(ask: Callable[..., Any]) -> Callable[..., Any]:
        def asked(*args: Any, **kwargs: Any) -> Any:
            nonlocal left
            left -= 1
            if left <= 0:
                os.kill(os.getpid(), signal.SIGKILL)
            return ask(*args, **kwargs)

        return asked

    def one_by_one(insert: Callable[..., Any]) -> Callable[..., Any]:
        def asked(self: Any, table: str, rows: Any) -> None:
            for row in rows:
                insert(self, table, [row])

        return asked

    for store in (SqliteDatabase, PostgresqlDatabase):
        for name in ("execute", "take_back", "create"):
            setattr(store, name, counted(getattr(store, name)))
        insert = counted(store.insert)
        setattr(store, "insert", one_by_one(insert))  # noqa: B010  mypy forbids the plain way


if __name__ == "__main__":
    main()
