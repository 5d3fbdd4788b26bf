# SPDX-License-Identifier: AGPL-3.0-only
"""The one form of an ECDSA signature that the contracts take, and who made it.

Normal form: 65 bytes r, s, v with v 27 or 28 and s in the lower half (EIP-2). In calldata it is two
words, EIP-2098: r, and vs = s with the parity of v in its top bit. Every other spelling is refused
here as it is on chain, because one message has several; so signature bytes never identify anything.
"""

from coincurve import PublicKey

from millpond.core.canonical import keccak256
from millpond.core.errors import SignatureError
from millpond.core.subjects import checksum_address

ORDER = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141
"""The number of points of secp256k1."""
HALF_ORDER = ORDER // 2

_PARITY = 1 << 255
_LENGTH = 65
_WORD = 32
_V_EVEN, _V_ODD = 27, 28


def check_signature(signature: bytes) -> bytes:
    """`signature` if it is in normal form; else `SignatureError`."""
    if len(signature) != _LENGTH:
        raise SignatureError(
            f"the signature has {len(signature)} bytes, not 65",
            "sign with an ordinary account; a smart wallet's signature takes the other way in",
        )
    r, s = int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:64], "big")
    if signature[64] not in (_V_EVEN, _V_ODD):
        raise SignatureError(
            f"the signature ends in v = {signature[64]}, not 27 or 28",
            "ask the signer's wallet for the usual r, s, v form",
        )
    if not 0 < r < ORDER or not 0 < s <= HALF_ORDER:
        raise SignatureError(
            "r or s of the signature is out of range (s must be in the lower half)",
            "sign again with a wallet that follows EIP-2",
        )
    return bytes(signature)


def to_compact(signature: bytes) -> tuple[bytes, bytes]:
    """The words (r, vs) of a signature in normal form, as the contracts read them."""
    check_signature(signature)
    s = int.from_bytes(signature[32:64], "big")
    vs = s | (_PARITY if signature[64] == _V_ODD else 0)
    return signature[:32], vs.to_bytes(32, "big")


def from_compact(r: bytes, vs: bytes) -> bytes:
    """The 65 bytes that the words (r, vs) stand for; `SignatureError` if they are not normal."""
    if len(r) != _WORD or len(vs) != _WORD:
        raise SignatureError("r and vs have 32 bytes each", "pass the two words of the signature")
    packed = int.from_bytes(vs, "big")
    s = (packed & (_PARITY - 1)).to_bytes(32, "big")
    return check_signature(r + s + bytes([_V_ODD if packed & _PARITY else _V_EVEN]))


def recover(digest: bytes, signature: bytes) -> str:
    """The address whose key signed the digest; `SignatureError` if the form is not normal."""
    check_signature(signature)
    if len(digest) != _WORD:
        raise SignatureError("a digest has 32 bytes", "use millpond.core.typed_data.digest")
    raw = signature[:64] + bytes([signature[64] - _V_EVEN])
    try:
        key = PublicKey.from_signature_and_message(raw, digest, hasher=None)
    except ValueError as error:
        raise SignatureError(
            "no key can have made this signature", "ask the signer to sign again"
        ) from error
    return checksum_address(keccak256(key.format(compressed=False)[1:])[12:])


def check_signer(digest: bytes, signature: bytes, signer: str) -> None:
    """Refuse with `SignatureError` unless `signer` (EIP-55) made the signature."""
    found = recover(digest, signature)
    if found != signer:
        raise SignatureError(
            f"the signature is by {found}, not by {signer}",
            "check chain, contract and every field of the message, then sign again",
        )
