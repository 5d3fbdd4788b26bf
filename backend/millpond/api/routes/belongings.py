# SPDX-License-Identifier: AGPL-3.0-only
"""What a pool owns besides money, what it lost, and who holds its grain."""

from fastapi import APIRouter, Response

from millpond.api.listing import lists
from millpond.api.models.belongings import CollectiblePage, HolderPage, LossPage
from millpond.api.query import List, PoolName
from millpond.api.services import Asking
from millpond.mirror.reads import belongings, pools
from millpond.mirror.reads.snapshot import Listed, Range, Snapshot

router = APIRouter(prefix="/v1/pools/{pool}", tags=["money"])


@lists(router, "/collectibles", "list_collectibles", CollectiblePage, 404)
def list_collectibles(asked: Asking, pool: PoolName, query: List) -> Response:
    """Tokens that are no money (ERC-721, ERC-1155), as they came and went, with what is held."""

    def read(now: Snapshot, part: Range) -> Listed[belongings.Collectible]:
        return belongings.collectibles(now, pools.find(now, pool), part)

    return asked.page(CollectiblePage, read, query)


@lists(router, "/losses", "list_losses", LossPage, 404)
def list_losses(asked: Asking, pool: PoolName, query: List) -> Response:
    """Each time that the members spread a loss over all that the books say of an asset."""

    def read(now: Snapshot, part: Range) -> Listed[belongings.Loss]:
        return belongings.losses(now, pools.find(now, pool), part)

    return asked.page(LossPage, read, query)


@lists(router, "/grain/holders", "list_grain_holders", HolderPage, 404)
def list_grain_holders(asked: Asking, pool: PoolName, query: List) -> Response:
    """Everybody who ever had grain of this pool, by when she first got some."""

    def read(now: Snapshot, part: Range) -> Listed[belongings.Holder]:
        return belongings.holders(now, pools.find(now, pool), part)

    return asked.page(HolderPage, read, query)
