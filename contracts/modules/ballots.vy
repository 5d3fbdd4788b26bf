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
REFUSED: constant(uint256) = 16    # no ballot has this bit

EACH: constant(uint256) = max_value(uint256) // 15    # the lowest bit of each of the 64 nibbles
BYTES: constant(uint256) = max_value(uint256) // 255  # the lowest bit of each of the 32 bytes

# proposal id -> seat // 64 -> the ballots of 64 seats
sheets: public(reentrant(HashMap[uint256, HashMap[uint256, uint256]]))


@internal
@view
def _ballot(id: uint256, seat: uint256) -> uint256:
    return (self.sheets[id][seat // 64] >> (4 * (seat % 64))) & 15


@internal
@pure
def _next(ballot: uint256, support: uint256, follows: uint256) -> uint256:
    """
    @dev A seat's ballot after one more cast. Nothing overflows: support is checked, casts are at most 5.
    @param ballot Her ballot so far.
    @param follows How many casts of this seat it follows, or ANY.
    @return The new ballot, 1 to 13; or REFUSED and why (the codes of casting's `_why`).
    """
    if support > ABSTAIN:
        return REFUSED | 3
    casts: uint256 = unsafe_add(ballot, 2) // 3
    if follows != casts:
        if follows != ANY:
            return REFUSED | 4
    if casts >= MAX_CASTS - 1:
        if casts == MAX_CASTS:
            return REFUSED | 5
        if support != AGAINST:
            return REFUSED | 6
    return unsafe_add(unsafe_mul(casts, 3), unsafe_add(support, 1))


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
    # a long constant takes 33 bytes of code at each use, so they are kept
    each: uint256 = EACH
    low_two: uint256 = 3 * EACH
    for i: uint256 in range(seats // 64 + 1, bound=2**26):
        word: uint256 = self.sheets[id][i]
        if word == 0:
            continue
        sums: uint256 = (word & low_two) + ((word >> 2) & low_two)
        rest: uint256 = (sums & low_two) + ((sums >> 2) & each)
        against += self._count_nibbles(rest & ~(rest >> 1) & each)
        in_favour += self._count_nibbles((rest >> 1) & ~rest & each)
        cast += self._count_nibbles((word | word >> 1 | word >> 2 | word >> 3) & each)
    return against, in_favour, cast - against - in_favour


@internal
@pure
def _count_nibbles(word: uint256) -> uint256:
    """
    @dev How many of 64 nibbles are 1, where each is 0 or 1: pairs into bytes, then all bytes into the top one.
    """
    low: uint256 = BYTES * 15
    return unsafe_mul((word & low) + ((word >> 4) & low), BYTES) >> 248
