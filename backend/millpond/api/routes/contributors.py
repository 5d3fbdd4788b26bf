# SPDX-License-Identifier: AGPL-3.0-only
"""Distributors of a pool, and its contributors over all epochs."""

from fastapi import APIRouter, Response

from millpond.api.listing import lists
from millpond.api.models.contributors import ContributorPage, DistributorPage, EpochSharePage
from millpond.api.query import List, PoolName, Subjects, SubjectText, subject_text
from millpond.api.services import Asking
from millpond.mirror.reads import contributors, distributors, pools
from millpond.mirror.reads.snapshot import Listed, Range, Snapshot

router = APIRouter(prefix="/v1/pools/{pool}", tags=["distributions"])


@lists(router, "/distributors", "list_distributors", DistributorPage, 404)
def list_distributors(asked: Asking, pool: PoolName, query: List) -> Response:
    """The contracts that pay a pool's people, each with what governs it."""

    def read(now: Snapshot, part: Range) -> Listed[distributors.Distributor]:
        return distributors.listed(now, pools.find(now, pool), part)

    return asked.page(DistributorPage, read, query)


@lists(router, "/contributors", "list_contributors", ContributorPage, 404)
def list_contributors(asked: Asking, pool: PoolName, query: Subjects) -> Response:
    """Everybody with cred in a final epoch, and everybody who was ever paid, by subject. Cred needs
    the documents on the shelf; each row says how many are not."""

    def read(now: Snapshot, part: Range) -> Listed[contributors.Contributor]:
        return contributors.listed(now, pools.find(now, pool), asked.services.shelf, part)

    return asked.page(ContributorPage, read, query)


@lists(router, "/contributors/{subject}/epochs", "list_epochs_of_contributor", EpochSharePage, 404)
def list_epochs_of_contributor(
    asked: Asking, pool: PoolName, subject: SubjectText, query: List
) -> Response:
    """One contributor, epoch by epoch: cred, share, what is due and what was paid."""
    wanted = subject_text(subject)

    def read(now: Snapshot, part: Range) -> Listed[contributors.EpochShare]:
        owner = pools.find(now, pool)
        return contributors.history(now, owner, asked.services.shelf, wanted, part)

    return asked.page(EpochSharePage, read, query)
