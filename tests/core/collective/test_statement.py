# SPDX-License-Identifier: AGPL-3.0-only
"""A month's revenue, written down and read again."""

from typing import Any

import pytest

from millpond.core import canonical
from millpond.core.collective.revenue import Compared, Fast, compared, revenue_of
from millpond.core.collective.statement import as_json, read_statement
from millpond.core.errors import BadInput
from tests.core.collective.test_revenue import CARD, FEE, GIFT, MONTH, row

ROWS = [GIFT, FEE, CARD, row("TAX", -2_000), row("EXPENSE", -1)]
FOUND = revenue_of(ROWS, MONTH, added_funds=True)
OWN = compared(ROWS, FOUND, Fast(10_000, 8_680, "USD"))
SLUG = "example-collective"


def written(own: Compared | None = OWN, **change: Any) -> bytes:
    said = as_json(FOUND, SLUG, "ledger", "2019-10-02T00:00:00.000Z", own)
    return canonical.encode({**said, **change})


def test_statement__written_and_read__is_r() -> None:
    assert read_statement(written(), SLUG) == (6_680, "USD")
    assert read_statement(written(None), SLUG) == (6_680, "USD")


def test_statement__says__what_was_counted_and_what_was_not() -> None:
    said: Any = canonical.decode(written())
    assert (said["gross"], said["fees"], said["taxes"]) == ("10000", "-1320", "-2000")
    assert said["added_funds_count"] is True
    assert said["left_out"] == [{"why": "EXPENSE: no revenue", "rows": "1", "cents": "-1"}]
    assert said["own_sum"]["explained"][0]["cents"] == "2000"
    assert (said["from"], said["to"]) == ("2019-09-01T00:00:00.000Z", "2019-10-01T00:00:00.000Z")


@pytest.mark.parametrize(
    "data", [b"", b"{}", b"[]", b"null", written(schema="x"), written(revenue="many")]
)
def test_read_statement__another_file__is_refused(data: bytes) -> None:
    with pytest.raises(BadInput, match="no statement"):
        read_statement(data, SLUG)


def test_read_statement__of_another_collective__is_refused() -> None:
    with pytest.raises(BadInput, match="not about 'other'"):
        read_statement(written(), "other")


def test_read_statement__with_a_difference_that_nobody_explains__is_refused() -> None:
    off = compared(ROWS, FOUND, Fast(10_000, 8_681, "USD"))
    with pytest.raises(BadInput, match="two sums differ"):
        read_statement(written(off), SLUG)
