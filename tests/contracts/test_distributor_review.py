# SPDX-License-Identifier: AGPL-3.0-only
"""The ways out of a review: final, withdrawn, void; then with a whole co-op and real votes."""

from typing import Any

import pytest
from eth_abi.abi import encode
from eth_utils.crypto import keccak

from tests.contracts.coop import AGAINST, Coop, Proposal
from tests.contracts.coop import DEFEATED as STATE_DEFEATED
from tests.contracts.distributors import (
    CANCELED,
    DAY,
    DEFEATED,
    EXPIRED,
    MONTH,
    YEAR,
    Epoch,
    Mill,
    Policy,
    Post,
    Tree,
    typed,
)
from tests.contracts.evm import Actor, Evm, Log

ALICE, BOB = keccak(text="github:1"), keccak(text="github:2")
LEAVES = {ALICE: 30, BOB: 70}


@pytest.fixture
def mill(evm: Evm) -> Mill:
    """Open and a month old, with 1,000 units of income."""
    mill = Mill(evm)
    mill.set_up(season=3)
    mill.open()
    mill.give(1_000)
    evm.warp(MONTH)
    return mill


@pytest.fixture
def posted(mill: Mill) -> Epoch:
    """A distribution under review since this second."""
    return mill.post(LEAVES)


def books(mill: Mill) -> tuple[int, int]:
    """Balance and reserve of the pot earmark."""
    return mill.pool.balance_of(1, mill.dollar), mill.pool.reserved(1, mill.dollar)


# --- finalise ---------------------------------------------------------------------------------


def test_finalise__by_the_consent_proposal__fixes_the_epoch_for_ever(
    mill: Mill, posted: Epoch
) -> None:
    mill.evm.warp(7 * DAY)
    posted_hash = mill.distributor.open_distribution().posted_hash
    mill.governor.carry_out(posted.proposal_id, sender=mill.relayer)
    closes_at = mill.evm.now + YEAR
    review = closes_at << 64 | 1 << 32 | 1
    types = ["bytes32", "bytes32", "uint256"]
    epoch_hash = keccak(encode(types, [bytes(32), posted_hash, review]))
    args = {"epoch": 1, "attempt": 1, "epoch_hash": epoch_hash, "excluded": 0}
    args |= {"closes_at": closes_at}
    assert mill.evm.logs == [Log("DistributionFinalised", args, mill.distributor.address)]
    assert mill.distributor.epoch_hash_of(1) == epoch_hash
    head = mill.distributor.head()
    assert (head.finalised, head.attempt, head.open_version, head.epochs_left) == (1, 1, 0, 2)
    assert head.last_post_at == mill.evm.now - 7 * DAY
    assert tuple(mill.distributor.open_distribution()) == (0, bytes(32), 0, 0, 0, 0)
    assert mill.distributor.next_pot() == (0, 0, 1_000)
    assert books(mill) == (1_000, 1_000)


def test_finalise__second_epoch__hashes_the_first(mill: Mill, posted: Epoch) -> None:
    first = mill.finalise(posted)
    mill.give(500)
    mill.evm.warp(MONTH)
    second = mill.post(LEAVES)
    posted_hash = mill.distributor.open_distribution().posted_hash
    mill.finalise(second)
    review = second.terms["closes_at"] << 64 | 2 << 32 | 1
    before = mill.distributor.epoch_hash_of(1)
    types = ["bytes32", "bytes32", "uint256"]
    expected = keccak(encode(types, [before, posted_hash, review]))
    assert mill.distributor.epoch_hash_of(2) == expected
    assert mill.clerk.hash_of_terms(before, second.packed) == expected
    assert mill.clerk.hash_of_terms(bytes(32), first.packed) == before


def test_finalise__by_others__is_refused(mill: Mill, posted: Epoch, outsider: Actor) -> None:
    for sender in (outsider, mill.hub, mill.maintainers[0]):
        with mill.evm.reverts("distributor: not the governor"):
            mill.distributor.finalise(posted.number, 1, sender=sender)


@pytest.mark.parametrize("attempt", [0, 2])
def test_finalise__another_attempt__is_refused(mill: Mill, posted: Epoch, attempt: int) -> None:
    with mill.evm.reverts("distributor: other attempt"):
        mill.distributor.finalise(posted.number, attempt, sender=mill.governor)


