# SPDX-License-Identifier: AGPL-3.0-only
"""A run as JSON, in a shape that can be laid beside what SourceCred distributes."""

from typing import Any

from millpond.core.grain.run import Run, unpaid
from millpond.core.ledger import actions as act
from millpond.core.ledger.policies import policy_json


def as_json(run: Run, mode: str, cred: str) -> dict[str, Any]:
    """All distributions of a run; `cred` says where the scores are from."""
    return {
        "generatedWith": {"package": "millpond", "mode": mode, "cred": cred},
        "note": "amounts are in 1e-18 units; zero receipts are left out",
        "distributions": [
            {
                "credTimestamp": each.cred_ms,
                "allocations": [_allocation(allocation) for allocation in each.allocations],
            }
            for each in run.distributions
        ],
    }


def _allocation(allocation: act.Allocation) -> dict[str, Any]:
    left = unpaid(allocation)
    return {
        "policy": policy_json(allocation.policy),
        "receipts": [
            {"amount": str(amount), "id": id_} for id_, amount in allocation.receipts if amount
        ],
        **({"unpaid": str(left)} if left else {}),
    }
