# SPDX-License-Identifier: AGPL-3.0-only
"""The books of a pool: every line with what its earmark then had, patrons, thanks in grain."""

from fastapi import APIRouter, Response

from millpond.api.listing import lists
from millpond.api.models.books import LinePage, PatronPage, ThanksPage
from millpond.api.query import Gifts, Ledger, List, PoolName
from millpond.api.services import Asking
from millpond.mirror.reads import ledger, patrons, pools
from millpond.mirror.reads.snapshot import Listed, Range, Snapshot

router = APIRouter(prefix="/v1/pools/{pool}", tags=["money"])


@lists(router, "/ledger", "list_ledger", LinePage, 404)
def list_ledger(asked: Asking, pool: PoolName, query: Ledger) -> Response:
    """Every line of a pool's books, to the beginning, each with the balance after it."""

    def read(now: Snapshot, part: Range) -> Listed[ledger.Line]:
        return ledger.listed(now, pools.find(now, pool), part, query.earmark, query.asset)

    return asked.page(LinePage, read, query)


@lists(router, "/patrons", "list_patrons", PatronPage, 404)
def list_patrons(asked: Asking, pool: PoolName, query: Gifts) -> Response:
    """Who gave, by the first gift, with sums by asset; all who asked not to be named are one."""

    def read(now: Snapshot, part: Range) -> Listed[patrons.PatronOf]:
        return patrons.listed(now, pools.find(now, pool), part, query.earmark)

    return asked.page(PatronPage, read, query)


@lists(router, "/patron-grain", "list_patron_grain", ThanksPage, 404)
def list_patron_grain(asked: Asking, pool: PoolName, query: List) -> Response:
    """Gifts that were thanked with grain."""

    def read(now: Snapshot, part: Range) -> Listed[patrons.Thanks]:
        return patrons.thanks(now, pools.find(now, pool), part)

    return asked.page(ThanksPage, read, query)
