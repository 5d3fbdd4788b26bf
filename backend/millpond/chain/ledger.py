# SPDX-License-Identifier: AGPL-3.0-only
"""What became of every distribution of one pool, from the events of its Pool and its distributor.

The events are taken in the order of the chain. At each post the income, the carry and what was
unreserved are known as they were at that very place, so the pot can be computed again without any
old state of the chain and without believing a view of the contract.
"""

from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from millpond.chain.abi import Event, Value
from millpond.chain.answers import Address
from millpond.chain.books import PoolBooks
from millpond.chain.contracts import Contract
from millpond.chain.distributions import Terms
from millpond.chain.paid import PaidLeaf, paid_leaves
from millpond.chain.rpc import RpcRefused
from millpond.core.distribution import epoch_pot
from millpond.core.errors import VerifyError

Place = tuple[int, int]
"""Block and place of a log on the chain."""
_PROMISES = frozenset({"Reserved", "Released", "ReleasedMany", "Owed", "Spent", "Reclaimed"})


@dataclass(frozen=True)
class MaintainerSet:
    """Who could sign under one version, how many had to, and which subjects are whose."""

    needed: int
    subjects: Mapping[Address, frozenset[bytes]]
    since: Place = (0, 0)
    """In force from here on."""


@dataclass(frozen=True)
class Claim:
    """One leaf that was paid or settled: what it got, and what a maintainer's cap took of it."""

    subject: bytes
    payee: Address
    to: Address
    amount: int
    grain: int
    excess: int
    event: Event


@dataclass
class Posting:
    """One attempt at one epoch. `terms` are the final ones from the day it is final."""

    terms: Terms
    data_hash: bytes
    uri: str
    signers: tuple[Address, ...]
    proposal_id: int
    event: Event
    policy: Value
    earmark: int
    received: int
    """All that the income earmark had received when this was posted."""
    income: int
    """R: received since the baseline."""
    carry: int
    unreserved: int
    """Of the pot earmark, before this pot was reserved."""
    outcome: str = "under review"
    epoch_hash: bytes = b""
    end: Event | None = None

    @property
    def pot(self) -> int:
        """The pot that income, share, carry and the unreserved balance give."""
        return epoch_pot(self.income, self.policy.payout_bps, self.carry, self.unreserved)

    @property
    def carry_used(self) -> int:
        """How much of the pot is carry."""
        return min(self.carry, self.terms.pot)


