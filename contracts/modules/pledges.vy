# SPDX-License-Identifier: AGPL-3.0-only
# pragma version 0.4.3
# pragma nonreentrancy on
"""
@title Pledges: what each patron has promised, put in and been billed
@license AGPL-3.0-only
@author Millpond maintainers
@notice A pledge runs for a fixed number of periods from the next one on. The most that it can cost is put in beforehand, so nobody can
        fail to pay; what is not billed is the patron's. It can be changed or stopped from the next period on.
@dev Bills are read when they are asked for, from the outcome of each settled period since the last time. A pledge that is changed or
     stopped leaves its part of the running period behind (`old_*`), which is billed when that period is settled.
     Share form: shares * value of a share, of the periods in whose crowd her level was. Goal form: pledge * C / G, or G / C beyond the
     goal, rounded up, so the bills cover what is collected.
"""

from . import binary_log
from . import checks
from . import ladder
from . import periods

uses: ladder
uses: periods


# What a crowdmatch is opened with.
struct Terms:
    asset: address          # the zero address for ETH
    form: uint256           # 1 share, 2 goal
    period: uint256         # seconds, from a day to 366 days
    rounds: uint256         # how many periods; at most 1,200
    rate: uint256           # share: what one share adds to the value of all, in the smallest unit; goal: the goal of a period
    most: uint256           # share: the most shares of one patron, 1 for the unit form; goal: the most one may pledge for a period
    first_cap: uint256      # share: the lowest cap on the value of a share; goal: 1
    step_bps: uint256       # share: how much higher each cap is than the one below, from 100; 0 with one level; goal: 0
    levels: uint256         # share: how many caps, at most 64; goal: 1
    members_only: bool      # whether only members of the pool may pledge
    target: uint256         # the earmark that gets what is collected


# Where it stands; times in seconds.
struct Clock:
    opened_at: uint256      # u40: the first period began
    period: uint256         # u32
    rounds: uint256         # u12
    settled: uint256        # u12: how many periods are settled


struct Patron:
    amount: uint256         # u96: shares, or money for a period; 0: no pledge
    level: uint256          # u8: of the ladder
    first: uint256          # u12: the first period of the pledge
    last: uint256           # u12: its last one
    billed: uint256         # u12: up to which period she is billed
    escrow: uint256         # u128: what she has put in and was not billed, in the asset's smallest unit
    old_amount: uint256     # u96: of a pledge that was changed or stopped in period `old_period`
    old_level: uint256      # u8
    old_period: uint256     # u12: 0: none


event Billed:
    patron: indexed(address)
    amount: uint256
    up_to: uint256          # the last settled period that is in it


SHARE: constant(uint256) = 1
GOAL: constant(uint256) = 2
MOST_PERIODS: constant(uint256) = 60
U8: constant(uint256) = 255
U12: constant(uint256) = 2**12 - 1
U32: constant(uint256) = 2**32 - 1
U40: constant(uint256) = 2**40 - 1
U96: constant(uint256) = 2**96 - 1
U128: constant(uint256) = 2**128 - 1

# rate u96 | most u96 | form u4 | members only u4 | target u56
_terms: uint256
# period -> value of a share u96 | amount of the crowd u128 | lowest level u8; of the goal form the amount alone
_outcomes: HashMap[uint256, uint256]
# patron -> amount u96 | level u8 | first u12 | last u12 | billed u12
_pledges: HashMap[address, uint256]
# patron -> escrow u128 | old amount u96 | old level u8 | old period u12
_purses: HashMap[address, uint256]
# all bills so far u128 | all that was collected so far u128
_billed_and_collected: uint256


@internal
@view
def _rate() -> uint256:
    return self._terms & U96


@internal
@view
def _is_goal() -> bool:
    return self._terms >> 192 & 15 == GOAL


@internal
@pure
def _sums_of(amount: uint256, goal: bool) -> uint256:
    """
    @dev What a pledge adds to the sums of its level.
    """
    if goal:
        return amount
    return (10**18 + binary_log._log2(amount)) << 128 | amount


@internal
@view
def _most_of(amount: uint256, level: uint256) -> uint256:
    """
    @dev The most that a pledge can cost in a period.
    """
    if self._is_goal():
        return amount
    return amount * ladder._cap(level)


