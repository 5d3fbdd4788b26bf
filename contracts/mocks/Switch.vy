# SPDX-License-Identifier: AGPL-3.0-only
# pragma version 0.4.3
# pragma nonreentrancy off
# Passes every call on to whom its owner names: its own code never changes, what it does may.

target: public(address)


@external
def set_target(target: address):
    self.target = target


@external
@payable
def __default__():
    raw_call(self.target, msg.data, value=msg.value)
