# SPDX-License-Identifier: AGPL-3.0-only
"""JSON-RPC over HTTP: one question, one answer or one named error.

Reads are asked again a few times when the way to the node fails; nothing that changes the chain is
ever sent twice. Redirects are not followed, and an address is shown without the secrets in it.
"""

import json
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from urllib.parse import urlsplit

from requests import Response, Session
from requests import exceptions as failures
from urllib3.exceptions import DecodeError, ProtocolError, ReadTimeoutError
from urllib3.exceptions import HTTPError as Urllib3Error

from millpond.chain.answers import BadAnswer, bad
from millpond.core.errors import BadInput, ChainError, MillpondError, NodeDown
from millpond.core.nesting import is_deeper

_BUSY = frozenset(
    {
        HTTPStatus.TOO_MANY_REQUESTS,
        HTTPStatus.INTERNAL_SERVER_ERROR,
        HTTPStatus.BAD_GATEWAY,
        HTTPStatus.SERVICE_UNAVAILABLE,
        HTTPStatus.GATEWAY_TIMEOUT,
    }
)


_DEEPEST = 64
_PIECE = 1 << 17
_LONGEST = 1 << 28
_LONGEST_WAIT = 600.0


class RpcRefused(ChainError):
    """The node understood the question and said no: its `code`, `text` and `data` as they came."""

    def __init__(self, method: str, code: int, text: str, data: object) -> None:
        super().__init__(
            f"the node refused {method}: {text[:200]} (code {code})",
            "read the node's own words; ask another node if this one limits what it serves",
        )
        self.code = code
        self.text = text
        self.data = data


class Busy(NodeDown):
    """The node is there and asks to be left alone for a while: `wait` seconds, if it says so."""

    def __init__(self, message: str, next_step: str, wait: float | None = None) -> None:
        super().__init__(message, next_step)
        self.wait = wait


class TooLong(ChainError):
    """A reply with more bytes than the asker takes."""


@dataclass(frozen=True)
class Budget:
    """How long a read may take: tries in all, the first pause between them (it doubles), and the
    seconds one try may last."""

    tries: int = 4
    first_pause: float = 0.25
    timeout: float = 30.0
    pause: Callable[[float], None] = time.sleep


def shown(url: str) -> str:
    """An address fit for a log: scheme, host and port; keys live in user, path and query."""
    try:
        parts = urlsplit(url)
        port = f":{parts.port}" if parts.port else ""
    except ValueError:
        return "the given address"
    rest = "/..." if parts.path.strip("/") or parts.query else ""
    return f"{parts.scheme}://{parts.hostname}{port}{rest}"


