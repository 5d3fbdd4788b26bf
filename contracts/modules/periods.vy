# SPDX-License-Identifier: AGPL-3.0-only
# pragma version 0.4.3
# pragma nonreentrancy on
"""
@title Periods: when an earmark is divided, and how a division is kept
@license AGPL-3.0-only
@author Millpond maintainers
@notice What the earmark has unreserved when a period is over is promised in proportion to numbers that others keep: tallies of
        ballots, takes of a team. It costs the same for any number of payees.
@dev The accumulator: growth = amount * 2^128 / total, rounded up, or 2^128 where nobody gets more than her number; a payee's part
     is her number * growth / 2^128, rounded down when she is paid. Rounded up, so that a part which is a whole number comes out
     whole; all parts together are above what is promised by less than total / 2^128, in 1,200 periods by less than one unit since
     a total is below 2^104, so what is paid in whole units never passes what is promised.
     Bounds: an amount is below 2^96 (the rest waits for the next period) and there are at most 1,200 periods; while a number
     stood, each total was at least that number, so a product stays below 2^236.
     A period that is over is closed before anything changes: by whoever asks for it, or by the first change after it. So the
     numbers that count are those of its last second, whoever calls and whenever. Periods that nobody closed are closed together.
"""

from ..interfaces import IPool
from . import checks
from . import spender_parts

DAY: constant(uint256) = 86_400
SCALE: constant(uint256) = 2**128
MOST: constant(uint256) = 1_200
U96: constant(uint256) = 2**96 - 1

# own numbers of the contract u128 | divided u12 | closed u12 | rounds u12 | period u32 | opened_at u40, from the lowest bits up
_word: uint256
# asset u160 | earmark u96
_money: uint256
# how often divided -> the sum of all growths up to then
_growths: HashMap[uint256, uint256]


@external
@view
@reentrant
def money() -> (uint256, address):
    """
    @notice What is divided.
    @return The earmark; 0: none yet.
    @return The asset; the zero address for ETH.
    """
    return self._earmark(), self._asset()


@internal
def _begin(earmark_id: uint256, asset: address, period: uint256, rounds: uint256):
    """
    @dev Freezes what is divided and when. The first period begins now. The caller writes the word.
    """
    checks._need(period >= DAY and period <= 366 * DAY, "round: bad period")
    checks._need(rounds > 0 and rounds <= MOST, "round: bad number of periods")
    deadline: uint256 = (staticcall spender_parts._pool().earmark(earmark_id)).deadline
    checks._need(deadline == 0 or block.timestamp + period < deadline, "round: ends too early")
    self._money = convert(asset, uint256) | earmark_id << 160


@internal
@view
def _over(opened_at: uint256, period: uint256, rounds: uint256) -> uint256:
    """
    @dev How many periods are over by now.
    """
    checks._need(opened_at != 0, "round: nothing opened")
    return min((block.timestamp - opened_at) // period, rounds)


@internal
@pure
def _require_due(over: uint256, closed: uint256):
    checks._need(over > closed, "round: not due yet")


@internal
def _divide(divided: uint256, total: uint256, capped: bool) -> (uint256, uint256):
    """
    @dev Promises what there is to who has a part of `total`; `capped`: nobody more than her own number.
    @return What is promised; above 0 it was the next division.
    @return What of the divisible amount is left.
    """
    amount: uint256 = self._divisible()
    if total == 0 or amount == 0:
        return 0, amount
    growth: uint256 = SCALE
    promised: uint256 = total
    if not capped or amount < total:
        growth = (amount * SCALE + (total - 1)) // total
        promised = amount
    self._growths[divided + 1] = self._growths[divided] + growth
    extcall spender_parts._pool().reserve(self._earmark(), self._asset(), promised)
    return promised, amount - promised


@internal
@view
def _divisible() -> uint256:
    """
    @dev What the earmark has unreserved; nothing once it has ended, for then it promises nothing more.
    """
    pool: IPool = spender_parts._pool()
    deadline: uint256 = (staticcall pool.earmark(self._earmark())).deadline
    if deadline != 0 and block.timestamp >= deadline:
        return 0
    return min(staticcall pool.unreserved(self._earmark(), self._asset()), U96)


@internal
@view
def _growth(divided: uint256, since: uint256) -> uint256:
    """
    @dev All growths after the division `since`, up to `divided`.
    """
    if divided == since:
        return 0
    return self._growths[divided] - self._growths[since]


@internal
@view
def _earmark() -> uint256:
    return self._money >> 160


@internal
@view
def _asset() -> address:
    return convert(convert(self._money & (2**160 - 1), uint160), address)
