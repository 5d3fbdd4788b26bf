# SPDX-License-Identifier: AGPL-3.0-only
"""Waiting for the mirror to move: one look at its cursor serves everybody who waits.

The look is taken in a thread, and no more often than every `pause` seconds however many wait, so a
thousand members who wait for their ballots cost as much as one.
"""

import asyncio
import time

from starlette.concurrency import run_in_threadpool

from millpond.mirror.reads.refusals import NotYetMirrored
from millpond.mirror.reads.snapshot import Finality, Mirror
from millpond.mirror.reads.stream import Standing, standing


class Watch:
    """How far the mirror is, for any number of tasks of one event loop."""

    def __init__(self, mirror: Mirror, pause: float = 0.2) -> None:
        self.pause = pause
        self._mirror = mirror
        self._lock = asyncio.Lock()
        self._seen: Standing | None = None
        self._seen_at = 0.0

    async def look(self) -> Standing:
        """How far it is, as of at most `pause` seconds ago."""
        async with self._lock:
            if self._seen is None or time.monotonic() - self._seen_at >= self.pause:
                self._seen = await run_in_threadpool(self._read)
                self._seen_at = time.monotonic()
            return self._seen

    async def reached(self, number: int, finality: Finality, seconds: int) -> None:
        """Return once the mirror has that block; `NotYetMirrored` when the time is over."""
        until = time.monotonic() + seconds
        while (height := (await self.look()).number_of(finality)) < number:
            if time.monotonic() >= until:
                raise NotYetMirrored(
                    f"the mirror's {finality} block is {height}; {number} was asked for",
                    "ask again in a moment; with wait=30 the answer comes as soon as it is there",
                )
            await asyncio.sleep(self.pause)

    def _read(self) -> Standing:
        with self._mirror.snapshot() as now:
            return standing(now)
