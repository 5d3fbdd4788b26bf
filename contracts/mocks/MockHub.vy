# SPDX-License-Identifier: AGPL-3.0-only
# pragma version 0.4.3
# pragma nonreentrancy off
# Makes a pool as the Hub does: several calls in one transaction.

@external
@payable
def act(target: address, data: Bytes[4096]) -> Bytes[4096]:
    # Anyone may speak through this contract.
    return raw_call(target, data, max_outsize=4096, value=msg.value)


@external
def act_often(target: address, several: DynArray[Bytes[2048], 3]):
    for data: Bytes[2048] in several:
        raw_call(target, data)
