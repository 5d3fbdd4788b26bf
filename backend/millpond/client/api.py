# SPDX-License-Identifier: AGPL-3.0-only
"""One server's API: typed replies, pages one after the other, refusals as errors.

The server's fields may grow: one that this version does not know is passed over. A reply that is
asked for again costs the server one look, where its ETag still holds. Who is asked to slow down
does so, a few times.
"""

import json
import time
from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Self, TypeVar, cast, get_args
from urllib.parse import quote, urlsplit

import requests
from pydantic import BaseModel, ValidationError

from millpond.api.models.base import Page
from millpond.api.models.status import Status
from millpond.client.errors import NotUnderstood, Refused, Said, Unreachable
from millpond.client.routes import STATUS, Many, One
from millpond.core.canonical import keccak256
from millpond.core.errors import BadInput
from millpond.core.subjects import from_hex

_R = TypeVar("_R", bound=BaseModel)
_T = TypeVar("_T")

_TIMEOUT = 30.0
_KEPT = 256
"""Replies that are kept for when they are asked for again."""
_TRIES = 4
_LONGEST_PAUSE = 30.0
_LOOK_AGAIN = 0.1
_BIGGEST = 1_000
"""Rows that are asked for at a time."""
_OK, _NOT_MODIFIED, _TOO_MANY = 200, 304, 429
_JSON, _PROBLEM = "application/json", "application/problem+json"

Asked = str | int | bool
"""What may stand in an address or a query."""


