# SPDX-License-Identifier: AGPL-3.0-only
"""Signatures, and the book of who signed what.

The models never look at the bytes of a signature. Whoever signs in a walk signs here, and the book
keeps what was meant: this person, this message, for this contract. A signature holds if the book
says that its bytes mean exactly what the contract asks for. So EIP-712, ecrecover and every form
of a signature are the contract's business, and are checked by what follows from them.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any, NamedTuple

from coincurve import PrivateKey

from millpond.core import typed_data
from millpond.core.canonical import keccak256
from millpond.core.signatures import ORDER
from tests.contracts.evm import CHAIN_ID, Actor, address_of
from tests.properties import codec

DOMAIN_TYPE = b"EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"
MILLPOND = ("Millpond", "1")
EVEN = 27


class Meaning(NamedTuple):
    """A message: its type string, the contract it is for, its values in order."""

    struct: str
    contract: str
    values: tuple[Any, ...]


class Signatures:
    """Makes signatures and remembers what they mean."""

    def __init__(self, chain_id: int = CHAIN_ID) -> None:
        self.chain_id = chain_id
        self.owners: dict[str, tuple[str, ...]] = {}  # contract wallet -> who must sign for it
        # contract wallets that say yes to everything, each with what hears of it
        self.turncoats: dict[str, Callable[[], bool]] = {}
        self._meant: dict[bytes, tuple[str, Meaning]] = {}

    def sign(
        self,
        signer: Actor,
        message: Meaning,
        domain: tuple[str, str] = MILLPOND,
    ) -> bytes:
        """65 bytes r, s, v over an EIP-712 message."""
        signature = _sign(signer.key, self.digest(message, domain))
        self._meant[signature] = (signer.address, message)
        return signature

    def compact(self, signature: bytes) -> bytes:
        """The same in 64 bytes (ERC-2098), which means the same."""
        short = signature[:32] + _vs(signature).to_bytes(32)
        self._meant[short] = self._meant[signature]
        return short

    def malleable(self, signature: bytes) -> bytes:
        """The other signature that the curve takes for the same: high s. No contract may."""
        s = ORDER - int.from_bytes(signature[32:64])
        return signature[:32] + s.to_bytes(32) + bytes([2 * EVEN + 1 - signature[64]])

    def words(self, signature: bytes) -> tuple[int, int]:
        """r and vs, as a ballot in a batch carries them."""
        return int.from_bytes(signature[:32]), _vs(signature)

    def signer_of(self, signature: bytes, message: Meaning) -> str:
        """Whose signature under this message the bytes are; "" for nobody's."""
        signer, meant = self._meant.get(signature, ("", None))
        return signer if meant == message else ""

    def holds(self, account: str, message: Meaning, signature: bytes) -> bool:
        """Did this account, a person or a contract wallet, sign this message with these bytes?"""
        if account in self.turncoats and self.signer_of(signature, message) != account:
            return self.turncoats[account]()
        if account in self.owners:
            owners = self.owners[account]
            parts = [signature] if len(owners) == 1 else _cut(signature, len(owners))
            return [self.signer_of(part, message) for part in parts] == list(owners)
        return self.signer_of(signature, message) == account

    def digest(self, message: Meaning, domain: tuple[str, str] = MILLPOND) -> bytes:
        """What is signed."""
        separator = domain_separator(self.chain_id, message.contract, *domain)
        struct_hash = keccak256(_hasher(message.struct)(message.values))
        return keccak256(b"\x19\x01" + separator + struct_hash)


def message(struct: typed_data.Struct, contract: Any, values: Mapping[str, Any]) -> Meaning:
    """One of the messages of Millpond; accounts among the values become addresses."""
    given = tuple(_plain(values[field.name]) for field in struct.fields)
    assert len(values) == len(given), f"{struct.name} has other fields than {tuple(values)}"
    return Meaning(struct.type_string, address_of(contract), given)


def _plain(value: Any) -> Any:
    return address_of(value) if hasattr(value, "address") else value


@cache
def _key(secret: bytes) -> PrivateKey:
    return PrivateKey(secret)


def _sign(secret: bytes, digest: bytes) -> bytes:
    found = _key(secret).sign_recoverable(digest, hasher=None)
    return found[:64] + bytes([EVEN + found[64]])


def _vs(signature: bytes) -> int:
    return int.from_bytes(signature[32:64]) | (signature[64] - EVEN) << 255


def _cut(signature: bytes, count: int) -> list[bytes]:
    size = len(signature) // count
    return [signature[i * size : (i + 1) * size] for i in range(count)]


@cache
def domain_separator(chain_id: int, contract: str, name: str, version: str) -> bytes:
    """The hash of a signing domain."""
    fields = (
        keccak256(DOMAIN_TYPE),
        keccak256(name.encode()),
        keccak256(version.encode()),
        chain_id,
        contract,
    )
    return keccak256(codec.of_types("bytes32", "bytes32", "bytes32", "uint256", "address")(fields))


@cache
def _hasher(struct: str) -> Callable[[Sequence[Any]], bytes]:
    """Encodes a struct as it is hashed: its type hash, then a word for each field; a list is hashed
    by the words of its entries."""
    kinds = [each.split(" ")[0] for each in struct.partition("(")[2].removesuffix(")").split(",")]
    hashed_ones = {"string", "bytes", "uint256[]"}
    encode = codec.of_types(*("bytes32" if kind in hashed_ones else kind for kind in kinds))
    type_hash = keccak256(struct.encode())
    texts = [at for at, kind in enumerate(kinds) if kind in ("string", "bytes")]
    lists = [at for at, kind in enumerate(kinds) if kind == "uint256[]"]

    def hashed(values: Sequence[Any]) -> bytes:
        words = list(values)
        for at in texts:
            words[at] = keccak256(words[at].encode() if isinstance(words[at], str) else words[at])
        for at in lists:
            words[at] = keccak256(b"".join(int(each).to_bytes(32) for each in words[at]))
        return type_hash + encode(words)

    return hashed
