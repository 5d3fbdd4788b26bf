# SPDX-License-Identifier: AGPL-3.0-only
"""The writer is killed outright at random points, the chain goes on and takes blocks back."""

import random
from collections import Counter
from pathlib import Path

import pytest

from millpond.chain.client import connect
from millpond.mirror import store as stores
from millpond.mirror.store import Store
from millpond.mirror.sync import open_mirror
from scripts._local_chain import find_anvil, local_chain
from tests.chain.coop import DOLLAR, PATRONS, Coop
from tests.chain.nodes import CHAIN_ID
from tests.mirror.digest import digest
from tests.mirror.places import POSTGRESQL, SQLITE, database, written
from tests.mirror.writers import SECONDS, STATEMENTS, has_caught_up, writers

SEED, MOST_RUNS = 2019, 300
POINTS = {SQLITE: 50, POSTGRESQL: 15}
"""How often it is killed, on each store."""


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
        assert set(ended) <= {"killed", "finished"}, ended
        assert forked.run(**order) == "finished"
        with Store(fresh) as store:
            open_mirror(store, client, coop.hub.address, 0).catch_up()
    assert digest(place) == digest(fresh)
