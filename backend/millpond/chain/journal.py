# SPDX-License-Identifier: AGPL-3.0-only
"""The books of one pool in double entry, from the events of all its contracts.

    bookkeeping = read_books(client, parts, first_block, at)
    bookkeeping.journal, .payments, .books, .ledgers

The accounts of the Pool itself (`books`) and the way of each distribution (`ledger`) are added up
beside the entries, from the same events in the same order.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from millpond.chain.abi import Event
from millpond.chain.answers import NO_ADDRESS, Address, Block
from millpond.chain.assets import Asset
from millpond.chain.books import PoolBooks
from millpond.chain.client import Client
from millpond.chain.contracts import Contract
from millpond.chain.entries import Known, entry_of
from millpond.chain.ledger import Ledger
from millpond.chain.payments import Payments
from millpond.chain.verify_code import PoolParts
from millpond.core.books.commodities import Commodities
from millpond.core.books.entries import Journal, Place
from millpond.core.books.epochs import Struck
from millpond.core.errors import BooksError, ChainError, MillpondError, NodeDown
from millpond.core.subjects import to_hex

Progress = Callable[[int, int], None]

_KINDS = ("Pool", "CredDistributor", "Admission", "Grain")
"""The contracts of a pool that speak of money."""
_EPOCH_ENDS = {"DistributionFinalised": "became final", "EpochClosed": "was closed"}


@dataclass(frozen=True)
class Told:
    """One event with the kind of its contract and the time of its block."""

    contract: str
    moment: int
    event: Event

    @property
    def place(self) -> Place:
        """Where it was said."""
        log = self.event.log
        transaction = to_hex(log.transaction_hash)
        return Place(
            self.moment, log.block_number, log.index, transaction, self.contract, self.event.name
        )


@dataclass
class Bookkeeping:
    """All books of one pool, after the events that it was given."""

    known: Known
    journal: Journal
    books: PoolBooks
    payments: Payments
    ledgers: dict[Address, Ledger] = field(default_factory=dict)
    """Distributor -> its distributions."""
    capped: dict[tuple[Address, int], int] = field(default_factory=dict)
    """(distributor, epoch) -> what maintainers' caps took off their leaves."""
    struck: dict[tuple[Address, int, int], dict[str, Struck]] = field(default_factory=dict)
    """(distributor, epoch, attempt) -> the leaves that maintainers struck out."""
    carry_at_post: dict[tuple[Address, int, int], int] = field(default_factory=dict)
    moments: dict[tuple[Address, int, str], int] = field(default_factory=dict)
    """(distributor, epoch, event) -> when it was last said."""
    _passing: set[tuple[str, str]] = field(default_factory=set)
    _transaction: str = ""

    @classmethod
    def of(cls, parts: PoolParts) -> "Bookkeeping":
        """Empty books of a pool."""
        own = parts.parts
        known = Known(own["Pool"], own["Governor"], own["Admission"], own["Grain"])
        return cls(known, Journal(), PoolBooks(own["Pool"]), Payments(known))

    def add(self, told: Told) -> None:
        """Book one event. `BooksError` where it cannot be."""
        event, place = told.event, told.place
        if place.transaction != self._transaction:
            self.settle()
            self._transaction = place.transaction
        if told.contract == "Pool":
            self.books.add(event)
        elif told.contract == "CredDistributor":
            self._distribution(event, place)
        self.known.learn(event)
        self.payments.add(event, place)
        entry = entry_of(self.known, told.contract, event, place)
        if entry is not None:
            self.journal.add(entry)
            self._passing |= {
                (posting.account, posting.asset)
                for posting in entry.postings
                if posting.account.endswith(":Passing")
            }

    def settle(self) -> None:
        """The transaction is over: what one contract passed on, another one took."""
        for account, asset in sorted(self._passing):
            left = self.journal.balance(account, asset)
            if left:
                raise BooksError(
                    f"transaction {self._transaction}: {left} of {asset} are left in {account}",
                    "an event is missing or too many; ask another node for this transaction",
                )
        self._passing.clear()

    def _distribution(self, event: Event, place: Place) -> None:
        distributor = event.address
        ledger = self.ledgers.setdefault(distributor, Ledger(self.books, place.block))
        ledger.last_block = place.block
        if event.name == "DistributionPosted":
            terms = event.args["terms"]
            carry = self.known.carry.get((distributor, terms.asset), 0)
            self.carry_at_post[distributor, terms.epoch, terms.attempt] = carry
        ledger.add(event)
        if "epoch" in event.args:
            self.moments[distributor, event.args["epoch"], event.name] = place.moment
        if event.name in _EPOCH_ENDS:
            earmark, epoch = self.known.earmark_of(distributor), event.args["epoch"]
            what = f"epoch {epoch} of earmark {earmark} {_EPOCH_ENDS[event.name]}"
            self.journal.end(place, what)
        elif event.name == "ShareCapped":
            key = distributor, event.args["epoch"]
            self.capped[key] = self.capped.get(key, 0) + event.args["excess"]
        elif event.name in ("ZeroedOut", "Restored"):
            subject = to_hex(event.args["subject"])
            leaf = Struck(subject, event.args["cred"], event.name == "Restored")
            attempt = distributor, event.args["epoch"], event.args["attempt"]
            self.struck.setdefault(attempt, {})[subject] = leaf


