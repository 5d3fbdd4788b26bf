# SPDX-License-Identifier: AGPL-3.0-only
"""Events made up one by one, and the rows that a store is given of them."""

from collections.abc import Iterable
from dataclasses import dataclass

from millpond.chain.answers import Log
from millpond.mirror.decoding import Decoder, Mined, Tables

Rows = list[tuple[str, tuple[str | int, ...]]]
"""(table, values) without the columns that say where the log stands; the event's own row first."""


@dataclass(frozen=True)
class Event:
    """A log with the contract it came from and the rows it becomes."""

    log: Log
    contract: str
    event: str
    rows: Rows


def together(events: Iterable[Event]) -> Mined:
    """All rows of all events, table by table."""
    found = Mined()
    for each in events:
        log = each.log
        key = (log.block_number, log.index)
        where = (*key, "0x" + log.transaction_hash.hex(), log.address)
        found.rows["events"].append((*where, each.contract, each.event))
        (table, values), *lists = each.rows
        found.rows[table].append((*key, log.address, *values))
        for name, element in lists:
            found.rows[name].append((*key, *element))
    return found


def rows_of(decoder: Decoder, log: Log) -> Rows:
    """What a decoder makes of one log."""
    found = Tables(list)
    decoder.put([log], found)
    own = [(decoder.table, row[3:]) for row in found.pop(decoder.table)]
    found.pop("events")
    return own + [(table, row[2:]) for table, rows in found.items() for row in rows]