class Rpc:
    """The way to one node."""

    def __init__(self, url: str, budget: Budget | None = None) -> None:
        if urlsplit(url).scheme not in ("http", "https") or not urlsplit(url).hostname:
            raise BadInput(
                f"{shown(url)} is not the address of a node",
                'give one that starts with http:// or https://, such as "http://127.0.0.1:8545"',
            )
        self.budget = budget or Budget()
        self._url = url
        self._session = Session()
        self.shown = shown(url)

    def __repr__(self) -> str:
        return f"Rpc({self.shown})"

    def ask(self, method: str, params: Sequence[object] = ()) -> object:
        """The result of a read, tried again within the budget when the way to the node fails."""
        for left in range(self.budget.tries - 1, -1, -1):
            try:
                return self.tell(method, params)
            except (NodeDown, BadAnswer):
                if not left:
                    raise
                self.budget.pause(self.budget.first_pause * 2 ** (self.budget.tries - 1 - left))
        raise AssertionError("unreachable: a budget has at least one try")

    def tell(self, method: str, params: Sequence[object] = ()) -> object:
        """The result of one try, for whatever changes something."""
        question = {"jsonrpc": "2.0", "id": 1, "method": method, "params": list(params)}
        data = self.exchange(json.dumps(question).encode())
        try:
            # the decoder can exhaust the C stack
            answer: object = None if is_deeper(data, _DEEPEST) else json.loads(data)
        except (ValueError, RecursionError):
            answer = None
        if answer is None:
            raise BadAnswer(
                f"{self.shown} answered {method} with something that is not whole JSON",
                "check that the address is a node's JSON-RPC endpoint, or ask another node",
            )
        return _result(method, answer)

    def exchange(self, body: bytes, longest: int = _LONGEST) -> bytes:
        """The bytes of one reply to one body of JSON-RPC, once, within the budget's seconds as a
        whole. `TooLong` where the reply has more than `longest` bytes."""
        ends = time.monotonic() + self.budget.timeout
        try:
            with self._session.post(
                self._url,
                data=body,
                headers={"Content-Type": "application/json"},
                timeout=self.budget.timeout,
                allow_redirects=False,
                stream=True,
            ) as reply:
                if reply.status_code != HTTPStatus.OK:
                    raise failures.HTTPError(response=reply)
                return self._whole(reply, ends, longest)
        except failures.RequestException as error:
            raise self._down(error) from None
        except (Urllib3Error, OSError) as error:
            raise self._down(_as_requests(error)) from None

    def _whole(self, reply: Response, ends: float, longest: int) -> bytes:
        """Read piece by piece: a node that sends a byte now and then keeps nobody waiting."""
        pieces, length = [], 0
        while piece := reply.raw.read1(_PIECE, decode_content=True):
            pieces.append(piece)
            length += len(piece)
            if length > longest:
                raise TooLong(
                    f"{self.shown} sent more than {longest} bytes at once", "ask for less at a time"
                )
            if time.monotonic() > ends:
                raise failures.Timeout
        return b"".join(pieces)

    def reconnect(self) -> None:
        """Leave the open connections behind, for the next exchange to begin with a new one."""
        self._session = Session()

    def _down(self, error: failures.RequestException) -> MillpondError:
        if isinstance(error, failures.HTTPError) and error.response is not None:
            status = error.response.status_code
            if status not in _BUSY:
                return BadAnswer(
                    f"{self.shown} turned the question down (HTTP status {status})",
                    "check the address of the node: its host, its path and the key in it",
                )
            return Busy(
                f"the node at {self.shown} is busy or broken (HTTP status {status})",
                "wait a little and try again, or ask another node with --rpc",
                _seconds(error.response.headers.get("Retry-After")),
            )
        if isinstance(error, failures.ChunkedEncodingError):
            return BadAnswer(
                f"{self.shown} broke off in the middle of an answer",
                "try again, or ask another node",
            )
        why = "no answer in time" if isinstance(error, failures.Timeout) else "no connection"
        if not isinstance(error, failures.ConnectionError | failures.Timeout):
            why = type(error).__name__
        return NodeDown(
            f"no node answers at {self.shown} ({why})",
            "start the node, or give the address of a running one with --rpc",
        )


def _as_requests(error: Exception) -> failures.RequestException:
    """What the layer below `requests` raised while a reply was read, in its own words."""
    if isinstance(error, TimeoutError | ReadTimeoutError):
        return failures.Timeout()
    if isinstance(error, ProtocolError | DecodeError):
        return failures.ChunkedEncodingError()
    return failures.ConnectionError()


def _seconds(text: str | None) -> float | None:
    """A Retry-After in seconds; the form with a date is not worth the trust in two clocks."""
    return min(float(text), _LONGEST_WAIT) if text and text.isascii() and text.isdigit() else None


def _result(method: str, answer: object) -> object:
    """What a JSON-RPC reply says; a redirect's or portal's page never gets this far as JSON."""
    if not isinstance(answer, Mapping):
        raise bad(method, answer)
    error = answer.get("error")
    if error is None:
        if "result" not in answer:
            raise bad(method, answer)
        result: object = answer["result"]
        return result
    if not isinstance(error, Mapping):
        raise bad(method, answer)
    code, text = error.get("code"), error.get("message")
    if type(code) is not int or not isinstance(text, str):
        raise bad(method, answer)
    raise RpcRefused(method, code, text, error.get("data"))
