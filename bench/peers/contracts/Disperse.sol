// SPDX-License-Identifier: AGPL-3.0-only
pragma solidity ^0.8.24;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";

/// Payments in a loop, as people make them who keep no books: a list of accounts and amounts, and
/// nothing is remembered. One who cannot be paid undoes all.
contract Disperse {
    error NotPaid(uint256 index);

    function payEther(address[] calldata to, uint256[] calldata amounts) external payable {
        for (uint256 i = 0; i < to.length; ++i) {
            (bool paid, ) = to[i].call{value: amounts[i]}("");
            if (!paid) revert NotPaid(i);
        }
        uint256 left = address(this).balance;
        if (left != 0) {
            (bool back, ) = msg.sender.call{value: left}("");
            if (!back) revert NotPaid(to.length);
        }
    }

    /// The whole sum comes here first, and each is paid from here.
    function payToken(IERC20 token, address[] calldata to, uint256[] calldata amounts) external {
        uint256 total = 0;
        for (uint256 i = 0; i < amounts.length; ++i) total += amounts[i];
        if (!token.transferFrom(msg.sender, address(this), total)) revert NotPaid(0);
        for (uint256 i = 0; i < to.length; ++i) {
            if (!token.transfer(to[i], amounts[i])) revert NotPaid(i);
        }
    }

    /// Each is paid from the giver's own account.
    function payTokenDirectly(IERC20 token, address[] calldata to, uint256[] calldata amounts) external {
        for (uint256 i = 0; i < to.length; ++i) {
            if (!token.transferFrom(msg.sender, to[i], amounts[i])) revert NotPaid(i);
        }
    }
}
