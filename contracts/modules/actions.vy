# SPDX-License-Identifier: AGPL-3.0-only
# pragma version 0.4.3
# pragma nonreentrancy on
"""
@title Actions: the calls of a proposal, named by their hash, and what is left when they are done
@license AGPL-3.0-only
@author Millpond maintainers
@notice The content of a proposal is not stored: its id is the hash of it, and whoever executes brings it again.
"""

from ethereum.ercs import IERC20

from ..interfaces import IPool
from . import checks
from . import parts

@external
@view
@reentrant
def hashProposal(targets: DynArray[address, 8], values: DynArray[uint256, 8], calldatas: DynArray[Bytes[2048], 8],
                 descriptionHash: bytes32) -> uint256:
    """
    @notice The id of a proposal of that content, whether somebody has proposed it or not.
    @param targets Who is called, in this order; at most eight.
    @param values Wei sent with each call.
    @param calldatas Selector and arguments of each call.
    @param descriptionHash keccak256 of the description.
    @return keccak256 of these four, ABI-encoded, as OpenZeppelin computes it.
    """
    return self._content_id()


@internal
@view
def _content_id() -> uint256:
    """
    @dev The id of the content that this call names: OpenZeppelin's hash is over the ABI encoding of (targets, values,
         calldatas, descriptionHash), which is the calldata behind the selector; the identity precompile hands it over.
         Any other encoding of the same content has another hash and so finds no proposal.
    """
    data: Bytes[17796] = raw_call(
        0x0000000000000000000000000000000000000004, msg.data, max_outsize=17796, is_static_call=True
    )
    return convert(keccak256(slice(data, 4, len(data) - 4)), uint256)


@internal
def _put_back(asset: address):
    """
    @dev Returns what a proposal has left of an asset to earmark 0, where it never counts as received.
    """
    if asset == empty(address):
        return
    left: uint256 = staticcall IERC20(asset).balanceOf(self)
    if left != 0:
        # whatever the token answers: the Pool credits what has reached it and refuses when nothing has
        raw_call(asset, abi_encode(parts._pool(), left, method_id=method_id("transfer(address,uint256)")))
        extcall IPool(parts._pool()).put_back(asset, left)
