# SPDX-License-Identifier: AGPL-3.0-only
"""The parts of Open Collective's answers that are asked for, in its own words.

Amounts are read as `valueInCents`, never as `value`, which is in units with decimals. The service
declares them as floating-point numbers; one that is not whole is refused.
"""

from typing import Any

import msgspec

from millpond.core.errors import BadSourceAnswer

_MOST_CENTS = 2**53
"""Above it a floating-point number is not exact any more."""
NEWER = "look whether a newer version of this program knows it"


class Object(msgspec.Struct, rename="camel"):
    """What all objects share: our names in snake_case, theirs in camelCase."""


class Money(Object):
    """An amount in hundredths of a currency."""

    value_in_cents: int | float | None
    currency: str

    @property
    def cents(self) -> int:
        """Exactly; `BadSourceAnswer` if that cannot be."""
        value = self.value_in_cents
        if value is None or value != value or abs(value) >= _MOST_CENTS or value != int(value):  # noqa: PLR0124  (NaN)
            raise BadSourceAnswer(
                f"Open Collective answers {value} cents, which is not a whole number",
                "do not go on with this month or payment; ask the service's people",
            )
        return int(value)


class Account(Object):
    """Somebody: a person, a collective, a host."""

    slug: str


class Stats(Object):
    """The service's own sums."""

    gross: Money
    net: Money


class Collective(Object):
    """A collective with its sums."""

    slug: str
    currency: str
    stats: Stats


class Reference(Object):
    """That there is such a thing."""

    id: str


class Transaction(Object):
    """One row of the ledger."""

    id: str
    type: str
    created_at: str
    amount_in_host_currency: Money
    net_amount_in_host_currency: Money
    is_refund: bool | None
    is_refunded: bool | None
    kind: str | None = None
    group: str | None = None
    account: Account | None = None
    expense: Reference | None = None


class Transactions(Object):
    """One page of the ledger."""

    total_count: int
    nodes: list[Transaction]


class Expense(Object):
    """One expense. `draft` is there while it is one; `custom_data` is shown to admins only."""

    id: str
    legacy_id: int
    status: str
    custom_data: Any = None
    amount_v2: Money | None = None
    payee: Account | None = None
    draft: Any = None


class Expenses(Object):
    """One page of expenses."""

    total_count: int
    nodes: list[Expense]


class PayoutMethod(Object):
    """A way to pay somebody."""

    public_id: str
    type: str
    is_saved: bool | None = None


class Payee(Object):
    """An account with the ways to pay it."""

    slug: str
    payout_methods: list[PayoutMethod] | None = None


class Extensions(Object):
    """Where an error says by its code what it is."""

    code: str | None = None


class Problem(Object):
    """One error of an answer."""

    message: str
    extensions: Extensions | None = None

    @property
    def code(self) -> str:
        """Its code; "" if it has none."""
        return (self.extensions and self.extensions.code) or ""


class Reply(Object):
    """An answer as a whole."""

    data: dict[str, Any] | None = None
    errors: list[Problem] = []


def converted(value: Any, type_: Any) -> Any:
    """A part of an answer in its form; `BadSourceAnswer` if it has another."""
    try:
        return msgspec.convert(value, type_)
    except msgspec.MsgspecError as error:
        raise BadSourceAnswer(
            f"Open Collective answers in another form than its interface has ({error})", NEWER
        ) from None


def decoded(data: bytes) -> Reply:
    """A whole answer."""
    try:
        return msgspec.json.decode(data, type=Reply)
    except msgspec.MsgspecError as error:
        raise BadSourceAnswer(
            f"Open Collective answers in another form than its interface has ({error})", NEWER
        ) from None
