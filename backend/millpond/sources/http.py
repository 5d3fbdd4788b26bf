# SPDX-License-Identifier: AGPL-3.0-only
"""HTTP to the places where work happens: one question, one whole answer or one named error.

A question is asked again when the way there fails, when the place says that it is busy, and when an
answer is cut off; never more often, and never waiting longer, than the budget says. What a place
says about waiting (Retry-After, x-ratelimit-reset) is kept to. A redirect is followed on the same
host only: secrets go nowhere else. They are in no message and in nothing that is stored.
"""

import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from ipaddress import ip_address
from typing import Any
from urllib.parse import urljoin, urlsplit

import requests
from requests import PreparedRequest, exceptions
from requests.auth import AuthBase
from requests.structures import CaseInsensitiveDict

from millpond.core.errors import (
    BadInput,
    BadSourceAnswer,
    MillpondError,
    RateLimited,
    SourceDown,
    SourceRefused,
)
from millpond.core.nesting import is_deeper

_DEEPEST = 64
_PIECE = 1 << 16
_MOST_REDIRECTS = 3
_LONGEST_PAUSE = 60.0
_LATER = "try again later: what was fetched so far is kept, and the next run goes on from there"


@dataclass(frozen=True)
class Clock:
    """The time in seconds, and how to let it pass."""

    now: Callable[[], float] = time.time
    sleep: Callable[[float], None] = time.sleep


@dataclass(frozen=True)
class Budget:
    """How much one run may cost."""

    tries: int = 6
    """How often one question is asked."""
    first_pause: float = 1.0
    """Seconds before the second try, if the place names none; they double from try to try."""
    timeout: float = 30.0
    """Seconds without a byte."""
    answer_seconds: float = 180.0
    """Seconds for one whole answer."""
    wait_seconds: float = 2 * 3600.0
    """Seconds of waiting in the whole run."""
    most_bytes: int = 1 << 26
    """Of one answer, unpacked."""


@dataclass(frozen=True)
class Access:
    """How a place is asked: the headers that hold secrets, the budget, and the clock."""

    secrets: Mapping[str, str] = field(default_factory=dict, repr=False)
    budget: Budget = Budget()
    clock: Clock = Clock()


@dataclass(frozen=True)
class Answer:
    """What came back: the body whole, and the headers."""

    data: bytes
    headers: Mapping[str, str]

    def json(self) -> object:
        """The body as JSON, which it was found to be."""
        return json.loads(self.data)


class _Again(Exception):
    """The question may be asked again, after `wait` seconds if the place named a time."""

    def __init__(self, error: MillpondError, wait: float | None = None) -> None:
        super().__init__()
        self.error = error
        self.wait = wait


class _Secrets(AuthBase):
    """Puts the secret headers onto a request, and keeps passwords of ~/.netrc out of it."""

    def __init__(self, headers: Mapping[str, str]) -> None:
        self._headers = headers

    def __call__(self, request: PreparedRequest) -> PreparedRequest:
        request.headers.update(self._headers)
        return request


