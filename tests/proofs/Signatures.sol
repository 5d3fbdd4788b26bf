// SPDX-License-Identifier: AGPL-3.0-only
pragma solidity 0.8.37;

import {Proof, svm, vm} from "Proof.sol";

/// @notice Signatures of 65 bytes by accounts without code, and what it means that one of them signed.
abstract contract Signatures is Proof {
    bytes32 internal constant DOMAIN =
        keccak256("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)");
    uint256 internal constant HALF_ORDER = 0x7FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF5D576E7357A4501DDFE92F46681B20A0;

    struct Signature {
        bytes32 r;
        bytes32 s;
        uint8 v;
    }

    function anySignature() internal returns (Signature memory) {
        return Signature(svm.createBytes32("r"), svm.createBytes32("s"), uint8(svm.createUint(8, "v")));
    }

    /// @dev Different people or not, in any order.
    function anySigners(uint256 count) internal returns (address[] memory signers, Signature[] memory signatures) {
        (signers, signatures) = (new address[](count), new Signature[](count));
        for (uint256 i = 0; i < count; i++) {
            (signers[i], signatures[i]) = (svm.createAddress("signer"), anySignature());
            vm.assume(signers[i].code.length == 0);
        }
    }

    function bytesOf(Signature memory it) internal pure returns (bytes memory) {
        return abi.encodePacked(it.r, it.s, it.v);
    }

    function allBytesOf(Signature[] memory all) internal pure returns (bytes[] memory list) {
        list = new bytes[](all.length);
        for (uint256 i = 0; i < all.length; i++) list[i] = bytesOf(all[i]);
    }

    /// @dev What is signed for a contract on this chain (EIP-712).
    function digestOf(address verifier, bytes memory said) internal view returns (bytes32) {
        bytes32 domain = keccak256(abi.encode(DOMAIN, keccak256("Millpond"), keccak256("1"), block.chainid, verifier));
        return keccak256(abi.encodePacked(hex"1901", domain, keccak256(said)));
    }

    function claimSigned(Signature memory it, bytes32 digest, address signer) internal {
        bool lowS = uint256(it.s) <= HALF_ORDER;
        claim(ecrecover(digest, it.v, it.r, it.s) == signer, signer != address(0), lowS, either(it.v == 27, it.v == 28));
    }
}
