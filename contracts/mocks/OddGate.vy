# SPDX-License-Identifier: AGPL-3.0-only
# pragma version 0.4.3
# pragma nonreentrancy off
# A gate that answers with the hash of the proof, or badly in one way, for tests. Anyone may change its ways.

flag Way:
    ZERO            # answers nothing
    REVERTS         # lets nobody in
    EATS_GAS        # burns all the gas it gets
    SHORT           # four bytes instead of a word
    SAME            # the same answer for everybody
    WRITES          # tries to change its state

way: Way


@external
def behave(way: Way):
    self.way = way


@external
@raw_return
def check(candidate: address, admission: address, proof: Bytes[1024]) -> Bytes[32]:
    assert self.way != Way.REVERTS, "odd: nobody comes in"
    if self.way == Way.WRITES:
        self.way = Way.SAME
    if self.way == Way.EATS_GAS:
        sum: uint256 = 0
        for i: uint256 in range(1_000_000_000):
            sum = unsafe_add(sum, i)
    if self.way == Way.SHORT:
        return slice(abi_encode(candidate), 0, 4)
    if self.way == Way.ZERO:
        return abi_encode(empty(bytes32))
    if self.way == Way.SAME:
        return abi_encode(keccak256("the same"))
    return abi_encode(keccak256(proof))
