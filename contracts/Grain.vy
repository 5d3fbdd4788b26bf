# SPDX-License-Identifier: AGPL-3.0-only
# pragma version 0.4.3
# pragma nonreentrancy on
"""
@title Grain: what a pool gives for work and support, beside money
@license AGPL-3.0-only
@author Millpond maintainers
@notice An ERC-20 with signed approvals (EIP-2612, EIP-5267), one contract for each pool. It is a sign of thanks and of
        trust, never a vote: no function that counts ballots reads it.
@dev There is no owner, no pause, no burn and nobody who can move another's grain. Only minters create it, and only the
     members, by a rules vote, change who mints.
     The Hub makes it from a blueprint (ERC-5202), so that no call goes through a proxy
     (docs/decisions/0010-grain-is-a-blueprint.md).
     It only reads from one other contract, the Governor, so there is nothing to lock: every function is marked @reentrant.
@custom:holds Nothing. Grain sent to this contract is refused.
@custom:halt A rules vote takes a minter away: set_minter(minter, False). Transfers cannot be halted by anybody.
"""

from ethereum.ercs import IERC20
from ethereum.ercs import IERC20Detailed
from .interfaces import IGovernor
from .interfaces import IGrain
from .modules import packing
from .modules import signatures

implements: IERC20
implements: IERC20Detailed
implements: IGrain

# The smallest unit is 10^-18 grain, as wallets expect.
decimals: public(reentrant(constant(uint8))) = 18

PERMIT_TYPEHASH: constant(bytes32) = keccak256(
    "Permit(address owner,address spender,uint256 value,uint256 nonce,uint256 deadline)"
)

# An account's word keeps its amount in the lower half.
AMOUNT_MASK: constant(uint256) = (1 << 128) - 1
ONE_NONCE: constant(uint256) = 1 << 128


event MinterSet:
    minter: indexed(address)
    allowed: bool


hub: public(reentrant(immutable(address)))
governor: public(reentrant(immutable(address)))
name: public(reentrant(immutable(String[32])))
symbol: public(reentrant(immutable(String[32])))

# nonce << 128 | balance: a first permit by somebody who holds grain then writes no new slot for the nonce.
accounts: HashMap[address, uint256]
# All grain there is: no balance can exceed it, and it stays below 2^128.
totalSupply: public(reentrant(uint256))
# How much a spender may still move for an owner; 2^256 - 1 is never used up.
allowance: public(reentrant(HashMap[address, HashMap[address, uint256]]))
# Who may create grain.
is_minter: public(reentrant(HashMap[address, bool]))
# True in the transaction that makes this contract, until it is set up; no slot is written for it.
_is_new: transient(bool)


@deploy
def __init__(hub_: address, governor_: address, name_: bytes32, symbol_: bytes32):
    """
    @notice The Hub makes one for each pool and sets it up in the same transaction.
    @param hub_ Who may set it up, in this transaction only.
    @param governor_ Whose members decide who mints.
    @param name_ ASCII or UTF-8, padded with zeros on the right; also the name of the signing domain.
    @param symbol_ The same for the symbol.
    """
    hub = hub_
    governor = governor_
    name = self._text(name_)
    symbol = self._text(symbol_)
    self._is_new = True


# ------------------------------------------------------------------------------------------------ anyone

@external
@reentrant
def transfer(to: address, amount: uint256) -> bool:
    """
    @notice Moves the caller's grain (ERC-20).
    @dev Reverts when she has less, and when `to` is the zero address or this contract: both would be a loss by mistake,
         and there is no burning.
    @param to Who receives it.
    @param amount In grain's smallest unit.
    @return True; every failure reverts.
    """
    word: uint256 = self.accounts[msg.sender]
    assert amount <= word & AMOUNT_MASK, "grain: the balance is too small"
    self.accounts[msg.sender] = word - amount
    self._receive(msg.sender, to, amount)
    return True


@external
@reentrant
def approve(spender: address, amount: uint256) -> bool:
    """
    @notice Lets a spender move the caller's grain (ERC-20). It replaces what was allowed before.
    @dev Reverts when `spender` is the zero address.
    @param spender Who may move it.
    @param amount In grain's smallest unit, at most; 2^256 - 1 stands for "without limit".
    @return True; every failure reverts.
    """
    self._approve(msg.sender, spender, amount)
    return True


