# SPDX-License-Identifier: AGPL-3.0-only
"""The writer is killed outright at random points, the chain goes on and takes blocks back."""

import json
import random
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

import pytest

from millpond.chain.client import Client, connect
from millpond.mirror import store as stores
from millpond.mirror.reads.snapshot import Mirror
from millpond.mirror.store import NotMirrored, Store
from millpond.mirror.stores import Place
from millpond.mirror.sync import open_mirror
from scripts._local_chain import find_anvil, local_chain
from tests.chain.coop import DOLLAR, PATRONS, Coop
from tests.chain.nodes import CHAIN_ID, ROOT
from tests.mirror.digest import digest
from tests.mirror.places import POSTGRESQL, SQLITE, database, written

SEED, MOST_RUNS = 2019, 300
POINTS = {SQLITE: 50, POSTGRESQL: 15}
"""How often it is killed, on each store."""
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


def test_kill__at_random_points_with_reorgs_between__as_a_fresh_index(
    on_both: str, tmp_path: Path
) -> None:
    if find_anvil() is None:
        pytest.skip("anvil is not installed: only it can reorganise a chain (install Node)")
    chance, ended = random.Random(SEED), Counter[str]()  # noqa: S311  not for keys
    place, fresh, points = database(tmp_path), database(tmp_path, "fresh"), POINTS[on_both]
    with local_chain() as url, writers() as forked:
        client = connect(url, CHAIN_ID)
        coop = Coop.make(client)
        for _ in range(4):
            coop.give(PATRONS[0], 0, DOLLAR)
        order = {"database": written(place), "url": url, "hub": coop.hub.address}
        while ended["killed"] < points and ended.total() < MOST_RUNS:
            if has_caught_up(place, client):
                stores.remove(place)
            when: dict[str, float] = (
                {"statement": chance.randrange(1, STATEMENTS)}
                if chance.random() < 0.6
                else {"seconds": chance.uniform(0.0, SECONDS)}
            )
            ended[forked.run(**order, **when)] += 1
            if chance.random() < 0.3:
                client.rpc.ask("anvil_reorg", [chance.randrange(1, 9), []])
            for _ in range(chance.randrange(4)):
                coop.give(PATRONS[0], 0, chance.randrange(1, 100) * DOLLAR)
        assert ended["killed"] == points, ended
        assert forked.run(**order) == "finished"
        with Store(fresh) as store:
            open_mirror(store, client, coop.hub.address, 0).catch_up()
    assert digest(place) == digest(fresh)
