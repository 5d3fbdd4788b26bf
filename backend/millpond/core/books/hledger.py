# SPDX-License-Identifier: AGPL-3.0-only
"""The journal as hledger reads it (journal format, also with `check --strict`).

Every account and commodity is declared; a commodity whose name has digits or a dash is quoted. The
text of an entry is ours alone, so it has no semicolon that would begin a comment. What a posting is
about is such a comment.
"""

from collections.abc import Iterator

from millpond.core.books.accounts import ROOTS
from millpond.core.books.closings import Closing, days
from millpond.core.books.commodities import Commodities, Commodity
from millpond.core.books.entries import Entry, Journal


def written(journal: Journal, commodities: Commodities, title: str) -> Iterator[str]:
    """Line after line."""
    yield f"; {title}"
    for commodity in map(commodities.of, journal.assets()):
        yield f"; {commodity.code} is {commodity.address}"
        yield f"commodity {_amount(10**commodity.decimals * 1000, commodity, point=True)}"
    for account in journal.accounts():
        yield f"account {account}  ; type:{ROOTS[account.split(':')[0]]}"
    for entries, closing in days(journal):
        for entry in entries:
            yield from _entry(entry, commodities)
        if closing is not None:
            yield from _closing(closing, commodities)


def _entry(entry: Entry, commodities: Commodities) -> Iterator[str]:
    place = entry.place
    yield ""
    yield f"{place.day} * ({place.block}-{place.index}) {entry.text}"
    yield f"    ; time:{place.time}, event:{place.contract}.{place.event}"
    yield f"    ; tx:{place.transaction}"
    for posting in entry.postings:
        about = f"  ; {posting.about}" if posting.about else ""
        amount = _amount(posting.amount, commodities.of(posting.asset))
        yield f"    {posting.account}  {amount}{about}"


def _closing(closing: Closing, commodities: Commodities) -> Iterator[str]:
    yield ""
    yield f"{closing.day} * Balances: {closing.text.replace(';', ',')}"
    for account, asset, balance in closing.balances:
        commodity = commodities.of(asset)
        yield f"    {account}  {_amount(0, commodity)} = {_amount(balance, commodity)}"


def _amount(amount: int, commodity: Commodity, point: bool = False) -> str:
    """hledger wants a decimal mark in a declaration, even where there are no decimals."""
    name = commodity.code if commodity.code.isalpha() else f'"{commodity.code}"'
    mark = "." if point and not commodity.decimals else ""
    return f"{commodity.figure(amount)}{mark} {name}"
