# SPDX-License-Identifier: AGPL-3.0-only
"""Events as they were decoded, in pages and as they come."""

from typing import Annotated

from fastapi import APIRouter, Header, Request, Response
from fastapi.responses import StreamingResponse
from starlette.concurrency import run_in_threadpool

from millpond.api.listing import lists
from millpond.api.middleware import is_head
from millpond.api.models.events import EventPage
from millpond.api.problems import TooBusy, declared
from millpond.api.query import MOVE, Events, OfPoolQuery, Stream
from millpond.api.services import Asking, Serving
from millpond.api.streaming import HEADERS, MEDIA_TYPE, known_pool
from millpond.mirror.reads import events, pools
from millpond.mirror.reads.events import Filter
from millpond.mirror.reads.snapshot import Listed, Range, Snapshot

router = APIRouter(prefix="/v1/events", tags=["events"])


@lists(router, "", "list_events", EventPage, 404)
def list_events(asked: Asking, query: Events) -> Response:
    """Every event of every contract of the Hub and its pools, decoded field by field."""

    def read(now: Snapshot, part: Range) -> Listed[events.Event]:
        wanted = _filter(query, query.from_block, query.to_block)
        if wanted.pool is not None:
            wanted = events.of_pool(wanted, pools.find(now, wanted.pool))
        return events.listed(now, part, wanted)

    return asked.page(EventPage, read, query)


@router.get(
    "/stream",
    operation_id="stream_events",
    response_class=Response,
    responses={
        200: {
            "description": "Server-sent events: standing, event, advanced, retracted, reset.",
            "content": {MEDIA_TYPE: {"schema": {"type": "string"}}},
        },
        **declared(404),
    },
)
async def stream_events(
    request: Request,
    services: Serving,
    query: Stream,
    last_event_id: Annotated[str | None, Header(pattern=MOVE, include_in_schema=False)] = None,
) -> Response:
    """Events as they come, and what is taken back when the chain takes blocks back. Goes on behind
    the message whose id comes in the header Last-Event-ID."""
    wanted = await run_in_threadpool(known_pool, services.mirror, _filter(query))
    streams = services.streams
    if streams.is_full():
        raise TooBusy("this server has as many listeners as it takes", "ask again in a minute")
    if is_head(request):
        return Response(headers=HEADERS, media_type=MEDIA_TYPE)
    last = last_event_id or query.last_event_id
    return StreamingResponse(
        streams.messages(wanted, last, query.seconds), headers=HEADERS, media_type=MEDIA_TYPE
    )


def _filter(
    query: OfPoolQuery, from_block: int | None = None, to_block: int | None = None
) -> Filter:
    address = None if query.contract is None else pools.spelled(query.contract)
    return Filter(query.pool, address, query.event, from_block, to_block)
