# SPDX-License-Identifier: AGPL-3.0-only
"""One pool as a whole: the contracts that the Hub made in one transaction, and what they share.

coop = Coop.open(client, record, "credsperiment")      by the record of deployment
coop.pool, coop.governor, coop.distributor, ...        contracts
"""

from dataclasses import dataclass
from typing import Self

from millpond.chain.client import Client
from millpond.chain.contracts import Contract
from millpond.chain.deployments import DeployedPool, Record
from millpond.core.errors import DeploymentError
from millpond.core.typed_data import Domain

PARTS = {
    "pool": "Pool",
    "governor": "Governor",
    "admission": "Admission",
    "grain": "Grain",
    "distributor": "CredDistributor",
}
"""The parts of a pool: their names in the Hub's record, and their sources."""
SPENDERS = ("Allocation", "Team", "Matching", "Crowdmatch")
"""Contracts that spend an earmark and need no setup, in the order in which the Hub has them."""
SHARED = (*PARTS.values(), "Badges", "Identity")
"""What the Hub is given besides, in the order of its constructor."""
IMPLEMENTATIONS = (*SHARED, *SPENDERS)
"""What is deployed before the Hub, each once."""
CLERK = "Clerk"
"""What reads signatures and lists for the distributors: before them, once for a chain."""
ETH = "0x0000000000000000000000000000000000000000"


def kind_of(name: str) -> bytes:
    """The Hub's name of a kind of contracts: ASCII, padded with zeros on the right."""
    return name.encode("ascii").ljust(32, b"\0")


SPENDER_KINDS = {kind_of(name.lower()): name for name in SPENDERS}
"""The Hub's names of the spenders, and their sources."""
KINDS = {kind_of("cred-distributor"): PARTS["distributor"], **SPENDER_KINDS}
"""What a pool can install later: the Hub's names of the kinds, and their sources."""


@dataclass(frozen=True)
class Coop:
    """A co-op on the chain: its own contracts, the Hub that made them and the shared registry."""

    name: str
    client: Client
    hub: Contract
    identity: Contract
    pool: Contract
    governor: Contract
    admission: Contract
    grain: Contract
    distributor: Contract
    since: int
    """The block it was made in: its history starts there."""

    @classmethod
    def open(cls, client: Client, record: Record, name: str) -> Self:
        """By the record of deployment; `DeploymentError` when the chain has another pool."""
        entry = record.pool(name)
        hub = Contract(client, "Hub", entry.hub)
        hub.require_deployed()
        if str(hub.pool_named(name)) != entry.parts["Pool"]:
            raise DeploymentError(
                f"the hub at {entry.hub} knows another pool named {name!r} than the record",
                "restore the record of deployments from version control, or check --network",
            )
        return cls._of(client, name, hub, entry)

    @property
    def clerk(self) -> Contract:
        """Where whatever is signed about the distributor comes in."""
        return Contract(self.client, CLERK, str(self.distributor.clerk()))

    @staticmethod
    def kinds() -> tuple[str, ...]:
        """The sources of the parts, in the order of the Hub's record."""
        return tuple(PARTS.values())

    @classmethod
    def _of(cls, client: Client, name: str, hub: Contract, entry: DeployedPool) -> Self:
        parts = {part: Contract(client, kind, entry.parts[kind]) for part, kind in PARTS.items()}
        identity = Contract(client, "Identity", str(hub.identity()))
        return cls(name, client, hub, identity, since=entry.block_number, **parts)


def domain_of(contract: Contract) -> Domain:
    """Where a message for this contract counts."""
    return Domain(contract.client.chain_id, contract.address)
