# SPDX-License-Identifier: AGPL-3.0-only
"""Logs as our contracts emit them, made from the frozen ABIs: a million in seconds.

    given = Says("Pool", "Given")
    given.by(pool, patron, 1, asset, 10**18, False, "for the garden")

Addresses are 20 bytes here, hashes 32. `millpond.chain.abi` writes the same bytes, checks every
value as it goes and takes fifty times as long; a test holds the two together.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from millpond.chain import abi
from millpond.chain.abi import Param

_WORD = 32
_Encode: TypeAlias = Callable[[Any], bytes]


@dataclass(frozen=True, slots=True)
class Entry:
    """One log, before it has a place."""

    address: bytes
    topics: tuple[bytes, ...]
    data: bytes


class Says:
    """One event of one contract."""

    def __init__(self, contract: str, event: str) -> None:
        form = abi.load(contract).event(event)
        self.topic = form.topic
        self._indexed = [(at, _encoder(p)) for at, p in enumerate(form.inputs) if p.indexed]
        plain = [(at, p) for at, p in enumerate(form.inputs) if not p.indexed]
        self._plain = [at for at, _ in plain]
        self._data = _sequence([p for _, p in plain])

    def by(self, address: bytes, *values: object) -> Entry:
        """Said by the contract at that address, its fields in the order of the ABI."""
        topics = (self.topic, *(encode(values[at]) for at, encode in self._indexed))
        return Entry(address, topics, self._data([values[at] for at in self._plain]))


def _is_dynamic(param: Param) -> bool:
    if param.type.endswith("[]") or param.type in ("string", "bytes"):
        return True
    return any(map(_is_dynamic, param.parts))


def _encoder(param: Param) -> _Encode:
    """What makes bytes of a value of this type."""
    if param.type.endswith("]"):
        return _list(param)
    if param.type == "tuple":
        return _sequence(param.parts)
    if param.type == "address":
        return lambda value: bytes(12) + value
    if param.type in ("string", "bytes"):
        return _octets
    if param.type.startswith("bytes"):
        return lambda value: value.ljust(_WORD, b"\0")
    return lambda value: int(value).to_bytes(_WORD)


def _list(param: Param) -> _Encode:
    inner, _, length = param.type.rpartition("[")
    element = Param("", inner, param.parts, False)

    def encode(values: Sequence[Any]) -> bytes:
        body = _sequence([element] * len(values))(values)
        return body if length != "]" else len(values).to_bytes(_WORD) + body

    return encode


def _octets(value: str | bytes) -> bytes:
    data = value.encode() if isinstance(value, str) else value
    return len(data).to_bytes(_WORD) + data + bytes(-len(data) % _WORD)


def _sequence(params: Sequence[Param]) -> _Encode:
    """Values one after the other; where one is dynamic, the place of its bytes at the end."""
    encoders = [(_encoder(param), _is_dynamic(param)) for param in params]
    if not any(dynamic for _, dynamic in encoders):
        return lambda values: b"".join(e(v) for (e, _), v in zip(encoders, values, strict=True))

    def encode(values: Sequence[Any]) -> bytes:
        parts = [e(value) for (e, _), value in zip(encoders, values, strict=True)]
        pairs = list(zip(parts, (dynamic for _, dynamic in encoders), strict=True))
        at = sum(_WORD if dynamic else len(part) for part, dynamic in pairs)
        heads, tails = [], []
        for part, dynamic in pairs:
            heads.append(at.to_bytes(_WORD) if dynamic else part)
            if dynamic:
                tails.append(part)
                at += len(part)
        return b"".join(heads + tails)

    return encode
