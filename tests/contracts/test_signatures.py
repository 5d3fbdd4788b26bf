# SPDX-License-Identifier: AGPL-3.0-only
"""Signatures: the domain, every form of ECDSA, wallets that answer well and badly (ERC-1271)."""

from typing import Any

import pytest
from coincurve import PrivateKey, PublicKey
from eth_utils.address import to_checksum_address
from eth_utils.crypto import keccak
from hypothesis import given, settings
from hypothesis import strategies as st

from millpond.core import typed_data
from tests.contracts.evm import Actor, Contract, Evm

ZERO = "0x" + "00" * 20
ORDER = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141
DIGEST = keccak(text="a digest")
WAYS = {
    name: 1 << n
    for n, name in enumerate(
        (
            "SAYS_YES",
            "WRONG_MAGIC",
            "DIRTY_MAGIC",
            "SHORT",
            "NOTHING",
            "REVERTS",
            "BOMB",
            "LONG",
            "EATS_GAS",
        )
    )
}


@pytest.fixture
def book(evm: Evm) -> Contract:
    """The module by itself."""
    return evm.deploy("SignatureBook")


@pytest.fixture
def signer(evm: Evm) -> Actor:
    """Somebody with a key."""
    return evm.actor("signer")


def sign(signer: Actor, digest: bytes = DIGEST) -> tuple[int, int, int]:
    """r, s and the parity, by coincurve."""
    raw = PrivateKey(signer.key).sign_recoverable(digest, hasher=None)
    return int.from_bytes(raw[:32]), int.from_bytes(raw[32:64]), raw[64]


def account_of(digest: bytes, r: int, s: int, parity: int) -> str:
    """Whom libsecp256k1 recovers."""
    raw = r.to_bytes(32) + s.to_bytes(32) + bytes([parity])
    key = PublicKey.from_signature_and_message(raw, digest, hasher=None)
    return to_checksum_address(keccak(key.format(compressed=False)[1:])[12:])


def long_form(r: int, s: int, v: int) -> bytes:
    """r, s, v."""
    return r.to_bytes(32) + s.to_bytes(32) + bytes([v])


def short_form(r: int, s: int, parity: int) -> bytes:
    """r, vs of ERC-2098."""
    return r.to_bytes(32) + (s | parity << 255).to_bytes(32)


# --- the domain --------------------------------------------------------------------------------


@pytest.mark.parametrize("chain_id", [1, 1337, 2**63])
def test_digest__of_the_live_chain_and_this_contract__is_eth_accounts(chain_id: int) -> None:
    evm = Evm(chain_id)
    book = evm.deploy("SignatureBook")
    domain = typed_data.Domain(chain_id, book.address)
    candidate = evm.actor("candidate").address
    typed = typed_data.acceptance(domain, candidate=candidate, times_joined=3, deadline=99)
    type_hash = keccak(text="Acceptance(address candidate,uint256 timesJoined,uint256 deadline)")
    words = [type_hash, bytes(12) + bytes.fromhex(candidate[2:])]
    words += [(3).to_bytes(32), (99).to_bytes(32)]
    assert book.digest(keccak(b"".join(words))) == typed_data.digest(typed)


def test_eip712_domain__of_a_clone__names_the_clone(evm: Evm) -> None:
    for contract in (evm.deploy("SignatureBook"), evm.clone("SignatureBook", [ZERO])):
        fields, name, version, chain_id, where, salt, extensions = contract.eip712Domain()
        assert (fields, name, version, chain_id) == (b"\x0f", "Millpond", "1", evm.chain_id)
        assert (where, salt, extensions) == (contract.address, bytes(32), [])


# --- forms -------------------------------------------------------------------------------------


def test_recover__both_forms__find_the_signer(book: Contract, signer: Actor) -> None:
    for n in range(8):
        digest = keccak(bytes([n]))
        r, s, parity = sign(signer, digest)
        assert book.recover(digest, r, s | parity << 255) == signer.address
        assert book.recover_bytes(digest, short_form(r, s, parity)) == signer.address
        assert book.recover_bytes(digest, long_form(r, s, 27 + parity)) == signer.address
        assert book.is_signed_by(signer, digest, long_form(r, s, 27 + parity))
        assert book.is_signed_by(signer, digest, short_form(r, s, parity))


def test_recover__the_other_parity__finds_somebody_else(book: Contract, signer: Actor) -> None:
    r, s, parity = sign(signer)
    found = book.recover(DIGEST, r, s | (1 - parity) << 255)
    assert found == account_of(DIGEST, r, s, 1 - parity)
    assert not book.is_signed_by(signer, DIGEST, long_form(r, s, 28 - parity))


def test_recover__any_v_but_27_and_28__is_nobody(book: Contract, signer: Actor) -> None:
    r, s, _ = sign(signer)
    for v in {*range(256)} - {27, 28}:
        assert book.recover_bytes(DIGEST, long_form(r, s, v)) == ZERO


def test_recover__any_length_but_64_and_65__is_nobody(book: Contract, signer: Actor) -> None:
    r, s, parity = sign(signer)
    whole = long_form(r, s, 27 + parity)
    for size in (*range(64), *range(66, 100), 128, 130, 1023, 1024):
        assert book.recover_bytes(DIGEST, (whole + bytes(1024))[:size]) == ZERO
    with book.evm.reverts(""):
        book.recover_bytes(DIGEST, bytes(1025))


def test_recover__high_s__is_nobody_in_any_form(book: Contract, signer: Actor) -> None:
    """n - s with the other parity is the same signature for ecrecover, but not for us."""
    r, s, parity = sign(signer)
    assert account_of(DIGEST, r, ORDER - s, 1 - parity) == signer.address
    assert book.recover_bytes(DIGEST, long_form(r, ORDER - s, 28 - parity)) == ZERO
    assert book.recover_bytes(DIGEST, long_form(r, ORDER - s, 27 + parity)) == ZERO