def test_finalise__what_is_not_open__is_refused(mill: Mill, posted: Epoch) -> None:
    for epoch in (0, 2):
        with mill.evm.reverts("distributor: not open"):
            mill.distributor.finalise(epoch, 1, sender=mill.governor)
    mill.finalise(posted)
    for epoch in (1, 2):
        with mill.evm.reverts("distributor: not open"):
            mill.distributor.finalise(epoch, 1, sender=mill.governor)


def test_finalise__proposal_of_a_withdrawn_attempt__cannot_finish_the_next(
    mill: Mill, posted: Epoch
) -> None:
    mill.withdraw(posted)
    with mill.evm.reverts("distributor: not open"):
        mill.governor.carry_out(posted.proposal_id, sender=mill.relayer)
    mill.post(LEAVES)
    with mill.evm.reverts("distributor: other attempt"):
        mill.governor.carry_out(posted.proposal_id, sender=mill.relayer)


def test_finalise__in_a_season_that_was_ended__still_counts(mill: Mill, posted: Epoch) -> None:
    mill.distributor.set_season(0, sender=mill.governor)
    mill.finalise(posted)
    head = mill.distributor.head()
    assert (head.finalised, head.epochs_left) == (1, 0)


def test_finalise__policy_changed_in_the_review__sets_the_baseline_of_the_old_one(
    evm: Evm,
) -> None:
    mill = Mill(evm)
    mill.set_up()
    mill.open(mill.policy(claim_window=500 * DAY), restricted=False)
    mill.give(1_000)
    evm.warp(MONTH)
    epoch = mill.post(LEAVES)
    other = mill.policy(income_earmark=0, payout_bps=5_000, claim_window=600 * DAY)
    mill.distributor.set_policy(other.values(), sender=mill.governor)
    mill.finalise(epoch)
    assert epoch.terms["closes_at"] == evm.now + 500 * DAY
    mill.distributor.set_policy(mill.policy().values(), sender=mill.governor)
    mill.give(11)
    assert mill.distributor.next_pot() == (11, 0, 1_011)


# --- withdraw ---------------------------------------------------------------------------------


def test_withdraw__signed_by_two__frees_the_reserve_and_kills_the_signatures(mill: Mill) -> None:
    signed = mill.signed(mill.draft(mill.tree(LEAVES)))
    posted = mill.post(LEAVES)
    mill.withdraw(posted)
    signers = [m.address for m in mill.maintainers[:2]]
    args = {"epoch": 1, "attempt": 1, "signers": signers}
    withdrawn = [Log("DistributionWithdrawn", args, mill.distributor.address)]
    assert mill.events("DistributionWithdrawn") == withdrawn
    assert books(mill) == (1_000, 0)
    head = mill.distributor.head()
    assert (head.finalised, head.attempt, head.open_version, head.epochs_left) == (0, 2, 0, 3)
    assert mill.distributor.epoch_hash_of(1) == bytes(32)
    with mill.evm.reverts("clerk: bad signature"):
        mill.clerk.post(mill.distributor, *signed, sender=mill.relayer)
    again = mill.post(LEAVES)
    assert (again.terms["attempt"], again.terms["pot"]) == (2, 1_000)


def test_withdraw__what_is_not_open__is_refused(mill: Mill, posted: Epoch) -> None:
    mill.withdraw(posted)
    with mill.evm.reverts("clerk: bad signature"):
        mill.withdraw(posted)
    with mill.evm.reverts("distributor: not open"):
        mill.withdraw(posted, attempt=2)
    again = mill.finalise(mill.post(LEAVES))
    with mill.evm.reverts("distributor: not open"):
        mill.withdraw(again, attempt=1)


def test_withdraw__of_another_epoch__is_refused(mill: Mill, posted: Epoch) -> None:
    terms = mill.clerk.pack_terms(tuple(posted.terms.values()))
    signers, deadline = mill.maintainers[:2], mill.evm.now + DAY
    messages = [mill.withdrawal(posted, signer, epoch=2) for signer in signers]
    signatures = [
        signer.sign(typed(mill.distributor, "Withdrawal", message))
        for signer, message in zip(signers, messages, strict=True)
    ]
    arguments = (2, terms, deadline, signers, signatures)
    with mill.evm.reverts("distributor: not open"):
        mill.clerk.withdraw(mill.distributor, *arguments, sender=mill.relayer)


