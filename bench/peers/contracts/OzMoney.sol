// SPDX-License-Identifier: AGPL-3.0-only
pragma solidity ^0.8.24;

import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";
import {ERC20Permit} from "@openzeppelin/contracts/token/ERC20/extensions/ERC20Permit.sol";

/// OpenZeppelin's ERC-20 with permits, and nothing of its own but that anyone may create some.
contract OzMoney is ERC20Permit {
    constructor() ERC20("Money", "MON") ERC20Permit("Money") {}

    function mint(address to, uint256 amount) external {
        _mint(to, amount);
    }
}
