# SPDX-License-Identifier: AGPL-3.0-only
# pragma version 0.4.3
# pragma nonreentrancy on
"""
@title Teams: what a payday needs to know of a team and of each on it
@license AGPL-3.0-only
@author Millpond maintainers
@notice A take is the most that somebody wants from a payday. When the earmark has enough for all takes, everybody gets hers and the
        rest stays for the next payday; else all get the same part of theirs: income * take / sum of takes. What is under a
        unit waits with it.
@dev How a division is kept and when: modules/periods; a growth is at most 2^128, a whole take. Everything of a person is kept by
     her seat, so it goes with her when her seat moves to another key. A take is below 2^92 and a team has at most 4,096 people, so
     a sum is below 2^104.
"""

from . import checks
from . import periods

uses: periods


# Where the team stands; times in seconds.
struct Head:
    opened_at: uint256      # u40: the first period began
    period: uint256         # u32: how long each one is
    rounds: uint256         # u12: how many paydays there are
    closed: uint256         # u12: how many of them are over
    divided: uint256        # u12: how many of them paid something
    inviters: uint256       # u8: how many of the team must invite somebody
    members: uint256        # u16: how many are on the team
    total: uint256          # u104: sum of the takes


# What an earmark is opened with.
struct Terms:
    asset: address          # what is paid; the zero address for ETH
    period: uint256         # seconds between paydays, from a day to 366 days
    paydays: uint256        # how many; at most 1,200
    inviters: uint256       # how many of the team must invite somebody, 1 to 64
    throttle: uint256       # what a take may always grow to, in the asset's smallest unit; 0: takes may grow to anything


# What a seat is to the team.
struct Mate:
    take: uint256           # u92: the most she wants from a payday
    before: uint256         # u92: her take at the last payday, if it has changed since
    noted: uint256          # u12: the period in which that was noted, from 1; of another period it says nothing
    since: uint256          # u12: the division up to which she is settled
    place: uint256          # u16: in the list of the team, from 1; 0: not on it


event TeamOpened:
    earmark_id: indexed(uint256)
    terms: Terms


event PaydayClosed:
    period: indexed(uint256)    # its number from 1; those before it that nobody closed are closed with it
    amount: uint256             # promised, in the asset's smallest unit
    total: uint256              # sum of the takes
    left_over: uint256          # what stays in the earmark for the next payday


event TakeSet:
    account: indexed(address)   # zero: a vote took the seat off the team
    seat: indexed(uint256)
    take: uint256


U8: constant(uint256) = 2**8 - 1
U12: constant(uint256) = 2**12 - 1
U16: constant(uint256) = 2**16 - 1
U32: constant(uint256) = 2**32 - 1
U40: constant(uint256) = 2**40 - 1
U92: constant(uint256) = 2**92 - 1
U104: constant(uint256) = 2**104 - 1
U127: constant(uint256) = 2**127 - 1
WANTED: constant(uint256) = 1 << 127

# seat -> the fields of Mate, from the lowest bits up
_mates: HashMap[uint256, uint256]
# seat -> what waits for it, in 2^-128 of the asset's smallest unit
_waiting: HashMap[uint256, uint256]
# what a take may always grow to u127 | whether somebody wanted something at the last payday u1 | what that left over u128
_throttle: uint256


@external
@view
@reentrant
def head() -> Head:
    """
    @notice Where the team stands. A payday that is due but not closed yet does not show.
    @return Times in seconds since 1970; `opened_at` 0: no earmark is opened yet.
    """
    return self._load()


@external
@view
@reentrant
def throttle() -> (uint256, uint256):
    """
    @notice How fast takes may grow.
    @return What a take may always grow to, in the asset's smallest unit; 0: to anything.
    @return What the last payday left over, in the same unit.
    """
    return self._throttle & U127, self._throttle >> 128


