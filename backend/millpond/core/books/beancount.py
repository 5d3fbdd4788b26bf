# SPDX-License-Identifier: AGPL-3.0-only
"""The journal as beancount reads it (versions 2 and 3).

Balances are asserted on the morning after, without the tolerance that beancount would allow.
Beancount adds with 28 digits, so sums of 10^10 tokens of 18 decimals and more are not exact there.
"""

from collections.abc import Iterator

from millpond.core.books.closings import Closing, days
from millpond.core.books.commodities import Commodities, Commodity
from millpond.core.books.entries import Entry, Journal


def written(journal: Journal, commodities: Commodities, title: str) -> Iterator[str]:
    """Line after line."""
    yield f'option "title" {_quoted(title)}'
    first = journal.entries[0].place.day if journal.entries else "1970-01-01"
    for commodity in map(commodities.of, journal.assets()):
        yield f"{first} commodity {commodity.code}"
        yield f"  address: {_quoted(commodity.address)}"
    for account in journal.accounts():
        yield f"{first} open {account}"
    for entries, closing in days(journal):
        for entry in entries:
            yield from _entry(entry, commodities)
        if closing is not None:
            yield from _closing(closing, commodities)


def _entry(entry: Entry, commodities: Commodities) -> Iterator[str]:
    place = entry.place
    yield ""
    yield f"{place.day} * {_quoted(entry.text)}"
    yield f"  time: {_quoted(place.time)}"
    yield f"  event: {_quoted(f'{place.contract}.{place.event}')}"
    yield f"  block: {place.block}"
    yield f"  log: {place.index}"
    yield f"  tx: {_quoted(place.transaction)}"
    for posting in entry.postings:
        about = f"  ; {posting.about}" if posting.about else ""
        amount = _amount(posting.amount, commodities.of(posting.asset))
        yield f"  {posting.account}  {amount}{about}"


def _closing(closing: Closing, commodities: Commodities) -> Iterator[str]:
    yield ""
    yield f"; {closing.text}"
    for account, asset, balance in closing.balances:
        commodity = commodities.of(asset)
        figure = commodity.figure(balance)
        yield f"{closing.next_day} balance {account}  {figure} ~ 0 {commodity.code}"


def _amount(amount: int, commodity: Commodity) -> str:
    return f"{commodity.figure(amount)} {commodity.code}"


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
