# SPDX-License-Identifier: AGPL-3.0-only
"""Entries to write down: places on a chain, two assets, a small journal."""

from millpond.core.books import accounts
from millpond.core.books.commodities import Commodities
from millpond.core.books.entries import Entry, Journal, Place, Posting, change

ETHER = "0x" + "00" * 20
COIN = "0x5FbDB2315678afecb367f032d93F642f64180aa3"
TWIN = "0x2279B7A0a67DB372996a5FaB50D91eAA73d2eBe6"
PAYEE = "0x70997970C51812dc3A010C7d01b50e0d17dc79C8"
DAY = 86_400
NEW_YEAR = 1_577_836_800
"""1 January 2020, 00:00 UTC."""


def place(
    block: int, index: int = 0, moment: int = NEW_YEAR, event: str = "Given", contract: str = "Pool"
) -> Place:
    """Where something was said."""
    return Place(moment, block, index, "0x" + f"{block:064x}", contract, event)


def entry(at: Place, *postings: Posting, text: str = "Something") -> Entry:
    """An entry there."""
    return Entry(at, text, postings)


def commodities() -> Commodities:
    """Ether, a coin of six decimals and another that takes its name."""
    found = Commodities()
    found.name(ETHER, "ETH", 18)
    found.name(COIN, "COIN", 6)
    found.name(TWIN, "COIN", 2)
    return found


def journal() -> Journal:
    """A gift of each asset on New Year's Eve, a payment that is owed the day after, an end."""
    found = Journal()
    eve = NEW_YEAR - 1
    gifts = accounts.free(1), accounts.gifts(1)
    found.add(entry(place(1, 0, eve), *change(ETHER, 10**18 + 1, *gifts), text="A gift"))
    found.add(entry(place(1, 3, eve), *change(COIN, 2_500_000, *gifts), text="A gift"))
    found.add(entry(place(2, 0, eve), *change(TWIN, 7, *gifts), text="A gift"))
    found.end(place(2, 1, eve), "epoch 1 of earmark 1 became final")
    spent = accounts.spent(1), accounts.free(1)
    owed = accounts.KEPT_FOR_DEBTS, accounts.owed(PAYEE)
    found.add(entry(place(3), *change(COIN, 1_000_001, *spent), text="Paid"))
    found.add(entry(place(3, 1), *change(COIN, 1_000_001, *owed), text="Owed"))
    return found
