# SPDX-License-Identifier: AGPL-3.0-only
"""What the decoders take out of topics and data: one 32-byte word, or a text, as a column's value.

Addresses become their EIP-55 spelling, bytes become 0x-hex, amounts decimal text (SQLite's own
integers end at 2^63 - 1). Whatever does not fit its type is a `BadAnswer`: the contracts cannot
emit it, so the node is wrong. Numbers and accounts come again and again, so those read last are
remembered.
"""

from functools import lru_cache

from millpond.chain.answers import BadAnswer
from millpond.core.subjects import checksum_address

_from_bytes = int.from_bytes
_WORD = 32
_ADDRESS_AT = 12
MOST_SMALL = 2**63 - 1
"""The largest whole number of an INTEGER column."""


@lru_cache(maxsize=100_000)
def address(word: bytes) -> str:
    """An account or contract."""
    if len(word) != _WORD or any(word[:_ADDRESS_AT]):
        raise _bad("an address", word)
    return checksum_address(word[_ADDRESS_AT:])


@lru_cache(maxsize=1 << 14)
def amount(word: bytes) -> str:
    """A whole number below 2^256, as decimal text."""
    return str(number(word))


@lru_cache(maxsize=1 << 14)
def small(word: bytes) -> int:
    """A number that the contracts keep far below 2^63: a count, a time, a share, an index."""
    return checked_small(number(word))


@lru_cache(maxsize=2)
def boolean(word: bytes) -> int:
    """1 or 0."""
    found = number(word)
    if found > 1:
        raise _bad("a bool", word)
    return found


def fixed(word: bytes, size: int) -> str:
    """bytes1 to bytes32."""
    if len(word) != _WORD or any(word[size:]):
        raise _bad(f"bytes{size}", word)
    return hexed(word[:size])


def text(data: bytes, at: int) -> str:
    """The string whose place in the data stands in the word at `at`."""
    return readable(_tail(data, at).decode("utf-8", "replace"))


def octets(data: bytes, at: int) -> str:
    """The bytes whose place in the data stands in the word at `at`."""
    return hexed(_tail(data, at))


def hexed(value: bytes) -> str:
    """Bytes as 0x-hex."""
    return "0x" + value.hex()


def readable(value: str) -> str:
    """A text that every database takes: what is no UTF-8 is a replacement character, and so is NUL.

    Anyone chooses these texts (a gift's note, a ballot's reason); none may stop the mirror.
    """
    return value.replace("\0", "\N{REPLACEMENT CHARACTER}")


def checked_small(value: int) -> int:
    """`value`, if an INTEGER column holds it."""
    if value > MOST_SMALL:
        raise BadAnswer(
            f"the node sent {value} where the contracts cannot emit more than {MOST_SMALL}",
            "ask another node; this one sends damaged answers",
        )
    return value


def part(packed: int, at: int, bits: int) -> int:
    """What stands in so many bits of a packed word, from the lowest of them on."""
    return (packed >> at) & ((1 << bits) - 1)


def account(bits: int) -> str:
    """The account that a packed word holds."""
    return address(bits.to_bytes(_WORD))


def number(word: bytes) -> int:
    """A whole number below 2^256."""
    if len(word) != _WORD:
        raise _bad("a number", word)
    return int.from_bytes(word)


def items(data: bytes, at: int, size: int, count: int | None = None) -> list[bytes]:
    """The elements, of `size` bytes each, of the list whose place in the data stands in the word at
    `at`; of a list of fixed length, which is there itself, `count` elements."""
    if count is None:
        start = number(data[at : at + _WORD])
        count = number(data[start : start + _WORD]) if start <= len(data) else len(data)
        first = start + _WORD
    else:
        first = at
    end = first + count * size
    if end > len(data):
        raise _bad("a list", data[at : at + _WORD])
    return [data[place : place + size] for place in range(first, end, size)]


def blobs(data: bytes, at: int) -> list[str]:
    """The elements of a list of bytes, as 0x-hex."""
    places = items(data, at, _WORD)
    # each element's place is counted from behind the list's length
    beyond = data[number(data[at : at + _WORD]) + _WORD :] if places else b""
    found = [_tail(beyond, _WORD * n) for n in range(len(places))]
    if sum(map(len, found)) > len(data):
        raise _bad("a list", data[at : at + _WORD])
    return [hexed(each) for each in found]


def _tail(data: bytes, at: int) -> bytes:
    begin = _from_bytes(data[at : at + _WORD]) + _WORD
    end = begin + _from_bytes(data[begin - _WORD : begin])
    if max(at + _WORD, begin, end) > len(data):
        raise _bad("a text", data[at : at + _WORD])
    return data[begin:end]


def _bad(what: str, word: bytes) -> BadAnswer:
    return BadAnswer(
        f"the node sent 0x{word.hex()} in an event where {what} belongs",
        "ask another node; this one sends damaged answers",
    )
