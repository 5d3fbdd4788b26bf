# SPDX-License-Identifier: AGPL-3.0-only
"""Subjects: addresses and identities that cannot be taken for each other."""

import pytest

from millpond.core.canonical import keccak256
from millpond.core.errors import BadInput, SubjectError
from millpond.core.subjects import (
    address_bytes,
    address_of,
    check_identity_hash,
    check_subject,
    checksum_address,
    from_hex,
    github_identity,
    is_address,
    of_address,
    of_identity,
    sourcecred_identity,
    to_hex,
)

# The examples of EIP-55 itself.
EIP55 = [
    "0x52908400098527886E0F7030069857D2E4169EE7",
    "0x8617E340B3D01FA5F11F306F4090FD50E238070D",
    "0xde709f2102306220921060314715629080e2fb77",
    "0x27b1fdb04752bbc536007a920d24acb045561c26",
    "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed",
    "0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359",
    "0xdbF03B407c01E7cD3CBea99509d93f8DDDC8C6FB",
    "0xD1220A0cf47c7B9Be7A2E6BA89F429762e7b9aDb",
]


@pytest.mark.parametrize("address", EIP55)
def test_checksum_address__examples_of_the_standard__agree(address: str) -> None:
    assert checksum_address(bytes.fromhex(address[2:])) == address
    assert address_bytes(address) == bytes.fromhex(address[2:])
    assert address_bytes(address.lower()) == address_bytes("0x" + address[2:].upper())


@pytest.mark.parametrize("address", EIP55[4:])
def test_address_bytes__one_letter_in_the_wrong_case__is_refused(address: str) -> None:
    at = next(i for i, letter in enumerate(address[2:], 2) if letter.isalpha())
    wrong = address[:at] + address[at].swapcase() + address[at + 1 :]
    with pytest.raises(BadInput, match="has a wrong checksum"):
        address_bytes(wrong)


def test_address_bytes__only_the_first_digit_in_another_case__is_refused() -> None:
    with pytest.raises(BadInput, match="has a wrong checksum"):
        address_bytes("0xA" + "b" * 39)
    assert address_bytes("0x" + "AB" * 20) == address_bytes("0x" + "ab" * 20)


@pytest.mark.parametrize(
    "text", ["", "0x", "52908400098527886E0F7030069857D2E4169EE7", "0x12", "0x" + "g" * 40,
             "0x" + "1" * 39, "0x" + "1" * 41, "0x" + "1 " * 20, "0x" + "\u0661" * 40,
             "0X" + "1" * 40]
)  # fmt: skip
def test_address_bytes__not_forty_hex_digits__is_refused(text: str) -> None:
    with pytest.raises(BadInput, match="is not 20 bytes of hex"):
        address_bytes(text)


def test_address_bytes__raw_bytes__must_be_twenty() -> None:
    assert address_bytes(b"\x01" * 20) == b"\x01" * 20
    with pytest.raises(BadInput, match="an address has 20 bytes, not 19"):
        address_bytes(b"\x01" * 19)
    with pytest.raises(BadInput, match="an address has 20 bytes"):
        checksum_address(b"\x01" * 21)


def test_from_hex__and_back__is_exact() -> None:
    assert from_hex("0x00ff", 2) == b"\x00\xff"
    assert to_hex(b"\x00\xff") == "0x00ff"
    with pytest.raises(BadInput, match="is not 3 bytes of hex"):
        from_hex("0x00ff", 3)


def test_of_address__an_account__is_left_padded() -> None:
    subject = of_address(EIP55[0])
    assert subject == bytes(12) + bytes.fromhex(EIP55[0][2:])
    assert is_address(subject)
    assert address_of(subject) == EIP55[0]


def test_of_address__zero__is_refused() -> None:
    with pytest.raises(SubjectError, match="the zero address cannot be paid"):
        of_address("0x" + "0" * 40)


def test_of_identity__sourcecred_parts__hash_the_joined_text() -> None:
    identity = sourcecred_identity(["sourcecred", "discourse", "user", "https://x.example", "LB"])
    assert identity == "sourcecred:sourcecred/discourse/user/https://x.example/LB"
    subject = of_identity(identity)
    assert subject == keccak256(identity.encode())
    assert not is_address(subject)
    with pytest.raises(SubjectError, match="an identity, not an address"):
        address_of(subject)


def test_of_identity__github__hashes_the_numeric_id() -> None:
    # keccak256("github:583231"), by viem: keccak256(toHex("github:583231"))
    assert of_identity(github_identity(583231)).hex() == (
        "fccf738087fc82606366811d4dd94301bb1a099aab1d6945dac729e4fb5288ef"
    )


@pytest.mark.parametrize("text", ["", "github", "github:", ":1", ":"])
def test_of_identity__no_place_or_name__is_refused(text: str) -> None:
    with pytest.raises(SubjectError, match="is not an identity"):
        of_identity(text)


def test_of_identity__half_a_surrogate_pair__is_refused() -> None:
    with pytest.raises(SubjectError, match="surrogate"):
        of_identity("x:\ud800")


@pytest.mark.parametrize("parts", [[], [""], ["a", ""]])
def test_sourcecred_identity__empty_parts__are_refused(parts: list[str]) -> None:
    with pytest.raises(SubjectError, match="is not a SourceCred address"):
        sourcecred_identity(parts)


@pytest.mark.parametrize("number", [0, -1, True, "583231"])
def test_github_identity__no_account_number__is_refused(number: int) -> None:
    with pytest.raises(SubjectError, match="is not a GitHub account number"):
        github_identity(number)


def test_check_identity_hash__top_twelve_bytes_zero__is_refused() -> None:
    assert check_identity_hash(bytes(11) + b"\x01" + bytes(20))
    with pytest.raises(SubjectError, match="its top 12 bytes are zero"):
        check_identity_hash(bytes(12) + b"\x01" * 20)


def test_check_subject__wrong_length_or_zero__is_refused() -> None:
    with pytest.raises(SubjectError, match="a subject has 32 bytes"):
        check_subject(b"\x01" * 31)
    with pytest.raises(SubjectError, match="the zero address cannot be paid"):
        check_subject(bytes(32))
