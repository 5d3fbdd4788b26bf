// SPDX-License-Identifier: AGPL-3.0-only
pragma solidity 0.8.37;

import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";
import {ERC20Permit} from "@openzeppelin/contracts/token/ERC20/extensions/ERC20Permit.sol";

/// What Grain is held beside: OpenZeppelin's token with permits, and one account that may mint.
contract OzToken is ERC20Permit {
    address private immutable MINTER;

    error OzNotTheMinter();

    constructor(string memory name_, string memory symbol_, address minter) ERC20(name_, symbol_) ERC20Permit(name_) {
        MINTER = minter;
    }

    function mint(address to, uint256 amount) external {
        if (msg.sender != MINTER) revert OzNotTheMinter();
        _mint(to, amount);
    }
}
