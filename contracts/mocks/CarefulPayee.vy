# SPDX-License-Identifier: AGPL-3.0-only
# pragma version 0.4.3
# pragma nonreentrancy off
# An honest wallet that looks at the gas it is given before it does anything, as Safe does, for tests.

@external
@payable
def __default__():
    assert msg.gas >= 150_000, "wallet: too little gas to be sure"
