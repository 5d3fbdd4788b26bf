// SPDX-License-Identifier: AGPL-3.0-only
pragma solidity ^0.8.0;

/// What Aragon's registrar calls on a resolver of names. No name is registered in the bench.
interface Resolver {
    function setAddr(bytes32 node, address account) external;
}
