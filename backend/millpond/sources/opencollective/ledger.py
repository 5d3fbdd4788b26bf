# SPDX-License-Identifier: AGPL-3.0-only
"""A month of a collective's ledger: its rows, page by page, and the service's own sum.

The sum's interval ends before its end, that of the rows ends with it: a row at the first instant of
the next month would slip in, so rows are asked for up to the last millisecond.

Pages are counted, not marked: a row that is booked while they are read shifts them. So all pages
must tell the same number of rows, and each row must come once, or they are read again. Nothing is
kept between runs, since a refund changes rows that are years old.
"""

from collections.abc import Callable

from millpond.core.collective.revenue import FEES, Fast, kinds_of
from millpond.core.collective.rows import Month, Row, check_row, instant, written
from millpond.core.errors import BadInput, BadSourceAnswer
from millpond.sources.opencollective.answers import (
    Collective,
    Transaction,
    Transactions,
    converted,
)
from millpond.sources.opencollective.api import Service
from millpond.sources.opencollective.queries import FAST, LEDGER, OLDEST_FIRST
from millpond.sources.opencollective.refusals import NotThere

PAGE = 1000
_READINGS = 3
_TYPES = {"CREDIT": True, "DEBIT": False}
_LATER = "try again later; if it stays so, export the month as a table: --csv"
Told = Callable[[int, int], None]


class _Shifted(Exception):
    """The ledger changed while it was read."""


def fast_sum(service: Service, slug: str, month: Month, added_funds: bool) -> Fast:
    """What the service sums up by itself."""
    income = kinds_of(added_funds)
    data = service.ask(
        FAST,
        slug=slug,
        **{"from": written(month.begin_ms), "to": written(month.end_ms)},
        income=list(income),
        kinds=[*income, *FEES],
    )
    if data.get("collective") is None:
        raise _no_collective(slug)
    found: Collective = converted(data["collective"], Collective)
    gross, net = found.stats.gross, found.stats.net
    if {gross.currency, net.currency} != {found.currency}:
        raise BadSourceAnswer(
            f"Open Collective sums up in {gross.currency} and {net.currency} for a collective in "
            f"{found.currency}",
            _LATER,
        )
    return Fast(gross.cents, net.cents, found.currency)


def ledger_rows(
    service: Service, slug: str, month: Month, told: Told, page: int = PAGE
) -> tuple[Row, ...]:
    """All rows of a month, oldest first."""
    for _ in range(_READINGS):
        try:
            return _read(service, slug, month, told, page)
        except _Shifted:
            continue
    raise BadSourceAnswer(
        f"the ledger of {slug!r} comes in pages that do not fit together, {_READINGS} times over",
        _LATER,
    )


def _read(service: Service, slug: str, month: Month, told: Told, page: int) -> tuple[Row, ...]:
    rows: dict[str, Row] = {}
    total: int | None = None
    offset = 0
    while total is None or offset < total:
        found = _page(service, slug, month, offset, page)
        if total is not None and found.total_count != total:
            raise _Shifted
        total = found.total_count
        if not found.nodes and offset < total:
            raise _Shifted
        for node in found.nodes:
            row = _row(node, slug, month)
            rows[row.id] = row
        offset += len(found.nodes) or page
        told(len(rows), total)
    if len(rows) != total:
        raise _Shifted
    return tuple(rows.values())


def _page(service: Service, slug: str, month: Month, offset: int, limit: int) -> Transactions:
    data = service.ask(
        LEDGER,
        account=[{"slug": slug}],
        **{"from": written(month.begin_ms), "to": written(month.last_ms)},
        limit=limit,
        offset=offset,
        order=OLDEST_FIRST,
    )
    if data.get("transactions") is None:
        raise _no_collective(slug)
    found: Transactions = converted(data["transactions"], Transactions)
    return found


def _row(node: Transaction, slug: str, month: Month) -> Row:
    amount, net = node.amount_in_host_currency, node.net_amount_in_host_currency
    try:
        at_ms = instant(node.created_at)
        row = Row(
            id=node.id,
            group=node.group or "",
            kind=node.kind or "",
            credit=_TYPES[node.type],
            at_ms=at_ms,
            amount=amount.cents,
            net=net.cents,
            currency=amount.currency,
            is_refund=bool(node.is_refund),
            is_refunded=bool(node.is_refunded),
            of_expense=node.expense is not None,
        )
    except (BadInput, KeyError) as error:
        raise _odd(node, str(error)) from None
    if net.currency != amount.currency:
        raise _odd(node, f"is in {amount.currency} and {net.currency}")
    if node.account is not None and node.account.slug != slug:
        raise _odd(node, f"is of {node.account.slug!r}")
    if not month.has(at_ms):
        raise _odd(node, f"is of {node.created_at}, not of {month.label}")
    wrong = check_row(row)
    if wrong:
        raise _odd(node, f"is {wrong}")
    return row


def _odd(node: Transaction, why: str) -> BadSourceAnswer:
    return BadSourceAnswer(f"the row {node.id!r} of the ledger {why}", _LATER)


def _no_collective(slug: str) -> NotThere:
    return NotThere(f"there is no collective {slug!r}", "look at its address in the browser")
