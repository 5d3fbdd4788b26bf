// SPDX-License-Identifier: AGPL-3.0-only
pragma solidity 0.8.37;

import {Twins, svm, vm} from "Proof.sol";
import {Identity, IdentityCase} from "IdentityCase.sol";
import {Signatures} from "Signatures.sol";
import {Slots} from ".shipped/Slots.sol";

/// @notice A Governor with any members.
contract Electorate {
    uint256 public member_count;
    mapping(address => uint256) public isMember;
}

/// @notice I37 and I38 of the Identity: a link needs as many attesters as its pool says and its account, all of whom signed this
///         very link, and counts a week later; members stop it by as many signatures as the pool's size asks for.
contract IdentitySignatures is IdentityCase, Signatures {
    bytes32 constant LINK = keccak256(
        "IdentityLink(address pool,bytes32 identity,address account,uint256 issuedAt,bytes32 proofHash,address signer,uint256 deadline)"
    );
    bytes32 constant OBJECTION = keccak256(
        "LinkObjection(address pool,bytes32 identity,address account,uint256 issuedAt,address signer,uint256 deadline)"
    );

    /// @dev A link or an objection, and when it is looked at again.
    struct Said {
        bytes32 identity;
        address account;
        uint256 issued;
        bytes32 proofHash;
        uint256 deadline;
        uint256 later;
    }

    function setUp() public {
        setUpIdentity();
    }

    // ------------------------------------------------------------------------------------------ a link

    /// @dev Two attesters, of whom any number must sign.
    function anyAttesters() internal returns (address[] memory attesters, uint256 needed) {
        attesters = new address[](2);
        needed = svm.createUint(8, "needed");
        for (uint256 i = 0; i < 2; i++) {
            attesters[i] = svm.createAddress("attester");
            uint256 word = 2 << 168 | needed << 160 | uint160(attesters[i]);
            vm.store(REGISTRY, bytes32(entry(Slots.IDENTITY_ATTESTER_WORDS, POOL) + i), bytes32(word));
        }
    }

    function prove_link__by_enough_attesters_and_its_account_and_waits_its_week(
        address carrier, Said memory it, Other memory other
    ) public proof {
        any(other, it.identity);
        vm.assume(it.account.code.length == 0);
        Identity.Link memory was = linkOf(it.identity);
        (address[] memory attesters, uint256 needed) = anyAttesters();
        (address[] memory signers, Signature[] memory signatures) = anySigners(1);
        Signature memory own = anySignature();
        bytes memory data = abi.encodeCall(
            Identity.link,
            (
                POOL, it.identity, it.account, it.issued, it.proofHash, "", it.deadline, signers, allBytesOf(signatures),
                bytesOf(own)
            )
        );
        if (!call(carrier, REGISTRY, data)) return;
        claim(needed == 1, either(signers[0] == attesters[0], signers[0] == attesters[1]));
        claimSigned(signatures[0], linkDigest(it, signers[0]), signers[0]);
        claimSigned(own, linkDigest(it, it.account), it.account);
        claimWaits(it, was);
        claimOther(other);
    }

    function claimWaits(Said memory it, Identity.Link memory was) internal {
        Identity.Link memory now_ = linkOf(it.identity);
        claim(now_.active == was.active, now_.pending == it.account, now_.objected == address(0));
        claim(now_.effective_at == block.timestamp + WEEK, now_.issued_at == it.issued, it.issued > was.issued_at);
        claim(it.issued <= block.timestamp, block.timestamp <= it.deadline, it.account != was.active);
    }

    function linkDigest(Said memory it, address signer) internal view returns (bytes32) {
        return digestOf(
            REGISTRY,
            abi.encode(LINK, POOL, it.identity, it.account, it.issued, it.proofHash, signer, it.deadline)
        );
    }

    // ------------------------------------------------------------------------------------------ objections

    function prove_object_by_signatures__by_enough_members_ends_it_for_good(
        address carrier, Said memory it, Other memory other
    ) public proof {
        any(other, it.identity);
        Electorate electorate = Electorate(GOVERNOR);
        vm.etch(GOVERNOR, address(new Electorate()).code);
        svm.enableSymbolicStorage(GOVERNOR);
        Identity.Link memory was = linkOf(it.identity);
        (address[] memory signers, Signature[] memory signatures) = anySigners(2);
        bytes memory data = abi.encodeCall(
            Identity.object_by_signatures,
            (POOL, it.identity, it.account, it.issued, it.deadline, signers, allBytesOf(signatures))
        );
        if (!call(carrier, REGISTRY, data)) return;
        claim(electorate.member_count() != 0, electorate.member_count() <= 2, signers[0] < signers[1]);
        for (uint256 i = 0; i < 2; i++) {
            claim(electorate.isMember(signers[i]) == 1);
            claimSigned(signatures[i], objectionDigest(it, signers[i]), signers[i]);
        }
        claim(it.account == was.pending, it.account != address(0), it.issued == was.issued_at);
        claim(block.timestamp <= it.deadline, block.timestamp < was.effective_at);
        claimStopped(it.identity, it.account, it.later, was);
        claimOther(other);
    }

    function objectionDigest(Said memory it, address signer) internal view returns (bytes32) {
        return digestOf(
            REGISTRY, abi.encode(OBJECTION, POOL, it.identity, it.account, it.issued, signer, it.deadline)
        );
    }
}

contract IdentitySignaturesTwins is IdentitySignatures, Twins {}
