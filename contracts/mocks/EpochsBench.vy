# SPDX-License-Identifier: AGPL-3.0-only
# pragma version 0.4.3
# pragma nonreentrancy on
"""
@title A bench for modules/epochs and modules/hex_text
@license AGPL-3.0-only
@author Millpond maintainers
@notice Shows what no honest call of the distributor reaches: more booked than the pot, and halves that meet.
@custom:holds Nothing.
@custom:halt It does nothing that could be halted.
"""

from ..modules import epochs
from ..modules import hex_text

initializes: epochs

exports: epochs.paid_of


@external
def add_paid(epoch: uint256, pot: uint256, amount: uint256):
    """
    @notice Books an amount as paid out of a pot.
    """
    epochs._add_paid(epoch, pot, amount)


@external
@view
@reentrant
def hex(word: bytes32) -> String[66]:
    """
    @notice The text of a hash.
    """
    return hex_text._hex(word)
