# SPDX-License-Identifier: AGPL-3.0-only
# pragma version 0.4.3
# pragma nonreentrancy off
# A part that says what a test tells it, with a consent function of its own.

event Decided:
    by: address
    number: uint256


@external
@payable
def act(target: address, data: Bytes[4096]) -> Bytes[4096]:
    # Anyone may speak through this contract.
    return raw_call(target, data, max_outsize=4096, value=msg.value)


@external
@payable
def decide(number: uint256):
    # What its consent proposals call. 13 it never likes.
    assert number != 13, "puppet: not thirteen"
    log Decided(by=msg.sender, number=number)


@external
@payable
def __default__():
    pass
