# SPDX-License-Identifier: AGPL-3.0-only
# pragma version 0.4.3
# pragma nonreentrancy on
"""
@title Payments: taking in and sending out assets of every odd kind
@license AGPL-3.0-only
@author Millpond maintainers
@notice ETH is the zero address. A token may return nothing, say no without reverting, keep a fee, freeze an account,
        call back, burn gas or answer with a megabyte: none of this may cost anybody but the parties to that payment.
@dev The last step of every outflow is `_pay`: the earmark is debited already, and all is in the books before the call.
     Whoever uses this module locks its functions.
"""

from ethereum.ercs import IERC20
from . import holdings
from . import packing

uses: holdings

ETH: constant(address) = empty(address)

# What a payee or token may burn. A stricter limit would fail honest wallets and proxied tokens.
PUSH_GAS: constant(uint256) = 200_000
# Enough that the EVM, which keeps one part in 64 back, can hand on PUSH_GAS after the price of a call with value to a
# new account (36,600), and that the caller can still write a debt: otherwise a stingy caller could make payments fail.
GAS_NEEDED: constant(uint256) = 300_000

# What ERC-165 allows an answer to burn.
ASK_GAS: constant(uint256) = 30_000
# ERC-165 ids of what is no money: ERC-721 and ERC-1155.
COLLECTIBLES: constant(bytes4[2]) = [0x80ac58cd, 0xd9b67a26]


event Owed:
    account: indexed(address)
    asset: indexed(address)
    amount: uint256


event Withdrawn:
    account: indexed(address)
    asset: indexed(address)
    to: indexed(address)
    amount: uint256


# ------------------------------------------------------------------------------------------------ whoever is owed

@external
def withdraw(asset: address, to: address):
    """
    @notice Pays out to `to` all that the pool owes the caller in this asset.
    @dev Passes on all the gas there is, since the caller pays for it: what was too dear to be pushed can be had here.
         Reverts when nothing is owed, when the payment fails again, when the pool is short of the token, when `to` is
         the zero address or the pool, and when less gas is left than a payment may need.
    @param asset The token; the zero address for ETH.
    @param to Any account that can take the money.
    """
    amount: uint256 = holdings.owed[asset][msg.sender]
    assert amount != 0, "pool: nothing is owed"
    self._check_payee(to)
    holdings.owed[asset][msg.sender] = 0
    before: uint256 = holdings._let_go(asset, amount)
    assert self._push(asset, to, amount, before, max_value(uint256)), "pool: withdrawal failed"
    log Withdrawn(account=msg.sender, asset=asset, to=to, amount=amount)


# ------------------------------------------------------------------------------------------------ views

@external
@view
@reentrant
def surplus(asset: address) -> uint256:
    """
    @notice What the pool has of an asset beyond its books: what `sync` would book.
    @dev Reverts for an asset without code.
    @param asset The token; the zero address for ETH.
    @return In the asset's smallest unit, as the chain counts; 0 also when something is missing.
    """
    return self._surplus(asset)


# ------------------------------------------------------------------------------------------------ internals

@internal
@view
def _real_balance(asset: address) -> uint256:
    """
    @dev What the chain says we have: only for finding surplus and measuring gifts, never the basis of the books.
    """
    if asset == ETH:
        return self.balance
    assert asset.is_contract, "pool: asset has no code"
    return staticcall IERC20(asset).balanceOf(self)


@internal
def _pull(asset: address, amount: uint256, sent: uint256) -> uint256:
    """
    @dev Takes `amount` from msg.sender; `sent` is msg.value. Returns what really arrived of it, never zero. What comes
         beside it (others may send meanwhile, a token may write its interest only now) is a surplus and nobody's gift.
         A gift of a token that is short would go to make up for what others have lost.
    """
    assert amount != 0, "pool: gift of nothing"
    if asset == ETH:
        assert sent == amount, "pool: value is not the amount"
        return amount
    assert sent == 0, "pool: ETH sent with a token"
    before: uint256 = self._real_balance(asset)
    self._check_covered(before, holdings.holdings[asset])
    assert extcall IERC20(asset).transferFrom(
        msg.sender, self, amount, default_return_value=True
    ), "pool: token refused the gift"
    now: uint256 = staticcall IERC20(asset).balanceOf(self)
    assert now > before, "pool: no token arrived"
    return min(now - before, amount)


