# SPDX-License-Identifier: AGPL-3.0-only
"""Why a contract refused, in words, and what the reader is told to do about it."""

import pytest
from eth_abi.abi import encode
from hypothesis import given
from hypothesis import strategies as st

from millpond.chain import reverts
from millpond.chain.next_steps import next_step
from millpond.chain.rpc import RpcRefused
from millpond.core.errors import Reverted

# Error(string) for "pool: unknown earmark": its selector, then offset 32, length 21, the text.
WORDS = b"pool: unknown earmark"
REFUSAL = "08c379a0" + f"{32:064x}" + f"{21:064x}" + WORDS.hex().ljust(64, "0")
# Panic(uint256): its selector, then the number.
PANIC = "4e487b71"
UNSENT = "nothing was sent or changed; "
FAILED = "it is on the chain as failed and cost its fee; "
FOREIGN = ["no pond", "pool: no such reason", "panic: division by zero", "error 0x556f1830", ""]


def refused(text: str = "execution reverted", code: int = 3, data: object = None) -> RpcRefused:
    """A node's refusal of a trial."""
    return RpcRefused("eth_estimateGas", code, text, data)


# --- reverted ---------------------------------------------------------------------------------


def test_reverted__a_reason_of_ours__says_what_happened_and_what_to_do() -> None:
    error = reverts.reverted("pool: unknown earmark", "Pool.give")
    assert error.message == 'Pool.give was refused by the contract: "pool: unknown earmark"'
    assert error.next_step == (
        "nothing was sent or changed; check the number of the earmark, "
        "or open it first: ape run pool open-earmark"
    )
    assert error.reason == "pool: unknown earmark"
    assert str(error) == f"{error.message}\nNext: {error.next_step}"
    assert isinstance(error, Reverted)


def test_reverted__mined_as_failed__says_so_and_the_same_step() -> None:
    error = reverts.reverted("distributor: already claimed", "CredDistributor.claim", mined=True)
    assert error.next_step == (
        "it is on the chain as failed and cost its fee; "
        "look where it went: millpond explain; a leaf is paid once"
    )


@pytest.mark.parametrize("reason", FOREIGN)
def test_reverted__a_reason_that_is_not_ours__has_the_general_step(reason: str) -> None:
    put_right = "put right what the reason names"
    assert reverts.reverted(reason, "the call").next_step == f"{UNSENT}{put_right}, then try again"
    assert reverts.reverted(reason, "the call", mined=True).next_step == f"{FAILED}{put_right}"


def test_reverted__no_reason__says_that_none_was_given() -> None:
    error = reverts.reverted("", "the trap")
    assert error.message == "the trap was refused by the contract: without giving a reason"
    assert error.reason == ""


@pytest.mark.parametrize(
    ("reason", "says"),
    [
        ("governor: joined too late", "those vote who were members before it was made"),
        ("distributor: not a maintainer", "let a maintainer sign: ape run epoch sign"),
        ("distributor: signers unsorted", "each of them once"),
        ("distributor: bad signature", "for this chain and co-op: ape run epoch sign"),
        ("distributor: wrong proof", "the document that was posted for this epoch"),
        ("pool: gift of nothing", "give more than zero"),
    ],
)
def test_next_step__a_reason_that_people_meet__is_told(reason: str, says: str) -> None:
    assert says in (next_step(reason) or "")
    assert reverts.reverted(reason, "the call").next_step == f"{UNSENT}{next_step(reason)}"


@pytest.mark.parametrize("reason", ["", "pool", "pool: ", "Pool: unknown earmark", "no pond"])
def test_next_step__a_reason_that_is_not_ours__has_none(reason: str) -> None:
    assert next_step(reason) is None


# --- the reason in a failed call --------------------------------------------------------------


def test_reason_in__error_with_a_text__is_the_text() -> None:
    assert reverts.reason_in(bytes.fromhex(REFUSAL)) == "pool: unknown earmark"


def test_reason_in__a_long_text__is_cut() -> None:
    data = bytes.fromhex("08c379a0") + encode(["string"], ["x" * 5000])
    assert reverts.reason_in(data) == "x" * 300


@pytest.mark.parametrize(
    ("number", "says"),
    [
        (0x01, "panic: an assertion failed"),
        (0x11, "panic: arithmetic overflow"),
        (0x12, "panic: division by zero"),
        (0x32, "panic: an index out of range"),
        (0x77, "panic: 0x77"),
    ],
)
def test_reason_in__a_panic__is_named(number: int, says: str) -> None:
    assert reverts.reason_in(bytes.fromhex(f"{PANIC}{number:064x}")) == says


@pytest.mark.parametrize(
    ("data", "says"),
    [
        ("", ""),
        ("556f18", ""),
        ("556f1830", "error 0x556f1830"),
        ("556f1830" + "00" * 64, "error 0x556f1830"),
        ("08c379a0", "a reason that cannot be read"),
        (REFUSAL[:-64], "a reason that cannot be read"),
        ("08c379a0" + "ff" * 64, "a reason that cannot be read"),
        (PANIC + "01", "a reason that cannot be read"),
    ],
)
def test_reason_in__other_bytes__are_told_apart(data: str, says: str) -> None:
    assert reverts.reason_in(bytes.fromhex(data)) == says


@given(st.binary(max_size=300), st.sampled_from(["", "08c379a0", PANIC]))
def test_reason_in__any_bytes__never_raise(data: bytes, selector: str) -> None:
    assert len(reverts.reason_in(bytes.fromhex(selector) + data)) <= 300


@pytest.mark.parametrize(
    "data",
    [
        f"0x{REFUSAL}",
        {"data": f"0x{REFUSAL}"},
        {"result": f"0x{REFUSAL}"},
        {"data": {"data": f"0x{REFUSAL}"}},
    ],
)
def test_reason_of__wherever_a_node_puts_the_data__is_found(data: object) -> None:
    error = refused("VM Exception", code=-32000, data=data)
    assert reverts.is_revert(error)
    assert reverts.reason_of(error) == "pool: unknown earmark"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("execution reverted: pool: unknown earmark", "pool: unknown earmark"),
        ("reverted with reason string 'pool: unknown earmark'", "pool: unknown earmark"),
        (f"execution reverted: 0x{REFUSAL}", "pool: unknown earmark"),
        ("execution reverted", ""),
        ("out of gas", ""),
    ],
)
def test_reason_of__no_data__is_read_from_the_words(text: str, says: str) -> None:
    assert reverts.reason_of(refused(text)) == says


@pytest.mark.parametrize("data", [None, "0x", "0xzz", "0x0", 7, [], {"data": 7}, {"result": None}])
def test_reason_of__data_that_is_none__is_no_reason(data: object) -> None:
    assert reverts.reason_of(refused("execution reverted", data=data)) == ""


def test_is_revert__another_refusal__is_the_nodes_own() -> None:
    assert not reverts.is_revert(refused("nonce too low", code=-32000))
    assert reverts.is_revert(refused("anything", code=3))
    assert reverts.is_revert(refused("Transaction REVERTED", code=-32000))
