// SPDX-License-Identifier: AGPL-3.0-only
pragma solidity 0.8.37;

import {Twins, svm, vm} from "Proof.sol";
import {Signatures} from "Signatures.sol";
import {Terms} from "DistributorCase.sol";

struct Leaf {
    bytes32 subject;
    uint256 index;
    uint256 cred;
}

struct Sibling {
    bytes32 hash;
    uint256 sum;
}

interface Clerk {
    function withdraw(
        address distributor, uint256 epoch, Terms calldata terms, uint256 deadline, address[] calldata signers,
        bytes[] calldata signatures
    ) external;
    function restore(
        address distributor, uint256 epoch, Terms calldata terms, bytes32 subject, uint256 index, bytes32 reason_hash,
        uint256 deadline, address[] calldata signers, bytes[] calldata signatures
    ) external;
    function settle_off_chain(
        address distributor, bytes32 previous, Terms calldata terms, Leaf calldata leaf, Sibling[] calldata proof,
        bytes32 reference_, uint256 deadline, bytes calldata signature
    ) external;
}

/// @dev What the Clerk tells a distributor.
interface Obeys {
    function withdraw(uint256 epoch, Terms calldata terms, address[] calldata signers) external;
    function restore(
        uint256 epoch, Terms calldata terms, bytes32 subject, uint256 index, bytes32 why, address[] calldata signers
    ) external;
    function settle_off_chain(
        bytes32 previous, Terms calldata terms, bytes32 subject, uint256 index, uint256 cred, address payee, bytes32 ref
    ) external;
}

/// @notice A distributor of which anything may be true, and its Governor too. It remembers what it was told.
contract Desk is Obeys {
    uint256 public told;
    uint256 public payee;
    uint256 public needed;
    uint256 public attempt;
    uint256 public posted;
    uint256 public restorers;
    uint256 public member_count;
    mapping(address => uint256) public is_maintainer;
    mapping(address => uint256) public member_words;

    function governor() external view returns (address) {
        return address(this);
    }

    function payee_of(bytes32) external view returns (uint256) {
        return payee;
    }

    function maintainer_set() external view returns (uint256, uint256, uint256) {
        return (1, needed, 16);
    }

    function head() external view returns (uint256, uint256, uint256, uint256, uint256, uint256, uint256) {
        return (1, attempt, 1, 1, 1, 1, posted);
    }

    function withdraw(uint256 epoch, Terms calldata terms, address[] calldata signers) external {
        hear(abi.encodeCall(Obeys.withdraw, (epoch, terms, signers)));
    }

    function restore(
        uint256 epoch, Terms calldata terms, bytes32 subject, uint256 index, bytes32 why, address[] calldata signers
    ) external {
        hear(abi.encodeCall(Obeys.restore, (epoch, terms, subject, index, why, signers)));
    }

    function settle_off_chain(
        bytes32 previous, Terms calldata terms, bytes32 subject, uint256 index, uint256 cred, address to, bytes32 ref
    ) external {
        hear(abi.encodeCall(Obeys.settle_off_chain, (previous, terms, subject, index, cred, to, ref)));
    }

    /// @dev The words themselves: what stands behind a list in calldata does not matter.
    function hear(bytes memory words) private {
        told = uint256(keccak256(words));
    }
}

