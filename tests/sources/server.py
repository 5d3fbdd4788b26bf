# SPDX-License-Identifier: AGPL-3.0-only
"""A place on loopback, with the faults that real ones have, and a clock that nobody waits for."""

import json
import socket
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from urllib.parse import parse_qs, urlsplit

from millpond.sources.http import Access, Budget, Clock


@dataclass(frozen=True)
class Asked:
    """A question as it came."""

    method: str
    path: str
    query: Mapping[str, list[str]]
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True)
class Reply:
    """An answer. With `cut`, the connection ends after so many bytes of the body."""

    status: int = 200
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    cut: int | None = None


def as_json(value: object, status: int = 200, **headers: str) -> Reply:
    """An answer in JSON; `Retry_After` stands for Retry-After."""
    named = {name.replace("_", "-"): text for name, text in headers.items()}
    return Reply(status, json.dumps(value).encode(), named)


CUT = Reply(200, b'{"half": "of an answ', cut=12)
"""A connection that ends in the middle."""


@dataclass
class Place:
    """A running server: what it was asked, and the faults that come before its next answers."""

    answer: Callable[[Asked], Reply]
    faults: deque[Reply | None] = field(default_factory=deque)
    """One for each question to come; None for an answer as it should be."""
    asked: list[Asked] = field(default_factory=list)
    url: str = ""

    def reply(self, asked: Asked) -> Reply:
        """A fault if one is due, else the answer."""
        self.asked.append(asked)
        fault = self.faults.popleft() if self.faults else None
        return fault or self.answer(asked)


@contextmanager
def running(answer: Callable[[Asked], Reply]) -> Iterator[Place]:
    """A place that answers so."""
    place = Place(answer)

    class Handler(BaseHTTPRequestHandler):
        def _handle(self) -> None:
            parts = urlsplit(self.path)
            length = int(self.headers.get("Content-Length", 0))
            reply = place.reply(
                Asked(
                    self.command,
                    parts.path,
                    parse_qs(parts.query),
                    dict(self.headers.items()),
                    self.rfile.read(length),
                )
            )
            self.send_response(reply.status)
            for name, text in reply.headers.items():
                self.send_header(name, text)
            self.send_header("Content-Length", str(len(reply.body)))
            self.end_headers()
            self.wfile.write(reply.body[: reply.cut])
            if reply.cut is not None:
                self.wfile.flush()
                with suppress(OSError):
                    self.connection.shutdown(socket.SHUT_RDWR)
                self.close_connection = True

        def do_GET(self) -> None:
            self._handle()

        def do_POST(self) -> None:
            self._handle()

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    place.url = f"http://127.0.0.1:{server.server_address[1]}"
    try:
        yield place
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class StoppedClock:
    """A clock that only waiting moves."""

    def __init__(self, time: float = 1_700_000_000.0) -> None:
        self.time = time
        self.waits: list[float] = []

    def sleep(self, seconds: float) -> None:
        """Pass the time at once, and remember it."""
        self.waits.append(seconds)
        self.time += seconds

    def access(self, budget: Budget | None = None, **secrets: str) -> Access:
        """An access on this clock; `Api_Key` stands for the header Api-Key."""
        named = {name.replace("_", "-"): text for name, text in secrets.items()}
        return Access(named, budget or Budget(timeout=5), Clock(lambda: self.time, self.sleep))
