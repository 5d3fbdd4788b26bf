# SPDX-License-Identifier: AGPL-3.0-only
"""Drips' split: floors of running sums, so what is assigned is divided to the last unit.

Who stands later gets the unit that rounding left before her. What no weight is assigned to stays
with whoever splits.
"""

from collections.abc import Sequence

from millpond.core.errors import FundingError
from millpond.core.units import whole


def split(amount: int, weights: Sequence[int], total_weight: int) -> tuple[int, ...]:
    """Each receiver's part, in their order."""
    whole(amount, "the amount")
    whole(total_weight, "the total weight", 1)
    if sum(whole(weight, "a weight") for weight in weights) > total_weight:
        raise FundingError("the weights are more than their total", "lower them")
    paid, reached, given = [], 0, 0
    for weight in weights:
        reached += weight
        upto = amount * reached // total_weight
        paid.append(upto - given)
        given = upto
    return tuple(paid)
