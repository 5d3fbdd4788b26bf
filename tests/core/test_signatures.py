# SPDX-License-Identifier: AGPL-3.0-only
"""Signatures: one form in, every other spelling refused."""

import pytest
from eth_account import Account
from hypothesis import given
from hypothesis import strategies as st

from millpond.core.canonical import keccak256
from millpond.core.errors import SignatureError
from millpond.core.signatures import (
    HALF_ORDER,
    ORDER,
    check_signature,
    check_signer,
    from_compact,
    recover,
    to_compact,
)

# The two examples of EIP-2098 (key 0x1234...1234): personal messages "Hello World" and
# "It's a small(er) world".
KEY = "0x" + "1234567890" * 6 + "1234"
R1 = "68a020a209d3d56c46f38cc50a33f704f4a9a10a59377f8dd762ac66910e9b90"
S1 = "7e865ad05c4035ab5792787d4a0297a43617ae897930a6fe4d822b8faea52064"
R2 = "9328da16089fcba9bececa81663203989f2df5fe1faa6291a45381c81bd17f76"
S2 = "139c6d6b623b42da56557e5e734a43dc83345ddfadec52cbe24d0cc64f550793"
VS2 = "939c6d6b623b42da56557e5e734a43dc83345ddfadec52cbe24d0cc64f550793"
DIGEST = keccak256(b"a ballot")
MEMBER = Account.from_key("0x" + "11" * 32)
GOOD = bytes(Account.unsafe_sign_hash(DIGEST, MEMBER.key).signature)


def personal(text: str) -> bytes:
    return keccak256(f"\x19Ethereum Signed Message:\n{len(text)}{text}".encode())


@pytest.mark.parametrize(
    ("text", "r", "s", "v", "vs"),
    [("Hello World", R1, S1, 27, S1), ("It's a small(er) world", R2, S2, 28, VS2)],
)
def test_to_compact__examples_of_the_standard__agree(
    text: str, r: str, s: str, v: int, vs: str
) -> None:
    signature = bytes.fromhex(r + s) + bytes([v])
    assert to_compact(signature) == (bytes.fromhex(r), bytes.fromhex(vs))
    assert from_compact(bytes.fromhex(r), bytes.fromhex(vs)) == signature
    assert recover(personal(text), signature) == Account.from_key(KEY).address


@given(st.binary(min_size=32, max_size=32), st.integers(1, ORDER - 1))
def test_recover__any_key_and_digest__finds_the_signer(digest: bytes, secret: int) -> None:
    account = Account.from_key(secret.to_bytes(32, "big"))
    signature = bytes(account.unsafe_sign_hash(digest).signature)
    assert check_signature(signature) == signature
    assert from_compact(*to_compact(signature)) == signature
    assert recover(digest, signature) == account.address
    check_signer(digest, signature, account.address)


def other_spellings() -> dict[str, bytes]:
    r, s, v = GOOD[:32], int.from_bytes(GOOD[32:64], "big"), GOOD[64]
    high = (ORDER - s).to_bytes(32, "big")
    return {
        "v of 0 or 1": GOOD[:64] + bytes([v - 27]),
        "v with a chain id": GOOD[:64] + bytes([v + 8]),
        "high s": r + high + bytes([55 - v]),
        "compact": GOOD[:64],
        "too long": GOOD + b"\x00",
        "empty": b"",
        "r of zero": bytes(32) + GOOD[32:],
        "r of the order": ORDER.to_bytes(32, "big") + GOOD[32:],
        "s of zero": r + bytes(32) + GOOD[64:],
        "s just over half": r + (HALF_ORDER + 1).to_bytes(32, "big") + GOOD[64:],
    }


@pytest.mark.parametrize("name", other_spellings())
def test_check_signature__another_spelling__is_refused(name: str) -> None:
    bad = other_spellings()[name]
    for call in (check_signature, to_compact):
        with pytest.raises(SignatureError):
            call(bad)
    with pytest.raises(SignatureError):
        recover(DIGEST, bad)


@pytest.mark.parametrize(("r", "s"), [(1, 1), (ORDER - 1, HALF_ORDER)])
def test_check_signature__the_least_and_largest_words__are_in_normal_form(r: int, s: int) -> None:
    edge = r.to_bytes(32, "big") + s.to_bytes(32, "big") + b"\x1b"
    assert check_signature(edge) == edge


def test_recover__no_point_for_r__is_refused() -> None:
    # x = 5 lies on no point of secp256k1: 5^3 + 7 = 132 has no square root modulo p.
    with pytest.raises(SignatureError, match="no key can have made"):
        recover(DIGEST, (5).to_bytes(32, "big") + GOOD[32:])


def test_recover__a_digest_of_another_length__is_refused() -> None:
    with pytest.raises(SignatureError, match="a digest has 32 bytes"):
        recover(DIGEST[:31], GOOD)


def test_from_compact__wrong_lengths_or_zero__are_refused() -> None:
    with pytest.raises(SignatureError, match="32 bytes each"):
        from_compact(GOOD[:31], GOOD[32:64])
    with pytest.raises(SignatureError, match="out of range"):
        from_compact(bytes(32), bytes(32))


def test_check_signer__another_message_or_signer__is_refused() -> None:
    check_signer(DIGEST, GOOD, MEMBER.address)
    with pytest.raises(SignatureError, match="the signature is by"):
        check_signer(keccak256(b"another ballot"), GOOD, MEMBER.address)
    with pytest.raises(SignatureError, match=f"the signature is by {MEMBER.address}, not by"):
        check_signer(DIGEST, GOOD, "0x" + "22" * 20)
