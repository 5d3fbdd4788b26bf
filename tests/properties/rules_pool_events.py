# SPDX-License-Identifier: AGPL-3.0-only
"""Books kept from events alone, as somebody would who only reads logs: nothing moves without one.

They know neither the models' facts nor the contracts' storage; both must come to the same.
"""

from collections import Counter
from collections.abc import Callable
from typing import Any

from tests.properties.chain import Handle
from tests.properties.world import World

Spot = tuple[str, int, str]
"""Pool, earmark, asset."""
Args = dict[str, Any]


class EventBooks:
    """What the logs of all pools, grains and distributors add up to."""

    def __init__(self, world: World) -> None:
        self.balance: Counter[Spot] = Counter()
        self.received: Counter[Spot] = Counter()
        self.reserved: Counter[Spot] = Counter()
        self.held: Counter[tuple[str, str]] = Counter()  # pool, asset
        self.owed: Counter[tuple[str, str, str]] = Counter()  # pool, asset, account
        self.bound: set[tuple[str, int]] = set()  # restricted earmarks
        self.grain: Counter[tuple[str, str]] = Counter()  # token, account
        self.paid: Counter[tuple[str, int]] = Counter()  # distributor, epoch
        self.carry: dict[tuple[str, str], int] = {}  # distributor, asset
        self.minted: Counter[str] = (
            Counter()
        )  # distributor: grain of claims, less what was withheld
        self.hashes: dict[tuple[str, int], bytes] = {}
        self._ways: dict[tuple[str, str], Callable[[str, Args], None]] = {
            ("Pool", "EarmarkOpened"): self._opened,
            ("Pool", "Given"): self._given,
            ("Pool", "Synced"): self._synced,
            ("Pool", "PutBack"): self._put_back,
            ("Pool", "Moved"): self._moved,
            ("Pool", "Spent"): self._spent,
            ("Pool", "Released"): self._released,
            ("Pool", "ReleasedMany"): self._released_many,
            ("Pool", "Reserved"): self._reserved,
            ("Pool", "Unreserved"): self._unreserved,
            ("Pool", "Reclaimed"): self._reclaimed,
            ("Pool", "Owed"): self._owed,
            ("Pool", "Withdrawn"): self._withdrawn,
            ("Grain", "Transfer"): self._transferred,
            ("CredDistributor", "Claimed"): self._claimed,
            ("CredDistributor", "PaidOut"): self._paid_out,
            ("CredDistributor", "ShareCapped"): self._capped,
            ("CredDistributor", "EpochClosed"): self._closed,
            ("CredDistributor", "SettledOffChain"): self._settled,
            ("CredDistributor", "CarryChanged"): self._carried,
            ("CredDistributor", "GrainWithheld"): self._withheld,
            ("CredDistributor", "DistributionFinalised"): self._finalised,
        }
        world.listeners.append(self.hear)

    def hear(self, source: Handle, name: str, args: Args) -> None:
        """One event."""
        way = self._ways.get((source.name, name))
        if way is not None:
            way(source.address, args)

    # --- pools ----------------------------------------------------------------------------

    def _opened(self, pool: str, args: Args) -> None:
        if args["restricted"]:
            self.bound.add((pool, args["earmark_id"]))

    def _come(self, pool: str, earmark: int, args: Args) -> None:
        self.balance[pool, earmark, args["asset"]] += args["amount"]
        self.held[pool, args["asset"]] += args["amount"]

    def _go(self, pool: str, args: Args) -> None:
        self.balance[pool, args["earmark_id"], args["asset"]] -= args["amount"]
        self.held[pool, args["asset"]] -= args["amount"]

    def _given(self, pool: str, args: Args) -> None:
        self._come(pool, args["earmark_id"], args)
        self.received[pool, args["earmark_id"], args["asset"]] += args["amount"]

    def _synced(self, pool: str, args: Args) -> None:
        self._come(pool, 0, args)
        self.received[pool, 0, args["asset"]] += args["amount"]

    def _put_back(self, pool: str, args: Args) -> None:
        self._come(pool, 0, args)

    def _moved(self, pool: str, args: Args) -> None:
        asset, amount, target = args["asset"], args["amount"], args["to_id"]
        self.balance[pool, args["from_id"], asset] -= amount
        self.balance[pool, target, asset] += amount
        if (pool, target) in self.bound:
            self.received[pool, target, asset] += amount

    def _spent(self, pool: str, args: Args) -> None:
        self._go(pool, args)

    def _released(self, pool: str, args: Args) -> None:
        self._go(pool, args)
        self._unreserved(pool, args)

    def _released_many(self, pool: str, args: Args) -> None:
        total = sum(payment >> 160 for payment in args["batch"])
        self._released(pool, args | {"amount": total})

    def _reserved(self, pool: str, args: Args) -> None:
        self.reserved[pool, args["earmark_id"], args["asset"]] += args["amount"]

    def _unreserved(self, pool: str, args: Args) -> None:
        self.reserved[pool, args["earmark_id"], args["asset"]] -= args["amount"]

    def _reclaimed(self, pool: str, args: Args) -> None:
        self._go(pool, args)
        if args["patron"] == pool:
            self._come(pool, 0, args)

    def _owed(self, pool: str, args: Args) -> None:
        self.owed[pool, args["asset"], args["account"]] += args["amount"]
        self.held[pool, args["asset"]] += args["amount"]

    def _withdrawn(self, pool: str, args: Args) -> None:
        self.owed[pool, args["asset"], args["account"]] -= args["amount"]
        self.held[pool, args["asset"]] -= args["amount"]

    # --- grains and distributors ----------------------------------------------------------

    def _transferred(self, grain: str, args: Args) -> None:
        self.grain[grain, args["sender"]] -= args["value"]
        self.grain[grain, args["receiver"]] += args["value"]

    def _claimed(self, distributor: str, args: Args) -> None:
        for share in args["shares"]:
            self.paid[distributor, share % 2**32] += share >> 128
            self.minted[distributor] += (share >> 32) % 2**96

    def _paid_out(self, distributor: str, args: Args) -> None:
        for _, payment, grain in args["leaves"]:
            self.paid[distributor, grain % 2**160] += payment >> 160
            self.minted[distributor] += grain >> 160

    def _capped(self, distributor: str, args: Args) -> None:
        self.paid[distributor, args["epoch"]] += args["excess"]

    def _settled(self, distributor: str, args: Args) -> None:
        self.paid[distributor, args["epoch"]] += args["amount"]
        self.minted[distributor] += args["grain"]

    def _closed(self, distributor: str, args: Args) -> None:
        self.paid[distributor, args["epoch"]] += args["left_over"]

    def _carried(self, distributor: str, args: Args) -> None:
        self.carry[distributor, args["asset"]] = args["carry"]

    def _withheld(self, distributor: str, args: Args) -> None:
        self.minted[distributor] -= args["amount"]

    def _finalised(self, distributor: str, args: Args) -> None:
        spot = distributor, args["epoch"]
        assert spot not in self.hashes, f"{spot} became final twice"
        self.hashes[spot] = args["epoch_hash"]
