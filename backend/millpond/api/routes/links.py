# SPDX-License-Identifier: AGPL-3.0-only
"""Links between identities and accounts."""

from fastapi import APIRouter, Response

from millpond.api.listing import lists
from millpond.api.models.links import LinkPage, ResolvedReply
from millpond.api.problems import declared
from millpond.api.query import AsOf, Links, PoolName, SubjectText, subject_text
from millpond.api.services import Asking
from millpond.mirror.reads import links, pools
from millpond.mirror.reads.snapshot import Listed, Range, Snapshot

router = APIRouter(prefix="/v1/pools/{pool}", tags=["identities"])


@lists(router, "/links", "list_links", LinkPage, 404)
def list_links(asked: Asking, pool: PoolName, query: Links) -> Response:
    """Every link that a pool's own attesters signed, with its state."""

    def read(now: Snapshot, part: Range) -> Listed[links.Link]:
        return links.listed(now, pools.find(now, pool), part, query.identity, query.account)

    return asked.page(LinkPage, read, query)


@router.get(
    "/identities/{subject}",
    operation_id="get_identity",
    response_model=ResolvedReply,
    responses=declared(304, 404),
)
def get_identity(asked: Asking, pool: PoolName, subject: SubjectText, _: AsOf) -> Response:
    """Where a pool pays a subject now, and by whose word: the account that payouts go to."""
    wanted = subject_text(subject)

    def read(now: Snapshot) -> links.Resolved:
        return links.resolved(now, pools.find(now, pool), wanted)

    return asked.reply(ResolvedReply, read)
