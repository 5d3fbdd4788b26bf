# SPDX-License-Identifier: AGPL-3.0-only
# pragma version 0.4.3
# pragma nonreentrancy on
"""
@title Ballots: four bits for each seat, counted when asked
@license AGPL-3.0-only
@author Millpond maintainers
@notice A ballot says against, for or abstain, and how often its member has cast. She may change her mind four times;
        the fifth cast may only be Against, so that the timelock is never closed to anybody.
@dev A ballot is 0 while not cast, else 1 + 3 * (casts - 1) + support, in a word shared by 64 seats. Nothing is tallied
     while votes come in: counting a word costs some 500 gas to whoever asks, a stored tally 2,900 to every voter.
"""

AGAINST: constant(uint256) = 0
IN_FAVOUR: constant(uint256) = 1
ABSTAIN: constant(uint256) = 2
MAX_CASTS: constant(uint256) = 5
ANY: constant(uint256) = max_value(uint256)

EACH: constant(uint256) = max_value(uint256) // 15    # the lowest bit of each of the 64 nibbles
LOW_TWO: constant(uint256) = 3 * EACH           # the two low bits of each
BYTES: constant(uint256) = max_value(uint256) // 255  # the lowest bit of each of the 32 bytes

# proposal id -> seat // 64 -> the ballots of 64 seats
sheets: public(reentrant(HashMap[uint256, HashMap[uint256, uint256]]))


@internal
@view
def _ballot(id: uint256, seat: uint256) -> uint256:
    return (self.sheets[id][seat // 64] >> (4 * (seat % 64))) & 15


@internal
def _mark(id: uint256, seat: uint256, support: uint256, follows: uint256) -> uint256:
    """
    @dev Puts a seat's ballot on the sheet.
    @param follows How many casts of this seat the ballot follows, or ANY.
    @return 0, or why not (the codes of Governor's `_why`), and then nothing has changed.
    """
    if support > ABSTAIN:
        return 3
    word: uint256 = self.sheets[id][seat // 64]
    place: uint256 = 4 * (seat % 64)
    ballot: uint256 = (word >> place) & 15
    casts: uint256 = (ballot + 2) // 3
    if follows != ANY and follows != casts:
        return 4
    if casts == MAX_CASTS:
        return 5
    if casts == MAX_CASTS - 1 and support != AGAINST:
        return 6
    self.sheets[id][seat // 64] = word ^ ((ballot ^ (1 + 3 * casts + support)) << place)
    return 0


@internal
@view
def _tally(id: uint256, seats: uint256) -> (uint256, uint256, uint256):
    """
    @dev (against, for, abstain) over the seats 1 to `seats`. A ballot's remainder by 3 tells its support (1 against,
         2 for, 0 abstain), and 4 = 1 modulo 3, so the remainder of a nibble is that of the sum of its two bit pairs.
    """
    against: uint256 = 0
    in_favour: uint256 = 0
    cast: uint256 = 0
    for i: uint256 in range(seats // 64 + 1, bound=2**26):
        word: uint256 = self.sheets[id][i]
        if word == 0:
            continue
        sums: uint256 = (word & LOW_TWO) + ((word >> 2) & LOW_TWO)
        rest: uint256 = (sums & LOW_TWO) + ((sums >> 2) & EACH)
        against += self._count_nibbles(rest & ~(rest >> 1) & EACH)
        in_favour += self._count_nibbles((rest >> 1) & ~rest & EACH)
        cast += self._count_nibbles((word | word >> 1 | word >> 2 | word >> 3) & EACH)
    return against, in_favour, cast - against - in_favour


@internal
@pure
def _count_nibbles(word: uint256) -> uint256:
    """
    @dev How many of 64 nibbles are 1, where each is 0 or 1: pairs into bytes, then all bytes into the top one.
    """
    return unsafe_mul((word & (BYTES * 15)) + ((word >> 4) & (BYTES * 15)), BYTES) >> 248
