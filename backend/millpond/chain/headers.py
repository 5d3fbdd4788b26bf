# SPDX-License-Identifier: AGPL-3.0-only
"""A block's header with all its fields, bound to the block's hash.

`read` recomputes the hash from the fields, of every fork up to Prague (which fields a header has
says of which it is). From there on the hash vouches for the roots of the state and the receipts and
for the bloom of the logs. A chain that hashes its headers otherwise is refused, not believed.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from millpond.chain import answers
from millpond.chain.rlp import bad_proof, encode, head, whole
from millpond.core.canonical import keccak256

_NUMBER = 0
_ANY = -1
_BLOOM_BITS = 2048
_LIST = 0xC0
_HEADS = {8: "88", 20: "94", 32: "a0", 256: "b90100"}
"""What stands before so many bytes."""

_ALWAYS = (
    ("parentHash", 32),
    ("sha3Uncles", 32),
    ("miner", 20),
    ("stateRoot", 32),
    ("transactionsRoot", 32),
    ("receiptsRoot", 32),
    ("logsBloom", 256),
    ("difficulty", _NUMBER),
    ("number", _NUMBER),
    ("gasLimit", _NUMBER),
    ("gasUsed", _NUMBER),
    ("timestamp", _NUMBER),
    ("extraData", _ANY),
    ("mixHash", 32),
    ("nonce", 8),
)
_LATER = (
    ("baseFeePerGas", _NUMBER),
    ("withdrawalsRoot", 32),
    ("blobGasUsed", _NUMBER),
    ("excessBlobGas", _NUMBER),
    ("parentBeaconBlockRoot", 32),
    ("requestsHash", 32),
)


@dataclass(frozen=True)
class FullHeader:
    """A header that has the hash it says. `encoded` are the bytes that were hashed."""

    number: int
    hash: bytes
    parent_hash: bytes
    timestamp: int
    state_root: bytes
    receipts_root: bytes
    bloom: int
    encoded: bytes

    def may_have(self, *values: bytes) -> bool:
        """False only if no log of the block has all of these (an address, topics)."""
        return all(self.bloom & mask == mask for mask in map(bloom_mask, values))


def read(value: object) -> FullHeader:
    """An eth_getBlockByNumber or ...ByHash answer whose fields hash to the hash it says."""
    found = answers.fields(value, "a block")
    encoded = _encoded(found)
    said = answers.octets(found.get("hash"), "a block's hash", 32)
    if keccak256(encoded) != said:
        raise bad_proof("the fields of a block do not hash to its hash")
    return FullHeader(
        number=answers.quantity(found["number"], "a block's number"),
        hash=said,
        parent_hash=_known(found, "parentHash"),
        timestamp=answers.quantity(found["timestamp"], "a block's time"),
        state_root=_known(found, "stateRoot"),
        receipts_root=_known(found, "receiptsRoot"),
        bloom=int.from_bytes(_known(found, "logsBloom")),
        encoded=encoded,
    )


def bloom_of(logs: Iterable[answers.Log]) -> int:
    """The bloom of some logs."""
    bloom = 0
    for log in logs:
        bloom |= bloom_mask(bytes.fromhex(log.address[2:]))
        for topic in log.topics:
            bloom |= bloom_mask(topic)
    return bloom


@lru_cache(maxsize=1 << 14)
def bloom_mask(value: bytes) -> int:
    """The three bits that an address or a topic sets."""
    digest = keccak256(value)
    mask = 0
    for at in (0, 2, 4):
        mask |= 1 << (int.from_bytes(digest[at : at + 2]) % _BLOOM_BITS)
    return mask


def _later(found: Mapping[str, object]) -> tuple[tuple[str, int], ...]:
    """What forks have added: each has all that those before it have."""
    names = [name for name, _ in _LATER]
    present = [found.get(name) is not None for name in names]
    count = present.index(False) if False in present else len(present)
    if any(present[count:]):
        raise bad_proof(f"a block has no {names[count]}, but fields of later forks")
    return _LATER[:count]


def _encoded(found: Mapping[str, object]) -> bytes:
    """The bytes that are hashed: put together as the hex that they came in, and turned once, since
    a mirror reads the header of every block. Each field must have its length: else one could lend
    its bytes to the next."""
    parts: list[str] = []
    for name, form in (*_ALWAYS, *_later(found)):
        text = found.get(name)
        if form == _NUMBER:
            number = answers.quantity(text, f"a block's {name}")
            parts.append(encode(whole(number)).hex())
        elif form == _ANY:
            parts.append(encode(answers.octets(text, f"a block's {name}")).hex())
        elif isinstance(text, str) and len(text) == 2 * form + 2 and text[:2] == "0x":
            parts += (_HEADS[form], text[2:])
        else:
            raise answers.bad(f"a block's {name} ({form} bytes)", text)
    written = "".join(parts)
    try:
        # fromhex would pass over blanks
        body = bytes.fromhex(written) if written.isalnum() else b""
    except ValueError:
        body = b""
    if not body:
        raise answers.bad("a block in hex", found.get("hash"))
    return head(len(body), _LIST) + body


def _known(found: Mapping[str, object], name: str) -> bytes:
    """A field that is in what was hashed."""
    return bytes.fromhex(str(found[name])[2:])