def test_withdraw__with_other_terms__is_refused(mill: Mill, posted: Epoch) -> None:
    for change in ({"root": b"\x01" * 32}, {"pot": 999}, {"leaf_count": 3}, {"minimum": 1}):
        posted.terms, kept = posted.terms | change, posted.terms
        with mill.evm.reverts("distributor: other terms open"):
            mill.withdraw(posted, root=posted.terms["root"])
        posted.terms = kept


@pytest.mark.parametrize(
    "flip",
    [{"epoch": 2}, {"attempt": 2}, {"root": b"\x01" * 32}, {"deadline": 2**64}],
    ids=lambda flip: next(iter(flip)),
)
def test_withdraw__signed_over_another_figure__is_refused(
    mill: Mill, posted: Epoch, flip: dict[str, Any]
) -> None:
    with mill.evm.reverts("clerk: bad signature"):
        mill.withdraw(posted, **flip)


def test_withdraw__by_too_few_or_outsiders_or_too_late__is_refused(
    mill: Mill, posted: Epoch, outsider: Actor
) -> None:
    first = mill.maintainers[0]
    with mill.evm.reverts("clerk: too few signed"):
        mill.withdraw(posted, [first])
    with mill.evm.reverts("clerk: signers unsorted"):
        mill.withdraw(posted, [first, first])
    with mill.evm.reverts("clerk: not a maintainer"):
        mill.withdraw(posted, sorted([first, outsider], key=lambda s: int(s.address, 16)))
    terms = mill.clerk.pack_terms(tuple(posted.terms.values()))
    with mill.evm.reverts("clerk: signed too late"):
        mill.clerk.withdraw(
            mill.distributor, 1, terms, mill.evm.now - 1, [], [], sender=mill.relayer
        )


def test_withdraw__with_the_signatures_of_a_post__is_refused(mill: Mill, posted: Epoch) -> None:
    post = mill.draft(posted.tree)
    signers = mill.maintainers[:2]
    signatures = [mill.sign(post, signer) for signer in signers]
    terms = mill.clerk.pack_terms(tuple(posted.terms.values()))
    arguments = (1, terms, post.deadline, signers, signatures)
    with mill.evm.reverts("clerk: bad signature"):
        mill.clerk.withdraw(mill.distributor, *arguments, sender=mill.relayer)


def test_withdraw__baseline_and_carry__stay_as_they_were(mill: Mill, posted: Epoch) -> None:
    mill.give(7)
    mill.withdraw(posted)
    assert mill.distributor.next_pot() == (1_007, 0, 1_007)
    assert mill.post(LEAVES).terms["pot"] == 1_007


# --- void -------------------------------------------------------------------------------------


@pytest.mark.parametrize("state", [CANCELED, DEFEATED, EXPIRED])
def test_void__failed_proposal__frees_the_reserve(
    mill: Mill, posted: Epoch, outsider: Actor, state: int
) -> None:
    mill.governor.end_as(posted.proposal_id, state, sender=mill.relayer)
    mill.distributor.void(1, sender=outsider)
    args = {"epoch": 1, "attempt": 1, "proposal_state": state}
    voided = [Log("DistributionVoided", args, mill.distributor.address)]
    assert mill.events("DistributionVoided") == voided
    assert books(mill) == (1_000, 0)
    head = mill.distributor.head()
    assert (head.finalised, head.attempt, head.open_version) == (0, 2, 0)
    assert mill.post(LEAVES).terms["attempt"] == 2


@pytest.mark.parametrize("state", [0, 1, 4, 5, 7])
def test_void__proposal_that_has_not_failed__is_refused(
    mill: Mill, posted: Epoch, state: int
) -> None:
    mill.governor.end_as(posted.proposal_id, state, sender=mill.relayer)
    with mill.evm.reverts("distributor: review not failed"):
        mill.distributor.void(1, sender=mill.relayer)


