# SPDX-License-Identifier: AGPL-3.0-only
# pragma version 0.4.3
# pragma nonreentrancy on
"""
@title Single leaves: struck out and put back in the review, or settled elsewhere once they are final
@license AGPL-3.0-only
@author Millpond maintainers
@notice Whoever gamed the scores can be struck out in the open, with a reason, before anything is final: her cred leaves
        numerator and denominator, and nothing of it is carried. The members can put her back, for good.
@dev The Clerk calls these, once it has seen the signatures and the proof; the bounds are kept here. All that is struck
     out together stays within a share of the total that the members voted. The first time puts the end of the vote off to at
     least three days from now and rules out an early end; in the last two days nothing is struck out any more, so the
     members always have the last word.
"""

from . import checks
from . import desk
from . import epochs
from . import payout_policy
from . import payouts
from . import postings
from . import pots
from . import wiring

uses: desk
uses: epochs
uses: payout_policy
uses: payouts
uses: postings
uses: pots

interface IVotes:
    def proposalDeadline(proposalId: uint256) -> uint256: view


event ZeroedOut:
    epoch: indexed(uint256)
    attempt: indexed(uint256)
    subject: indexed(bytes32)
    cred: uint256
    reason_hash: bytes32
    signers: DynArray[address, 16]


event Restored:
    epoch: indexed(uint256)
    attempt: indexed(uint256)
    subject: indexed(bytes32)
    cred: uint256
    reason_hash: bytes32
    signers: DynArray[address, 16]


event SettledOffChain:
    subject: indexed(bytes32)
    epoch: indexed(uint256)
    payee: indexed(address)
    reference: bytes32
    amount: uint256
    grain: uint256


DAY: constant(uint256) = 86_400
# So much of the review is left when the first cred has been struck out,
LEFT_FOR_MEMBERS: constant(uint256) = 3 * DAY
# and in so much of its end none is.
LAST_WORD: constant(uint256) = 2 * DAY
ACTIVE: constant(uint256) = 1
BPS: constant(uint256) = 10_000

# the consent proposal whose end was put off last
_extended: uint256


@external
def zero_out(
    epoch: uint256,
    terms: epochs.PackedTerms,
    subject: bytes32,
    index: uint256,
    cred: uint256,
    reason_hash: bytes32,
    signers: DynArray[address, 16],
):
    """
    @notice Strike a leaf out of the open distribution. `Clerk.zero_out` only: maintainers have signed it.
    @dev Reverts for anyone else, for terms that are not the open ones, once the vote has ended and in its last two days, for
         a leaf that was struck out or restored before, for one without cred, and for more than the voted share together.
    @param epoch The open epoch.
    @param terms The terms that were posted.
    @param subject Whose leaf.
    @param index Its place among all leaves, from 0.
    @param cred Its cred, in micro-cred.
    @param reason_hash keccak256 of the reason's text.
    @param signers Who signed.
    """
    attempt: uint256 = self._reviewed(epoch, terms)
    key: uint256 = epochs._leaf_key(epoch, attempt, index)
    checks._need(cred > 0, "distributor: no cred to strike")
    checks._need(epochs._struck[subject][key] == 0, "distributor: struck out before")
    epochs._struck[subject][key] = cred << 1 | 1
    excluded: uint256 = pots._add_excluded(cred)
    most: uint256 = (terms.pot_and_total & U128) * payout_policy._review_of(pots._load_head().open_version).zero_out_bps
    checks._need(excluded * BPS <= most, "distributor: over voted share")
    log ZeroedOut(epoch=epoch, attempt=attempt, subject=subject, cred=cred, reason_hash=reason_hash, signers=signers)
    proposal_id: uint256 = pots._proposal_id
    closes_at: uint256 = staticcall IVotes(wiring._governor().address).proposalDeadline(proposal_id)
    checks._need(block.timestamp + LAST_WORD <= closes_at, "distributor: too late for that")
    if self._extended != proposal_id:
        self._extended = proposal_id
        extcall wiring._governor().extend_consent(proposal_id, max(closes_at, block.timestamp + LEFT_FOR_MEMBERS))


@external
def restore(
    epoch: uint256,
    terms: epochs.PackedTerms,
    subject: bytes32,
    index: uint256,
    reason_hash: bytes32,
    signers: DynArray[address, 16],
):
    """
    @notice Put a struck out leaf back. `Clerk.restore` only: members have signed it.
    @dev Reverts for anyone else, for terms that are not the open ones, once the vote has ended, and for a leaf that is not
         struck out. It cannot be struck out again.
    @param epoch The open epoch.
    @param terms The terms that were posted.
    @param subject Whose leaf.
    @param index Its place among all leaves, from 0.
    @param reason_hash keccak256 of the reason's text.
    @param signers Who signed.
    """
    attempt: uint256 = self._reviewed(epoch, terms)
    key: uint256 = epochs._leaf_key(epoch, attempt, index)
    struck: uint256 = epochs._struck[subject][key]
    checks._need(struck & 1 == 1, "distributor: not struck out")
    epochs._struck[subject][key] = struck - 1
    cred: uint256 = struck >> 1
    pots._received_and_excluded -= cred
    log Restored(epoch=epoch, attempt=attempt, subject=subject, cred=cred, reason_hash=reason_hash, signers=signers)


@external
def settle_off_chain(
    previous: bytes32,
    terms: epochs.PackedTerms,
    subject: bytes32,
    index: uint256,
    cred: uint256,
    payee: address,
    reference: bytes32,
):
    """
    @notice Book a leaf as paid elsewhere. `Clerk.settle_off_chain` only: the payee has signed it.
    @dev Its part of the pot goes to carry, for the next one; its grain is minted all the same. Reverts for anyone else, for
         terms that are no final epoch's, for a leaf that is claimed or gets nothing, after the claims closed, and while no
         grain can be created: nobody else can make the payee do without.
    @param previous Hash of the epoch before; zero before epoch 1.
    @param terms Packed terms of the epoch.
    @param subject Whose leaf.
    @param index Its place among all leaves, from 0.
    @param cred Its cred, in micro-cred.
    @param payee The account of the subject.
    @param reference What it is paid by elsewhere.
    """
    desk._require_clerk()
    t: epochs.EpochTerms = epochs._final(previous, terms)
    share: uint256 = payouts._book(t, subject, index, cred)
    amount: uint256 = share >> 128
    grain: uint256 = payouts._grain_of(share)
    checks._need(amount > 0, "distributor: nothing to settle")
    log SettledOffChain(subject=subject, epoch=t.epoch, payee=payee, reference=reference, amount=amount, grain=grain)
    payouts._carry(t.earmark, t.asset, amount)
    if grain > 0:
        payouts._mint(subject, payee, payee, grain)


U128: constant(uint256) = 2**128 - 1


@external
@view
@reentrant
def restorers() -> uint256:
    """
    @notice How many members' signatures put a struck out leaf of the open distribution back.
    @return From 1 to 16; 0 while none is open.
    """
    return payout_policy._review_of(pots._load_head().open_version).restorers


@internal
@view
def _reviewed(epoch: uint256, terms: epochs.PackedTerms) -> uint256:
    """
    @dev The attempt that is under review.
    """
    desk._require_clerk()
    head: pots.Head = postings._require_terms_open(epoch, terms)
    state: uint256 = staticcall wiring._governor().state(pots._proposal_id)
    checks._need(state <= ACTIVE, "distributor: review is over")
    return head.attempt
