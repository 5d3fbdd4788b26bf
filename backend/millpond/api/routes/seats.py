# SPDX-License-Identifier: AGPL-3.0-only
"""What happened to seats besides votes."""

from fastapi import APIRouter, Response

from millpond.api.listing import lists
from millpond.api.models.seats import BuyInPage, RebindPage
from millpond.api.query import List, PoolName
from millpond.api.services import Asking
from millpond.mirror.reads import pools, seats
from millpond.mirror.reads.snapshot import Listed, Range, Snapshot

router = APIRouter(prefix="/v1/pools/{pool}", tags=["members"])


@lists(router, "/rebinds", "list_rebinds", RebindPage, 404)
def list_rebinds(asked: Asking, pool: PoolName, query: List) -> Response:
    """Requests that a seat be moved to another key of the same person, and what became of them."""

    def read(now: Snapshot, part: Range) -> Listed[seats.Rebind]:
        return seats.rebinds(now, pools.find(now, pool), part)

    return asked.page(RebindPage, read, query)


@lists(router, "/buy-ins", "list_buy_ins", BuyInPage, 404)
def list_buy_ins(asked: Asking, pool: PoolName, query: List) -> Response:
    """What newcomers put in, and whether it was given back."""

    def read(now: Snapshot, part: Range) -> Listed[seats.BuyIn]:
        return seats.buy_ins(now, pools.find(now, pool), part)

    return asked.page(BuyInPage, read, query)
