# SPDX-License-Identifier: AGPL-3.0-only
"""Why a contract refused, whichever way a node says it."""

import random

import pytest
from eth_abi.abi import encode

from millpond.chain import reverts
from millpond.chain.rpc import RpcRefused

REASON = "pool: unknown earmark"
ERROR = "0x08c379a0" + encode(["string"], [REASON]).hex()
PANIC = "0x4e487b71" + encode(["uint256"], [0x11]).hex()


def refused(code: int, text: str, data: object = None) -> RpcRefused:
    return RpcRefused("eth_call", code, text, data)


SHAPES = [
    refused(3, f"execution reverted: {REASON}", ERROR),  # geth, anvil
    refused(3, "execution reverted", ERROR),
    refused(-32015, "VM execution error.", ERROR),  # nethermind, parity
    refused(-32000, f"execution reverted: {REASON}"),  # without data
    refused(-32603, "Internal JSON-RPC error.", {"data": ERROR}),  # wrapped once
    refused(-32603, "Internal JSON-RPC error.", {"data": {"result": ERROR}}),
    refused(-32000, f"VM Exception while processing transaction: revert {REASON}"),
    refused(-32000, f"reverted with reason string '{REASON}'"),
    refused(-32000, f"execution reverted: {ERROR}"),  # the data where the text should be
]


@pytest.mark.parametrize("shape", SHAPES, ids=range(len(SHAPES)))
def test_reason_of__every_node_s_way__the_reason(shape: RpcRefused) -> None:
    assert reverts.is_revert(shape)
    assert reverts.reason_of(shape) == REASON


def test_reason_of__panic_custom_error_and_nothing__named() -> None:
    assert reverts.reason_of(refused(3, "execution reverted", PANIC)) == (
        "panic: arithmetic overflow"
    )
    unknown = "0x4e487b71" + encode(["uint256"], [0x99]).hex()
    assert reverts.reason_of(refused(3, "x", unknown)) == "panic: 0x99"
    assert reverts.reason_of(refused(3, "x", "0x12345678" + "00" * 32)) == "error 0x12345678"
    assert reverts.reason_of(refused(3, "execution reverted", "0x")) == ""
    assert reverts.reason_of(refused(3, "execution reverted")) == ""


@pytest.mark.parametrize(
    "error",
    [
        refused(-32000, "insufficient funds for gas * price + value"),
        refused(-32005, "rate limited", {"see": "https://node.example"}),
        refused(-32601, "method not found", "0x"),
        refused(-32000, "nonce too low", "not hex"),
    ],
)
def test_is_revert__the_node_s_own_refusal__is_none(error: RpcRefused) -> None:
    assert not reverts.is_revert(error)


def test_reason_in__hostile_bytes__never_more_than_words() -> None:
    dice = random.Random(5)  # noqa: S311
    whole = bytes.fromhex(ERROR[2:])
    for _ in range(2000):
        data = bytearray(whole[: dice.randrange(len(whole) + 1)])
        if data:
            data[dice.randrange(len(data))] = dice.randrange(256)
        assert isinstance(reverts.reason_in(bytes(data)), str)
    endless = whole[:4] + encode(["string"], ["x" * 5000])
    assert len(reverts.reason_in(endless)) == 300
    offset = whole[:4] + b"\xff" * 64
    assert reverts.reason_in(offset) == "a reason that cannot be read"


def test_reverted__before_and_after_mining__says_what_has_happened() -> None:
    early, late = reverts.reverted("x: y", "the call"), reverts.reverted("x: y", "the call", True)
    assert early.message == late.message == 'the call was refused by the contract: "x: y"'
    assert early.reason == "x: y"
    assert "nothing was sent" in early.next_step
    assert "on the chain as failed" in late.next_step
    assert "without giving a reason" in reverts.reverted("", "the call").message
