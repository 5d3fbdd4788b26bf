# SPDX-License-Identifier: AGPL-3.0-only
"""Putting off the end of a consent vote; and consent with the real distributor."""

from typing import Any

import pytest

from tests.contracts.coop import (
    ACTIVE,
    AGAINST,
    CLASSES,
    CONSENT,
    DAY,
    DEFEATED,
    FOR,
    PENDING,
    SUCCEEDED,
    Coop,
    Proposal,
    named,
)
from tests.contracts.distributors import MONTH, Policy, Post, Tree, subject_of, typed
from tests.contracts.evm import Contract, Evm
from tests.contracts.test_consent import WEEK, Circle


@pytest.fixture
def circle(evm: Evm) -> Circle:
    """Nobody has proposed anything."""
    return Circle(evm)


def extend(circle: Circle, proposal: Proposal, closes_at: int, by: Any = None) -> None:
    """By the part that raised it."""
    circle.governor.extend_consent(proposal.id, closes_at, sender=by or circle.part)


@pytest.mark.parametrize("more", [0, 1, 3 * DAY, 30 * DAY])
def test_extend__within_its_bounds__moves_the_end_and_rules_out_an_early_one(
    circle: Circle, more: int
) -> None:
    proposal = circle.reviewed()
    old = circle.governor.proposalDeadline(proposal.id)
    circle.vote(proposal, FOR, *circle.voters)
    extend(circle, proposal, old + more)
    (log,) = circle.evm.logs
    assert (log.name, log.args) == (
        "ConsentExtended",
        {"proposalId": proposal.id, "closes_at": old + more},
    )
    assert circle.governor.proposalDeadline(proposal.id) == old + more
    assert circle.governor.proposalEta(proposal.id) == old + more
    with circle.evm.reverts("governor: outcome not certain"):
        circle.governor.close(proposal.id, sender=circle.relayer)
    circle.evm.warp_to(old + more)
    assert circle.state(proposal) == ACTIVE
    circle.evm.warp(1)
    assert circle.state(proposal) == SUCCEEDED


def test_extend__out_of_its_bounds__is_refused(circle: Circle) -> None:
    proposal = circle.reviewed()
    old = circle.governor.proposalDeadline(proposal.id)
    for closes_at in (0, circle.evm.now, old - 1):
        with circle.evm.reverts("governor: end out of bounds"):
            extend(circle, proposal, closes_at)
    for closes_at in (old + 30 * DAY + 1, 2**40, 2**256 - 1):
        with circle.evm.reverts("governor: end out of bounds"):
            extend(circle, proposal, closes_at)


def test_extend__of_the_longest_review_on_its_first_day__is_possible(evm: Evm) -> None:
    """To rule out the early end must work at any time, sixty days before the end too."""
    circle = Circle(evm, period=60 * DAY)
    proposal = circle.reviewed()
    extend(circle, proposal, circle.governor.proposalDeadline(proposal.id))


def test_extend__twice__is_refused(circle: Circle) -> None:
    proposal = circle.reviewed()
    old = circle.governor.proposalDeadline(proposal.id)
    extend(circle, proposal, old)
    with circle.evm.reverts("governor: extended once already"):
        extend(circle, proposal, old + 1)


def test_extend__by_anybody_but_the_raiser__is_refused(circle: Circle) -> None:
    twin = circle.evm.deploy("Puppet")
    circle.governor.add_hub_part(twin, circle.selector, False, sender=circle.hub)
    proposal = circle.reviewed()
    old = circle.governor.proposalDeadline(proposal.id)
    for other in (twin, circle.voters[0], circle.hub, circle.relayer):
        with circle.evm.reverts("governor: not the raiser"):
            extend(circle, proposal, old, by=other)


def test_extend__another_kind_of_proposal__is_refused(circle: Circle) -> None:
    with circle.evm.reverts("governor: no such proposal"):
        circle.governor.extend_consent(404, circle.evm.now, sender=circle.part)
    member = circle.voters[0]
    for action in ((member, 0, b""), circle.ruling(CLASSES)):
        proposal = circle.propose(action, by=member)
        with circle.evm.reverts("governor: not the raiser"):
            extend(circle, proposal, circle.evm.now + DAY, by=member)


