# SPDX-License-Identifier: AGPL-3.0-only
# pragma version 0.4.3
# pragma nonreentrancy off
# A contract wallet of one owner (ERC-1271) that answers well, or badly in one way. It does not put its own address into
# what the owner signs, as many wallets did not.

from ..modules import signatures

flag Way:
    SAYS_YES        # to whatever anybody signed
    WRONG_MAGIC     # 0xffffffff
    DIRTY_MAGIC     # the right four bytes and dirt behind them
    SHORT           # four bytes instead of a word
    NOTHING         # no answer at all
    REVERTS         # with the right answer as its reason
    BOMB            # 256 kB of zeros
    LONG            # the right answer and 32 kB behind it
    EATS_GAS        # burns all the gas it gets

MAGIC: constant(bytes32) = 0x1626ba7e00000000000000000000000000000000000000000000000000000000
BOMB_SIZE: constant(uint256) = 262_144
LONG_SIZE: constant(uint256) = 32_768

OWNER: immutable(address)

way: Way


@deploy
def __init__(owner: address):
    OWNER = owner


@external
def behave(way: Way):
    self.way = way


@external
@payable
def act(target: address, data: Bytes[4096]) -> Bytes[4096]:
    # Anyone may speak through this contract.
    return raw_call(target, data, max_outsize=4096, value=msg.value)


@external
@view
@raw_return
def isValidSignature(digest: bytes32, signature: Bytes[1024]) -> Bytes[BOMB_SIZE]:
    if self.way == Way.EATS_GAS:
        sum: uint256 = 0
        for i: uint256 in range(1_000_000_000):
            sum = unsafe_add(sum, i)
    if self.way == Way.REVERTS:
        raw_revert(abi_encode(MAGIC))
    if self.way == Way.BOMB:
        return abi_encode(empty(uint256[BOMB_SIZE // 32]))
    if self.way == Way.LONG:
        return abi_encode(MAGIC, empty(uint256[LONG_SIZE // 32]))
    if self.way == Way.SHORT:
        return slice(abi_encode(MAGIC), 0, 4)
    if self.way == Way.NOTHING:
        return b""
    if self.way == Way.DIRTY_MAGIC:
        return abi_encode(convert(MAGIC, uint256) | 1)
    if self.way == Way.WRONG_MAGIC:
        return abi_encode(0xffffffff00000000000000000000000000000000000000000000000000000000)
    if self.way != Way.SAYS_YES and signatures._recover_bytes(digest, signature) != OWNER:
        return abi_encode(0xffffffff00000000000000000000000000000000000000000000000000000000)
    return abi_encode(MAGIC)


@external
@payable
def __default__():
    pass
