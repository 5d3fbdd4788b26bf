# SPDX-License-Identifier: AGPL-3.0-only
# pragma version 0.4.3
# pragma nonreentrancy on
"""
@title The neighbours of a spender: a contract that spends one earmark
@license AGPL-3.0-only
@author Millpond maintainers
@notice Appended to the clone by the Hub, in this order: hub, pool, governor. They cannot change. (Behind them stand the grain
        and the registry of identities, which the Hub appends for every kind.)
"""

from ..interfaces import IGovernor
from ..interfaces import IPool
from . import clone_args


@external
@view
@reentrant
def hub() -> address:
    """
    @notice The Hub that made this contract.
    @return Its address, which stands in the clone's own code.
    """
    return clone_args._address_at(0)


@external
@view
@reentrant
def pool() -> address:
    """
    @notice The Pool that holds the money.
    @return Its address, which stands in the clone's own code.
    """
    return self._pool().address


@external
@view
@reentrant
def governor() -> address:
    """
    @notice The Governor: the members and their votes.
    @return Its address, which stands in the clone's own code.
    """
    return self._governor().address


@internal
@view
def _pool() -> IPool:
    return IPool(clone_args._address_at(1))


@internal
@view
def _governor() -> IGovernor:
    return IGovernor(clone_args._address_at(2))
