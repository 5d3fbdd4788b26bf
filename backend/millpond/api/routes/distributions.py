# SPDX-License-Identifier: AGPL-3.0-only
"""Distributions, who gets what of them, and claims."""

from fastapi import APIRouter, Response

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
from millpond.api.query import EpochNumber, List, Nothing, PoolName, SubjectText, subject_text
from millpond.api.services import Asking
from millpond.mirror.reads import claims, leaves, pools, proofs
from millpond.mirror.reads import distributions as reads
from millpond.mirror.reads import review as reviews
from millpond.mirror.reads.snapshot import Listed, Snapshot

router = APIRouter(prefix="/v1/pools/{pool}/distributions", tags=["distributions"])


@router.get(
    "",
    operation_id="list_distributions",
    response_model=DistributionPage,
    responses=declared(304, 404),
)
def list_distributions(asked: Asking, pool: PoolName, query: List) -> Response:
    """Everything that was posted, in the order of the posts: all attempts at all epochs."""

    def read(now: Snapshot) -> Listed[reads.Distribution]:
        return reads.listed(now, pools.find(now, pool), query.part)

    return asked.page(DistributionPage, read)


@router.get(
    "/{epoch}",
    operation_id="get_distribution",
    response_model=DistributionReply,
    responses=declared(304, 404),
)
def get_distribution(asked: Asking, pool: PoolName, epoch: EpochNumber, _: Nothing) -> Response:
    """The attempt at an epoch that counts: the final one, else the last."""

    def read(now: Snapshot) -> reads.Distribution:
        return reads.find(now, pools.find(now, pool), epoch)

    return asked.reply(DistributionReply, read)


@router.get(
    "/{epoch}/claims",
    operation_id="list_claims",
    response_model=PaymentPage,
    responses=declared(304, 404),
)
def list_claims(asked: Asking, pool: PoolName, epoch: EpochNumber, query: List) -> Response:
    """Every leaf of an epoch that was paid, in the order of the chain. Needs no document."""

    def read(now: Snapshot) -> Listed[reads.Payment]:
        return reads.payments(now, pools.find(now, pool), epoch, query.part)

    return asked.page(PaymentPage, read)


@router.get(
    "/{epoch}/claims/{subject}",
    operation_id="get_claim",
    response_model=ClaimReply,
    responses=declared(304, 404, 409),
)
def get_claim(
    asked: Asking, pool: PoolName, epoch: EpochNumber, subject: SubjectText, _: Nothing
) -> Response:
    """One leaf of a final epoch: its amount, what became of it, its proof, and every argument of
    the distributor's `claim`, ready to be sent by anyone. Needs the document on the shelf."""
    wanted = subject_text(subject)

    def read(now: Snapshot) -> claims.Claim:
        owner = pools.find(now, pool)
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
    asked: Asking, pool: PoolName, epoch: EpochNumber, subject: SubjectText, _: Nothing
) -> Response:
    """One leaf of an epoch, as it was posted, and its proof: enough to recompute the root, from a
    few reads of a file beside the document. Needs the document on the shelf."""
    wanted = subject_text(subject)

    def read(now: Snapshot) -> proofs.Proven:
        owner = pools.find(now, pool)
        found = reads.find(now, owner, epoch)
        return proofs.proven(now, owner, found, asked.services.shelf, wanted)

    return asked.reply(ProofReply, read)


@router.get(
    "/{epoch}/leaves",
    operation_id="list_leaves",
    response_model=LeafPage,
    responses=declared(304, 404, 409),
)
def list_leaves(asked: Asking, pool: PoolName, epoch: EpochNumber, query: List) -> Response:
    """Every leaf of an epoch by its index, paid or not. Needs the document on the shelf."""

    def read(now: Snapshot) -> Listed[leaves.Leaf]:
        owner = pools.find(now, pool)
        found = reads.find(now, owner, epoch)
        document = leaves.opened(now, owner, found, asked.services.shelf)
        return leaves.part_of(leaves.shares(now, owner, found, document), query.part)

    return asked.page(LeafPage, read)


@router.get(
    "/{epoch}/review",
    operation_id="get_review",
    response_model=ReviewReply,
    responses=declared(304, 404),
)
def get_review(asked: Asking, pool: PoolName, epoch: EpochNumber, _: Nothing) -> Response:
    """What members look at before an epoch is final: time left, objections, signers and their caps,
    who is left out or struck out and why. Without the document on the shelf it says so."""

    def read(now: Snapshot) -> reviews.Review:
        owner = pools.find(now, pool)
        found = reads.find(now, owner, epoch)
        return reviews.review(now, owner, found, asked.services.shelf)

    return asked.reply(ReviewReply, read)


@router.get(
    "/{epoch}/review/people",
    operation_id="list_people_under_review",
    response_model=PersonPage,
    responses=declared(304, 404, 409),
)
def list_people_under_review(
    asked: Asking, pool: PoolName, epoch: EpochNumber, query: List
) -> Response:
    """Everybody of this epoch and of the last final one, by subject: cred by week and amounts of
    both, the difference and what it comes from. Needs the document on the shelf. Where the server
    has the instance (`millpond serve --instance`), the largest contributions too."""

    def read(now: Snapshot) -> Listed[reviews.PersonUnderReview]:
        owner = pools.find(now, pool)
        found = reads.find(now, owner, epoch)
        services = asked.services
        return reviews.people(now, owner, found, services.shelf, query.part, services.why)

    return asked.page(PersonPage, read)
