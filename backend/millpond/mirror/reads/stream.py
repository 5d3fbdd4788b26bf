# SPDX-License-Identifier: AGPL-3.0-only
"""What happened to the mirror, in order: blocks that came, and blocks that were taken back.

The writer notes each move of its cursor in the table `outbox`, in the transaction of that move. A
reader who keeps the number of the last move that she has seen can be told all that came since, or
that it is too long ago and she has to begin anew.
"""

from dataclasses import dataclass, replace
from typing import Literal

from millpond.mirror.reads.events import Filter
from millpond.mirror.reads.snapshot import Finality, Row, Snapshot

ADVANCED, RETRACTED = "advanced", "retracted"
_MARK = slice(2, 10)
"""The part of a block's hash that tells one database's moves from those of another."""


@dataclass(frozen=True)
class Standing:
    """How far the mirror is, and its last move."""

    block_number: int
    safe_number: int
    finalized_number: int
    last: str
    """The name of the last move; see `Move`."""

    def number_of(self, finality: Finality) -> int:
        """Its newest block of that kind."""
        numbers = {"latest": self.block_number, "safe": self.safe_number}
        return min(self.block_number, numbers.get(finality, self.finalized_number))


@dataclass(frozen=True)
class Move:
    """One move of the cursor."""

    name: str
    """Where to go on after it: its number and a part of its block's hash."""
    seq: int
    what: Literal["advanced", "retracted"]
    from_block: int
    to_block: int
    """Of a retraction: the last block that still stands."""
    block_hash: str
    stands_to: int
    """Of an advance: up to here its blocks were not taken back since."""


def standing(now: Snapshot) -> Standing:
    """As of this transaction."""
    row = now.row("SELECT seq, block_hash FROM outbox ORDER BY seq DESC LIMIT 1")
    as_of = now.as_of
    return Standing(
        as_of.block_number,
        as_of.safe_number,
        as_of.finalized_number,
        _name(row["seq"], row["block_hash"]) if row else _name(0, as_of.block_hash),
    )


def known(now: Snapshot, name: str) -> int | None:
    """The number of a move by its name; None where this database never made it, or forgot it."""
    number, mark = number_of(name), name.partition("-")[2]
    row = now.row("SELECT seq, block_hash FROM outbox WHERE seq = ?", number)
    return number if row is not None and row["block_hash"][_MARK] == mark else None


def number_of(name: str) -> int:
    """Of a move, by its name."""
    return int(name.partition("-")[0])


def moves(now: Snapshot, after: int, most: int) -> list[Move]:
    """The next moves."""
    found = now.rows("SELECT * FROM outbox WHERE seq > ? ORDER BY seq LIMIT ?", after, most)
    return [_move(now, row) for row in found]


def within(move: Move, wanted: Filter) -> Filter:
    """Of these events, those that an advance brought and that were not taken back since."""
    return replace(wanted, from_block=move.from_block, to_block=move.stands_to)


def _move(now: Snapshot, row: Row) -> Move:
    later = now.row(
        "SELECT min(to_block) AS lowest FROM outbox WHERE seq > ? AND what = 'retracted'",
        row["seq"],
    )
    lowest = later["lowest"] if later is not None else None
    to_block = row["to_block"]
    return Move(
        name=_name(row["seq"], row["block_hash"]),
        seq=row["seq"],
        what=row["what"],
        from_block=row["from_block"],
        to_block=to_block,
        block_hash=row["block_hash"],
        stands_to=to_block if lowest is None else min(to_block, lowest),
    )


def _name(seq: int, block_hash: str) -> str:
    return f"{seq}-{block_hash[_MARK]}"
