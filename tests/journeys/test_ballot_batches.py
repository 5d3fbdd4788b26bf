# SPDX-License-Identifier: AGPL-3.0-only
"""Signed ballots by the batch, in a co-op that has grown to 133 members on a real node."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import pytest

from millpond.chain import dev_time
from millpond.chain.answers import NO_ADDRESS, Receipt
from millpond.chain.client import GAS_CAP
from millpond.chain.contracts import Contract
from millpond.chain.governance import MAX_BALLOTS, Action, Ballot, Draft, Support, sign_ballot
from millpond.chain.signers import LocalSigner
from millpond.core.errors import Reverted
from millpond.core.subjects import NOBODY
from millpond.core.typed_data import Domain
from tests.chain.coop import DAY, FOUNDERS, RELAYER, STRANGER, Coop
from tests.journeys.node import accept, changed_by, funded_coop, opened, real_node, undone

NOT_HER_HAND = "governor: not the voter's hand"
NOT_ITS_TURN = "governor: not the ballot's turn"
NEWCOMERS = [LocalSigner(index) for index in range(100, 228)]
OFFERS = 32
"""The most that one offer takes."""
CHOICES = (Support.FOR, Support.AGAINST, Support.ABSTAIN)


@dataclass
class Crowd:
    """A grown co-op with two open votes."""

    coop: Coop
    proposal: Draft
    other: Draft
    deadline: int

    @property
    def governor(self) -> Contract:
        """Of the co-op."""
        return self.coop.governor

    def sign(self, voter: LocalSigner, support: Support = Support.FOR, **other: Any) -> Ballot:
        """A first ballot on the proposal, or as told."""
        domain = other.pop("domain", None) or self.coop.domain(self.governor)
        fields: dict[str, Any] = {"proposal_id": self.proposal.id, "deadline": self.deadline}
        return sign_ballot(voter, domain, support=support, **(fields | other))

    def batch(self, count: int) -> list[Ballot]:
        """First ballots of so many newcomers: for, against, abstain, for ..."""
        people = enumerate(NEWCOMERS[:count])
        return [self.sign(voter, CHOICES[number % 3]) for number, voter in people]

    def carry(self, ballots: Sequence[Ballot]) -> Receipt:
        """All of them in one transaction."""
        words = [word for ballot in ballots for word in ballot.words]
        call = self.governor.vote_by_signatures
        return call.send(RELAYER, self.proposal.id, self.deadline, words, [])

    def told(self, receipt: Receipt) -> list[tuple[str, str, Any]]:
        """Every event: what it was, whose ballot, and what it said."""
        events = self.governor.events(receipt)
        assert len(events) == len(receipt.logs)
        assert all(event.args["proposalId"] == self.proposal.id for event in events)
        assert all(event.args.get("weight", 1) == 1 for event in events)
        said = (event.args.get("why", event.args.get("support")) for event in events)
        whose = (event.args["voter"] for event in events)
        return list(zip((event.name for event in events), whose, said, strict=True))

    def votes(self) -> tuple[int, int, int]:
        """Against, for, abstain."""
        against, in_favour, abstain = self.governor.proposalVotes(self.proposal.id)
        return against, in_favour, abstain

    def sheets(self) -> list[int]:
        """The words in which all ballots are kept."""
        return [self.governor.sheets(self.proposal.id, number) for number in range(4)]


def grow(coop: Coop) -> None:
    """By offers to 128 people; in each period as many may join as there are members."""
    until = coop.client.now() + 300 * DAY
    wide = (True, True, 2, 10_000, DAY, NOBODY)
    addresses = [newcomer.address for newcomer in NEWCOMERS]
    starts = range(0, len(addresses), OFFERS)
    parts = [addresses[start : start + OFFERS] for start in starts]
    offers = [Action.of(coop.admission.offer, part, until) for part in parts]
    coop.carry([Action.of(coop.admission.set_ways, wide), *offers], "Let many join")
    waiting, room = list(NEWCOMERS), len(FOUNDERS)
    while waiting:
        joining, waiting = waiting[:room], waiting[room:]
        for newcomer in joining:
            accept(coop, newcomer)
        room *= 2
        dev_time.advance(coop.client, DAY + 1)


@pytest.fixture(scope="module")
def grown() -> Iterator[Crowd]:
    """Two votes are open; nobody has cast."""
    with real_node() as url:
        coop = funded_coop(url)
        grow(coop)
        assert coop.governor.member_count() == 133
        other = opened(coop, "another payment", by=FOUNDERS[1])
        proposal = opened(coop, "a payment")
        yield Crowd(coop, proposal, other, coop.governor.proposalDeadline(proposal.id))


@pytest.fixture
def crowd(grown: Crowd) -> Iterator[Crowd]:
    """The same for each test."""
    with undone(grown.coop.client):
        yield grown


# --- how many ----------------------------------------------------------------------------------


@pytest.mark.parametrize("count", [1, 10, 100, MAX_BALLOTS])
def test_vote_by_signatures__so_many_at_once__all_count_within_one_transactions_gas(
    crowd: Crowd, count: int
) -> None:
    ballots = crowd.batch(count)
    receipt = crowd.carry(ballots)
    assert crowd.told(receipt) == [("VoteCast", b.voter, b.support) for b in ballots]
    in_favour, against, abstain = ((count + 2 - number) // 3 for number in range(3))
    assert crowd.votes() == (against, in_favour, abstain)
    assert receipt.gas_used < GAS_CAP


def test_vote_by_signatures__one_more_than_the_largest__is_refused(crowd: Crowd) -> None:
    one_more = crowd.sign(FOUNDERS[0])
    with pytest.raises(Reverted):
        crowd.carry([*crowd.batch(MAX_BALLOTS), one_more])
    assert crowd.votes() == (0, 0, 0)


# --- what is off in the middle -----------------------------------------------------------------


def odd_ones(crowd: Crowd, good: Sequence[Ballot]) -> list[tuple[Ballot, str]]:
    """Ballots that must not count, and why; their voters' good ones may come before or after."""
    early, late = NEWCOMERS[10], NEWCOMERS[90]
    voter = NEWCOMERS[110]
    here = crowd.coop.domain(crowd.governor)
    signed = crowd.sign(voter)
    flipped = signed.signature[:40] + bytes([signed.signature[40] ^ 1]) + signed.signature[41:]
    stranger = crowd.sign(STRANGER)
    return [
        (replace(signed, signature=flipped), NOT_HER_HAND),
        (replace(signed, support=Support.AGAINST), NOT_HER_HAND),
        (replace(stranger, voter=signed.voter), NOT_HER_HAND),
        (replace(signed, voter=NO_ADDRESS), NOT_HER_HAND),
        (stranger, "governor: not a member"),
        # foreign: another proposal's, another pool's, another chain's, another deadline's
        (crowd.sign(voter, proposal_id=crowd.other.id), NOT_HER_HAND),
        (crowd.sign(voter, domain=Domain(here.chain_id, crowd.coop.pool.address)), NOT_HER_HAND),
        (crowd.sign(voter, domain=Domain(1, here.verifying_contract)), NOT_HER_HAND),
        (crowd.sign(voter, deadline=crowd.deadline - 1), NOT_HER_HAND),
        # stale: it follows a cast that was not; replayed: of one that has counted above
        (crowd.sign(voter, casts_before=1), NOT_ITS_TURN),
        (good[NEWCOMERS.index(early)], NOT_ITS_TURN),
        # her own good one comes below: what is off before it must not spoil it
        (crowd.sign(late, casts_before=1), NOT_ITS_TURN),
        (crowd.sign(late, deadline=crowd.deadline + 1), NOT_HER_HAND),
    ]


