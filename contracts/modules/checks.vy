# SPDX-License-Identifier: AGPL-3.0-only
# pragma version 0.4.3
# pragma nonreentrancy on
"""
@title One place that refuses
@license AGPL-3.0-only
@author Millpond maintainers
@notice The same as `assert holds, reason`, in half the bytecode, for contracts that are close to the size limit.
@dev Reasons fit one word: every second word would cost 33 bytes at each place. `if wrong: checks._refuse(reason)` says
     the same for some 60 gas less where all is well, for what is done often.
"""


@internal
@pure
def _need(holds: bool, reason: String[32]):
    assert holds, reason


@internal
@pure
def _refuse(reason: String[32]):
    raise reason
