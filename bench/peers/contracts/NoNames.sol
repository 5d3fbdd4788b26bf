// SPDX-License-Identifier: AGPL-3.0-only
pragma solidity ^0.8.0;

/// Stands where Aragon registers its own plugins by name, which is no part of any measured call.
contract NoNames {
    function registerSubnode(bytes32, address) external {}
}
