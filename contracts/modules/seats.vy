# SPDX-License-Identifier: AGPL-3.0-only
# pragma version 0.4.3
# pragma nonreentrancy on
"""
@title Seats: what the Admission knows of its neighbours, and how it reads a member's word
@license AGPL-3.0-only
@author Millpond maintainers
@notice Appended to the clone by the Hub, in this order: hub, governor, pool. They cannot change.
"""

from ..interfaces import IGovernor
from ..interfaces import IPool
from . import clone_args

DAY: constant(uint256) = 86400
# No signature and no offer lives longer, so that what was forgotten cannot come back after years.
YEAR: constant(uint256) = 366 * DAY
# The member word of the Governor: seat u32 | joined_at u40 | left_at u40 | times_joined u32 | ...
U32: constant(uint256) = 2**32 - 1
U40: constant(uint256) = 2**40 - 1


@external
@view
@reentrant
def hub() -> address:
    """
    @notice The Hub that made this pool.
    @return Its address, which stands in the clone's own code.
    """
    return clone_args._address_at(0)


@external
@view
@reentrant
def governor() -> address:
    """
    @notice The Governor whose members it admits.
    @return Its address, which stands in the clone's own code.
    """
    return self._governor().address


@external
@view
@reentrant
def pool() -> address:
    """
    @notice The Pool of that Governor.
    @return Its address, which stands in the clone's own code.
    """
    return self._pool().address


@internal
@view
def _governor() -> IGovernor:
    return IGovernor(clone_args._address_at(1))


@internal
@view
def _pool() -> IPool:
    return IPool(clone_args._address_at(2))


@internal
@view
def _require_governor():
    assert msg.sender == clone_args._address_at(1), "admission: by proposal only"


@internal
@view
def _word_of(account: address) -> uint256:
    return staticcall self._governor().member_words(account)


@internal
@pure
def _seat(word: uint256) -> uint256:
    return word & U32


@internal
@pure
def _joined_at(word: uint256) -> uint256:
    return (word >> 32) & U40


@internal
@pure
def _left_at(word: uint256) -> uint256:
    return (word >> 72) & U40


@internal
@pure
def _times_joined(word: uint256) -> uint256:
    return (word >> 112) & U32


@internal
@pure
def _is_member(word: uint256) -> bool:
    return word & U32 != 0 and (word >> 72) & U40 == 0
