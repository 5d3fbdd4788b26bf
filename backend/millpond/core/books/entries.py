# SPDX-License-Identifier: AGPL-3.0-only
"""Entries and the journal: every entry adds up to nothing, in each asset for itself."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from millpond.core.errors import BooksError
from millpond.core.figures import machine_time


class Unbalanced(BooksError):
    """An entry that makes or loses money."""


class OutOfOrder(BooksError):
    """An entry that stands before one that the journal has already."""


@dataclass(frozen=True)
class Place:
    """Where on the chain something was said."""

    moment: int
    """The time of the block, in seconds since 1970."""
    block: int
    index: int
    """Of the log, within the block."""
    transaction: str
    contract: str
    event: str

    @property
    def time(self) -> str:
        """The moment, in UTC, as machines write it."""
        found = machine_time(self.moment)
        if not found:
            raise BooksError(
                f"block {self.block} says second {self.moment}, which no calendar has",
                "ask another node for this block",
            )
        return found

    @property
    def day(self) -> str:
        """The day, in UTC."""
        return self.time[:10]

    @property
    def year(self) -> int:
        """The year, in UTC."""
        return int(self.time[:4])


@dataclass(frozen=True)
class Posting:
    """One side of an entry: a debit is above zero, a credit below."""

    account: str
    asset: str
    amount: int
    about: str = ""
    """Whom or what it is for, where the entry is about several."""


@dataclass(frozen=True)
class Entry:
    """What one event did."""

    place: Place
    text: str
    postings: tuple[Posting, ...]

    def __post_init__(self) -> None:
        sums: dict[str, int] = defaultdict(int)
        for posting in self.postings:
            sums[posting.asset] += posting.amount
        for asset, total in sums.items():
            if total:
                raise Unbalanced(
                    f"{self.place.contract}.{self.place.event} in block {self.place.block}, log "
                    f"{self.place.index}: the postings in {asset} add up to {total}",
                    "this is a fault of these books; tell the maintainers which pool and block",
                )


@dataclass
class Journal:
    """All entries so far, what they add up to, and where epochs ended."""

    entries: list[Entry] = field(default_factory=list)
    ends: list[tuple[str, str]] = field(default_factory=list)
    """(day, what ended), in order."""
    balances: dict[tuple[str, str], int] = field(default_factory=dict)
    """(account, asset) -> the sum of its postings."""

    def add(self, entry: Entry) -> None:
        """One more, behind the others."""
        if self.entries:
            last = self.entries[-1].place
            if (entry.place.block, entry.place.index) <= (last.block, last.index):
                raise OutOfOrder(
                    f"log {entry.place.index} of block {entry.place.block} comes behind log "
                    f"{last.index} of block {last.block}",
                    "bring the events in the order of the chain, each once",
                )
        self.entries.append(entry)
        for posting in entry.postings:
            key = posting.account, posting.asset
            self.balances[key] = self.balances.get(key, 0) + posting.amount

    def end(self, place: Place, what: str) -> None:
        """An epoch ended here: the balances of this day are asserted."""
        self.ends.append((place.day, what))

    def balance(self, account: str, asset: str) -> int:
        """What an account's postings add up to."""
        return self.balances.get((account, asset), 0)

    def under(self, prefix: str, asset: str) -> int:
        """The balance of an account and all below it."""
        return sum(
            amount
            for (account, which), amount in self.balances.items()
            if which == asset and (account == prefix or account.startswith(f"{prefix}:"))
        )

    def accounts(self) -> list[str]:
        """All accounts that were ever posted to."""
        return sorted({account for account, _ in self.balances})

    def assets(self) -> list[str]:
        """All assets, in the order in which they came."""
        return list(dict.fromkeys(asset for _, asset in self.balances))


def change(asset: str, amount: int, debit: str, credit: str) -> tuple[Posting, Posting]:
    """The two sides of the simplest entry."""
    return Posting(debit, asset, amount), Posting(credit, asset, -amount)


def shared(asset: str, debits: Iterable[tuple[str, int, str]], credit: str) -> tuple[Posting, ...]:
    """Several debits (account, amount, what about) and the one credit they are taken from."""
    found = [Posting(account, asset, amount, about) for account, amount, about in debits]
    total = sum(posting.amount for posting in found)
    return (*found, Posting(credit, asset, -total)) if found else ()


def surplus(entries: Iterable[Entry], asset: str) -> int:
    """What came in less what went out of the Pool, in one asset; below zero for a loss.

    What others paid outside of the chain never was the Pool's, so it is not in it.
    """
    return -sum(
        posting.amount
        for entry in entries
        for posting in entry.postings
        if posting.asset == asset
        and posting.account.startswith(("Income:", "Expenses:"))
        and not posting.account.startswith("Expenses:Off-Chain:")
    )
