# SPDX-License-Identifier: AGPL-3.0-only
"""The ABI encoding, made once for each function and event, because a walk encodes all day.

eth_abi looks types up and checks them at every call, which would cost a walk more than the engine
does. Decoding is left to eth_abi: it happens only when somebody reads an answer.
`test_codec.py` holds the two together.
"""

from collections.abc import Callable, Iterator, Sequence
from functools import cache
from typing import Any

from eth_abi.grammar import parse

WORD = 32

Encode = Callable[[Any], bytes]


def encoder(items: Sequence[dict[str, Any]]) -> Callable[[Sequence[Any]], bytes]:
    """Encodes a list of values as the arguments (or answers) that an ABI entry names."""
    return _sequence([_of(item) for item in items])


def of_types(*types: str) -> Callable[[Sequence[Any]], bytes]:
    """The same for plain types: `of_types("uint256", "address[]")([1, [someone]])`."""
    return encoder([{"type": kind} for kind in types])


def type_of(item: dict[str, Any]) -> str:
    """A type as it is hashed: tuples by their members."""
    kind = str(item["type"])
    if not kind.startswith("tuple"):
        return kind
    return f"({','.join(type_of(each) for each in item['components'])}){kind[5:]}"


@cache
def address_word(address: str) -> bytes:
    """An address in its word."""
    return bytes.fromhex(address[2:]).rjust(WORD, b"\0")


def _of(item: dict[str, Any]) -> tuple[Encode, int]:
    """How to encode one item, and how many bytes its head takes; 0 for what stands in the tail."""
    kind = str(item["type"])
    if kind.endswith("]"):
        return _list(item, kind)
    if kind == "tuple":
        return _tuple(item["components"])
    if kind in ("bytes", "string"):
        return _text, 0
    if kind.startswith("bytes"):
        return _fixed(int(kind[5:])), WORD
    if kind.startswith("uint"):
        return _uint(int(kind[4:])), WORD
    return {"address": _address, "bool": _bool}[kind], WORD


def nothing(kind: str) -> Any:
    """The value of a type that is all zeros, its lists empty."""
    found = parse(kind)
    if found.is_array:
        size = found.arrlist[-1]
        return [nothing(found.item_type.to_type_str()) for _ in range(size[0] if size else 0)]
    if kind.startswith("("):
        return tuple(nothing(each.to_type_str()) for each in found.components)
    if kind.startswith("bytes"):
        return bytes(int(kind[5:] or 0))
    return {"address": "0x" + "00" * 20, "bool": False, "string": ""}.get(kind, 0)


def _address(value: Any) -> bytes:
    return address_word(value if isinstance(value, str) else value.address)


def _bool(value: Any) -> bytes:
    return bytes(31) + (b"\1" if value else b"\0")


def _uint(bits: int) -> Encode:
    above = 1 << bits

    def encode(value: int) -> bytes:
        assert value < above, f"{value} does not fit uint{bits}"
        return value.to_bytes(WORD)

    return encode


def _fixed(size: int) -> Encode:
    def encode(value: bytes) -> bytes:
        assert len(value) == size, f"{value!r} is not {size} bytes"
        return value.ljust(WORD, b"\0")

    return encode


def _text(value: str | bytes) -> bytes:
    data = value.encode() if isinstance(value, str) else value
    return len(data).to_bytes(WORD) + data + bytes(-len(data) % WORD)


def _list(item: dict[str, Any], kind: str) -> tuple[Encode, int]:
    opening = kind.rindex("[")
    size = kind[opening + 1 : -1]
    inner = _of({**item, "type": kind[:opening]})
    if size:
        count = int(size)
        every = _sequence([inner] * count)
        return every, inner[1] * count

    way, is_static = inner[0], bool(inner[1])

    def encode(values: Sequence[Any]) -> bytes:
        found = [way(value) for value in values]
        if not is_static:
            found = [*_places(found), *found]
        return len(values).to_bytes(WORD) + b"".join(found)

    return encode, 0


def _places(tails: Sequence[bytes]) -> Iterator[bytes]:
    """Where each of these begins, counted from the first head."""
    at = WORD * len(tails)
    for tail in tails:
        yield at.to_bytes(WORD)
        at += len(tail)


def _tuple(components: Sequence[dict[str, Any]]) -> tuple[Encode, int]:
    parts = [_of(each) for each in components]
    sizes = [size for _, size in parts]
    return _sequence(parts), sum(sizes) if all(sizes) else 0


def _sequence(parts: Sequence[tuple[Encode, int]]) -> Callable[[Sequence[Any]], bytes]:
    """Heads, then tails; what stands in the tail has its place in the head."""
    ways = [encode for encode, _ in parts]
    count = len(ways)
    if all(size for _, size in parts):

        def encode_static(values: Sequence[Any]) -> bytes:
            assert len(values) == count, f"{count} values, not {values!r}"
            return b"".join([way(value) for way, value in zip(ways, values, strict=True)])

        return encode_static
    head_size = sum(size or WORD for _, size in parts)

    def encode(values: Sequence[Any]) -> bytes:
        assert len(values) == count, f"{count} values, not {values!r}"
        heads, tails, at = [], [], head_size
        for (way, size), value in zip(parts, values, strict=True):
            data = way(value)
            if size:
                heads.append(data)
                continue
            heads.append(at.to_bytes(WORD))
            tails.append(data)
            at += len(data)
        return b"".join(heads + tails)

    return encode
