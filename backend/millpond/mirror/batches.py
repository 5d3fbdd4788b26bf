# SPDX-License-Identifier: AGPL-3.0-only
"""Many questions to a node in one exchange (a JSON-RPC batch), and the replies in their order.

Replies may come in any order; each is found by its number, and one that is missing, doubled or
foreign makes the whole answer a bad one. What a node takes at a time is learnt from its refusals.
"""

import sys
from collections.abc import Sequence
from typing import Any, TypeAlias, TypeVar

import msgspec

from millpond.chain.answers import BadAnswer, bad
from millpond.chain.rpc import Rpc, RpcRefused, TooLong
from millpond.core.errors import NodeDown
from millpond.core.nesting import is_deeper

_T = TypeVar("_T")

MOST_QUESTIONS = 100
"""In one exchange, until the node takes fewer."""
LONGEST_REPLY = 1 << 26
_DEEPEST = 64
_USUAL_RECURSION = 10_000
"""Some packages raise the process's limit so far that hostile brackets would end it."""

Question: TypeAlias = tuple[str, Sequence[object]]
"""Method and parameters."""
Reply: TypeAlias = "msgspec.Raw | RpcRefused"
"""The JSON of a result, or the node's refusal of this one question."""


class _Fault(msgspec.Struct):
    code: int
    message: str
    data: Any = None


class _Numbered(msgspec.Struct):
    """One reply of a batch."""

    id: int | None = None
    result: msgspec.Raw | msgspec.UnsetType = msgspec.UNSET
    error: _Fault | None = None


_one = msgspec.json.Decoder(_Numbered)
_many = msgspec.json.Decoder(list[_Numbered])


class Batches:
    """Asks one node, as many questions at a time as it takes."""

    def __init__(self, rpc: Rpc) -> None:
        self._rpc = rpc
        self.most = MOST_QUESTIONS

    def ask(self, questions: Sequence[Question]) -> list[Reply]:
        """A reply to each. A node that is down or talks nonsense raises; one that takes no such
        batch is asked less at a time."""
        found: list[Reply] = []
        while len(found) < len(questions):
            part = questions[len(found) : len(found) + self.most]
            try:
                found += self._exchange(part)
            except (_NoBatch, TooLong):
                if len(part) == 1:
                    raise
                self.most = max(1, min(self.most, len(part)) // 2)
            except NodeDown:
                self.most = max(1, self.most // 2)
                raise
        return found

    def _exchange(self, questions: Sequence[Question]) -> list[Reply]:
        calls = [
            {"jsonrpc": "2.0", "id": number, "method": method, "params": params}
            for number, (method, params) in enumerate(questions)
        ]
        body = msgspec.json.encode(calls if len(calls) > 1 else calls[0])
        data = self._rpc.exchange(body, LONGEST_REPLY)
        if len(questions) == 1:
            return [_reply(questions[0][0], read(data, _one, questions[0][0]))]
        if data[:1] != b"[" and data.lstrip()[:1] != b"[":
            refusal = read(data, _one, "a batch").error
            if refusal is None:
                raise bad("a batch of questions", data[:80])
            raise _NoBatch("a batch", refusal.code, refusal.message, refusal.data)
        return _in_order(questions, read(data, _many, "a batch"))


class _NoBatch(RpcRefused):
    """The node refused a batch as a whole."""


def read(data: bytes | msgspec.Raw, form: "msgspec.json.Decoder[_T]", what: str) -> _T:
    """JSON in the form that is expected, or `BadAnswer`."""
    if sys.getrecursionlimit() > _USUAL_RECURSION and is_deeper(bytes(data), _DEEPEST):
        raise _nonsense(data, what, "nested too deep")
    try:
        return form.decode(data)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise _nonsense(data, what, str(error)[:120]) from None


def _nonsense(data: bytes | msgspec.Raw, what: str, why: str) -> BadAnswer:
    return BadAnswer(
        f"the node answered {bytes(data)[:80]!r} for {what} ({why})",
        "check that the address is a node's JSON-RPC endpoint, or ask another node",
    )


def _in_order(questions: Sequence[Question], replies: list[_Numbered]) -> list[Reply]:
    by_number = {reply.id: reply for reply in replies}
    if len(replies) != len(questions) or set(by_number) != set(range(len(questions))):
        raise bad(f"{len(questions)} questions", [reply.id for reply in replies])
    return [_reply(method, by_number[number]) for number, (method, _) in enumerate(questions)]


def _reply(method: str, reply: _Numbered) -> Reply:
    if reply.error is not None:
        return RpcRefused(method, reply.error.code, reply.error.message, reply.error.data)
    if isinstance(reply.result, msgspec.UnsetType):
        raise bad(method, "neither a result nor an error")
    return reply.result
