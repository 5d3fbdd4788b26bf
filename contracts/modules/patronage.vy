# SPDX-License-Identifier: AGPL-3.0-only
# pragma version 0.4.3
# pragma nonreentrancy on
"""
@title Patronage: grain as a thank-you to patrons
@license AGPL-3.0-only
@author Millpond maintainers
@notice Members may decide that gifts to an earmark are thanked with grain, at a rate and up to a cap. Only gifts that
        stay: never to a restricted earmark or to one with a spender, where they could be paid back. Grain gives no vote.
@dev The Pool must be a minter of the pool's Grain, by another vote. A mint that is not possible never blocks a gift.
"""

from ..interfaces import IGovernor
from ..interfaces import IGrain
from ..interfaces import IPool
from . import books
from . import earmarks
from . import packing
from . import pool_parts

uses: books
uses: earmarks
uses: pool_parts

# Rates are grain's smallest units for so many of the asset's.
RATE_UNIT: constant(uint256) = 10**18
# A count's word: minted 128 | started_at 40 | period 40.
STARTED_AT: constant(uint256) = 128
PERIOD_AT: constant(uint256) = 168
TIME_MASK: constant(uint256) = (1 << 40) - 1


event PatronGrainSet:
    earmark_id: indexed(uint256)
    asset: indexed(address)
    rate: uint256
    cap: uint256
    period: uint256


event PatronGrain:
    patron: indexed(address)
    earmark_id: indexed(uint256)
    amount: uint256


# earmark -> asset -> rate << 128 | cap; zero: gifts of this asset are not thanked with grain.
rates: HashMap[uint256, HashMap[address, uint256]]
# earmark -> asset -> period << 168 | started_at << 128 | minted since then.
counts: HashMap[uint256, HashMap[address, uint256]]


# ------------------------------------------------------------------------------------------------ the pool itself, by vote

@external
def set_patron_grain(earmark_id: uint256, asset: address, rate: uint256, cap: uint256, period: uint256):
    """
    @notice Thanks the patrons of an earmark with grain from now on, or no longer. Only the Governor (a rules vote).
    @dev What was minted in a period before does not count any more. Reverts for an unknown earmark, a restricted one, one
         with a spender, for grain given for grain, for a rate or cap of 2^128 or more, for a period of over ten years,
         and unless rate, cap and period are all zero or none of them is.
    @param earmark_id The earmark; 0 is the general fund.
    @param asset The token that is given; the zero address for ETH.
    @param rate Grain's smallest units for 10^18 of the asset's smallest units that arrive; 0 ends it.
    @param cap Most grain, in its smallest unit, that is minted for these gifts in one period.
    @param period Seconds. A new period begins with the first gift after the last one is over.
    """
    pool_parts._check_governor()
    terms: uint256 = earmarks._terms(earmark_id)
    bound: bool = earmarks._is_restricted(terms) or earmarks._spender(terms) != empty(address)
    assert not bound, "pool: no grain for what may return"
    assert asset != pool_parts.grain, "pool: no grain for grain"
    assert (rate == 0) == (cap == 0), "pool: a rate and a cap, or none"
    assert (rate == 0) == (period == 0) and period <= earmarks.LONGEST, "pool: a period of at most ten years"
    if rate != 0:
        earmarks._note_patron_grain(earmark_id)
        books._unmark(earmark_id, asset)
    self.rates[earmark_id][asset] = packing._pair(rate, cap)
    self.counts[earmark_id][asset] = period << PERIOD_AT | block.timestamp << STARTED_AT
    log PatronGrainSet(earmark_id=earmark_id, asset=asset, rate=rate, cap=cap, period=period)


# ------------------------------------------------------------------------------------------------ views

@external
@view
@reentrant
def patron_grain_of(earmark_id: uint256, asset: address) -> IPool.Patronage:
    """
    @notice How gifts of an asset to an earmark are thanked with grain.
    @param earmark_id The earmark; 0 is the general fund.
    @param asset The token that is given; the zero address for ETH.
    @return Rate, cap and period as they were set, when the last period began, and what was minted since then.
    """
    setting: uint256 = self.rates[earmark_id][asset]
    count: uint256 = self.counts[earmark_id][asset]
    return IPool.Patronage(
        rate=packing._high(setting),
        cap=packing._low(setting),
        period=count >> PERIOD_AT,
        started_at=count >> STARTED_AT & TIME_MASK,
        minted=packing._low(count),
    )


# ------------------------------------------------------------------------------------------------ internals

@internal
def _thank(earmark_id: uint256, asset: address, arrived: uint256):
    """
    @dev Grain to msg.sender for a gift that is booked. Never to the pool's own contracts, which give what is others'.
    """
    setting: uint256 = self.rates[earmark_id][asset]
    if setting == 0:
        return
    count: uint256 = self.counts[earmark_id][asset]
    period: uint256 = count >> PERIOD_AT
    if block.timestamp >= (count >> STARTED_AT & TIME_MASK) + period:
        count = period << PERIOD_AT | block.timestamp << STARTED_AT
    # What arrived is booked, so it is below 2^128, as is the rate. What was minted is at most the cap.
    amount: uint256 = min(arrived * packing._high(setting) // RATE_UNIT, packing._low(setting) - packing._low(count))
    if amount == 0 or self._is_own(msg.sender):
        return
    grain: IGrain = IGrain(pool_parts.grain)
    if not staticcall grain.can_mint(self, amount):
        return
    self.counts[earmark_id][asset] = count + amount
    extcall grain.mint(msg.sender, amount)
    log PatronGrain(patron=msg.sender, earmark_id=earmark_id, amount=amount)


@internal
@view
def _is_own(account: address) -> bool:
    """
    @dev The pool cannot give to itself.
    """
    governor: address = pool_parts.governor
    return account == governor or staticcall IGovernor(governor).part_words(account) != 0