def test_void__what_is_not_open__is_refused(mill: Mill, posted: Epoch) -> None:
    mill.governor.end_as(posted.proposal_id, DEFEATED, sender=mill.relayer)
    for epoch in (0, 2):
        with mill.evm.reverts("distributor: not open"):
            mill.distributor.void(epoch, sender=mill.relayer)
    mill.distributor.void(1, sender=mill.relayer)
    with mill.evm.reverts("distributor: not open"):
        mill.distributor.void(1, sender=mill.relayer)


def test_void__later_attempt__asks_for_its_own_proposal(mill: Mill, posted: Epoch) -> None:
    mill.governor.end_as(posted.proposal_id, DEFEATED, sender=mill.relayer)
    mill.distributor.void(1, sender=mill.relayer)
    mill.post(LEAVES)
    with mill.evm.reverts("distributor: review not failed"):
        mill.distributor.void(1, sender=mill.relayer)


# --- with a whole co-op -----------------------------------------------------------------------


class House:
    """A co-op whose members have opened the earmark of its distributor, a month ago."""

    def __init__(self, coop: Coop) -> None:
        self.coop, self.evm = coop, coop.evm
        policy = Policy(coop.dollar, 1)
        coop.enact(coop.opening(coop.distributor, True, policy.params()), text="open cred")
        coop.give(1_000, coop.dollar, 1)
        self.evm.warp(MONTH)

    def post(self) -> Proposal:
        """Signed and posted; its consent proposal."""
        distributor = self.coop.distributor
        tree = Tree(self.evm.chain_id, distributor.address, 1, LEAVES)
        attempt = distributor.head().attempt
        post = Post(1, attempt, tree.root, tree.total, 2, self.evm.now + DAY)
        signers = self.coop.maintainers[:2]
        signatures = [
            s.sign(typed(distributor, "CredDistribution", post.message(s))) for s in signers
        ]
        arguments = (*post.arguments(), signers, signatures)
        clerk = self.coop.clerk
        found = clerk.post(distributor, *arguments, sender=self.coop.relayer)
        call = distributor.calldata("finalise", 1, attempt)
        text = f"{post.uri} 0x{post.data_hash.hex()}"
        return Proposal(found, [distributor.address], [0], [call], text)


@pytest.fixture
def house(coop: Coop) -> House:
    return House(coop)


def test_review__nobody_objects__is_final_after_a_week(house: House) -> None:
    coop = house.coop
    proposal = house.post()
    house.evm.warp_to(coop.governor.proposalEta(proposal.id) + 1)
    coop.execute(proposal)
    assert coop.distributor.head().finalised == 1
    assert coop.distributor.epoch_hash_of(1) != bytes(32)
    assert coop.pool.reserved(1, coop.dollar) == 1_000


def test_review__too_early__is_not_final(house: House) -> None:
    coop = house.coop
    proposal = house.post()
    house.evm.warp(6 * DAY)
    with house.evm.reverts("governor: not ready to execute"):
        coop.execute(proposal)
    assert coop.distributor.head().finalised == 0


def test_review__members_object__is_void_and_can_be_posted_again(house: House) -> None:
    coop = house.coop
    proposal = house.post()
    house.evm.warp(1)
    coop.vote(proposal, AGAINST, *coop.founders[:2])
    with house.evm.reverts("distributor: review not failed"):
        coop.distributor.void(1, sender=coop.relayer)
    house.evm.warp(8 * DAY)
    assert coop.state(proposal) == STATE_DEFEATED
    coop.distributor.void(1, sender=coop.relayer)
    assert coop.pool.reserved(1, coop.dollar) == 0
    again = house.post()
    assert again.id != proposal.id
    assert coop.distributor.head().attempt == 2


def test_review__proposal_left_lying__expires_and_frees_the_reserve(house: House) -> None:
    coop = house.coop
    house.post()
    house.evm.warp(YEAR)
    coop.distributor.void(1, sender=coop.relayer)
    assert coop.pool.reserved(1, coop.dollar) == 0


def test_review__member_raises_the_same_call__is_refused_by_the_governor(house: House) -> None:
    coop = house.coop
    call = coop.distributor.calldata("finalise", 1, 1)
    with house.evm.reverts("governor: a consent call"):
        coop.propose((coop.distributor, 0, call), text="mine")
