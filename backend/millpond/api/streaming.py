# SPDX-License-Identifier: AGPL-3.0-only
"""Events as they come, as server-sent events; what the chain takes back is taken back here too.

    standing    where the stream begins: the mirrored block
    event       one event, in the form of /v1/events
    advanced    everything up to this block was sent
    retracted   every event above this block was taken back
    reset       it is too long ago, or another database: read the lists again and go on from here

`advanced` and `retracted` have an id. A reader that comes back with the last one (Last-Event-ID, as
browsers do by themselves) gets all that came since; where it was cut off in between, some events
twice, each with the place that tells them apart. A look at the mirror is shared by all who listen,
and no transaction stays open while a slow line takes what it was sent.
"""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Iterator

from starlette.concurrency import run_in_threadpool

from millpond.api.models.base import Model
from millpond.api.models.events import Event
from millpond.api.watching import Watch
from millpond.mirror.reads import events, pools, stream
from millpond.mirror.reads.events import Filter
from millpond.mirror.reads.health import require_sound
from millpond.mirror.reads.snapshot import Key, Mirror, Range
from millpond.mirror.reads.stream import Move

MEDIA_TYPE = "text/event-stream"
HEADERS = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
MOST_STREAMS = 500
"""Of one process; a browser holds one for each tab."""
_PART = 500
_MOVES = 50
QUIET_SECONDS = 15.0
"""After so long without a word a comment tells everybody on the way that the line is in use."""


class Streaming:
    """All streams of one process."""

    def __init__(self, mirror: Mirror, watch: Watch) -> None:
        self.open = 0
        self._mirror, self._watch = mirror, watch

    def is_full(self) -> bool:
        """Whether no more can listen."""
        return self.open >= MOST_STREAMS

    async def messages(
        self, wanted: Filter, last: str | None, seconds: float | None
    ) -> AsyncIterator[bytes]:
        """What to send, until the time is over or the reader goes."""
        self.open += 1
        try:
            async for message in self._messages(wanted, last, seconds):
                yield message
        finally:
            self.open -= 1

    async def _messages(
        self, wanted: Filter, last: str | None, seconds: float | None
    ) -> AsyncIterator[bytes]:
        until = None if seconds is None else time.monotonic() + seconds
        name, hello = await run_in_threadpool(self._hello, last)
        yield hello
        spoken = time.monotonic()
        while until is None or time.monotonic() < until:
            if (await self._watch.look()).last != name:
                for move in await run_in_threadpool(self._moves, name):
                    async for message in self._told(move, wanted):
                        yield message
                    name, spoken = move.name, time.monotonic()
            elif time.monotonic() - spoken > QUIET_SECONDS:
                yield b": still here\n\n"
                spoken = time.monotonic()
            await asyncio.sleep(self._watch.pause)

    async def _told(self, move: Move, wanted: Filter) -> AsyncIterator[bytes]:
        """One move of the mirror."""
        place = {"block_number": move.to_block, "block_hash": move.block_hash}
        if move.what == stream.ADVANCED and move.stands_to >= move.from_block:
            after: Key | None = None
            while True:
                data, after = await run_in_threadpool(self._events, move, wanted, after)
                if data:
                    yield data
                if after is None:
                    break
        yield message(move.what, place, move.name)

    # --- in a thread ------------------------------------------------------------------------------

    def _hello(self, last: str | None) -> tuple[str, bytes]:
        """Where to begin: behind the move that the reader knows, or here and now."""
        with self._mirror.snapshot() as now:
            require_sound(now)
            here = stream.standing(now)
            as_of = now.as_of
            place: dict[str, object] = {
                "block_number": as_of.block_number,
                "block_hash": as_of.block_hash,
                "safe_number": as_of.safe_number,
                "finalized_number": as_of.finalized_number,
            }
            if last is not None and stream.known(now, last) is not None:
                return last, message("standing", place, last)
            return here.last, message("standing" if last is None else "reset", place, here.last)

    def _moves(self, name: str) -> list[Move]:
        with self._mirror.snapshot() as now:
            return stream.moves(now, stream.number_of(name), _MOVES)

    def _events(self, move: Move, wanted: Filter, after: Key | None) -> tuple[bytes, Key | None]:
        """Some events of a move's blocks, and where to go on; None at their end."""
        with self._mirror.snapshot() as now:
            found = events.listed(now, Range(_PART, after), stream.within(move, wanted))
        return b"".join(_lines(found.items)), found.next


def known_pool(mirror: Mirror, wanted: Filter) -> Filter:
    """A filter whose pool is an address; `NoSuchPool`."""
    with mirror.snapshot() as now:
        require_sound(now)
        if wanted.pool is None:
            return wanted
        return events.of_pool(wanted, pools.find(now, wanted.pool))


def message(event: str, data: object, name: str | None = None) -> bytes:
    """One message. JSON has no ends of lines, so its data is one line."""
    text = data.model_dump_json() if isinstance(data, Model) else json.dumps(data)
    mark = f"id: {name}\n" if name else ""
    return f"event: {event}\n{mark}data: {text}\n\n".encode()


def _lines(found: list[events.Event]) -> Iterator[bytes]:
    for each in found:
        yield message("event", Event.model_validate(each))