/// @notice I31 and I38 of the Clerk: it tells a distributor only what enough people signed, each of them for this distributor on
///         this chain, and one settlement only what its payee signed, of a leaf that the terms lead to.
contract ClerkSignatures is Signatures {
    address constant CLERK = address(0xC1E4);
    Desk constant DESK = Desk(address(0xD1));
    bytes32 constant WITHDRAWAL =
        keccak256("Withdrawal(uint256 epoch,uint256 attempt,bytes32 root,address signer,uint256 deadline)");
    bytes32 constant RESTORE = keccak256(
        "Restore(uint256 epoch,uint256 attempt,bytes32 root,bytes32 subject,bytes32 reasonHash,address signer,uint256 deadline)"
    );
    bytes32 constant SETTLEMENT = keccak256(
        "OffChainSettlement(uint256 epoch,bytes32 subject,bytes32 reference,address payee,uint256 deadline)"
    );

    function setUp() public {
        vm.etch(CLERK, shipped("Clerk"));
        vm.etch(address(DESK), address(new Desk()).code);
        svm.enableSymbolicStorage(address(DESK));
        vm.warp(svm.createUint(36, "now"));
    }

    function digest(bytes memory said) internal view returns (bytes32) {
        return digestOf(address(DESK), said);
    }

    function wasTold(bytes memory words) internal view returns (bool) {
        return bytes32(DESK.told()) == keccak256(words);
    }

    function prove_settle_off_chain__what_its_payee_signed_of_a_leaf_of_these_terms(
        address carrier, bytes32 previous, Terms memory terms, Leaf memory leaf, bytes32 ref, uint256 deadline
    ) public proof {
        address payee = address(uint160(DESK.payee()));
        vm.assume(payee.code.length == 0);
        terms.grain_and_counts = svm.createUint(128, "high") << 128 | 1 << 96 | svm.createUint(96, "low");
        if (twin) terms.root = leafHash(terms, leaf);
        Signature memory signature = anySignature();
        bytes memory data = abi.encodeCall(
            Clerk.settle_off_chain,
            (address(DESK), previous, terms, leaf, new Sibling[](0), ref, deadline, bytesOf(signature))
        );
        if (!call(carrier, CLERK, data)) return;
        bytes memory said = abi.encode(SETTLEMENT, uint32(terms.review >> 32), leaf.subject, ref, payee, deadline);
        claimSigned(signature, digest(said), payee);
        claim(block.timestamp <= deadline, ref != 0, leaf.index == 0, leaf.cred == uint128(terms.pot_and_total));
        claim(terms.root == leafHash(terms, leaf));
        claim(wasTold(abi.encodeCall(
            Obeys.settle_off_chain, (previous, terms, leaf.subject, leaf.index, leaf.cred, payee, ref)
        )));
    }

    function leafHash(Terms memory terms, Leaf memory leaf) internal view returns (bytes32) {
        return keccak256(bytes.concat(keccak256(
            abi.encode(block.chainid, address(DESK), uint32(terms.review >> 32), leaf.index, leaf.subject, leaf.cred)
        )));
    }

    function prove_withdraw__what_as_many_maintainers_signed_as_must(
        address carrier, uint256 epoch, Terms memory terms, uint256 deadline
    ) public proof {
        (address[] memory signers, Signature[] memory signatures) = anySigners(2);
        uint256 attempt = DESK.attempt();
        bytes memory data = abi.encodeCall(
            Clerk.withdraw, (address(DESK), epoch, terms, deadline, signers, allBytesOf(signatures))
        );
        if (!call(carrier, CLERK, data)) return;
        claim(DESK.needed() != 0, DESK.needed() <= 2, signers[0] < signers[1], block.timestamp <= deadline);
        for (uint256 i = 0; i < 2; i++) {
            bytes memory said = abi.encode(WITHDRAWAL, epoch, attempt, terms.root, signers[i], deadline);
            claimSigned(signatures[i], digest(said), signers[i]);
            claim(DESK.is_maintainer(signers[i]) == 1);
        }
        claim(wasTold(abi.encodeCall(Obeys.withdraw, (epoch, terms, signers))));
    }

    function prove_restore__what_as_many_voters_signed_as_must(
        address carrier, uint256 epoch, Terms memory terms, bytes32 subject, uint256 index, bytes32 why, uint256 deadline
    ) public proof {
        (address[] memory signers, Signature[] memory signatures) = anySigners(2);
        uint256 attempt = DESK.attempt();
        bytes memory data = abi.encodeCall(
            Clerk.restore,
            (address(DESK), epoch, terms, subject, index, why, deadline, signers, allBytesOf(signatures))
        );
        if (!call(carrier, CLERK, data)) return;
        claim(either(DESK.restorers() <= 2, DESK.member_count() < 4), signers[0] < signers[1], why != 0);
        for (uint256 i = 0; i < 2; i++) {
            bytes memory said = abi.encode(RESTORE, epoch, attempt, terms.root, subject, why, signers[i], deadline);
            claimSigned(signatures[i], digest(said), signers[i]);
            uint256 word = DESK.member_words(signers[i]);
            claim(word != 0, uint40(word >> 72) == 0, uint40(word >> 32) < DESK.posted());
        }
        claim(wasTold(abi.encodeCall(Obeys.restore, (epoch, terms, subject, index, why, signers))));
    }
}

contract ClerkSignaturesTwins is ClerkSignatures, Twins {}
