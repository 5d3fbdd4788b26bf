# SPDX-License-Identifier: AGPL-3.0-only
"""A local chain for a machine without Node: JSON-RPC over HTTP on this machine only.

    with DevChain() as url: ...                      a free port, gone at the end of the block
    python -m scripts.devchain --port 8545           until Ctrl-C

It speaks to scripts, the API and browser wallets as anvil does (chain id 1337, funded accounts of
the test mnemonic, evm_increaseTime and the like). It is slower, and keeps nothing.
"""

import errno
import json
import socket
import threading
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler
from socketserver import TCPServer, ThreadingMixIn
from types import TracebackType
from typing import Any, Self

import click

from millpond.core.errors import MillpondError, PortTaken
from scripts._devchain_answers import INVALID_PARAMS, Refused
from scripts._devchain_node import Node

HOST = "127.0.0.1"
PARSE_ERROR, INVALID_REQUEST, INTERNAL_ERROR = -32700, -32600, -32603
_MOST_BYTES = 32 * 1024 * 1024


def port_taken(port: int) -> PortTaken:
    """The error for a port that another program listens on."""
    return PortTaken(
        f"another program listens on {HOST}:{port}",
        f"stop it (lsof -i :{port} names it), or choose another port; port 0 takes a free one",
    )


class DevChain:
    """The server; `port` 0 takes a free one. A context manager that gives its URL."""

    def __init__(self, port: int = 0, accounts: int = 40, ether_each: int = 10_000) -> None:
        try:
            self._server = _Server(port, Node(accounts, ether_each))
        except OSError as error:
            if error.errno != errno.EADDRINUSE:
                raise
            raise port_taken(port) from None
        self.url = f"http://{HOST}:{self._server.server_address[1]}"
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(0.05,), daemon=True
        )

    def __enter__(self) -> str:
        self._thread.start()
        return self.url

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def start(self) -> Self:
        """Serve in the background, for those who do not use `with`."""
        self._thread.start()
        return self

    def close(self) -> None:
        """Stop, and hang up on everybody."""
        if self._thread.is_alive():
            self._server.shutdown()
            self._thread.join()
        self._server.hang_up()
        self._server.server_close()


class _Server(ThreadingMixIn, TCPServer):
    """One thread for each connection, one question at a time."""

    allow_reuse_address = True
    daemon_threads = True
    request_queue_size = 64

    def __init__(self, port: int, node: Node) -> None:
        self.node = node
        self.lock = threading.Lock()
        self._connections: set[socket.socket] = set()
        super().__init__((HOST, port), _Handler)

    def get_request(self) -> tuple[socket.socket, Any]:
        connection, address = super().get_request()
        self._connections.add(connection)
        return connection, address

    def shutdown_request(self, request: socket.socket | tuple[bytes, socket.socket]) -> None:
        self._connections.discard(request)
        super().shutdown_request(request)

    def hang_up(self) -> None:
        """Close what clients keep open: a stopped chain must not go on answering."""
        for connection in list(self._connections):
            try:
                connection.shutdown(socket.SHUT_RDWR)
            except OSError:
                continue  # the client was faster


class _Handler(BaseHTTPRequestHandler):
    server: _Server
    protocol_version = "HTTP/1.1"
    wbufsize = -1  # head and body leave in one packet
    disable_nagle_algorithm = True

    def do_OPTIONS(self) -> None:
        """What a browser asks before a wallet on another page may speak to us."""
        self._reply(HTTPStatus.NO_CONTENT, b"")

    def do_POST(self) -> None:
        length = self.headers.get("Content-Length", "")
        if not length.isdecimal() or int(length) > _MOST_BYTES:
            self.close_connection = True
            self._reply(HTTPStatus.BAD_REQUEST, b"")
            return
        answer = self._answer(self.rfile.read(int(length)))
        self._reply(HTTPStatus.OK, json.dumps(answer).encode())

    def _answer(self, body: bytes) -> object:
        try:
            question = json.loads(body)
        except (ValueError, RecursionError):
            return _error(None, PARSE_ERROR, "the body is not JSON")
        with self.server.lock:
            if isinstance(question, list):
                return [_ask(self.server.node, entry) for entry in question]
            return _ask(self.server.node, question)

    def _reply(self, status: HTTPStatus, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Access-Control-Allow-Origin", "*")
        self.send_header("Access-Control-Allow-Methods", "POST, OPTIONS")
        self.send_header("Access-Control-Allow-Headers", "Content-Type")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Nothing: a line for each request would drown the demo."""


def _ask(node: Node, question: object) -> dict[str, object]:
    """One JSON-RPC reply."""
    if not isinstance(question, dict) or not isinstance(question.get("method"), str):
        return _error(None, INVALID_REQUEST, "not a JSON-RPC request")
    ident, params = question.get("id"), question.get("params", [])
    if not isinstance(params, list):
        return _error(ident, INVALID_PARAMS, "params must be a list")
    try:
        return {"jsonrpc": "2.0", "id": ident, "result": node.answer(question["method"], params)}
    except Refused as no:
        return _error(ident, no.code, no.text, no.revert_data)
    except Exception as error:  # noqa: BLE001  a server says what went wrong and goes on
        return _error(ident, INTERNAL_ERROR, f"{type(error).__name__}: {error}")


def _error(ident: object, code: int, text: str, data: str | None = None) -> dict[str, object]:
    error: dict[str, object] = {"code": code, "message": text}
    if data is not None:
        error["data"] = data
    return {"jsonrpc": "2.0", "id": ident, "error": error}


@click.command()
@click.option("--port", default=8545, show_default=True, help="0 takes a free one")
def main(port: int) -> None:
    """Serve a chain with id 1337 in this process until Ctrl-C."""
    try:
        chain = DevChain(port)
    except MillpondError as error:
        raise click.ClickException(str(error)) from None
    with chain as url:
        click.echo(f"chain 1337 at {url} (Ctrl-C ends it and forgets everything)")
        try:
            threading.Event().wait()
        except KeyboardInterrupt:
            click.echo("\nended")


if __name__ == "__main__":
    main()
