# SPDX-License-Identifier: AGPL-3.0-only
"""Earmarks and gifts."""

from fastapi import APIRouter, Response

from millpond.api.listing import lists
from millpond.api.models.money import EarmarkPage, GiftPage
from millpond.api.query import Gifts, List, PoolName
from millpond.api.services import Asking
from millpond.mirror.reads import money as reads
from millpond.mirror.reads import pools
from millpond.mirror.reads.snapshot import Listed, Range, Snapshot

router = APIRouter(prefix="/v1/pools/{pool}", tags=["money"])


@lists(router, "/earmarks", "list_earmarks", EarmarkPage, 404)
def list_earmarks(asked: Asking, pool: PoolName, query: List) -> Response:
    """A pool's earmarks by number, each with its accounts by asset."""

    def read(now: Snapshot, part: Range) -> Listed[reads.Earmark]:
        return reads.earmarks(now, pools.find(now, pool), part)

    return asked.page(EarmarkPage, read, query)


@lists(router, "/gifts", "list_gifts", GiftPage, 404)
def list_gifts(asked: Asking, pool: PoolName, query: Gifts) -> Response:
    """A pool's gifts in the order of the chain. Who asked not to be named is not."""

    def read(now: Snapshot, part: Range) -> Listed[reads.Gift]:
        return reads.gifts(now, pools.find(now, pool), part, query.earmark)

    return asked.page(GiftPage, read, query)
