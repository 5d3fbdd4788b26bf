# SPDX-License-Identifier: AGPL-3.0-only
"""The way to a node: each fault on it has a name, reads are tried again, nothing is sent twice."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest

from millpond.chain.answers import BadAnswer
from millpond.chain.rpc import Budget, Busy, Rpc, RpcRefused, TooLong, shown
from millpond.core.errors import BadInput, ChainError, NodeDown
from tests.chain.nodes import QUICK, Reply, error, free_port, odd_node, result

GARBAGE: list[Reply] = [
    (200, b""),
    (200, b"<html>please log in</html>"),
    (200, b'{"jsonrpc": "2.0", "id": 1, "result": "0x5'),  # truncated
    (200, b"\xff\xfe\x00"),
    (200, b"[" * 100_000),
    (200, b"null"),
    (200, b"[]"),
    (200, b'"0x539"'),
    (200, b"{}"),
    (200, b'{"jsonrpc": "2.0", "id": 1, "error": "no"}'),
    (200, b'{"jsonrpc": "2.0", "id": 1, "error": {"code": "x", "message": 5}}'),
    (200, b'{"jsonrpc": "2.0", "id": 1, "error": {"code": true, "message": "no"}}'),
    (404, b"not here"),
    (403, b"no key"),
]


@contextmanager
def waiting_node(replies: list[tuple[int, dict[str, str]]]) -> Iterator[str]:
    """A node that answers with these statuses and headers, one after the other."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            status, headers = replies.pop(0)
            self.send_response(status)
            for name, value in (headers | {"Content-Length": "0"}).items():
                self.send_header(name, value)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}"
        finally:
            server.shutdown()
            thread.join()


@pytest.mark.parametrize("reply", GARBAGE)
def test_ask__garbage__named_with_a_next_step(reply: Reply) -> None:
    with odd_node(lambda _: reply) as node, pytest.raises(BadAnswer) as caught:
        Rpc(node.url, QUICK).ask("eth_chainId")
    assert caught.value.next_step
    assert len(node.asked) == QUICK.tries


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
def test_ask__busy_node__tried_again_then_named(status: int) -> None:
    with odd_node(lambda _: (status, b"busy")) as node:
        with pytest.raises(NodeDown, match=f"HTTP status {status}"):
            Rpc(node.url, QUICK).ask("eth_chainId")
        assert len(node.asked) == QUICK.tries


def test_ask__recovers_within_the_budget__answered() -> None:
    replies = [(503, b""), (200, b"{"), result("0x1")]
    with odd_node(lambda _: replies.pop(0)) as node:
        pauses: list[float] = []
        budget = Budget(tries=3, first_pause=0.5, pause=pauses.append)
        assert Rpc(node.url, budget).ask("eth_chainId") == "0x1"
    assert pauses == [0.5, 1.0]


def test_tell__fault__never_tried_again() -> None:
    with odd_node(lambda _: (503, b"")) as node:
        with pytest.raises(NodeDown):
            Rpc(node.url, QUICK).tell("eth_sendRawTransaction", ["0x00"])
        assert len(node.asked) == 1


def test_ask__refused_by_the_node__not_tried_again() -> None:
    with odd_node(lambda _: error(-32601, "no such method", "0x12")) as node:
        with pytest.raises(RpcRefused, match="no such method") as caught:
            Rpc(node.url, QUICK).ask("eth_nonsense")
        assert (caught.value.code, caught.value.data) == (-32601, "0x12")
        assert len(node.asked) == 1


def test_ask__no_node__says_how_to_go_on() -> None:
    url = f"http://127.0.0.1:{free_port()}"
    with pytest.raises(NodeDown) as caught:
        Rpc(url, QUICK).ask("eth_chainId")
    assert url in caught.value.message
    assert "--rpc" in caught.value.next_step


def test_ask__node_that_never_answers__times_out() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}"
        with pytest.raises(NodeDown, match="no answer in time"):
            Rpc(url, Budget(tries=1, timeout=0.2)).ask("eth_chainId")


