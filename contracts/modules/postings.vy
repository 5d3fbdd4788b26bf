# SPDX-License-Identifier: AGPL-3.0-only
# pragma version 0.4.3
# pragma nonreentrancy on
"""
@title The way of a distribution: posted by maintainers, reviewed by members, final or void
@license AGPL-3.0-only
@author Millpond maintainers
@notice One distribution is open at a time. Its pot is reserved in the Pool from post to the last claim.
@dev Every way out of a review is here: final by the members' consent, withdrawn by the maintainers who posted it, or void
     once the consent proposal failed. Signatures (Clerk.vy) name the attempt, so those of an ended one are dead.
"""

from ..interfaces import IClerk
from . import checks
from . import desk
from . import epochs
from . import maintainers
from . import payout_policy
from . import pots
from . import sum_tree
from . import wiring

uses: desk
uses: epochs
uses: maintainers
uses: payout_policy
uses: pots

event DistributionPosted:
    epoch: indexed(uint256)
    attempt: indexed(uint256)
    proposal_id: indexed(uint256)
    terms: epochs.EpochTerms
    data_hash: bytes32
    uri: String[256]
    signers: DynArray[address, 16]


event DistributionFinalised:
    epoch: indexed(uint256)
    attempt: indexed(uint256)
    epoch_hash: bytes32
    excluded: uint256
    closes_at: uint256


event DistributionWithdrawn:
    epoch: indexed(uint256)
    attempt: indexed(uint256)
    signers: DynArray[address, 16]


event DistributionVoided:
    epoch: indexed(uint256)
    attempt: indexed(uint256)
    proposal_state: uint256


# States of a proposal that end it without the call.
CANCELED: constant(uint256) = 2
DEFEATED: constant(uint256) = 3
EXPIRED: constant(uint256) = 6

@external
def post(
    epoch: uint256,
    root: bytes32,
    total_cred: uint256,
    leaf_count: uint256,
    data_hash: bytes32,
    uri: String[256],
    text: String[323],
    signers: DynArray[address, 16],
) -> uint256:
    """
    @notice Open a distribution: reserve its pot and raise the members' consent proposal. `Clerk.post` only: enough
            maintainers have signed it.
    @dev Reverts for anyone else, while another one is open, before the epoch is over, after the season, and without
         anything to pay.
    @param epoch One above the last final epoch.
    @param root Root of the sum tree of cred.
    @param total_cred Sum of all leaves, in micro-cred; below 2^128.
    @param leaf_count Number of leaves, at most 2^24.
    @param data_hash keccak256 of the distribution document.
    @param uri Where the document is.
    @param text Of the proposal: where the document is and what its hash must be.
    @param signers Who signed.
    @return The id of the consent proposal.
    """
    desk._require_clerk()
    head: pots.Head = pots._load_head()
    self._require_next(head, epoch)
    checks._need(root != empty(bytes32) and data_hash != empty(bytes32), "distributor: empty hash")
    checks._need(total_cred > 0 and total_cred < sum_tree.MAX_CRED, "distributor: bad total cred")
    checks._need(leaf_count > 0 and leaf_count <= sum_tree.MAX_LEAVES, "distributor: bad leaf count")
    checks._need(len(uri) > 0, "distributor: no document uri")
    terms: epochs.EpochTerms = self._open(head, root, total_cred, leaf_count)
    proposal_id: uint256 = self._raise_proposal(terms, text)
    log DistributionPosted(
        epoch=epoch,
        attempt=terms.attempt,
        proposal_id=proposal_id,
        terms=terms,
        data_hash=data_hash,
        uri=uri,
        signers=signers,
    )
    return proposal_id


@external
def withdraw(epoch: uint256, terms: epochs.PackedTerms, signers: DynArray[address, 16]):
    """
    @notice Take the open distribution back: its reserve is freed and its signatures are dead. `Clerk.withdraw` only: enough
            maintainers have signed it.
    @dev Reverts for anyone else, and for an epoch or terms that are not the open ones.
    @param epoch The open epoch.
    @param terms The terms that were posted (their last word does not matter here).
    @param signers Who signed.
    """
    desk._require_clerk()
    head: pots.Head = self._require_terms_open(epoch, terms)
    pots._abandon(head)
    log DistributionWithdrawn(epoch=epoch, attempt=head.attempt, signers=signers)


@external
def void(epoch: uint256):
    """
    @notice Free the reserve of an open distribution whose consent proposal failed. Anyone, once the proposal is Defeated,
            Canceled or Expired.
    @dev Reverts before that, and for an epoch that is not open.
    @param epoch The open epoch.
    """
    head: pots.Head = pots._load_head()
    self._require_open(head, epoch)
    state: uint256 = staticcall wiring._governor().state(pots._proposal_id)
    checks._need(
        state == CANCELED or state == DEFEATED or state == EXPIRED,
        "distributor: review not failed",
    )
    pots._abandon(head)
    log DistributionVoided(epoch=epoch, attempt=head.attempt, proposal_state=state)


