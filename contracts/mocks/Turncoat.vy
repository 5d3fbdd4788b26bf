# SPDX-License-Identifier: AGPL-3.0-only
# pragma version 0.4.3
# pragma nonreentrancy off
# A contract that turns on whoever calls it: through each hook there is it first makes the call that it was armed with,
# and then does what was expected of it. In a static call it says yes only while its own call does not go through.

event CalledBack:
    ok: bool
    answer: Bytes[160]


# What it calls, by slot; the hooks use slot 0. The zero address is nothing.
targets: HashMap[uint256, address]
calls: HashMap[uint256, Bytes[4096]]
refuses: bool


@external
@payable
def act(target: address, data: Bytes[16384]) -> Bytes[4096]:
    # Anyone may speak through this contract.
    return raw_call(target, data, max_outsize=4096, value=msg.value)


@external
def arm(slot: uint256, target: address, data: Bytes[4096]):
    self.targets[slot] = target
    self.calls[slot] = data


@external
def refuse(refuses: bool):
    # ETH, from now on or no more.
    self.refuses = refuses


@external
def strike(slot: uint256):
    # As a token that calls it, or a vote, may have it do.
    self._strike(slot)


@external
def on_open(earmark_id: uint256, params: Bytes[512]):
    self._strike(0)


@external
def onERC721Received(operator: address, sender: address, token_id: uint256, data: Bytes[1024]) -> bytes4:
    self._strike(0)
    return method_id("onERC721Received(address,address,uint256,bytes)", output_type=bytes4)


@external
def onERC1155Received(
    operator: address, sender: address, token_id: uint256, amount: uint256, data: Bytes[1024]
) -> bytes4:
    self._strike(0)
    return method_id("onERC1155Received(address,address,uint256,uint256,bytes)", output_type=bytes4)


@external
def isValidSignature(digest: bytes32, signature: Bytes[1024]) -> bytes4:
    if self._goes_through():
        return 0xffffffff
    return 0x1626ba7e


@external
def check(candidate: address, admission: address, proof: Bytes[1024]) -> bytes32:
    if self._goes_through():
        return empty(bytes32)
    return keccak256(proof)


@external
@payable
def __default__():
    assert not self.refuses, "turncoat: not now"
    self._strike(0)


@internal
def _strike(slot: uint256):
    if self.targets[slot] == empty(address):
        return
    ok: bool = False
    answer: Bytes[160] = b""
    ok, answer = raw_call(self.targets[slot], self.calls[slot], max_outsize=160, revert_on_failure=False)
    log CalledBack(ok=ok, answer=answer)


@internal
def _goes_through() -> bool:
    if self.targets[0] == empty(address):
        return False
    return raw_call(self.targets[0], self.calls[0], revert_on_failure=False)
