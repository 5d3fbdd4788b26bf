# SPDX-License-Identifier: AGPL-3.0-only
"""What the chain says now, each thing asked once: a look lasts for one round of the relay."""

from dataclasses import dataclass
from functools import cached_property

from millpond.chain import governance
from millpond.chain.answers import Address
from millpond.chain.client import Client
from millpond.chain.contracts import Contract
from millpond.chain.governance import State
from millpond.chain.members import Member, member_of
from millpond.core.errors import BadInput
from millpond.core.typed_data import Domain

_OF_A_SHEET = 64


@dataclass(frozen=True)
class Proposal:
    """What a ballot has to know."""

    state: State
    created_at: int
    closes_at: int
    ready_at: int
    """When its timelock ends, and with it the last chance to say Against."""


class Stranger(BadInput):
    """A contract that is no part of a pool of this Hub, or a pool that this key must not serve."""


class Look:
    """One round's view of the chain."""

    def __init__(self, client: Client, hub: Contract, sender: Address) -> None:
        self.client = client
        self.hub = hub
        self.sender = sender
        self._proposals: dict[tuple[str, int], Proposal | None] = {}
        self._members: dict[tuple[str, str], Member] = {}
        self._sheets: dict[tuple[str, int, int], int] = {}
        self._known: dict[tuple[str, str], Stranger | None] = {}

    @cached_property
    def now(self) -> int:
        """The chain's clock."""
        return self.client.now()

    def contract(self, kind: str, address: Address) -> Contract:
        """One of ours by its frozen ABI."""
        return Contract(self.client, kind, address)

    def domain(self, contract: Address) -> Domain:
        """Where a message for it counts."""
        return Domain(self.client.chain_id, contract)

    def require_part(self, pool: Address, contract: Address) -> None:
        """`Stranger` unless the Hub made this pool, the contract is its Governor or a part of it,
        and this key is nobody there."""
        place = pool, contract
        if place not in self._known:
            self._known[place] = self._stranger(pool, contract)
        stranger = self._known[place]
        if stranger is not None:
            raise stranger

    def _stranger(self, pool: Address, contract: Address) -> Stranger | None:
        if not self.hub.is_pool(pool):
            return Stranger(f"{pool} is no pool of the Hub {self.hub.address}", "check the pool")
        governor = self.contract("Governor", Address(str(self.hub.governor_of(pool))))
        if contract != governor.address and not governor.is_hub_part(contract):
            return Stranger(f"{contract} is no part of the pool {pool}", "check the contract")
        if governor.isMember(self.sender):
            return Stranger(
                f"the relay's account {self.sender} is a member of the pool {pool}",
                "let the relay's operator give it a key that is good for nothing else",
            )
        return None

    def proposal(self, governor: Address, number: int) -> Proposal | None:
        """None if nobody has proposed it."""
        place = governor, number
        if place not in self._proposals:
            self._proposals[place] = self._proposal(self.contract("Governor", governor), number)
        return self._proposals[place]

    def _proposal(self, governor: Contract, number: int) -> Proposal | None:
        state = governance.state_of(governor, number)
        if state is None:
            return None
        return Proposal(
            state,
            int(governor.proposalSnapshot(number)),
            int(governor.proposalDeadline(number)),
            int(governor.proposalEta(number)),
        )

    def member(self, governor: Address, account: str) -> Member:
        """What the Governor knows of an account."""
        place = governor, account
        if place not in self._members:
            self._members[place] = member_of(self.contract("Governor", governor), account)
        return self._members[place]

    def ballot(self, governor: Address, number: int, seat: int) -> int:
        """A seat's ballot on a proposal, as contracts/modules/ballots.vy keeps it; 0 for none."""
        place = governor, number, seat // _OF_A_SHEET
        if place not in self._sheets:
            sheets = self.contract("Governor", governor).sheets
            self._sheets[place] = int(sheets(number, seat // _OF_A_SHEET))
        return self._sheets[place] >> 4 * (seat % _OF_A_SHEET) & 15
