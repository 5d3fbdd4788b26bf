# SPDX-License-Identifier: AGPL-3.0-only
"""What a division gives: to whom how much, and what stays."""

from collections.abc import Mapping
from dataclasses import dataclass

from millpond.core.errors import BooksError
from millpond.core.units import floor_share, whole


@dataclass(frozen=True, slots=True)
class Split:
    """Everybody's amount, and what stays in the pot: together the pot."""

    paid: dict[str, int]
    left: int

    @classmethod
    def of(cls, pot: int, paid: Mapping[str, int]) -> "Split":
        """`BooksError` if more is paid than there is."""
        left = pot - sum(paid.values())
        if left < 0 or min(paid.values(), default=0) < 0:
            raise BooksError(
                f"of a pot of {pot} {pot - left} would be paid",
                "this is a fault of these rules; tell the maintainers the figures",
            )
        return cls(dict(paid), left)


def pro_rata(pot: int, parts: Mapping[str, int]) -> Split:
    """floor(pot * part / all parts) for each; nothing to anybody when no part is above zero."""
    everything = all_of(parts, "the part")
    if not everything:
        return Split.of(whole(pot, "the pot"), dict.fromkeys(parts, 0))
    return Split.of(pot, {who: floor_share(pot, part, everything) for who, part in parts.items()})


def all_of(parts: Mapping[str, int], what: str) -> int:
    """Their sum, once each is seen to be a whole number."""
    return sum(whole(part, f"{what} of {who}") for who, part in parts.items())
