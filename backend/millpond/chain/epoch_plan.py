# SPDX-License-Identifier: AGPL-3.0-only
"""Where a distributor stands and what its next epoch would be, by the chain alone.

R is what the income earmark received since its baseline, p the policy's share:
pot = min(floor(R * p) + carry, what the pot's earmark holds unreserved).
"""

from dataclasses import dataclass

from millpond.chain import epochs, governance
from millpond.chain.abi import Event, Value
from millpond.chain.answers import NotKept
from millpond.chain.coop import Coop
from millpond.chain.governance import State
from millpond.chain.rpc import RpcRefused

NOTICE = 90 * 86_400
"""So long before the claims of an epoch end, everybody should hear of it."""


@dataclass(frozen=True)
class Next:
    """What a post would distribute now, in the asset's smallest unit."""

    epoch: int
    attempt: int
    policy: Value | None
    """None before an earmark was opened to pay from: there is no policy until then."""
    pot_earmark: int
    """Which one pays; 0 without a policy."""
    pot: int
    carry: int
    income: int | None
    """R; None when the node does not keep the state of the last post."""
    epochs_left: int
    not_before: int


@dataclass(frozen=True)
class Review:
    """The distribution that is open."""

    posted: epochs.PostedEpoch
    state: State | None
    ends_at: int
    struck: dict[bytes, int]


@dataclass(frozen=True)
class Closing:
    """A final epoch whose claims end."""

    epoch: int
    closes_at: int
    unpaid: int
    asset: str


def next_of(coop: Coop) -> Next:
    """The next epoch, or the next attempt at the one that is open."""
    head = coop.distributor.head()
    newest = coop.distributor.past_events("PolicySet", coop.since)[-1:]
    policy = coop.distributor.policy_of(head.policy_version) if newest else None
    pot, carry, received = coop.distributor.next_pot()
    return Next(
        epoch=head.finalised + 1,
        attempt=head.attempt,
        policy=policy,
        pot_earmark=newest[0].args["pot_earmark"] if newest else 0,
        pot=pot,
        carry=carry,
        income=_income(coop, policy, received) if policy is not None else None,
        epochs_left=head.epochs_left,
        not_before=head.last_post_at + policy.epoch_length if policy is not None else 0,
    )


def review_of(coop: Coop) -> Review | None:
    """What is under review, if anything is."""
    head = coop.distributor.head()
    if not head.open_version:
        return None
    posted = epochs.posted_epoch(coop, head.finalised + 1)
    number = posted.proposal_id
    return Review(
        posted,
        governance.state_of(coop.governor, number),
        int(coop.governor.proposalDeadline(number)),
        epochs.struck_out(coop, posted.terms.epoch, posted.terms.attempt),
    )


def closings(coop: Coop) -> list[Closing]:
    """Final epochs that still hold money, the first to close first."""
    found = []
    for epoch in range(1, int(coop.distributor.head().finalised) + 1):
        terms = epochs.posted_epoch(coop, epoch).require_final()
        unpaid = terms.pot - int(coop.distributor.paid_of(epoch))
        if unpaid and epochs.closed(coop, epoch) is None:
            found.append(Closing(epoch, terms.closes_at, unpaid, terms.asset))
    return sorted(found, key=lambda each: each.closes_at)


def _income(coop: Coop, policy: Value, received: int) -> int | None:
    """What came in since the baseline: the last final post of it, else its first policy."""
    pair = (policy.income_earmark, policy.asset)
    place = _baseline(coop, *pair)
    if place is None:
        return None
    try:
        then = int(coop.pool.received(*pair, at=place.log.block_number))
    except (NotKept, RpcRefused):
        return None
    return received - then + _later_in_block(coop, place, *pair)


def _baseline(coop: Coop, earmark: int, asset: str) -> Event | None:
    policies = coop.distributor.past_events("PolicySet", coop.since)
    of_pair = [e for e in policies if _pair(e) == (earmark, asset)]
    places = of_pair[:1]
    for final in coop.distributor.past_events("DistributionFinalised", coop.since):
        post = _posted(coop, final)
        under = [e for e in policies if _place(e) < _place(post)]
        if under and _pair(under[-1]) == (earmark, asset):
            places = [post]
    return places[-1] if places else None


def _posted(coop: Coop, final: Event) -> Event:
    attempts = epochs.attempts(coop, final.args["epoch"])
    return next(e for e in attempts if e.args["attempt"] == final.args["attempt"])


def _pair(event: Event) -> tuple[int, str]:
    policy = event.args["policy"]
    return policy.income_earmark, policy.asset


def _place(event: Event) -> tuple[int, int]:
    return event.log.block_number, event.log.index


def _later_in_block(coop: Coop, place: Event, earmark: int, asset: str) -> int:
    """Gifts of the same block that came after it: they are in the block's state, and count."""
    block = place.log.block_number
    gifts = coop.pool.past_events("Given", block, block)
    found = [e for e in gifts if (e.args["earmark_id"], e.args["asset"]) == (earmark, asset)]
    if earmark == 0:
        synced = coop.pool.past_events("Synced", block, block)
        found += [e for e in synced if e.args["asset"] == asset]
    return sum(int(e.args["amount"]) for e in found if _place(e) > _place(place))
