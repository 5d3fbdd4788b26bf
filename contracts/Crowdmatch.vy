# SPDX-License-Identifier: AGPL-3.0-only
# pragma version 0.4.3
# pragma nonreentrancy on
"""
@title Crowdmatch: each gives more because the others do
@license AGPL-3.0-only
@author Millpond maintainers
@notice Patrons pledge to give, period after period, in step with how many join them (Snowdrift). Share form: the value of a share is
        rate * sum of (1 + log2 of everybody's shares), and each pays shares * value; with one share each it is rate * patrons. Goal
        form: each pays pledge * C / G up to the goal G, and pledge * G / C beyond it. Nobody pays more than she said, and what she put
        in and did not pay is hers.
@dev A clone for each; the Hub makes it by a rules vote of the pool (`Hub.install`), the Pool tells it the earmark of the escrow
     (`on_open`), which is unrestricted, without an end, and reserved to the last unit. What is collected goes to the target, another
     earmark, as a gift. modules/ladder: the crowd of a period. modules/settling: what it pays. modules/pledges: patrons and bills. modules/deposits: how money comes in.
     `settle` costs the same for any number of patrons.
@custom:holds Nothing. The escrow is in the Pool; collected money passes through within one call.
@custom:halt Each patron stops her own pledge; nobody can stop those of others.
"""

from .interfaces import IPool
from .interfaces import ISpender
from .modules import checks
from .modules import deposits
from .modules import electorate
from .modules import ladder
from .modules import periods
from .modules import pledges
from .modules import settling
from .modules import spender_parts

implements: ISpender

initializes: periods
initializes: ladder
initializes: pledges[ladder := ladder, periods := periods]
initializes: settling[ladder := ladder, periods := periods, pledges := pledges]

# anyone
exports: settling.settle
# views
exports: periods.money
exports: settling.clock
exports: settling.outcome_of
# views: neighbours
exports: spender_parts.hub
exports: spender_parts.pool
exports: spender_parts.governor


event CrowdmatchOpened:
    earmark_id: indexed(uint256)
    target: indexed(uint256)
    terms: pledges.Terms


event Pledged:
    patron: indexed(address)
    amount: uint256         # shares, or money for a period
    level: uint256
    first: uint256          # period
    last: uint256
    put_in: uint256         # by this call, in the asset's smallest unit


event PledgeStopped:
    patron: indexed(address)
    last: uint256           # the last period she may be billed for


event EscrowReturned:
    patron: indexed(address)
    to: indexed(address)
    amount: uint256


NOTE: constant(String[32]) = "pledge"

# seat -> whose pledge it stands for, where only members may pledge
_pledger: HashMap[uint256, address]


@external
@payable
@reentrant
def __default__():
    """
    @notice ETH that the Pool releases passes through here on its way to the target.
    @dev Reverts for anyone but the Pool.
    """
    checks._need(msg.sender == spender_parts._pool().address, "crowdmatch: only from the pool")


# ------------------------------------------------------------------------------------------------ the pool, once

@external
def on_open(earmark_id: uint256, params: Bytes[512]):
    """
    @notice The pool has opened the earmark of the escrow. The pool only, once. The first period begins.
    @dev Reverts for anyone else, a second time, for terms out of bounds, for an escrow or a target that is restricted or ends, and
         for a target that is the escrow or not opened yet.
    @param earmark_id The earmark of the escrow, never 0.
    @param params abi.encode(Terms), see modules/pledges.
    """
    pool: IPool = spender_parts._pool()
    checks._need(msg.sender == pool.address, "crowdmatch: only the pool")
    checks._need(periods._word == 0, "crowdmatch: has its earmark")
    checks._need(len(params) == 352, "crowdmatch: bad parameters")
    terms: pledges.Terms = abi_decode(params, pledges.Terms)
    checks._need(terms.form == pledges.SHARE or terms.form == pledges.GOAL, "crowdmatch: no such form")
    checks._need(terms.rate > 0 and terms.rate <= pledges.U96, "crowdmatch: bad rate")
    most: uint256 = 1_000_000
    if terms.form == pledges.GOAL:
        most = 2**64
        checks._need(terms.levels == 1 and terms.first_cap == 1, "crowdmatch: goals have no caps")
    checks._need(terms.most > 0 and terms.most <= most, "crowdmatch: bad most")
    self._require_plain(pool, earmark_id)
    checks._need(terms.target != earmark_id, "crowdmatch: target is the escrow")
    self._require_plain(pool, terms.target)
    ladder._build(terms.first_cap, terms.step_bps, terms.levels)
    periods._begin(earmark_id, terms.asset, terms.period, terms.rounds)
    only: uint256 = convert(terms.members_only, uint256)
    pledges._terms = terms.rate | terms.most << 96 | terms.form << 192 | only << 196 | terms.target << 200
    pledges._set_clock(
        pledges.Clock(opened_at=block.timestamp, period=terms.period, rounds=terms.rounds, settled=0)
    )
    log CrowdmatchOpened(earmark_id=earmark_id, target=terms.target, terms=terms)