def test_ask__connection_cut_in_the_middle__named() -> None:
    head = b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n"
    with socket.create_server(("127.0.0.1", 0)) as server:

        def cut() -> None:
            peer, _ = server.accept()
            peer.recv(65536)
            peer.sendall(head + b'{"jsonrpc": "2.0"')
            peer.close()

        thread = threading.Thread(target=cut)
        thread.start()
        with pytest.raises(ChainError) as caught:
            Rpc(f"http://127.0.0.1:{server.getsockname()[1]}", Budget(tries=1)).ask("eth_chainId")
        thread.join()
    assert isinstance(caught.value, BadAnswer | NodeDown)


def test_exchange__a_byte_now_and_then__ends_with_the_time_of_the_whole() -> None:
    head = b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n"
    enough = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as server:

        def drip() -> None:
            peer, _ = server.accept()
            peer.recv(65536)
            peer.sendall(head)
            while not enough.wait(0.05):
                peer.sendall(b" ")
            peer.close()

        thread = threading.Thread(target=drip)
        thread.start()
        rpc = Rpc(f"http://127.0.0.1:{server.getsockname()[1]}", Budget(tries=1, timeout=0.3))
        began = time.monotonic()
        with pytest.raises(NodeDown, match="no answer in time"):
            rpc.exchange(b"{}")
        assert time.monotonic() - began < 5
        enough.set()
        thread.join()


def test_exchange__more_bytes_than_are_taken__named() -> None:
    with odd_node(lambda _: (200, b"[" + b" " * 1000 + b"]")) as node:
        rpc = Rpc(node.url, QUICK)
        with pytest.raises(TooLong, match="more than 999 bytes"):
            rpc.exchange(b"{}", longest=999)
        assert len(rpc.exchange(b"{}", longest=1002)) == 1002


def test_exchange__busy_node__says_how_long_to_wait() -> None:
    replies = [(429, {"Retry-After": "7"}), (429, {"Retry-After": "tomorrow"}), (503, {})]
    waits = []
    with waiting_node(replies) as url:
        for _ in range(3):
            with pytest.raises(Busy) as caught:
                Rpc(url, QUICK).exchange(b"{}")
            waits.append(caught.value.wait)
    assert waits == [7.0, None, None]


def test_reconnect__goes_on() -> None:
    with odd_node(lambda _: result("0x1")) as node:
        rpc = Rpc(node.url, QUICK)
        for _ in range(2):
            assert rpc.ask("eth_chainId") == "0x1"
            rpc.reconnect()


def test_ask__redirect__not_followed() -> None:
    with odd_node(lambda _: result("0x539")) as inner:
        target = inner.url.encode()
        with odd_node(lambda _: (307, target)) as node, pytest.raises(BadAnswer):
            Rpc(node.url, QUICK).ask("eth_chainId")
        assert inner.asked == []


def test_ask__question__is_json_rpc() -> None:
    with odd_node(lambda _: result([1])) as node:
        assert Rpc(node.url, QUICK).ask("eth_test", ["0x1", False]) == [1]
    question: dict[str, Any] = node.asked[0]
    assert (question["jsonrpc"], question["method"]) == ("2.0", "eth_test")
    assert question["params"] == ["0x1", False]


def test_shown__secrets_in_the_address__left_out() -> None:
    url = "https://maintainer:hunter2@node.example:8443/v3/0123456789abcdef?key=canary"
    assert shown(url) == "https://node.example:8443/..."
    assert shown("http://127.0.0.1:8545") == "http://127.0.0.1:8545"
    assert shown("http://[::1") == "the given address"
    assert "canary" not in repr(Rpc(url)) + str(Rpc(url).shown)


@pytest.mark.parametrize("url", ["", "127.0.0.1:8545", "ws://127.0.0.1", "file:///etc", "http://"])
def test_rpc__not_an_http_address__refused(url: str) -> None:
    with pytest.raises(BadInput, match="not the address of a node"):
        Rpc(url)
