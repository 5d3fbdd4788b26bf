# SPDX-License-Identifier: AGPL-3.0-only
# pragma version 0.4.3
# pragma nonreentrancy on
"""
@title Payouts: what a proven leaf gets, booked once and sent
@license AGPL-3.0-only
@author Millpond maintainers
@notice amount = floor(pot * cred / (total_cred - excluded)), grain likewise; both go to the subject's account, or, if she
        asks for it herself, to another. What rounding leaves stays in the pot until the epoch closes.
@dev The minimum binds whoever pays for somebody else: a payout must reach the minimum of each epoch in it. Leaves of one
     subject in one asset that are side by side in a call are one payout, so small amounts add up over epochs and nothing
     needs to be stored for it. The person herself is not bound.
     Money goes out by `Pool.release`, which books a payment that fails as owed to its payee: nobody blocks a payday.
"""

from . import checks
from . import epochs
from . import maintainers
from . import pots
from . import wiring

uses: epochs
uses: maintainers
uses: pots

# What one leaf is to be paid.
struct Due:
    amount: uint256
    excess: uint256         # what a maintainer's cap takes off it
    grain: uint256


# By a claim: all leaves of one payout. A share is what one leaf was paid: amount u128 in the asset's smallest unit | grain
# u96 in its smallest unit | epoch u32.
event Claimed:
    subject: indexed(bytes32)
    payee: indexed(address)
    to: indexed(address)
    shares: DynArray[uint256, 16]


event ShareCapped:
    subject: indexed(bytes32)
    epoch: indexed(uint256)
    excess: uint256


event GrainWithheld:
    subject: indexed(bytes32)
    amount: uint256


event EpochClosed:
    epoch: indexed(uint256)
    left_over: uint256


BPS: constant(uint256) = 10_000
U96: constant(uint256) = 2**96 - 1

# epoch -> number of a maintainer in the set of that epoch -> what her capped leaves got of the pot
_taken: HashMap[uint256, HashMap[uint256, uint256]]


@external
@view
@reentrant
def payee_of(subject: bytes32) -> address:
    """
    @notice The account a subject is paid to now.
    @param subject An address, left-padded, or an identity.
    @return The address itself, or the account linked to the identity; zero: wait.
    """
    return self._payee_of(subject)


@external
def close_epoch(previous: bytes32, terms: epochs.PackedTerms):
    """
    @notice Free what nobody claimed and what rounding left, for the next pot. Anyone, once the claims of an epoch closed.
    @dev Reverts before that, for terms that are not those of a final epoch, and when nothing is left.
    @param previous Hash of the epoch before; zero before epoch 1.
    @param terms Packed terms of the epoch.
    """
    t: epochs.EpochTerms = epochs._final(previous, terms)
    checks._need(block.timestamp >= t.closes_at, "distributor: claims still open")
    left_over: uint256 = t.pot - epochs._paid_of(t.epoch)
    checks._need(left_over > 0, "distributor: nothing left")
    epochs._add_paid(t.epoch, t.pot, left_over)
    log EpochClosed(epoch=t.epoch, left_over=left_over)
    self._carry(t.earmark, t.asset, left_over)


@internal
@view
def _payee_of(subject: bytes32) -> address:
    number: uint256 = convert(subject, uint256)
    if number >> 160 == 0:
        return convert(number, address)
    return staticcall wiring._identity().account_of(wiring._pool().address, subject)


@internal
@view
def _due(t: epochs.EpochTerms, subject: bytes32, cred: uint256) -> Due:
    """
    @dev What a leaf gets of pot and grain, after a maintainer's cap.
    """
    divisor: uint256 = t.total_cred - t.excluded
    amount: uint256 = epochs._part(t.pot, cred, divisor)
    excess: uint256 = 0
    if t.signer_cap_bps != BPS:
        excess = self._over_cap(t, subject, amount)
    return Due(amount=amount - excess, excess=excess, grain=epochs._part(t.grain_per_epoch, cred, divisor))


@internal
@view
def _over_cap(t: epochs.EpochTerms, subject: bytes32, amount: uint256) -> uint256:
    """
    @dev What a maintainer's cap takes off an amount of the pot. To be asked only where there is a cap.
    """
    maintainer: uint256 = maintainers._number_of(t.maintainers_version, subject)
    if maintainer == 0:
        return 0
    room: uint256 = t.pot * t.signer_cap_bps // BPS - self._taken[t.epoch][maintainer]
    return amount - min(amount, room)


@internal
def _take(t: epochs.EpochTerms, subject: bytes32, amount: uint256, excess: uint256):
    """
    @dev Notes under a maintainer's cap, where there is one, what she is paid. What it took, the caller carries.
    """
    maintainer: uint256 = maintainers._number_of(t.maintainers_version, subject)
    if maintainer == 0:
        return
    self._taken[t.epoch][maintainer] += amount
    if excess > 0:
        log ShareCapped(subject=subject, epoch=t.epoch, excess=excess)


@internal
@view
def _require_open(closes_at: uint256):
    if block.timestamp >= closes_at:
        checks._refuse("distributor: claims are closed")


@internal
def _book(t: epochs.EpochTerms, subject: bytes32, index: uint256, cred: uint256) -> uint256:
    """
    @dev Books a proven leaf as paid and returns its share, whose parts fit: a pot is below 2^128, the grain of an epoch below
         2^96, and the sum tree lets no leaf have more than all. What the cap takes goes to carry at once.
    """
    self._require_open(t.closes_at)
    if t.excluded > 0:
        checks._need(not epochs._is_struck(t, subject, index), "distributor: struck out")
    due: Due = self._due(t, subject, cred)
    epochs._mark_claimed(subject, t.epoch)
    if t.signer_cap_bps != BPS:
        self._take(t, subject, due.amount, due.excess)
    epochs._add_paid(t.epoch, t.pot, due.amount + due.excess)
    if due.excess > 0:
        self._carry(t.earmark, t.asset, due.excess)
    return due.amount << 128 | due.grain << 32 | t.epoch


@internal
@pure
def _grain_of(share: uint256) -> uint256:
    return (share >> 32) & U96


@internal
def _carry(earmark: uint256, asset: address, amount: uint256):
    pots._set_carry(asset, pots._carry[asset] + amount)
    extcall wiring._pool().unreserve(earmark, asset, amount)


@internal
def _credit(subject: bytes32, payee: address, to: address, shares: DynArray[uint256, 16], minimum: uint256) -> uint256:
    """
    @dev One payout of booked shares: says so, mints its grain and returns the money that is still to be sent. Only the payee
         herself may start one below the minimum.
    """
    amount: uint256 = 0
    grain: uint256 = 0
    for share: uint256 in shares:
        amount += share >> 128
        grain += self._grain_of(share)
    if amount < minimum:
        checks._need(msg.sender == payee, "distributor: below minimum")
    log Claimed(subject=subject, payee=payee, to=to, shares=shares)
    if grain > 0:
        self._mint(subject, payee, to, grain)
    return amount


@internal
def _mint(subject: bytes32, payee: address, to: address, grain: uint256):
    """
    @dev While no grain can be created the money stays claimable: by the payee herself, who gives up the grain of this
         payout. Nobody else can make her give it up.
    """
    token: address = wiring._grain().address
    checks._need(to != token, "distributor: grain is not for it")
    minted: bool = raw_call(
        token, abi_encode(to, grain, method_id=method_id("mint(address,uint256)")), revert_on_failure=False
    )
    if not minted:
        checks._need(msg.sender == payee, "distributor: grain is halted")
        log GrainWithheld(subject=subject, amount=grain)
