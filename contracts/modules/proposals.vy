# SPDX-License-Identifier: AGPL-3.0-only
# pragma version 0.4.3
# pragma nonreentrancy on
"""
@title Proposals: one word each, and the state that follows from it, the ballots and the clock
@license AGPL-3.0-only
@author Millpond maintainers
@notice A proposal freezes who may vote, how many they are and the rules when it is made. Its state is computed, never
        stored, but for "executed", "canceled" and an end that was brought forward or put off.
@dev The states are those of OpenZeppelin's Governor. Queued means that the timelock runs (Against may still be cast),
     Succeeded that it may be executed now. Boundaries as there: Pending while now <= opens_at, Active while
     now <= closes_at; ready from eta on, expired from expires_at on.
"""

from . import ballots
from . import checks
from . import members
from . import rules

uses: ballots
uses: members
uses: rules

PENDING: constant(uint256) = 0
ACTIVE: constant(uint256) = 1
CANCELED: constant(uint256) = 2
DEFEATED: constant(uint256) = 3
SUCCEEDED: constant(uint256) = 4
QUEUED: constant(uint256) = 5
EXPIRED: constant(uint256) = 6
EXECUTED: constant(uint256) = 7

# The proposal word: proposer u160 | created_at u36 | electorate u19 | rules version u14 | class u2 | four flags |
# delay u10 | period u11, both in hours. All that a ballot has to know.
CREATED: constant(uint256) = 160
ELECTORATE: constant(uint256) = 196
VERSION: constant(uint256) = 215
KIND: constant(uint256) = 229
IS_EXECUTED: constant(uint256) = 1 << 231
IS_CANCELED: constant(uint256) = 1 << 232
HAS_END: constant(uint256) = 1 << 233
IS_EXTENDED: constant(uint256) = 1 << 234
DELAY: constant(uint256) = 235
PERIOD: constant(uint256) = 245

U10: constant(uint256) = 2**10 - 1
U19: constant(uint256) = 2**19 - 1
U21: constant(uint256) = 2**21 - 1
U36: constant(uint256) = 2**36 - 1

# proposal id (the hash of its whole content) -> proposal word
proposal_words: public(reentrant(HashMap[uint256, uint256]))
# proposal id -> when its vote ends, if that was brought forward or put off
ends: public(reentrant(HashMap[uint256, uint256]))


@external
@view
@reentrant
def state(proposalId: uint256) -> uint256:
    """
    @notice Where a proposal stands, in the numbers of OpenZeppelin's Governor.
    @dev Reverts for an id that was never proposed.
    @param proposalId What `propose` returned.
    @return 0 Pending, 1 Active, 2 Canceled, 3 Defeated, 4 Succeeded (ready), 5 Queued (timelock), 6 Expired, 7 Executed.
    """
    return self._state(proposalId, self._word(proposalId))


@external
@view
@reentrant
def proposalVotes(proposalId: uint256) -> (uint256, uint256, uint256):
    """
    @notice The ballots on a proposal as they are now; in the timelock they may still turn to Against.
    @dev Reverts for an id that was never proposed.
    @param proposalId What `propose` returned.
    @return How many are against.
    @return How many are for.
    @return How many abstain.
    """
    self._word(proposalId)
    return self._count(proposalId)


@external
@view
@reentrant
def proposalSnapshot(proposalId: uint256) -> uint256:
    """
    @notice When it was proposed: members from before that second may vote.
    @dev Reverts for an id that was never proposed.
    @param proposalId What `propose` returned.
    @return In seconds since 1970.
    """
    return self._created_at(self._word(proposalId))


@external
@view
@reentrant
def proposalDeadline(proposalId: uint256) -> uint256:
    """
    @notice The last second in which ballots are taken; in the timelock, until `proposalEta`, still those against.
    @dev Reverts for an id that was never proposed.
    @param proposalId What `propose` returned.
    @return In seconds since 1970.
    """
    return self._closes_at(proposalId, self._word(proposalId))


@external
@view
@reentrant
def proposalEta(proposalId: uint256) -> uint256:
    """
    @notice From when on it may be executed, if it passes.
    @dev Reverts for an id that was never proposed.
    @param proposalId What `propose` returned.
    @return In seconds since 1970.
    """
    word: uint256 = self._word(proposalId)
    return self._closes_at(proposalId, word) + self._timelock(self._rule(word))


@external
@view
@reentrant
def proposalProposer(proposalId: uint256) -> address:
    """
    @notice Who proposed it.
    @dev Reverts for an id that was never proposed.
    @param proposalId What `propose` returned.
    @return A member of that time; for a consent proposal the contract that raised it.
    """
    return self._account(self._word(proposalId))


