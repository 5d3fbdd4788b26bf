# SPDX-License-Identifier: AGPL-3.0-only
"""A row of `payments` for each leaf that was paid: by its own claim, or on a payday.

The view `settled_payments` says the same of the events alone; here it is worked out for a batch.
"""

from collections.abc import Iterator
from typing import Any, TypeAlias

from millpond.mirror.decoding import Tables
from millpond.mirror.stores import Database

_Place: TypeAlias = tuple[Any, Any]
_POOLS = "SELECT address, pool FROM contracts WHERE contract = 'CredDistributor'"
_CLAIMED, _PAID = "cred_distributor_claimed", "cred_distributor_paid_out"


def write(database: Database, rows: Tables) -> None:
    """The payments of a batch, whose contracts are there already."""
    if rows.get(_CLAIMED) or rows.get(_PAID):
        pools = {row["address"]: row["pool"] for row in database.execute(_POOLS)}
        found: list[tuple[Any, ...]] = [*_claims(rows, pools), *_paydays(rows, pools)]
        found.sort(key=_place)
        database.insert("payments", found)


def _place(payment: tuple[Any, ...]) -> Any:
    return payment[-3:]


def _claims(rows: Tables, pools: dict[Any, str]) -> Iterator[tuple[Any, ...]]:
    claims = {row[:2]: row for row in rows.get(_CLAIMED, ())}
    without_grain = set(_without_grain(rows))
    for block, index, position, epoch, grain, amount in rows.get(f"{_CLAIMED}_shares", ()):
        _, _, distributor, subject, payee, to = claims[block, index]
        if distributor in pools:
            paid = "0" if (block, index) in without_grain else grain
            who = (pools[distributor], distributor, epoch, subject, payee, to)
            yield *who, amount, paid, block, index, position


def _without_grain(rows: Tables) -> Iterator[_Place]:
    """Where grain could not be created: the event that says so follows its claim."""
    for block, index, distributor, subject, _ in rows.get("cred_distributor_grain_withheld", ()):
        who = (block, distributor, subject)
        claims = [row[1] for row in rows.get(_CLAIMED, ()) if (row[0], *row[2:4]) == who]
        before = [place for place in claims if int(place) < int(index)]
        if before:
            yield block, max(before)


def _paydays(rows: Tables, pools: dict[Any, str]) -> Iterator[tuple[Any, ...]]:
    """A payday pays payees only, and never without the grain."""
    said_by = {row[:2]: row[2] for row in rows.get(_PAID, ())}
    for block, index, position, subject, payee, amount, epoch, grain in rows.get(
        f"{_PAID}_leaves", ()
    ):
        distributor = said_by[block, index]
        if distributor in pools:
            who = (pools[distributor], distributor, epoch, subject, payee, payee)
            yield *who, amount, grain, block, index, position