class Api:
    """A server at an address. For one thread; nothing is asked before a method is called."""

    def __init__(
        self,
        address: str,
        *,
        timeout: float = _TIMEOUT,
        pause: Callable[[float], None] = time.sleep,
    ) -> None:
        if urlsplit(address).scheme not in ("http", "https") or not urlsplit(address).hostname:
            raise BadInput(
                f"{address!r} is not the address of a server",
                "give one such as http://127.0.0.1:8000",
            )
        self.address = address.rstrip("/")
        self._timeout, self._pause = timeout, pause
        self._session = requests.Session()
        self._kept: OrderedDict[str, tuple[str, bytes]] = OrderedDict()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._session.close()

    # --- what can be asked ------------------------------------------------------------------------

    def get(self, route: One[_R], **asked: Asked | None) -> _R:
        """One thing. What is no part of the path goes into the query: `finality="safe"`,
        `min_block=12, wait=5`."""
        return self._read(route.reply, self._bytes(*_address(route.path, asked)))

    def page(self, route: Many[_T], **asked: Asked | None) -> Page[_T]:
        """One page of a list; `after=page.next` for the one behind it."""
        return self._read(route.page, self._bytes(*_address(route.path, asked)))

    def every(self, route: Many[_T], **asked: Asked | None) -> Iterator[_T]:
        """All rows of a list, page by page: none is lost or doubled while blocks arrive."""
        after: str | None = None
        while True:
            found = self.page(route, **{"limit": _BIGGEST, **asked, "after": after})
            yield from found.data
            after = found.next
            if after is None:
                return

    def whole(self, route: Many[_T], **asked: Asked | None) -> Iterator[_T]:
        """All rows of a list as of one block, as the server writes them into a file."""
        row = _row_of(route)
        with self._reply(*_address(f"{route.path}.jsonl", asked), stream=True) as reply:
            for line in reply.iter_lines():
                if line:
                    yield cast("_T", self._read(row, line))

    def status(self) -> Status:
        """Where the mirror stands."""
        return self.get(STATUS)

    def document(self, digest: str) -> bytes:
        """A document by the keccak256 of its bytes: exactly those bytes, or an error."""
        with self._reply(f"/v1/documents/{quote(digest)}", {}) as reply:
            found = reply.content
        if keccak256(found) != from_hex(digest, 32):
            raise NotUnderstood(
                f"{self.address} sent another document than {digest}",
                "fetch it from another mirror, or from the address that was posted with it",
            )
        return found

    def wait_until_ready(self, seconds: float) -> None:
        """Return once the mirror can be relied on; what it said last is raised after `seconds`."""
        until = time.monotonic() + seconds
        while True:
            try:
                self._reply("/ready", {}).close()
            except (Refused, Unreachable):
                if time.monotonic() >= until:
                    raise
                self._pause(_LOOK_AGAIN)
            else:
                return

    # --- how --------------------------------------------------------------------------------------

    def _read(self, model: type[_R], data: bytes) -> _R:
        """A reply in its form; fields that a newer server has added are passed over."""
        try:
            return model.model_validate_json(data, extra="ignore")
        except ValidationError as error:
            first = error.errors(include_input=False, include_url=False)[0]
            where = ".".join(str(part) for part in first["loc"])
            raise NotUnderstood(
                f"{self.address} answered something unexpected ({where}: {first['msg']})",
                "check the address, and that client and server are of versions that fit",
            ) from error

    def _bytes(self, path: str, query: Mapping[str, Asked]) -> bytes:
        """A reply's body, out of what is kept where the server says that it still holds."""
        key = f"{path}?{json.dumps(query, sort_keys=True)}"
        known = self._kept.get(key)
        headers = {"If-None-Match": known[0]} if known else {}
        with self._reply(path, query, headers) as reply:
            if reply.status_code == _NOT_MODIFIED and known:
                self._kept.move_to_end(key)
                return known[1]
            tag, body = reply.headers.get("ETag"), reply.content
        if tag:
            self._kept[key] = (tag, body)
            while len(self._kept) > _KEPT:
                self._kept.popitem(last=False)
        return body

    def _reply(
        self,
        path: str,
        query: Mapping[str, Asked],
        headers: Mapping[str, str] | None = None,
        *,
        stream: bool = False,
    ) -> requests.Response:
        """A reply that is one; `Refused`, `Unreachable`, `NotUnderstood`."""
        for left in range(_TRIES - 1, -1, -1):
            try:
                reply = self._session.get(
                    f"{self.address}{path}",
                    params=dict(query),
                    headers=dict(headers or {}),
                    timeout=self._timeout,
                    allow_redirects=False,
                    stream=stream,
                )
            except requests.RequestException as error:
                raise Unreachable(
                    f"no server answers at {self.address} ({type(error).__name__})",
                    "check the address, and that `millpond serve` runs there",
                ) from None
            if reply.status_code != _TOO_MANY or not left:
                break
            reply.close()
            self._pause(_seconds(reply.headers.get("Retry-After")))
        if reply.status_code in (_OK, _NOT_MODIFIED):
            return reply
        with reply:
            raise self._refusal(reply)

    def _refusal(self, reply: requests.Response) -> Refused | NotUnderstood:
        kind = reply.headers.get("Content-Type", "").partition(";")[0]
        try:
            said = reply.json() if kind == _PROBLEM else {}
            return Refused(
                Said(
                    status=reply.status_code,
                    kind=str(said["type"]).rpartition("#")[2],
                    title=str(said["title"]),
                    detail=str(said["detail"]),
                    next_step=str(said["next_step"]),
                )
            )
        except (ValueError, LookupError, TypeError):
            return NotUnderstood(
                f"{self.address} answered with HTTP status {reply.status_code} and no reason",
                "check that the address is a Millpond server's, and what stands in front of it",
            )


def _address(path: str, asked: Mapping[str, Asked | None]) -> tuple[str, dict[str, Asked]]:
    """A route's path with its names filled in, and what is left for the query."""
    given = {name: value for name, value in asked.items() if value is not None}
    for name in list(given):
        place = f"{{{name}}}"
        if place in path:
            path = path.replace(place, quote(str(given.pop(name)), safe=""))
    if "{" in path:
        raise BadInput(f"{path} has a name that was not given", "pass it by that name")
    return path, {name: _written(value) for name, value in given.items()}


def _written(value: Asked) -> Asked:
    return str(value).lower() if isinstance(value, bool) else value


def _row_of(route: Many[Any]) -> type[BaseModel]:
    """The form of a list's rows: that of its page's `data`."""
    row: type[BaseModel] = get_args(route.page.model_fields["data"].annotation)[0]
    return row


def _seconds(said: str | None) -> float:
    """What Retry-After says, within reason."""
    return min(_LONGEST_PAUSE, float(said)) if said and said.isdigit() else 1.0
