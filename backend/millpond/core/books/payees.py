# SPDX-License-Identifier: AGPL-3.0-only
"""Who was paid what: one row for each payment, for whoever has to declare it, by year.

A leaf is one subject's share of one epoch. It is paid once: by a claim or a payday, or outside of
the chain. Books in which one is paid twice are no books.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum

from millpond.core.books.commodities import Commodities, Commodity
from millpond.core.books.entries import Place
from millpond.core.errors import BooksError

COLUMNS = (
    *("payee", "year", "asset", "epochs", "amount", "received", "grain", "how"),
    *("date", "earmark", "subject", "to", "asset_address", "transaction", "log_index"),
    "item",
)


class PaidTwice(BooksError):
    """One leaf that was paid a second time, on the chain or outside of it."""


class How(StrEnum):
    """How a payment was made."""

    CLAIMED = "claimed"
    """By her own call, or by one for her alone."""
    PAYDAY = "payday"
    """By a payday, which pays whoever is in it."""
    FIAT = "fiat"
    """Outside of the chain."""
    VOTE = "vote"
    """The members paid it by a proposal, not by cred."""
    OWED = "owed"
    """It could not be paid, and waits for her in the Pool."""


@dataclass(frozen=True)
class Share:
    """What one leaf got."""

    epoch: int
    amount: int
    grain: int


@dataclass(frozen=True)
class Payment:
    """One payment to one payee; its shares are the leaves that it paid, if it was by cred."""

    place: Place
    earmark: int
    payee: str
    to: str
    asset: str
    shares: tuple[Share, ...]
    amount: int
    """As the Pool's books count."""
    received: int
    """What that was worth: less, once members have accepted the loss of a token."""
    grain: int
    how: How
    subject: str = ""
    item: int = 0
    """Where in its event the payment begins: a payday pays many leaves by one, from 0."""


@dataclass
class PaidLeaves:
    """All leaves that were paid, and where."""

    found: dict[tuple[int, int, str], Place] = field(default_factory=dict)
    """(earmark, epoch, subject) -> where."""

    def add(self, earmark: int, epoch: int, subject: str, place: Place) -> None:
        """One more; `PaidTwice` if it was paid before."""
        before = self.found.get((earmark, epoch, subject))
        if before is not None:
            raise PaidTwice(
                f"the leaf of {subject} in epoch {epoch} (earmark {earmark}) is paid by "
                f"{before.event} in block {before.block}, log {before.index}, and again by "
                f"{place.event} in block {place.block}, log {place.index}",
                "ask another node for these events; if it says the same, pay nothing and tell the "
                "maintainers",
            )
        self.found[earmark, epoch, subject] = place


@dataclass(frozen=True)
class Total:
    """All that one payee got in one year, in one asset."""

    payee: str
    year: int
    asset: str
    amount: int
    received: int
    grain: int
    payments: int


def chosen(payments: Iterable[Payment], year: int | None, payee: str | None) -> list[Payment]:
    """By payee, year and asset, in the order of the chain."""
    found = [
        each for each in payments if year in (None, each.place.year) and payee in (None, each.payee)
    ]
    return sorted(
        found,
        key=lambda e: (
            *(e.payee.lower(), e.place.year, e.asset),
            *(e.place.block, e.place.index, e.item),
        ),
    )


def totals(payments: Iterable[Payment]) -> list[Total]:
    """One for each payee, year and asset, in the order of the payments."""
    sums: dict[tuple[str, int, str], list[int]] = {}
    for each in payments:
        found = sums.setdefault((each.payee, each.place.year, each.asset), [0, 0, 0, 0])
        for at, more in enumerate((each.amount, each.received, each.grain, 1)):
            found[at] += more
    return [Total(*key, *found) for key, found in sums.items()]


def rows(
    payments: Iterable[Payment], commodities: Commodities, grain: Commodity
) -> Iterator[tuple[object, ...]]:
    """As COLUMNS."""
    for each in payments:
        asset = commodities.of(each.asset)
        yield (
            *(each.payee, each.place.year, asset.code),
            " ".join(str(share.epoch) for share in each.shares),
            *(asset.figure(each.amount), asset.figure(each.received), grain.figure(each.grain)),
            *(each.how.value, each.place.day, each.earmark, each.subject, each.to),
            *(asset.address, each.place.transaction, each.place.index),
            each.item,
        )
