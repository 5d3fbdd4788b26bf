# SPDX-License-Identifier: AGPL-3.0-only
# pragma version 0.4.3
# pragma nonreentrancy on
"""
@title Pool: holds a co-op's money, and does nothing else
@license AGPL-3.0-only
@author Millpond maintainers
@notice Gifts come in under an earmark. They leave in three ways only: the members spend by vote what is not restricted,
        an earmark's spender releases what it reserved before, and patrons reclaim what a restricted earmark did not use.
        No vote can bypass these rules, and there is no other key. What is no money (collectibles) is in no earmark.
@dev A clone; its code carries (hub). Amounts are in the asset's smallest unit, below 2^128; ETH is the zero address.
     `received` counts gifts and booked surplus only, never money that returns, and ends at 2^127. Payments that fail
     become debts. All amounts, in events too, are as the books count: once members have accepted the loss of a token,
     a unit of the books is worth less than one of the token (holdings.vy).
     Plain ETH must come with more than 2,300 gas: a clone cannot be reached with less.
@custom:holds All money of one pool: ETH and any token that was given; and collectibles that were sent here.
@custom:halt Members stop `spend` and `move` by defeating the proposal; a spender that nobody feeds with new proposals
             or posts reserves nothing. Withdrawals, releases of what is reserved and reclaims cannot be halted.
"""

from .interfaces import IGovernor
from .interfaces import IPool
from .interfaces import ISpender
from .modules import books
from .modules import collectibles
from .modules import earmarks
from .modules import gifts
from .modules import holdings
from .modules import losses
from .modules import patronage
from .modules import payments
from .modules import pool_parts
from .modules import promises

implements: IPool
initializes: pool_parts
initializes: earmarks
initializes: books[earmarks := earmarks]
initializes: holdings
initializes: payments[holdings := holdings]
initializes: losses[holdings := holdings, pool_parts := pool_parts]
initializes: patronage[books := books, earmarks := earmarks, pool_parts := pool_parts]
initializes: gifts[books := books, earmarks := earmarks, patronage := patronage, payments := payments]
initializes: promises[books := books, earmarks := earmarks, payments := payments]
initializes: collectibles[holdings := holdings, pool_parts := pool_parts]

# --- anyone
exports: collectibles.onERC1155BatchReceived
exports: collectibles.onERC1155Received
exports: collectibles.onERC721Received
exports: gifts.give
exports: gifts.give_with_permit
exports: gifts.lapse
exports: gifts.reclaim
exports: gifts.reclaim_for_general_fund
exports: gifts.sync
exports: payments.withdraw

# --- an earmark's spender
exports: promises.release
exports: promises.release_many
exports: promises.reserve
exports: promises.unreserve

# --- the pool itself, by vote
exports: collectibles.send_multi_token
exports: collectibles.send_nft
exports: losses.accept_loss
exports: patronage.set_patron_grain

# --- the Hub, once
exports: pool_parts.setup

# --- views
exports: books.balance_of
exports: books.gift_of
exports: books.received
exports: books.reclaimable
exports: books.reserved
exports: books.unreserved
exports: collectibles.supportsInterface
exports: earmarks.earmark
exports: earmarks.earmark_count
exports: holdings.factor_of
exports: holdings.held
exports: holdings.owed
exports: patronage.patron_grain_of
exports: payments.surplus
exports: pool_parts.governor
exports: pool_parts.grain
exports: pool_parts.hub


event EarmarkOpened:
    earmark_id: indexed(uint256)
    spender: indexed(address)
    uri: String[256]
    purpose_hash: bytes32
    restricted: bool
    deadline: uint256
    params: Bytes[512]


event Spent:
    earmark_id: indexed(uint256)
    asset: indexed(address)
    to: indexed(address)
    amount: uint256


event Moved:
    from_id: indexed(uint256)
    to_id: indexed(uint256)
    asset: indexed(address)
    amount: uint256


event PutBack:
    asset: indexed(address)
    amount: uint256


event Updated:
    earmark_id: indexed(uint256)
    author: indexed(address)
    uri: String[256]
    content_hash: bytes32


@deploy
def __init__():
    """
    @notice The implementation that the clones share. It takes no gifts: nobody could ever spend them.
    """
    earmarks._close_general_fund()


# ------------------------------------------------------------------------------------------------ anyone

@external
@payable
@reentrant
def __default__():
    """
    @notice Takes plain ETH. `sync` books it; a gift that should count as somebody's is made with `give`.
    @dev Reverts for calls of functions that do not exist.
    """
    assert len(msg.data) == 0, "pool: no such function"


# ------------------------------------------------------------------------------------------------ members and recipients

@external
def update(earmark_id: uint256, uri: String[256], content_hash: bytes32):
    """
    @notice Publishes a report on an earmark's progress. By a member, the earmark's spender, or the members by vote.
    @dev Reverts for everybody else and for an unknown earmark. Nothing is stored: the event is the report.
    @param earmark_id The earmark reported on; 0 is the general fund.
    @param uri Where the report can be read.
    @param content_hash keccak256 of the report's bytes, so that it cannot be exchanged later.
    """
    spender: address = earmarks._spender(earmarks._terms(earmark_id))
    if msg.sender != spender and msg.sender != pool_parts.governor:
        assert staticcall IGovernor(pool_parts.governor).isMember(msg.sender), "pool: only members report"
    log Updated(earmark_id=earmark_id, author=msg.sender, uri=uri, content_hash=content_hash)


