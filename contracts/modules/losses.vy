# SPDX-License-Identifier: AGPL-3.0-only
# pragma version 0.4.3
# pragma nonreentrancy on
"""
@title Losses: what members decide when a token has lost value where it lies
@license AGPL-3.0-only
@author Millpond maintainers
@notice A token of which less is there than the books need is paid out to nobody. Either somebody sends what is missing,
        or the members accept the loss: then everybody's share of it, promised, restricted, owed or free, is paid at the
        same lower factor, whoever comes first.
@dev Nothing can be lowered that is not short, nor further than was voted: otherwise a vote, or whoever picks the second
     in which it is carried out, could turn what was promised into a surplus.
"""

from . import holdings
from . import payments
from . import pool_parts

uses: holdings
uses: pool_parts


event LossAccepted:
    asset: indexed(address)
    factor: uint256


# ------------------------------------------------------------------------------------------------ the pool itself, by vote

@external
def accept_loss(asset: address, least_factor: uint256):
    """
    @notice Spreads what is missing of a token evenly over all that the books say. Only the Governor (a rules vote).
    @dev The factor becomes floor(what is there now * 10^18 / held), measured when this is executed; it is less than
         before and never rises again. Should the token recover, `sync` books the difference to the general fund.
         Reverts when the books are covered, when it would be lower than what was voted, when it would be below 10^9
         (nothing worth sharing is left), for a least factor of zero, and for an asset without code.
    @param asset The token.
    @param least_factor The lowest factor that the vote allows, above 0; 10^18 would be no loss at all.
    """
    pool_parts._check_governor()
    assert least_factor != 0, "pool: a loss needs a limit"
    real: uint256 = payments._real_balance(asset)
    assert real < holdings._needed(holdings.holdings[asset]), "pool: this asset is not short"
    factor: uint256 = holdings._accept_loss(asset, real)
    assert factor >= least_factor, "pool: more is lost than voted"
    log LossAccepted(asset=asset, factor=factor)
