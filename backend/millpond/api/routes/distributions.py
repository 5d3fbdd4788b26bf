# SPDX-License-Identifier: AGPL-3.0-only
"""Distributions, who gets what of them, and claims.

A pool has a distributor from its beginning and may install more. Each counts its own epochs, so
`distributor=` says whose are meant; without it, those of the first.
"""

from fastapi import APIRouter, Response

from millpond.api.listing import lists
from millpond.api.models.distributions import (
    ClaimReply,
    DistributionPage,
    DistributionReply,
    LeafPage,
    PaymentPage,
    ProofReply,
)
from millpond.api.models.review import PersonPage, ReviewReply
from millpond.api.problems import declared
from millpond.api.query import Epoch, EpochList, EpochNumber, PoolName, SubjectText, subject_text
from millpond.api.services import Asking
from millpond.mirror.reads import claims, leaves, pools, proofs
from millpond.mirror.reads import distributions as reads
from millpond.mirror.reads import review as reviews
from millpond.mirror.reads.snapshot import Listed, Range, Snapshot

router = APIRouter(prefix="/v1/pools/{pool}/distributions", tags=["distributions"])


@lists(router, "", "list_distributions", DistributionPage, 404)
def list_distributions(asked: Asking, pool: PoolName, query: EpochList) -> Response:
    """Everything that was posted, in the order of the posts: all attempts at all epochs of all
    distributors."""

    def read(now: Snapshot, part: Range) -> Listed[reads.Distribution]:
        return reads.listed(now, pools.find(now, pool), part, query.distributor)

    return asked.page(DistributionPage, read, query)


@router.get(
    "/{epoch}",
    operation_id="get_distribution",
    response_model=DistributionReply,
    responses=declared(304, 404),
)
def get_distribution(asked: Asking, pool: PoolName, epoch: EpochNumber, query: Epoch) -> Response:
    """The attempt at an epoch that counts: the final one, else the last."""

    def read(now: Snapshot) -> reads.Distribution:
        return reads.find(now, pools.paid_by(now, pool, query.distributor), epoch)

    return asked.reply(DistributionReply, read)


@lists(router, "/{epoch}/claims", "list_claims", PaymentPage, 404)
def list_claims(asked: Asking, pool: PoolName, epoch: EpochNumber, query: EpochList) -> Response:
    """Every leaf of an epoch that was paid, in the order of the chain. Needs no document."""

    def read(now: Snapshot, part: Range) -> Listed[reads.Payment]:
        return reads.payments(now, pools.paid_by(now, pool, query.distributor), epoch, part)

    return asked.page(PaymentPage, read, query)


@router.get(
    "/{epoch}/claims/{subject}",
    operation_id="get_claim",
    response_model=ClaimReply,
    responses=declared(304, 404, 409),
)
def get_claim(
    asked: Asking, pool: PoolName, epoch: EpochNumber, subject: SubjectText, query: Epoch
) -> Response:
    """One leaf of a final epoch: its amount, what became of it, its proof, and every argument of
    the distributor's `claim`, ready to be sent by anyone. Needs the document on the shelf."""
    wanted = subject_text(subject)

    def read(now: Snapshot) -> claims.Claim:
        owner = pools.paid_by(now, pool, query.distributor)
        found = reads.find(now, owner, epoch)
        return claims.claim(now, owner, found, asked.services.shelf, wanted)

    return asked.reply(ClaimReply, read)


@router.get(
    "/{epoch}/proofs/{subject}",
    operation_id="get_proof",
    response_model=ProofReply,
    responses=declared(304, 404, 409),
)
def get_proof(
    asked: Asking, pool: PoolName, epoch: EpochNumber, subject: SubjectText, query: Epoch
) -> Response:
    """One leaf of an epoch, as it was posted, and its proof: enough to recompute the root, from a
    few reads of a file beside the document. Needs the document on the shelf."""
    wanted = subject_text(subject)

    def read(now: Snapshot) -> proofs.Proven:
        owner = pools.paid_by(now, pool, query.distributor)
        found = reads.find(now, owner, epoch)
        return proofs.proven(now, owner, found, asked.services.shelf, wanted)

    return asked.reply(ProofReply, read)


@lists(router, "/{epoch}/leaves", "list_leaves", LeafPage, 404, 409)
def list_leaves(asked: Asking, pool: PoolName, epoch: EpochNumber, query: EpochList) -> Response:
    """Every leaf of an epoch by its index, paid or not. Needs the document on the shelf."""
    whole: list[leaves.Shares] = []

    def read(now: Snapshot, part: Range) -> Listed[leaves.Leaf]:
        if not whole:  # a list that is sent whole is made once, not once a part
            owner = pools.paid_by(now, pool, query.distributor)
            found = reads.find(now, owner, epoch)
            document = leaves.opened(now, owner, found, asked.services.shelf)
            whole.append(leaves.shares(now, owner, found, document))
        return leaves.part_of(whole[0], part)

    return asked.page(LeafPage, read, query)


@router.get(
    "/{epoch}/review",
    operation_id="get_review",
    response_model=ReviewReply,
    responses=declared(304, 404),
)
def get_review(asked: Asking, pool: PoolName, epoch: EpochNumber, query: Epoch) -> Response:
    """What members look at before an epoch is final: time left, objections, signers and their caps,
    who is left out or struck out and why. Without the document on the shelf it says so."""

    def read(now: Snapshot) -> reviews.Review:
        owner = pools.paid_by(now, pool, query.distributor)
        found = reads.find(now, owner, epoch)
        return reviews.review(now, owner, found, asked.services.shelf)

    return asked.reply(ReviewReply, read)


@lists(router, "/{epoch}/review/people", "list_people_under_review", PersonPage, 404, 409)
def list_people_under_review(
    asked: Asking, pool: PoolName, epoch: EpochNumber, query: EpochList
) -> Response:
    """Everybody of this epoch and of the last final one, by subject: cred by week and amounts of
    both, the difference and what it comes from. Needs the document on the shelf. Where the server
    has the instance (`millpond serve --instance`), the largest contributions too."""

    def read(now: Snapshot, part: Range) -> Listed[reviews.PersonUnderReview]:
        owner = pools.paid_by(now, pool, query.distributor)
        found = reads.find(now, owner, epoch)
        services = asked.services
        return reviews.people(now, owner, found, services.shelf, part, services.why)

    return asked.page(PersonPage, read, query)
