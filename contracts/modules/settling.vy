# SPDX-License-Identifier: AGPL-3.0-only
# pragma version 0.4.3
# pragma nonreentrancy on
"""
@title Settling: what a crowd pays for a period, and where it goes
@license AGPL-3.0-only
@author Millpond maintainers
@notice Once for each period, by anyone, at the same cost for any number of patrons: who is in the crowd, what a share costs, and what
        is collected goes to the target as a gift.
@dev The crowd: modules/ladder. Bills are read later from the outcome that is kept here: modules/pledges.
"""

from ethereum.ercs import IERC20
from ..interfaces import IPool
from . import checks
from . import ladder
from . import periods
from . import pledges
from . import spender_parts

uses: ladder
uses: periods
uses: pledges


event Settled:
    period: indexed(uint256)
    value: uint256          # of a share; goal form: 0
    lowest: uint256         # the lowest level in the crowd; 255: nobody was
    amount: uint256         # shares in the crowd, or money pledged
    collected: uint256      # in the asset's smallest unit


COLLECTED: constant(String[32]) = "collected by crowdmatch"


# ------------------------------------------------------------------------------------------------ anyone

@external
def settle():
    """
    @notice Settle the oldest period that is over and not settled: who is in the crowd, what a share costs, and collect it. Anyone.
    @dev Reverts while none is over, after the last one, and when the Pool cannot pay.
    """
    clock: pledges.Clock = pledges._clock()
    periods._require_due(self._over(clock), clock.settled)
    self._settle(clock)


# ------------------------------------------------------------------------------------------------ views

@external
@view
@reentrant
def clock() -> pledges.Clock:
    """
    @notice Where it stands. The running period, unless one that is over waits to be settled, is `settled + 1`.
    @return Times in seconds since 1970; `opened_at` 0: not opened yet.
    """
    return pledges._clock()


@external
@view
@reentrant
def outcome_of(period: uint256) -> ladder.Outcome:
    """
    @notice How a period was settled.
    @param period From 1.
    @return Zeros for one that is not settled.
    """
    word: uint256 = pledges._outcomes[period]
    return ladder.Outcome(value=word & pledges.U96, lowest=word >> 224, amount=word >> 96 & pledges.U128)


# ------------------------------------------------------------------------------------------------ internals

@internal
@view
def _ladder_rate() -> uint256:
    """
    @dev Under a goal there is no value of a share, and everybody is in the crowd.
    """
    if pledges._is_goal():
        return 0
    return pledges._rate()


@internal
@view
def _over(clock: pledges.Clock) -> uint256:
    return periods._over(clock.opened_at, clock.period, clock.rounds)


@internal
def _live() -> pledges.Clock:
    """
    @dev With every period settled that is over.
    """
    clock: pledges.Clock = pledges._clock()
    over: uint256 = self._over(clock)
    checks._need(over <= clock.settled + 1, "crowdmatch: settle first")
    if over > clock.settled:
        return self._settle(clock)
    return clock


@internal
def _settle(clock: pledges.Clock) -> pledges.Clock:
    after: pledges.Clock = clock
    after.settled += 1
    period: uint256 = after.settled
    pledges._set_clock(after)
    found: ladder.Outcome = ladder._clear(self._ladder_rate(), 0, 0, False)
    collected: uint256 = found.value * found.amount
    if pledges._is_goal():
        goal: uint256 = pledges._rate()
        if found.amount > 0:
            collected = found.amount * min(found.amount, goal) // max(found.amount, goal)
    pledges._outcomes[period] = found.value | found.amount << 96 | found.lowest << 224
    ladder._turn(period)
    log Settled(
        period=period, value=found.value, lowest=found.lowest, amount=found.amount, collected=collected
    )
    self._collect(collected)
    return after


@internal
def _collect(collected: uint256):
    """
    @dev What is collected goes to the target, and with it what earlier bills were rounded up by.
    """
    word: uint256 = pledges._billed_and_collected
    billed: uint256 = word & pledges.U128
    before: uint256 = word >> 128
    amount: uint256 = collected
    if billed > before:
        amount += billed - before
    if amount == 0:
        return
    pledges._billed_and_collected = billed | (before + amount) << 128
    pool: IPool = spender_parts._pool()
    asset: address = periods._asset()
    target: uint256 = pledges._terms >> 200
    had: uint256 = self._held(asset)
    extcall pool.release(periods._earmark(), asset, self, amount)
    arrived: uint256 = self._held(asset) - had
    if arrived == 0:
        # a payment that failed would be owed to this contract, which has no way to fetch it
        worth: uint256 = amount * staticcall pool.factor_of(asset) // 10**18
        checks._need(worth == 0, "crowdmatch: pool paid nothing")
        return
    if asset == empty(address):
        extcall pool.give(target, asset, arrived, COLLECTED, False, value=arrived)
        return
    allowed: bool = extcall IERC20(asset).approve(pool.address, arrived, default_return_value=True)
    checks._need(allowed, "crowdmatch: token allows nothing")
    extcall pool.give(target, asset, arrived, COLLECTED, False)


@internal
@view
def _held(asset: address) -> uint256:
    if asset == empty(address):
        return self.balance
    return staticcall IERC20(asset).balanceOf(self)