def keep(parts: PoolParts, events: Iterable[Told]) -> Bookkeeping:
    """The books that these events make, in the order of the chain."""
    found = Bookkeeping.of(parts)
    for told in events:
        found.add(told)
    found.settle()
    return found


def read_events(
    client: Client,
    parts: PoolParts,
    first_block: int,
    last: Block,
    on_progress: Progress | None = None,
) -> list[Told]:
    """All events of a pool's contracts that speak of money, up to a block, in order.

    `ChainError` if the chain was rewritten meanwhile.
    """
    contracts = contracts_of(client, parts)
    events: list[tuple[str, Event]] = []
    for number, contract in enumerate(contracts):
        told = _part_of(on_progress, number, len(contracts) + 1)
        found = contract.past_events(None, first_block, last.number, on_progress=told)
        events += [(contract.kind, event) for event in found]
    events.sort(key=lambda each: (each[1].log.block_number, each[1].log.index))
    times: dict[int, Block] = {last.number: last}
    told = _part_of(on_progress, len(contracts), len(contracts) + 1)
    for done, (_, event) in enumerate(events):
        block = event.log.block_number
        if block not in times:
            times[block] = client.block(block)
        if times[block].hash != event.log.block_hash:
            raise ChainError(
                f"block {block} was taken back while the books were read",
                "run it again, or ask for an older block with --block",
            )
        if told is not None:
            told(done + 1, len(events))
    return [Told(kind, times[e.log.block_number].timestamp, e) for kind, e in events]


def read_books(
    client: Client,
    parts: PoolParts,
    first_block: int = 0,
    last: Block | None = None,
    on_progress: Progress | None = None,
) -> Bookkeeping:
    """The books of a pool as of a block, the latest by default."""
    end = last or client.block()
    return keep(parts, read_events(client, parts, first_block, end, on_progress))


def contracts_of(client: Client, parts: PoolParts) -> list[Contract]:
    """The contracts of a pool that speak of money, those that were made later too."""
    made = [*parts.parts.items(), *parts.later]
    return [Contract(client, kind, address) for kind, address in made if kind in _KINDS]


def distributors_of(parts: PoolParts) -> list[Address]:
    """All distributors of a pool."""
    made = [*parts.parts.items(), *parts.later]
    return [address for kind, address in made if kind == "CredDistributor"]


def commodities_of(client: Client, kept: Bookkeeping) -> Commodities:
    """Names for all that is in the books. The grain comes first: nobody can take its name."""
    found = Commodities()
    for address in [kept.known.grain, NO_ADDRESS, *kept.journal.assets()]:
        try:
            asset = Asset.at(client, address)
            found.name(address, asset.symbol, asset.decimals)
        except NodeDown:
            raise
        except MillpondError:
            found.name(address, None, None)
    return found


def _part_of(told: Progress | None, number: int, count: int) -> Progress | None:
    """A share of the bar: the reading of one of several contracts."""
    if told is None:
        return None
    return lambda done, whole: told(number * whole + done, count * whole)
