// SPDX-License-Identifier: AGPL-3.0-only
pragma solidity ^0.8.0;

/// What Aragon's registrar calls on the registry of names. No name is registered in the bench.
interface ENS {
    function owner(bytes32 node) external view returns (address);

    function resolver(bytes32 node) external view returns (address);

    function setResolver(bytes32 node, address newResolver) external;

    function setSubnodeOwner(bytes32 node, bytes32 label, address newOwner) external returns (bytes32);
}
