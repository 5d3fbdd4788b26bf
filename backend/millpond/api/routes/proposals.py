# SPDX-License-Identifier: AGPL-3.0-only
"""Proposals and ballots."""

from fastapi import APIRouter, Response

from millpond.api.listing import lists
from millpond.api.models.proposals import BallotPage, ElectorPage, ProposalPage, ProposalReply
from millpond.api.problems import declared
from millpond.api.query import AsOf, List, PoolName, ProposalId, Proposals
from millpond.api.services import Asking
from millpond.chain.wording import told
from millpond.mirror.reads import pools
from millpond.mirror.reads import proposals as reads
from millpond.mirror.reads.snapshot import Listed, Range, Snapshot

router = APIRouter(prefix="/v1/pools/{pool}/proposals", tags=["proposals"])


@lists(router, "", "list_proposals", ProposalPage, 404)
def list_proposals(asked: Asking, pool: PoolName, query: Proposals) -> Response:
    """A pool's proposals in the order of their making."""
    states = () if query.state is None else (query.state,)

    def read(now: Snapshot, part: Range) -> Listed[reads.Proposal]:
        return reads.listed(now, pools.find(now, pool), part, states)

    return asked.page(ProposalPage, read, query)


@router.get(
    "/{proposal}",
    operation_id="get_proposal",
    response_model=ProposalReply,
    responses=declared(304, 404),
)
def get_proposal(asked: Asking, pool: PoolName, proposal: ProposalId, _: AsOf) -> Response:
    """One proposal with its actions decoded, each in a sentence and with its raw bytes."""

    def read(now: Snapshot) -> dict[str, object]:
        owner = pools.find(now, pool)
        found = reads.in_full(now, owner, proposal)
        actions = told(found.actions, found.facts, proposer=found.proposal.proposer)
        return {"proposal": found.proposal, "actions": actions, "history": found.history}

    return asked.reply(ProposalReply, read)


@lists(router, "/{proposal}/ballots", "list_ballots", BallotPage, 404)
def list_ballots(asked: Asking, pool: PoolName, proposal: ProposalId, query: List) -> Response:
    """The last ballot of each seat, in the order of the chain. A changed mind moves to the end."""

    def read(now: Snapshot, part: Range) -> Listed[reads.Ballot]:
        owner = pools.find(now, pool)
        found = reads.find(now, owner, proposal)
        return reads.ballots(now, owner, found.id, part)

    return asked.page(BallotPage, read, query)


@lists(router, "/{proposal}/electors", "list_electors", ElectorPage, 404)
def list_electors(asked: Asking, pool: PoolName, proposal: ProposalId, query: List) -> Response:
    """The electorate by seat: the members of the moment of proposing, and what each has said."""

    def read(now: Snapshot, part: Range) -> Listed[reads.Elector]:
        owner = pools.find(now, pool)
        return reads.electors(now, owner, reads.find(now, owner, proposal), part)

    return asked.page(ElectorPage, read, query)
