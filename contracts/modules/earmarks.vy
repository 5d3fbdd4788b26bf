# SPDX-License-Identifier: AGPL-3.0-only
# pragma version 0.4.3
# pragma nonreentrancy on
"""
@title Earmarks: the terms on which a pool takes money
@license AGPL-3.0-only
@author Millpond maintainers
@notice Who spends an earmark, until when it takes gifts, whether it serves one purpose only. Earmark 0 is the general
        fund: open to everybody, for ever, without a spender. Terms never change once an earmark is opened.
@dev No money moves here and nobody's rights are checked; Pool.vy does both.
"""

from ..interfaces import IPool

# A restricted earmark without a deadline ends when its spender has reserved nothing for so long.
LAPSE_AFTER: constant(uint256) = 400 * 86_400
# Farther away is a typing error, and would lock gifts away.
LONGEST: constant(uint256) = 3_653 * 86_400

# An earmark's word: spender 160 | deadline 40 | last_reserve 40 | flags 16. Never zero once opened (last_reserve).
DEADLINE_AT: constant(uint256) = 160
LAST_RESERVE_AT: constant(uint256) = 200
TIME_MASK: constant(uint256) = (1 << 40) - 1
RESTRICTED: constant(uint256) = 1 << 240
# Some of its gifts are thanked with grain (patronage.vy).
PATRON_GRAIN: constant(uint256) = 1 << 242
# Kept free in the same word: 1 << 241 for an escrow that only its contract may spend.

# The last number given to an earmark.
earmark_count: public(reentrant(uint256))
# Packed terms of each earmark but 0, which has none.
terms: HashMap[uint256, uint256]


# ------------------------------------------------------------------------------------------------ views

@external
@view
@reentrant
def earmark(earmark_id: uint256) -> IPool.Earmark:
    """
    @notice The terms of an earmark; all zero for the general fund.
    @dev Reverts for a number that is not opened yet.
    @param earmark_id From 0, the general fund, to `earmark_count`.
    @return Its spender, whether it is restricted, its deadline and its last reserve, both in seconds since 1970.
    """
    word: uint256 = self._terms(earmark_id)
    return IPool.Earmark(
        spender=self._spender(word),
        restricted=self._is_restricted(word),
        deadline=self._deadline(word),
        last_reserve=word >> LAST_RESERVE_AT & TIME_MASK,
    )


# ------------------------------------------------------------------------------------------------ terms

@internal
@view
def _terms(earmark_id: uint256) -> uint256:
    word: uint256 = self.terms[earmark_id]
    assert word != 0 or earmark_id == 0, "pool: unknown earmark"
    return word


@internal
@view
def _open_terms(earmark_id: uint256) -> uint256:
    """
    @dev Terms of an earmark that still takes money and promises.
    """
    word: uint256 = self._terms(earmark_id)
    assert not self._has_ended(word), "pool: earmark has ended"
    return word


@internal
@pure
def _spender(word: uint256) -> address:
    return convert(word & convert(max_value(uint160), uint256), address)


@internal
@pure
def _is_restricted(word: uint256) -> bool:
    return word & RESTRICTED != 0


@internal
@pure
def _is_plain(word: uint256) -> bool:
    """
    @dev Whether nothing binds gifts and payments by vote: all that such a word may have is the time of its opening.
    """
    return word & ~(TIME_MASK << LAST_RESERVE_AT) == 0


@internal
@pure
def _thanks_patrons(word: uint256) -> bool:
    return word & PATRON_GRAIN != 0


@internal
@pure
def _deadline(word: uint256) -> uint256:
    return word >> DEADLINE_AT & TIME_MASK


@internal
@view
def _has_ended(word: uint256) -> bool:
    deadline: uint256 = self._deadline(word)
    return deadline != 0 and block.timestamp >= deadline


@internal
def _new(spender: address, restricted: bool, deadline: uint256) -> uint256:
    """
    @dev Writes the terms of the next earmark and returns its number.
    """
    if deadline != 0:
        assert deadline > block.timestamp, "pool: deadline has passed"
        assert deadline <= block.timestamp + LONGEST, "pool: deadline over ten years off"
    word: uint256 = convert(spender, uint256) | deadline << DEADLINE_AT | block.timestamp << LAST_RESERVE_AT
    if restricted:
        word |= RESTRICTED
    earmark_id: uint256 = self.earmark_count + 1
    self.earmark_count = earmark_id
    self.terms[earmark_id] = word
    return earmark_id


@internal
def _note_reserve(earmark_id: uint256, word: uint256):
    """
    @dev `word` are the earmark's terms; the clock of `lapse` starts again.
    """
    kept: uint256 = word & ~(TIME_MASK << LAST_RESERVE_AT)
    self.terms[earmark_id] = kept | block.timestamp << LAST_RESERVE_AT


@internal
def _note_patron_grain(earmark_id: uint256):
    self.terms[earmark_id] |= PATRON_GRAIN


@internal
def _end_by_lapse(earmark_id: uint256):
    """
    @dev The deadline becomes now: from here on there is one way to have ended.
    """
    word: uint256 = self._terms(earmark_id)
    assert self._is_restricted(word) and self._deadline(word) == 0, "pool: this earmark cannot lapse"
    last_reserve: uint256 = word >> LAST_RESERVE_AT & TIME_MASK
    assert block.timestamp >= last_reserve + LAPSE_AFTER, "pool: too early to lapse"
    self.terms[earmark_id] = word | block.timestamp << DEADLINE_AT


@internal
def _close_general_fund():
    """
    @dev For an implementation, never for a clone: it takes no gifts, since nobody could ever spend them.
    """
    self.terms[0] = 1 << DEADLINE_AT
