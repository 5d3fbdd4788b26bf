# SPDX-License-Identifier: AGPL-3.0-only
"""How an instance divides grain: `config/grain.json`, in both of its forms.

Today's form lists `allocationPolicies`. The one before 0.10 has a sum for each of three rules
(`immediatePerWeek`, `recentPerWeek` with `recentWeeklyDecayRate`, `balancedPerWeek`); SourceCred's
own update turned it into policies in this order, and left out those of nothing.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from millpond.core.errors import BadInput, ConfigFileError
from millpond.core.ledger.actions import Currency
from millpond.core.ledger.fields import Fields, Place, parsed, shown
from millpond.core.ledger.policies import RECENT, Balanced, Immediate, Policy, kind_of, policy_of
from millpond.core.ledger.reading import read_currency
from millpond.core.units import Amount, parse_amount

DECIMALS = 18
_MOST = "maxSimultaneousDistributions"
_CURRENCY = "integrationCurrency"


@dataclass(frozen=True, slots=True)
class GrainConfig:
    """The rules, how many weeks a run may pay, and what a ledger is to keep."""

    policies: tuple[Policy, ...]
    most_weeks: int | None
    accounting: bool
    tracking: bool
    currency: Currency | None


def read_config(data: bytes, file: str, currency: bytes | None, currency_file: str) -> GrainConfig:
    """The bytes of `grain.json`, and of `currencyDetails.json` if there is one."""
    fields = _fields(data, file)
    return GrainConfig(
        (*_listed(fields), *_old(fields)),
        fields.whole(_MOST) if fields.has(_MOST) else None,
        fields.flag("accountingEnabled") if fields.has("accountingEnabled") else True,
        fields.flag("processDistributions") if fields.has("processDistributions") else False,
        _currency(_fields(currency, currency_file)) if currency is not None else None,
    )


def _fields(data: bytes, file: str) -> Fields:
    at = Place(file, "")
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise at.error(
            ConfigFileError, f"byte {error.start} is not UTF-8", "save the file as UTF-8"
        ) from None
    return Fields.of(parsed(text, at, ConfigFileError), at, ConfigFileError)


def _currency(fields: Fields) -> Currency | None:
    return read_currency(fields.inner(_CURRENCY)) if fields.has(_CURRENCY) else None


def _listed(fields: Fields) -> tuple[Policy, ...]:
    if not fields.has("allocationPolicies"):
        return ()
    return fields.each("allocationPolicies", _policy)


def _policy(fields: Fields) -> Policy:
    policy = policy_of(fields, _budget(fields, "budget"))
    if isinstance(policy, Immediate) and policy.lookback < 1:
        fields.refuse(
            "numIntervalsLookback is 0", f"{kind_of(policy)} looks back at least one week: write 1"
        )
    return policy


def _old(fields: Fields) -> Iterator[Policy]:
    immediate, recent, balanced = (
        _budget(fields, key) if fields.has(key) else Amount(0)
        for key in ("immediatePerWeek", "recentPerWeek", "balancedPerWeek")
    )
    if immediate:
        yield Immediate(immediate, 1)
    if recent:
        rate = fields.value("recentWeeklyDecayRate")
        kept = {"policyType": RECENT, "discount": rate}
        yield policy_of(Fields(kept, fields.at, fields.kind), recent)
    if balanced:
        yield Balanced(balanced, 0)


def _budget(fields: Fields, key: str) -> Amount:
    """A budget in whole grain: a whole number, or digits with at most 18 behind the point."""
    value = fields.value(key)
    text = value if isinstance(value, str) else str(fields.whole(key))
    try:
        return parse_amount(text, DECIMALS)
    except BadInput as error:
        fields.refuse(f"{key} is {shown(value)}: {error.message}", error.next_step)