@internal
def _come(asset: address, real: uint256) -> uint256:
    """
    @dev Books what has arrived and returns what it counts for. An asset that enters the books must be money: one of an
         ERC-721's tokens would count as a unit, could not be paid out, and would lock the collectibles of its kind.
    """
    word: uint256 = holdings.holdings[asset]
    if packing._low(word) == 0 and asset != ETH:
        for kind: bytes4 in COLLECTIBLES:
            assert not self._says_it_is(asset, kind), "pool: a collectible is no money"
    return holdings._come(asset, word, real)


@internal
@view
def _says_it_is(token: address, kind: bytes4) -> bool:
    """
    @dev ERC-165, from whoever may not know it and may not mean well.
    """
    ok: bool = False
    answer: Bytes[32] = b""
    ok, answer = raw_call(
        token,
        abi_encode(kind, method_id=method_id("supportsInterface(bytes4)")),
        max_outsize=32,
        gas=ASK_GAS,
        is_static_call=True,
        revert_on_failure=False,
    )
    return ok and len(answer) == 32 and convert(answer, uint256) == 1


@internal
def _push(asset: address, to: address, amount: uint256, before: uint256, most_gas: uint256) -> bool:
    """
    @dev Sends what `amount` is worth and says whether it went. `before` are the asset's holdings before this payment,
         `most_gas` what the payee or token may burn.
    """
    assert msg.gas >= GAS_NEEDED, "pool: too little gas to pay"
    if asset == ETH:
        return raw_call(to, b"", value=amount, gas=most_gas, revert_on_failure=False)
    if not asset.is_contract:
        return False
    real: uint256 = staticcall IERC20(asset).balanceOf(self)
    self._check_covered(real, before)
    worth: uint256 = holdings._worth(before, amount)
    if worth == 0:
        # less than the token's smallest unit, and there are tokens that refuse to move nothing
        return True
    ok: bool = False
    answer: Bytes[32] = b""
    ok, answer = raw_call(
        asset,
        abi_encode(to, worth, method_id=method_id("transfer(address,uint256)")),
        max_outsize=32,
        gas=most_gas,
        revert_on_failure=False,
    )
    if not ok:
        return False
    if len(answer) == 0 or convert(answer, uint256) != 0:
        return True
    # It said no, but some tokens say no and move the money all the same: what is gone is paid.
    return staticcall IERC20(asset).balanceOf(self) < real


@internal
def _pay(asset: address, to: address, amount: uint256) -> bool:
    """
    @dev The last step of every outflow: the earmark is debited already, and the payment is in the books before it is
         made. Returns whether it went; if not, the pool owes it from now on. Reverts while the pool is short of the token.
    """
    before: uint256 = holdings._let_go(asset, amount)
    if self._push(asset, to, amount, before, PUSH_GAS):
        return True
    holdings._owe(asset, to, amount)
    log Owed(account=to, asset=asset, amount=amount)
    return False


@internal
def _pay_many(asset: address, batch: DynArray[uint256, 128], total: uint256):
    """
    @dev The same for many, `amount << 160 | payee` each, `total` in all. While the pool is locked nothing but these payments
         changes what it holds, so what was held before each is known: a failed one is still held.
    """
    before: uint256 = holdings._let_go(asset, total)
    for payment: uint256 in batch:
        amount: uint256 = payment >> 160
        to: address = convert(payment & packing.ACCOUNT, address)
        self._check_amount(amount)
        self._check_payee(to)
        if self._push(asset, to, amount, before, PUSH_GAS):
            # it is part of what was held
            before = unsafe_sub(before, amount)
            continue
        holdings._owe(asset, to, amount)
        log Owed(account=to, asset=asset, amount=amount)


@internal
@view
def _surplus(asset: address) -> uint256:
    real: uint256 = self._real_balance(asset)
    needed: uint256 = holdings._needed(holdings.holdings[asset])
    if real <= needed:
        return 0
    return real - needed


@internal
@pure
def _check_covered(real: uint256, word: uint256):
    """
    @dev A token of which less is there than the books need is neither taken nor paid out: whoever came first would take
         what is the others'. It waits until what is missing is sent here by a plain transfer, or a vote accepts the loss.
    """
    assert real >= holdings._needed(word), "pool: this asset is short"


@internal
@view
def _check_payee(to: address):
    assert to != empty(address) and to != self, "pool: nobody to pay"


@internal
@pure
def _check_amount(amount: uint256):
    assert amount != 0, "pool: amount is zero"
