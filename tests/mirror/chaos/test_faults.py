# SPDX-License-Identifier: AGPL-3.0-only
"""The fault matrix: whatever a node does wrong, no wrong row is ever served, and the mirror ends
where the chain is or says that it is not ready and why."""

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from eth.vm.forks.prague.blocks import PragueBlockHeader

from millpond.chain.client import Client, connect
from millpond.chain.rpc import Budget
from millpond.core.errors import MillpondError
from millpond.mirror import sync as syncs
from millpond.mirror.completeness import Checks, Level
from millpond.mirror.follow import Pace, note
from millpond.mirror.reads.health import health
from millpond.mirror.reads.snapshot import Mirror
from millpond.mirror.stops import MAY_PASS, Contradiction, reason_of
from millpond.mirror.store import Store
from millpond.mirror.sync import Habits, Sync, open_mirror
from scripts._local_chain import find_anvil, local_chain
from tests.chain.coop import DOLLAR, PATRONS, Coop
from tests.chain.made_blocks import told_header
from tests.chain.nodes import CHAIN_ID
from tests.mirror.chaos import faults
from tests.mirror.chaos.faults import BY_RANGES, HARMFUL, HARMLESS, OF_LOGS
from tests.mirror.chaos.proxy import Fault, proxied
from tests.mirror.chaos.truth import Truth
from tests.mirror.digest import digest

ONCE = Budget(tries=1, timeout=0.3)
MOST_STEPS = 60
NEAR, FAR, NAMED = "near the head", "by ranges", "by ranges, of blocks that the node names"
PACE = Pace()


@dataclass(frozen=True)
class Chain:
    """A co-op on a node, and what is true of it."""

    url: str
    client: Client
    coop: Coop
    truth: Truth
    digests: dict[str, str]


@pytest.fixture(scope="module")
def chain(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chain]:
    """Some forty blocks; the one that made the pool has several logs of a kind."""
    if find_anvil() is None:
        pytest.skip("anvil is not installed (install Node)")
    folder = tmp_path_factory.mktemp("truth")
    with local_chain() as url:
        client = connect(url, CHAIN_ID)
        coop = Coop.make(client)
        for amount in range(1, 6):
            coop.give(PATRONS[0], 0, amount * DOLLAR)
        digests = {}
        for mode in (NEAR, FAR):
            with moded(mode), Store(folder / f"{mode}.db") as store:
                open_mirror(store, client, coop.hub.address, 0).catch_up()
            digests[mode] = digest(folder / f"{mode}.db")
        digests[NAMED] = digests[FAR]
        yield Chain(url, client, coop, Truth.of(folder / f"{NEAR}.db"), digests)


class moded:  # noqa: N801  a context
    """Mirror block by block, or by ranges of a few blocks."""

    def __init__(self, mode: str) -> None:
        self._keep = syncs.KEEP if mode == NEAR else 3
        self._range = syncs._RANGE_BLOCKS if mode == NEAR else 12  # noqa: SLF001

    def __enter__(self) -> None:
        self._patch = pytest.MonkeyPatch()
        self._patch.setattr(syncs, "KEEP", self._keep)
        self._patch.setattr(syncs, "_RANGE_BLOCKS", self._range)

    def __exit__(self, *_: object) -> None:
        self._patch.undo()


def habits(mode: str = FAR) -> Habits:
    """Patient with nobody; what is checked by default, or less."""
    level = Level.RECEIPTS if mode == NAMED else Level.EVERY_BLOCK
    return Habits(checks=Checks(level), witness_seconds=0.0, sleep=lambda _: None)


def deep(fault: Fault) -> str:
    """How deep blocks are read where this fault strikes."""
    return NAMED if fault.name in OF_LOGS else FAR


HABITS = habits()


def clients(*urls: str) -> list[Client]:
    """Of nodes that are asked once, and not long."""
    return [connect(url, CHAIN_ID, ONCE) for url in urls]


def try_on(
    chain: Chain, path: Path, make: Callable[[], Sync], most: int = MOST_STEPS
) -> MillpondError | None:
    """Steps until the mirror has caught up or `most` have failed or gone; the last problem, if it
    ended with one. After each all that is served must be true."""
    problem: MillpondError | None = None
    sync: Sync | None = None
    for _ in range(most):
        try:
            sync = sync or make()
            more = sync.step()
            problem = None
        except MAY_PASS as error:
            problem, more = error, True
        if sync is not None:
            note(sync, PACE, problem)
        assert chain.truth.wrong(path) == []
        if not more:
            break
    return problem


