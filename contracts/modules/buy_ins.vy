# SPDX-License-Identifier: AGPL-3.0-only
# pragma version 0.4.3
# pragma nonreentrancy on
"""
@title Buy-ins: what a newcomer puts in, and gets back when her membership ends
@license AGPL-3.0-only
@author Millpond maintainers
@notice A buy-in lies in an earmark of the Pool whose spender is the Admission, and is reserved there at once, so that
        no vote can spend it. Whoever brings the newcomer pays it; whoever holds the seat when it ends gets it back.
@dev Money is here within a call only: taken from the caller, given to the earmark, reserved. What a seat is due is what
     the Pool credited, in its books' own measure. A seat has one buy-in at most: an older one is paid back before
     another is taken.
"""

from ethereum.ercs import IERC20
from ..interfaces import IPool
from . import seats

ETH: constant(address) = empty(address)
MOST: constant(uint256) = 2**128 - 1
NOTE: constant(String[6]) = "buy-in"
# What the Pool may burn for a refund that must not stop anybody from leaving: enough for its own rule, and as much as a
# hostile token can waste. Whoever calls must bring more, or an estimate of gas would settle on a refund that fails.
REFUND_GAS: constant(uint256) = 600_000
GAS_NEEDED: constant(uint256) = 700_000


event BuyInSet:
    earmark_id: indexed(uint256)
    asset: indexed(address)
    amount: uint256


event BuyInPaid:
    account: indexed(address)
    seat: indexed(uint256)
    payer: indexed(address)
    earmark_id: uint256
    asset: address
    amount: uint256


event BuyInRefunded:
    account: indexed(address)
    seat: indexed(uint256)
    earmark_id: uint256
    asset: address
    amount: uint256


# what the next one pays u128 | into which earmark, 0 before there is one
terms: uint256
# earmark -> the asset that buy-ins into it are paid in
assets: HashMap[uint256, address]
# seat -> what was paid for it and not given back u128 | the earmark that it lies in
paid: HashMap[uint256, uint256]


# ---------------------------------------------------------------- anyone


@external
def refund_buy_in(account: address):
    """
    @notice Pay back the buy-in of somebody who is no member any more. By anyone; the money goes to her.
    @dev For who was removed by vote, and for a refund that could not be made when she left. Reverts for a member, when
         nothing is due, and where the Pool's `release` would; a payment that fails is owed by the Pool.
    @param account Who had the seat last.
    """
    word: uint256 = seats._word_of(account)
    assert not seats._is_member(word), "admission: a member's buy-in stays"
    seat: uint256 = seats._seat(word)
    due: uint256 = self.paid[seat]
    assert due != 0, "admission: no buy-in to refund"
    earmark_id: uint256 = due >> 128
    asset: address = self.assets[earmark_id]
    self.paid[seat] = 0
    log BuyInRefunded(account=account, seat=seat, earmark_id=earmark_id, asset=asset, amount=due & MOST)
    extcall seats._pool().release(earmark_id, asset, account, due & MOST)


# ---------------------------------------------------------------- the Pool; the Governor (a proposal)


@external
def on_open(earmark_id: uint256, params: Bytes[512]):
    """
    @notice Buy-ins go into this earmark from now on. The Pool only, when it opens an earmark for the Admission.
    @dev Seats keep what they paid, where it lies. Reverts for anyone else, when the earmark is restricted, ends or has
         another spender, and unless the parameters are an asset with code or ETH and an amount below 2^128.
    @param earmark_id The number of the earmark.
    @param params ABI-encoded asset (zero for ETH) and amount in its smallest unit (0: none for the time being).
    """
    assert msg.sender == seats._pool().address, "admission: only the pool opens it"
    terms: IPool.Earmark = staticcall seats._pool().earmark(earmark_id)
    assert terms.spender == self and not terms.restricted, "admission: not an earmark for buy-ins"
    assert terms.deadline == 0, "admission: buy-ins have no deadline"
    assert len(params) == 64, "admission: bad buy-in parameters"
    asset: address = empty(address)
    amount: uint256 = 0
    asset, amount = abi_decode(params, (address, uint256))
    assert asset == ETH or asset.is_contract, "admission: the asset has no code"
    self.assets[earmark_id] = asset
    self._set(earmark_id, amount)


@external
def set_buy_in(amount: uint256):
    """
    @notice Set what the next ones pay. By a proposal of the rules class. Another asset takes another earmark.
    @dev Reverts for anyone else, before there is an earmark for buy-ins, and from 2^128 on. Seats keep what they paid.
    @param amount In the asset's smallest unit; 0: nobody pays from now on.
    """
    seats._require_governor()
    earmark_id: uint256 = self.terms >> 128
    assert earmark_id != 0, "admission: no earmark for buy-ins"
    self._set(earmark_id, amount)


