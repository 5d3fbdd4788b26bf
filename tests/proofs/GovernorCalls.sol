// SPDX-License-Identifier: AGPL-3.0-only
pragma solidity 0.8.37;

import {svm, vm} from "Proof.sol";
import {Governor, GovernorCase} from "GovernorCase.sol";

/// @notice Any function of the Governor that writes, with arguments of a bounded shape.
abstract contract GovernorCalls is GovernorCase {
    uint256 internal constant CAST = 0;
    uint256 internal constant CAST_WITH_REASON = 1;
    uint256 internal constant CAST_BY_SIG = 2;
    uint256 internal constant BY_SIGNATURES = 3;
    uint256 internal constant BY_WALLETS = 4;
    uint256 internal constant PROPOSE = 5;
    uint256 internal constant EXECUTE = 6;
    uint256 internal constant CANCEL = 7;
    uint256 internal constant CLOSE = 8;
    uint256 internal constant EXTEND = 9;
    uint256 internal constant ADMIT = 10;
    uint256 internal constant REMOVE = 11;
    uint256 internal constant REBIND = 12;
    uint256 internal constant SET_RULES = 13;
    uint256 internal constant INSTALL = 14;
    uint256 internal constant ADD_HUB_PART = 15;

    /// @dev Whom a proposal calls: nobody of the pool.
    address internal constant TARGET = address(0x7A6E);

    function anyCall(uint256 which, address sender) internal returns (bool ok) {
        if (which == CAST) return callWithAny(sender, GOVERNOR, Governor.castVote.selector, 2);
        if (which == CLOSE) return callWithAny(sender, GOVERNOR, Governor.close.selector, 1);
        if (which == EXTEND) return callWithAny(sender, GOVERNOR, Governor.extend_consent.selector, 2);
        if (which == REMOVE) return callWithAny(sender, GOVERNOR, Governor.remove.selector, 1);
        if (which == REBIND) return callWithAny(sender, GOVERNOR, Governor.rebind.selector, 2);
        if (which == SET_RULES) return callWithAny(sender, GOVERNOR, Governor.set_rules.selector, 28);
        if (which == INSTALL) return callWithAny(sender, GOVERNOR, Governor.install.selector, 2);
        if (which == ADD_HUB_PART) return callWithAny(sender, GOVERNOR, Governor.add_hub_part.selector, 3);
        return call(sender, GOVERNOR, shaped(which));
    }

    /// @dev Those whose arguments have a length: one ballot, one account, one call.
    function shaped(uint256 which) internal returns (bytes memory data) {
        uint256 id = svm.createUint256("id");
        if (which == CAST_WITH_REASON) {
            string memory reason = string(svm.createBytes(40, "reason"));
            return abi.encodeCall(Governor.castVoteWithReason, (id, uint8(svm.createUint(8, "support")), reason));
        }
        if (which == CAST_BY_SIG) {
            address voter = svm.createAddress("voter");
            bytes memory signature = svm.createBytes(65, "signature");
            return abi.encodeCall(Governor.castVoteBySig, (id, uint8(svm.createUint(8, "support")), voter, signature));
        }
        if (which == BY_SIGNATURES) {
            uint256[] memory signed = words(3, "signed");
            return abi.encodeCall(Governor.vote_by_signatures, (id, svm.createUint256("deadline"), signed, hashes()));
        }
        if (which == BY_WALLETS) {
            bytes[] memory signatures = new bytes[](1);
            signatures[0] = svm.createBytes(65, "signature");
            uint256[] memory choices = words(1, "choice");
            uint256 deadline = svm.createUint256("deadline");
            return abi.encodeCall(Governor.vote_by_wallets, (id, deadline, choices, hashes(), signatures));
        }
        if (which == PROPOSE) {
            (address[] memory targets, uint256[] memory values, bytes[] memory datas) = lists();
            string memory description = string(svm.createBytes(32, "description"));
            return abi.encodeCall(Governor.propose, (targets, values, datas, description));
        }
        if (which == ADMIT) {
            address[] memory accounts = new address[](1);
            accounts[0] = svm.createAddress("account");
            return abi.encodeCall(Governor.admit, (accounts));
        }
        vm.assume(which == EXECUTE || which == CANCEL);
        bytes4 selector = which == EXECUTE ? Governor.execute.selector : Governor.cancel.selector;
        (, data) = oneCall(selector, svm.createBytes32("description"));
    }

    /// @dev execute or cancel, of a proposal of one call to a stranger without ETH; and the proposal's id.
    function oneCall(bytes4 selector, bytes32 description) internal returns (uint256 id, bytes memory data) {
        (address[] memory targets, uint256[] memory values, bytes[] memory datas) = lists();
        bytes memory content = abi.encode(targets, values, datas, description);
        return (uint256(keccak256(content)), abi.encodePacked(selector, content));
    }

    function lists() private returns (address[] memory targets, uint256[] memory values, bytes[] memory datas) {
        targets = new address[](1);
        targets[0] = TARGET;
        values = new uint256[](1);
        datas = new bytes[](1);
        datas[0] = svm.createBytes(36, "data");
    }

    function words(uint256 count, string memory name) private returns (uint256[] memory found) {
        found = new uint256[](count);
        for (uint256 i = 0; i < count; i++) found[i] = svm.createUint256(name);
    }

    function hashes() private returns (bytes32[] memory found) {
        found = new bytes32[](1);
        found[0] = svm.createBytes32("reason");
    }
}
