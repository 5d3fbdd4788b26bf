# SPDX-License-Identifier: AGPL-3.0-only
# pragma version 0.4.3
# pragma nonreentrancy on
"""
@title Rounds: an earmark that the crowd divides, once or again and again
@license AGPL-3.0-only
@author Millpond maintainers
@notice When a period is over, what the earmark has unreserved is promised to the candidates in proportion to their tallies
        (design: crowd allocation, 1:N). It costs the same for any number of candidates and of members.
@dev How a division is kept and when: modules/periods. A total of tallies is below 2^64.
"""

from . import checks
from . import periods

uses: periods


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
U12: constant(uint256) = 2**12 - 1
U20: constant(uint256) = 2**20 - 1
U32: constant(uint256) = 2**32 - 1
U40: constant(uint256) = 2**40 - 1
U64: constant(uint256) = 2**64 - 1


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
def close_period():
    """
    @notice Divide what the earmark has, once a period is over. Anyone.
    @dev Reverts while the running period is not over, after the last one, and before an earmark is opened.
    """
    head: Head = self._load()
    periods._require_due(self._over(head), head.closed)
    self._close(head)


@internal
def _open(earmark_id: uint256, terms: Terms):
    """
    @dev Freezes the terms. The first period begins now.
    """
    checks._need(terms.rule == LINEAR or terms.rule == ROOT, "allocation: no such rule")
    checks._need(terms.quorum > 0 and terms.quorum <= 2**18, "allocation: bad quorum")
    periods._begin(earmark_id, terms.asset, terms.period, terms.rounds)
    head: Head = empty(Head)
    head.opened_at = block.timestamp
    head.period = terms.period
    head.rounds = terms.rounds
    head.rule = terms.rule
    head.quorum = terms.quorum
    self._store(head)
    log RoundOpened(earmark_id=earmark_id, terms=terms)


@internal
@view
def _over(head: Head) -> uint256:
    """
    @dev How many periods are over by now.
    """
    return periods._over(head.opened_at, head.period, head.rounds)


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
    if head.ballots >= head.quorum and 2 * head.total >= head.quorum * self._whole_ballot(head.rule):
        left: uint256 = 0
        promised, left = periods._divide(head.divided, head.total, False)
    if promised > 0:
        after.divided += 1
    self._store(after)
    log PeriodClosed(period=after.closed, amount=promised, total=head.total, ballots=head.ballots)
    return after


@internal
@pure
def _whole_ballot(rule: uint256) -> uint256:
    """
    @dev The least that a ballot adds to the total, while all whom it names stand. Ballots for those who left alone fill no quorum:
         those who stand must have half of what so many ballots give at least.
    """
    return 10_000 if rule == LINEAR else isqrt(10_000 * 10**18)


@internal
@view
def _load() -> Head:
    word: uint256 = periods._word
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
    periods._word = counts | times | head.opened_at << 196
