# SPDX-License-Identifier: AGPL-3.0-only
# pragma version 0.4.3
# pragma nonreentrancy on
"""
@title Typed signatures (EIP-712) of people and of contract wallets (ERC-1271)
@license AGPL-3.0-only
@author Millpond maintainers
@notice One domain for every Millpond contract: name "Millpond", version "1", the live chain id, the clone itself.
@dev The domain is computed at each call, because a clone cannot hold immutables and a chain may fork.
     ECDSA: 65 bytes (v 27 or 28) or 64 bytes (ERC-2098), low s only. Anything else is asked of the signer's code.
     Signature bytes are never a key against replay: one message has several valid forms.
"""

from ..interfaces import IERC1271

DOMAIN_TYPEHASH: constant(bytes32) = keccak256(
    "EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"
)
PREFIX: constant(bytes2) = 0x1901    # of every message under EIP-712
NAME_HASH: constant(bytes32) = keccak256("Millpond")
VERSION_HASH: constant(bytes32) = keccak256("1")
# Half of the secp256k1 group order: EIP-2 calls a signature with s above it malleable.
HALF_ORDER: constant(bytes32) = 0x7FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF5D576E7357A4501DDFE92F46681B20A0
MAGIC: constant(uint256) = 371636862    # 0x1626ba7e, in the first four bytes of the answer

# What a wallet may use to answer. Who goes on after a "no" makes sure that so much is left, or a stingy caller could
# have it refused.
WALLET_GAS: constant(uint256) = 1000000


@external
@view
@reentrant
def eip712Domain() -> (bytes1, String[8], String[1], uint256, address, bytes32, DynArray[uint256, 1]):
    """
    @notice The signing domain, as EIP-5267 has it.
    @return Which of the fields are used: 0x0f, the next four.
    @return The name, "Millpond".
    @return The version, "1".
    @return The id of the present chain.
    @return This contract.
    @return No salt: zero.
    @return No extensions: an empty list.
    """
    return 0x0f, "Millpond", "1", chain.id, self, empty(bytes32), []


@internal
@view
def _domain_separator() -> bytes32:
    return keccak256(abi_encode(DOMAIN_TYPEHASH, NAME_HASH, VERSION_HASH, chain.id, self))


@internal
@pure
def _typed_digest(domain: bytes32, struct_hash: bytes32) -> bytes32:
    return keccak256(concat(PREFIX, domain, struct_hash))


@internal
@view
def _digest(struct_hash: bytes32) -> bytes32:
    return self._typed_digest(self._domain_separator(), struct_hash)


@internal
@pure
def _recover(digest: bytes32, r: uint256, vs: uint256) -> address:
    """
    @dev The signer of an ERC-2098 pair (the top bit of `vs` is the parity); zero when there is none.
    """
    s: uint256 = vs & max_value(uint256) >> 1
    if s > convert(HALF_ORDER, uint256):
        return empty(address)
    return ecrecover(digest, 27 + (vs >> 255), r, s)


@internal
@pure
def _recover_bytes(digest: bytes32, signature: Bytes[1024]) -> address:
    """
    @dev The signer of 65 bytes (r, s, v) or 64 bytes (r, vs); zero for every other form.
    """
    size: uint256 = len(signature)
    if size != 64 and size != 65:
        return empty(address)
    r: uint256 = extract32(signature, 0, output_type=uint256)
    vs: uint256 = extract32(signature, 32, output_type=uint256)
    if size == 65:
        v: uint256 = convert(slice(signature, 64, 1), uint256)
        if (v != 27 and v != 28) or vs >> 255 != 0:
            return empty(address)
        vs |= (v - 27) << 255
    return self._recover(digest, r, vs)


@internal
@view
def _is_signed_by(signer: address, digest: bytes32, signature: Bytes[1024]) -> bool:
    """
    @dev ECDSA first, then the account's own code. The zero address never signs. A wallet gets so much gas and no more:
         one that burns all it gets cannot stop the others of a batch.
    """
    if signer == empty(address):
        return False
    if self._recover_bytes(digest, signature) == signer:
        return True
    if not signer.is_contract:
        return False
    ok: bool = False
    answer: Bytes[32] = b""
    ok, answer = raw_call(
        signer,
        abi_encode(digest, signature, method_id=method_id("isValidSignature(bytes32,bytes)")),
        max_outsize=32,
        gas=WALLET_GAS,
        is_static_call=True,
        revert_on_failure=False,
    )
    return ok and len(answer) == 32 and convert(answer, uint256) == MAGIC << 224
