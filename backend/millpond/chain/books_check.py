# SPDX-License-Identifier: AGPL-3.0-only
"""`millpond books check`: are the books what the chain says at a block, account by account?

Every earmark that the Pool has opened is asked for every asset that was ever in the books, not only
those of which an event has spoken: an event that a node leaves out is found as well.
"""

from collections.abc import Callable, Iterator
from functools import partial

from millpond.chain.answers import NO_ADDRESS, Address
from millpond.chain.books import differences
from millpond.chain.client import Client
from millpond.chain.contracts import Contract
from millpond.chain.entries import WHOLE
from millpond.chain.journal import Bookkeeping
from millpond.chain.report import Report
from millpond.core.books import accounts
from millpond.core.books.commodities import Commodities
from millpond.core.errors import BooksError

Check = tuple[str, Callable[[], str]]
"""A step's name, and what holds in it."""


def check_books(
    client: Client, kept: Bookkeeping, at: int, report: Report, names: Commodities
) -> None:
    """Hold the journal and the Pool's added-up accounts against the chain at block `at`."""
    checker = _Checker(client, kept, at, names)
    for name, check in checker.checks():
        report.run(name, check)


class _Checker:
    def __init__(self, client: Client, kept: Bookkeeping, at: int, names: Commodities) -> None:
        known = kept.known
        self._kept, self._at, self._names = kept, at, names
        self._client = client
        self._pool = Contract(client, "Pool", known.pool)
        self._grain = Contract(client, "Grain", known.grain)
        self._admission = Contract(client, "Admission", known.admission)

    def checks(self) -> Iterator[Check]:
        """All of them, in the order of the accounts."""
        yield "accounts", self._accounts
        for asset in self._assets():
            code = self._names.of(asset).code
            yield f"earmarks {code}", partial(self._earmarks, asset)
            yield f"held {code}", partial(self._held, asset)
            yield f"owed {code}", partial(self._owed, asset)
            yield f"factor {code}", partial(self._factor, asset)
        yield "grain", self._supply
        yield "buy-ins", self._buy_ins
        for distributor in self._kept.ledgers:
            yield f"carry {distributor[:8]}", partial(self._carry, distributor)
            yield f"epochs {distributor[:8]}", partial(self._epochs, distributor)

    def _assets(self) -> list[str]:
        """What the Pool may have: ETH, and whatever was in the books of an earmark."""
        posted = {
            asset
            for account, asset in self._kept.journal.balances
            if account.startswith(("Assets:", "Liabilities:"))
        }
        return sorted({NO_ADDRESS, *posted})

    def _accounts(self) -> str:
        found = differences(self._kept.books, self._pool, self._at)
        if found:
            raise BooksError("; ".join(found), _NEXT)
        count = len(self._kept.books.accounts)
        return f"the Pool's events add up to its own {count} accounts"

    def _earmarks(self, asset: str) -> str:
        count = int(self._pool.earmark_count(at=self._at))
        for number in range(count + 1):
            journal = self._kept.journal
            free = journal.balance(accounts.free(number), asset)
            promised = journal.balance(accounts.reserved(number), asset)
            balance = self._pool.balance_of(number, asset, at=self._at)
            reserved = self._pool.reserved(number, asset, at=self._at)
            _same(f"earmark {number}, balance", free + promised, balance)
            _same(f"earmark {number}, reserved", promised, reserved)
        return f"{count + 1} earmarks have what the Pool says"

    def _held(self, asset: str) -> str:
        ours = self._kept.journal.under("Assets", asset)
        _same("held", ours, self._pool.held(asset, at=self._at))
        return f"{self._names.of(asset).text(ours)} in all"

    def _owed(self, asset: str) -> str:
        debts = [
            (account.removeprefix("Liabilities:Owed:"), -amount)
            for (account, which), amount in self._kept.journal.balances.items()
            if which == asset and account.startswith("Liabilities:Owed:")
        ]
        for account, amount in debts:
            _same(f"owed to {account}", amount, self._pool.owed(asset, account, at=self._at))
        all_debts = sum(amount for _, amount in debts)
        kept = self._kept.journal.balance(accounts.KEPT_FOR_DEBTS, asset)
        _same("kept for debts", kept, all_debts)
        return f"{self._names.of(asset).text(all_debts)} to {len(debts)} accounts"

    def _factor(self, asset: str) -> str:
        ours = self._kept.known.factors.get(Address(asset), WHOLE)
        _same("the factor", ours, self._pool.factor_of(asset, at=self._at))
        return f"10^18 units are worth {ours}"

    def _supply(self) -> str:
        journal, known = self._kept.journal, self._kept.known
        ours = -journal.balance(accounts.GRAIN_ISSUED, known.grain)
        _same("the grain in issue", ours, self._grain.totalSupply(at=self._at))
        if known.minters <= {known.pool, *self._kept.ledgers}:
            # these say of each unit what it is for
            _same("grain for nothing", journal.balance(accounts.GRAIN_OTHER, known.grain), 0)
        return self._names.of(known.grain).text(ours)

    def _buy_ins(self) -> str:
        """By who has each seat: a seat that moved is asked by its newest key."""
        journal, known = self._kept.journal, self._kept.known
        for account in sorted(set(known.seats.values())):
            seats = [accounts.buy_in(seat) for seat, of in known.seats.items() if of == account]
            _, asset, due = self._admission.buy_in_of(account, at=self._at)
            held = [-sum_ for (name, _), sum_ in journal.balances.items() if name in seats]
            _same(f"the buy-in of {account}", sum(held), due)
            ours = -sum(journal.balance(name, asset) for name in seats)
            _same(f"the buy-in of {account} in {asset}", ours, due)
        return f"{len(known.seats)} seats paid one; what is due to each is in the books"

    def _carry(self, distributor: Address) -> str:
        kept, contract = self._kept, Contract(self._client, "CredDistributor", distributor)
        earmark = kept.known.earmarks.get(contract.address)
        if earmark is None:
            return "it pays no earmark yet"
        assets = {asset for of, asset in kept.known.assets.items() if of[0] == distributor}
        for asset in sorted(assets):
            ours = -kept.journal.balance(accounts.carried(earmark), asset)
            _same("the carry", ours, contract.carry_of(asset, at=self._at))
        return f"earmark {earmark}: what earlier pots left is in the books"

    def _epochs(self, distributor: Address) -> str:
        """What of each pot is gone: to its people, elsewhere, over a cap, or left at the close."""
        kept, contract = self._kept, Contract(self._client, "CredDistributor", distributor)
        epochs = sorted(
            (of[1], asset) for of, asset in kept.known.assets.items() if of[0] == distributor
        )
        for epoch, asset in epochs:
            earmark, key = kept.known.earmark_of(distributor), (distributor, epoch)
            paid = kept.journal.balance(accounts.cred(earmark, epoch), asset)
            off_chain = kept.journal.balance(accounts.off_chain(earmark, epoch), asset)
            left_over = kept.ledgers[distributor].closed.get(epoch, 0)
            ours = paid + off_chain + kept.capped.get(key, 0) + left_over
            _same(f"epoch {epoch}, paid", ours, contract.paid_of(epoch, at=self._at))
        return f"what is gone of {len(epochs)} pots is in the books"


_NEXT = "ask another node for the events; if it says the same, tell the maintainers"


def _same(what: str, ours: int, theirs: int) -> None:
    if ours != theirs:
        raise BooksError(f"{what}: the books say {ours}, the chain {theirs}", _NEXT)
