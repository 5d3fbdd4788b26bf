# SPDX-License-Identifier: AGPL-3.0-only
"""A told proposal as lines for a terminal, and as data for programs."""

from collections.abc import Sequence

from millpond.chain.wording.calls import Argument, Call, PolicyTerms
from millpond.chain.wording.told import Told
from millpond.core.figures import Money


def lines(calls: Sequence[Told]) -> list[str]:
    """Numbered as people count; under each call what it takes and what should be seen."""
    found = []
    for each in calls:
        found.append(f"{each.position + 1}. {each.sentence}")
        found += [f"   {note}" for note in each.notes]
        found.append(f"   Class of vote: {each.class_name}, because {each.class_reason}.")
        found += [f"   ! {warning}" for warning in each.warnings]
    return found


def as_json(calls: Sequence[Told]) -> list[dict[str, object]]:
    """Amounts are strings of digits in the asset's smallest unit; nothing is left out."""
    return [
        {
            "position": each.position,
            "sentence": each.sentence,
            "notes": list(each.notes),
            "warnings": list(each.warnings),
            "class_name": each.class_name,
            "class_reason": each.class_reason,
            "target": each.target,
            "target_kind": each.target_kind,
            "target_pool": each.target_pool,
            "value": _money(each.value),
            "calldata": each.calldata,
            "call": _call(each.call) if each.call else None,
            "undecoded": each.undecoded,
        }
        for each in calls
    ]


def _call(call: Call) -> dict[str, object]:
    return {
        "contract": call.contract,
        "function": call.function,
        "signature": call.signature,
        "arguments": [_argument(each) for each in call.arguments],
        "policy": _policy(call.policy) if call.policy else None,
    }


def _argument(found: Argument) -> dict[str, object]:
    return {
        "name": found.name,
        "type": found.type,
        "value": found.value,
        "money": _money(found.money) if found.money else None,
    }


def _policy(terms: PolicyTerms) -> dict[str, object]:
    return {
        "income_earmark": terms.income_earmark,
        "payout_bps": terms.payout_bps,
        "minimum": _money(terms.minimum),
        "grain_per_epoch": _money(terms.grain_per_epoch),
        "signer_cap_bps": terms.signer_cap_bps,
        "epoch_length": terms.epoch_length,
        "claim_window": terms.claim_window,
        "zero_out_bps": terms.zero_out_bps,
        "restorers": terms.restorers,
        "fixed_portion": terms.fixed_portion,
    }


def _money(found: Money) -> dict[str, object]:
    return {
        "amount": str(found.amount),
        "asset": {
            "address": found.asset.address,
            "symbol": found.asset.symbol,
            "decimals": found.asset.decimals,
        },
    }
