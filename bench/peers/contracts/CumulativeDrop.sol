// SPDX-License-Identifier: AGPL-3.0-only
pragma solidity ^0.8.24;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";

/// A claim from a tree of all that everybody has earned so far: each new root carries over what was
/// not claimed, and an account's word says how much she has had. Whoever owns it sets any root.
contract CumulativeDrop {
    IERC20 public immutable token;
    address public immutable owner;
    bytes32 public root;
    mapping(address => uint256) public claimed;

    event RootSet(bytes32 indexed root);
    event Claimed(address indexed account, uint256 amount);

    error NotTheOwner();
    error AnotherRoot();
    error NotInTheTree();
    error NothingNew();
    error NotPaid();

    constructor(IERC20 token_) {
        token = token_;
        owner = msg.sender;
    }

    function setRoot(bytes32 next) external {
        if (msg.sender != owner) revert NotTheOwner();
        root = next;
        emit RootSet(next);
    }

    function claim(address account, uint256 soFar, bytes32 expected, bytes32[] calldata proof) external {
        if (root != expected) revert AnotherRoot();
        bytes32 node = keccak256(abi.encodePacked(account, soFar));
        for (uint256 i = 0; i < proof.length; ++i) {
            bytes32 next = proof[i];
            node = node < next ? _pair(node, next) : _pair(next, node);
        }
        if (node != expected) revert NotInTheTree();
        uint256 before = claimed[account];
        if (soFar <= before) revert NothingNew();
        claimed[account] = soFar;
        if (!token.transfer(account, soFar - before)) revert NotPaid();
        emit Claimed(account, soFar - before);
    }

    function _pair(bytes32 left, bytes32 right) private pure returns (bytes32 found) {
        assembly ("memory-safe") {
            mstore(0x00, left)
            mstore(0x20, right)
            found := keccak256(0x00, 0x40)
        }
    }
}
