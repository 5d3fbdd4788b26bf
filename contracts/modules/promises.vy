# SPDX-License-Identifier: AGPL-3.0-only
# pragma version 0.4.3
# pragma nonreentrancy on
"""
@title Promises: what the spender of an earmark may do
@license AGPL-3.0-only
@author Millpond maintainers
@notice A spender first reserves and later releases, so that nobody else can spend what it has promised. It reaches no
        earmark but its own, and no money that is not reserved.
"""

from . import books
from . import earmarks
from . import packing
from . import payments

uses: books
uses: earmarks
uses: payments


event Reserved:
    earmark_id: indexed(uint256)
    asset: indexed(address)
    amount: uint256


event Unreserved:
    earmark_id: indexed(uint256)
    asset: indexed(address)
    amount: uint256


event Released:
    earmark_id: indexed(uint256)
    asset: indexed(address)
    to: indexed(address)
    amount: uint256


# For each payee the amount << 160 | her address. An `Owed` of the same transaction names whom the payment did not reach.
event ReleasedMany:
    earmark_id: indexed(uint256)
    asset: indexed(address)
    batch: DynArray[uint256, 128]


# ------------------------------------------------------------------------------------------------ an earmark's spender

@external
def reserve(earmark_id: uint256, asset: address, amount: uint256):
    """
    @notice Sets money of the earmark aside, so that only `release` can use it. By its spender, before its end.
    @dev Reverts for zero, more than is unreserved, any other caller, and from the second of the deadline on.
         The clock of `lapse` starts again.
    @param earmark_id The caller's earmark.
    @param asset The token; the zero address for ETH.
    @param amount In the asset's smallest unit, above 0.
    """
    payments._check_amount(amount)
    word: uint256 = earmarks._open_terms(earmark_id)
    self._check_spender(word)
    books._reserve(earmark_id, asset, amount)
    earmarks._note_reserve(earmark_id, word)
    log Reserved(earmark_id=earmark_id, asset=asset, amount=amount)


@external
def unreserve(earmark_id: uint256, asset: address, amount: uint256):
    """
    @notice Takes a promise back. By the earmark's spender, at any time.
    @dev Reverts for zero, more than is reserved, and any other caller.
    @param earmark_id The caller's earmark.
    @param asset The token; the zero address for ETH.
    @param amount In the asset's smallest unit, above 0.
    """
    payments._check_amount(amount)
    self._check_spender(earmarks._terms(earmark_id))
    books._free(earmark_id, asset, amount)
    log Unreserved(earmark_id=earmark_id, asset=asset, amount=amount)


@external
def release(earmark_id: uint256, asset: address, to: address, amount: uint256):
    """
    @notice Pays out of what is reserved. By the earmark's spender, also after the end. A failing payment becomes a debt.
    @dev Reverts for zero, more than is reserved, any other caller, the zero address or the pool as payee, and when less
         gas is left than a payment may need.
    @param earmark_id The caller's earmark.
    @param asset The token; the zero address for ETH.
    @param to Who is paid.
    @param amount In the asset's smallest unit, above 0.
    """
    self._check_spender(earmarks._terms(earmark_id))
    payments._check_amount(amount)
    payments._check_payee(to)
    books._pay_out(earmark_id, asset, amount)
    log Released(earmark_id=earmark_id, asset=asset, to=to, amount=amount)
    payments._pay(asset, to, amount)


@external
def release_many(earmark_id: uint256, asset: address, batch: DynArray[uint256, 128]):
    """
    @notice The same for many payees. All or nothing, but for failing payees, who are owed.
    @dev The books change once, before anybody is called. Reverts where `release` would for one of them, and for nobody.
    @param earmark_id The caller's earmark.
    @param asset The token; the zero address for ETH.
    @param batch For each payee the amount in the asset's smallest unit << 160 | her address; at most 128.
    """
    self._check_spender(earmarks._terms(earmark_id))
    total: uint256 = 0
    for payment: uint256 in batch:
        # at most 128 amounts of 96 bits
        total = unsafe_add(total, payment >> 160)
    payments._check_amount(total)
    books._pay_out(earmark_id, asset, total)
    log ReleasedMany(earmark_id=earmark_id, asset=asset, batch=batch)
    payments._pay_many(asset, batch, total)


# ------------------------------------------------------------------------------------------------ internals

@internal
@view
def _check_spender(word: uint256):
    assert msg.sender == earmarks._spender(word), "pool: only the spender"