# ------------------------------------------------------------------------------------------------ patrons

@external
@payable
def pledge(amount: uint256, level: uint256, periods_: uint256, put_in: uint256):
    """
    @notice Pledge, or change a pledge, from the next period on. A patron. What she has not been billed counts towards what must be put
            in: amount * cap of the level * periods; goal form: amount * periods.
    @dev Settles a period that is over first. Reverts when more than one is, when fewer periods are left, for amounts, levels and
         numbers of periods out of bounds, when too little is put in, and, where only members may pledge, for who was no member before
         the running period or pledges by another account too.
    @param amount Shares; goal form: money for a period, in the asset's smallest unit.
    @param level The highest value of a share she goes along with, by its level from 0; goal form: 0.
    @param periods_ For how many periods, 1 to 60.
    @param put_in Added to her escrow by this call, in the asset's smallest unit: ETH as value, a token by allowance to this contract.
    """
    clock: pledges.Clock = settling._live()
    running: uint256 = clock.settled + 1
    terms: uint256 = pledges._terms
    checks._need(amount > 0 and amount <= terms >> 96 & pledges.U96, "crowdmatch: bad amount")
    ladder._require_level(level)
    checks._need(periods_ > 0 and periods_ <= pledges.MOST_PERIODS, "crowdmatch: 1 to 60 periods")
    checks._need(running + periods_ <= clock.rounds, "crowdmatch: too few periods left")
    if terms >> 196 & 15 != 0:
        self._claim_seat(clock)
    patron: pledges.Patron = pledges._bill(msg.sender, pledges._load(msg.sender), clock.settled)
    if patron.amount != 0:
        patron = pledges._take_out(patron, running)
    patron.amount = amount
    patron.level = level
    patron.first = running + 1
    patron.last = running + periods_
    if put_in > 0 or msg.value > 0:
        patron.escrow += deposits._put_in(periods._earmark(), periods._asset(), put_in, msg.value, NOTE)
    checks._need(patron.escrow >= pledges._locked(patron, clock.settled), "crowdmatch: too little put in")
    sums: uint256 = pledges._sums_of(amount, pledges._is_goal())
    ladder._join(level, sums)
    ladder._last_in(patron.last, level, sums)
    pledges._store(msg.sender, patron)
    log Pledged(
        patron=msg.sender, amount=amount, level=level, first=patron.first, last=patron.last, put_in=put_in
    )


@external
def stop():
    """
    @notice Stop a pledge. A patron. She may still be billed for the running period, and for none after it.
    @dev Settles a period that is over first. Reverts when more than one is, and without a pledge.
    """
    clock: pledges.Clock = settling._live()
    patron: pledges.Patron = pledges._bill(msg.sender, pledges._load(msg.sender), clock.settled)
    checks._need(patron.amount != 0, "crowdmatch: no pledge to stop")
    stopped: pledges.Patron = pledges._take_out(patron, clock.settled + 1)
    pledges._store(msg.sender, stopped)
    log PledgeStopped(patron=msg.sender, last=stopped.old_period)


