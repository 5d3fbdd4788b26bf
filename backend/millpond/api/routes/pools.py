# SPDX-License-Identifier: AGPL-3.0-only
"""Pools and their members."""

from fastapi import APIRouter, Response

from millpond.api.models.pools import MemberPage, PoolPage, PoolReply
from millpond.api.problems import declared
from millpond.api.query import List, Members, Nothing, PoolName
from millpond.api.services import Asking
from millpond.mirror.reads import pools as reads
from millpond.mirror.reads.snapshot import Listed, Snapshot

router = APIRouter(prefix="/v1/pools", tags=["pools"])


@router.get("", operation_id="list_pools", response_model=PoolPage, responses=declared(304))
def list_pools(asked: Asking, query: List) -> Response:
    """All pools of the Hub, in the order of their making."""
    return asked.page(PoolPage, lambda now: reads.listed(now, query.part))


@router.get(
    "/{pool}",
    operation_id="get_pool",
    response_model=PoolReply,
    responses=declared(304, 404),
)
def get_pool(asked: Asking, pool: PoolName, _: Nothing) -> Response:
    """One pool, by name or address, with what governs it."""

    def read(now: Snapshot) -> dict[str, object]:
        found = reads.find(now, pool)
        return {"pool": found, "constitution": reads.constitution(now, found)}

    return asked.reply(PoolReply, read)


@router.get(
    "/{pool}/members",
    operation_id="list_members",
    response_model=MemberPage,
    responses=declared(304, 404),
)
def list_members(asked: Asking, pool: PoolName, query: Members) -> Response:
    """All seats by number: members, and former ones."""
    wanted = None if query.standing is None else query.standing == "member"

    def read(now: Snapshot) -> Listed[reads.Member]:
        return reads.members(now, reads.find(now, pool), query.part, wanted)

    return asked.page(MemberPage, read)