def readiness(path: Path) -> tuple[bool, str | None]:
    """What /ready says, and the short name of the reason that is kept."""
    with Mirror(path).snapshot() as now:
        ready = health(now, int(time.time())).trouble is None
        return ready, now.rows("SELECT reason FROM worker")[0]["reason"]


@pytest.mark.parametrize(
    ("fault", "mode"),
    [
        *((fault, mode) for fault in HARMLESS for mode in (NEAR, deep(fault))),
        *((fault, NAMED) for fault in BY_RANGES),
    ],
    ids=str,
)
def test_mirror__what_nodes_may_do__the_same_end(
    chain: Chain, fault: Fault, mode: str, tmp_path: Path
) -> None:
    path = tmp_path / "mirror.db"
    with moded(mode), proxied(chain.url, fault) as proxy, Store(path) as store:
        nodes = clients(proxy.url)
        hub, how = chain.coop.hub.address, habits(mode)
        make = lambda: open_mirror(store, nodes, hub, 0, how)  # noqa: E731
        assert try_on(chain, path, make) is None
        assert proxy.struck
    assert readiness(path) == (True, None)
    assert digest(path) == chain.digests[mode]


@pytest.mark.parametrize(
    ("fault", "mode"),
    [(fault, mode) for fault in HARMFUL for mode in (NEAR, deep(fault))],
    ids=str,
)
def test_mirror__a_fault_that_lasts__not_ready_until_it_ends(
    chain: Chain, fault: Fault, mode: str, tmp_path: Path
) -> None:
    path = tmp_path / "mirror.db"
    with moded(mode), proxied(chain.url) as proxy, Store(path) as store:
        nodes = clients(proxy.url)
        sync = open_mirror(store, nodes, chain.coop.hub.address, 0, habits(mode))
        proxy.fault = fault
        problem = try_on(chain, path, lambda: sync, 8)
        assert proxy.struck
        assert problem is not None
        assert readiness(path) == (False, reason_of(problem))
        proxy.fault = None
        assert try_on(chain, path, lambda: sync) is None
    assert readiness(path) == (True, None)
    assert digest(path) == chain.digests[mode]


@pytest.mark.parametrize("fault", HARMFUL, ids=lambda fault: fault.name)
def test_mirror__a_second_node__goes_on_without_the_first(
    chain: Chain, fault: Fault, tmp_path: Path
) -> None:
    path = tmp_path / "mirror.db"
    with ExitStack() as ends:
        ends.enter_context(moded(deep(fault)))
        proxy = ends.enter_context(proxied(chain.url))
        store = ends.enter_context(Store(path))
        nodes = clients(proxy.url, chain.url)
        sync = open_mirror(store, nodes, chain.coop.hub.address, 0, habits(deep(fault)))
        proxy.fault = fault
        assert try_on(chain, path, lambda: sync) is None
        assert proxy.struck
    assert digest(path) == chain.digests[FAR]


def test_mirror__every_block_is_looked_at__logs_hidden_in_ranges_are_not_missed(
    chain: Chain, tmp_path: Path
) -> None:
    """They are read out of the receipts: what the node says of logs is asked near the head only."""
    path = tmp_path / "mirror.db"
    hidden = next(fault for fault in HARMFUL if fault.name == "one log hidden among others")
    with moded(FAR), proxied(chain.url, hidden) as proxy, Store(path) as store:
        nodes = clients(proxy.url)
        sync = open_mirror(store, nodes, chain.coop.hub.address, 0, HABITS)
        assert try_on(chain, path, lambda: sync) is None
        assert proxy.asked["eth_getLogs"] <= syncs.KEEP
    assert digest(path) == chain.digests[FAR]


@pytest.mark.parametrize("seed", range(3))
def test_mirror__all_faults_by_lot__the_same_end(chain: Chain, seed: int, tmp_path: Path) -> None:
    path = tmp_path / "mirror.db"
    with moded(FAR), proxied(chain.url, seed=seed) as proxy, Store(path) as store:
        every = [*HARMLESS, *BY_RANGES, *HARMFUL]

        def step() -> Sync:
            chosen = proxy.chance.choice(every)
            proxy.fault = chosen if proxy.chance.random() < 0.5 else None
            return sync

        sync = open_mirror(store, clients(proxy.url), chain.coop.hub.address, 0, HABITS)
        for _ in range(200):
            if try_on(chain, path, step, 1) is None and readiness(path)[0]:
                break
    assert digest(path) == chain.digests[FAR]


