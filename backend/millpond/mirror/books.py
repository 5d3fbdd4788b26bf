# SPDX-License-Identifier: AGPL-3.0-only
"""The lines of the books, written once: what an event moved, and what stands in its account then.

A line follows from its event and from the lines before it, so it never changes while its block
stays, and goes with it. A page of the books, an income up to some block: each is one look-up.
"""

from collections.abc import Sequence
from typing import TypeAlias

from millpond.mirror.stores import Database, Row

_Account: TypeAlias = tuple[str, int, str]
Stands: TypeAlias = dict[_Account, Sequence[int]]
"""What stands in an account after the last line that was written."""
_SUMS = ("balance", "received", "reserved")
_NEW = """
    SELECT pool, earmark_id, asset, what, party, balance, received, reserved,
        block_number, log_index, line
    FROM settled_ledger WHERE block_number > ? ORDER BY block_number, log_index, line
"""
_LAST = """
    SELECT balance_after, received_after, reserved_after FROM ledger
    WHERE pool = ? AND earmark_id = ? AND asset = ?
    ORDER BY block_number DESC, log_index DESC, line DESC LIMIT 1
"""


def write(database: Database, above: int, stands: Stands) -> None:
    """The lines of all blocks above that one, whose events are there already."""
    lines = []
    for row in database.execute(_NEW, (above,)).fetchall():
        account = (row["pool"], row["earmark_id"], row["asset"])
        before = stands.get(account) or _last(database, account)
        stands[account] = _added(before, row)
        lines.append((*row, *map(str, stands[account])))
    database.insert("ledger", lines)


def _added(before: Sequence[int], row: Row) -> Sequence[int]:
    return [sum_ + int(row[name]) for sum_, name in zip(before, _SUMS, strict=True)]


def _last(database: Database, account: _Account) -> Sequence[int]:
    found = database.execute(_LAST, account).fetchone()
    return [int(each) for each in found] if found is not None else [0] * len(_SUMS)
