# SPDX-License-Identifier: AGPL-3.0-only
"""Atom feeds of a pool."""

from typing import Annotated, Literal

from fastapi import APIRouter, Path, Response

from millpond.api import atom
from millpond.api.feeds import Told
from millpond.api.problems import declared
from millpond.api.query import AsOf, PoolName
from millpond.api.services import Asking
from millpond.mirror.reads import pools
from millpond.mirror.reads.snapshot import Snapshot

router = APIRouter(prefix="/v1/pools/{pool}/feeds", tags=["feeds"])
FeedName = Annotated[
    Literal["pool", "proposals", "epochs"],
    Path(description="Everything, only proposals, or only epochs."),
]


@router.get(
    "/{feed}.atom",
    operation_id="get_feed",
    response_class=Response,
    responses={
        200: {
            "description": "An Atom feed (RFC 4287), its newest entries first.",
            "content": {"application/atom+xml": {"schema": {"type": "string"}}},
        },
        **declared(304, 404),
    },
)
def get_feed(asked: Asking, pool: PoolName, feed: FeedName, _: AsOf) -> Response:
    """What is new in a pool: the fifty entries that changed last."""

    def read(now: Snapshot) -> str:
        told = Told(now, pools.find(now, pool), asked.base)
        return atom.written(told.feed(feed, f"{asked.base}{asked.request.url.path}"))

    return asked.said(read, atom.MEDIA_TYPE, more=asked.base)
