# SPDX-License-Identifier: AGPL-3.0-only
# pragma version 0.4.3
# pragma nonreentrancy on
"""
@title Holdings: what a pool has of each asset in all, and what a unit of its books is worth
@license AGPL-3.0-only
@author Millpond maintainers
@notice The books are nominal. While nothing was lost, a unit of them is a unit of the asset. When a token loses value
        where it lies (a rebase down, an issuer's burn), members may accept the loss by vote: from then on the books are
        paid at a factor below 1, the same for everybody, and gifts count for as much more as they are worth more.
@dev Always: held = sum of balances + sum of debts. `factor` only falls. What is paid is rounded down and what is needed
     is rounded up, so that all payments together never exceed what is there.
"""

from . import packing

# A factor of one: nothing was lost. It stands for itself as zero bits, so that most assets never write it.
WHOLE: constant(uint256) = 10**18
# Below it rounding would take a share of what is left, and a token that recovers would not fit into the books.
LEAST: constant(uint256) = 10**9

# asset -> factor << 128 | held. Held is the sum of balances and debts.
holdings: HashMap[address, uint256]
# asset -> account -> what could not be paid and waits to be withdrawn, as the books count.
owed: public(reentrant(HashMap[address, HashMap[address, uint256]]))


# ------------------------------------------------------------------------------------------------ views

@external
@view
@reentrant
def held(asset: address) -> uint256:
    """
    @notice What the books say the pool has: all balances and all debts.
    @param asset The token; the zero address for ETH.
    @return In the asset's smallest unit, as the books count.
    """
    return packing._low(self.holdings[asset])


@external
@view
@reentrant
def factor_of(asset: address) -> uint256:
    """
    @notice What a unit of the books is worth: an amount is paid as floor(amount * factor / 10^18).
    @param asset The token; the zero address for ETH.
    @return 10^18 unless a vote has accepted a loss; it never rises, nor falls below 10^9.
    """
    factor: uint256 = packing._high(self.holdings[asset])
    return WHOLE if factor == 0 else factor


# ------------------------------------------------------------------------------------------------ internals

@internal
@pure
def _worth(word: uint256, amount: uint256) -> uint256:
    """
    @dev What an amount of the books is paid with, rounded down. `word` are the asset's holdings.
    """
    factor: uint256 = packing._high(word)
    if factor == 0:
        return amount
    return amount * factor // WHOLE


@internal
@pure
def _needed(word: uint256) -> uint256:
    """
    @dev What has to be there, rounded up, for the whole of the books to be paid.
    """
    factor: uint256 = packing._high(word)
    if factor == 0:
        return packing._low(word)
    return (packing._low(word) * factor + WHOLE - 1) // WHOLE


@internal
def _come(asset: address, word: uint256, real: uint256) -> uint256:
    """
    @dev Books what has arrived and returns what it counts for, rounded down. `word` are the asset's holdings before.
    """
    factor: uint256 = packing._high(word)
    amount: uint256 = real
    if factor != 0:
        # cut where it no longer fits, so that the next line refuses it by its name
        amount = min(real, packing.HALF) * WHOLE // factor
    self.holdings[asset] = packing._pair(factor, packing._low(word) + amount)
    return amount


@internal
def _let_go(asset: address, amount: uint256) -> uint256:
    """
    @dev Returns the holdings before. The caller has taken `amount` out of a balance or a debt, so at least that is held.
    """
    word: uint256 = self.holdings[asset]
    self.holdings[asset] = word - amount
    return word


@internal
def _owe(asset: address, to: address, amount: uint256):
    """
    @dev A payment that failed: `amount` was let go a moment ago.
    """
    self.holdings[asset] += amount
    self.owed[asset][to] += amount


@internal
def _accept_loss(asset: address, real: uint256) -> uint256:
    """
    @dev `real` is less than what is needed, so the factor falls: real / held < factor before, and rounded down still so.
    """
    held: uint256 = packing._low(self.holdings[asset])
    factor: uint256 = real * WHOLE // held
    assert factor >= LEAST, "pool: nothing of it is left"
    self.holdings[asset] = factor << 128 | held
    return factor
