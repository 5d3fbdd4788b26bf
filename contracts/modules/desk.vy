# SPDX-License-Identifier: AGPL-3.0-only
# pragma version 0.4.3
# pragma nonreentrancy on
"""
@title Where the Clerk is
@license AGPL-3.0-only
@author Millpond maintainers
@notice One contract without money, memory or will of its own reads long lists, proofs and signatures for all distributors,
        which leaves this one room for what must be kept.
@dev An immutable of the implementation, so of all its clones.
"""

from ..interfaces import IClerk
from . import checks

CLERK: immutable(address)


@deploy
def __init__(clerk: address):
    """
    @notice The Clerk is named once, in the code that all clones share.
    @param clerk The contract that reads lists, proofs and signatures.
    """
    CLERK = clerk


@external
@view
@reentrant
def clerk() -> address:
    """
    @notice The Clerk, which reads lists, proofs and signatures for this distributor.
    @return Its address, the same for all distributors of this code.
    """
    return CLERK


@internal
@view
def _clerk() -> IClerk:
    return IClerk(CLERK)


@internal
@view
def _require_clerk():
    checks._need(msg.sender == CLERK, "distributor: only the clerk")
