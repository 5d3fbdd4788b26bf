# SPDX-License-Identifier: AGPL-3.0-only
# pragma version 0.4.3
# pragma nonreentrancy on
"""
@title Books: what each earmark of a pool has of each asset
@license AGPL-3.0-only
@author Millpond maintainers
@notice Per earmark and asset: balance, what was received, what is reserved, what was reclaimed, and for a restricted
        earmark the gifts of each patron.
@dev Only arithmetic: no money moves here and nobody's rights are checked. Amounts are nominal (holdings.vy).
     What is free and what is reserved are kept apart and make the balance, so that a payment out of the reserve changes one
     word. For a restricted earmark received = sum of gifts, since nothing else comes in.
"""

from . import earmarks
from . import packing

uses: earmarks

# Says of a book that nothing in its earmark's terms binds it: no spender, no deadline, not restricted, no grain to
# patrons. Those terms can never change, but for the last, which takes the mark away. So neither gifts nor payments by
# vote have to read them, nor what is reserved.
PLAIN: constant(uint256) = 1 << 128

# earmark -> asset -> received << 129 | PLAIN | what is not reserved.
books: HashMap[uint256, HashMap[address, uint256]]
# earmark -> asset -> reclaimed << 128 | reserved.
reserves: HashMap[uint256, HashMap[address, uint256]]
# earmark -> asset -> patron -> taken back << 128 | given. Only for restricted earmarks.
gifts: HashMap[uint256, HashMap[address, HashMap[address, uint256]]]


# ------------------------------------------------------------------------------------------------ views

@external
@view
@reentrant
def balance_of(earmark_id: uint256, asset: address) -> uint256:
    """
    @notice What the earmark has, reserved money included.
    @param earmark_id The earmark; 0 is the general fund.
    @param asset The token; the zero address for ETH.
    @return In the asset's smallest unit, as the books count; 0 for an earmark that is not opened.
    """
    return self._unreserved(earmark_id, asset) + packing._low(self.reserves[earmark_id][asset])


@external
@view
@reentrant
def received(earmark_id: uint256, asset: address) -> uint256:
    """
    @notice Gifts since the beginning, and for the general fund the surplus that was booked; never money that returned.
    @param earmark_id The earmark; 0 is the general fund.
    @param asset The token; the zero address for ETH.
    @return In the asset's smallest unit, as the books count; it never falls.
    """
    return self._received(self.books[earmark_id][asset])


@external
@view
@reentrant
def reserved(earmark_id: uint256, asset: address) -> uint256:
    """
    @notice What the earmark's spender has promised and not yet paid.
    @param earmark_id The earmark; 0 is the general fund, which has no spender.
    @param asset The token; the zero address for ETH.
    @return In the asset's smallest unit, as the books count, at most the balance.
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
    @return In the asset's smallest unit, as the books count: the balance less what is reserved.
    """
    return self._unreserved(earmark_id, asset)


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
    @return What was given, in the asset's smallest unit, as the books count; 0 for an earmark that is not restricted.
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
    @return In the asset's smallest unit, as the books count, rounded down; 0 until a restricted earmark has ended.
    """
    if not earmarks._has_ended(earmarks._terms(earmark_id)):
        return 0
    return self._due(earmark_id, asset, patron)


# ------------------------------------------------------------------------------------------------ money in and out

@internal
@pure
def _received(word: uint256) -> uint256:
    return word >> 129


@internal
@pure
def _is_plain(word: uint256) -> bool:
    return word & PLAIN != 0


@internal
def _credit(earmark_id: uint256, asset: address, amount: uint256):
    """
    @dev Money that returns: it was received before.
    """
    word: uint256 = self.books[earmark_id][asset]
    self.books[earmark_id][asset] = packing._pair(packing._high(word), packing._low(word) + amount)


@internal
def _receive(earmark_id: uint256, asset: address, word: uint256, amount: uint256):
    """
    @dev Money that counts as received. `word` is the book before, with PLAIN when nothing binds the earmark.
    """
    received: uint256 = packing._high(word) + (amount << 1)
    self.books[earmark_id][asset] = packing._pair(received, packing._low(word) + amount)


@internal
def _unmark(earmark_id: uint256, asset: address):
    """
    @dev From now on something binds this book, and its terms have to be read.
    """
    self.books[earmark_id][asset] &= ~PLAIN


@internal
@view
def _unreserved(earmark_id: uint256, asset: address) -> uint256:
    return packing._low(self.books[earmark_id][asset])


@internal
def _debit(earmark_id: uint256, asset: address, amount: uint256):
    """
    @dev What members take out by vote: nothing that is reserved, nothing out of a restricted earmark.
    """
    word: uint256 = self.books[earmark_id][asset]
    if word & PLAIN == 0:
        terms: uint256 = earmarks._terms(earmark_id)
        assert not earmarks._is_restricted(terms), "pool: restricted, not for a vote"
    assert amount <= packing._low(word), "pool: more than is unreserved"
    self.books[earmark_id][asset] = word - amount


@internal
def _reserve(earmark_id: uint256, asset: address, amount: uint256):
    word: uint256 = self.books[earmark_id][asset]
    assert amount <= packing._low(word), "pool: too little to reserve"
    self.books[earmark_id][asset] = word - amount
    self.reserves[earmark_id][asset] += amount


@internal
def _pay_out(earmark_id: uint256, asset: address, amount: uint256):
    """
    @dev Out of what is reserved. Nothing else lowers that.
    """
    word: uint256 = self.reserves[earmark_id][asset]
    assert amount <= packing._low(word), "pool: more than is reserved"
    self.reserves[earmark_id][asset] = word - amount


@internal
def _free(earmark_id: uint256, asset: address, amount: uint256):
    """
    @dev Takes back a promise.
    """
    self._pay_out(earmark_id, asset, amount)
    self.books[earmark_id][asset] += amount


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
    all_gifts: uint256 = self._received(self.books[earmark_id][asset])
    reclaimed: uint256 = packing._high(self.reserves[earmark_id][asset])
    pot: uint256 = self._unreserved(earmark_id, asset) + reclaimed
    return pot * packing._low(gift) // all_gifts - packing._high(gift)


@internal
def _take_back(earmark_id: uint256, asset: address, patron: address) -> uint256:
    """
    @dev Books a patron's reclaim and returns its amount; the money still has to go somewhere.
    """
    assert earmarks._has_ended(earmarks._terms(earmark_id)), "pool: earmark has not ended"
    amount: uint256 = self._due(earmark_id, asset, patron)
    assert amount != 0, "pool: nothing to reclaim"
    # `taken` and `reclaimed` stay below `given` and `received`, which fit.
    self.gifts[earmark_id][asset][patron] += amount << 128
    self.reserves[earmark_id][asset] += amount << 128
    self.books[earmark_id][asset] -= amount
    return amount