@external
def close_period():
    """
    @notice Hold the payday, once it is due. Anyone.
    @dev Reverts before it is, after the last one, and before an earmark is opened.
    """
    head: Head = self._load()
    periods._require_due(periods._over(head.opened_at, head.period, head.rounds), head.closed)
    self._close(head)


@internal
def _open(earmark_id: uint256, terms: Terms):
    """
    @dev Freezes the terms. The first period begins now.
    """
    checks._need(terms.inviters > 0 and terms.inviters <= 64, "team: bad number of inviters")
    checks._need(terms.throttle <= U92, "team: throttle too high")
    periods._begin(earmark_id, terms.asset, terms.period, terms.paydays)
    head: Head = empty(Head)
    head.opened_at = block.timestamp
    head.period = terms.period
    head.rounds = terms.paydays
    head.inviters = terms.inviters
    self._throttle = terms.throttle
    self._store(head)
    log TeamOpened(earmark_id=earmark_id, terms=terms)


@internal
def _current() -> Head:
    """
    @dev Where it stands, with every payday held that is due.
    """
    head: Head = self._load()
    if periods._over(head.opened_at, head.period, head.rounds) > head.closed:
        return self._close(head)
    return head


@internal
@pure
def _began(head: Head) -> uint256:
    """
    @dev When the running period began. Only for a head in which all paydays are held that are due.
    """
    return head.opened_at + head.closed * head.period


@internal
def _close(head: Head) -> Head:
    after: Head = head
    after.closed = periods._over(head.opened_at, head.period, head.rounds)
    promised: uint256 = 0
    left_over: uint256 = 0
    promised, left_over = periods._divide(head.divided, head.total, True)
    if promised > 0:
        after.divided += 1
    self._store(after)
    wanted: uint256 = WANTED if head.total != 0 else 0
    self._throttle = self._throttle & U127 | wanted | left_over << 128
    log PaydayClosed(period=after.closed, amount=promised, total=head.total, left_over=left_over)
    return after


@internal
def _change(head: Head, account: address, seat: uint256, mate: Mate, take: uint256) -> Head:
    """
    @dev Settles a seat and gives it another take; what it had at the last payday is noted once a period. The caller stores
         the head.
    """
    after: Mate = self._settle(head, seat, mate)
    if after.noted != head.closed + 1:
        after.noted = head.closed + 1
        after.before = mate.take
    after.take = take
    self._write(seat, after)
    changed: Head = head
    changed.total = head.total - mate.take + take
    log TakeSet(account=account, seat=seat, take=take)
    return changed


@internal
def _settle(head: Head, seat: uint256, mate: Mate) -> Mate:
    """
    @dev Adds to what waits for a seat its part of all divisions since. The caller writes the mate.
    """
    settled: Mate = mate
    if mate.since != head.divided:
        if mate.take > 0:
            self._waiting[seat] += mate.take * periods._growth(head.divided, mate.since)
        settled.since = head.divided
    return settled


@internal
@pure
def _take_before(head: Head, mate: Mate) -> uint256:
    """
    @dev Her take at the last payday.
    """
    return mate.before if mate.noted == head.closed + 1 else mate.take


@internal
@view
def _mate(seat: uint256) -> Mate:
    word: uint256 = self._mates[seat]
    return Mate(
        take=word & U92,
        before=word >> 92 & U92,
        noted=word >> 184 & U12,
        since=word >> 196 & U12,
        place=word >> 208 & U16,
    )


@internal
def _write(seat: uint256, mate: Mate):
    self._mates[seat] = mate.take | mate.before << 92 | mate.noted << 184 | mate.since << 196 | mate.place << 208


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
        inviters=word >> 120 & U8,
        members=word >> 104 & U16,
        total=word & U104,
    )


@internal
def _store(head: Head):
    own: uint256 = head.total | head.members << 104 | head.inviters << 120
    times: uint256 = head.divided << 128 | head.closed << 140 | head.rounds << 152 | head.period << 164
    periods._word = own | times | head.opened_at << 196
