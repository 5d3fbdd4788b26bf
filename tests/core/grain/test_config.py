# SPDX-License-Identifier: AGPL-3.0-only
"""`config/grain.json`, of today and of before."""

import json
from decimal import Decimal

import pytest

from millpond.core.errors import ConfigFileError
from millpond.core.grain import GrainConfig, read_config
from millpond.core.ledger.actions import Currency
from millpond.core.ledger.policies import Balanced, Immediate, Recent, Special
from millpond.core.units import Amount
from tests.core.grain.views import real_config
from tests.core.ledger.drafts import COIN, DOLLAR, made
from tests.sourcecred import VECTORS

ONE = 10**18
GRAIN, CURRENCY = "config/grain.json", "config/currencyDetails.json"


def read(config: object, currency: object = None) -> GrainConfig:
    details = None if currency is None else json.dumps(currency).encode()
    return read_config(json.dumps(config).encode(), GRAIN, details, CURRENCY)


def policy(**fields: object) -> dict[str, object]:
    kept = {"policyType": "IMMEDIATE", "budget": 1, "numIntervalsLookback": 1, **fields}
    return {"allocationPolicies": [kept]}


def test_read_config__each_policy__with_its_budget_in_the_smallest_unit() -> None:
    special = {"policyType": "SPECIAL", "budget": "0.000000000000000001"}
    listed = [
        {"policyType": "IMMEDIATE", "budget": 12, "numIntervalsLookback": 4},
        {"policyType": "RECENT", "budget": "250.5", "discount": 0.16},
        {"policyType": "BALANCED", "budget": "0", "numIntervalsLookback": 0},
        {**special, "memo": "m", "recipient": made("ann")},
    ]
    assert read({"allocationPolicies": listed}) == GrainConfig(
        (
            Immediate(Amount(12 * ONE), 4),
            Recent(Amount(250 * ONE + ONE // 2), Decimal("0.16"), ()),
            Balanced(Amount(0), 0),
            Special(Amount(1), "m", made("ann")),
        ),
        None,
        accounting=True,
        tracking=False,
        currency=None,
    )


def test_read_config__the_form_of_before__is_what_sourcecreds_update_made_of_it() -> None:
    old = [
        name.name for name in VECTORS.iterdir() if (name / "expected-grain-config.json").exists()
    ]
    assert len(old) >= 3
    for instance in old:
        assert real_config(instance) == real_config(instance, "expected-grain-config.json")
    assert real_config("radicle").policies == ()


def test_read_config__both_forms_at_once__lists_those_of_today_first() -> None:
    found = read({**policy(), "balancedPerWeek": 3, "immediatePerWeek": "0.5"})
    assert [type(each) for each in found.policies] == [Immediate, Immediate, Balanced]
    assert [each.budget for each in found.policies] == [ONE, ONE // 2, 3 * ONE]


def test_read_config__the_rest__is_taken_as_it_stands() -> None:
    rest = {"accountingEnabled": False, "processDistributions": True}
    found = read({**rest, "maxSimultaneousDistributions": 3}, {"integrationCurrency": DOLLAR})
    assert (found.accounting, found.tracking, found.most_weeks) == (False, True, 3)
    assert found.currency == Currency("1", "0x" + "11" * 20)
    assert read({}, {"integrationCurrency": COIN}).currency == Currency("FIL", None)
    assert read({}, {"currencyName": "Seeds"}).currency is None


WRONG = {
    "no object": ([], "[] is no object"),
    "policies as an object": ({"allocationPolicies": {}}, "allocationPolicies is {}, not a list"),
    "an unknown policy": (policy(policyType="FAIR"), "policyType is 'FAIR'"),
    "no budget": ({"allocationPolicies": [{"policyType": "BALANCED"}]}, "'budget' is missing"),
    "a negative budget": (policy(budget=-1), "budget is -1, not a whole number from 0 on"),
    "a budget in words": (policy(budget="ten"), "budget is 'ten'"),
    "a budget with an exponent": (policy(budget="1e3"), "budget is '1e3'"),
    "half a grain as a number": (policy(budget=0.5), "not a whole number"),
    "too many decimals": (policy(budget="0." + 19 * "1"), "has 19 decimals"),
    "no week to look at": (policy(numIntervalsLookback=0), "numIntervalsLookback is 0"),
    "less than no week": (policy(numIntervalsLookback=-1), "not a whole number"),
    "most, negative": ({"maxSimultaneousDistributions": -1}, "not a whole number"),
    "accounting as a text": ({"accountingEnabled": "no"}, "neither true nor false"),
    "no decay": ({"recentPerWeek": 5}, "'recentWeeklyDecayRate' is missing"),
    "a decay above one": ({"recentPerWeek": 5, "recentWeeklyDecayRate": 2}, "discount is 2"),
}


@pytest.mark.parametrize(("config", "why"), WRONG.values(), ids=WRONG)
def test_read_config__what_is_wrong__is_refused_with_the_file(config: object, why: str) -> None:
    with pytest.raises(ConfigFileError) as caught:
        read(config)
    assert why in caught.value.message
    assert caught.value.file == GRAIN
    assert caught.value.next_step


def test_read_config__no_json_and_no_utf_8__are_refused() -> None:
    with pytest.raises(ConfigFileError, match=r"config/grain.json, line 2: it is not JSON"):
        read_config(b'{\n"allocationPolicies":', GRAIN, None, CURRENCY)
    with pytest.raises(ConfigFileError, match="byte 1 is not UTF-8"):
        read_config(b"{\xff}", GRAIN, None, CURRENCY)
    with pytest.raises(ConfigFileError, match=r"config/currencyDetails.json: 5 is no object"):
        read({}, 5)
