# SPDX-License-Identifier: AGPL-3.0-only
"""The canonical form: one content, one byte string; everything else refused."""

import json
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from millpond.core.canonical import Json, decode, encode, keccak256
from millpond.core.errors import CanonicalError

KEYS = st.text(st.characters(min_codepoint=0x20, max_codepoint=0x7E))
TEXTS = st.text(st.characters(exclude_categories=["Cs"]))
VALUES: st.SearchStrategy[Json] = st.recursive(
    st.none() | st.booleans() | TEXTS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=4),
    max_leaves=12,
)


# Known answers of the Ethereum hash: the empty code hash and the ERC-20 transfer event's topic.
@pytest.mark.parametrize(
    ("data", "digest"),
    [
        (b"", "c5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470"),
        (
            b"Transfer(address,address,uint256)",
            "ddf252ad1be2c89b69c2b068fc378daa952ba7f163c4a11628f55a4df523b3ef",
        ),
    ],
)
def test_keccak256__known_answers__agree(data: bytes, digest: str) -> None:
    assert keccak256(data).hex() == digest
    assert keccak256(bytearray(data)).hex() == digest
    assert keccak256(memoryview(data)).hex() == digest


def test_encode__one_of_everything__has_these_bytes() -> None:
    value: dict[str, object] = {
        "b": [1, -2, 2**200, True, False, None],
        "a": 'ö"\\/\b\t\n\f\r\x01\x7f\u2028',
        "B": {},
        "~": ("x", []),
    }
    assert encode(value) == (
        b'{"B":{},"a":"\xc3\xb6\\"\\\\/\\b\\t\\n\\f\\r\\u0001\x7f\xe2\x80\xa8",'
        b'"b":["1","-2","1606938044258990275541962092341162602522202993782792835301376",'
        b'true,false,null],"~":["x",[]]}'
    )


def test_encode__two_spellings_of_a_letter__stay_two_texts() -> None:
    assert encode("\u00e9") != encode("e\u0301")
    assert decode(encode("e\u0301")) == "e\u0301"


@pytest.mark.parametrize(
    ("value", "says"),
    [
        (1.5, "a float has no canonical form"),
        ({"a": [0.0]}, "a float has no canonical form"),
        (float("nan"), "a float has no canonical form"),
        (b"bytes", "a bytes has no canonical form"),
        ({1, 2}, "a set has no canonical form"),
        ({1: "a"}, "the key 1 is not printable ASCII"),
        ({"é": "a"}, "is not printable ASCII"),
        ({"a\n": "a"}, "is not printable ASCII"),
        ("\ud800", "surrogate"),
    ],
)
def test_encode__values_without_a_form__are_refused(value: object, says: str) -> None:
    with pytest.raises(CanonicalError, match=says):
        encode(value)


@pytest.mark.parametrize("wrap", [lambda inner: [inner], lambda inner: {"a": inner}])
def test_encode__more_than_32_deep__is_refused(wrap: Callable[[object], object]) -> None:
    deep: object = "x"
    for _ in range(32):
        deep = wrap(deep)
    assert encode(decode(encode(deep))) == encode(deep)
    with pytest.raises(CanonicalError, match="nested more than 32 deep"):
        encode(wrap(deep))


@given(VALUES)
def test_decode__what_encode_wrote__comes_back(value: Json) -> None:
    data = encode(value)
    assert decode(data) == value
    assert json.loads(data) == value  # and any JSON reader agrees


@given(VALUES, st.data())
def test_decode__one_byte_changed__is_another_value_or_refused(
    value: Json, data: st.DataObject
) -> None:
    good = encode(value)
    at = data.draw(st.integers(0, len(good) - 1))
    byte = data.draw(st.integers(0, 255).filter(lambda each: each != good[at]))
    bad = good[:at] + bytes([byte]) + good[at + 1 :]
    try:
        other = decode(bad)
    except CanonicalError:
        return
    assert other != value
    assert encode(other) == bad


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "not JSON"),
        (b"{", "not JSON"),
        (b'{"a":"b"', "not JSON"),
        (b'"a" ', "not in canonical form: it differs at byte 3"),
        (b' "a"', "not in canonical form"),
        (b'{"a": "b"}', "not in canonical form: it differs at byte 5"),
        (b'{"b":"1","a":"2"}', "not in canonical form"),
        (b'"\\u0041"', "not in canonical form"),
        (b'"\\/"', "not in canonical form"),
        (b'"\\u001F"', "not in canonical form"),
        (b'\xef\xbb\xbf"a"', "not JSON"),
        (b'"\xff"', "byte 1 is not UTF-8"),
        (b'"\xed\xa0\x80"', "is not UTF-8"),
        (b'"\\ud800"', "surrogate"),
        (b'{"a":"1","a":"1"}', "the key 'a' appears twice"),
        (b'[{"x":{"a":"1","a":"2"}}]', "the key 'a' appears twice"),
        (b"1", "the number 1 stands outside quotes"),
        (b'{"a":0}', "the number 0 stands outside quotes"),
        (b"[1.5]", "the number 1.5 stands outside quotes"),
        (b"[1e5]", "the number 1e5 stands outside quotes"),
        (b"NaN", "the number NaN stands outside quotes"),
        (b"[-Infinity]", "the number -Infinity stands outside quotes"),
        (b"[" * 100_000, "not JSON"),
        (b"[" * 40 + b"]" * 40, "nested more than 32 deep"),
        (b'"a"\n', "not in canonical form"),
        (b'"a""b"', "not JSON"),
    ],
)
def test_decode__other_bytes__are_refused(data: bytes, says: str) -> None:
    with pytest.raises(CanonicalError, match=says):
        decode(data)
