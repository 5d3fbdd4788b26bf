# SPDX-License-Identifier: AGPL-3.0-only
"""RLP, the form in which the chain hashes its headers, receipts and states: written and read.

There is exactly one way to write an item; `decode` refuses every other one. Whatever does not fit
together on the way from a block's hash down to a storage word is a `BadProof`.
"""

from collections.abc import Sequence
from functools import lru_cache
from typing import TypeAlias

from millpond.chain.answers import BadAnswer

Item: TypeAlias = "bytes | Sequence[Item]"
"""Bytes, or a list of items."""

_SHORT = 55
_STRING = 0x80
_LIST = 0xC0
_DEEPEST = 16
_WORD = 32


class BadProof(BadAnswer):
    """A header, receipt or state that the hash above it does not vouch for."""


def bad_proof(why: str) -> BadProof:
    """The error for a proof that fails, with the one thing there is to do."""
    return BadProof(
        f"the node's proof fails: {why}",
        "do not use what it was to prove; ask another node for the same block",
    )


def encode(item: Item) -> bytes:
    """The bytes of an item."""
    if isinstance(item, bytes):
        if len(item) == 1 and item[0] < _STRING:
            return item
        return head(len(item), _STRING) + item
    body = b"".join(map(encode, item))
    return head(len(body), _LIST) + body


def whole(number: int) -> bytes:
    """A number without leading zeros; zero is no bytes."""
    return number.to_bytes((number.bit_length() + 7) // 8)


def number_of(item: Item, what: str) -> int:
    """What `whole` wrote, at most 32 bytes of it."""
    if not isinstance(item, bytes) or len(item) > _WORD or item[:1] == b"\0":
        raise bad_proof(f"{what} is not written as a number")
    return int.from_bytes(item)


def decode(data: bytes) -> Item:
    """The one item that these bytes are."""
    item, end = _item(data, 0, len(data), 0)
    if end != len(data):
        raise bad_proof("there are bytes behind the end of a node")
    return item


@lru_cache(maxsize=1 << 12)
def head(length: int, base: int) -> bytes:
    """What stands before so many bytes of a string (base 0x80) or a list (0xc0)."""
    if length <= _SHORT:
        return bytes([base + length])
    size = whole(length)
    return bytes([base + _SHORT + len(size)]) + size


def _item(data: bytes, at: int, limit: int, depth: int) -> tuple[Item, int]:
    """The item that begins at `at`, and where it ends; nothing may reach beyond `limit`."""
    if at >= limit or depth > _DEEPEST:
        raise bad_proof("a node is cut short, or nested too deep")
    first = data[at]
    if first < _STRING:
        return data[at : at + 1], at + 1
    base = _STRING if first < _LIST else _LIST
    start, end = _extent(data, at, limit, first - base)
    if base == _STRING:
        found = data[start:end]
        if len(found) == 1 and found[0] < _STRING:
            raise bad_proof("a node is not written in the one way there is")
        return found, end
    items: list[Item] = []
    while start < end:
        item, start = _item(data, start, end, depth + 1)
        items.append(item)
    return items, end


def _extent(data: bytes, at: int, limit: int, length: int) -> tuple[int, int]:
    """Where the contents behind a head begin and end."""
    start = at + 1
    if length > _SHORT:
        size = data[start : min(limit, start + length - _SHORT)]
        start += length - _SHORT
        length = int.from_bytes(size)
        if start > limit or size[0] == 0 or length <= _SHORT:
            raise bad_proof("a node is not written in the one way there is")
    if start + length > limit:
        raise bad_proof("a node is cut short")
    return start, start + length
