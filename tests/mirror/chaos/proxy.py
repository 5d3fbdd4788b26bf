# SPDX-License-Identifier: AGPL-3.0-only
"""A way to a node that goes wrong as it is told to.

    with proxied(url, Fault(...)) as proxy: ... connect(proxy.url, CHAIN_ID)

A fault acts at one or more of three places: on an exchange before the node is asked (`exchange`),
on the answer to one question (`answer`), on the list of replies to a batch (`batch`). It strikes
each time, or by lot (`share`).
"""

import json
import random
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import requests

Question = dict[str, Any]
Answer = dict[str, Any]


class Dropped(Exception):
    """The connection is closed without a word."""


@dataclass
class Broken:
    """An exchange that ends otherwise than in JSON: status, headers, body."""

    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""


@dataclass(frozen=True)
class Fault:
    """What goes wrong."""

    name: str
    exchange: Callable[[list[Question]], Broken | None] | None = None
    answer: Callable[[Question, Answer], Answer] | None = None
    batch: Callable[[list[Answer]], list[Answer]] | None = None
    share: float = 1.0

    def __str__(self) -> str:
        return self.name


@dataclass
class Proxy:
    """A running proxy; `fault` may be changed at any time, None lets all through."""

    target: str
    fault: Fault | None
    chance: random.Random
    url: str = ""
    asked: Counter[str] = field(default_factory=Counter)
    struck: int = 0

    def reply(self, body: bytes) -> Broken:
        """What comes back for one body."""
        given = json.loads(body)
        questions = given if isinstance(given, list) else [given]
        self.asked.update(each["method"] for each in questions)
        fault = self.fault
        if fault is None or self.chance.random() >= fault.share:
            return self._passed(body)
        if fault.exchange is not None:
            self.struck += 1
            if (broken := fault.exchange(questions)) is not None:
                return broken
            self.struck -= 1
        passed = self._passed(body)
        answers = json.loads(passed.body)
        whole = answers if isinstance(answers, list) else [answers]
        changed = whole
        if fault.answer is not None:
            by_id = {question["id"]: question for question in questions}
            changed = [fault.answer(by_id[each["id"]], each) for each in whole]
        if fault.batch is not None:
            changed = fault.batch(list(changed))
        self.struck += changed != whole
        sent: object = changed if isinstance(answers, list) else changed[0]
        return Broken(body=json.dumps(sent).encode())

    def _passed(self, body: bytes) -> Broken:
        answer = requests.post(self.target, data=body, headers=_JSON, timeout=30)
        return Broken(answer.status_code, body=answer.content)


_JSON = {"Content-Type": "application/json"}


@contextmanager
def proxied(target: str, fault: Fault | None = None, seed: int = 0) -> Iterator[Proxy]:
    """A proxy in front of a node, on loopback."""
    proxy = Proxy(target, fault, random.Random(seed))  # noqa: S311  not for keys

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            try:
                self.send(proxy.reply(body))
            except (Dropped, ConnectionError):  # by us, or by a writer that was killed
                self.close_connection = True

        def send(self, reply: Broken) -> None:
            headers = {"Content-Length": str(len(reply.body))} | reply.headers
            self.send_response(reply.status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(reply.body)
            if headers["Content-Length"] != str(len(reply.body)):
                self.close_connection = True

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    proxy.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield proxy
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
