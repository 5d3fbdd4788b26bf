// SPDX-License-Identifier: AGPL-3.0-only
pragma solidity ^0.8.24;

/// Many calls of one contract in one transaction, by anyone: what a relayer may do with any peer.
contract Batch {
    error Failed(uint256 index);

    function all(address target, bytes[] calldata calls) external {
        for (uint256 i = 0; i < calls.length; ++i) {
            (bool done, ) = target.call(calls[i]);
            if (!done) revert Failed(i);
        }
    }
}
