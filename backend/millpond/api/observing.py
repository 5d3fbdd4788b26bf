# SPDX-License-Identifier: AGPL-3.0-only
"""Every request has an id, is counted, and leaves a line in the log.

The id comes back as X-Request-Id; a proxy in front may choose it. A line names the route, not the
address as it was written: what people look for is nobody's business, and nor is who they are.
"""

import logging
import re
import time
import uuid

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from millpond.api.logs import REQUEST_ID, fields
from millpond.api.metrics import Metrics

ID_HEADER = "X-Request-Id"
_ID = re.compile(r"[A-Za-z0-9-]{8,64}")
_METHODS = frozenset({"GET", "HEAD", "POST", "OPTIONS"})
_OTHER = "other"
"""Whatever anybody makes up is one label, or a stranger could fill the memory with labels."""
_FAILED = 500
_SEEN = "millpond.seen"
_LOG = logging.getLogger("millpond.requests")


class Observed:
    """Around all that answers."""

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        self.app = app
        self.metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        request_id = _id_of(scope)
        token = REQUEST_ID.set(request_id)
        began, status = time.perf_counter(), _FAILED
        seen: dict[str, object] = {}
        self.metrics.begun()

        async def out(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = int(message["status"])
                MutableHeaders(scope=message)[ID_HEADER] = request_id
            await send(message)

        try:
            await self.app({**scope, _SEEN: seen}, receive, out)
        finally:
            seconds = time.perf_counter() - began
            method = scope["method"] if scope["method"] in _METHODS else _OTHER
            route = _name_of(seen.get("route"))
            self.metrics.answered(method, route, status, seconds)
            said = fields(method=method, route=route, status=status, ms=round(1_000 * seconds, 1))
            _LOG.info("answered", extra=said)
            REQUEST_ID.reset(token)


class Routed:
    """Within all that answers: passes on to `Observed` which route was taken. What lies between
    them may hand on a request that is no longer the one that came."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        try:
            await self.app(scope, receive, send)
        finally:
            if _SEEN in scope:
                scope[_SEEN]["route"] = scope.get("route")


def _id_of(scope: Scope) -> str:
    """As a proxy in front has it, or a new one."""
    given = Headers(scope=scope).get(ID_HEADER, "")
    return given if _ID.fullmatch(given) else uuid.uuid4().hex


def _name_of(route: object) -> str:
    """The pattern that the address fitted: /v1/pools/{pool}."""
    path = getattr(route, "path", None)
    return path if isinstance(path, str) else _OTHER
