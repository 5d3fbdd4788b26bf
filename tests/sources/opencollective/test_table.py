# SPDX-License-Identifier: AGPL-3.0-only
"""A month of the ledger, out of an exported table."""

import pytest

from millpond.core.collective.revenue import revenue_of
from millpond.core.collective.rows import month_of
from millpond.core.errors import BadInput, InputFileError
from millpond.sources.opencollective.table import MOST_BYTES, cents, read_table
from tests.sources.opencollective.site import SLUG, VECTORS, vector

SEPTEMBER = month_of("2019-09")
TABLE = (VECTORS / "transactions_default.csv").read_text("utf-8")
AFTER = (
    '"2019-10-01T00:00:00","9d04d59d","group007","Just after","CREDIT","CONTRIBUTION","","","","",'
    '"$12.34 USD",12.34,12.34,2781.35,"USD","example-collective","Example Collective","edge-after",'
    '"edge-after","STRIPE","CREDITCARD","","","","","","2019-10-01"\n'
)


def read(text: str) -> int:
    """R of September in a table."""
    rows = read_table(text.encode(), "table.csv", SLUG)
    return revenue_of(rows, SEPTEMBER, added_funds=True).net


def with_line(number: int, old: str, new: str) -> str:
    """The table with something else in one of its lines, counted from 1."""
    lines = TABLE.splitlines(keepends=True)
    assert old in lines[number - 1]
    lines[number - 1] = lines[number - 1].replace(old, new, 1)
    return "".join(lines)


def test_table__the_month__is_what_the_interface_says() -> None:
    assert read(TABLE) == vector("expected")["revenue_net_cents"] == 316_124
    rows = read_table(TABLE.encode(), "table.csv", SLUG)
    assert sum(row.net for row in rows) == vector("expected")["ledger_sum_cents"]


def test_table__with_columns_named_for_people__is_the_same() -> None:
    words = vector("csv_field_names")
    first, _, rest = TABLE.partition("\n")
    named = ",".join(f'"{words[key.strip(chr(34))]}"' for key in first.split(","))
    assert "Gross Amount" in named
    assert read(named + "\n" + rest) == 316_124


def test_table__a_row_of_the_next_month__is_left_out() -> None:
    rows = read_table((TABLE + AFTER).encode(), "table.csv", SLUG)
    found = revenue_of(rows, SEPTEMBER, added_funds=True)
    assert (found.net, found.outside) == (316_124, 1)
    assert read(TABLE + AFTER.replace("2019-10-01T00:00:00", "2019-09-30T23:59:59")) == 317_358


def test_table__of_another_order_line_ends_and_mark__is_the_same() -> None:
    first, *rest = TABLE.splitlines()
    assert read("\ufeff" + "\r\n".join([first, *reversed(rest)])) == 316_124


def test_table__a_text_over_two_lines__is_one_field() -> None:
    assert read(
        with_line(2, "Monthly contribution", 'Two\nlines, ""quoted"" \u2028 and so on')
    ) == (316_124)


def test_table__fees_in_columns__count_by_the_net_column() -> None:
    """As exported with flattened fees, or from the years before there were rows of them."""
    lines = [line for line in TABLE.splitlines() if "fee" not in line.lower()]
    flat = "\n".join(lines).replace("1000.0,1000.0", "1000.0,868.0")
    assert read(flat) == 86_800 + 5_000 + 250_000


def test_table__with_whole_ids_and_groups__takes_those() -> None:
    first, *rest = TABLE.splitlines()
    lines = [f'{first},"id","group"']
    lines += [f'{line},"id-{at}","group of {line[1:20]}"' for at, line in enumerate(rest)]
    rows = read_table("\n".join(lines).encode(), "table.csv", SLUG)
    assert rows[0].id == "id-0"
    left = revenue_of(rows, SEPTEMBER, added_funds=False)
    assert left.net == 316_124 - 225_000


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "line 1: has no column for datetime"),
        ("a,b\n1,2\n", "has no column for"),
        (TABLE.replace('"netAmount"', '"net"', 1), "no column for netAmount"),
        (TABLE.replace('"shortGroup"', '"x"', 1), "an id and a group"),
        (TABLE.replace('"balance"', '"amount"', 1), "a column twice"),
        (with_line(3, "-100.0,-100.0", "-100.0"), "line 3: has 26 fields, not 27"),
        (with_line(2, ",1000.0,", ",1000.001,"), "line 2: '1000.001' is not an amount"),
        (with_line(2, ",1000.0,", ",1e3,"), "is not an amount"),
        (with_line(2, ",1000.0,", ',"1,000.00",'), "is not an amount"),
        (with_line(3, ",-100.0,", ",100.0,"), "line 3: is a debit of 10000 cents"),
        (with_line(2, '"CREDIT"', '"SIDEWAYS"'), "line 2: has 'SIDEWAYS'"),
        (with_line(10, '"REFUNDED"', '"perhaps"'), "line 10: has 'perhaps'"),
        (with_line(2, "2019-09-02T10:00:00", "02/09/2019"), "line 2: '02/09/2019' is not an"),
        (with_line(2, '"example-collective"', '"other"'), "line 2: is of 'other'"),
        (with_line(2, '"USD","exam', '"US$","exam'), "no currency"),
        (TABLE + '"never closed', "line 17: is no table"),
    ],
)
def test_table__that_cannot_be_used__is_refused_by_its_line(text: str, said: str) -> None:
    with pytest.raises(InputFileError, match=said):
        read(text)


def test_table__in_another_encoding_or_too_large__is_refused() -> None:
    with pytest.raises(InputFileError, match="not UTF-8 at byte 0"):
        read_table(b"\xff\xfe", "table.csv", SLUG)
    with pytest.raises(InputFileError, match="larger than"):
        read_table(b"x" * (MOST_BYTES + 1), "table.csv", SLUG)


def test_table__a_line_twice__is_refused() -> None:
    with pytest.raises(BadInput, match="is there twice"):
        read(TABLE + TABLE.splitlines(keepends=True)[1])


@pytest.mark.parametrize(
    ("text", "value"),
    [("-1.76", -176), ("0.0", 0), ("1000", 100_000), ("31.7", 3_170), ("2.500000", 250)],
)
def test_cents__units_with_decimals__are_exact(text: str, value: int) -> None:
    assert cents(text) == value


@pytest.mark.parametrize("text", ["", "1.001", "+1", ".5", "1.", "NaN", "1_000", "--1", "9" * 14])
def test_cents__anything_else__is_refused(text: str) -> None:
    with pytest.raises(BadInput, match="is not an amount"):
        cents(text)
