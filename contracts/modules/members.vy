# SPDX-License-Identifier: AGPL-3.0-only
# pragma version 0.4.3
# pragma nonreentrancy on
"""
@title Members: one person, one seat, no weight anywhere
@license AGPL-3.0-only
@author Millpond maintainers
@notice Who is a member, since when, and how many there were at any second. No word in this file could hold a weight,
        so one-member-one-vote cannot be voted away.
@dev One word per account and one head word, packed by hand (Vyper packs nothing).
     A member counts from the second after she joined to the second in which she left, so "as of t" means
     "as the second t began", and nothing that happens within t can change it. A seat that moves is as young as its
     new account: no vote on who is a member reaches into another that is open.
"""
from . import checks


event MemberAdmitted:
    account: indexed(address)
    seat: indexed(uint256)
    times_joined: uint256


event MemberRemoved:
    account: indexed(address)
    seat: indexed(uint256)


event MemberRebound:
    seat: indexed(uint256)
    old: indexed(address)
    new: indexed(address)


# The member word: seat u32 | joined_at u40 | left_at u40 | times_joined u32 | rebinds u32 | busy_until u40 x 2
# (seats and joins are paid for at 24,000 gas and more each: nobody reaches 2**32)
JOINED: constant(uint256) = 32
LEFT: constant(uint256) = 72
TIMES: constant(uint256) = 112
REBINDS: constant(uint256) = 144
BUSY: constant(uint256) = 176
# The head word: seats u24 | count u24 | checkpoints u32 | rules_version u16 | changed_at u40 | count_before u24 | and of
# the rules in force delay u10 | period u11 in hours, for each of the four classes
COUNT: constant(uint256) = 24
CHECKPOINTS: constant(uint256) = 48
VERSION: constant(uint256) = 80
CHANGED: constant(uint256) = 96
BEFORE: constant(uint256) = 136
HOURS: constant(uint256) = 160

# Each count of a vote reads a word for 64 seats, so there may be only as many as always fit into a transaction.
MOST_SEATS: constant(uint256) = 2**18

U16: constant(uint256) = 2**16 - 1
U24: constant(uint256) = 2**24 - 1
U32: constant(uint256) = 2**32 - 1
U40: constant(uint256) = 2**40 - 1
U48: constant(uint256) = 2**48 - 1
U64: constant(uint256) = 2**64 - 1
U80: constant(uint256) = 2**80 - 1

# account -> member word
member_words: public(reentrant(HashMap[address, uint256]))
# what every proposal reads: seats ever given, members now and before this second, the rules in force
head: public(reentrant(uint256))
# four checkpoints (changed_at u40, count u24) in each word, oldest in the low bits; index // 4 -> word
history: public(reentrant(HashMap[uint256, uint256]))


@external
@view
@reentrant
def isMember(account: address) -> bool:
    """
    @notice Whether an account is a member now.
    @param account Anybody.
    @return True from the second in which she joined, until she leaves, is removed or has her seat moved.
    """
    return self._is_member(self.member_words[account])


@external
@view
@reentrant
def member_count() -> uint256:
    """
    @notice How many members there are now.
    @return At most 262,144, the most seats there can ever be.
    """
    return (self.head >> COUNT) & U24


@external
@view
@reentrant
def getVotes(account: address) -> uint256:
    """
    @notice The votes of an account (IVotes): one for each member, whatever she gave or earned.
    @param account Anybody.
    @return 1 for a member, 0 for anybody else.
    """
    return convert(self._is_member(self.member_words[account]), uint256)


@external
@view
@reentrant
def getPastVotes(account: address, timepoint: uint256) -> uint256:
    """
    @notice The votes of an account as a past second began (IVotes).
    @dev Knows the latest membership only: of an earlier one that ended it says 0, and of a seat that moved only what
         came after. Reverts unless that second is over.
    @param account Anybody.
    @param timepoint In seconds since 1970 (ERC-6372).
    @return 1 if she was a member then, else 0.
    """
    self._require_past(timepoint)
    return convert(self._was_member(self.member_words[account], timepoint), uint256)


@external
@view
@reentrant
def getPastTotalSupply(timepoint: uint256) -> uint256:
    """
    @notice How many members there were as a past second began (IVotes).
    @dev Reverts unless that second is over.
    @param timepoint In seconds since 1970 (ERC-6372).
    @return Their number, which is also the number of all votes.
    """
    self._require_past(timepoint)
    return self._supply_at(timepoint)


@external
@view
@reentrant
def delegates(account: address) -> address:
    """
    @notice Everybody votes for herself (IVotes).
    @param account Anybody.
    @return The same account: there is no `delegate`.
    """
    return account


@external
@view
@reentrant
def clock() -> uint48:
    """
    @notice The clock of votes is the block's time (ERC-6372).
    @return In seconds since 1970.
    """
    return convert(block.timestamp, uint48)


@external
@view
@reentrant
def CLOCK_MODE() -> String[14]:
    """
    @notice The name of that clock (ERC-6372).
    @return "mode=timestamp": seconds, not blocks.
    """
    return "mode=timestamp"


@internal
@pure
def _is_member(word: uint256) -> bool:
    return self._may_act(word, U40)


@internal
@pure
def _was_member(word: uint256, timepoint: uint256) -> bool:
    left_at: uint256 = (word >> LEFT) & U40
    joined: bool = word & U32 != 0 and (word >> JOINED) & U40 < timepoint
    return joined and (left_at == 0 or left_at >= timepoint)