def test_vote_by_signatures__odd_ones_in_the_middle__change_nothing_for_the_good_ones(
    crowd: Crowd,
) -> None:
    good = crowd.batch(100)
    with undone(crowd.coop.client):
        clean = crowd.told(crowd.carry(good))
        expected = (crowd.votes(), crowd.sheets())
    assert crowd.votes() == (0, 0, 0)
    odd = odd_ones(crowd, good)
    mixed = crowd.told(crowd.carry([*good[:50], *(ballot for ballot, _ in odd), *good[50:]]))
    skipped = [("BallotSkipped", ballot.voter, why) for ballot, why in odd]
    assert mixed == [*clean[:50], *skipped, *clean[50:]]
    assert (crowd.votes(), crowd.sheets()) == expected


def test_vote_by_signatures__odd_ones_alone__change_nothing_at_all(crowd: Crowd) -> None:
    good = crowd.batch(100)
    odd = [ballot for ballot, _ in odd_ones(crowd, good) if ballot not in good]
    receipt = crowd.carry(odd)
    assert [name for name, _, _ in crowd.told(receipt)] == ["BallotSkipped"] * len(odd)
    assert crowd.governor.address not in changed_by(crowd.coop.client, receipt)


def test_vote_by_signatures__the_whole_batch_again__is_stale_to_the_last(crowd: Crowd) -> None:
    """A second relayer was faster: the slower one's batch reports and changes nothing."""
    ballots = crowd.batch(MAX_BALLOTS)
    crowd.carry(ballots)
    receipt = crowd.carry(ballots)
    told = [("BallotSkipped", ballot.voter, NOT_ITS_TURN) for ballot in ballots]
    assert crowd.told(receipt) == told
    assert crowd.governor.address not in changed_by(crowd.coop.client, receipt)
    assert receipt.gas_used < GAS_CAP
