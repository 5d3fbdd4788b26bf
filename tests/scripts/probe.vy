# SPDX-License-Identifier: AGPL-3.0-only
# pragma version 0.4.3
"""
@title A contract to ask a local chain questions with
@license AGPL-3.0-only
@author Millpond maintainers
@notice Only the tests of the local chains deploy it.
@custom:holds What a test sends.
@custom:halt Not needed.
"""

event Kept:
    who: indexed(address)
    number: uint256


# What was kept last.
kept: public(uint256)


@external
@payable
def keep(number: uint256):
    """
    @notice Keep a number, and what is sent with it; zero is refused.
    @param number The number.
    """
    assert number != 0, "probe: zero"
    self.kept = number
    log Kept(who=msg.sender, number=number)


@external
def keep_after(time: uint256):
    """
    @notice Keep a time, once it has come.
    @param time Seconds since 1970.
    """
    assert block.timestamp >= time, "probe: too early"
    self.kept = time


@external
@view
def surroundings() -> (uint256, uint256, uint256, address):
    """
    @notice What a call sees.
    @return The block's number and time, the chain id, the caller.
    """
    return (block.number, block.timestamp, chain.id, msg.sender)
