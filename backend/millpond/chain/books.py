# SPDX-License-Identifier: AGPL-3.0-only
"""A pool's books, added up from its events alone: every movement of money is one.

`PoolBooks` takes the Pool's events in order. At any point its figures are what the contract's own
accounts must show; `differences` holds the two against each other.
"""

from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

from millpond.chain.abi import Event
from millpond.chain.answers import Address
from millpond.chain.contracts import Contract
from millpond.chain.paid import amount_of
from millpond.core.errors import BooksError


@dataclass
class Account:
    """One earmark's money in one asset, in its smallest unit."""

    received: int = 0
    balance: int = 0
    reserved: int = 0

    @property
    def unreserved(self) -> int:
        """What can still be promised or spent."""
        return self.balance - self.reserved


@dataclass
class PoolBooks:
    """All accounts of one pool as its events add up so far."""

    pool: Address
    accounts: dict[tuple[int, Address], Account] = field(
        default_factory=lambda: defaultdict(Account)
    )
    owed: dict[tuple[Address, Address], int] = field(default_factory=lambda: defaultdict(int))
    """(asset, account) -> what could not be paid and waits."""
    restricted: set[int] = field(default_factory=set)

    def account(self, earmark: int, asset: Address) -> Account:
        """One earmark's money in one asset."""
        return self.accounts[earmark, asset]

    def held(self, asset: Address) -> int:
        """All of an asset that is somebody's: every earmark's balance and every debt."""
        balances = sum(a.balance for (_, which), a in self.accounts.items() if which == asset)
        return balances + sum(amount for (which, _), amount in self.owed.items() if which == asset)

    def add(self, event: Event) -> None:
        """Book one event of the Pool. `BooksError` when money would go that is not there."""
        book = getattr(self, f"_{event.name.lower()}", None)
        if book is not None:
            book(event.args)
        for (earmark, asset), account in self.accounts.items():
            if not 0 <= account.reserved <= account.balance:
                raise BooksError(
                    f"after {event.name} in block {event.log.block_number} earmark {earmark} "
                    f"holds {account.balance} and has promised {account.reserved} of {asset}",
                    "ask another node for the Pool's events; if it says the same, pay nothing",
                )

    def _earmarkopened(self, args: dict[str, Any]) -> None:
        if args["restricted"]:
            self.restricted.add(args["earmark_id"])

    def _given(self, args: dict[str, Any]) -> None:
        self._receive(args["earmark_id"], args["asset"], args["amount"])

    def _synced(self, args: dict[str, Any]) -> None:
        self._receive(0, args["asset"], args["amount"])

    def _moved(self, args: dict[str, Any]) -> None:
        self.account(args["from_id"], args["asset"]).balance -= args["amount"]
        if args["to_id"] in self.restricted:
            self._receive(args["to_id"], args["asset"], args["amount"])
        else:
            self.account(args["to_id"], args["asset"]).balance += args["amount"]

    def _spent(self, args: dict[str, Any]) -> None:
        self.account(args["earmark_id"], args["asset"]).balance -= args["amount"]

    def _putback(self, args: dict[str, Any]) -> None:
        self.account(0, args["asset"]).balance += args["amount"]

    def _reclaimed(self, args: dict[str, Any]) -> None:
        self.account(args["earmark_id"], args["asset"]).balance -= args["amount"]
        if args["patron"] == self.pool:
            self.account(0, args["asset"]).balance += args["amount"]

    def _reserved(self, args: dict[str, Any]) -> None:
        self.account(args["earmark_id"], args["asset"]).reserved += args["amount"]

    def _unreserved(self, args: dict[str, Any]) -> None:
        self.account(args["earmark_id"], args["asset"]).reserved -= args["amount"]

    def _released(self, args: dict[str, Any]) -> None:
        self._pay_out(args["earmark_id"], args["asset"], args["amount"])

    def _releasedmany(self, args: dict[str, Any]) -> None:
        self._pay_out(args["earmark_id"], args["asset"], sum(map(amount_of, args["batch"])))

    def _owed(self, args: dict[str, Any]) -> None:
        self.owed[args["asset"], args["account"]] += args["amount"]

    def _withdrawn(self, args: dict[str, Any]) -> None:
        self.owed[args["asset"], args["account"]] -= args["amount"]

    def _pay_out(self, earmark: int, asset: Address, amount: int) -> None:
        account = self.account(earmark, asset)
        account.reserved -= amount
        account.balance -= amount

    def _receive(self, earmark: int, asset: Address, amount: int) -> None:
        account = self.account(earmark, asset)
        account.received += amount
        account.balance += amount


def differences(books: PoolBooks, pool: Contract, at: int | str = "latest") -> list[str]:
    """In words, where the contract's accounts are not what its events add up to."""
    found = []
    for (earmark, asset), account in sorted(books.accounts.items()):
        pairs = [
            ("received", account.received, pool.received(earmark, asset, at=at)),
            ("balance", account.balance, pool.balance_of(earmark, asset, at=at)),
            ("reserved", account.reserved, pool.reserved(earmark, asset, at=at)),
        ]
        found += [
            f"earmark {earmark}, {what} of {asset}: events say {ours}, the Pool {theirs}"
            for what, ours, theirs in pairs
            if ours != theirs
        ]
    for asset in sorted({asset for _, asset in books.accounts}):
        ours, theirs = books.held(asset), pool.held(asset, at=at)
        if ours != theirs:
            found.append(f"held of {asset}: events say {ours}, the Pool {theirs}")
    for (asset, account_), amount in sorted(books.owed.items()):
        theirs = pool.owed(asset, account_, at=at)
        if theirs != amount:
            found.append(f"owed to {account_} in {asset}: events say {amount}, the Pool {theirs}")
    return found
