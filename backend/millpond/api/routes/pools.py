# SPDX-License-Identifier: AGPL-3.0-only
"""Pools and their members."""

from fastapi import APIRouter, Response

from millpond.api.listing import lists
from millpond.api.models.pools import MemberPage, PoolPage, PoolReply
from millpond.api.problems import declared
from millpond.api.query import AsOf, List, Members, PoolName
from millpond.api.services import Asking
from millpond.mirror.reads import pools as reads
from millpond.mirror.reads.snapshot import Listed, Range, Snapshot

router = APIRouter(prefix="/v1/pools", tags=["pools"])


@lists(router, "", "list_pools", PoolPage)
def list_pools(asked: Asking, query: List) -> Response:
    """All pools of the Hub, in the order of their making."""
    return asked.page(PoolPage, reads.listed, query)


@router.get(
    "/{pool}",
    operation_id="get_pool",
    response_model=PoolReply,
    responses=declared(304, 404),
)
def get_pool(asked: Asking, pool: PoolName, _: AsOf) -> Response:
    """One pool, by name or address, with what governs it."""

    def read(now: Snapshot) -> dict[str, object]:
        found = reads.find(now, pool)
        constitution = reads.constitution(now, found)
        return {"pool": reads.standing(now, found), "constitution": constitution}

    return asked.reply(PoolReply, read)


@lists(router, "/{pool}/members", "list_members", MemberPage, 404)
def list_members(asked: Asking, pool: PoolName, query: Members) -> Response:
    """All seats by number: members, and former ones."""
    wanted = None if query.standing is None else query.standing == "member"

    def read(now: Snapshot, part: Range) -> Listed[reads.Member]:
        return reads.members(now, reads.find(now, pool), part, wanted)

    return asked.page(MemberPage, read, query)