class Site:
    """One place, by the address that all its paths are below."""

    def __init__(self, base: str, access: Access) -> None:
        self._base = base.rstrip("/")
        self._access = access
        self._waited = 0.0
        self._not_before = 0.0
        self._session = requests.Session()
        self._session.auth = _Secrets(access.secrets)
        self._session.headers["User-Agent"] = "millpond"
        self.host = _checked(self._base, bool(access.secrets))

    def __repr__(self) -> str:
        return f"Site({self.host})"

    def get(self, path: str, query: Mapping[str, Any] | None = None) -> Answer:
        """The JSON at a path."""
        return self._ask("GET", path, query or {}, None)

    def post(self, path: str, body: object) -> Answer:
        """The JSON that answers a JSON body. Only for questions that change nothing."""
        return self._ask("POST", path, {}, json.dumps(body).encode())

    def wait_until_allowed(self, headers: Mapping[str, str], what: str) -> None:
        """Wait as long as the headers of an answer ask to, or for a pause if they name no time."""
        wait = _named_wait(headers, self._access.clock.now())
        self._wait(self._access.budget.first_pause if wait is None else wait, what)

    def pause(self, number: int, what: str) -> None:
        """Wait before try `number` of something, counted from 1."""
        budget = self._access.budget
        self._wait(min(budget.first_pause * 2 ** (number - 1), _LONGEST_PAUSE), what)

    def _ask(self, method: str, path: str, query: Mapping[str, Any], body: bytes | None) -> Answer:
        what = f"{self.host}{path}"
        for number in range(1, self._access.budget.tries + 1):
            early = self._not_before - self._access.clock.now()
            if early > 0:
                self._wait(early, what)
            try:
                return self._once(method, path, query, body)
            except _Again as again:
                if number == self._access.budget.tries:
                    raise again.error from None
                if again.wait is None:
                    self.pause(number, what)
                else:
                    self._wait(again.wait, what)
        raise AssertionError("unreachable: a budget has at least one try")

    def _wait(self, seconds: float, what: str) -> None:
        left = self._access.budget.wait_seconds - self._waited
        if seconds > left:
            raise RateLimited(
                f"{what} asks to wait {round(seconds)} s, and there are {round(max(left, 0))} left",
                _LATER,
            )
        self._waited += max(seconds, 0)
        self._access.clock.sleep(max(seconds, 0))

    def _once(self, method: str, path: str, query: Mapping[str, Any], body: bytes | None) -> Answer:
        url, params = self._base + path, dict(query)
        headers = {"Accept": "application/json"}
        if body is not None:
            headers["Content-Type"] = "application/json"
        for _ in range(_MOST_REDIRECTS + 1):
            try:
                with self._session.request(
                    method,
                    url,
                    params=params,
                    data=body,
                    headers=headers,
                    timeout=self._access.budget.timeout,
                    allow_redirects=False,
                    stream=True,
                ) as answer:
                    if answer.is_redirect:
                        url, params = self._next(method, answer, path), {}
                        continue
                    return self._read(answer, path)
            except exceptions.RequestException as error:
                raise _Again(
                    SourceDown(f"{self.host}{path} does not answer ({_why(error)})", _LATER)
                ) from None
        raise SourceRefused(f"{self.host}{path} leads round in circles", "look at the address")

    def _next(self, method: str, answer: requests.Response, path: str) -> str:
        """Where a redirect leads, if that is the same host."""
        target = urljoin(answer.url, answer.headers["Location"])
        one, other = urlsplit(answer.url), urlsplit(target)
        if (one.scheme, one.netloc) != (other.scheme, other.netloc) or method != "GET":
            raise SourceRefused(
                f"{self.host}{path} sends on to another place, where nothing of ours is sent",
                "give the address at which the place answers by itself",
                answer.status_code,
            )
        return target

    def _read(self, answer: requests.Response, path: str) -> Answer:
        what = f"{self.host}{path}"
        data = self._body(answer, what)
        now = self._access.clock.now()
        if answer.status_code != HTTPStatus.OK:
            raise self._refusal(answer, data, what, now)
        if answer.headers.get("x-ratelimit-remaining") == "0":
            self._not_before = now + (_until_reset(answer.headers, now) or 0)
        try:
            if is_deeper(data, _DEEPEST):
                raise BadSourceAnswer(f"{what} answers with JSON nested too deep", _LATER)
            json.loads(data)
        except ValueError:
            raise _Again(
                BadSourceAnswer(
                    f"{what} answers with something that is not whole JSON",
                    "look at the address with a browser; a portal may stand in between",
                )
            ) from None
        return Answer(data, answer.headers)

    def _body(self, answer: requests.Response, what: str) -> bytes:
        clock, budget = self._access.clock, self._access.budget
        started, data = clock.now(), bytearray()
        for piece in answer.iter_content(_PIECE):
            data += piece
            if len(data) > budget.most_bytes:
                raise BadSourceAnswer(
                    f"{what} sends more than {budget.most_bytes} bytes", "look at the address"
                )
            if clock.now() - started > budget.answer_seconds:
                raise _Again(
                    SourceDown(f"{what} sends its answer too slowly, byte by byte", _LATER)
                )
        return bytes(data)

    def _refusal(self, answer: requests.Response, data: bytes, what: str, now: float) -> Exception:
        """What an answer that is no success comes to: an error, or another try."""
        status, headers = answer.status_code, answer.headers
        wait = _named_wait(headers, now)
        limited = status == HTTPStatus.TOO_MANY_REQUESTS or (
            status == HTTPStatus.FORBIDDEN
            and ("Retry-After" in headers or headers.get("x-ratelimit-remaining") == "0")
        )
        if limited:
            return _Again(RateLimited(f"{what} says again and again: too often", _LATER), wait)
        if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            out = f"{what} is out of order (HTTP status {status})"
            return _Again(SourceDown(out, _LATER, status), wait)
        said = self._clean(_message(data))
        return SourceRefused(
            f"{what} refuses (HTTP status {status}){said}", _next_step(status), status
        )

    def _clean(self, text: str) -> str:
        """Words of the place, without a secret that it may have repeated."""
        for secret in self._access.secrets.values():
            for part in (secret, secret.rpartition(" ")[2]):
                text = text.replace(part, "***") if part else text
        return f": {text}" if text else ""


