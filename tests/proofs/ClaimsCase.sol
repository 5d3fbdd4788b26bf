// SPDX-License-Identifier: AGPL-3.0-only
pragma solidity 0.8.37;

import {svm, vm} from "Proof.sol";
import {DistributorCase, Terms, Till} from "DistributorCase.sol";

/// @notice The only leaf of an epoch, any terms of it, and how it stood with both before a call. A twin is told of a leaf that
///         can be paid, since no solver finds one behind the hashes.
abstract contract ClaimsCase is DistributorCase {
    struct Given {
        bytes32 previous;
        Terms terms;
        bytes32 subject;
        uint256 index;
        uint256 cred;
    }

    struct Before {
        uint256 paid;
        bool isClaimed;
    }

    /// @dev Without a cap on what a maintainer gets.
    function any() internal returns (Given memory it) {
        if (twin) return example();
        it.previous = svm.createBytes32("previous");
        it.subject = svm.createBytes32("subject");
        it.index = svm.createUint256("index");
        it.cred = svm.createUint256("cred");
        it.terms.root = svm.createBytes32("root");
        it.terms.pot_and_total = svm.createUint(128, "pot") << 128 | svm.createUint(128, "total");
        it.terms.asset_and_minimum = svm.createUint(160, "asset") << 96 | svm.createUint(96, "minimum");
        it.terms.grain_and_counts = svm.createUint(128, "grain and earmark") << 128 | 1 << 96 | 10_000 << 48;
        it.terms.review = svm.createUint256("review");
    }

    /// @dev A leaf of an address, without grain, of an epoch of which nothing was struck out.
    function plain() internal returns (Given memory it) {
        it = any();
        if (twin) return it;
        it.subject = bytes32(svm.createUint(160, "account"));
        it.terms.grain_and_counts = svm.createUint(32, "earmark") << 128 | 1 << 96 | 10_000 << 48;
        it.terms.review = svm.createUint(104, "review");
    }

    /// @dev With any cap on what a maintainer gets.
    function capped(Given memory it) internal returns (Given memory) {
        if (!twin) it.terms.grain_and_counts = it.terms.grain_and_counts >> 96 << 96 | svm.createUint(96, "set and cap");
        return it;
    }

    function example() internal returns (Given memory it) {
        vm.warp(1_800_000_000);
        it.subject = bytes32(uint256(0xA11CE));
        it.cred = 60;
        bytes32 inner = keccak256(abi.encode(block.chainid, DISTRIBUTOR, 1, 0, it.subject, it.cred));
        it.terms.root = keccak256(bytes.concat(inner));
        it.terms.pot_and_total = 1000 << 128 | it.cred;
        it.terms.grain_and_counts = 7 << 128 | 1 << 96 | 10_000 << 48;
        it.terms.review = block.timestamp + 1 << 64 | 1 << 32 | 1;
    }

    function before(Given memory it) internal view returns (Before memory) {
        return Before(paidOf(epochOf(it.terms)), isClaimed(it));
    }

    function isClaimed(Given memory it) internal view returns (bool) {
        uint256 epoch = epochOf(it.terms);
        return claimedOf(it.subject, epoch >> 8) >> (epoch & 255) & 1 == 1;
    }

    function till() internal pure returns (Till) {
        return Till(payable(POOL));
    }

    /// @dev What is booked as paid rises by what left the Pool and what was freed there, within the pot.
    function claimBooked(Given memory it, uint256 was) internal {
        uint256 paid = paidOf(epochOf(it.terms));
        uint256 left = minus(paid, was);
        claim(paid >= was, either(left == 0, paid <= potOf(it.terms)), left == till().released() + till().freed());
        claim(either(left == 0, both(till().asset() == assetOf(it.terms), till().earmark() == earmarkOf(it.terms))));
    }

    /// @dev Of a payday, which may skip the leaf: it pays its payee only, in time, what was not claimed before.
    function claimPaidOnce(Given memory it, Before memory was) internal {
        bool paid = paidOf(epochOf(it.terms)) != was.paid;
        claim(isFinal(it.previous, it.terms), either(till().released() == 0, till().to() == payeeOf(it.subject)));
        claim(either(!paid, both(both(block.timestamp < closesAt(it.terms), !was.isClaimed), isClaimed(it))));
    }

    function assetOf(Terms memory terms) internal pure returns (address) {
        return address(uint160(terms.asset_and_minimum >> 96));
    }

    function earmarkOf(Terms memory terms) internal pure returns (uint256) {
        return uint32(terms.grain_and_counts >> 128);
    }

    function payeeOf(bytes32 subject) internal view returns (address) {
        return address(uint160(uint256(subject) >> 160 == 0 ? uint256(subject) : read(IDENTITY, 0)));
    }
}
