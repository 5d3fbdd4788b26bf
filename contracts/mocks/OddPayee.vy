# SPDX-License-Identifier: AGPL-3.0-only
# pragma version 0.4.3
# pragma nonreentrancy off
# A payee that takes ETH well or misbehaves in one way, for tests. Anyone may change its ways.

flag Way:
    REFUSES         # reverts
    EATS_GAS        # burns all the gas it gets
    LONG_ANSWER     # reverts with 32 kB
    CALLS_BACK      # calls `target` with `data`, then takes the money
    SLOW            # takes the money after burning about 190,000 gas

event CalledBack:
    ok: bool
    answer: Bytes[160]


event Took:
    amount: uint256


way: Way
target: address
data: Bytes[1024]
counter: uint256


@external
@payable
def act(target: address, data: Bytes[4096]) -> Bytes[4096]:
    # Anyone may speak through this contract.
    return raw_call(target, data, max_outsize=4096, value=msg.value)


@external
def behave(way: Way):
    self.way = way


@external
def call_back(target: address, data: Bytes[1024]):
    self.way = Way.CALLS_BACK
    self.target = target
    self.data = data


@external
@payable
def __default__():
    assert self.way != Way.REFUSES, "payee: no, thank you"
    if self.way == Way.EATS_GAS:
        for i: uint256 in range(1_000_000_000):
            self.counter += i
    if self.way == Way.LONG_ANSWER:
        raw_revert(abi_encode(empty(uint256[1024])))
    if self.way == Way.SLOW:
        before: uint256 = msg.gas
        for i: uint256 in range(1_000_000):
            if before - msg.gas > 190_000:
                break
    if self.way == Way.CALLS_BACK:
        ok: bool = False
        answer: Bytes[160] = b""
        ok, answer = raw_call(self.target, self.data, max_outsize=160, revert_on_failure=False)
        log CalledBack(ok=ok, answer=answer)
    log Took(amount=msg.value)