def _checked(base: str, secret: bool) -> str:
    """The host of an address; `BadInput` unless it may be asked, with a secret or without."""
    try:
        parts = urlsplit(base)
        host, port = parts.hostname, parts.port
    except ValueError:
        parts, host, port = urlsplit(""), None, None
    if parts.scheme not in ("http", "https") or not host or parts.username or parts.query:
        raise BadInput(
            "that is not the address of a source",
            'write it as "https://host", without a name, a password or a question in it',
        )
    if secret and parts.scheme == "http" and not _is_here(host):
        raise BadInput(
            f"a token would go to {host} in clear text", "give the address with https://"
        )
    return f"{host}:{port}" if port else host


def _is_here(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _named_wait(headers: Mapping[str, str], now: float) -> float | None:
    """The seconds that an answer asks to wait; None if it names no time."""
    text = CaseInsensitiveDict(headers).get("Retry-After")
    if text is None:
        limited = CaseInsensitiveDict(headers).get("x-ratelimit-remaining") == "0"
        return _until_reset(headers, now) if limited else None
    if text.isascii() and text.isdigit() and len(text) < 10:  # noqa: PLR2004  (30 years)
        return float(text)
    try:
        return max(parsedate_to_datetime(text).timestamp() - now, 0.0)
    except ValueError:
        return None


def _until_reset(headers: Mapping[str, str], now: float) -> float | None:
    text = CaseInsensitiveDict(headers).get("x-ratelimit-reset", "")
    known = text.isascii() and text.isdigit() and len(text) < 13  # noqa: PLR2004  (as above)
    # One second more: the place counts whole ones.
    return max(float(text) + 1 - now, 0.0) if known else None


def _message(data: bytes) -> str:
    """What the place says in its own words, if it says it as JSON."""
    try:
        found = json.loads(data) if not is_deeper(data, _DEEPEST) else None
    except ValueError:
        return ""
    text = found.get("message") or found.get("errors") if isinstance(found, dict) else None
    return str(text)[:200] if text else ""


def _next_step(status: int) -> str:
    if status in (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN):
        return "look whether the token is right and may read this"
    if status in (HTTPStatus.NOT_FOUND, HTTPStatus.GONE):
        return "look whether it is there, and whether the token may see it"
    return "look at the settings of this source"


def _why(error: exceptions.RequestException) -> str:
    if isinstance(error, exceptions.Timeout):
        return "no answer in time"
    if isinstance(error, exceptions.ChunkedEncodingError):
        return "the answer was cut off"
    return (
        "no connection" if isinstance(error, exceptions.ConnectionError) else type(error).__name__
    )
