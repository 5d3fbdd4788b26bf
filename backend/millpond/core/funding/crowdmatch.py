# SPDX-License-Identifier: AGPL-3.0-only
"""Crowdmatching by shares: the more patrons there are, the more each of them gives (Snowdrift).

A patron with s shares weighs 1 + lg s, with 18 decimals. With W the weights of all who take part
and r the rate of the pool, in the smallest unit:

    value of a share = floor(r * W / 10^18)
    her bill         = s * value
    collected        = value * all shares, exactly the sum of the bills

The unit form is that of one share for each: value = r * patrons.
"""

from collections.abc import Iterable

from millpond.core.funding.log2 import log2
from millpond.core.funding.roots import ONE
from millpond.core.units import whole


def weight(shares: int) -> int:
    """(1 + lg s) * 10^18, rounded down."""
    return ONE + log2(shares)


def weight_of(shares: Iterable[int]) -> int:
    """All patrons' weights, by the shares of each."""
    return sum(map(weight, shares))


def value(rate: int, weights: int) -> int:
    """What a share costs for a period."""
    return whole(rate, "the rate") * whole(weights, "the weight") // ONE


def unit_value(rate: int, patrons: int) -> int:
    """The same where everybody has one share."""
    return value(rate, whole(patrons, "the number of patrons") * ONE)


def bill(shares: int, share_value: int) -> int:
    """What a patron pays for a period."""
    return whole(shares, "the number of shares", 1) * share_value
