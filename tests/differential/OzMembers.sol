// SPDX-License-Identifier: AGPL-3.0-only
pragma solidity 0.8.37;

import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";
import {ERC20Permit} from "@openzeppelin/contracts/token/ERC20/extensions/ERC20Permit.sol";
import {ERC20Votes} from "@openzeppelin/contracts/token/ERC20/extensions/ERC20Votes.sol";
import {Nonces} from "@openzeppelin/contracts/utils/Nonces.sol";

/// Members as OpenZeppelin's Governor knows them: one token each, which votes for itself and cannot be given away.
contract OzMembers is ERC20, ERC20Permit, ERC20Votes {
    address private immutable DOOR;

    error OzNotTheDoor();
    error OzNotToBeMoved();

    constructor(address door) ERC20("Members", "MEMBER") ERC20Permit("Members") {
        DOOR = door;
    }

    function admit(address account) external {
        if (msg.sender != DOOR) revert OzNotTheDoor();
        _mint(account, 1);
        _delegate(account, account);
    }

    function remove(address account) external {
        if (msg.sender != DOOR) revert OzNotTheDoor();
        _burn(account, 1);
    }

    function decimals() public pure override returns (uint8) {
        return 0;
    }

    function clock() public view override returns (uint48) {
        return uint48(block.timestamp);
    }

    // solhint-disable-next-line func-name-mixedcase
    function CLOCK_MODE() public pure override returns (string memory) {
        return "mode=timestamp";
    }

    function nonces(address owner) public view override(ERC20Permit, Nonces) returns (uint256) {
        return super.nonces(owner);
    }

    function _update(address from, address to, uint256 amount) internal override(ERC20, ERC20Votes) {
        if (from != address(0) && to != address(0)) revert OzNotToBeMoved();
        super._update(from, to, amount);
    }
}
