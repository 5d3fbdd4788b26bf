# SPDX-License-Identifier: AGPL-3.0-only
# pragma version 0.4.3
# pragma nonreentrancy on
"""
@title Rounds: an earmark that the crowd divides, once or again and again
@license AGPL-3.0-only
@author Millpond maintainers
@notice When a period is over, what the earmark has unreserved is promised to the candidates in proportion to their tallies
        (design: crowd allocation, 1:N). It costs the same for any number of candidates and of members.
@dev The accumulator: growth = floor(amount * 10^27 / total of the tallies), and a candidate's part is tally * growth / 10^27.
     What is promised is total * growth / 10^27, rounded up, so it covers all parts and is never more than the amount.
     Bounds: an amount is below 2^96 (the rest waits for the next period), a total below 2^64, and there are at most 1,200
     periods; while a tally stood, each total was at least that tally, so no product comes near 2^256.
     A period that is over is closed before anything changes: by `close_period`, or by the first ballot after it. So the
     tallies that count are those of its last second, whoever calls and whenever.
"""

from ..interfaces import IPool
from . import checks
from . import spender_parts


# Where the round stands; times in seconds.
struct Head:
    opened_at: uint256      # u40: the first period began
    period: uint256         # u32: how long each one is
    rounds: uint256         # u12: how many periods there are
    closed: uint256         # u12: how many of them are over and divided, or passed without
    divided: uint256        # u12: how often money was divided
    rule: uint256           # u4: 1 linear, 2 root
    quorum: uint256         # u20: with fewer ballots a period passes without dividing
    candidates: uint256     # u20: how many ids were given
    ballots: uint256        # u20: standing ballots
    total: uint256          # u64: sum of the tallies


# What an earmark is opened with.
struct Terms:
    asset: address          # what is divided; the zero address for ETH
    rule: uint256           # 1 linear, 2 root
    period: uint256         # seconds, from a day to 366 days
    rounds: uint256         # 1: one-off; at most 1,200
    quorum: uint256         # the least number of standing ballots, from 1


event RoundOpened:
    earmark_id: indexed(uint256)
    terms: Terms


event PeriodClosed:
    period: indexed(uint256)    # its number from 1; those before it that nobody closed are closed with it
    amount: uint256             # promised, in the asset's smallest unit; 0: it passed without dividing
    total: uint256              # sum of the tallies
    ballots: uint256


LINEAR: constant(uint256) = 1
ROOT: constant(uint256) = 2
DAY: constant(uint256) = 86_400
SCALE: constant(uint256) = 10**27
MOST_ROUNDS: constant(uint256) = 1_200
U12: constant(uint256) = 2**12 - 1
U20: constant(uint256) = 2**20 - 1
U32: constant(uint256) = 2**32 - 1
U40: constant(uint256) = 2**40 - 1
U64: constant(uint256) = 2**64 - 1
U96: constant(uint256) = 2**96 - 1

# the fields of Head from the lowest bits up: total, ballots, candidates, quorum, rule, divided, closed, rounds, period, opened_at
_head: uint256
# asset u160 | earmark u96
_money: uint256
# how often divided -> the sum of all growths up to then
_growths: HashMap[uint256, uint256]


@external
@view
@reentrant
def head() -> Head:
    """
    @notice Where this round stands. A period that is over but not closed yet does not show.
    @return Times in seconds since 1970; `opened_at` 0: no earmark is opened yet.
    """
    return self._load()


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


@external
def close_period():
    """
    @notice Divide what the earmark has, once a period is over. Anyone.
    @dev Reverts while the running period is not over, after the last one, and before an earmark is opened.
    """
    head: Head = self._load()
    checks._need(self._over(head) > head.closed, "allocation: not due yet")
    self._close(head)


@internal
def _open(earmark_id: uint256, terms: Terms):
    """
    @dev Freezes the terms. The first period begins now.
    """
    checks._need(terms.rule == LINEAR or terms.rule == ROOT, "allocation: no such rule")
    checks._need(terms.period >= DAY and terms.period <= 366 * DAY, "allocation: bad period")
    checks._need(terms.rounds > 0 and terms.rounds <= MOST_ROUNDS, "allocation: bad rounds")
    checks._need(terms.quorum > 0 and terms.quorum <= 2**18, "allocation: bad quorum")
    deadline: uint256 = (staticcall spender_parts._pool().earmark(earmark_id)).deadline
    checks._need(deadline == 0 or block.timestamp + terms.period < deadline, "allocation: ends too early")
    head: Head = empty(Head)
    head.opened_at = block.timestamp
    head.period = terms.period
    head.rounds = terms.rounds
    head.rule = terms.rule
    head.quorum = terms.quorum
    self._money = convert(terms.asset, uint256) | earmark_id << 160
    self._store(head)
    log RoundOpened(earmark_id=earmark_id, terms=terms)


@internal
@view
def _over(head: Head) -> uint256:
    """
    @dev How many periods are over by now.
    """
    checks._need(head.opened_at != 0, "allocation: nothing opened")
    return min((block.timestamp - head.opened_at) // head.period, head.rounds)


@internal
def _current() -> Head:
    """
    @dev Where it stands, with every period closed that is over.
    """
    head: Head = self._load()
    if self._over(head) > head.closed:
        return self._close(head)
    return head


@internal
@pure
def _began(head: Head) -> uint256:
    """
    @dev When the running period began. Only for a head in which all periods are closed that are over.
    """
    return head.opened_at + head.closed * head.period


@internal
def _close(head: Head) -> Head:
    after: Head = head
    after.closed = self._over(head)
    promised: uint256 = 0
    amount: uint256 = 0
    if head.ballots >= head.quorum and head.total > 0:
        amount = self._divisible()
    growth: uint256 = 0
    if amount > 0:
        growth = amount * SCALE // head.total
    if growth > 0:
        # never more than the amount, which is a whole number not below total * growth / SCALE
        promised = (head.total * growth + (SCALE - 1)) // SCALE
        after.divided += 1
        self._growths[after.divided] = self._growths[head.divided] + growth
    self._store(after)
    log PeriodClosed(period=after.closed, amount=promised, total=head.total, ballots=head.ballots)
    if promised > 0:
        extcall spender_parts._pool().reserve(self._earmark(), self._asset(), promised)
    return after


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
def _earmark() -> uint256:
    return self._money >> 160


@internal
@view
def _asset() -> address:
    return convert(convert(self._money & (2**160 - 1), uint160), address)


@internal
@view
def _load() -> Head:
    word: uint256 = self._head
    return Head(
        opened_at=word >> 196 & U40,
        period=word >> 164 & U32,
        rounds=word >> 152 & U12,
        closed=word >> 140 & U12,
        divided=word >> 128 & U12,
        rule=word >> 124 & 15,
        quorum=word >> 104 & U20,
        candidates=word >> 84 & U20,
        ballots=word >> 64 & U20,
        total=word & U64,
    )


@internal
def _store(head: Head):
    counts: uint256 = head.total | head.ballots << 64 | head.candidates << 84 | head.quorum << 104 | head.rule << 124
    times: uint256 = head.divided << 128 | head.closed << 140 | head.rounds << 152 | head.period << 164
    self._head = counts | times | head.opened_at << 196
