# SPDX-License-Identifier: AGPL-3.0-only
"""A pool as ERC-4824 describes a DAO."""

from typing import Any

from fastapi import APIRouter, Response

from millpond.api import erc4824
from millpond.api.erc4824 import MEDIA_TYPE, Json
from millpond.api.problems import declared
from millpond.api.query import AsOf, List, PoolName
from millpond.api.services import Asked, Asking
from millpond.mirror.reads import pools
from millpond.mirror.reads.pools import Pool
from millpond.mirror.reads.snapshot import Listed, Range, Snapshot

router = APIRouter(prefix="/v1/pools/{pool}/erc4824", tags=["standards"])
_DECLARED: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "JSON-LD as ERC-4824 has it.",
        "content": {MEDIA_TYPE: {"schema": {"type": "object"}}},
    },
    **declared(304, 404),
}


@router.get("", operation_id="get_dao", response_class=Response, responses=_DECLARED)
def get_dao(asked: Asking, pool: PoolName, _: AsOf) -> Response:
    """The pool as a DAO, with the addresses of the other four documents."""

    def read(now: Snapshot) -> str:
        return erc4824.said(erc4824.dao(pools.find(now, pool), asked.base))

    return asked.said(read, MEDIA_TYPE, more=asked.base)


@router.get(
    "/members", operation_id="list_dao_members", response_class=Response, responses=_DECLARED
)
def list_dao_members(asked: Asking, pool: PoolName, query: List) -> Response:
    """Its members, in pages as all lists."""
    return _listed(asked, pool, "members", erc4824.members, query)


@router.get(
    "/proposals", operation_id="list_dao_proposals", response_class=Response, responses=_DECLARED
)
def list_dao_proposals(asked: Asking, pool: PoolName, query: List) -> Response:
    """Its proposals with their calls, in pages as all lists."""

    def read(now: Snapshot, owner: Pool, part: Range) -> Listed[Json]:
        return erc4824.all_proposals(now, owner, part, asked.base)

    return _listed(asked, pool, "proposals", read, query)


@router.get(
    "/activities", operation_id="list_dao_activities", response_class=Response, responses=_DECLARED
)
def list_dao_activities(asked: Asking, pool: PoolName, query: List) -> Response:
    """What its members did about proposals, in pages as all lists."""
    return _listed(asked, pool, "activities", erc4824.activities, query)


@router.get(
    "/contracts", operation_id="list_dao_contracts", response_class=Response, responses=_DECLARED
)
def list_dao_contracts(asked: Asking, pool: PoolName, query: List) -> Response:
    """Its contracts."""
    return _listed(asked, pool, "contracts", erc4824.contracts, query)


def _listed(asked: Asked, pool: str, name: str, find: Any, query: List) -> Response:
    def read(now: Snapshot, part: Range) -> Listed[str]:
        owner = pools.find(now, pool)
        found = find(now, owner, part)
        return Listed([erc4824.written(owner, name, found)], found.next)

    return asked.said_in_parts(read, query, MEDIA_TYPE, more=asked.base)
