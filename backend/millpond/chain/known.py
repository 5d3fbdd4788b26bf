# SPDX-License-Identifier: AGPL-3.0-only
"""What a node can tell of a pool and of the world around it, for the words of a proposal."""

from functools import cached_property

from millpond.chain.abi import Value
from millpond.chain.answers import NO_ADDRESS, Address
from millpond.chain.assets import Asset as Token
from millpond.chain.coop import KINDS, Coop
from millpond.chain.wording.known import Earmark, Here
from millpond.core.errors import MillpondError, Reverted
from millpond.core.figures import Asset

_ASSET_EVENTS = ("Given", "Synced", "Moved", "PutBack")
"""How an asset comes into a pool's books."""


class NodeKnown:
    """`wording.Known` over a node; what was asked once is not asked again."""

    def __init__(self, coop: Coop) -> None:
        self._coop = coop
        self._assets: dict[str, Asset] = {}

    @cached_property
    def here(self) -> Here:
        """The pool whose proposal is told."""
        coop = self._coop
        return Here(
            pool=coop.pool.address,
            governor=coop.governor.address,
            admission=coop.admission.address,
            grain=coop.grain.address,
            distributor=coop.distributor.address,
            hub=coop.hub.address,
            identity=coop.identity.address,
            clerk=coop.clerk.address,
        )

    def kind_of(self, address: str) -> tuple[str | None, str | None]:
        """One of this pool's parts, what all pools share, or another pool of the Hub."""
        kind = self.here.kinds.get(address)
        if kind is not None:
            return kind, None if address in self.here.shared else self.here.pool
        if address in self._made:
            return self._made[address], self.here.pool
        if self._coop.hub.is_pool(address):
            return "Pool", address
        return None, None

    def asset(self, address: str) -> Asset:
        """What an asset says of itself; nothing, where it answers nonsense."""
        if address not in self._assets:
            try:
                token = Token.at(self._coop.client, address)
                self._assets[address] = Asset(address, token.symbol, token.decimals)
            except MillpondError:
                self._assets[address] = Asset(address, None, None)
        return self._assets[address]

    def is_token(self, address: str) -> bool:
        """Whether this pool has ever held it."""
        return address != NO_ADDRESS and address in self._held

    def consent_selector(self, address: str) -> bytes | None:
        """Of an installed part, by the Governor's word of it."""
        word = int(self._coop.governor.part_words(address))
        return (word >> 32 & 0xFFFF_FFFF).to_bytes(4, "big") if word else None

    def has_code(self, address: str) -> bool:
        """Whether a contract stands there."""
        return bool(self._coop.client.code(Address(address)))

    def earmark(self, number: int) -> Earmark | None:
        """An earmark of this pool; None where there is none yet."""
        if number == 0:
            return Earmark(None, None, False, None)
        event = self._earmarks.get(number)
        if event is None:
            return None
        spender = event["spender"] if event["spender"] != NO_ADDRESS else None
        return Earmark(event["uri"], spender, event["restricted"], event["deadline"] or None)

    def buy_in_asset(self) -> str | None:
        """The asset in which newcomers pay their buy-in; None where none was ever set."""
        earmark, asset, _ = self._coop.admission.buy_in()
        return str(asset) if earmark else None

    def next_install(self, kind: bytes, setup_call: bytes) -> str | None:
        """By the Hub; None for a kind that it does not make."""
        try:
            return str(self._coop.hub.next_install(self.here.pool, kind, setup_call))
        except Reverted:
            return None

    @cached_property
    def _held(self) -> set[str]:
        return set(assets_of(self._coop))

    @cached_property
    def _earmarks(self) -> dict[int, dict[str, Value]]:
        events = self._coop.pool.past_events("EarmarkOpened", self._coop.since)
        return {int(e.args["earmark_id"]): dict(e.args) for e in events}

    @cached_property
    def _made(self) -> dict[str, str]:
        """What the Hub has made for this pool later."""
        hub = self._coop.hub
        if "PartMade" not in hub.abi.events:
            return {}
        return {
            str(event.args["part"]): KINDS[event.args["kind"]]
            for event in hub.past_events("PartMade", self._coop.since)
            if event.args["pool"] == self.here.pool and event.args["kind"] in KINDS
        }


def assets_of(coop: Coop) -> list[Address]:
    """Everything that has ever come into the pool's books, ETH first."""
    found = {
        event.args["asset"]
        for name in _ASSET_EVENTS
        for event in coop.pool.past_events(name, coop.since)
    }
    return sorted(found, key=lambda asset: (asset != NO_ADDRESS, asset))
