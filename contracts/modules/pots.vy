# SPDX-License-Identifier: AGPL-3.0-only
# pragma version 0.4.3
# pragma nonreentrancy on
"""
@title Pots: how much there is to distribute, and the one distribution that is open
@license AGPL-3.0-only
@author Millpond maintainers
@notice pot = min(floor(R * payout_bps / 10,000) + carry, unreserved money of the pot earmark), R = received by the income
        earmark since the baseline.
@dev Finalising sets the baseline to what was received at the post and lowers carry by what the pot used of it; an attempt
     that ends without effect changes neither, so the same income can be posted again. Carry grows by what a closed epoch
     left over and by what the cap took from a maintainer's share.
     The words of the open distribution are left as they are when it ends (rewriting them is cheaper than filling them
     anew): `open_version` alone says that one is open.
"""

from ..interfaces import IClerk
from ..interfaces import IPool
from . import payout_policy
from . import wiring

uses: payout_policy

struct Head:
    finalised: uint256          # u32: number of the last final epoch
    attempt: uint256            # u32: of the next or open post; 0: no earmark opened yet
    epochs_left: uint256        # u32: of the season
    policy_version: uint256     # u32: in force
    open_version: uint256       # u32: policy of the open distribution; 0: none is open
    last_post_at: uint256       # u40: post time of the last final epoch, at first the opening of the earmark
    posted_at: uint256          # u40: of the open distribution


struct OpenDistribution:
    proposal_id: uint256
    posted_hash: bytes32
    pot: uint256
    carry_used: uint256
    received_at_post: uint256
    excluded: uint256


event CarryChanged:
    asset: indexed(address)
    carry: uint256


U32: constant(uint256) = 2**32 - 1
U40: constant(uint256) = 2**40 - 1
U128: constant(uint256) = 2**128 - 1
BPS: constant(uint256) = 10_000

# the fields of Head, in their order from the top after 16 unused bits
_head: uint256
_posted_hash: bytes32
_proposal_id: uint256
# pot u128 | carry used by it u128
_pot_and_carry: uint256
# received by the income earmark at the post u128 | cred excluded in the review u128
_received_and_excluded: uint256
# income earmark -> asset -> received at the last final post, plus 1; 0: no baseline yet
_baseline: HashMap[uint256, HashMap[address, uint256]]
# asset -> money of the pot earmark that earlier pots left over
_carry: HashMap[address, uint256]


@external
@view
@reentrant
def head() -> Head:
    """
    @notice Where this distributor stands. The next post, or the open one, is epoch `finalised + 1` of this attempt.
    @return Epochs, attempt, season, policy versions; the times of the last posts are in seconds since 1970.
    """
    return self._load_head()


@external
@view
@reentrant
def open_distribution() -> OpenDistribution:
    """
    @notice The distribution under review.
    @return Proposal, hash, pot and carry in the asset's smallest unit; zeros if none is under review.
    """
    if self._load_head().open_version == 0:
        return empty(OpenDistribution)
    return self._load_open()


@external
@view
@reentrant
def carry_of(asset: address) -> uint256:
    """
    @notice Money of the pot earmark that earlier pots left over; the next pot of this asset takes it in.
    @param asset The token; the zero address for ETH.
    @return In the asset's smallest unit.
    """
    return self._carry[asset]


@external
@view
@reentrant
def next_pot() -> (uint256, uint256, uint256):
    """
    @notice What a post would distribute now; zeros before the earmark is opened.
    @return The pot, in the asset's smallest unit.
    @return How much of it is carry, in the same unit.
    @return What the income earmark has received in all, in the same unit.
    """
    version: uint256 = self._load_head().policy_version
    if version == 0:
        return 0, 0, 0
    return self._pot(payout_policy._policy(version), payout_policy._pot_earmark(version))


@internal
@view
def _pot(policy: IClerk.Policy, earmark: uint256) -> (uint256, uint256, uint256):
    """
    @dev Pot, how much of it is carry (taken first: it is what earlier pots left in the earmark), received so far.
    """
    pool: IPool = wiring._pool()
    received: uint256 = staticcall pool.received(policy.income_earmark, policy.asset)
    unreserved: uint256 = staticcall pool.unreserved(earmark, policy.asset)
    income: uint256 = received - (self._baseline[policy.income_earmark][policy.asset] - 1)
    carry: uint256 = self._carry[policy.asset]
    pot: uint256 = min(income * policy.payout_bps // BPS + carry, unreserved)
    return pot, min(carry, pot), received


@internal
def _abandon(head: Head):
    """
    @dev Ends an open distribution without effect: reserve freed, the next attempt needs new signatures.
    """
    pot: uint256 = self._load_open().pot
    asset: address = payout_policy._policy(head.open_version).asset
    earmark: uint256 = payout_policy._pot_earmark(head.open_version)
    after: Head = head
    after.attempt += 1
    after.open_version = 0
    self._store_head(after)
    extcall wiring._pool().unreserve(earmark, asset, pot)


@internal
def _add_excluded(cred: uint256) -> uint256:
    """
    @dev Returns all that is struck out now. It stays below the total, which is below 2^128: a leaf is struck out once.
    """
    word: uint256 = self._received_and_excluded + cred
    self._received_and_excluded = word
    return word & U128


@internal
def _begin_baseline(income_earmark: uint256, asset: address):
    """
    @dev Income counts from when this pair of earmark and asset first entered a policy. The pool refuses an earmark that is
         not open yet.
    """
    if self._baseline[income_earmark][asset] == 0:
        pool: IPool = wiring._pool()
        income: IPool.Earmark = staticcall pool.earmark(income_earmark)
        received: uint256 = staticcall pool.received(income_earmark, asset)
        self._baseline[income_earmark][asset] = received + 1


@internal
def _set_carry(asset: address, carry: uint256):
    self._carry[asset] = carry
    log CarryChanged(asset=asset, carry=carry)


@internal
@view
def _load_open() -> OpenDistribution:
    return OpenDistribution(
        proposal_id=self._proposal_id,
        posted_hash=self._posted_hash,
        pot=self._pot_and_carry >> 128,
        carry_used=self._pot_and_carry & U128,
        received_at_post=self._received_and_excluded >> 128,
        excluded=self._received_and_excluded & U128,
    )


@internal
@view
def _load_head() -> Head:
    word: uint256 = self._head
    return Head(
        finalised=(word >> 208) & U32,
        attempt=(word >> 176) & U32,
        epochs_left=(word >> 144) & U32,
        policy_version=(word >> 112) & U32,
        open_version=(word >> 80) & U32,
        last_post_at=(word >> 40) & U40,
        posted_at=word & U40,
    )


@internal
def _store_head(head: Head):
    self._head = (
        head.finalised << 208
        | head.attempt << 176
        | head.epochs_left << 144
        | head.policy_version << 112
        | head.open_version << 80
        | head.last_post_at << 40
        | head.posted_at
    )