# ------------------------------------------------------------------------------------------------ the pool itself, by vote

@external
def open_earmark(
    expected_id: uint256, uri: String[256], purpose_hash: bytes32, spender: address,
    restricted: bool, deadline: uint256, params: Bytes[512],
) -> uint256:
    """
    @notice Opens the next earmark; its terms can never change. Only the Governor; the Hub may open the first one while it
            makes the pool, for what newcomers pay in.
    @dev Reverts when `expected_id` is not the next number (a gift promised to it would land elsewhere), when the deadline
         is over or too far off, when the spender is no part of this pool or refuses, and when a restricted earmark names
         another spender than a part that the Hub made.
         The Governor finds `spender` at byte 100 of the call: keep the order of the arguments.
    @param expected_id The number it must get: `earmark_count` + 1.
    @param uri Where the purpose is written down.
    @param purpose_hash keccak256 of that text.
    @param spender The part of this pool that alone may reserve and release; zero: the members spend by vote.
    @param restricted Serves its purpose or returns to its patrons; its spender must be a contract the Hub made.
    @param deadline The first second, since 1970, in which it takes no more gifts and promises; 0: none. At most ten
           years off.
    @param params The spender's own parameters, which it reads now and freezes.
    @return The number of the earmark.
    """
    if not self._is_first_of_the_hub():
        pool_parts._check_governor()
    governor: IGovernor = IGovernor(pool_parts.governor)
    earmark_id: uint256 = earmarks._new(spender, restricted, deadline)
    assert earmark_id == expected_id, "pool: not the next earmark"
    if restricted:
        assert staticcall governor.is_hub_part(spender), "pool: restricted needs a Hub part"
    elif spender != empty(address):
        assert staticcall governor.part_words(spender) != 0, "pool: spender is no part"
    log EarmarkOpened(
        earmark_id=earmark_id, spender=spender, uri=uri, purpose_hash=purpose_hash,
        restricted=restricted, deadline=deadline, params=params,
    )
    if spender != empty(address):
        extcall ISpender(spender).on_open(earmark_id, params)
    return earmark_id


@external
def spend(earmark_id: uint256, asset: address, to: address, amount: uint256):
    """
    @notice Pays out of what is not reserved, never out of a restricted earmark. Only the Governor.
    @dev Paid is what the amount is worth (`factor_of`). A failing payment becomes a debt; one to the Governor reverts, so that its next call does not run without money.
         Reverts for zero, more than is unreserved, the zero address or the pool as payee, when the token is short, and
         when less gas is left than a payment may need.
    @param earmark_id The earmark that pays; 0 is the general fund.
    @param asset The token; the zero address for ETH.
    @param to Who is paid.
    @param amount In the asset's smallest unit, above 0.
    """
    pool_parts._check_governor()
    payments._check_amount(amount)
    payments._check_payee(to)
    books._debit(earmark_id, asset, amount)
    log Spent(earmark_id=earmark_id, asset=asset, to=to, amount=amount)
    paid: bool = payments._pay(asset, to, amount)
    assert paid or to != msg.sender, "pool: the Governor was not paid"


@external
def move(from_id: uint256, to_id: uint256, asset: address, amount: uint256):
    """
    @notice Moves unreserved money between earmarks, never out of a restricted one. Only the Governor.
    @dev Into a restricted earmark it counts as received and as a gift of the pool itself, so that it can return to the
         general fund. Reverts for zero, more than is unreserved, an unknown earmark, a receiving one that has ended,
         and when both are the same.
    @param from_id The earmark that gives; 0 is the general fund.
    @param to_id The earmark that gets it.
    @param asset The token; the zero address for ETH.
    @param amount In the asset's smallest unit, above 0.
    """
    pool_parts._check_governor()
    payments._check_amount(amount)
    assert from_id != to_id, "pool: move to the same earmark"
    into_restricted: bool = earmarks._is_restricted(earmarks._open_terms(to_id))
    books._debit(from_id, asset, amount)
    if into_restricted:
        books._receive(to_id, asset, books.books[to_id][asset], amount)
        books._record_gift(to_id, asset, self, amount)
    else:
        books._credit(to_id, asset, amount)
    log Moved(from_id=from_id, to_id=to_id, asset=asset, amount=amount)


@external
@payable
def put_back(asset: address, amount: uint256):
    """
    @notice Returns money to the general fund without counting it as received. Only the Governor.
    @dev ETH comes as value. A token must have been transferred before, in the same transaction; credited is the
         smaller of `amount` and the surplus, as the books count it. When that is nothing, nothing happens: a unit that a token loses on the way
         must not undo a proposal. Reverts when the value is not `amount` (ETH) or not zero (a token).
    @param asset The token; the zero address for ETH.
    @param amount In the asset's smallest unit.
    """
    pool_parts._check_governor()
    if asset == payments.ETH:
        assert msg.value == amount, "pool: value is not what is put back"
    else:
        assert msg.value == 0, "pool: ETH put back with a token"
    returned: uint256 = min(amount, payments._surplus(asset))
    if returned == 0:
        return
    credited: uint256 = payments._come(asset, returned)
    books._credit(0, asset, credited)
    log PutBack(asset=asset, amount=credited)


# ------------------------------------------------------------------------------------------------ internals

@internal
@view
def _is_first_of_the_hub() -> bool:
    """
    @dev Whether the Hub opens the first earmark, in the transaction in which it makes the pool.
    """
    return earmarks.earmark_count == 0 and pool_parts._is_the_hub_making_it()
