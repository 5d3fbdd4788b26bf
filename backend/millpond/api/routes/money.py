# SPDX-License-Identifier: AGPL-3.0-only
"""Earmarks and gifts."""

from fastapi import APIRouter, Response

from millpond.api.models.money import EarmarkPage, GiftPage
from millpond.api.problems import declared
from millpond.api.query import Gifts, List, PoolName
from millpond.api.services import Asking
from millpond.mirror.reads import money as reads
from millpond.mirror.reads import pools
from millpond.mirror.reads.snapshot import Listed, Snapshot

router = APIRouter(prefix="/v1/pools/{pool}", tags=["money"])


@router.get(
    "/earmarks",
    operation_id="list_earmarks",
    response_model=EarmarkPage,
    responses=declared(304, 404),
)
def list_earmarks(asked: Asking, pool: PoolName, query: List) -> Response:
    """A pool's earmarks by number, each with its accounts by asset."""

    def read(now: Snapshot) -> Listed[reads.Earmark]:
        return reads.earmarks(now, pools.find(now, pool), query.part)

    return asked.page(EarmarkPage, read)


@router.get(
    "/gifts",
    operation_id="list_gifts",
    response_model=GiftPage,
    responses=declared(304, 404),
)
def list_gifts(asked: Asking, pool: PoolName, query: Gifts) -> Response:
    """A pool's gifts in the order of the chain. Who asked not to be named is not."""

    def read(now: Snapshot) -> Listed[reads.Gift]:
        return reads.gifts(now, pools.find(now, pool), query.part, query.earmark)

    return asked.page(GiftPage, read)