@dataclass
class Ledger:
    """Everything up to and with block `last_block`."""

    books: PoolBooks
    last_block: int
    first_block: int = 0
    policies: dict[int, tuple[int, Value]] = field(default_factory=dict)
    """Version -> earmark that pays, and the policy."""
    maintainers: dict[int, MaintainerSet] = field(default_factory=dict)
    postings: list[Posting] = field(default_factory=list)
    claims: dict[int, list[Claim]] = field(default_factory=lambda: defaultdict(list))
    closed: dict[int, int] = field(default_factory=dict)
    """Epoch -> what was left over when its claims were closed."""
    carry: dict[Address, int] = field(default_factory=lambda: defaultdict(int))
    struck: dict[tuple[int, int], dict[bytes, Event]] = field(
        default_factory=lambda: defaultdict(dict)
    )
    """(epoch, attempt) -> the subjects that are struck out, each with its event; not those who were
    restored."""
    reviewed: dict[tuple[int, int], list[Event]] = field(default_factory=lambda: defaultdict(list))
    """(epoch, attempt) -> all that struck out or restored somebody, in order."""
    settled: dict[int, dict[bytes, Claim]] = field(default_factory=lambda: defaultdict(dict))
    """Epoch -> the subjects whose leaves were settled off the chain, each with its worth."""
    promises: list[Event] = field(default_factory=list)
    """What the Pool says it reserved and paid, in order; `read_ledger` alone fills this."""
    _baselines: dict[tuple[int, Address], int] = field(default_factory=dict)
    _excess: dict[tuple[bytes, int], int] = field(default_factory=dict)

    def of_epoch(self, epoch: int) -> Posting | None:
        """The posting of an epoch that counts: the final one, else the last attempt."""
        found = [posting for posting in self.postings if posting.terms.epoch == epoch]
        final = [posting for posting in found if posting.outcome == "final"]
        chosen = final or found
        return chosen[-1] if chosen else None

    def maintainers_at(self, event: Event) -> MaintainerSet | None:
        """The set that was in force when something happened."""
        before = [known for known in self.maintainers.values() if known.since < place_of(event)]
        return max(before, key=lambda known: known.since, default=None)

    def epoch_hash(self, epoch: int) -> bytes:
        """The chained hash of an epoch from the terms of all epochs up to it; zeros before 1."""
        found = bytes(32)
        for number in range(1, epoch + 1):
            posting = self.of_epoch(number)
            if posting is None or posting.outcome != "final":
                raise VerifyError(
                    f"epoch {number}, on which epoch {epoch} builds, is not final in the events",
                    "start at or before the block of the pool's making, with --from-block",
                )
            found = posting.terms.epoch_hash(found)
        return found

    def add(self, event: Event) -> None:
        """Take one event of the distributor."""
        handler = getattr(self, f"_on_{event.name.lower()}", None)
        if handler is not None:
            handler(event)

    def _received(self, policy: Value) -> int:
        return self.books.account(policy.income_earmark, policy.asset).received

    def _on_policyset(self, event: Event) -> None:
        policy = event.args["policy"]
        self.policies[event.args["version"]] = (event.args["pot_earmark"], policy)
        self._baselines.setdefault((policy.income_earmark, policy.asset), self._received(policy))

    def _on_maintainersset(self, event: Event) -> None:
        own = {
            m.account: frozenset([own_subject(m.account), *m.subjects])
            for m in event.args["maintainers"]
        }
        since = place_of(event)
        self.maintainers[event.args["version"]] = MaintainerSet(event.args["needed"], own, since)

    def _on_distributionposted(self, event: Event) -> None:
        terms = Terms.of(event.args["terms"])
        if not self.policies:
            raise VerifyError(
                f"epoch {terms.epoch} was posted before any policy was set",
                "start at the block in which the earmark was opened, with --from-block",
            )
        earmark, policy = self.policies[max(self.policies)]
        received = self._received(policy)
        posting = Posting(
            terms=terms,
            data_hash=event.args["data_hash"],
            uri=event.args["uri"],
            signers=tuple(event.args["signers"]),
            proposal_id=event.args["proposal_id"],
            event=event,
            policy=policy,
            earmark=earmark,
            received=received,
            income=received - self._baselines[policy.income_earmark, policy.asset],
            carry=self.carry[policy.asset],
            # the Pool's event of the reserve comes before this one
            unreserved=self.books.account(earmark, policy.asset).unreserved + terms.pot,
        )
        self.postings.append(posting)

    def _on_distributionfinalised(self, event: Event) -> None:
        posting = self._open(event)
        posting.terms = posting.terms.final(event.args["excluded"], event.args["closes_at"])
        posting.epoch_hash = event.args["epoch_hash"]
        posting.outcome, posting.end = "final", event
        policy = posting.policy
        self._baselines[policy.income_earmark, policy.asset] = posting.received
        self.carry[policy.asset] -= posting.carry_used

    def _on_distributionwithdrawn(self, event: Event) -> None:
        posting = self._open(event)
        posting.outcome, posting.end = "withdrawn", event

    def _on_distributionvoided(self, event: Event) -> None:
        posting = self._open(event)
        posting.outcome, posting.end = "void", event

    def _on_sharecapped(self, event: Event) -> None:
        self._excess[event.args["subject"], event.args["epoch"]] = event.args["excess"]

    def _on_claimed(self, event: Event) -> None:
        for leaf in paid_leaves([event]):
            self._paid(leaf)

    _on_paidout = _on_claimed

    def _paid(self, leaf: PaidLeaf) -> None:
        excess = self._excess.pop((leaf.subject, leaf.epoch), 0)
        posting = self.of_epoch(leaf.epoch)
        if posting is not None:
            self.carry[posting.terms.asset] += excess
        claim = Claim(
            leaf.subject, leaf.payee, leaf.to, leaf.amount, leaf.grain, excess, leaf.event
        )
        self.claims[leaf.epoch].append(claim)

    def _on_epochclosed(self, event: Event) -> None:
        posting = self.of_epoch(event.args["epoch"])
        self.closed[event.args["epoch"]] = event.args["left_over"]
        if posting is not None:
            self.carry[posting.terms.asset] += event.args["left_over"]

    def _on_zeroedout(self, event: Event) -> None:
        self.reviewed[_attempt(event)].append(event)
        self.struck[_attempt(event)][event.args["subject"]] = event

    def _on_restored(self, event: Event) -> None:
        self.reviewed[_attempt(event)].append(event)
        self.struck[_attempt(event)].pop(event.args["subject"], None)

    def _on_settledoffchain(self, event: Event) -> None:
        args, posting = event.args, self.of_epoch(event.args["epoch"])
        excess = self._excess.pop((args["subject"], args["epoch"]), 0)
        worth = args["amount"], args["grain"], excess
        self.settled[args["epoch"]][args["subject"]] = Claim(
            args["subject"], args["payee"], args["payee"], *worth, event
        )
        if posting is not None:
            self.carry[posting.terms.asset] += args["amount"] + excess

    def _open(self, event: Event) -> Posting:
        key = _attempt(event)
        for posting in self.postings:
            if (posting.terms.epoch, posting.terms.attempt) == key:
                return posting
        raise VerifyError(
            f"{event.name} of epoch {key[0]}, attempt {key[1]}, which was never posted",
            "start at an earlier block with --from-block, or ask another node",
        )


def _attempt(event: Event) -> tuple[int, int]:
    return event.args["epoch"], event.args["attempt"]


def place_of(event: Event) -> Place:
    """Where on the chain something was said."""
    return event.log.block_number, event.log.index


def own_subject(account: str) -> bytes:
    """An account as the subject of a leaf."""
    return bytes(12) + bytes.fromhex(account[2:])


def read_ledger(
    pool: Contract,
    distributor: Contract,
    first_block: int = 0,
    on_progress: Callable[[int, int], None] | None = None,
) -> Ledger:
    """Read all events of both from `first_block` (at or before their making) to the latest."""
    _require_early(pool, first_block)
    last = pool.client.block().number
    ledger = Ledger(PoolBooks(pool.address), last, first_block)
    events = pool.past_events(None, first_block, last, on_progress=on_progress)
    events += distributor.past_events(None, first_block, last, on_progress=on_progress)
    for event in sorted(events, key=place_of):
        if event.address == pool.address:
            ledger.books.add(event)
            if event.name in _PROMISES:
                ledger.promises.append(event)
        else:
            ledger.add(event)
    return ledger


def _require_early(pool: Contract, first_block: int) -> None:
    """Refuse to begin in the middle; a node without old states cannot tell, then figures will."""
    if first_block == 0:
        return
    try:
        before = pool.client.code(pool.address, first_block - 1)
    except RpcRefused:
        return
    if before:
        raise VerifyError(
            f"the Pool {pool.address} was made before block {first_block}",
            "give the block of its making, or an earlier one, with --from-block",
        )
