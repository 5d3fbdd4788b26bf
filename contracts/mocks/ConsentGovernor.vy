# SPDX-License-Identifier: AGPL-3.0-only
# pragma version 0.4.3
# pragma nonreentrancy off
# A Governor of which only the consent proposals are played, their outcome settable, for unit tests of what raises them.

event Raised:
    proposalId: indexed(uint256)
    target: address
    call: Bytes[260]
    description: String[512]


isMember: public(HashMap[address, bool])
is_hub_part: public(HashMap[address, bool])
part_words: public(HashMap[address, uint256])
state: public(HashMap[uint256, uint256])
raised: uint256
calls: HashMap[uint256, Bytes[260]]
targets: HashMap[uint256, address]


@external
@payable
def act(target: address, data: Bytes[4096]) -> Bytes[4096]:
    # Anyone may speak through this contract.
    return raw_call(target, data, max_outsize=4096, value=msg.value)


@external
def add_part(part: address):
    # As `install` does by vote.
    self.part_words[part] = 1


@external
def add_hub_part(part: address):
    self.is_hub_part[part] = True
    self.part_words[part] = 3


@external
def propose(
    targets: DynArray[address, 1],
    values: DynArray[uint256, 1],
    calldatas: DynArray[Bytes[260], 1],
    description: String[512],
) -> uint256:
    assert targets[0] == msg.sender and values[0] == 0, "mock governor: not its own call"
    proposal_id: uint256 = convert(
        keccak256(abi_encode(targets[0], calldatas[0], keccak256(description))), uint256
    )
    assert self.targets[proposal_id] == empty(address), "mock governor: proposed before"
    self.targets[proposal_id] = targets[0]
    self.calls[proposal_id] = calldatas[0]
    self.state[proposal_id] = 1
    log Raised(proposalId=proposal_id, target=targets[0], call=calldatas[0], description=description)
    return proposal_id


@external
def end_as(proposal_id: uint256, state: uint256):
    self.state[proposal_id] = state


@external
def carry_out(proposal_id: uint256):
    self.state[proposal_id] = 7
    raw_call(self.targets[proposal_id], self.calls[proposal_id])
