# SPDX-License-Identifier: AGPL-3.0-only
"""A co-op on a real node with a relay beside it, whose rounds a test makes one by one.

yard = Yard.made(url, folder)        a co-op of five, the relay's account with ether, a queue
[id] = yard.propose(1)               open proposals
yard.hand_in(yard.ballot(...))       as the API would, without HTTP
yard.relay().round()                 one round of the relay's process
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from millpond.api.relay import reading
from millpond.api.relay.guard import PayingKey
from millpond.api.relay.items import Item, Kept
from millpond.api.relay.queue import Bounds, Queue
from millpond.api.relay.reading import Where
from millpond.api.relay.rounds import Relay, Terms
from millpond.api.relay.sending import Patience
from millpond.chain import dev_time, governance, papers
from millpond.chain.answers import Address
from millpond.chain.client import Client, connect
from millpond.chain.governance import Action, Ballot, Draft, Support
from millpond.chain.signers import KeySigner, LocalSigner, Signer
from millpond.core import canonical
from millpond.core.canonical import keccak256
from millpond.core.errors import MillpondError
from millpond.mirror.stores.kept import keeping
from tests.chain.coop import DAY, FOUNDERS, Coop
from tests.chain.nodes import CHAIN_ID, QUICK
from tests.mirror.places import database

RELAY = LocalSigner(30)
"""The relay's account: nobody in the co-op."""
OTHERS = [LocalSigner(index) for index in range(31, 36)]
ETHER = 10**18
START = 1_800_000_000.0


@dataclass
class Yard:
    """One co-op, one queue, one clock."""

    url: str
    client: Client
    coop: Coop
    folder: Path
    clock: float = START
    terms: Terms = field(
        default_factory=lambda: Terms(
            daily=ETHER, linger=0, patience=Patience(stuck=60, resend=0, outrun=5, gap=10)
        )
    )
    proposed: int = 0
    mines: bool = True
    """Whether the node mines whatever it is sent."""

    @classmethod
    def made(cls, url: str, folder: Path) -> "Yard":
        """A new co-op of five founders."""
        client = connect(url, CHAIN_ID, QUICK)
        coop = Coop.make(client)
        dev_time.advance(client, DAY + 1)
        return cls(url, client, coop, folder)

    @property
    def where(self) -> Where:
        """As the mirror would tell the API."""
        parts = self.coop.parts
        return Where(
            CHAIN_ID,
            parts["Pool"],
            parts["Governor"],
            parts["Admission"],
            frozenset({parts["CredDistributor"]}),
        )

    def queue(self) -> Queue:
        """A connection of its own."""
        return Queue(keeping(database(self.folder)))

    def relay(self, client: Client | None = None, key: KeySigner = RELAY, **terms: Any) -> Relay:
        """The relay's process, started: it knows nothing but the disk and the chain."""
        asked = client or self.client
        hub = replace_client(self.coop.hub, asked)
        wanted = replace(self.terms, **terms)
        made = _Stepped(asked, hub, PayingKey(key), self.queue(), wanted, lambda: self.clock)
        made.yard = self
        return made

    # --- proposals and ballots --------------------------------------------------------------------

    def propose(
        self, count: int = 1, opened: bool = True, by: Sequence[LocalSigner] = FOUNDERS
    ) -> list[int]:
        """Proposals of members, two each at most."""
        found = []
        for _ in range(count):
            founder = by[self.proposed // 2 % len(by)]
            text = f"Proposal {self.proposed}"
            nothing = Action(
                self.coop.pool.address, 0, self.coop.pool.encode("held", RELAY.address)
            )
            draft = Draft.of([nothing], text, founder.address, keccak256(text.encode()))
            self.coop.governor.propose.send(founder, *draft.arguments)
            self.proposed += 1
            found.append(draft.id)
        if opened:
            dev_time.advance(self.client, 3_601)
        return found

    def ballot(
        self,
        voter: Signer,
        proposal: int,
        support: Support = Support.FOR,
        *,
        before: int = 0,
        reason: str = "",
        deadline: int | None = None,
    ) -> Ballot:
        """Signed by its voter."""
        governor = self.coop.governor
        last = deadline or int(governor.proposalEta(proposal))
        return governance.sign_ballot(
            voter,
            self.coop.domain(governor),
            proposal,
            support,
            deadline=last,
            casts_before=before,
            reason=reason,
        )

    def item(self, ballot: Ballot) -> Item:
        """As it is read from a request."""
        return reading.ballot(self.where, canonical.decode(papers.ballot_json(ballot)))[0]

    def hand_in(self, *ballots: Ballot, bounds: Bounds | None = None) -> list[str]:
        """Into the queue; their ids."""
        queue = self.queue()
        return [self._add(queue, self.item(ballot), bounds) for ballot in ballots]

    def add(self, item: Item, bounds: Bounds | None = None) -> str:
        """Any item."""
        return self._add(self.queue(), item, bounds)

    def _add(self, queue: Queue, item: Item, bounds: Bounds | None) -> str:
        return queue.add(item, int(self.clock), bounds or Bounds())[0].item.id

    # --- what became of it ------------------------------------------------------------------------

    def kept(self, id_: str) -> Kept:
        """An item as the queue has it."""
        found = self.queue().find(id_)
        assert found is not None
        return found

    def states(self, ids: Sequence[str]) -> list[str]:
        """Of several."""
        return [str(self.kept(id_).state) for id_ in ids]

    def tally(self, proposal: int) -> tuple[int, int, int]:
        """Against, for, abstain."""
        against, in_favour, abstain = self.coop.governor.proposalVotes(proposal)
        return against, in_favour, abstain

    def casts(self, proposal: int) -> list[str]:
        """The voters of all ballots that were counted, in order: one that counts twice is there
        twice."""
        cast = self.coop.governor.past_events("VoteCast", 0)
        return [e.args["voter"] for e in cast if e.args["proposalId"] == proposal]

    # --- the node ---------------------------------------------------------------------------------

    def ask(self, method: str, *params: object) -> Any:
        """Anvil's own requests."""
        return self.client.rpc.tell(method, params)

    def by_hand(self) -> None:
        """From now on blocks are mined when the test says so."""
        self.mines = False
        self.ask("evm_setAutomine", False)

    def await_blocks(self, sender: str) -> None:
        """Until the node has mined what it was sent, if it does so by itself: it takes a moment."""
        ends = time.monotonic() + 10
        while self.mines and time.monotonic() < ends:
            account = Address(sender)
            if self.client.nonce(account) == self.client.nonce(account, "pending"):
                return
            time.sleep(0.01)

    def mine(self) -> None:
        """One block."""
        dev_time.mine(self.client)


class _Stepped(Relay):
    """A relay whose rounds end when the node has done what it does at once."""

    yard: Yard

    def round(self) -> MillpondError | None:
        problem = super().round()
        self.yard.await_blocks(self.key.address)
        return problem


def replace_client(contract: Any, client: Client) -> Any:
    """The same contract, asked by another way to the node."""
    return type(contract)(client, contract.kind, contract.address)
