# SPDX-License-Identifier: AGPL-3.0-only
"""Every route that answers in JSON, with the form of its answers. A test holds this list against
the description that the server gives of itself."""

from dataclasses import dataclass
from typing import Generic, TypeVar

from pydantic import BaseModel

from millpond.api.models import (
    belongings,
    books,
    contributors,
    copies,
    distributions,
    events,
    links,
    money,
    pools,
    proposals,
    review,
    seats,
    status,
    storage_proofs,
)
from millpond.api.models.base import Page

_R = TypeVar("_R", bound=BaseModel)
_T = TypeVar("_T")

_POOL = "/v1/pools/{pool}"
_EPOCH = f"{_POOL}/distributions/{{epoch}}"
_PROPOSAL = f"{_POOL}/proposals/{{proposal}}"


@dataclass(frozen=True)
class One(Generic[_R]):
    """A route that answers with one thing."""

    path: str
    reply: type[_R]


@dataclass(frozen=True)
class Many(Generic[_T]):
    """A list: in pages, and whole as JSON lines."""

    path: str
    page: type[Page[_T]]


HEALTH = One("/health", status.Alive)
READY = One("/ready", status.Ready)
STATUS = One("/status", status.Status)
COPY = One("/v1/snapshot", copies.Copy)

POOLS = Many("/v1/pools", pools.PoolPage)
POOL = One(_POOL, pools.PoolReply)
MEMBERS = Many(f"{_POOL}/members", pools.MemberPage)
REBINDS = Many(f"{_POOL}/rebinds", seats.RebindPage)
BUY_INS = Many(f"{_POOL}/buy-ins", seats.BuyInPage)
LINKS = Many(f"{_POOL}/links", links.LinkPage)
IDENTITY = One(f"{_POOL}/identities/{{subject}}", links.ResolvedReply)

PROPOSALS = Many(f"{_POOL}/proposals", proposals.ProposalPage)
PROPOSAL = One(_PROPOSAL, proposals.ProposalReply)
BALLOTS = Many(f"{_PROPOSAL}/ballots", proposals.BallotPage)
ELECTORS = Many(f"{_PROPOSAL}/electors", proposals.ElectorPage)

EARMARKS = Many(f"{_POOL}/earmarks", money.EarmarkPage)
GIFTS = Many(f"{_POOL}/gifts", money.GiftPage)
LEDGER = Many(f"{_POOL}/ledger", books.LinePage)
PATRONS = Many(f"{_POOL}/patrons", books.PatronPage)
PATRON_GRAIN = Many(f"{_POOL}/patron-grain", books.ThanksPage)
COLLECTIBLES = Many(f"{_POOL}/collectibles", belongings.CollectiblePage)
LOSSES = Many(f"{_POOL}/losses", belongings.LossPage)
GRAIN_HOLDERS = Many(f"{_POOL}/grain/holders", belongings.HolderPage)

DISTRIBUTORS = Many(f"{_POOL}/distributors", contributors.DistributorPage)
CONTRIBUTORS = Many(f"{_POOL}/contributors", contributors.ContributorPage)
EPOCHS_OF = Many(f"{_POOL}/contributors/{{subject}}/epochs", contributors.EpochSharePage)
DISTRIBUTIONS = Many(f"{_POOL}/distributions", distributions.DistributionPage)
DISTRIBUTION = One(_EPOCH, distributions.DistributionReply)
LEAVES = Many(f"{_EPOCH}/leaves", distributions.LeafPage)
CLAIMS = Many(f"{_EPOCH}/claims", distributions.PaymentPage)
CLAIM = One(f"{_EPOCH}/claims/{{subject}}", distributions.ClaimReply)
PROOF = One(f"{_EPOCH}/proofs/{{subject}}", distributions.ProofReply)
REVIEW = One(f"{_EPOCH}/review", review.ReviewReply)
PEOPLE_UNDER_REVIEW = Many(f"{_EPOCH}/review/people", review.PersonPage)

STORAGE_PROOF = One("/v1/proofs/storage", storage_proofs.StorageProofReply)
EVENTS = Many("/v1/events", events.EventPage)


def every_route() -> dict[str, type[BaseModel]]:
    """Path -> form of the answer, of all the routes above."""
    found: dict[str, type[BaseModel]] = {}
    for route in globals().values():
        if isinstance(route, One):
            found[route.path] = route.reply
        elif isinstance(route, Many):
            found[route.path] = route.page
    return found
