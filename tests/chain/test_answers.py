# SPDX-License-Identifier: AGPL-3.0-only
"""What a node may answer: the right form, or one named error."""

from collections.abc import Callable
from typing import Any

import pytest

from millpond.chain import answers
from millpond.chain.answers import BadAnswer

HASH = "0x" + "ab" * 32
ACCOUNT = "0xf39fd6e51aad88f6f4ce6ab8827279cfffb92266"  # lower case, as nodes write it
ACCOUNT_EIP55 = "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266"

LOG: dict[str, Any] = {
    "address": ACCOUNT,
    "topics": [HASH],
    "data": "0x",
    "blockNumber": "0x10",
    "blockHash": HASH,
    "logIndex": "0x0",
    "transactionHash": HASH,
    "removed": False,
}
RECEIPT: dict[str, Any] = {
    "transactionHash": HASH,
    "blockNumber": "0x10",
    "blockHash": HASH,
    "gasUsed": "0x5208",
    "contractAddress": None,
    "status": "0x1",
    "logs": [LOG],
}
BLOCK: dict[str, Any] = {
    "number": "0x10",
    "hash": HASH,
    "parentHash": HASH,
    "timestamp": "0x20",
    "baseFeePerGas": "0x7",
    "gasLimit": "0x1c9c380",
}
NO_NUMBERS: list[object] = [
    None, 1, True, 1.5, "", "0x", "1", "0xg", "0x 1", " 0x1", "0x1\n", "-0x1", "0x-1", "0x1_0",
    "0x" + "f" * 65, [], {}, "0x\u0661",
]  # fmt: skip
DAMAGES: list[object] = ["nonsense", 7, ["0x"], {}, "0x" + "f" * 67]
OTHERS: list[object] = [None, [], "0x", 5]


@pytest.mark.parametrize("value", NO_NUMBERS)
def test_quantity__not_hex__refused(value: object) -> None:
    with pytest.raises(BadAnswer, match="for the thing"):
        answers.quantity(value, "the thing")


def test_quantity__hex__read() -> None:
    assert answers.quantity("0x1c9c380", "gas") == 30_000_000
    assert answers.quantity("0x" + "f" * 64, "the most") == 2**256 - 1


@pytest.mark.parametrize("value", [None, 1, "", "0x0", "0xzz", "00", "0x 00", "0x00\n", b"", []])
def test_octets__not_hex__refused(value: object) -> None:
    with pytest.raises(BadAnswer):
        answers.octets(value, "code")


def test_octets__other_length__refused() -> None:
    assert answers.octets("0xAbcd", "code") == b"\xab\xcd"
    with pytest.raises(BadAnswer, match=r"a hash \(32 bytes\)"):
        answers.octets("0xabcd", "a hash", 32)


def test_address__lower_case__spelt_as_eip_55() -> None:
    assert answers.address(ACCOUNT, "x") == ACCOUNT_EIP55
    with pytest.raises(BadAnswer):
        answers.address("0x" + "00" * 19, "x")


def test_log__whole__read() -> None:
    log = answers.log(LOG)
    assert (log.address, log.block_number, log.index) == (ACCOUNT_EIP55, 16, 0)
    assert log.topics == (bytes.fromhex("ab" * 32),)


def test_log__removed_by_a_reorganisation__refused() -> None:
    with pytest.raises(BadAnswer):
        answers.log(LOG | {"removed": True})


def test_log__five_topics__refused() -> None:
    with pytest.raises(BadAnswer):
        answers.log(LOG | {"topics": [HASH] * 5})


@pytest.mark.parametrize(
    ("whole", "read"),
    [
        (LOG, answers.log),
        (BLOCK, answers.block),
        (RECEIPT, lambda value: answers.receipt(value, bytes.fromhex("ab" * 32))),
    ],
)
def test_forms__any_one_field_damaged__refused(
    whole: dict[str, Any], read: Callable[[object], object]
) -> None:
    read(whole)
    optional = {"removed", "contractAddress", "baseFeePerGas"}
    for name in whole:
        for damage in DAMAGES:
            with pytest.raises(BadAnswer):
                read(whole | {name: damage})
        if name not in optional:
            with pytest.raises(BadAnswer):
                read({key: value for key, value in whole.items() if key != name})
    for other in OTHERS:
        with pytest.raises(BadAnswer):
            read(other)


def test_receipt__failed__said_so() -> None:
    wanted = bytes.fromhex("ab" * 32)
    assert answers.receipt(RECEIPT, wanted)[1] is True
    assert answers.receipt(RECEIPT | {"status": "0x0"}, wanted)[1] is False
    with pytest.raises(BadAnswer, match="status"):
        answers.receipt(RECEIPT | {"status": "0x2"}, wanted)


def test_receipt__of_another_transaction__refused() -> None:
    with pytest.raises(BadAnswer, match="another transaction"):
        answers.receipt(RECEIPT, bytes(32))
