# SPDX-License-Identifier: AGPL-3.0-only
"""The rules by which SourceCred divides a budget of grain, as its files write them.

They stand in `config/grain.json` with a budget in whole grain, and in a ledger's allocations with a
budget in the smallest unit. What each does is in `millpond.core.grain`.
"""

from dataclasses import dataclass
from decimal import Decimal

from millpond.core.ledger.fields import Fields
from millpond.core.units import Amount

IMMEDIATE, RECENT, BALANCED, SPECIAL = "IMMEDIATE", "RECENT", "BALANCED", "SPECIAL"
_DECIMALS = 30
_KINDS = (IMMEDIATE, RECENT, BALANCED, SPECIAL)


@dataclass(frozen=True, slots=True)
class Immediate:
    """By the cred of the newest weeks, `lookback` of them."""

    budget: Amount
    lookback: int


@dataclass(frozen=True, slots=True)
class Recent:
    """By all cred, of which each week on takes away the share `discount`."""

    budget: Amount
    discount: Decimal
    exclusions: tuple[str, ...] = ()
    """Accounts that get nothing by this rule."""


@dataclass(frozen=True, slots=True)
class Balanced:
    """By how much less somebody got than her cred of the newest weeks is worth (0: of all)."""

    budget: Amount
    lookback: int


@dataclass(frozen=True, slots=True)
class Special:
    """All to one account, by the word of whoever writes the file."""

    budget: Amount
    memo: str
    recipient: str


Policy = Immediate | Recent | Balanced | Special


def kind_of(policy: Policy) -> str:
    """The word by which files name a rule."""
    return type(policy).__name__.upper()


def recorded_policy(fields: Fields) -> Policy:
    """The rule of an allocation in a ledger; old ledgers leave out how far it looks back."""
    budget = fields.grain("budget")
    if budget < 0:
        fields.refuse("the budget is negative")
    return policy_of(fields, budget)


def policy_of(fields: Fields, budget: Amount) -> Policy:
    """The rule that these fields describe, with its budget in the smallest unit."""
    kind = fields.one_of("policyType", _KINDS)
    if kind == IMMEDIATE:
        return Immediate(budget, _lookback(fields, 1))
    if kind == BALANCED:
        return Balanced(budget, _lookback(fields, 0))
    if kind == SPECIAL:
        return Special(budget, fields.whole_text("memo"), fields.id("recipient"))
    discount = Decimal(fields.number("discount"))
    if not 0 <= discount <= 1 or (discount and discount.adjusted() < -_DECIMALS):
        fields.refuse(
            f"the discount is {discount}",
            f"write a number from 0 to 1 with at most {_DECIMALS} zeros behind its point",
        )
    excluded = fields.ids_with_memos("exclusions") if fields.has("exclusions") else ()
    return Recent(budget, discount, excluded)


def _lookback(fields: Fields, otherwise: int) -> int:
    key = "numIntervalsLookback"
    return fields.whole(key) if fields.has(key) else otherwise


def policy_json(policy: Policy) -> dict[str, object]:
    """The rule as a ledger writes it."""
    kept: dict[str, object] = {"budget": str(policy.budget), "policyType": kind_of(policy)}
    match policy:
        case Immediate() | Balanced():
            kept["numIntervalsLookback"] = policy.lookback
        case Recent():
            kept |= {"discount": _number(policy.discount), "exclusions": list(policy.exclusions)}
        case Special():
            kept |= {"memo": policy.memo, "recipient": policy.recipient}
    return kept


def _number(value: Decimal) -> int | float:
    return int(value) if value == int(value) else float(value)
