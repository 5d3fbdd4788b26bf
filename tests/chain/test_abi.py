# SPDX-License-Identifier: AGPL-3.0-only
"""Values in and out of bytes by an ABI: nothing padded, cut or guessed, hostile bytes named."""

import contextlib
import random
from typing import Any

import pytest
from eth_abi.abi import encode
from eth_utils.crypto import keccak

from millpond.chain import abi
from millpond.chain.abi import decode_values, encode_values, plain
from millpond.chain.answers import Address, BadAnswer, Log
from millpond.core.errors import BadInput
from tests.contracts.compiled import artifact

SOMEBODY = "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266"
BENCH = abi.parse("Bench", artifact("Bench").abi)


def test_function__selector__is_that_of_the_standard() -> None:
    # ERC-20's well-known selectors, from the standard's own text
    dollar = abi.load("TestDollar")
    assert dollar.function("transfer", 2).selector.hex() == "a9059cbb"
    assert dollar.function("balanceOf", 1).selector.hex() == "70a08231"
    transfer = keccak(text="Transfer(address,address,uint256)")
    assert dollar.event("Transfer").topic == transfer


def test_function__defaults__chosen_by_the_number_of_arguments() -> None:
    assert BENCH.function("note", 1).signature == "note(uint256)"
    assert BENCH.function("note", 2).signature == "note(uint256,string)"
    with pytest.raises(BadInput, match="no function note of 3 arguments") as caught:
        BENCH.function("note", 3)
    assert "note(uint256)" in caught.value.next_step


def test_function__unknown_name__lists_what_there_is() -> None:
    with pytest.raises(BadInput) as caught:
        BENCH.function("nothing", 0)
    assert "fail_silently" in caught.value.next_step
    with pytest.raises(BadInput, match="no event Nothing"):
        BENCH.event("Nothing")


def test_encode__struct__as_tuple_or_by_member_names() -> None:
    point = BENCH.function("point", 2)
    types = ["(uint256,address)", "(uint256,address)[]"]
    wanted = point.selector + encode(types, [(5, SOMEBODY), [(6, SOMEBODY)]])
    assert point.encode([(5, SOMEBODY), [(6, SOMEBODY)]]) == wanted
    by_name = {"x": 5, "owner": SOMEBODY}
    assert point.encode([by_name, [{"owner": bytes.fromhex(SOMEBODY[2:]), "x": 6}]]) == wanted
    answer = point.decode_output(encode(["(uint256,address)", "uint256"], [(7, SOMEBODY), 1]))
    assert answer == ((7, SOMEBODY), 1)
    assert (answer[0].x, answer[0].owner) == (7, SOMEBODY)


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("uint256", True),
        ("uint256", -1),
        ("uint256", 2**256),
        ("uint256", "5"),
        ("uint256", 1.0),
        ("uint8", 256),
        ("bool", 1),
        ("bytes32", b"short"),
        ("bytes32", "0x12"),
        ("bytes4", b"12345"),
        ("bytes", "text"),
        ("string", b"bytes"),
        ("address", "0xf39fd6E51aad88F6F4ce6aB8827279cffFb92266"),  # wrong checksum
        ("address", "0x12"),
        ("address", 5),
        ("uint256[]", 5),
        ("uint256[]", b"12"),
        ("uint256[2]", [1]),
    ],
)
def test_encode_values__does_not_fit__refused(kind: str, value: object) -> None:
    with pytest.raises(BadInput):
        encode_values(plain(kind), [value], "a call")


def test_encode_values__wrong_struct__refused() -> None:
    params = BENCH.function("point", 2).inputs
    wrong: list[object] = [(1,), (1, SOMEBODY, 3), {"x": 1}, {"x": 1, "y": SOMEBODY}, b"12"]
    for value in wrong:
        with pytest.raises(BadInput, match="has the members"):
            encode_values(params, [value, []], "a call")


def test_encode_values__other_number_of_arguments__refused() -> None:
    with pytest.raises(BadInput, match="takes 2 arguments, not 1"):
        encode_values(plain("uint256", "uint256"), [1], "a call")


def test_decode_values__hostile_bytes__one_named_error() -> None:
    """Random and truncated data never escape as anything but `BadAnswer`."""
    dice = random.Random(7)  # noqa: S311
    params = BENCH.function("point", 2).inputs + plain("string", "bytes[]", "bool", "uint256[3][]")
    whole = encode_values(params, [(1, SOMEBODY), [], "a", [b"x"], True, [[1, 2, 3]]], "all")
    assert len(decode_values(params, whole, "all")) == len(params)
    for _ in range(3000):
        data = bytearray(whole[: dice.randrange(len(whole) + 1)])
        for _ in range(dice.randrange(4)):
            if data:
                data[dice.randrange(len(data))] = dice.choice((0, 1, 0x7F, 0x80, 0xFF))
        with contextlib.suppress(BadAnswer):
            decode_values(params, bytes(data), "all")


def test_decode_values__text_that_is_no_utf_8__is_readable_all_the_same() -> None:
    """A gift's note holds whatever bytes its patron sent; it must not make events unreadable."""
    data = encode(["bytes"], [b"wat\xff\xc3er"])
    assert decode_values(plain("string"), data, "a note") == ("wat\ufffd\ufffder",)


def test_decode_values__offset_beyond_64_bits__one_named_error() -> None:
    data = (2**256 - 1).to_bytes(32) * 2
    with pytest.raises(BadAnswer, match="cannot be read"):
        decode_values(plain("string"), data, "a text")


def log_of(topics: list[bytes], data: bytes) -> Log:
    return Log(Address(SOMEBODY), tuple(topics), data, 1, bytes(32), 0, bytes(32))


def test_decode_log__indexed_text__is_its_hash() -> None:
    topic = keccak(text="Noted(address,string,uint256,string)")
    who = encode(["address"], [SOMEBODY])
    tag = keccak(text="tag")
    event = BENCH.decode_log(log_of([topic, who, tag], encode(["uint256", "string"], [5, "hi"])))
    assert event.name == "Noted"
    assert event.args == {"who": SOMEBODY, "tag": tag, "amount": 5, "text": "hi"}
    assert list(event.args) == ["who", "tag", "amount", "text"]


@pytest.mark.parametrize("topics", [[], [bytes(32)], [keccak(text="Other()")]])
def test_decode_log__not_declared__refused(topics: list[bytes]) -> None:
    with pytest.raises(BadAnswer, match="does not declare"):
        BENCH.decode_log(log_of(topics, b""))


def test_decode_log__too_few_topics_or_data__refused() -> None:
    topic = keccak(text="Noted(address,string,uint256,string)")
    with pytest.raises(BadAnswer):
        BENCH.decode_log(log_of([topic], encode(["uint256", "string"], [5, "hi"])))
    with pytest.raises(BadAnswer):
        BENCH.decode_log(log_of([topic, bytes(32), bytes(32)], b""))


def test_decode_call__round_trip__function_and_arguments() -> None:
    function, args = BENCH.decode_call(BENCH.function("note", 2).encode([5, "hi"]))
    assert (function.signature, args) == ("note(uint256,string)", (5, "hi"))
    with pytest.raises(BadInput, match="no function with selector 0xffffffff"):
        BENCH.decode_call(b"\xff" * 4)


def test_load__unknown_contract__lists_the_frozen_ones() -> None:
    unknown: list[Any] = ["Nothing", "../Pool", "", "Pool.json"]
    for name in unknown:
        with pytest.raises(BadInput) as caught:
            abi.load(name)
        assert "Governor" in caught.value.next_step
