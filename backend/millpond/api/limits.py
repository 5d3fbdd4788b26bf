# SPDX-License-Identifier: AGPL-3.0-only
"""How much one address may ask: a bucket of tokens that fills again by itself.

Everybody has `burst` questions at once and `rate` more each second. Replies say what is left in
RateLimit-* headers; who has nothing left gets 429 and is told when to come back. An IPv6 network of
64 bits is one address, since one household has all of it.
"""

import math
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from ipaddress import IPv6Address, ip_address

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

MOST_KEYS = 100_000
"""Buckets that are remembered; the one that was not asked for longest is forgotten first."""
COSTS = {".csv": 20, ".jsonl": 20, ".sqlite": 20}
"""Of addresses by their end; any other costs 1, and bringing something 5."""
BRINGING = 5
FREE = frozenset({"/health", "/ready", "/metrics"})
"""What machines ask that watch over this one."""


@dataclass(frozen=True)
class Left:
    """What came of taking from a bucket."""

    allowed: bool
    limit: int
    remaining: int
    full_in: int
    """Seconds until nothing is missing."""
    again_in: int
    """Seconds until the same can be had (again)."""


class Buckets:
    """A bucket for each key, for any number of threads."""

    def __init__(
        self,
        rate: float,
        burst: int,
        clock: Callable[[], float] = time.monotonic,
        most: int = MOST_KEYS,
    ) -> None:
        self.rate, self.burst = rate, burst
        self._clock, self._most = clock, most
        self._lock = threading.Lock()
        self._kept: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def take(self, key: str, cost: int = 1) -> Left:
        """Take so many tokens, all or none. What costs more than a full bucket takes all of one."""
        cost = min(cost, self.burst)
        with self._lock:
            now = self._clock()
            tokens, at = self._kept.pop(key, (float(self.burst), now))
            tokens = min(self.burst, tokens + (now - at) * self.rate)
            allowed = tokens >= cost
            tokens -= cost if allowed else 0
            self._kept[key] = tokens, now
            while len(self._kept) > self._most:
                self._kept.popitem(last=False)
        return Left(
            allowed,
            self.burst,
            int(tokens),
            math.ceil((self.burst - tokens) / self.rate),
            math.ceil(max(0.0, cost - tokens) / self.rate),
        )


class Limits:
    """Takes a token for each request, and says on each reply what is left."""

    def __init__(self, app: ASGIApp, buckets: Buckets, refused: Callable[[Scope], ASGIApp]) -> None:
        self.app, self.buckets, self.refused = app, buckets, refused

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        if scope["type"] != "http" or scope["path"] in FREE:
            await self.app(scope, receive, send)
            return
        left = self.buckets.take(client_of(scope), cost_of(scope))

        async def out(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers["RateLimit-Limit"] = str(left.limit)
                headers["RateLimit-Remaining"] = str(left.remaining)
                headers["RateLimit-Reset"] = str(left.full_in)
                if not left.allowed:
                    headers["Retry-After"] = str(left.again_in)
            await send(message)

        app = self.app if left.allowed else self.refused(scope)
        await app(scope, receive, out)


def cost_of(scope: Scope) -> int:
    """How many tokens a request takes."""
    if scope["method"] not in {"GET", "HEAD", "OPTIONS"}:
        return BRINGING
    _, dot, end = str(scope["path"]).rpartition(".")
    return COSTS.get(dot + end, 1)


def client_of(scope: Scope) -> str:
    """Whose bucket it is: an IPv4 address, or an IPv6 network of 64 bits."""
    host = str((scope.get("client") or ("", 0))[0])
    try:
        address = ip_address(host.partition("%")[0])
    except ValueError:
        return host
    if not isinstance(address, IPv6Address):
        return host
    if address.ipv4_mapped is not None:
        return str(address.ipv4_mapped)
    return address.packed[:8].hex()