# ---------------------------------------------------------------- views


@external
@view
@reentrant
def buy_in() -> (uint256, address, uint256):
    """
    @notice What the next one to join pays.
    @return The earmark that it goes into; 0 before one was opened for it.
    @return The asset; the zero address for ETH.
    @return The amount in its smallest unit; 0: nothing.
    """
    terms: uint256 = self.terms
    return terms >> 128, self.assets[terms >> 128], terms & MOST


@external
@view
@reentrant
def buy_in_of(account: address) -> (uint256, address, uint256):
    """
    @notice What is given back when the membership of an account ends, or since it has ended.
    @param account Who has the seat, or had it last.
    @return The earmark where it lies; 0 when nothing is due.
    @return The asset; the zero address for ETH.
    @return The amount in its smallest unit, as the Pool's books have it.
    """
    due: uint256 = self.paid[seats._seat(seats._word_of(account))]
    return due >> 128, self.assets[due >> 128], due & MOST


# ---------------------------------------------------------------- internals


@internal
def _set(earmark_id: uint256, amount: uint256):
    assert amount <= MOST, "admission: a buy-in stays below 2^128"
    self.terms = amount | earmark_id << 128
    log BuyInSet(earmark_id=earmark_id, asset=self.assets[earmark_id], amount=amount)


@internal
def _take(account: address, seat_before: uint256, sent: uint256):
    """
    @dev For somebody who has just been admitted, from the caller; `sent` is the call's value. Her old buy-in, if one is
         left, is paid back before.
    """
    if seat_before != 0:
        self._try_refund(account, seat_before)
    terms: uint256 = self.terms
    amount: uint256 = terms & MOST
    if amount == 0:
        assert sent == 0, "admission: no ETH is due"
        return
    seat: uint256 = seats._seat(seats._word_of(account))
    assert self.paid[seat] == 0, "admission: her old buy-in waits"
    earmark_id: uint256 = terms >> 128
    asset: address = self.assets[earmark_id]
    credited: uint256 = self._put_in(earmark_id, asset, amount, sent)
    self.paid[seat] = credited | earmark_id << 128
    log BuyInPaid(
        account=account, seat=seat, payer=msg.sender, earmark_id=earmark_id, asset=asset, amount=credited
    )


@internal
def _put_in(earmark_id: uint256, asset: address, amount: uint256, sent: uint256) -> uint256:
    """
    @dev From the caller into the earmark, where it is reserved. Returns what the Pool credited: at least the buy-in.
    """
    pool: IPool = seats._pool()
    if asset == ETH:
        assert sent == amount, "admission: the value is not the buy-in"
    else:
        assert sent == 0, "admission: ETH with a token's buy-in"
        self._fetch(asset, amount, pool.address)
    # Nothing but the gift itself may come between the two looks: a token could else let money be moved in meanwhile.
    before: uint256 = staticcall pool.balance_of(earmark_id, asset)
    extcall pool.give(earmark_id, asset, amount, NOTE, False, value=sent)
    credited: uint256 = staticcall pool.balance_of(earmark_id, asset) - before
    assert credited >= amount, "admission: a part was lost on the way"
    extcall pool.reserve(earmark_id, asset, credited)
    return credited


@internal
def _fetch(asset: address, amount: uint256, pool: address):
    """
    @dev From the caller, for the Pool to take. A token that keeps a fee is of no use for buy-ins: what arrives is
         exactly what is due, and goes on whole.
    """
    before: uint256 = staticcall IERC20(asset).balanceOf(self)
    moved: bool = extcall IERC20(asset).transferFrom(msg.sender, self, amount, default_return_value=True)
    assert moved, "admission: the token refused"
    arrived: uint256 = staticcall IERC20(asset).balanceOf(self) - before
    assert arrived == amount, "admission: the buy-in arrived in part"
    allowed: bool = extcall IERC20(asset).approve(pool, amount, default_return_value=True)
    assert allowed, "admission: the token allows nothing"


@internal
def _try_refund(account: address, seat: uint256):
    """
    @dev Nothing that the Pool or the token does may keep anybody from leaving: a refund that fails stays due.
    """
    due: uint256 = self.paid[seat]
    if due == 0:
        return
    assert msg.gas >= GAS_NEEDED, "admission: too little gas to refund"
    earmark_id: uint256 = due >> 128
    asset: address = self.assets[earmark_id]
    self.paid[seat] = 0
    released: bool = raw_call(
        seats._pool().address,
        abi_encode(
            earmark_id, asset, account, due & MOST,
            method_id=method_id("release(uint256,address,address,uint256)"),
        ),
        gas=REFUND_GAS,
        revert_on_failure=False,
    )
    if released:
        log BuyInRefunded(account=account, seat=seat, earmark_id=earmark_id, asset=asset, amount=due & MOST)
    else:
        self.paid[seat] = due
