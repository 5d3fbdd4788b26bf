# SPDX-License-Identifier: AGPL-3.0-only
"""JSON-RPC over HTTP: one question, one answer or one named error.

Reads are asked again a few times when the way to the node fails; nothing that changes the chain is
ever sent twice. Redirects are not followed, and an address is shown without the secrets in it.
"""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from urllib.parse import urlsplit

from requests import exceptions as failures
from web3 import HTTPProvider
from web3.types import RPCEndpoint, RPCResponse

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


class _Provider(HTTPProvider):
    """web3's provider, with a bound on nesting: the JSON decoder can exhaust the C stack."""

    @staticmethod
    def decode_rpc_response(raw_response: bytes) -> RPCResponse:
        if is_deeper(raw_response, _DEEPEST):
            raise ValueError("nested too deep")
        return HTTPProvider.decode_rpc_response(raw_response)


class Rpc:
    """The way to one node."""

    def __init__(self, url: str, budget: Budget | None = None) -> None:
        if urlsplit(url).scheme not in ("http", "https") or not urlsplit(url).hostname:
            raise BadInput(
                f"{shown(url)} is not the address of a node",
                'give one that starts with http:// or https://, such as "http://127.0.0.1:8545"',
            )
        self._budget = budget or Budget()
        self._provider = _Provider(
            url,
            request_kwargs={"timeout": self._budget.timeout, "allow_redirects": False},
            exception_retry_configuration=None,
        )
        self.shown = shown(url)

    def __repr__(self) -> str:
        return f"Rpc({self.shown})"

    def ask(self, method: str, params: Sequence[object] = ()) -> object:
        """The result of a read, tried again within the budget when the way to the node fails."""
        for left in range(self._budget.tries - 1, -1, -1):
            try:
                return self.tell(method, params)
            except (NodeDown, BadAnswer):
                if not left:
                    raise
                self._budget.pause(self._budget.first_pause * 2 ** (self._budget.tries - 1 - left))
        raise AssertionError("unreachable: a budget has at least one try")

    def tell(self, method: str, params: Sequence[object] = ()) -> object:
        """The result of one try, for whatever changes something."""
        try:
            answer: object = self._provider.make_request(RPCEndpoint(method), list(params))
        except failures.RequestException as error:
            raise self._down(error) from None
        except (ValueError, RecursionError):
            raise BadAnswer(
                f"{self.shown} answered {method} with something that is not whole JSON",
                "check that the address is a node's JSON-RPC endpoint, or ask another node",
            ) from None
        return _result(method, answer)

    def _down(self, error: failures.RequestException) -> MillpondError:
        if isinstance(error, failures.HTTPError) and error.response is not None:
            status = error.response.status_code
            if status not in _BUSY:
                return BadAnswer(
                    f"{self.shown} turned the question down (HTTP status {status})",
                    "check the address of the node: its host, its path and the key in it",
                )
            return NodeDown(
                f"the node at {self.shown} is busy or broken (HTTP status {status})",
                "wait a little and try again, or ask another node with --rpc",
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
