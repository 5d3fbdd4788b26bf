# SPDX-License-Identifier: AGPL-3.0-only
"""The rows of a ledger out of the table that Open Collective exports (CSV).

Its first line names the columns, by their keys or by the words that it has for people; more columns
than these, in any order, are fine. Amounts are in units with decimals and in the host's currency.
Times are in UTC, to the second. The table may hold other months, too.
"""

import csv
import re
from collections.abc import Iterator, Mapping
from io import StringIO

from millpond.core.collective.rows import Row, check_row, instant
from millpond.core.errors import BadInput, InputFileError

MOST_BYTES = 1 << 26
_WORDS = {
    "Date & Time": "datetime",
    "Short Transaction ID": "shortId",
    "Transaction ID": "id",
    "Short Group ID": "shortGroup",
    "Group ID": "group",
    "Credit/Debit": "type",
    "Kind": "kind",
    "Is Refund": "isRefund",
    "Is Refunded": "isRefunded",
    "Gross Amount": "amount",
    "Amount Single Column": "netAmount",
    "Currency": "currency",
    "Account Handle": "accountSlug",
    "Expense Type": "expenseType",
}
_NEEDED = (
    *("datetime", "type", "kind", "isRefund", "isRefunded", "amount", "netAmount", "currency"),
    *("accountSlug", "expenseType"),
)
_TYPES = {"CREDIT": True, "DEBIT": False}
_FLAGS = {"": False, "false": False, "true": True}
_AMOUNT = re.compile(r"(-?)([0-9]{1,13})(?:\.([0-9]{1,20}))?")
_AGAIN = "export the table again as docs/OPEN-COLLECTIVE.md says"


def read_table(data: bytes, file: str, slug: str) -> tuple[Row, ...]:
    """All rows of a table, which must be of this collective; `InputFileError` names a bad line."""
    if len(data) > MOST_BYTES:
        raise InputFileError(f"is larger than {MOST_BYTES} bytes", "export less at once", file)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputFileError(f"is not UTF-8 at byte {error.start}", _AGAIN, file) from None
    return tuple(_row(found, slug, file, f"line {number}") for number, found in _lines(text, file))


def _lines(text: str, file: str) -> Iterator[tuple[int, dict[str, str]]]:
    reader = csv.reader(StringIO(text, newline=""), strict=True)
    try:
        names = [_WORDS.get(name, name) for name in next(reader, [])]
        missing = [name for name in _NEEDED if name not in names]
        if (
            missing
            or not {"id", "shortId"} & set(names)
            or not {"group", "shortGroup"} & set(names)
        ):
            lacking = ", ".join(missing) or "an id and a group of each row"
            raise InputFileError(f"has no column for {lacking}", _AGAIN, file, "line 1")
        if len(set(names)) != len(names):
            raise InputFileError("has a column twice", _AGAIN, file, "line 1")
        for values in reader:
            if len(values) != len(names):
                raise InputFileError(
                    f"has {len(values)} fields, not {len(names)}",
                    _AGAIN,
                    file,
                    f"line {reader.line_num}",
                )
            yield reader.line_num, dict(zip(names, values, strict=True))
    except csv.Error as error:
        where = f"line {reader.line_num}"
        raise InputFileError(f"is no table ({error})", _AGAIN, file, where) from None


def _row(found: Mapping[str, str], slug: str, file: str, where: str) -> Row:
    try:
        row = Row(
            id=found.get("id") or _short(found),
            group=found.get("group") or found["shortGroup"],
            kind=found["kind"],
            credit=_known(_TYPES, found["type"]),
            at_ms=instant(found["datetime"]),
            amount=cents(found["amount"]),
            net=cents(found["netAmount"]),
            currency=found["currency"],
            is_refund=_known({**_FLAGS, "REFUND": True}, found["isRefund"]),
            is_refunded=_known({**_FLAGS, "REFUNDED": True}, found["isRefunded"]),
            of_expense=bool(found["expenseType"]),
        )
    except BadInput as error:
        raise InputFileError(error.message, _AGAIN, file, where) from None
    wrong = check_row(row)
    if found["accountSlug"] != slug:
        wrong = f"of {found['accountSlug'][:40]!r}, not of {slug!r}"
    if wrong:
        raise InputFileError(f"is {wrong}", _AGAIN, file, where)
    return row


def _short(found: Mapping[str, str]) -> str:
    """Short ids are not unique in a long table; with the rest of the row they are."""
    return "/".join(found[key] for key in ("shortId", "shortGroup", "datetime", "kind", "amount"))


def _known(known: Mapping[str, bool], text: str) -> bool:
    if text not in known:
        raise BadInput(f"has {text[:20]!r} where it is one of {sorted(known)}", _AGAIN)
    return known[text]


def cents(text: str) -> int:
    """An amount in units, such as "-31.76" or "1000.0", in cents, exactly."""
    found = _AMOUNT.fullmatch(text)
    places = (found[3] or "").ljust(2, "0") if found else ""
    if found is None or places[2:].strip("0"):
        raise BadInput(f"{text[:40]!r} is not an amount in cents", _AGAIN)
    value = int(found[2] + places[:2])
    return -value if found[1] else value
