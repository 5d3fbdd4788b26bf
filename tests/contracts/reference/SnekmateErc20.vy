# SPDX-License-Identifier: AGPL-3.0-only
# pragma version 0.4.3
"""
@title Somebody else's ERC-20, to hold Grain against
@license AGPL-3.0-only
@author Millpond maintainers
@notice snekmate's `erc20` module with nothing of ours in it. Its deployer is owner and minter.
"""

from snekmate.auth import ownable
from snekmate.tokens import erc20

initializes: ownable
initializes: erc20[ownable := ownable]

exports: erc20.__interface__


@deploy
def __init__(name: String[25], symbol: String[5]):
    """
    @notice The token's name is also the name of its signing domain, as in Grain.
    """
    ownable.__init__()
    erc20.__init__(name, symbol, 18, name, "1")
