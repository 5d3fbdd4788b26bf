# SPDX-License-Identifier: AGPL-3.0-only
"""The one canonical JSON form, and the one hash.

The form, so that the same content is the same bytes in every language:

- UTF-8 without a byte order mark; no spaces or line ends outside strings; nothing after the value.
- Object keys are printable ASCII (0x20 to 0x7e), unique, in ascending byte order.
- There are no JSON numbers. An integer is written as a string of its decimal digits ("42", "-7"),
  so no reader can round it; a float has no form and is refused.
- Strings are kept exactly as they are: no Unicode normalisation, in either direction (two spellings
  of one letter are two texts). Only what JSON requires is escaped: quote, backslash and the
  controls below 0x20, as \\b \\t \\n \\f \\r or else \\u00xx in lower case. A lone surrogate has no
  form.

Restricted to values without numbers this is also the form of RFC 8785. `decode` accepts exactly
the bytes that `encode` writes, and nothing else.

An object may hold lists too long to be one value in memory. `pieces` writes such an object bit by
bit, `without_rows` takes it apart for reading; both keep to the same form.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import islice
from json.encoder import encode_basestring
from typing import NoReturn, TypeAlias

from sha3 import keccak_256 as _keccak_256  # type: ignore[import-untyped]

from millpond.core.errors import CanonicalError
from millpond.core.nesting import depth_at_end, is_deeper

Json: TypeAlias = "str | bool | list[Json] | dict[str, Json] | None"
"""What `decode` returns: there are no numbers; integers are strings of digits."""

MAX_DEPTH = 32
_BLOCK = 1 << 20
_ROWS = 1 << 12
_OF_ROWS = 2
"""How many brackets are open before the first row: the object and the list."""


def keccak256(data: bytes | bytearray | memoryview) -> bytes:
    """The Ethereum hash of `data`, 32 bytes."""
    digest: bytes = _keccak_256(data).digest()
    return digest


def keccak256_of(parts: Iterable[bytes]) -> bytes:
    """The Ethereum hash of all the parts as one."""
    found = _keccak_256()
    for part in parts:
        found.update(part)
    return bytes(found.digest())


def encode(value: object) -> bytes:
    """The canonical bytes of a value made of dict, list, tuple, str, int, bool and None.

    Integers become strings of digits, bools and None stay what they are. Everything else, floats
    above all, is refused with `CanonicalError`.
    """
    return _written(_plain(value, 0))


def pieces(members: Mapping[str, object]) -> Iterator[bytes]:
    """What `encode` gives of an object, in pieces.

    A value that is an iterator stands for a long list of objects. It gives them written already, in
    this form, and is asked for a few thousand at a time: `text` writes their strings.
    """
    mark = b"{"
    for key in sorted(members):
        yield mark + _written(_key(key)) + b":"
        value, mark = members[key], b","
        if isinstance(value, Iterator):
            yield from _list_in_pieces(value)
        else:
            yield _written(_plain(value, 1))
    yield b"}" if members else b"{}"


def text(value: str) -> str:
    """A string as it stands in canonical JSON, with its quotes."""
    return encode_basestring(value)


def _list_in_pieces(rows: Iterator[str]) -> Iterator[bytes]:
    mark = "["
    while block := ",".join(islice(rows, _ROWS)):
        yield _utf8(mark + block)
        mark = ","
    yield b"]" if mark == "," else b"[]"


def _written(plain: Json) -> bytes:
    return _utf8(
        json.dumps(
            plain, ensure_ascii=False, allow_nan=False, sort_keys=True, separators=(",", ":")
        )
    )


def _utf8(written: str) -> bytes:
    try:
        return written.encode("utf-8")
    except UnicodeEncodeError as error:
        raise CanonicalError(
            "a string holds half of a surrogate pair, which has no UTF-8 form",
            "read the text again from its source with the right encoding",
        ) from error


def decode(data: bytes) -> Json:
    """Read canonical bytes and only those: what `encode` would write differently is refused."""
    if is_deeper(data, MAX_DEPTH):
        raise CanonicalError(
            f"not JSON of ours: it is nested more than {MAX_DEPTH} deep",
            "fetch the file from its publisher again",
        )
    try:
        value: Json = json.loads(
            data.decode("utf-8"),
            object_pairs_hook=_unique,
            parse_int=_no_number,
            parse_float=_no_number,
            parse_constant=_no_number,
        )
    except UnicodeDecodeError as error:
        raise CanonicalError(
            f"byte {error.start} is not UTF-8", "fetch the file again; it is damaged"
        ) from error
    except json.JSONDecodeError as error:
        raise CanonicalError(
            f"not JSON: {error}", "fetch the file again; it is cut short or damaged"
        ) from error
    if (again := _written(value)) != data:
        raise CanonicalError(
            f"JSON, but not in canonical form: it differs at byte {_first_difference(again, data)}",
            "use the bytes as they were published, or encode the content again",
        )
    return value


def without_rows(data: bytes, names: Iterable[str]) -> tuple[bytes, dict[str, Iterator[bytes]]]:
    """An object without the rows of its long lists, and these rows, block by block.

    A long list is a member of the object, not the last one, that holds flat objects. A block is
    some of them without the list's brackets. All of `data` is canonical exactly if the object is,
    and each block is with brackets around it. What is no such list stays in the object.
    """
    kept, rows, at = b"", {}, 0
    for name in sorted(names):
        start = _behind(data, b'"%b":[' % name.encode(), at)
        end = _before_key(data, b"}],", start, len(data)) + 1 if start else 0
        outer = kept + data[at:start] if end else b""
        if end and depth_at_end(outer) == _OF_ROWS:
            rows[name] = _blocks(data, start, end)
            kept, at = outer, end
    return kept + data[at:], rows


def _behind(data: bytes, opening: bytes, start: int) -> int:
    """Where a list of objects begins; 0 for nowhere. No text holds a quote without a backslash."""
    found = data.find(opening + b"{", start)
    return found + len(opening) if found > 0 and data[found - 1] in b"{," else 0


def _before_key(data: bytes, mark: bytes, start: int, end: int) -> int:
    """Where the first such mark, `}],` or `},{`, stands that is followed by a key; -1 for nowhere.

    The quote behind it opens a key unless one of `,:]}` follows: were it the end of a text, one of
    those would have to. So no text is ever cut through, whatever is written in it.
    """
    while (at := data.find(mark + b'"', start, end)) != -1:
        behind = at + len(mark) + 1
        if data[behind : behind + 1] not in b",:]}":
            return at
        start = at + 1
    return -1


def _blocks(data: bytes, start: int, end: int) -> Iterator[bytes]:
    while start < end:
        cut = _before_key(data, b"},{", start + _BLOCK, end)
        last = end if cut == -1 else cut + 1
        yield data[start:last]
        start = last + 1


def _plain(value: object, depth: int) -> Json:
    if value is None or isinstance(value, bool | str):
        return value
    if isinstance(value, int):
        return str(int(value))
    if depth >= MAX_DEPTH:
        raise CanonicalError(f"the value is nested more than {MAX_DEPTH} deep", "flatten the value")
    if isinstance(value, Mapping):
        return {_key(key): _plain(item, depth + 1) for key, item in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, bytes | bytearray | memoryview):
        return [_plain(item, depth + 1) for item in value]
    raise CanonicalError(
        f"a {type(value).__name__} has no canonical form",
        "use integers for figures and 0x-hex strings for bytes",
    )


def _key(key: object) -> str:
    if not (isinstance(key, str) and key.isascii() and (key.isprintable() or not key)):
        raise CanonicalError(
            f"the key {key!r} is not printable ASCII", "put such a name into a value, not a key"
        )
    return key


@lru_cache(maxsize=1 << 8)
def _check_keys(keys: tuple[str, ...]) -> None:
    """Once for all rows of a list: they have the same keys."""
    for key in keys:
        _key(key)


def _unique(pairs: list[tuple[str, Json]]) -> dict[str, Json]:
    result = dict(pairs)
    _check_keys(tuple(result))
    if len(result) != len(pairs):
        keys = [key for key, _ in pairs]
        twice = next(key for key in keys if keys.count(key) > 1)
        raise CanonicalError(
            f"the key {twice!r} appears twice in one object", "fetch the file from its publisher"
        )
    return result


def _no_number(text: str) -> NoReturn:
    raise CanonicalError(
        f"the number {text[:40]} stands outside quotes", "write integers as strings of digits"
    )


def _first_difference(one: bytes, other: bytes) -> int:
    pairs = enumerate(zip(one, other, strict=False))
    return next((at for at, (a, b) in pairs if a != b), min(len(one), len(other)))
