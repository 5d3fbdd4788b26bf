# SPDX-License-Identifier: AGPL-3.0-only
# pragma version 0.4.3
# pragma nonreentrancy off
# An ERC-1155 that misbehaves in one way at a time, for tests. Anyone may print it and change its ways.

flag Way:
    REVERTS         # refuses every transfer
    STAYS           # says nothing and moves nothing
    EATS_GAS        # burns all the gas it gets
    LONG_ANSWER     # refuses with 32 kB
    CALLS_BACK      # calls `target` with `data` before each transfer

SIZE: constant(uint256) = 32_768
MOST: constant(uint256) = 80

interface Receiver:
    def onERC1155Received(
        operator: address, sender: address, token_id: uint256, amount: uint256, data: Bytes[32]
    ) -> bytes4: nonpayable
    def onERC1155BatchReceived(
        operator: address, sender: address, token_ids: DynArray[uint256, MOST], amounts: DynArray[uint256, MOST],
        data: Bytes[32]
    ) -> bytes4: nonpayable


event CalledBack:
    ok: bool
    answer: Bytes[160]


balances: HashMap[address, HashMap[uint256, uint256]]
isApprovedForAll: public(HashMap[address, HashMap[address, bool]])
way: Way
target: address
data: Bytes[1024]


@external
def mint(to: address, token_id: uint256, amount: uint256):
    self.balances[to][token_id] += amount


@external
def behave(way: Way):
    self.way = way


@external
def call_back(target: address, data: Bytes[1024]):
    self.way = Way.CALLS_BACK
    self.target = target
    self.data = data


@external
@pure
def supportsInterface(interface_id: bytes4) -> bool:
    return interface_id in [0x01ffc9a7, 0xd9b67a26]


@external
@view
def balanceOf(owner: address, token_id: uint256 = 0) -> uint256:
    # Without a kind: as if its first kind were money.
    return self.balances[owner][token_id]


@external
def transferFrom(owner: address, to: address, amount: uint256) -> bool:
    # As if its first kind were money that everybody may move.
    self._move(owner, to, 0, amount)
    return True


@external
def safeTransferFrom(owner: address, to: address, token_id: uint256, amount: uint256, data: Bytes[32]):
    assert msg.sender == owner, "multi: not yours"
    if self.way == Way.CALLS_BACK:
        ok: bool = False
        answer: Bytes[160] = b""
        ok, answer = raw_call(self.target, self.data, max_outsize=160, revert_on_failure=False)
        log CalledBack(ok=ok, answer=answer)
    self._move(owner, to, token_id, amount)
    if to.is_contract:
        taken: bytes4 = extcall Receiver(to).onERC1155Received(msg.sender, owner, token_id, amount, data)
        assert taken == 0xf23a6e61, "multi: not taken"


@external
def safeBatchTransferFrom(
    owner: address, to: address, token_ids: DynArray[uint256, MOST], amounts: DynArray[uint256, MOST],
    data: Bytes[32],
):
    assert msg.sender == owner, "multi: not yours"
    for i: uint256 in range(len(token_ids), bound=MOST):
        self._move(owner, to, token_ids[i], amounts[i])
    if to.is_contract:
        taken: bytes4 = extcall Receiver(to).onERC1155BatchReceived(msg.sender, owner, token_ids, amounts, data)
        assert taken == 0xbc197c81, "multi: not taken"


@internal
def _move(owner: address, to: address, token_id: uint256, amount: uint256):
    assert self.way != Way.REVERTS, "multi: I stay"
    if self.way == Way.LONG_ANSWER:
        raw_revert(abi_encode(empty(uint256[SIZE // 32])))
    if self.way == Way.EATS_GAS:
        for i: uint256 in range(1_000_000_000):
            self.balances[empty(address)][0] += i
    if self.way == Way.STAYS:
        return
    assert amount <= self.balances[owner][token_id], "multi: too few"
    self.balances[owner][token_id] -= amount
    self.balances[to][token_id] += amount
