# SPDX-License-Identifier: AGPL-3.0-only
"""eth_getProof answers, held against a state root: what an account and its storage really are.

The proof decides. What a node says beside it must be the same, for a node that contradicts its own
proof is not to be used.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from millpond.chain import answers
from millpond.chain.answers import Address
from millpond.chain.rlp import bad_proof, decode, number_of
from millpond.chain.trie import EMPTY_ROOT, look_up
from millpond.core.canonical import keccak256

NO_CODE = keccak256(b"")
"""The code hash of an account without code."""

_WORD = 32
_FIELDS = 4
_NOTHING = bytes(_WORD)


@dataclass(frozen=True)
class Account:
    """What a state root proves of an account: `slots` are those asked for, all of them."""

    address: Address
    nonce: int
    balance: int
    storage_root: bytes
    code_hash: bytes
    slots: Mapping[int, int]


def check(answer: object, state_root: bytes, address: Address, slots: Sequence[int]) -> Account:
    """The account of an eth_getProof answer and its words at `slots`; `BadProof` if not proven."""
    found = answers.fields(answer, "a proof")
    if answers.address(found.get("address"), "a proof's address") != address:
        raise bad_proof("it is of another account")
    key = keccak256(bytes.fromhex(address[2:]))
    encoded = look_up(state_root, key, _nodes(found.get("accountProof"), "an account's proof"))
    nonce, balance, storage_root, code_hash = _account(encoded)
    said = (
        answers.quantity(found.get("nonce"), "a proof's nonce"),
        answers.quantity(found.get("balance"), "a proof's balance"),
        answers.octets(found.get("storageHash"), "a proof's storage", _WORD),
        answers.octets(found.get("codeHash"), "a proof's code", _WORD),
    )
    nothing = encoded is None and said == (0, 0, _NOTHING, _NOTHING)
    if said != (nonce, balance, storage_root, code_hash) and not nothing:
        raise bad_proof("the account is not what the answer says beside it")
    words = _words(found.get("storageProof"), storage_root)
    if set(words) != set(slots):
        raise bad_proof("it is of other slots")
    return Account(address, nonce, balance, storage_root, code_hash, words)


def _account(encoded: bytes | None) -> tuple[int, int, bytes, bytes]:
    """The four fields of an account; those of one that nobody has used."""
    if encoded is None:
        return 0, 0, EMPTY_ROOT, NO_CODE
    fields = decode(encoded)
    if isinstance(fields, bytes) or len(fields) != _FIELDS:
        raise bad_proof("an account is not written as one")
    storage_root, code_hash = fields[2], fields[3]
    if not isinstance(storage_root, bytes) or not isinstance(code_hash, bytes):
        raise bad_proof("an account is not written as one")
    if len(storage_root) != _WORD or len(code_hash) != _WORD:
        raise bad_proof("an account is not written as one")
    nonce, balance = number_of(fields[0], "a nonce"), number_of(fields[1], "a balance")
    return nonce, balance, storage_root, code_hash


def _words(value: object, storage_root: bytes) -> dict[int, int]:
    """Slot -> word, each proven."""
    words: dict[int, int] = {}
    for entry in answers.entries(value, "a storage proof"):
        found = answers.fields(entry, "a storage proof")
        slot = answers.quantity(found.get("key"), "a proof's slot")
        nodes = _nodes(found.get("proof"), "a slot's proof")
        encoded = look_up(storage_root, keccak256(slot.to_bytes(_WORD)), nodes)
        word = 0 if encoded is None else number_of(decode(encoded), "a storage word")
        if (encoded is not None and not word) or slot in words:
            raise bad_proof("a slot is proven as nothing, or twice")
        if word != answers.quantity(found.get("value"), "a proof's value"):
            raise bad_proof("a storage word is not what the answer says beside it")
        words[slot] = word
    return words


def _nodes(value: object, what: str) -> list[bytes]:
    return [answers.octets(node, f"a node of {what}") for node in answers.entries(value, what)]