@pytest.mark.parametrize("parity", [0, 1])
def test_recover__s_at_the_edge__is_somebody_up_to_half_the_order(
    book: Contract, signer: Actor, parity: int
) -> None:
    """The sliver between n / 2 and 2^255 can be written in both forms and is refused in both."""
    r, _, _ = sign(signer)
    half = ORDER // 2
    for s in (1, half - 1, half):
        whom = account_of(DIGEST, r, s, parity)
        assert book.recover(DIGEST, r, s | parity << 255) == whom
        assert book.recover_bytes(DIGEST, long_form(r, s, 27 + parity)) == whom
    for s in (half + 1, half + 2, 2**255 - 1):
        assert account_of(DIGEST, r, s, parity) != ZERO
        assert book.recover(DIGEST, r, s | parity << 255) == ZERO
        assert book.recover_bytes(DIGEST, short_form(r, s, parity)) == ZERO
        assert book.recover_bytes(DIGEST, long_form(r, s, 27 + parity)) == ZERO


def test_recover__impossible_numbers__is_nobody(book: Contract) -> None:
    for r, s in ((0, 1), (1, 0), (0, 0), (ORDER, 1), (2**256 - 1, 1), (5, 1), (ORDER + 1, 1)):
        for parity in (0, 1):
            found = book.recover(DIGEST, r, s | parity << 255)
            # 5 is no x coordinate of the curve
            assert found == (account_of(DIGEST, r, s, parity) if r == 1 and s else ZERO)


def test_is_signed_by__the_zero_address__is_never_true(book: Contract) -> None:
    for signature in (b"", bytes(64), bytes(65), bytes(64) + b"\x1b", bytes(1024)):
        assert not book.is_signed_by(ZERO, DIGEST, signature)


def test_is_signed_by__thousands_of_mutants__says_what_libsecp256k1_says(
    book: Contract, signer: Actor
) -> None:
    r, s, parity = sign(signer)
    good = long_form(r, s, 27 + parity)

    @settings(max_examples=250, deadline=None)
    @given(st.integers(0, 8 * 65 - 1), st.integers(0, 8 * 65 - 1), st.integers(60, 70))
    def check(one: int, other: int, size: int) -> None:
        number = int.from_bytes(good) ^ (1 << one) ^ (1 << other)
        mutant = (number.to_bytes(65) + bytes(8))[:size]
        same = mutant in (good, short_form(r, s, parity))
        assert book.is_signed_by(signer, DIGEST, mutant) is same

    check()


# --- wallets -----------------------------------------------------------------------------------


@pytest.fixture
def wallet(evm: Evm, signer: Actor) -> Contract:
    """A contract wallet of the signer."""
    return evm.deploy("OddWallet", signer)


def test_wallet__its_owner_signed__says_yes(
    book: Contract, wallet: Contract, signer: Actor
) -> None:
    r, s, parity = sign(signer)
    for signature in (long_form(r, s, 27 + parity), short_form(r, s, parity)):
        assert book.is_signed_by(wallet, DIGEST, signature)
        assert not book.is_signed_by(wallet, keccak(text="another"), signature)
    assert not book.is_signed_by(wallet, DIGEST, b"")


def test_wallet__two_owners_in_one_signature__says_yes(book: Contract, evm: Evm) -> None:
    owners = [evm.actor("owner one"), evm.actor("owner two")]
    wallet = evm.deploy("TwoOwnerWallet", *owners)
    parts = []
    for owner in owners:
        r, s, parity = sign(owner)
        parts.append(long_form(r, s, 27 + parity))
    assert book.is_signed_by(wallet, DIGEST, b"".join(parts))
    assert not book.is_signed_by(wallet, DIGEST, b"".join(reversed(parts)))
    assert not book.is_signed_by(wallet, DIGEST, parts[0])


@pytest.mark.parametrize(("way", "accepted"), [*((w, w in ("SAYS_YES", "LONG")) for w in WAYS)])
def test_wallet__that_answers_oddly__counts_only_with_the_exact_word(
    book: Contract, wallet: Contract, signer: Actor, way: str, accepted: bool
) -> None:
    """The first word of the answer is all that is read, however long it is."""
    r, s, parity = sign(signer)
    wallet.behave(WAYS[way], sender=signer)
    answer = book.is_signed_by(wallet, DIGEST, long_form(r, s, 27 + parity))
    assert answer is accepted
    assert book.is_signed_by(wallet, DIGEST, b"junk") is (way in ("SAYS_YES", "LONG"))


def test_wallet__a_signature_of_1024_bytes__reaches_it_whole(
    book: Contract, wallet: Contract, signer: Actor
) -> None:
    wallet.behave(WAYS["SAYS_YES"], sender=signer)
    assert book.is_signed_by(wallet, DIGEST, bytes(range(256)) * 4)


def test_wallet__that_cannot_answer__is_no_signer(book: Contract, evm: Evm) -> None:
    """A token, a governor, an account without code, a precompile."""
    others: list[Any] = [evm.deploy("TestDollar"), evm.actor("plain"), "0x" + "00" * 19 + "04"]
    for other in others:
        assert not book.is_signed_by(other, DIGEST, bytes(65))


def test_wallet__that_eats_all_its_gas__gets_a_million_and_no_more(
    book: Contract, wallet: Contract, signer: Actor
) -> None:
    wallet.behave(WAYS["EATS_GAS"], sender=signer)
    data = book.calldata("is_signed_by", wallet, DIGEST, b"")
    book.evm.call(signer, book, data, gas=10_000_000)
    assert 1_000_000 < book.evm.gas_used < 1_050_000