@external
@reentrant
def transferFrom(owner: address, to: address, amount: uint256) -> bool:
    """
    @notice Moves an owner's grain and takes it off what the owner allowed the caller (ERC-20).
    @dev Reverts when the owner allowed less or has less, or is the zero address (that would log a creation), and for
         the receivers that `transfer` refuses. Logs no Approval: ERC-20 asks for none.
    @param owner Whose grain it is.
    @param to Who receives it.
    @param amount In grain's smallest unit.
    @return True; every failure reverts.
    """
    assert owner != empty(address), "grain: not from the zero address"
    allowed: uint256 = self.allowance[owner][msg.sender]
    if allowed != max_value(uint256):
        assert amount <= allowed, "grain: more than is allowed"
        self.allowance[owner][msg.sender] = allowed - amount
    word: uint256 = self.accounts[owner]
    assert amount <= word & AMOUNT_MASK, "grain: the owner has too little"
    self.accounts[owner] = word - amount
    self._receive(owner, to, amount)
    return True


@external
@reentrant
def permit(owner: address, spender: address, amount: uint256, deadline: uint256, v: uint8, r: bytes32, s: bytes32):
    """
    @notice Sets an allowance that its owner signed (EIP-2612); anyone may carry it.
    @dev ECDSA with low s only. A contract wallet can call `approve` itself.
         Reverts after the deadline, when the owner did not sign exactly this with her present nonce, and when
         `spender` is the zero address.
    @param owner Whose grain it is; she signed.
    @param spender Who may move it.
    @param amount In grain's smallest unit, at most; 2^256 - 1 stands for "without limit".
    @param deadline The last second, since 1970, at which it holds.
    @param v Of the signature: 27 or 28.
    @param r Of the signature: its first word.
    @param s Of the signature: its second word, low (EIP-2).
    """
    assert block.timestamp <= deadline, "grain: the permit has expired"
    word: uint256 = self.accounts[owner]
    struct_hash: bytes32 = keccak256(abi_encode(PERMIT_TYPEHASH, owner, spender, amount, word >> 128, deadline))
    digest: bytes32 = signatures._typed_digest(self._domain_separator(), struct_hash)
    signer: address = empty(address)
    if convert(s, uint256) <= convert(signatures.HALF_ORDER, uint256):
        signer = ecrecover(digest, v, r, s)
    assert owner != empty(address) and signer == owner, "grain: not the owner's signature"
    self.accounts[owner] = word + ONE_NONCE
    self._approve(owner, spender, amount)


# ------------------------------------------------------------------------------------------------ minters

@external
@reentrant
def mint(to: address, amount: uint256):
    """
    @notice Creates grain. Minters only.
    @dev Reverts for anyone else, when the supply would reach 2^128, and for the receivers that `transfer` refuses.
    @param to Who receives it.
    @param amount In grain's smallest unit.
    """
    self._grow(amount)
    self._receive(empty(address), to, amount)


@external
@reentrant
def mint_many(batch: DynArray[uint256, 128]):
    """
    @notice Creates grain for many at once. Minters only; all or nothing.
    @dev Reverts where `mint` would for one of them.
    @param batch For each receiver the amount in grain's smallest unit << 160 | her address; at most 128.
    """
    minted: uint256 = 0
    for grant: uint256 in batch:
        # at most 128 amounts of 96 bits
        minted = unsafe_add(minted, grant >> 160)
        self._receive(empty(address), convert(grant & packing.ACCOUNT, address), grant >> 160)
    self._grow(minted)


# ------------------------------------------------------------------------------------------------ the pool itself

@external
@reentrant
def setup(minter: address):
    """
    @notice Names the first minter. The hub, once, in the transaction that makes this contract.
    @dev Reverts for anyone else, and at any other time. Nobody but the hub can have called before, so there is nothing to
         be remembered beyond that transaction.
    @param minter The contract that may create grain from now on.
    """
    assert msg.sender == hub, "grain: only the hub sets it up"
    assert self._is_new, "grain: it is set up already"
    self._is_new = False
    self._set_minter(minter, True)


