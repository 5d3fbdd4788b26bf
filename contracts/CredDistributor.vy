# SPDX-License-Identifier: AGPL-3.0-only
# pragma version 0.4.3
# pragma nonreentrancy on
# pragma optimize codesize
"""
@title CredDistributor: pays one earmark out by cred
@license AGPL-3.0-only
@author Millpond maintainers
@notice Each epoch the maintainers sign how much cred everybody has, the members have a week to object, then everybody can
        claim her share of the money that came in: D[c] / sum(D) * R * p, computed here.
@dev A clone for each pool; the Hub appends hub, pool, governor, grain, identity. It serves the one earmark that was opened
     with it as the spender. Trust: the maintainers decide the cred of each subject, within one pot at a time, and the
     members can stop it before it is final; nobody can change a final epoch.
     Whatever somebody has to sign comes in through the Clerk (Clerk.vy), which reads signatures, proofs and lists and has no
     say of its own; times, shares, once and never again are kept here.
     modules/postings: the way of a distribution. modules/review: single leaves, struck out, restored or settled elsewhere.
     modules/claims, paydays, payouts: who is paid. modules/pots: how much there is. modules/epochs: what was frozen.
     modules/sum_tree: proofs. modules/maintainers: who may sign. modules/payout_policy: p and its companions.
     Parameters of the earmark (`params` of `Pool.open_earmark`): abi.encode(Policy), see modules/payout_policy.
@custom:holds Nothing. The money is in the Pool, reserved for each posted pot; Grain is minted when it is claimed.
@custom:halt Members vote against a consent proposal; by a rules vote they change the maintainers, end the season
             (`set_season(0)`), or take the right to mint away. What is final stays claimable; without the right to mint
             by the payee's own call only, and without grain.
"""

from .interfaces import IClerk
from .interfaces import ICredDistributor
from .interfaces import IPool
from .interfaces import ISpender
from .modules import checks
from .modules import claims
from .modules import desk
from .modules import epochs
from .modules import maintainers
from .modules import paydays
from .modules import payout_policy
from .modules import payouts
from .modules import postings
from .modules import pots
from .modules import review
from .modules import signatures
from .modules import wiring

implements: ICredDistributor
implements: ISpender

initializes: desk
initializes: epochs
initializes: maintainers
initializes: payout_policy[desk := desk]
initializes: pots[payout_policy := payout_policy]
initializes: postings[
    desk := desk, epochs := epochs, maintainers := maintainers, payout_policy := payout_policy, pots := pots
]
initializes: payouts[epochs := epochs, maintainers := maintainers, pots := pots]
initializes: review[
    desk := desk, epochs := epochs, payout_policy := payout_policy, payouts := payouts, postings := postings, pots := pots
]
initializes: claims[epochs := epochs, payouts := payouts]
initializes: paydays[desk := desk, epochs := epochs, payouts := payouts]

# anyone: payouts
exports: claims.claim
exports: paydays.claim_many
exports: paydays.payday
exports: payouts.close_epoch
# the clerk, who has seen the signatures
exports: postings.post
exports: postings.withdraw
exports: review.zero_out
exports: review.restore
exports: review.settle_off_chain
# anyone: the end of a failed review
exports: postings.void
# the governor
exports: postings.finalise
# views: where it stands
exports: pots.head
exports: pots.open_distribution
exports: pots.next_pot
exports: pots.carry_of
exports: payout_policy.policy_of
exports: maintainers.maintainer_set
exports: maintainers.is_maintainer
exports: maintainers.maintainer_of
exports: review.restorers
# views: epochs and leaves
exports: epochs.epoch_hash_of
exports: epochs.paid_of
exports: epochs.is_claimed
exports: payouts.payee_of
# views: neighbours
exports: desk.clerk
exports: wiring.hub
exports: wiring.pool
exports: wiring.governor
exports: wiring.grain
exports: wiring.identity
# EIP-5267
exports: signatures.eip712Domain


event SeasonSet:
    epochs_left: uint256


MAX_SEASON: constant(uint256) = 1_200


@deploy
def __init__(clerk: address):
    """
    @notice The implementation that the clones share. It has no hub and no pool of its own, so nobody can set it up.
    @param clerk The contract that reads lists, proofs and signatures for all of them.
    """
    desk.__init__(clerk)


# ------------------------------------------------------------------------------------------------ the hub, once

