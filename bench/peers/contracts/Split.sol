// SPDX-License-Identifier: AGPL-3.0-only
pragma solidity ^0.8.24;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";

/// Money divided by fixed shares: only a hash of the list is stored, and whoever distributes brings
/// the list along. `push` pays each at once; `credit` writes down what is theirs, and each fetches it.
contract Split {
    uint256 public constant WHOLE = 1_000_000;
    bytes32 public immutable listHash;
    mapping(address => mapping(IERC20 => uint256)) public owed;

    event Distributed(IERC20 indexed token, uint256 amount, address indexed by);
    event Withdrawn(IERC20 indexed token, address indexed to, uint256 amount);

    error AnotherList();
    error NotPaid(uint256 index);

    constructor(address[] memory to, uint32[] memory shares) {
        listHash = keccak256(abi.encode(to, shares));
    }

    receive() external payable {}

    function pushEther(address[] calldata to, uint32[] calldata shares) external {
        _check(to, shares);
        uint256 amount = address(this).balance;
        for (uint256 i = 0; i < to.length; ++i) {
            (bool paid, ) = to[i].call{value: (amount * shares[i]) / WHOLE}("");
            if (!paid) revert NotPaid(i);
        }
        emit Distributed(IERC20(address(0)), amount, msg.sender);
    }

    function pushToken(IERC20 token, address[] calldata to, uint32[] calldata shares) external {
        _check(to, shares);
        uint256 amount = token.balanceOf(address(this));
        for (uint256 i = 0; i < to.length; ++i) {
            if (!token.transfer(to[i], (amount * shares[i]) / WHOLE)) revert NotPaid(i);
        }
        emit Distributed(token, amount, msg.sender);
    }

    /// Of what came since: `fresh` is told by whoever counts, and is checked by what is there when paid.
    function creditToken(IERC20 token, uint256 fresh, address[] calldata to, uint32[] calldata shares) external {
        _check(to, shares);
        for (uint256 i = 0; i < to.length; ++i) owed[to[i]][token] += (fresh * shares[i]) / WHOLE;
        emit Distributed(token, fresh, msg.sender);
    }

    /// Leaves one unit behind, so that the next credit finds a word that is not new.
    function withdrawToken(IERC20 token, address to) external {
        uint256 amount = owed[to][token] - 1;
        owed[to][token] = 1;
        if (!token.transfer(to, amount)) revert NotPaid(0);
        emit Withdrawn(token, to, amount);
    }

    function _check(address[] calldata to, uint32[] calldata shares) private view {
        if (keccak256(abi.encode(to, shares)) != listHash) revert AnotherList();
    }
}