@external
def withdraw(to: address):
    """
    @notice Take back what her pledge cannot cost any more. A patron, whenever she likes.
    @dev Reverts when there is nothing, for a payee whom the Pool refuses, and when the Pool cannot pay.
    @param to Who is paid.
    """
    settled: uint256 = pledges._clock().settled
    patron: pledges.Patron = pledges._bill(msg.sender, pledges._load(msg.sender), settled)
    free: uint256 = patron.escrow - pledges._locked(patron, settled)
    checks._need(free > 0, "crowdmatch: nothing to take back")
    patron.escrow -= free
    pledges._store(msg.sender, patron)
    log EscrowReturned(patron=msg.sender, to=to, amount=free)
    extcall spender_parts._pool().release(periods._earmark(), periods._asset(), to, free)


# ------------------------------------------------------------------------------------------------ views

@external
@view
@reentrant
def terms() -> (uint256, uint256, uint256, bool, uint256):
    """
    @notice What it was opened with, beside times and caps.
    @return The form: 1 share, 2 goal.
    @return Share: what one share adds to the value of all; goal: the goal of a period; in the asset's smallest unit.
    @return Share: the most shares of one patron; goal: the most one may pledge for a period.
    @return Whether only members of the pool may pledge.
    @return The earmark that gets what is collected.
    """
    word: uint256 = pledges._terms
    form: uint256 = word >> 192 & 15
    return form, word & pledges.U96, word >> 96 & pledges.U96, word >> 196 & 15 != 0, word >> 200


@external
@view
@reentrant
def caps() -> DynArray[uint256, 64]:
    """
    @notice The ladder: the highest value of a share that each level goes along with.
    @return From level 0 up, in the asset's smallest unit.
    """
    return ladder._caps()


@external
@view
@reentrant
def patron_of(account: address) -> (pledges.Patron, uint256, uint256):
    """
    @notice A patron.
    @param account Anybody.
    @return Her pledge and escrow, as they were when they were last written.
    @return What she is to be billed since, of settled periods, in the asset's smallest unit.
    @return What she could take back now, in the same unit.
    """
    settled: uint256 = pledges._clock().settled
    patron: pledges.Patron = pledges._load(account)
    due: uint256 = pledges._due(patron, settled)
    after: pledges.Patron = patron
    if patron.old_period <= settled:
        after.old_period = 0
    if patron.last <= settled:
        after.amount = 0
    return patron, due, patron.escrow - due - pledges._locked(after, settled)


@external
@view
@reentrant
def effect(amount: uint256, level: uint256) -> (ladder.Outcome, ladder.Outcome):
    """
    @notice What a new pledge would do to the next period, as the pledges stand: the crowd without it and with it. What all others add
            because of it is the difference of value times their shares.
    @dev Pledges that end with the running period are still in both. Reverts for a level or shares that there cannot be.
    @param amount Shares; goal form: money for a period, in the asset's smallest unit.
    @param level The level of the new pledge; goal form: 0.
    @return Without it. Goal form: only the amount says something.
    @return With it.
    """
    ladder._require_level(level)
    extra: uint256 = pledges._sums_of(amount, pledges._is_goal())
    rate: uint256 = settling._ladder_rate()
    return ladder._clear(rate, level, 0, True), ladder._clear(rate, level, extra, True)


# ------------------------------------------------------------------------------------------------ internals

@internal
@view
def _require_plain(pool: IPool, earmark_id: uint256):
    earmark: IPool.Earmark = staticcall pool.earmark(earmark_id)
    checks._need(not earmark.restricted and earmark.deadline == 0, "crowdmatch: not a plain earmark")


@internal
def _claim_seat(clock: pledges.Clock):
    """
    @dev One pledge a member, whatever keys her seat has had.
    """
    word: uint256 = electorate._member_word(spender_parts._governor(), msg.sender)
    began: uint256 = clock.opened_at + clock.settled * clock.period
    seat: uint256 = electorate._seat_since(word, began)
    checks._need(seat != 0, "crowdmatch: members only")
    other: address = self._pledger[seat]
    if other != msg.sender:
        patron: pledges.Patron = pledges._load(other)
        over: bool = patron.amount == 0 or patron.last <= clock.settled
        checks._need(over, "crowdmatch: pledges already")
        self._pledger[seat] = msg.sender
