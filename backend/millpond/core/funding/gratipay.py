# SPDX-License-Identifier: AGPL-3.0-only
"""Teams as Gratipay had them in 2016, and what it added to a card for the processor's fee.

The owner says how much of the balance is available. Takes are paid from the smallest up, at equal
takes whoever joined earlier first; all that is left is the owner's.
"""

from collections.abc import Sequence

from millpond.core.funding.splits import Split
from millpond.core.funding.waterfall import one_after_another
from millpond.core.units import whole


def paid(available: int, balance: int, takes: Sequence[tuple[str, int]]) -> Split:
    """By (name, take) in the order of joining. What is left of the balance goes to the owner."""
    today = min(whole(available, "what is available"), whole(balance, "the balance"))
    found = one_after_another(today, sorted(takes, key=lambda each: each[1]))
    return Split.of(balance, found.paid)


def upcharge(amount: int) -> tuple[int, int]:
    """Cents to charge so that `amount` is left after 2.9 % and 30 cents; and how much of it is fee.

    ceil((amount + 30) / (1 - 0.029)).
    """
    charged = -(-(whole(amount, "the amount") + 30) * 1_000 // 971)
    return charged, charged - amount
