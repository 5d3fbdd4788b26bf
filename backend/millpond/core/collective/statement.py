# SPDX-License-Identifier: AGPL-3.0-only
"""The revenue of a month as it was read, written down: what a pot was made of.

A refund changes a month that is long over, so a month read twice may not be the same. What was
shared is what is written here; its hash of all rows tells whether they changed since.
"""

from typing import Any

from millpond.core import canonical
from millpond.core.collective.payees import is_slug
from millpond.core.collective.revenue import Compared, Revenue
from millpond.core.collective.rows import written
from millpond.core.errors import BadInput, CanonicalError
from millpond.core.subjects import to_hex

SCHEMA = "millpond/collective-revenue"


def as_json(
    found: Revenue, collective: str, source: str, read_at: str, fast: Compared | None
) -> dict[str, object]:
    """For programs, and for `canonical.encode`. Amounts are in cents."""
    return {
        "schema": SCHEMA,
        "version": 1,
        "collective": collective,
        "period": found.month.label,
        "from": written(found.month.begin_ms),
        "to": written(found.month.end_ms),
        "source": source,
        "read_at": read_at,
        "currency": found.currency,
        "added_funds_count": found.added_funds,
        "gross": found.gross,
        "fees_in_rows": found.in_rows,
        "fees": found.fees,
        "taxes": found.taxes,
        "revenue": found.net,
        "rows": found.rows,
        "rows_counted": found.counted,
        "rows_of_other_months": found.outside,
        "rows_hash": to_hex(found.rows_hash),
        "left_out": [
            {"why": why, "rows": rows, "cents": cents}
            for why, (rows, cents) in found.left_out.items()
        ],
        "own_sum": fast and _fast(fast),
    }


def _fast(found: Compared) -> dict[str, object]:
    return {
        "gross": found.fast.gross,
        "net": found.fast.net,
        "explained": [{"why": each.why, "cents": each.amount} for each in found.known],
        "unexplained_net": found.unexplained_net,
        "unexplained_gross": found.unexplained_gross,
    }


def read_statement(data: bytes, collective: str) -> tuple[int, str]:
    """R in cents and its currency, out of a statement about this collective."""
    try:
        found: Any = canonical.decode(data)
        same = (found["schema"], found["version"]) == (SCHEMA, "1")
        whose, net, currency = str(found["collective"]), int(found["revenue"]), found["currency"]
        own = found["own_sum"]
        holds = own is None or own["unexplained_net"] == own["unexplained_gross"] == "0"
    except (CanonicalError, LookupError, TypeError, ValueError):
        same = False
    if not same:
        raise BadInput(
            "this is no statement of a month's revenue",
            "make one: millpond collective revenue NAME --month 2019-09 --out FILE",
        )
    if not is_slug(whose) or whose != collective:
        raise BadInput(
            f"the statement is about {whose[:40]!r}, not about {collective!r}",
            "give the statement of the collective that pays",
        )
    if not holds:
        raise BadInput(
            "the statement's two sums differ and nobody knows why",
            "ask the collective's host first, and read the month again",
        )
    return net, str(currency)