@external
@reentrant
def set_minter(minter: address, allowed: bool):
    """
    @notice Lets a contract create grain, or no longer. The governor only (a rules vote).
    @dev Reverts for anyone else, and unless `minter` is a part of the pool or the Pool itself: what mints is bound to
         the same votes as all else in the pool.
    @param minter The contract.
    @param allowed Whether it may from now on.
    """
    assert msg.sender == governor, "grain: only the governor"
    part: bool = staticcall IGovernor(governor).part_words(minter) != 0
    if not part:
        part = minter == staticcall IGovernor(governor).pool()
    assert part, "grain: not a part of the pool"
    self._set_minter(minter, allowed)


# ------------------------------------------------------------------------------------------------ views

@external
@view
@reentrant
def can_mint(account: address, amount: uint256) -> bool:
    """
    @notice Whether `mint` of this amount by this account would go through now, to a receiver that is not refused.
    @param account Any address.
    @param amount In grain's smallest unit.
    @return True for a minter, while the supply stays below 2^128.
    """
    return self.is_minter[account] and amount <= AMOUNT_MASK - self.totalSupply


@external
@view
@reentrant
def balanceOf(owner: address) -> uint256:
    """
    @notice The grain of an account.
    @param owner Whose grain it is.
    @return In the smallest unit.
    """
    return self.accounts[owner] & AMOUNT_MASK


@external
@view
@reentrant
def nonces(owner: address) -> uint256:
    """
    @notice How many permits of an owner were used (EIP-2612).
    @param owner Whose permits they are.
    @return The number that her next permit must carry.
    """
    return self.accounts[owner] >> 128


@external
@view
@reentrant
def DOMAIN_SEPARATOR() -> bytes32:
    """
    @notice The hash of the signing domain on the present chain (EIP-2612).
    @return Computed anew at each call, since a chain may fork.
    """
    return self._domain_separator()


@external
@view
@reentrant
def eip712Domain() -> (bytes1, String[32], String[1], uint256, address, bytes32, DynArray[uint256, 1]):
    """
    @notice The signing domain, as EIP-5267 has it.
    @return Which of the fields are used: 0x0f, the next four.
    @return The name of this grain.
    @return The version, "1".
    @return The id of the present chain.
    @return This contract.
    @return No salt: zero.
    @return No extensions: an empty list.
    """
    return 0x0f, name, "1", chain.id, self, empty(bytes32), []


# ------------------------------------------------------------------------------------------------ internals

@internal
def _grow(amount: uint256):
    """
    @dev The one place where grain comes into being.
    """
    assert self.is_minter[msg.sender], "grain: only a minter"
    supply: uint256 = self.totalSupply
    assert amount <= AMOUNT_MASK - supply, "grain: the supply is full"
    self.totalSupply = supply + amount


@internal
def _receive(owner: address, to: address, amount: uint256):
    """
    @dev The lower half cannot overflow into the nonce: all balances together are the supply, below 2^128.
    """
    assert not (to == empty(address) or to == self), "grain: it would be lost there"
    self.accounts[to] += amount
    log IERC20.Transfer(sender=owner, receiver=to, value=amount)


@internal
def _approve(owner: address, spender: address, amount: uint256):
    assert spender != empty(address), "grain: nobody to allow it to"
    self.allowance[owner][spender] = amount
    log IERC20.Approval(owner=owner, spender=spender, value=amount)


@internal
def _set_minter(minter: address, allowed: bool):
    self.is_minter[minter] = allowed
    log MinterSet(minter=minter, allowed=allowed)


@internal
@view
def _domain_separator() -> bytes32:
    """
    @dev Computed at each call, since a chain may fork.
    """
    return keccak256(abi_encode(signatures.DOMAIN_TYPEHASH, keccak256(name), signatures.VERSION_HASH, chain.id, self))


@internal
@pure
def _text(word: bytes32) -> String[32]:
    """
    @dev A text that was padded on the right with zero bytes to 32. Five halvings find its length. For the constructor.
    """
    if word == empty(bytes32):
        return ""
    rest: uint256 = convert(word, uint256)
    size: uint256 = 32
    for step: uint256 in [16, 8, 4, 2, 1]:
        if rest & ((1 << (8 * step)) - 1) == 0:
            rest = rest >> (8 * step)
            size = size - step
    return convert(slice(word, 0, size), String[32])
