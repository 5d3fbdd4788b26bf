# SPDX-License-Identifier: AGPL-3.0-only
"""A proposal: what it would do, what is said for it, who voted how, what comes when."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter, Response

from millpond.api.pages.cards import counted, standing, tally_strip, text_of, title_of
from millpond.api.pages.panels import place_of, vote_panel
from millpond.api.pages.render import page
from millpond.api.query import Nothing, PoolName, ProposalId
from millpond.api.services import Asked, Asking
from millpond.chain.wording import told
from millpond.mirror.reads import distributions, pools, proposals
from millpond.mirror.reads.proposals import CONSENT, Ballot, Proposal
from millpond.mirror.reads.snapshot import Range, Snapshot

router = APIRouter(include_in_schema=False)
_MOST = 500
_ZEROS = "0x" + "00" * 32


@dataclass(frozen=True)
class Moment:
    """A time that matters."""

    at: int
    words: str


@router.get("/pools/{pool}/proposals/{proposal}")
def proposal_page(asked: Asking, pool: PoolName, proposal: ProposalId, _: Nothing) -> Response:
    """One proposal."""
    return page(asked, "proposal.html", lambda now: _read(asked, now, pool, proposal))


def _read(asked: Asked, now: Snapshot, name: str, number: str) -> dict[str, Any]:
    pool = pools.find(now, name)
    full = proposals.in_full(now, pool, number)
    proposal, second = full.proposal, now.as_of.block_timestamp
    cast = proposals.ballots(now, pool, number, Range(_MOST)).items
    electors = proposals.electors(now, pool, proposal, Range(_MOST)).items
    return {
        "pool": pool,
        "proposal": proposal,
        "title": title_of(proposal, distributions.epochs_by_proposal(now, pool)),
        "standing": standing(proposal, second),
        "text": "" if proposal.class_name == CONSENT else text_of(proposal),
        "actions": told(full.actions, full.facts, proposer=proposal.proposer),
        "history": full.history,
        "bar": tally_strip(proposal),
        "counted": f"Of {proposal.electorate} who may vote: {counted(proposal)}.",
        "timeline": _timeline(proposal),
        "ballots": cast,
        "reasons": _reasons(asked, cast),
        "silent": [each for each in electors if each.support is None],
        "zeros": _ZEROS,
        "panel": vote_panel(place_of(asked, now, pool), pool, proposal, full.actions),
    }


def _reasons(asked: Asked, cast: Sequence[Ballot]) -> dict[str, str]:
    """The texts that the relay knows behind hashes, by hash: whoever signed one vouches for it."""
    relay = asked.services.relay
    if relay is None:
        return {}
    hashes = {each.reason_hash for each in cast if each.reason is None and each.reason_hash}
    found = {each: relay.queue.reason(each) for each in hashes if each != _ZEROS}
    return {each: text for each, text in found.items() if text is not None}


def _timeline(proposal: Proposal) -> list[Moment]:
    """What has happened and what will, unless it is over before."""
    found = [Moment(proposal.created_at, "Proposed; who may vote is fixed from here on")]
    end = proposal.canceled_at or proposal.executed_at
    ahead = [
        Moment(proposal.opens_at, "The vote opens"),
        Moment(proposal.closes_at, "The vote closes"),
    ]
    if proposal.state != "defeated":
        if proposal.eta > proposal.closes_at:
            ahead.append(Moment(proposal.eta, "It can be carried out, if it passed"))
        ahead.append(Moment(proposal.expires_at, "It expires, if nobody carried it out"))
    found += [each for each in ahead if end is None or each.at <= end]
    if proposal.canceled_at is not None:
        found.append(Moment(proposal.canceled_at, "Withdrawn by its proposer"))
    if proposal.executed_at is not None:
        found.append(Moment(proposal.executed_at, "Carried out"))
    return sorted(found, key=lambda each: each.at)
