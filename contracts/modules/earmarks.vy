# SPDX-License-Identifier: AGPL-3.0-only
# pragma version 0.4.3
# pragma nonreentrancy on
"""
@title Earmarks: the books of a pool
@license AGPL-3.0-only
@author Millpond maintainers
@notice Per earmark and asset: balance, what was received, what is reserved, what was reclaimed, and for a restricted
        earmark the gifts of each patron. Per asset: what is held in all. Earmark 0 is the general fund: open to
        everybody, for ever, without a spender.
@dev Only arithmetic and terms: no money moves here and nobody's rights are checked; Pool.vy does both.
     Always: reserved <= balance; held = sum of balances + sum of debts; for a restricted earmark
     received = sum of gifts, since nothing else comes in.
"""

from ..interfaces import IPool
from . import packing

# A restricted earmark without a deadline ends when its spender has reserved nothing for so long.
LAPSE_AFTER: constant(uint256) = 400 * 86_400
# Farther away is a typing error, and would lock gifts away.
LONGEST: constant(uint256) = 3_653 * 86_400

# An earmark's word: spender 160 | deadline 40 | last_reserve 40 | flags 16. Never zero once opened (last_reserve).
DEADLINE_AT: constant(uint256) = 160
LAST_RESERVE_AT: constant(uint256) = 200
TIME_MASK: constant(uint256) = (1 << 40) - 1
RESTRICTED: constant(uint256) = 1 << 240
# Kept free in the same word: 1 << 241 for an escrow that only its contract may spend, 1 << 242 for patron grain.

# The last number given to an earmark.
earmark_count: public(reentrant(uint256))
# Packed terms of each earmark but 0, which has none.
terms: HashMap[uint256, uint256]
# earmark -> asset -> received << 128 | balance.
books: HashMap[uint256, HashMap[address, uint256]]
# earmark -> asset -> reclaimed << 128 | reserved.
reserves: HashMap[uint256, HashMap[address, uint256]]
# earmark -> asset -> patron -> taken back << 128 | given. Only for restricted earmarks.
gifts: HashMap[uint256, HashMap[address, HashMap[address, uint256]]]
# asset -> sum of balances and debts, in the lower 128 bits. Bits 128 to 191 are kept free for a rebasing factor.
holdings: HashMap[address, uint256]
# asset -> account -> what could not be paid and waits to be withdrawn.
owed: public(reentrant(HashMap[address, HashMap[address, uint256]]))


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


@external
@view
@reentrant
def balance_of(earmark_id: uint256, asset: address) -> uint256:
    """
    @notice What the earmark has, reserved money included.
    @param earmark_id The earmark; 0 is the general fund.
    @param asset The token; the zero address for ETH.
    @return In the asset's smallest unit; 0 for an earmark that is not opened.
    """
    return packing._low(self.books[earmark_id][asset])


@external
@view
@reentrant
def received(earmark_id: uint256, asset: address) -> uint256:
    """
    @notice Gifts since the beginning, and for the general fund the surplus that was booked; never money that returned.
    @param earmark_id The earmark; 0 is the general fund.
    @param asset The token; the zero address for ETH.
    @return In the asset's smallest unit; it never falls.
    """
    return packing._high(self.books[earmark_id][asset])


@external
@view
@reentrant
def reserved(earmark_id: uint256, asset: address) -> uint256:
    """
    @notice What the earmark's spender has promised and not yet paid.
    @param earmark_id The earmark; 0 is the general fund, which has no spender.
    @param asset The token; the zero address for ETH.
    @return In the asset's smallest unit, at most the balance.
    """
    return packing._low(self.reserves[earmark_id][asset])


@external
@view
@reentrant
def unreserved(earmark_id: uint256, asset: address) -> uint256:
    """
    @notice What the earmark has and nobody has promised.
    @param earmark_id The earmark; 0 is the general fund.
    @param asset The token; the zero address for ETH.
    @return In the asset's smallest unit: the balance less what is reserved.
    """
    return self._unreserved(earmark_id, asset)


@external
@view
@reentrant
def held(asset: address) -> uint256:
    """
    @notice What the books say the pool has: all balances and all debts.
    @param asset The token; the zero address for ETH.
    @return In the asset's smallest unit.
    """
    return self._held(asset)


@external
@view
@reentrant
def gift_of(earmark_id: uint256, asset: address, patron: address) -> (uint256, uint256):
    """
    @notice What a patron gave to a restricted earmark, and how much of it was taken back. The pool's own address
            stands for what the members moved there from other earmarks.
    @param earmark_id The restricted earmark.
    @param asset The token; the zero address for ETH.
    @param patron The account that gave.
    @return What was given, in the asset's smallest unit; 0 for an earmark that is not restricted.
    @return What was taken back of it, in the same unit.
    """
    word: uint256 = self.gifts[earmark_id][asset][patron]
    return packing._low(word), packing._high(word)


