# SPDX-License-Identifier: AGPL-3.0-only
"""The revenue R of a month: what came in, less its fees and taxes.

Counted are the rows of the month that are neither a refund nor refunded: contributions that came
in (and added funds, if the community decided so), with the host's fees, the processors' fees and
the taxes that belong to them. Fees of what is not counted do not count either, nor those of
payments that the collective made. Older rows hold their fees themselves; so each row counts net.

The service sums up by itself as well, in one question. That sum leaves out rows of tax, and takes
off the fees of added funds even if those are left out; `compared` says what explains a difference.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from millpond.core.canonical import encode, keccak256
from millpond.core.collective.rows import Month, Row
from millpond.core.errors import BadInput, BooksError

CONTRIBUTION, ADDED_FUNDS, TAX = "CONTRIBUTION", "ADDED_FUNDS", "TAX"
FEES = ("HOST_FEE", "PAYMENT_PROCESSOR_FEE")
_TAKEN_OFF = (*FEES, TAX)
NO_ROWS = "the month has no movements"


@dataclass(frozen=True, slots=True)
class Revenue:
    """R of a month and what it is made of, in cents. gross + in_rows + fees + taxes = net."""

    month: Month
    currency: str
    added_funds: bool
    """Whether added funds count."""
    gross: int
    in_rows: int
    """Fees and taxes that older rows hold themselves; zero or less."""
    fees: int
    taxes: int
    net: int
    counted: int
    left_out: Mapping[str, tuple[int, int]]
    """Why rows do not count: how many, and their sum."""
    rows: int
    outside: int
    """How many rows of the source were of other months."""
    rows_hash: bytes
    """keccak256 over all rows of the month: the same rows, the same R."""


@dataclass(frozen=True, slots=True)
class Fast:
    """What the service sums up by itself: gross, and net of fees, in the collective's currency."""

    gross: int
    net: int
    currency: str


@dataclass(frozen=True, slots=True)
class Difference:
    """One reason why the fast sum is another than R; `amount` is what it is off by."""

    why: str
    amount: int


@dataclass(frozen=True, slots=True)
class Compared:
    """The two sums side by side: fast = R + all differences."""

    fast: Fast
    known: tuple[Difference, ...]
    unexplained_net: int
    unexplained_gross: int

    @property
    def holds(self) -> bool:
        """Whether everything about the difference is explained."""
        return not self.unexplained_net and not self.unexplained_gross


def kinds_of(added_funds: bool) -> tuple[str, ...]:
    """What is asked of the fast sum, as income."""
    return (CONTRIBUTION, ADDED_FUNDS) if added_funds else (CONTRIBUTION,)


def revenue_of(all_rows: Sequence[Row], month: Month, added_funds: bool) -> Revenue:
    """R of a month from rows, some of which may be of other months.

    `BadInput` for rows in several currencies, twice the same row, or fees that cannot be told
    apart; for a month without rows, since nobody could say in which currency it is nothing.
    """
    rows = [row for row in all_rows if month.has(row.at_ms)]
    currency = _currency_of(rows)
    _require_each_once(rows)
    groups = _groups(rows)
    reasons = [(row, _why_not(row, groups, added_funds)) for row in rows]
    counted = [row for row, why in reasons if why is None]
    income = [row for row in counted if row.kind not in _TAKEN_OFF]
    left_out: dict[str, tuple[int, int]] = {}
    for row, why in reasons:
        if why is not None:
            number, total = left_out.get(why, (0, 0))
            left_out[why] = (number + 1, total + row.net)
    found = Revenue(
        month=month,
        currency=currency,
        added_funds=added_funds,
        gross=sum(row.amount for row in income),
        in_rows=sum(row.net - row.amount for row in income),
        fees=sum(row.net for row in counted if row.kind in FEES),
        taxes=sum(row.net for row in counted if row.kind == TAX),
        net=sum(row.net for row in counted),
        counted=len(counted),
        left_out=dict(sorted(left_out.items())),
        rows=len(rows),
        outside=len(all_rows) - len(rows),
        rows_hash=_hash_of(rows),
    )
    if found.gross + found.in_rows + found.fees + found.taxes != found.net:
        raise BooksError("the parts of R do not add up to it", "pay nothing; report this")
    return found


