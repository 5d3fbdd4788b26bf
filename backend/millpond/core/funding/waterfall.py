# SPDX-License-Identifier: AGPL-3.0-only
"""One after another: each gets what she asks for while there is something left."""

from collections.abc import Sequence

from millpond.core.errors import FundingError
from millpond.core.funding.splits import Split
from millpond.core.units import whole


def one_after_another(pot: int, wants: Sequence[tuple[str, int]]) -> Split:
    """min(want, left) for each (name, want) in this order. `FundingError` for a name twice."""
    paid: dict[str, int] = {}
    left = whole(pot, "the pot")
    for who, want in wants:
        if who in paid:
            raise FundingError(f"{who!r} is there twice", "write each name once")
        paid[who] = min(whole(want, f"what {who} wants"), left)
        left -= paid[who]
    return Split.of(pot, paid)
