# SPDX-License-Identifier: AGPL-3.0-only
"""Many questions in one exchange: each reply finds its question, or nothing is believed."""

import json
import sys
from collections.abc import Callable
from typing import Any

import pytest

from millpond.chain.answers import BadAnswer
from millpond.chain.rpc import Rpc, RpcRefused
from millpond.core.errors import NodeDown
from millpond.mirror.batches import Batches, Reply
from tests.chain.nodes import QUICK

Told = Callable[[Any], object]


class Node(Rpc):
    """A node that answers by a function, without a network."""

    def __init__(self, told: Told) -> None:
        super().__init__("http://127.0.0.1:1", QUICK)
        self.told = told
        self.sizes: list[int] = []

    def exchange(self, body: bytes, longest: int = 0) -> bytes:
        """What the function says, as it is or as JSON."""
        del longest
        given = json.loads(body)
        self.sizes.append(len(given) if isinstance(given, list) else 1)
        said = self.told(given)
        if isinstance(said, Exception):
            raise said
        return said if isinstance(said, bytes) else json.dumps(said).encode()


def echoed(question: Any) -> dict[str, object]:
    """The parameters as the result."""
    return {"jsonrpc": "2.0", "id": question["id"], "result": question["params"]}


def ask(told: Told, count: int, most: int = 100) -> tuple[list[Reply], Node]:
    """So many questions, each with its number as its parameter."""
    node = Node(told)
    batches = Batches(node)
    batches.most = most
    return batches.ask([("eth_test", [number]) for number in range(count)]), node


def values(replies: list[Reply]) -> list[Any]:
    """The results, read."""
    return [json.loads(bytes(reply)) for reply in replies if not isinstance(reply, RpcRefused)]


def whole(given: Any) -> object:
    """A node that answers batches."""
    return [echoed(each) for each in given] if isinstance(given, list) else echoed(given)


@pytest.mark.parametrize(("count", "most", "sizes"), [(0, 5, []), (1, 5, [1]), (12, 5, [5, 5, 2])])
def test_ask__more_than_one_batch_takes__in_parts(count: int, most: int, sizes: list[int]) -> None:
    replies, node = ask(whole, count, most)
    assert values(replies) == [[number] for number in range(count)]
    assert node.sizes == sizes


def test_ask__replies_in_another_order__each_to_its_question() -> None:
    replies, _ = ask(lambda given: [echoed(each) for each in reversed(given)], 7)
    assert values(replies) == [[number] for number in range(7)]


@pytest.mark.parametrize(
    "change",
    [
        lambda replies: replies[:-1],
        lambda replies: [*replies, replies[0]],
        lambda replies: [*replies[:-1], replies[0]],
        lambda replies: [*replies[:-1], replies[-1] | {"id": 99}],
        lambda replies: [*replies[:-1], replies[-1] | {"id": "2"}],
        lambda replies: [*replies[:-1], {"id": 2}],
        lambda _: {"id": None},
        lambda replies: [None, *replies[1:]],
        lambda _: b"[",
        lambda _: b"[" * 100_000,
        lambda _: b"<html>",
        lambda _: b"",
    ],
)
def test_ask__replies_that_do_not_fit__believed_none(change: Callable[[Any], object]) -> None:
    with pytest.raises(BadAnswer):
        ask(lambda given: change(whole(given)), 3)


def test_ask__deep_brackets_in_a_process_without_a_limit__refused() -> None:
    before = sys.getrecursionlimit()
    sys.setrecursionlimit(100_000)
    try:
        with pytest.raises(BadAnswer, match="nested too deep"):
            ask(lambda _: b'{"id": 0, "result": ' + b"[" * 90_000, 1)
    finally:
        sys.setrecursionlimit(before)


def test_ask__one_question_refused__the_others_answered() -> None:
    def told(given: Any) -> object:
        replies = [echoed(each) for each in given]
        replies[1] = {"id": 1, "error": {"code": -32000, "message": "unknown block"}}
        return replies

    replies, _ = ask(told, 3)
    assert isinstance(replies[1], RpcRefused)
    assert (replies[1].code, replies[1].text) == (-32000, "unknown block")
    assert values(replies) == [[0], [2]]


def test_ask__a_node_that_takes_three_at_a_time__learnt() -> None:
    def told(given: Any) -> object:
        if isinstance(given, list) and len(given) > 3:
            return {"id": None, "error": {"code": -32600, "message": "batch too large"}}
        return whole(given)

    replies, node = ask(told, 20, 20)
    assert values(replies) == [[number] for number in range(20)]
    assert node.sizes == [20, 10, 5, 2, *[2] * 9]


def test_ask__a_node_that_takes_no_batches__one_by_one() -> None:
    def told(given: Any) -> object:
        return (
            whole(given) if not isinstance(given, list) else {"error": {"code": 1, "message": ""}}
        )

    replies, node = ask(told, 3)
    assert values(replies) == [[0], [1], [2]]
    assert node.sizes == [3, 1, 1, 1]


def test_ask__a_node_that_is_down__raised_and_asked_for_less() -> None:
    node = Node(lambda _: NodeDown("gone", "wait"))
    batches = Batches(node)
    with pytest.raises(NodeDown):
        batches.ask([("eth_test", [])] * 10)
    assert batches.most == 50
