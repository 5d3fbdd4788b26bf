// SPDX-License-Identifier: AGPL-3.0-only
pragma solidity ^0.8.24;

import {ERC20} from "solady/src/tokens/ERC20.sol";

/// Solady's ERC-20, which has permits, and nothing of its own but that anyone may create some.
contract SoladyMoney is ERC20 {
    function name() public pure override returns (string memory) {
        return "Money";
    }

    function symbol() public pure override returns (string memory) {
        return "MON";
    }

    function mint(address to, uint256 amount) external {
        _mint(to, amount);
    }
}
