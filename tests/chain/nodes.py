# SPDX-License-Identifier: AGPL-3.0-only
"""Nodes for the tests: a loopback server that answers as badly as it is told to."""

import json
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import requests

from millpond.chain.rpc import Budget

ROOT = Path(__file__).resolve().parents[2]
CHAIN_ID = 1337
QUICK = Budget(tries=2, first_pause=0.0, timeout=60.0)

Reply = tuple[int, bytes]
"""HTTP status and body."""


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class OddNode:
    """A server that records what it is asked and answers by `reply`."""

    reply: Callable[[dict[str, Any]], Reply]
    url: str = ""
    asked: list[dict[str, Any]] = field(default_factory=list)

    def count(self, method: str) -> int:
        """How often a method was asked for."""
        return sum(question["method"] == method for question in self.asked)


@contextmanager
def odd_node(reply: Callable[[dict[str, Any]], Reply]) -> Iterator[OddNode]:
    """Serve `reply` on loopback."""
    node = OddNode(reply)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            question = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            node.asked.append(question)
            status, body = node.reply(question)
            self.send_response(status)
            if 300 <= status < 400:
                self.send_header("Location", body.decode())
                body = b""
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    node.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield node
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def result(value: object) -> Reply:
    """A JSON-RPC reply with this result."""
    return 200, json.dumps({"jsonrpc": "2.0", "id": 1, "result": value}).encode()


def error(code: object, message: object, data: object = None) -> Reply:
    """A JSON-RPC reply with an error."""
    body = {"code": code, "message": message, "data": data}
    return 200, json.dumps({"jsonrpc": "2.0", "id": 1, "error": body}).encode()


def through(url: str, changed: Callable[[dict[str, Any]], Reply | None]) -> Callable[..., Reply]:
    """Pass questions on to a real node, except those that `changed` answers itself."""

    def reply(question: dict[str, Any]) -> Reply:
        if (own := changed(question)) is not None:
            return own
        answer = requests.post(url, json=question, timeout=10)
        return answer.status_code, answer.content

    return reply
