# SPDX-License-Identifier: AGPL-3.0-only
"""Writers of a mirror that are killed outright, one run after the other (see `killed.py`)."""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO, Any

from millpond.chain.client import Client
from millpond.mirror.reads.snapshot import Mirror
from millpond.mirror.store import NotMirrored
from millpond.mirror.stores import Place
from tests.chain.nodes import ROOT

STATEMENTS, SECONDS = 500, 0.2
"""Within a whole index, which takes a few hundred statements more."""


class Writers:
    """Forks a writer for each run, and kills it."""

    def __init__(self, orders: IO[str], answers: IO[str]) -> None:
        self._orders, self._answers = orders, answers

    def run(self, **order: Any) -> str:
        """How one run ended."""
        self._orders.write(json.dumps(order) + "\n")
        self._orders.flush()
        return self._answers.readline().strip()


@contextmanager
def writers() -> Iterator[Writers]:
    """A process that has imported everything once."""
    command = [sys.executable, "-m", "tests.mirror.killed"]
    with subprocess.Popen(  # noqa: S603  this very Python, a module of ours
        command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        yield Writers(process.stdin, process.stdout)
        process.stdin.close()


def has_caught_up(place: Place, client: Client) -> bool:
    """Whether the mirror stands at the head."""
    try:
        with Mirror(place).snapshot() as now:
            return now.as_of.block_number == client.block().number
    except NotMirrored:
        return False  # killed before there were tables
