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
"""

import json
import re
from collections.abc import Mapping, Sequence
from typing import NoReturn, TypeAlias

from sha3 import keccak_256 as _keccak_256  # type: ignore[import-untyped]

from millpond.core.errors import CanonicalError
from millpond.core.nesting import is_deeper

Json: TypeAlias = "str | bool | list[Json] | dict[str, Json] | None"
"""What `decode` returns: there are no numbers; integers are strings of digits."""

MAX_DEPTH = 32
_KEY = re.compile("[ -~]*")


def keccak256(data: bytes | bytearray | memoryview) -> bytes:
    """The Ethereum hash of `data`, 32 bytes."""
    return bytes(_keccak_256(data).digest())


def encode(value: object) -> bytes:
    """The canonical bytes of a value made of dict, list, tuple, str, int, bool and None.

    Integers become strings of digits, bools and None stay what they are. Everything else, floats
    above all, is refused with `CanonicalError`.
    """
    plain = _plain(value, 0)
    text = json.dumps(
        plain, ensure_ascii=False, allow_nan=False, sort_keys=True, separators=(",", ":")
    )
    try:
        return text.encode("utf-8")
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
    if (again := encode(value)) != data:
        raise CanonicalError(
            f"JSON, but not in canonical form: it differs at byte {_first_difference(again, data)}",
            "use the bytes as they were published, or encode the content again",
        )
    return value


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
    if not isinstance(key, str) or _KEY.fullmatch(key) is None:
        raise CanonicalError(
            f"the key {key!r} is not printable ASCII", "put such a name into a value, not a key"
        )
    return key


def _unique(pairs: list[tuple[str, Json]]) -> dict[str, Json]:
    result = dict(pairs)
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
