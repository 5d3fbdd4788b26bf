# SPDX-License-Identifier: AGPL-3.0-only
# pragma version 0.4.3
# pragma nonreentrancy on
"""
@title Gifts: how money comes into a pool, and how a patron gets back what did not serve its purpose
@license AGPL-3.0-only
@author Millpond maintainers
@notice Anyone may give, book what came without a gift, end an earmark that its spender has left alone, and reclaim.
"""

from . import books
from . import earmarks
from . import patronage
from . import payments

uses: books
uses: earmarks
uses: patronage
uses: payments


event Given:
    patron: indexed(address)
    earmark_id: indexed(uint256)
    asset: indexed(address)
    amount: uint256
    anonymous: bool
    note: String[256]


event Synced:
    asset: indexed(address)
    amount: uint256


event Reclaimed:
    patron: indexed(address)
    earmark_id: indexed(uint256)
    asset: indexed(address)
    amount: uint256


event Lapsed:
    earmark_id: indexed(uint256)


# ------------------------------------------------------------------------------------------------ anyone

@external
@payable
def give(earmark_id: uint256, asset: address, amount: uint256, note: String[256], anonymous: bool = False):
    """
    @notice Gives to an earmark; 0 is the general fund. ETH comes as value, a token by allowance.
    @dev Credited is what arrives, as the books count it, and never more than the amount: what comes beside it is a
         surplus. Where members thank patrons, grain comes with it.
         Reverts for zero, when nothing arrives, when the earmark is unknown or has ended (from the second of its
         deadline on), when the value is not the amount (ETH) or not zero (tokens), when the asset has no code, is a
         collectible or is short, and when the token refuses.
    @param earmark_id The earmark; 0 is the general fund.
    @param asset The token; the zero address for ETH.
    @param amount In the asset's smallest unit, above 0.
    @param note A word to the members, published in the event.
    @param anonymous The patron asks not to be named on any page. The address is on the chain all the same.
    """
    self._give(earmark_id, asset, amount, note, anonymous, msg.value)


@external
def give_with_permit(
    earmark_id: uint256, asset: address, amount: uint256, note: String[256], anonymous: bool,
    deadline: uint256, v: uint8, r: bytes32, s: bytes32,
):
    """
    @notice Gives a token with the patron's EIP-2612 permit for this amount, in one transaction.
    @dev Reverts as `give`, and for ETH. A permit that fails is no error by itself: somebody may have sent it before, and
         then the allowance is there; if not, the token refuses the transfer.
    @param earmark_id The earmark; 0 is the general fund.
    @param asset The token.
    @param amount In the asset's smallest unit, above 0: what the permit allows the pool.
    @param note A word to the members, published in the event.
    @param anonymous The patron asks not to be named on any page. The address is on the chain all the same.
    @param deadline The last second, since 1970, in which the permit holds.
    @param v Of the permit's signature: 27 or 28.
    @param r Of the permit's signature: its first word.
    @param s Of the permit's signature: its second word.
    """
    permitted: bool = raw_call(
        asset,
        abi_encode(
            msg.sender, self, amount, deadline, v, r, s,
            method_id=method_id("permit(address,address,uint256,uint256,uint8,bytes32,bytes32)"),
        ),
        revert_on_failure=False,
    )
    self._give(earmark_id, asset, amount, note, anonymous, 0)


@external
def sync(asset: address):
    """
    @notice Books what came without `give` (plain transfers, forced ETH) to the general fund, where it counts as received.
    @dev Anyone. Reverts when there is none, and for an asset that has no code or is a collectible.
    @param asset The token; the zero address for ETH.
    """
    amount: uint256 = payments._surplus(asset)
    assert amount != 0, "pool: no surplus"
    credited: uint256 = payments._come(asset, amount)
    books._receive(0, asset, books.books[0][asset], credited)
    log Synced(asset=asset, amount=credited)


@external
def reclaim(earmark_id: uint256, asset: address):
    """
    @notice Pays back to the caller her share of what a restricted earmark had left when it ended, and later of what was
            freed since. A failing payment becomes a debt.
    @dev Reverts before the end, when nothing is due, and when less gas is left than a payment may need.
    @param earmark_id The restricted earmark that she gave to.
    @param asset The token she gave; the zero address for ETH.
    """
    amount: uint256 = books._take_back(earmark_id, asset, msg.sender)
    log Reclaimed(patron=msg.sender, earmark_id=earmark_id, asset=asset, amount=amount)
    payments._pay(asset, msg.sender, amount)


@external
def reclaim_for_general_fund(earmark_id: uint256, asset: address):
    """
    @notice Returns to the general fund its share of what a restricted earmark had left: the members had moved it there.
    @dev Anyone. Reverts before the end and when nothing is due: the pool itself is the patron. It does not count as
         received.
    @param earmark_id The restricted earmark that the members had moved money to.
    @param asset The token; the zero address for ETH.
    """
    amount: uint256 = books._take_back(earmark_id, asset, self)
    books._credit(0, asset, amount)
    log Reclaimed(patron=self, earmark_id=earmark_id, asset=asset, amount=amount)


@external
def lapse(earmark_id: uint256):
    """
    @notice Ends a restricted earmark without a deadline whose spender has reserved nothing for 400 days.
    @dev Anyone. Acts as the deadline. Reverts for every other earmark and before 400 times 86,400 seconds have passed.
    @param earmark_id The restricted earmark.
    """
    earmarks._end_by_lapse(earmark_id)
    log Lapsed(earmark_id=earmark_id)


# ------------------------------------------------------------------------------------------------ internals

@internal
def _give(
    earmark_id: uint256, asset: address, amount: uint256, note: String[256], anonymous: bool, sent: uint256
):
    # Nothing can change the book or the terms while the token is called: all functions are locked.
    book: uint256 = books.books[earmark_id][asset]
    terms: uint256 = 0
    if not books._is_plain(book):
        terms = earmarks._open_terms(earmark_id)
        if earmarks._is_plain(terms):
            book |= books.PLAIN
    arrived: uint256 = payments._pull(asset, amount, sent)
    credited: uint256 = payments._come(asset, arrived)
    books._receive(earmark_id, asset, book, credited)
    if earmarks._is_restricted(terms):
        books._record_gift(earmark_id, asset, msg.sender, credited)
    log Given(
        patron=msg.sender, earmark_id=earmark_id, asset=asset, amount=credited, anonymous=anonymous, note=note
    )
    if earmarks._thanks_patrons(terms):
        patronage._thank(earmark_id, asset, arrived)