def compared(rows: Iterable[Row], found: Revenue, fast: Fast) -> Compared:
    """Why the fast sum differs from R, as far as the rows tell it."""
    if fast.currency != found.currency:
        raise BadInput(
            f"the collective counts in {fast.currency} and its host's ledger in {found.currency}; "
            "the fast sum is turned over at today's rate",
            "take R from the ledger as a table: --csv",
        )
    rows = [row for row in rows if found.month.has(row.at_ms)]
    groups, kinds = _groups(rows), kinds_of(found.added_funds)
    in_fast = [row for row in rows if _is_in_fast(row, kinds)]
    counts = [row for row in rows if _why_not(row, groups, found.added_funds) is None]
    taxes = -sum(row.net for row in counts if row.kind == TAX)
    alien = sum(row.net for row in in_fast if _why_not(row, groups, found.added_funds) is not None)
    known = tuple(
        Difference(why, amount)
        for why, amount in (
            ("rows of tax, which the fast sum does not take off", taxes),
            ("fees of what is not counted, which it does take off", alien),
        )
        if amount
    )
    off = fast.net - found.net - sum(each.amount for each in known)
    gross = sum(row.amount for row in in_fast if row.kind in kinds)
    return Compared(fast, known, off, fast.gross - gross)


def _is_in_fast(row: Row, kinds: Sequence[str]) -> bool:
    if row.is_refund or row.is_refunded:
        return False
    if row.kind in FEES:
        return row.credit or not row.of_expense
    return row.kind in kinds and row.credit


def _groups(rows: Iterable[Row]) -> dict[str, set[str]]:
    """Which kinds of income each group has."""
    found: dict[str, set[str]] = defaultdict(set)
    for row in rows:
        if row.credit and row.kind in (CONTRIBUTION, ADDED_FUNDS):
            found[row.group].add(row.kind)
    return found


def _why_not(row: Row, groups: Mapping[str, set[str]], added_funds: bool) -> str | None:
    """Why a row does not count; None if it does."""
    if row.is_refund or row.is_refunded:
        return "refunds" if row.is_refund else "refunded"
    if row.kind in (CONTRIBUTION, ADDED_FUNDS):
        if not row.credit:
            return f"{row.kind} that went out"
        chosen = row.kind == CONTRIBUTION or added_funds
        return None if chosen else "added funds, by the community's choice"
    if row.kind not in _TAKEN_OFF:
        return f"{row.kind or 'no kind'}: no revenue"
    if row.of_expense:
        return "fees of payments that were made"
    return None if added_funds else _why_not_fee(row, groups.get(row.group, set()))


def _why_not_fee(row: Row, of: set[str]) -> str | None:
    """The same of a fee or a tax where added funds do not count, by what its group brought in."""
    if of == {CONTRIBUTION, ADDED_FUNDS}:
        raise BadInput(
            f"the table does not tell which fees of group {row.group!r} are those of added funds",
            "export it with the column `group`, or read R by the interface",
        )
    return "fees of added funds, by the community's choice" if of == {ADDED_FUNDS} else None


def _currency_of(rows: Sequence[Row]) -> str:
    found = sorted({row.currency for row in rows})
    if not found:
        raise BadInput(NO_ROWS, "look at the month and at the collective's name")
    if len(found) > 1:
        raise BadInput(
            f"the month's rows are in {' and '.join(found)}",
            "the collective changed its host; take R of each part by itself and decide together",
        )
    return found[0]


def _require_each_once(rows: Sequence[Row]) -> None:
    seen: set[str] = set()
    for row in rows:
        if row.id in seen:
            raise BadInput(f"the row {row.id!r} is there twice", "export the month again")
        seen.add(row.id)


def _hash_of(rows: Iterable[Row]) -> bytes:
    """In an order of its own, since the service's own order changes."""
    return keccak256(
        encode(
            [
                [row.id, row.kind, row.credit, row.at_ms, row.amount, row.net, row.currency,
                 row.is_refund, row.is_refunded]
                for row in sorted(rows, key=lambda row: (row.at_ms, row.id))
            ]
        )
    )  # fmt: skip