@internal
@view
def _bill_of(amount: uint256, level: uint256, period: uint256) -> uint256:
    """
    @dev What a pledge costs in a settled period.
    """
    word: uint256 = self._outcomes[period]
    if self._is_goal():
        pledged: uint256 = word >> 96 & U128
        goal: uint256 = self._rate()
        if pledged == 0:
            return 0
        lower: uint256 = min(pledged, goal)
        higher: uint256 = max(pledged, goal)
        return (amount * lower + higher - 1) // higher
    if level < word >> 224:
        return 0
    return amount * (word & U96)


@internal
@view
def _due(patron: Patron, settled: uint256) -> uint256:
    """
    @dev What she has not been billed yet, of the settled periods.
    """
    due: uint256 = 0
    if patron.old_period != 0 and patron.old_period <= settled:
        due = self._bill_of(patron.old_amount, patron.old_level, patron.old_period)
    begin: uint256 = max(patron.billed + 1, patron.first)
    for i: uint256 in range(60):
        period: uint256 = begin + i
        if patron.amount == 0 or period > min(patron.last, settled):
            break
        due += self._bill_of(patron.amount, patron.level, period)
    return due


@internal
def _bill(account: address, patron: Patron, settled: uint256) -> Patron:
    """
    @dev Bills her for all settled periods. The caller stores her.
    """
    due: uint256 = self._due(patron, settled)
    after: Patron = patron
    # never more than was put in for these periods
    after.escrow = patron.escrow - due
    after.billed = settled
    if patron.old_period != 0 and patron.old_period <= settled:
        after.old_amount = 0
        after.old_level = 0
        after.old_period = 0
    if patron.last <= settled:
        after.amount = 0
    if due > 0:
        self._billed_and_collected += due
        log Billed(patron=account, amount=due, up_to=settled)
    return after


@internal
@view
def _locked(patron: Patron, settled: uint256) -> uint256:
    """
    @dev What of the escrow of somebody who is billed may still be asked for.
    """
    locked: uint256 = 0
    if patron.old_period != 0:
        locked = self._most_of(patron.old_amount, patron.old_level)
    if patron.amount != 0:
        left: uint256 = patron.last - max(settled, patron.first - 1)
        locked += left * self._most_of(patron.amount, patron.level)
    return locked


@internal
def _take_out(patron: Patron, running: uint256) -> Patron:
    """
    @dev Ends a pledge with the running period: she is in it if she was before.
    """
    after: Patron = patron
    sums: uint256 = self._sums_of(patron.amount, self._is_goal())
    ladder._not_last_in(patron.last, patron.level, sums)
    if patron.first > running:
        ladder._not_join(patron.level, sums)
    else:
        ladder._last_in(running, patron.level, sums)
        after.old_amount = patron.amount
        after.old_level = patron.level
        after.old_period = running
    after.amount = 0
    return after


@internal
@view
def _load(account: address) -> Patron:
    pledge: uint256 = self._pledges[account]
    purse: uint256 = self._purses[account]
    return Patron(
        amount=pledge & U96,
        level=pledge >> 96 & U8,
        first=pledge >> 104 & U12,
        last=pledge >> 116 & U12,
        billed=pledge >> 128 & U12,
        escrow=purse & U128,
        old_amount=purse >> 128 & U96,
        old_level=purse >> 224 & U8,
        old_period=purse >> 232 & U12,
    )


@internal
def _store(account: address, patron: Patron):
    checks._need(patron.escrow <= U128, "crowdmatch: too much put in")
    times: uint256 = patron.first << 104 | patron.last << 116 | patron.billed << 128
    self._pledges[account] = patron.amount | patron.level << 96 | times
    old: uint256 = patron.old_amount << 128 | patron.old_level << 224 | patron.old_period << 232
    self._purses[account] = patron.escrow | old


@internal
@view
def _clock() -> Clock:
    word: uint256 = periods._word
    return Clock(
        opened_at=word >> 196 & U40,
        period=word >> 164 & U32,
        rounds=word >> 152 & U12,
        settled=word >> 140 & U12,
    )


@internal
def _set_clock(clock: Clock):
    periods._word = clock.settled << 140 | clock.rounds << 152 | clock.period << 164 | clock.opened_at << 196
