# SPDX-License-Identifier: AGPL-3.0-only
# pragma version 0.4.3
# pragma nonreentrancy on
"""
@title The neighbours of a distributor
@license AGPL-3.0-only
@author Millpond maintainers
@notice Appended to the clone by the Hub, in this order: hub, pool, governor, grain, identity. They cannot change.
"""

from ..interfaces import IGovernor
from ..interfaces import IGrain
from ..interfaces import IIdentity
from ..interfaces import IPool
from . import clone_args


@external
@view
@reentrant
def hub() -> address:
    """
    @notice The Hub that made this distributor.
    @return Its address, which stands in the clone's own code.
    """
    return self._hub()


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
    @notice The Governor: the members' votes.
    @return Its address, which stands in the clone's own code.
    """
    return self._governor().address


@external
@view
@reentrant
def grain() -> address:
    """
    @notice The pool's Grain.
    @return Its address, which stands in the clone's own code.
    """
    return self._grain().address


@external
@view
@reentrant
def identity() -> address:
    """
    @notice The Identity registry that says whose account an identity is.
    @return Its address, which stands in the clone's own code.
    """
    return self._identity().address


@internal
@view
def _hub() -> address:
    return clone_args._address_at(0)


@internal
@view
def _pool() -> IPool:
    return IPool(clone_args._address_at(1))


@internal
@view
def _governor() -> IGovernor:
    return IGovernor(clone_args._address_at(2))


@internal
@view
def _grain() -> IGrain:
    return IGrain(clone_args._address_at(3))


@internal
@view
def _identity() -> IIdentity:
    return IIdentity(clone_args._address_at(4))