# --- heads ----------------------------------------------------------------------------------------


def block(client: Client, number: int) -> Any:
    """A block as the node tells it."""
    return client.rpc.ask("eth_getBlockByNumber", [hex(number), False])


def test_mirror__a_node_that_stands_still__the_other_is_followed(
    chain: Chain, tmp_path: Path
) -> None:
    path = tmp_path / "mirror.db"
    still = faults.frozen_at(block(chain.client, chain.client.block().number - 9))
    with proxied(chain.url, still) as proxy, Store(path) as store:
        nodes = clients(proxy.url, chain.url)
        sync = open_mirror(store, nodes, chain.coop.hub.address, 0, HABITS)
        assert try_on(chain, path, lambda: sync) is None
        assert proxy.struck
    assert digest(path) == chain.digests[NEAR]


def test_mirror__a_node_that_lags_behind_the_mirror__waited_for(
    chain: Chain, tmp_path: Path
) -> None:
    path = tmp_path / "mirror.db"
    late = faults.frozen_at(block(chain.client, chain.client.block().number - 9))
    with proxied(chain.url) as proxy, Store(path) as store:
        sync = open_mirror(store, clients(proxy.url), chain.coop.hub.address, 0, HABITS)
        assert try_on(chain, path, lambda: sync) is None
        proxy.fault = late
        problem = try_on(chain, path, lambda: sync, 2)
        assert problem is not None
        assert readiness(path) == (False, "stale_head")
        assert digest(path) == chain.digests[NEAR]
        proxy.fault = None
        assert try_on(chain, path, lambda: sync) is None
    assert readiness(path) == (True, None)


def test_mirror__a_newest_block_that_is_old__not_ready(chain: Chain, tmp_path: Path) -> None:
    path = tmp_path / "mirror.db"
    seen = chain.client.block().timestamp
    for age, reason in ((600, None), (601, "stale_head")):
        habits = Habits(stale_seconds=600, now=lambda age=age: seen + age)  # type: ignore[misc]
        with Store(path) as store:
            sync = open_mirror(store, clients(chain.url), chain.coop.hub.address, 0, habits)
            problem = try_on(chain, path, lambda sync=sync: sync, 6)  # type: ignore[misc]
        assert (problem and reason_of(problem)) == reason
        assert readiness(path) == (reason is None, reason)


def test_mirror__a_second_node_of_another_chain__never_asked_for_events(
    chain: Chain, tmp_path: Path
) -> None:
    path = tmp_path / "mirror.db"
    other = faults.of_another_chain(told_header(PragueBlockHeader, block_number=0))
    with proxied(chain.url) as first, proxied(chain.url, other) as second, Store(path) as store:
        nodes = clients(first.url, second.url)
        sync = open_mirror(store, nodes, chain.coop.hub.address, 0, HABITS)
        first.fault = next(fault for fault in HARMFUL if fault.name == "bad gateway")
        problem = try_on(chain, path, lambda: sync, 4)
        assert problem is not None
        assert second.asked["eth_getLogs"] == 0
        assert sync.store.event_count() == 0
        first.fault = None
        assert try_on(chain, path, lambda: sync) is None
    assert digest(path) == chain.digests[NEAR]


def test_mirror__two_nodes_that_call_different_blocks_final__stops_for_good(tmp_path: Path) -> None:
    if find_anvil() is None:
        pytest.skip("anvil is not installed (install Node)")
    path = tmp_path / "mirror.db"
    with local_chain() as url, proxied(url) as proxy, Store(path) as store:
        client = connect(url, CHAIN_ID)
        coop = Coop.make(client)
        client.rpc.ask("anvil_mine", [hex(100)])
        final = client.block("finalized").number
        assert final > 0
        nodes = clients(url, proxy.url)
        sync = open_mirror(store, nodes, coop.hub.address, 0, HABITS)
        sync.catch_up()
        proxy.fault = faults.of_another_chain(told_header(PragueBlockHeader, block_number=final))
        with pytest.raises(Contradiction, match=f"different blocks {final} final") as caught:
            sync.step()
        note(sync, PACE, caught.value)
        assert readiness(path) == (False, "contradiction")
        note(sync, PACE, None)
        assert readiness(path) == (False, "contradiction")
        with pytest.raises(MillpondError, match="different blocks"):
            open_mirror(store, nodes, coop.hub.address, 0, HABITS)
        store.go_on()
        proxy.fault = None
        open_mirror(store, nodes, coop.hub.address, 0, HABITS).catch_up()
