# SPDX-License-Identifier: AGPL-3.0-only
"""Who a leaf pays: an address left-padded to 32 bytes, or the hash of an identity.

The two cannot be confused: an address has its top 12 bytes zero, an identity hash never has (that
is checked whenever one is made).
"""

from collections.abc import Sequence
from typing import NewType

from millpond.core.canonical import keccak256
from millpond.core.errors import BadInput, SubjectError

Subject = NewType("Subject", bytes)
"""32 bytes that name the receiver of a leaf."""

NOBODY = "0x" + "00" * 20
"""The zero address, which is nobody's."""

_ZERO12 = bytes(12)
_ADDRESS = 20
_SUBJECT = 32
_UPPER_FROM = "8"  # EIP-55: a letter is upper case where the hash has a digit from 8 up


def to_hex(data: bytes) -> str:
    """0x-prefixed lower-case hex."""
    return "0x" + data.hex()


def from_hex(text: str, length: int) -> bytes:
    """Exactly `length` bytes of 0x-prefixed hex, either case; else `BadInput`."""
    try:
        data = bytes.fromhex(text[2:]) if text[:2] == "0x" and text.isascii() else b""
    except ValueError:
        data = b""
    if len(data) != length or len(text) != 2 + 2 * length:
        raise BadInput(
            f"{text[:80]!r} is not {length} bytes of hex",
            f"write 0x followed by {2 * length} hex digits",
        )
    return data


def checksum_address(address: bytes) -> str:
    """The EIP-55 spelling of 20 bytes."""
    if len(address) != _ADDRESS:
        raise BadInput("an address has 20 bytes", "write 0x followed by 40 hex digits")
    digits = address.hex()
    marks = keccak256(digits.encode()).hex()
    spelled = [d.upper() if m >= _UPPER_FROM else d for d, m in zip(digits, marks, strict=False)]
    return "0x" + "".join(spelled)


def address_bytes(address: str | bytes) -> bytes:
    """The 20 bytes of an address. Mixed case must be the EIP-55 spelling; else `BadInput`."""
    if isinstance(address, bytes):
        if len(address) != _ADDRESS:
            raise BadInput(f"an address has 20 bytes, not {len(address)}", "pass the whole address")
        return bytes(address)
    data = from_hex(address, 20)
    digits = address[2:]
    if digits not in (digits.lower(), digits.upper()) and checksum_address(data) != address:
        raise BadInput(
            f"{address} has a wrong checksum",
            "copy the address again: a letter or its case was changed",
        )
    return data


def check_subject(subject: bytes) -> Subject:
    """`subject` if it has 32 bytes and is not the zero address; else `SubjectError`."""
    if len(subject) != _SUBJECT:
        raise SubjectError("a subject has 32 bytes", "use of_address or of_identity to make one")
    if not any(subject):
        raise SubjectError(
            "the zero address cannot be paid", "name a real address or identity instead"
        )
    return Subject(bytes(subject))


def is_address(subject: Subject) -> bool:
    """Whether the subject is a left-padded address (its top 12 bytes are zero)."""
    return subject[:12] == _ZERO12


def address_of(subject: Subject) -> str:
    """The EIP-55 address inside a subject that is one; else `SubjectError`."""
    if not is_address(subject):
        raise SubjectError("the subject is an identity, not an address", "look up its link")
    return checksum_address(subject[12:])


def of_address(address: str | bytes) -> Subject:
    """The subject of an account: its address left-padded with zeros to 32 bytes."""
    return check_subject(_ZERO12 + address_bytes(address))


def of_identity(identity: str) -> Subject:
    """keccak256 of an identity's text, such as "github:583231" or "sourcecred:...".

    The text is `<place>:<name in that place>`; it is a pseudonym, not a secret.
    """
    place, colon, name = identity.partition(":")
    if not (place and colon and name):
        raise SubjectError(
            f"{identity!r} is not an identity", 'write "<place>:<name>", such as "github:583231"'
        )
    try:
        data = identity.encode("utf-8")
    except UnicodeEncodeError as error:
        raise SubjectError(
            "the identity holds half of a surrogate pair", "read it again from its source"
        ) from error
    return check_identity_hash(keccak256(data))


def check_identity_hash(digest: bytes) -> Subject:
    """A hash that may name an identity: 32 bytes whose top 12 are not all zero."""
    subject = check_subject(digest)
    if is_address(subject):
        raise SubjectError(
            "this identity's hash would read as an address (its top 12 bytes are zero)",
            "pay this person by address",
        )
    return subject


def sourcecred_identity(parts: Sequence[str]) -> str:
    """The identity text of a SourceCred address: "sourcecred:" and its parts joined by "/"."""
    if not parts or not all(parts):
        raise SubjectError(
            f"{list(parts)!r} is not a SourceCred address", "give its parts, none of them empty"
        )
    return "sourcecred:" + "/".join(parts)


def github_identity(numeric_id: int) -> str:
    """The identity text of a GitHub account: by its number, which a rename does not change."""
    if type(numeric_id) is not int or numeric_id <= 0:
        raise SubjectError(
            f"{numeric_id!r} is not a GitHub account number",
            "look up the account's numeric id; a login can be renamed and reused",
        )
    return f"github:{numeric_id}"