@external
def setup(members: DynArray[ICredDistributor.Maintainer, 16], needed: uint256, season_epochs: uint256):
    """
    @notice Name the first maintainers and the length of the first season. The Hub, once, when it makes the pool.
    @dev Reverts for anyone else, a second time, and as `set_maintainers` and `set_season`.
    @param members The maintainers by ascending account, each with the subjects that are her own.
    @param needed How many of them must sign a distribution.
    @param season_epochs How many epochs may be paid before the members must start another season.
    """
    checks._need(msg.sender == wiring._hub(), "distributor: only the hub")
    checks._need(maintainers._set == 0, "distributor: already set up")
    maintainers._replace(members, needed)
    self._set_season(season_epochs)


# ------------------------------------------------------------------------------------------------ the pool, once

@external
def on_open(earmark_id: uint256, params: Bytes[512]):
    """
    @notice The pool has opened the earmark that this distributor pays out. The pool only, once; later earmarks need
            another clone.
    @dev Income counts, and the first epoch runs, from now. A restricted earmark that is its own income pays it all out.
         Reverts for anyone else, a second time, and for a policy that is out of bounds or names an unknown income earmark.
    @param earmark_id The earmark whose money it divides from now on, never 0.
    @param params abi.encode(Policy).
    """
    pool: IPool = wiring._pool()
    checks._need(msg.sender == pool.address, "distributor: only the pool")
    head: pots.Head = pots._load_head()
    checks._need(head.attempt == 0, "distributor: has its earmark")
    checks._need(len(params) == 352, "distributor: bad parameters")
    policy: IClerk.Policy = abi_decode(params, IClerk.Policy)
    if policy.income_earmark == earmark_id and (staticcall pool.earmark(earmark_id)).restricted:
        checks._need(policy.payout_bps == 10_000, "distributor: must pay all")
    head.attempt = 1
    head.policy_version = 1
    head.last_post_at = block.timestamp
    pots._store_head(head)
    self._adopt(1, earmark_id, policy, False)


# ------------------------------------------------------------------------------------------------ the governor

@external
def set_policy(policy: IClerk.Policy):
    """
    @notice Change the payout policy from the next post on. The Governor, by a rules vote.
    @dev The patrons of a restricted earmark gave under its asset, income, share and cap: these cannot change there.
         Reverts for anyone else, before the earmark is opened, and for a policy out of bounds.
    @param policy The whole new policy.
    """
    self._require_governor()
    head: pots.Head = pots._load_head()
    checks._need(head.attempt > 0, "distributor: nothing opened")
    earmark_id: uint256 = payout_policy._pot_earmark(head.policy_version)
    frozen: bool = (staticcall wiring._pool().earmark(earmark_id)).restricted
    head.policy_version += 1
    pots._store_head(head)
    self._adopt(head.policy_version, earmark_id, policy, frozen)


@external
def set_maintainers(members: DynArray[ICredDistributor.Maintainer, 16], needed: uint256):
    """
    @notice Replace the maintainers. The Governor, by a rules vote. An open distribution stays under review.
    @dev Reverts for anyone else, for an empty or unsorted list, a subject named twice, and more needed than there are.
    @param members The new maintainers by ascending account, each with the subjects that are her own.
    @param needed How many of them must sign a distribution, at least 1.
    """
    self._require_governor()
    maintainers._replace(members, needed)


@external
def set_season(season_epochs: uint256):
    """
    @notice Start another season, or end this one (0): so many epochs may be paid. The Governor, by a rules vote.
    @dev An open distribution may still become final and counts. Claims never depend on the season.
         Reverts for anyone else and above 1,200.
    @param season_epochs How many epochs may become final before posting stops.
    """
    self._require_governor()
    self._set_season(season_epochs)


# ------------------------------------------------------------------------------------------------ internals

@internal
def _set_season(season_epochs: uint256):
    checks._need(season_epochs <= MAX_SEASON, "distributor: season too long")
    head: pots.Head = pots._load_head()
    head.epochs_left = season_epochs
    pots._store_head(head)
    log SeasonSet(epochs_left=season_epochs)


@internal
def _adopt(version: uint256, earmark_id: uint256, policy: IClerk.Policy, frozen: bool):
    pots._begin_baseline(policy.income_earmark, policy.asset)
    payout_policy._write(version, earmark_id, policy, frozen)


@internal
@view
def _require_governor():
    checks._need(msg.sender == wiring._governor().address, "distributor: only the governor")
