# SPDX-License-Identifier: AGPL-3.0-only
"""The sums over final blocks (sums.sql), kept where the cursor says that blocks are final.

Each sum folds a view of lines: its rows added up by key. A sum at one block and the lines behind it
are together what all lines are, whatever that block is; so it does not matter when a block became
final, and a sum that is too far ahead can be thrown away and made again.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from millpond.mirror.stores import Database

_NOTHING = -1
"""Before every block."""


@dataclass(frozen=True)
class Fold:
    """One table of sums over one view of lines."""

    table: str
    lines: str
    keys: tuple[str, ...]
    columns: Mapping[str, str]
    """How the lines of one key make one row: column -> aggregate."""

    @cached_property
    def delta(self) -> str:
        """Add the lines above the block ?1 up to and with ?2."""
        keys, names = ", ".join(self.keys), ", ".join([*self.keys, *self.columns])
        new = f"FROM {self.lines} WHERE block_number > ?1 AND block_number <= ?2"
        made = ", ".join(f"{how}({name})" for name, how in self.columns.items())
        moved = ", ".join(f"{name} = excluded.{name}" for name in self.columns)
        # the names are those of this file
        return (
            f"INSERT INTO {self.table} ({names}) SELECT {keys}, {made} FROM ("  # noqa: S608
            f" SELECT {names} FROM {self.table} WHERE ({keys}) IN (SELECT {keys} {new})"
            f" UNION ALL SELECT {names} {new}"
            f") AS parts WHERE 1 = 1 GROUP BY {keys} ON CONFLICT ({keys}) DO UPDATE SET {moved}"
        )


FOLDS = (
    Fold(
        "account_sums",
        "account_lines",
        ("pool", "earmark_id", "asset"),
        {
            "balance": "units_sum",
            "received": "units_sum",
            "reserved": "units_sum",
            "newest_block": "max",
        },
    ),
    Fold(
        "grain_sums",
        "grain_lines",
        ("grain", "account"),
        {"balance": "units_sum", "first_place": "min", "newest_block": "max"},
    ),
    Fold(
        "tally_sums",
        "tally_lines",
        ("governor", "proposal_id"),
        {"against": "sum", "in_favour": "sum", "abstain": "sum", "newest_block": "max"},
    ),
    Fold(
        "gift_sums",
        "gift_lines",
        ("pool", "name", "earmark_id", "asset"),
        {"amount": "units_sum", "gifts": "sum", "first_place": "min", "newest_block": "max"},
    ),
)


def fold(database: Database, was: int, now: int) -> None:
    """Move all sums from one final block to another."""
    if now < was:
        for each in FOLDS:
            database.execute(f"DELETE FROM {each.table}")  # noqa: S608  a name of this file
        was = _NOTHING
    if now > was:
        for each in FOLDS:
            database.execute(each.delta, (was, now))