@external
@view
@reentrant
def reclaimable(earmark_id: uint256, asset: address, patron: address) -> uint256:
    """
    @notice What a patron may take back now.
    @dev Reverts for an earmark that is not opened yet.
    @param earmark_id The restricted earmark.
    @param asset The token; the zero address for ETH.
    @param patron The account that gave.
    @return In the asset's smallest unit, rounded down; 0 until a restricted earmark has ended.
    """
    if not self._has_ended(self._terms(earmark_id)):
        return 0
    return self._due(earmark_id, asset, patron)


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


# ------------------------------------------------------------------------------------------------ money in and out

@internal
@view
def _held(asset: address) -> uint256:
    return packing._low(self.holdings[asset])


@internal
def _hold(asset: address, amount: uint256):
    word: uint256 = self.holdings[asset]
    self.holdings[asset] = packing._pair(packing._high(word), packing._low(word) + amount)


@internal
def _let_go(asset: address, amount: uint256):
    # The caller has taken `amount` out of a balance or a debt, so at least that much is held.
    self.holdings[asset] -= amount


@internal
def _credit(earmark_id: uint256, asset: address, amount: uint256, is_received: bool):
    word: uint256 = self.books[earmark_id][asset]
    total: uint256 = packing._high(word)
    if is_received:
        total += amount
    self.books[earmark_id][asset] = packing._pair(total, packing._low(word) + amount)


@internal
@view
def _unreserved(earmark_id: uint256, asset: address) -> uint256:
    return packing._low(self.books[earmark_id][asset]) - packing._low(self.reserves[earmark_id][asset])


@internal
def _debit(earmark_id: uint256, asset: address, amount: uint256):
    """
    @dev Takes what is not reserved.
    """
    assert amount <= self._unreserved(earmark_id, asset), "pool: more than is unreserved"
    self.books[earmark_id][asset] -= amount


@internal
def _reserve(earmark_id: uint256, asset: address, amount: uint256, word: uint256):
    """
    @dev `word` are the earmark's terms; the clock of `lapse` starts again.
    """
    assert amount <= self._unreserved(earmark_id, asset), "pool: too little to reserve"
    self.reserves[earmark_id][asset] += amount
    kept: uint256 = word & ~(TIME_MASK << LAST_RESERVE_AT)
    self.terms[earmark_id] = kept | block.timestamp << LAST_RESERVE_AT


@internal
def _free(earmark_id: uint256, asset: address, amount: uint256):
    """
    @dev Takes back a promise. Nothing else lowers what is reserved.
    """
    word: uint256 = self.reserves[earmark_id][asset]
    assert amount <= packing._low(word), "pool: more than is reserved"
    self.reserves[earmark_id][asset] = word - amount


# ------------------------------------------------------------------------------------------------ gifts with a purpose

@internal
def _record_gift(earmark_id: uint256, asset: address, patron: address, amount: uint256):
    word: uint256 = self.gifts[earmark_id][asset][patron]
    self.gifts[earmark_id][asset][patron] = packing._pair(packing._high(word), packing._low(word) + amount)


@internal
@view
def _due(earmark_id: uint256, asset: address, patron: address) -> uint256:
    """
    @dev floor(reclaimable * gift / gifts) - taken, where reclaimable = received - released - reserved: what would lie
         here unreserved had nobody reclaimed yet. After the end it only grows, so nobody gains by being first or last.
    """
    gift: uint256 = self.gifts[earmark_id][asset][patron]
    if gift == 0:
        return 0
    all_gifts: uint256 = packing._high(self.books[earmark_id][asset])
    reclaimed: uint256 = packing._high(self.reserves[earmark_id][asset])
    pot: uint256 = self._unreserved(earmark_id, asset) + reclaimed
    return pot * packing._low(gift) // all_gifts - packing._high(gift)


@internal
def _take_back(earmark_id: uint256, asset: address, patron: address) -> uint256:
    """
    @dev Books a patron's reclaim and returns its amount; the money still has to go somewhere.
    """
    assert self._has_ended(self._terms(earmark_id)), "pool: earmark has not ended"
    amount: uint256 = self._due(earmark_id, asset, patron)
    assert amount != 0, "pool: nothing to reclaim"
    # `taken` and `reclaimed` stay below `given` and `received`, which fit.
    self.gifts[earmark_id][asset][patron] += amount << 128
    self.reserves[earmark_id][asset] += amount << 128
    self.books[earmark_id][asset] -= amount
    return amount
