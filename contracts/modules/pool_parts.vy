# SPDX-License-Identifier: AGPL-3.0-only
# pragma version 0.4.3
# pragma nonreentrancy on
"""
@title Pool parts: who decides over a pool, and which token thanks its patrons
@license AGPL-3.0-only
@author Millpond maintainers
@notice A clone's code carries the Hub. Governor and Grain come later, since their addresses follow from the Pool's: the
        Hub names them once, in the transaction that makes the pool.
"""

from . import clone_args

HUB: constant(uint256) = 0

# Decides by vote; zero until the Hub has set the pool up.
governor: public(reentrant(address))
# The pool's token, for grain to patrons.
grain: public(reentrant(address))
# True from `setup` to the end of its transaction, in which the Hub may open the first earmark.
being_made: transient(bool)


# ------------------------------------------------------------------------------------------------ the Hub, once

@external
def setup(governor: address, grain: address):
    """
    @notice Names the pool's Governor and Grain for ever. Only the Hub, in the transaction that makes the pool.
    @dev Reverts for everybody else, for a second time, and when one of them is the zero address.
    @param governor The contract by which the members decide.
    @param grain The pool's token of thanks.
    """
    assert msg.sender == self._hub(), "pool: not the Hub"
    assert self.governor == empty(address), "pool: set up already"
    assert governor != empty(address) and grain != empty(address), "pool: part is missing"
    self.governor = governor
    self.grain = grain
    self.being_made = True


# ------------------------------------------------------------------------------------------------ views

@external
@view
@reentrant
def hub() -> address:
    """
    @notice The Hub that made this pool.
    @return Its address, which stands in the clone's own code.
    """
    return self._hub()


# ------------------------------------------------------------------------------------------------ internals

@internal
@view
def _hub() -> address:
    return clone_args._address_at(HUB)


@internal
@view
def _check_governor():
    assert msg.sender == self.governor, "pool: only the Governor"


@internal
@view
def _is_the_hub_making_it() -> bool:
    return self.being_made and msg.sender == self._hub()