@internal
@pure
def _may_act(word: uint256, second: uint256) -> bool:
    """
    @dev Is she a member now and was one as that second began? The same as `_is_member` and `_was_member`, at once:
         joined_at and left_at lie side by side, so that who left has a number above every second, and 0 never joined.
    """
    since: uint256 = (word >> JOINED) & U80
    return since != 0 and since < second


@internal
@view
def _require_past(timepoint: uint256):
    if timepoint >= block.timestamp:
        checks._refuse("members: not in the past yet")


@internal
@view
def _checkpoint(index: uint256) -> uint256:
    return (self.history[index // 4] >> (64 * (index % 4))) & U64


@internal
@view
def _supply_at(timepoint: uint256) -> uint256:
    low: uint256 = 0
    high: uint256 = (self.head >> CHECKPOINTS) & U32
    for _: uint256 in range(32):
        if low == high:
            break
        middle: uint256 = (low + high) // 2
        if self._checkpoint(middle) & U40 < timepoint:
            low = middle + 1
        else:
            high = middle
    return 0 if low == 0 else self._checkpoint(low - 1) >> 40


@internal
def _take_turn(account: address, until: uint256):
    """
    @dev Lets a member from before this second propose, at most twice at a time: each proposal takes one of two places
         until its vote was to close, and the place is free again by itself.
    """
    word: uint256 = self.member_words[account]
    if not self._may_act(word, block.timestamp):
        if not self._is_member(word):
            checks._refuse("members: only members propose")
        checks._refuse("members: joined just now")
    place: uint256 = BUSY
    if (word >> BUSY) & U40 >= block.timestamp:
        place = BUSY + 40
        if word >> place >= block.timestamp:
            checks._refuse("members: two proposals open")
    self.member_words[account] = word & ~(U40 << place) | until << place


@internal
def _admit(accounts: DynArray[address, 64]):
    """
    @dev Someone who was a member before gets her old seat back. A seat is never given twice, so seats are what runs out.
    """
    seats_and_count: uint256 = self.head & U48
    for account: address in accounts:
        if account == empty(address):
            checks._refuse("members: the zero address")
        word: uint256 = self.member_words[account]
        if self._is_member(word):
            checks._refuse("members: a member already")
        seat: uint256 = word & U32
        if seat == 0:
            seats_and_count += 1
            seat = seats_and_count & U24
        times: uint256 = ((word >> TIMES) & U32) + 1
        kept: uint256 = word & ((2**112 - 1) << REBINDS)
        self.member_words[account] = kept | seat | block.timestamp << JOINED | times << TIMES
        seats_and_count += 1 << COUNT
        log MemberAdmitted(account=account, seat=seat, times_joined=times)
    if seats_and_count & U24 > MOST_SEATS:
        checks._refuse("members: too many seats")
    self._count(seats_and_count)


@internal
def _remove(account: address):
    """
    @dev The seat and its cast ballots stay; a ballot not yet cast is lost.
    """
    word: uint256 = self.member_words[account]
    if not self._is_member(word):
        checks._refuse("members: not a member")
    seats_and_count: uint256 = (self.head & U48) - (1 << COUNT)
    if seats_and_count >> COUNT == 0:
        checks._refuse("members: the last one stays")
    self.member_words[account] = word | block.timestamp << LEFT
    self._count(seats_and_count)
    log MemberRemoved(account=account, seat=word & U32)


@internal
def _rebind(old: address, new: address):
    """
    @dev The seat and its ballots move; nobody votes twice, since ballots are kept by seat. Its age does not: the new
         account could otherwise turn what the old one has cast in votes that are open. Of the old account only
         times_joined stays, so that no invitation it once used can be used again.
    """
    if new == empty(address):
        checks._refuse("members: rebind to zero")
    word: uint256 = self.member_words[old]
    taken: uint256 = self.member_words[new]
    if not self._is_member(word):
        checks._refuse("members: nothing to rebind")
    if taken & U32 != 0:
        checks._refuse("members: new account has a seat")
    rebinds: uint256 = ((word >> REBINDS) & U32) + 1
    self.member_words[old] = word & (U32 << TIMES)
    moved: uint256 = word & ~(U64 << TIMES | U40 << JOINED) | block.timestamp << JOINED
    times: uint256 = ((taken >> TIMES) & U32) + 1
    self.member_words[new] = moved | times << TIMES | rebinds << REBINDS
    log MemberRebound(seat=word & U32, old=old, new=new)


@internal
def _count(seats_and_count: uint256):
    """
    @dev Writes the low fields of the head anew, one checkpoint per second, and the number before this second.
    """
    count: uint256 = seats_and_count >> COUNT
    head: uint256 = self.head
    index: uint256 = (head >> CHECKPOINTS) & U32
    if (head >> CHANGED) & U40 == block.timestamp:
        index -= 1
    else:
        before: uint256 = (head >> COUNT) & U24
        # the two lie side by side
        head = head & ~(U64 << CHANGED) | block.timestamp << CHANGED | before << BEFORE
        head += 1 << CHECKPOINTS
    self.head = head & ~U48 | seats_and_count
    place: uint256 = 64 * (index % 4)
    word: uint256 = self.history[index // 4] & ~(U64 << place)
    self.history[index // 4] = word | (block.timestamp | count << 40) << place


@internal
@view
def _electorate(head: uint256) -> uint256:
    """
    @dev Members as this second began: whoever joined within it does not count, whoever left within it still does.
    """
    if (head >> CHANGED) & U40 == block.timestamp:
        return (head >> BEFORE) & U24
    return (head >> COUNT) & U24
