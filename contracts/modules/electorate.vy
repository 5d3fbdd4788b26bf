# SPDX-License-Identifier: AGPL-3.0-only
# pragma version 0.4.3
# pragma nonreentrancy on
"""
@title Electorate: whose choice counts in a period
@license AGPL-3.0-only
@author Millpond maintainers
@notice A choice is kept by seat, so that nobody has two of them whatever happens to her key. It may be made by who is a
        member now and was one before the period began; so nobody can be brought in to tip a period that is open.
@dev Reads the member word of a Governor (IGovernor.member_words): seat u32 | joined_at u40 | left_at u40 | ... The two times
     lie side by side, so that who left has a number above every second, and 0 never joined.
"""

from ..interfaces import IGovernor

U32: constant(uint256) = 2**32 - 1
U40: constant(uint256) = 2**40 - 1
U80: constant(uint256) = 2**80 - 1


@internal
@view
def _member_word(governor: IGovernor, account: address) -> uint256:
    return staticcall governor.member_words(account)


@internal
@pure
def _is_member(word: uint256) -> bool:
    return self._seat_since(word, U40) != 0


@internal
@pure
def _seat_since(word: uint256, second: uint256) -> uint256:
    """
    @dev The seat of who is a member now and was one as that second began; 0 for everybody else.
    """
    since: uint256 = (word >> 32) & U80
    if since == 0 or since >= second:
        return 0
    return word & U32


@internal
@pure
def _was_member(word: uint256, second: uint256) -> bool:
    """
    @dev Whether the account had its seat as that second began, whatever came after.
    """
    left_at: uint256 = (word >> 72) & U40
    joined: bool = word & U32 != 0 and (word >> 32) & U40 < second
    return joined and (left_at == 0 or left_at >= second)
