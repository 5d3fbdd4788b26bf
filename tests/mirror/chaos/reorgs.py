# SPDX-License-Identifier: AGPL-3.0-only
"""A chain that takes blocks back while its mirror is written, is down, is killed and is lied to.

    seen = Campaign(seed, place, fresh).run(rounds)

A round lets something happen on the chain (gifts, empty blocks, a reorg of 1 to 64 blocks, a chain
that becomes shorter) and something to the mirror (a few steps through a faulty way to the node, a
run that is killed at a random statement or moment, or nothing: it is down). Now and then, and at
the end, the mirror must be what a fresh index is.
"""

import random
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from millpond.chain.client import Client, connect
from millpond.chain.rpc import Budget
from millpond.mirror import store as stores
from millpond.mirror.stops import MAY_PASS
from millpond.mirror.store import Store
from millpond.mirror.stores import Place
from millpond.mirror.sync import Habits, open_mirror
from scripts._local_chain import local_chain
from tests.chain.coop import DOLLAR, PATRONS, Coop
from tests.chain.nodes import CHAIN_ID
from tests.mirror.chaos.faults import BY_RANGES, HARMFUL, HARMLESS
from tests.mirror.chaos.proxy import Proxy, proxied
from tests.mirror.digest import differences, digest
from tests.mirror.places import written
from tests.mirror.writers import SECONDS, STATEMENTS, Writers, writers

DEEPEST = 64
"""What the node calls final lies so deep: a reorg past it stops a mirror, as it should."""
COMPARED_EVERY = 50
LONGEST = 500
"""Blocks of one chain. The node keeps the states of not many more: a reorg below those leaves it
without any contract, which no chain is."""
_HABITS = Habits(sleep=lambda _: None)
_QUICK = Budget(tries=1, timeout=0.5)
_FAULTS = tuple(
    fault for fault in (*HARMLESS, *BY_RANGES, *HARMFUL) if fault.name not in ("hangs", "dropped")
)
"""Those that cost no time."""


class Differs(AssertionError):
    """The mirror is not what a fresh index is, or could not go on."""


@dataclass
class Campaign:
    """Some rounds on one chain, by one seed."""

    seed: int
    place: Place
    fresh: Place
    counts: Counter[str] = field(default_factory=Counter)
    depths: Counter[int] = field(default_factory=Counter)

    def run(self, rounds: int) -> None:
        """So many rounds, fewer where the chain becomes too long; `Differs` where an end is not
        right."""
        self._chance = random.Random(self.seed)  # noqa: S311  not for keys
        with local_chain() as url, proxied(url, seed=self.seed) as proxy, writers() as forked:
            self._client = connect(url, CHAIN_ID)
            self._coop = Coop.make(self._client)
            self._made = self._peak = self._head()
            for number in range(1, rounds + 1):
                self._change_chain()
                self._change_mirror(url, proxy, forked)
                self.counts["rounds"] += 1
                is_last = number == rounds or self._head() > LONGEST
                if number % COMPARED_EVERY == 0 or is_last:
                    self._compare()
                if is_last:
                    return

    # --- the chain --------------------------------------------------------------------------------

    def _head(self) -> int:
        return self._client.block().number

    def _ask(self, method: str, *params: Any) -> object:
        return self._client.rpc.ask(method, params)

    def _change_chain(self) -> None:
        for _ in range(self._chance.randrange(3)):
            self._coop.give(PATRONS[0], 0, self._chance.randrange(1, 100) * DOLLAR)
            self.counts["gifts"] += 1
        if self._chance.random() < 0.4:
            self._ask("anvil_mine", hex(self._chance.randrange(1, 40)))
        self._peak = max(self._peak, self._head())
        if self._chance.random() < 0.6:
            self._take_back()

    def _take_back(self) -> None:
        """By a reorg to other blocks, or to fewer."""
        deepest = min(DEEPEST - (self._peak - self._head()), self._head() - self._made)
        if deepest < 1:
            return
        depth = self._chance.randint(1, deepest)
        if self._chance.random() < 0.2:
            self._ask("anvil_rollback", depth)
            self.counts["shortenings"] += 1
        else:
            self._ask("anvil_reorg", depth, [])
            self.counts["reorgs"] += 1
        self.depths[depth] += 1

    # --- the mirror -------------------------------------------------------------------------------

    def _change_mirror(self, url: str, proxy: Proxy, forked: Writers) -> None:
        dice = self._chance.random()
        if dice < 0.2:
            self.counts["down"] += 1
        elif dice < 0.5:
            self._few_steps(proxy)
        else:
            where = {"database": written(self.place), "url": url, "hub": self._coop.hub.address}
            when: dict[str, float] = (
                {"statement": self._chance.randrange(1, STATEMENTS)}
                if self._chance.random() < 0.6
                else {"seconds": self._chance.uniform(0.0, SECONDS)}
            )
            ended = forked.run(**where, **when)
            if ended not in ("killed", "finished"):
                raise Differs(f"seed {self.seed}: a writer {ended}")
            self.counts[ended] += 1

    def _few_steps(self, proxy: Proxy) -> None:
        """In this process, half of them by a node that is not well."""
        with Store(self.place) as store:
            nodes = connect(proxy.url, CHAIN_ID, _QUICK)
            sync = None
            for _ in range(self._chance.randrange(1, 5)):
                ill = self._chance.random() < 0.5
                proxy.fault = self._chance.choice(_FAULTS) if ill else None
                try:
                    sync = sync or open_mirror(store, nodes, self._coop.hub.address, 0, _HABITS)
                    sync.step()
                    self.counts["steps"] += 1
                except MAY_PASS:
                    self.counts["refused steps"] += 1
            proxy.fault = None
        self.counts["faults"], proxy.struck = self.counts["faults"] + proxy.struck, 0

    def _compare(self) -> None:
        """Beyond the highest block ever, since what was final stays final."""
        self._ask("anvil_mine", hex(max(1, self._peak - self._head() + 1)))
        self._peak = self._head()
        mirrored(self.place, self._client, self._coop)
        stores.remove(self.fresh)
        mirrored(self.fresh, self._client, self._coop)
        if digest(self.place) != digest(self.fresh):
            told = differences(self.place, self.fresh)
            raise Differs(f"seed {self.seed}: not what a fresh index is, but {told}")
        self.counts["compared"] += 1
        if self._chance.random() < 0.5:
            stores.remove(self.place)
            self.counts["begun anew"] += 1


def every_depth(place: Place, fresh: Place, depths: Iterable[int] = range(1, DEEPEST + 1)) -> None:
    """A reorg of each depth on one chain, with a gift in the blocks that go; `Differs` where the
    mirror is not what a fresh index is after one of them."""
    with local_chain() as url:
        client = connect(url, CHAIN_ID)
        coop = Coop.make(client)
        client.rpc.ask("anvil_mine", [hex(DEEPEST)])
        for depth in depths:
            coop.give(PATRONS[0], 0, depth * DOLLAR)
            mirrored(place, client, coop)
            client.rpc.ask("anvil_reorg", [depth, []])
            coop.give(PATRONS[0], 0, DOLLAR)
            mirrored(place, client, coop)
            stores.remove(fresh)
            mirrored(fresh, client, coop)
            if digest(place) != digest(fresh):
                told = differences(place, fresh)
                raise Differs(f"after a reorg of {depth} not what a fresh index is, but {told}")


def mirrored(place: Place, client: Client, coop: Coop) -> None:
    """Mirror to the head."""
    with Store(place) as store:
        open_mirror(store, client, coop.hub.address, 0, _HABITS).catch_up()
