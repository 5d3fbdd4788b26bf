# SPDX-License-Identifier: AGPL-3.0-only
"""Why a contract refused: the reason in a failed call's data, as words.

`Error(string)` and `Panic(uint256)` are decoded; another contract's custom error is shown by its
selector. Hostile bytes give a plain "no reason", never an exception. What to do about a reason of
our own contracts is in `next_steps`.
"""

import re

from millpond.chain.abi import decode_values, plain
from millpond.chain.answers import BadAnswer
from millpond.chain.next_steps import next_step
from millpond.chain.rpc import RpcRefused
from millpond.core.errors import Reverted

_ERROR_STRING = bytes.fromhex("08c379a0")
_PANIC = bytes.fromhex("4e487b71")
_PANICS = {
    0x01: "an assertion failed",
    0x11: "arithmetic overflow",
    0x12: "division by zero",
    0x32: "an index out of range",
}
_WORDS = re.compile(r"revert(?:ed)?(?: with reason string)?:?\s*(.*)", re.DOTALL)
_HEX = re.compile(r"0x(?:[0-9a-fA-F]{2})*")
_REVERTED = 3  # the JSON-RPC error code that nodes use for it
# What has happened, and what to do when the table does not know the reason.
_NOT_SENT = ("nothing was sent or changed", "put right what the reason names, then try again")
_MINED = ("it is on the chain as failed and cost its fee", "put right what the reason names")


def is_revert(error: RpcRefused) -> bool:
    """Whether a node's refusal is a contract's."""
    return error.code == _REVERTED or "revert" in error.text.lower() or _data(error) != b""


def reason_of(error: RpcRefused) -> str:
    """The reason in a refusal that is a contract's, or "" where there is none."""
    if data := _data(error):
        return reason_in(data)
    match = _WORDS.search(error.text)
    words = match[1].strip(" '\"") if match else ""
    return reason_in(bytes.fromhex(words[2:])) if _HEX.fullmatch(words) else words[:300]


def reason_in(data: bytes) -> str:
    """The reason in the data of a failed call, or ""."""
    selector, rest = data[:4], data[4:]
    try:
        if selector == _ERROR_STRING:
            (text,) = decode_values(plain("string"), rest, "a reason")
            return str(text)[:300]
        if selector == _PANIC:
            (number,) = decode_values(plain("uint256"), rest, "a panic")
            return f"panic: {_PANICS.get(number, hex(number))}"
    except BadAnswer:
        return "a reason that cannot be read"
    return f"error 0x{selector.hex()}" if len(selector) == len(_PANIC) else ""


def reverted(reason: str, what: str, mined: bool = False) -> Reverted:
    """The error for a refusal: `what` is the call in words.

    Its next step says what has happened, and what to do: by the table of our contracts' reasons,
    or in general words where the reason is another contract's, a panic, or not given.
    """
    said = f'"{reason}"' if reason else "without giving a reason"
    happened, in_general = _MINED if mined else _NOT_SENT
    return Reverted(
        f"{what} was refused by the contract: {said}",
        f"{happened}; {next_step(reason) or in_general}",
        reason,
    )


def _data(error: RpcRefused) -> bytes:
    """The failed call's data, where this node puts it: plain, nested, or nowhere."""
    found = error.data
    for _ in range(3):
        if not isinstance(found, dict):
            break
        found = found.get("data") or found.get("result")
    if isinstance(found, str) and _HEX.fullmatch(found):
        return bytes.fromhex(found[2:])
    return b""