def test_extend__before_it_opens__is_possible_and_after_it_closed_not(evm: Evm) -> None:
    circle = Circle(evm, delay=DAY)
    proposal = circle.raised()
    assert circle.state(proposal) == PENDING
    old = circle.governor.proposalDeadline(proposal.id)
    late = circle.raised(8)
    extend(circle, proposal, old + 9)
    assert circle.state(proposal) == PENDING
    evm.warp_to(old)
    mark = evm.snapshot()
    extend(circle, late, old + 9)
    assert circle.state(late) == ACTIVE
    evm.restore(mark)
    evm.warp(1)
    with evm.reverts("governor: too late to extend"):
        extend(circle, late, old + 9)


def test_extend__closed_early_or_canceled_or_done__is_refused(circle: Circle) -> None:
    closed, canceled = circle.raised(1), circle.raised(2)
    circle.open(closed)
    until = circle.governor.proposalDeadline(closed.id)
    circle.vote(closed, FOR, *circle.voters)
    circle.governor.close(closed.id, sender=circle.relayer)
    circle.governor.cancel(*canceled.content, sender=circle.part)
    for proposal in (closed, canceled):
        with circle.evm.reverts("governor: too late to extend"):
            extend(circle, proposal, until)
    circle.execute(closed)
    with circle.evm.reverts("governor: too late to extend"):
        extend(circle, closed, until)


# --- with the real distributor -----------------------------------------------------------------


def posted(coop: Coop) -> Proposal:
    """A month of one contributor, posted by two maintainers; its consent proposal, just raised."""
    distributor: Contract = coop.distributor
    policy = Policy(coop.dollar, 1)
    coop.enact(coop.opening(distributor, restricted=True, params=policy.params()), text="open")
    coop.give(2_000_000_000, coop.dollar, earmark=1)
    coop.evm.warp(MONTH)
    tree = Tree(coop.evm.chain_id, distributor.address, 1, {subject_of(coop.patron): 5})
    post = Post(1, 1, tree.root, tree.total, 1, coop.evm.now + DAY)
    signers = coop.maintainers[:2]
    signatures = [s.sign(typed(distributor, "CredDistribution", post.message(s))) for s in signers]
    coop.clerk.post(distributor, *post.arguments(), signers, signatures, sender=coop.relayer)
    (log,) = named(coop.evm, "ProposalCreated")
    found = log.args
    return Proposal(
        found["proposalId"],
        found["targets"],
        found["values"],
        found["calldatas"],
        found["description"],
    )


def test_distributor__posts__raises_a_consent_proposal_that_finalises(coop: Coop) -> None:
    proposal = posted(coop)
    assert proposal.targets == [coop.distributor.address]
    assert proposal.calls == [coop.distributor.calldata("finalise", 1, 1)]
    assert coop.word(proposal)["kind"] == CONSENT
    coop.evm.warp(1)
    coop.vote(proposal, FOR, *coop.founders[:2])
    coop.governor.close(proposal.id, sender=coop.relayer)
    coop.execute(proposal)
    assert named(coop.evm, "DistributionFinalised")[0].args["epoch"] == 1
    assert coop.pool.reserved(1, coop.dollar) == 2_000_000_000


def test_distributor__objected__is_defeated_and_void(coop: Coop) -> None:
    proposal = posted(coop)
    coop.evm.warp(1)
    coop.vote(proposal, AGAINST, coop.founders[0])
    coop.evm.warp(WEEK)
    assert coop.state(proposal) == DEFEATED
    with coop.evm.reverts("governor: not ready to execute"):
        coop.execute(proposal)
    coop.distributor.void(1, sender=coop.relayer)
    assert coop.pool.reserved(1, coop.dollar) == 0


def test_distributor__its_finalise__is_nobody_elses_to_propose(coop: Coop) -> None:
    call = coop.distributor.calldata("finalise", 1, 1)
    for member in coop.founders:
        with coop.evm.reverts("governor: a consent call"):
            coop.propose((coop.distributor, 0, call), by=member)
    selector = coop.governor.part_words(coop.distributor) >> 32
    assert selector.to_bytes(4) == call[:4]
