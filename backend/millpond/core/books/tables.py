# SPDX-License-Identifier: AGPL-3.0-only
"""Tables for spreadsheets: CSV as RFC 4180 has it, in which no cell is a formula.

A spreadsheet computes what begins with =, +, -, @, a tab or the end of a line, wherever the file
comes from. Such a text gets an apostrophe in front, as one would type it; a number stays a number.
"""

import re
from collections.abc import Iterable, Iterator, Sequence

from millpond.core.books.commodities import Commodities
from millpond.core.books.entries import Journal

JOURNAL = (
    *("date", "time", "block", "log_index", "transaction", "contract", "event", "text"),
    *("account", "asset", "asset_address", "amount"),
)

_NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?")
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
_QUOTED = re.compile(r'[",\r\n]')


def csv(header: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A header and rows, each line ended by CR LF."""
    return "".join(f"{','.join(map(cell, row))}\r\n" for row in (header, *rows))


def cell(value: object) -> str:
    """One value, harmless and quoted where it must be."""
    text = str(value)
    if text.startswith(_FORMULA) and not _NUMBER.fullmatch(text):
        text = f"'{text}"
    if not _QUOTED.search(text):
        return text
    escaped = text.replace('"', '""')
    return f'"{escaped}"'


def journal_rows(journal: Journal, commodities: Commodities) -> Iterator[tuple[object, ...]]:
    """One row for each posting."""
    for entry in journal.entries:
        place = entry.place
        for posting in entry.postings:
            commodity = commodities.of(posting.asset)
            text = f"{entry.text}, {posting.about}" if posting.about else entry.text
            yield (
                *(place.day, place.time, place.block, place.index, place.transaction),
                *(place.contract, place.event, text, posting.account),
                *(commodity.code, commodity.address, commodity.figure(posting.amount)),
            )
