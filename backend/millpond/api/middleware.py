# SPDX-License-Identifier: AGPL-3.0-only
"""What holds for every reply: headers that keep a browser from doing anything but show it."""

import logging
from collections.abc import Callable

from starlette.datastructures import MutableHeaders
from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Message, Receive, Scope, Send

CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "cross-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}
_HEAD = "millpond.head"
_LOG = logging.getLogger("millpond.api")


def is_head(request: HTTPConnection) -> bool:
    """Whether only the headers are wanted: what has no end must not begin then."""
    return bool(request.scope.get(_HEAD))


class Guard:
    """Puts the headers on every reply, answers HEAD as GET (the server leaves the body out), and
    turns a mistake of ours into a reply that says so."""

    def __init__(self, app: ASGIApp, failed: Callable[[Scope], ASGIApp]) -> None:
        self.app = app
        self.failed = failed

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        asked = {**scope, "method": "GET", _HEAD: True} if scope["method"] == "HEAD" else scope
        begun = False

        async def out(message: Message) -> None:
            nonlocal begun
            if message["type"] == "http.response.start":
                begun = True
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        try:
            await self.app(asked, receive, out)
        except Exception:
            _LOG.exception("%s %s failed", scope["method"], scope["path"])
            if begun:
                raise
            await self.failed(asked)(asked, receive, out)
