# SPDX-License-Identifier: AGPL-3.0-only
"""The name of a file on IPFS (its CID), computed from its bytes as a node does.

Up to CHUNK bytes a file is one block, named by the hash of its bytes. A longer one is cut into such
blocks, and over them stand nodes of at most LINKS links each, level by level up to one: UnixFS in
dag-pb, in the balanced layout, with raw leaves. So Kubo does it with `cid-version=1`, `raw-leaves`
and `chunker=size-262144`; a node that is set up otherwise gives other names.
"""

import re
from base64 import b32encode
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha256

from millpond.core.errors import BadInput

CHUNK = 262_144
LINKS = 174
_SHA2_256 = bytes([0x12, 0x20])
_RAW, _DAG_PB = bytes([0x01, 0x55]) + _SHA2_256, bytes([0x01, 0x70]) + _SHA2_256
"""How a CID of version 1 begins: the form of the block, and how it is hashed."""
_FILE = 2
_CID = re.compile(r"b[a-z2-7]{20,120}")


@dataclass(frozen=True, slots=True)
class _Block:
    """One block: its name, how much of the file is under it, and all bytes that are stored."""

    cid: bytes
    of_file: int
    stored: int


def cid_of(data: bytes, chunk: int = CHUNK, links: int = LINKS) -> str:
    """The CID (version 1, base 32) of a file of these bytes."""
    view = memoryview(data)
    level = [_raw(view[at : at + chunk]) for at in range(0, len(data), chunk)] or [_raw(view)]
    while len(level) > 1:
        level = [_node(level[at : at + links]) for at in range(0, len(level), links)]
    return "b" + b32encode(level[0].cid).decode("ascii").lower().rstrip("=")


def require_cid(text: str) -> str:
    """`BadInput` unless a text is a CID of version 1 in base 32."""
    if _CID.fullmatch(text) is None:
        raise BadInput(
            f"{text[:80]!r} is no IPFS name (CID version 1 in base 32)",
            "take the name that `ape run epoch publish` tells",
        )
    return text


def _raw(data: memoryview) -> _Block:
    return _Block(_RAW + sha256(data).digest(), len(data), len(data))


def _node(children: Sequence[_Block]) -> _Block:
    """A node over others: their links first, as the form of dag-pb wants it, then what it is."""
    of_file = sum(each.of_file for each in children)
    link = (_bytes(1, each.cid) + _bytes(2, b"") + _number(3, each.stored) for each in children)
    file = _number(1, _FILE) + _number(3, of_file)
    file += _joined(_number(4, each.of_file) for each in children)
    block = _joined(_bytes(2, each) for each in link) + _bytes(1, file)
    stored = len(block) + sum(each.stored for each in children)
    return _Block(_DAG_PB + sha256(block).digest(), of_file, stored)


# --- protobuf, as far as it is needed -------------------------------------------------------------


def _number(field: int, number: int) -> bytes:
    return _varint(field << 3) + _varint(number)


def _bytes(field: int, data: bytes) -> bytes:
    return _varint(field << 3 | 2) + _varint(len(data)) + data


def _varint(number: int) -> bytes:
    """Seven bits a byte, the lowest first; the highest bit says that more follow."""
    found = bytearray()
    while number > 0x7F:  # noqa: PLR2004  seven bits
        found.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes([*found, number])


def _joined(parts: Iterable[bytes]) -> bytes:
    return b"".join(parts)
