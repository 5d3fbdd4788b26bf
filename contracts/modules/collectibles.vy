# SPDX-License-Identifier: AGPL-3.0-only
# pragma version 0.4.3
# pragma nonreentrancy on
"""
@title Collectibles: what a pool owns that is no money
@license AGPL-3.0-only
@author Millpond maintainers
@notice A pool may own tokens of ERC-721 and ERC-1155. They belong to no earmark: members send them on by vote. Money is
        out of reach here: nothing is sent of a token that is in the books, nor of one whose tokens stand for such a one.
@dev One call only is made, `safeTransferFrom` with data, from the pool itself: it grants nobody anything. Money may know
     that call as well (ERC-4524), so the books are asked first: a token that is in them never gets here, as a collectible
     never gets into them (payments.vy).
     A transfer that fails reverts: a collectible cannot be owed.
"""

from . import holdings
from . import packing
from . import payments
from . import pool_parts

uses: holdings
uses: pool_parts


interface Collectible:
    def ownerOf(token_id: uint256) -> address: view
    def safeTransferFrom(owner: address, to: address, token_id: uint256, data: Bytes[1]): nonpayable


interface MultiToken:
    def balanceOf(owner: address, token_id: uint256) -> uint256: view
    def safeTransferFrom(owner: address, to: address, token_id: uint256, amount: uint256, data: Bytes[1]): nonpayable


# Ids of ERC-165: itself, and the receivers of ERC-721 and ERC-1155.
SUPPORTED: constant(bytes4[3]) = [0x01ffc9a7, 0x150b7a02, 0x4e2312e0]
# What the question for a base token may burn.
ASK_GAS: constant(uint256) = 30_000
# Most kinds in one batch, and most bytes that a sender may add; nobody reads them.
MOST: constant(uint256) = 64
DATA: constant(uint256) = 1024


event CollectibleReceived:
    token: indexed(address)
    sender: indexed(address)
    token_id: uint256
    amount: uint256


event CollectibleSent:
    token: indexed(address)
    to: indexed(address)
    token_id: uint256
    amount: uint256


# ------------------------------------------------------------------------------------------------ anyone

@external
@reentrant
def onERC721Received(operator: address, sender: address, token_id: uint256, data: Bytes[DATA]) -> bytes4:
    """
    @notice Takes a token of ERC-721 that is sent here, and says so. It works during a payment, as plain ETH does.
    @dev Anyone may call it; what the event says is worth as much as the token that says it. Reverts for data of more than
         1,024 bytes.
    @param operator Who sent it.
    @param sender Whose it was.
    @param token_id Which one.
    @param data What the sender added; nobody reads it.
    @return The selector of this function, as the standard asks.
    """
    log CollectibleReceived(token=msg.sender, sender=sender, token_id=token_id, amount=1)
    return method_id("onERC721Received(address,address,uint256,bytes)", output_type=bytes4)


@external
@reentrant
def onERC1155Received(
    operator: address, sender: address, token_id: uint256, amount: uint256, data: Bytes[DATA]
) -> bytes4:
    """
    @notice The same for tokens of one kind of ERC-1155.
    @dev Anyone, as above. Reverts for data of more than 1,024 bytes.
    @param operator Who sent them.
    @param sender Whose they were.
    @param token_id Of which kind.
    @param amount How many, in the smallest unit of this kind.
    @param data What the sender added; nobody reads it.
    @return The selector of this function, as the standard asks.
    """
    log CollectibleReceived(token=msg.sender, sender=sender, token_id=token_id, amount=amount)
    return method_id("onERC1155Received(address,address,uint256,uint256,bytes)", output_type=bytes4)


