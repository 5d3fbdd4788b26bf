# SPDX-License-Identifier: AGPL-3.0-only
"""What a page tells its script, so that a member can act on it: where, on which chain, on what.

The script holds all of it against the chain before it asks anything of a wallet.
"""

import json
from dataclasses import dataclass

from millpond.api.services import Asked
from millpond.chain.governance import Action
from millpond.core.subjects import to_hex
from millpond.mirror.reads.distributions import Distribution
from millpond.mirror.reads.pools import Pool
from millpond.mirror.reads.proposals import Proposal
from millpond.mirror.reads.snapshot import Snapshot

_TAKES_BALLOTS = ("pending", "active", "queued")


@dataclass(frozen=True)
class Place:
    """A pool on a chain, as of a block."""

    chain_id: int
    hub: str
    pool: str
    pool_name: str
    block: int
    relays: bool
    wallet_rpc: str
    """A node that a wallet may be told of, or nothing."""


@dataclass(frozen=True)
class VotePanel:
    """A proposal that takes ballots, or will."""

    place: Place
    governor: str
    proposal: Proposal
    tally: str
    content: str
    """The calls and the text that its number is the hash of, as JSON."""


@dataclass(frozen=True)
class ClaimPanel:
    """A final epoch whose claims are still taken."""

    place: Place
    distributor: str
    epoch: int


Panel = VotePanel | ClaimPanel


def place_of(asked: Asked, now: Snapshot, pool: Pool) -> Place:
    """For a page of this pool."""
    return Place(
        chain_id=now.as_of.chain_id,
        hub=now.as_of.hub,
        pool=pool.address,
        pool_name=pool.name,
        block=now.as_of.block_number,
        relays=asked.services.relay is not None,
        wallet_rpc=asked.services.wallet_rpc or "",
    )


def vote_panel(
    place: Place, pool: Pool, proposal: Proposal, actions: tuple[Action, ...]
) -> VotePanel | None:
    """None where no ballots are taken any more."""
    if proposal.state not in _TAKES_BALLOTS:
        return None
    tally = proposal.tally
    content = {
        "targets": [action.target for action in actions],
        "values": [str(action.value) for action in actions],
        "calldatas": [to_hex(action.data) for action in actions],
        "description": proposal.description,
    }
    return VotePanel(
        place=place,
        governor=pool.parts.governor,
        proposal=proposal,
        tally=f"{tally.against},{tally.in_favour},{tally.abstain}",
        content=json.dumps(content),
    )


def claim_panel(place: Place, made: Distribution, now: int) -> ClaimPanel | None:
    """None once its claims are closed."""
    if made.closes_at is None or made.closes_at <= now:
        return None
    return ClaimPanel(place, made.distributor, made.epoch)