@internal
@view
def _word(id: uint256) -> uint256:
    word: uint256 = self.proposal_words[id]
    if word == 0:
        checks._refuse("governor: no such proposal")
    return word


@internal
@pure
def _account(word: uint256) -> address:
    """
    @dev The address in the low bits: a plain conversion would refuse a word that holds more.
    """
    return convert(word & (2**160 - 1), address)


@internal
@pure
def _created_at(word: uint256) -> uint256:
    return (word >> CREATED) & U36


@internal
@pure
def _class(word: uint256) -> uint256:
    return (word >> KIND) & 3


@internal
@view
def _rule(word: uint256) -> uint256:
    return rules._packed((word >> VERSION) & rules.U14, self._class(word))


@internal
@pure
def _timelock(rule: uint256) -> uint256:
    return (rule >> 48) & rules.U24


@internal
@pure
def _opens_at(word: uint256) -> uint256:
    # 36 bits, and 10 times an hour: nothing near an overflow
    return unsafe_add((word >> CREATED) & U36, unsafe_mul((word >> DELAY) & U10, rules.HOUR))


@internal
@view
def _closes_at(id: uint256, word: uint256) -> uint256:
    if word & HAS_END != 0:
        return self.ends[id]
    return unsafe_add(self._opens_at(word), unsafe_mul(word >> PERIOD, rules.HOUR))


@internal
def _open(id: uint256, proposer: address, kind: uint256) -> uint256:
    """
    @dev What its word says of the rules in force comes from the head.
    @return Delay u10 | period u11, in hours.
    """
    if self.proposal_words[id] != 0:
        checks._refuse("governor: proposed already")
    head: uint256 = members.head
    electorate: uint256 = members._electorate(head)
    if electorate == 0:
        checks._refuse("governor: nobody may vote yet")
    hours: uint256 = (head >> unsafe_add(members.HOURS, unsafe_mul(21, kind))) & U21
    word: uint256 = convert(proposer, uint256) | block.timestamp << CREATED | electorate << ELECTORATE
    word |= ((head >> members.VERSION) & members.U16) << VERSION | kind << KIND | hours << DELAY
    self.proposal_words[id] = word
    return hours


@internal
@view
def _state(id: uint256, word: uint256) -> uint256:
    if word & (IS_EXECUTED | IS_CANCELED) != 0:
        return EXECUTED if word & IS_EXECUTED != 0 else CANCELED
    if block.timestamp <= self._opens_at(word):
        return PENDING
    closes_at: uint256 = self._closes_at(id, word)
    if block.timestamp <= closes_at:
        return ACTIVE
    rule: uint256 = self._rule(word)
    if not self._passes(id, word, rule, False):
        return DEFEATED
    eta: uint256 = closes_at + self._timelock(rule)
    if block.timestamp < eta:
        return QUEUED
    return SUCCEEDED if block.timestamp < eta + ((rule >> 72) & rules.U24) else EXPIRED


@internal
@view
def _count(id: uint256) -> (uint256, uint256, uint256):
    return ballots._tally(id, members.head & members.U24)


@internal
@view
def _passes(id: uint256, word: uint256, rule: uint256, certainly: bool) -> bool:
    """
    @dev Cross-multiplied, so nothing is rounded.
    @param certainly Ask also whether it may end now: more than half of the whole electorate are for it, and as many of
           the whole electorate as must approve of those who vote.
    """
    against: uint256 = 0
    in_favour: uint256 = 0
    abstain: uint256 = 0
    against, in_favour, abstain = self._count(id)
    electorate: uint256 = (word >> ELECTORATE) & U19
    approval_bps: uint256 = (rule >> 110) & rules.U14
    if certainly:
        if rule >> 124 == 0 or word & IS_EXTENDED != 0:
            return False
        if in_favour * 2 <= electorate or in_favour * 10000 < approval_bps * electorate:
            return False
    needed: uint256 = ((rule >> 96) & rules.U14) * electorate
    if self._class(word) == rules.CONSENT:
        return against * 10000 < needed
    if (in_favour + abstain) * 10000 < needed or in_favour <= against:
        return False
    return in_favour * 10000 >= approval_bps * (in_favour + against)


@internal
def _end(id: uint256, word: uint256, closes_at: uint256, flags: uint256):
    self.ends[id] = closes_at
    self.proposal_words[id] = word | HAS_END | flags