@external
@reentrant
def onERC1155BatchReceived(
    operator: address, sender: address, token_ids: DynArray[uint256, MOST], amounts: DynArray[uint256, MOST],
    data: Bytes[DATA],
) -> bytes4:
    """
    @notice The same for several kinds of ERC-1155 at once.
    @dev Anyone, as above. Reverts for more than 64 kinds, for lists that differ in length, and for data of more than
         1,024 bytes.
    @param operator Who sent them.
    @param sender Whose they were.
    @param token_ids Of which kinds.
    @param amounts How many of each, in the smallest unit of that kind.
    @param data What the sender added; nobody reads it.
    @return The selector of this function, as the standard asks.
    """
    assert len(token_ids) == len(amounts), "pool: lists differ in length"
    for i: uint256 in range(len(token_ids), bound=MOST):
        log CollectibleReceived(token=msg.sender, sender=sender, token_id=token_ids[i], amount=amounts[i])
    return method_id("onERC1155BatchReceived(address,address,uint256[],uint256[],bytes)", output_type=bytes4)


# ------------------------------------------------------------------------------------------------ the pool itself, by vote

@external
def send_nft(token: address, to: address, token_id: uint256):
    """
    @notice Sends a token of ERC-721 that the pool owns. Only the Governor.
    @dev Reverts when the pool does not own it, when the token is in the books (or stands for one that is), for the zero
         address or the pool as receiver, and when token or receiver refuses.
    @param token The contract of the collection.
    @param to Who gets it; a contract must say that it takes such tokens.
    @param token_id Which one.
    """
    self._check_sending(token, to)
    assert staticcall Collectible(token).ownerOf(token_id) == self, "pool: not the owner of this token"
    extcall Collectible(token).safeTransferFrom(self, to, token_id, b"")
    log CollectibleSent(token=token, to=to, token_id=token_id, amount=1)


@external
def send_multi_token(token: address, to: address, token_id: uint256, amount: uint256):
    """
    @notice Sends tokens of one kind of ERC-1155 that the pool has. Only the Governor.
    @dev Reverts for zero, when the pool has fewer, when the token is in the books (or stands for one that is), for the
         zero address or the pool as receiver, and when token or receiver refuses.
    @param token The contract of the collection.
    @param to Who gets them; a contract must say that it takes such tokens.
    @param token_id Of which kind.
    @param amount How many, in the smallest unit of this kind, above 0.
    """
    self._check_sending(token, to)
    payments._check_amount(amount)
    assert staticcall MultiToken(token).balanceOf(self, token_id) >= amount, "pool: too few of these tokens"
    extcall MultiToken(token).safeTransferFrom(self, to, token_id, amount, b"")
    log CollectibleSent(token=token, to=to, token_id=token_id, amount=amount)


# ------------------------------------------------------------------------------------------------ views

@external
@pure
@reentrant
def supportsInterface(interface_id: bytes4) -> bool:
    """
    @notice Which interfaces the pool has, as ERC-165 numbers them.
    @param interface_id Of the interface asked for.
    @return True for ERC-165 itself and for the receivers of ERC-721 and ERC-1155.
    """
    return interface_id in SUPPORTED


# ------------------------------------------------------------------------------------------------ internals

@internal
@view
def _check_sending(token: address, to: address):
    """
    @dev A pair of tokens (ERC-7631) has its money and its collectibles at two addresses: who sends the one moves the
         other. The collectible's side names the money's; zero is no pair, and not ETH.
    """
    pool_parts._check_governor()
    payments._check_payee(to)
    self._check_unbooked(token)
    ok: bool = False
    answer: Bytes[32] = b""
    ok, answer = raw_call(
        token, method_id("baseERC20()"), max_outsize=32, gas=ASK_GAS, is_static_call=True, revert_on_failure=False
    )
    if ok and len(answer) == 32:
        money: uint256 = convert(answer, uint256) & convert(max_value(uint160), uint256)
        if money != 0:
            self._check_unbooked(convert(money, address))


@internal
@view
def _check_unbooked(token: address):
    assert packing._low(holdings.holdings[token]) == 0, "pool: this token is in the books"
