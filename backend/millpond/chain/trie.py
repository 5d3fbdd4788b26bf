# SPDX-License-Identifier: AGPL-3.0-only
"""Merkle Patricia tries: the root of a list, and what one path below a root holds.

`list_root` is how a block binds its receipts. `look_up` walks the nodes of a proof down from a
root that is trusted: each node must have the hash by which the one above names it, and all of them
must be used. It ends in a value, or in the certainty that there is none.
"""

from collections.abc import Sequence
from functools import lru_cache

from millpond.chain.rlp import Item, bad_proof, decode, encode, head, whole
from millpond.core.canonical import keccak256

EMPTY_ROOT = keccak256(b"\x80")
"""The root of a trie without entries."""

_HASH = 32
_BRANCH = 17
_PAIR = 2
_ODD = 1
_STRING, _LIST = 0x80, 0xC0
_NOTHING = b"\x80"
_HASH_HEAD = b"\xa0"
_LEAF = 2

_Entry = tuple[bytes, bytes]
"""The nibbles of a path, and the value at its end."""


def list_root(values: Sequence[bytes]) -> bytes:
    """The root of the trie that holds each value at the RLP of its position."""
    if not values:
        return EMPTY_ROOT
    return keccak256(_node([(path, values[at]) for path, at in _places(len(values))], 0))


def look_up(root: bytes, key: bytes, proof: Sequence[bytes]) -> bytes | None:
    """What a trie with this root holds at `key`, or None if nothing; `BadProof` if not proven."""
    if root == EMPTY_ROOT and list(proof) in ([], [b"\x80"]):
        return None
    path, left = nibbles(key), list(proof)
    found = _end(root, path, left)
    if left:
        raise bad_proof("it has nodes that lead nowhere")
    return found


def nibbles(data: bytes) -> bytes:
    """Each half byte as one byte."""
    return bytes(half for byte in data for half in (byte >> 4, byte & 15))


# --- reading -------------------------------------------------------------------------------------


def _end(reference: Item, path: bytes, left: list[bytes]) -> bytes | None:
    """The value at the end of a path below a node; takes what it uses out of `left`."""
    while True:
        node = _opened(reference, left)
        if len(node) == _BRANCH:
            if not path:
                return _value(node[-1], may_be_nothing=True)
            reference, path = node[path[0]], path[1:]
            if not reference:
                return None
            continue
        is_leaf, shared = _path(node[0])
        if is_leaf:
            value = _value(node[1])
            return value if path == shared else None
        if path[: len(shared)] != shared:
            return None
        reference, path = node[1], path[len(shared) :]


def _value(item: Item, *, may_be_nothing: bool = False) -> bytes | None:
    if not isinstance(item, bytes) or not (item or may_be_nothing):
        raise bad_proof("a value is a list, or nothing")
    return item or None


def _opened(reference: Item, left: list[bytes]) -> Sequence[Item]:
    """The node that a reference names: the next of the proof, or, if it is short, itself."""
    if isinstance(reference, bytes):
        if len(reference) != _HASH:
            raise bad_proof("a node is named by something that is no hash")
        if not left:
            raise bad_proof("it ends before the value")
        encoded = left.pop(0)
        if keccak256(encoded) != reference:
            raise bad_proof("a node does not have the hash that the one above it names")
        node = decode(encoded)
    else:
        node, encoded = reference, encode(reference)
        if len(encoded) >= _HASH:
            raise bad_proof("a node stands inside another that is too long for it")
        if left and left[0] == encoded:  # some nodes list it once more by itself
            left.pop(0)
    if isinstance(node, bytes) or len(node) not in (_PAIR, _BRANCH):
        raise bad_proof("a node is neither a branch nor a path")
    return node


def _path(item: Item) -> tuple[bool, bytes]:
    """Whether a path ends in a leaf, and its nibbles."""
    if not isinstance(item, bytes) or not item:
        raise bad_proof("a path is not written as one")
    halves = nibbles(item)
    flag, odd = halves[0], halves[0] & _ODD
    if flag > (_LEAF | _ODD) or (not odd and halves[1]):
        raise bad_proof("a path is not written as one")
    shared = halves[1:] if odd else halves[2:]
    if not shared and not flag & _LEAF:
        raise bad_proof("a path leads nowhere")
    return bool(flag & _LEAF), shared


# --- building ------------------------------------------------------------------------------------


def _node(entries: Sequence[_Entry], depth: int) -> bytes:
    """The node above these sorted entries, whose first `depth` nibbles are behind us, as it is
    written. Thousands of blocks are checked by it: it goes over each entry once a level."""
    first, last = entries[0][0], entries[-1][0]
    if len(entries) == 1:
        return _list(_string(_written(first[depth:], _LEAF)) + _string(entries[0][1]))
    end = depth
    while first[end] == last[end]:
        end += 1
    if end > depth:
        return _list(_string(_written(first[depth:end], 0)) + _named(_node(entries, end)))
    children, begin = [], 0
    for digit in range(_BRANCH - 1):
        after = begin
        while after < len(entries) and entries[after][0][depth] == digit:
            after += 1
        below = entries[begin:after]
        children.append(_named(_node(below, depth + 1)) if below else _NOTHING)
        begin = after
    return _list(b"".join(children) + _NOTHING)


def _named(node: bytes) -> bytes:
    """How a node is named from above: by its hash, or whole if that is shorter."""
    return _HASH_HEAD + keccak256(node) if len(node) >= _HASH else node


def _string(data: bytes) -> bytes:
    if len(data) == 1 and data[0] < _STRING:
        return data
    return head(len(data), _STRING) + data


def _list(body: bytes) -> bytes:
    return head(len(body), _LIST) + body


@lru_cache(maxsize=256)
def _places(count: int) -> tuple[tuple[bytes, int], ...]:
    """The paths of so many positions, sorted, each with its position."""
    return tuple(sorted((nibbles(encode(whole(at))), at) for at in range(count)))


@lru_cache(maxsize=1 << 12)
def _written(path: bytes, kind: int) -> bytes:
    """A path with what it is in front, filled up to whole bytes."""
    odd = len(path) & _ODD
    halves = bytes([kind | odd]) + (b"" if odd else b"\0") + path
    return bytes(high << 4 | low for high, low in zip(halves[::2], halves[1::2], strict=True))