@external
def finalise(epoch: uint256, attempt: uint256):
    """
    @notice Make the open distribution final. The Governor only, by the consent proposal that the post raised.
    @dev Baseline, carry and season move here and nowhere else. Claims are open until the claim window has passed from now.
         Reverts for anyone else, and for an epoch or attempt that is not the open one.
    @param epoch The open epoch.
    @param attempt The open attempt of that epoch.
    """
    checks._need(msg.sender == wiring._governor().address, "distributor: not the governor")
    head: pots.Head = pots._load_head()
    self._require_open(head, epoch)
    checks._need(attempt == head.attempt, "distributor: other attempt")
    policy: IClerk.Policy = payout_policy._policy(head.open_version)
    open: pots.OpenDistribution = pots._load_open()
    closes_at: uint256 = block.timestamp + policy.claim_window
    review: uint256 = epochs._review(epoch, attempt, open.excluded, closes_at)
    epoch_hash: bytes32 = epochs._chained(epochs._epoch_hash[head.finalised], open.posted_hash, review)
    epochs._epoch_hash[epoch] = epoch_hash
    pots._baseline[policy.income_earmark][policy.asset] = open.received_at_post + 1
    if open.carry_used > 0:
        pots._set_carry(policy.asset, pots._carry[policy.asset] - open.carry_used)
    head.finalised = epoch
    head.attempt = 1
    head.epochs_left -= min(1, head.epochs_left)
    head.open_version = 0
    head.last_post_at = head.posted_at
    pots._store_head(head)
    log DistributionFinalised(
        epoch=epoch, attempt=attempt, epoch_hash=epoch_hash, excluded=open.excluded, closes_at=closes_at
    )


@internal
@view
def _require_next(head: pots.Head, epoch: uint256):
    checks._need(head.attempt > 0, "distributor: no earmark yet")
    checks._need(head.open_version == 0, "distributor: one is open")
    checks._need(epoch == head.finalised + 1, "distributor: not next epoch")
    checks._need(head.epochs_left > 0, "distributor: season is over")
    epoch_length: uint256 = payout_policy._policy(head.policy_version).epoch_length
    checks._need(block.timestamp >= head.last_post_at + epoch_length, "distributor: epoch not over")


@internal
@view
def _require_open(head: pots.Head, epoch: uint256):
    checks._need(head.open_version > 0 and epoch == head.finalised + 1, "distributor: not open")


@internal
@view
def _require_terms_open(epoch: uint256, terms: epochs.PackedTerms) -> pots.Head:
    head: pots.Head = pots._load_head()
    self._require_open(head, epoch)
    checks._need(epochs._posted_hash(terms) == pots._posted_hash, "distributor: other terms open")
    return head


@internal
def _open(head: pots.Head, root: bytes32, total_cred: uint256, leaf_count: uint256) -> epochs.EpochTerms:
    """
    @dev Divides the income by the policy in force, reserves the pot and keeps what the end of the review will need.
    """
    policy: IClerk.Policy = payout_policy._policy(head.policy_version)
    earmark: uint256 = payout_policy._pot_earmark(head.policy_version)
    pot: uint256 = 0
    carry_used: uint256 = 0
    received: uint256 = 0
    pot, carry_used, received = pots._pot(policy, earmark)
    checks._need(pot > 0, "distributor: nothing to pay out")
    maintainers_version: uint256 = maintainers._set >> 16
    terms: epochs.EpochTerms = epochs.EpochTerms(
        epoch=head.finalised + 1,
        attempt=head.attempt,
        root=root,
        total_cred=total_cred,
        leaf_count=leaf_count,
        earmark=earmark,
        asset=policy.asset,
        pot=pot,
        minimum=policy.minimum,
        grain_per_epoch=policy.grain_per_epoch,
        signer_cap_bps=policy.signer_cap_bps,
        maintainers_version=maintainers_version,
        excluded=0,
        closes_at=0,
    )
    pots._posted_hash = epochs._posted_hash(epochs._packed(terms))
    pots._pot_and_carry = pot << 128 | carry_used
    pots._received_and_excluded = received << 128
    opened: pots.Head = head
    opened.open_version = head.policy_version
    opened.posted_at = block.timestamp
    pots._store_head(opened)
    extcall wiring._pool().reserve(earmark, policy.asset, pot)
    return terms


@internal
def _raise_proposal(terms: epochs.EpochTerms, text: String[323]) -> uint256:
    """
    @dev Epoch and attempt are in the call itself.
    """
    call: Bytes[260] = abi_encode(
        terms.epoch, terms.attempt, method_id=method_id("finalise(uint256,uint256)")
    )
    targets: DynArray[address, 1] = [self]
    values: DynArray[uint256, 1] = [empty(uint256)]
    calldatas: DynArray[Bytes[260], 1] = [call]
    proposal_id: uint256 = extcall wiring._governor().propose(targets, values, calldatas, text)
    pots._proposal_id = proposal_id
    return proposal_id
