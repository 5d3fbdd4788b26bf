# SPDX-License-Identifier: AGPL-3.0-only
# pragma version 0.4.3
# pragma nonreentrancy off
# Makes a Grain as the Hub does: from the blueprint, and set up, or not, in the same transaction.

from ..interfaces import IGrain


@external
@payable
def act(target: address, data: Bytes[4096]) -> Bytes[4096]:
    # Anyone may speak through this contract.
    return raw_call(target, data, max_outsize=4096, value=msg.value)


@external
def make(blueprint: address, governor: address, name: bytes32, symbol: bytes32, minters: DynArray[address, 2]) -> address:
    # One minter is as the Hub does it; with none the grain is left without, two are one too many.
    grain: address = create_from_blueprint(blueprint, self, governor, name, symbol)
    for minter: address in minters:
        extcall IGrain(grain).setup(minter)
    return grain
