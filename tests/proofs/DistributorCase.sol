// SPDX-License-Identifier: AGPL-3.0-only
pragma solidity 0.8.37;

import {Proof, svm, vm} from "Proof.sol";
import {Oracle, Stranger, Talker} from "Strangers.sol";
import {Slots} from ".shipped/Slots.sol";

/// @dev What a claim carries of an epoch: five words, see contracts/modules/epochs.vy.
struct Terms {
    bytes32 root;
    uint256 pot_and_total;
    uint256 asset_and_minimum;
    uint256 grain_and_counts;
    uint256 review;
}

struct Item {
    Terms terms;
    uint256 index;
    uint256 cred;
}

struct Leaf {
    bytes32 subject;
    uint256 terms_at;
    uint256 index;
    uint256 cred;
}

struct ListedLeaf {
    bytes32 subject;
    uint256 cred;
}

struct Sibling {
    bytes32 hash;
    uint256 sum;
}

struct Policy {
    address asset;
    uint256 income_earmark;
    uint256 payout_bps;
    uint256 minimum;
    uint256 grain_per_epoch;
    uint256 signer_cap_bps;
    uint256 epoch_length;
    uint256 claim_window;
    uint256 zero_out_bps;
    uint256 restorers;
    bool fixed_portion;
}

struct Maintainer {
    address account;
    bytes32[] subjects;
}

interface CredDistributor {
    function setup(Maintainer[] calldata members, uint256 needed, uint256 season) external;
    function on_open(uint256 id, bytes calldata params) external;
    function set_policy(Policy calldata policy) external;
    function set_maintainers(Maintainer[] calldata members, uint256 needed) external;
    function set_season(uint256 season) external;
    function post(
        uint256 epoch, bytes32 root, uint256 total, uint256 leaves, bytes32 data, string calldata uri,
        string calldata text, address[] calldata signers
    ) external returns (uint256);
    function withdraw(uint256 epoch, Terms calldata terms, address[] calldata signers) external;
    function void(uint256 epoch) external;
    function finalise(uint256 epoch, uint256 attempt) external;
    function zero_out(
        uint256 epoch, Terms calldata terms, bytes32 subject, uint256 index, uint256 cred, bytes32 why,
        address[] calldata signers
    ) external;
    function restore(
        uint256 epoch, Terms calldata terms, bytes32 subject, uint256 index, bytes32 why, address[] calldata signers
    ) external;
    function settle_off_chain(
        bytes32 previous, Terms calldata terms, bytes32 subject, uint256 index, uint256 cred, address payee,
        bytes32 reference_
    ) external;
    function close_epoch(bytes32 previous, Terms calldata terms) external;
    function claim(bytes32 subject, bytes32 previous, Item[] calldata items, Sibling[] calldata proof, address to)
        external;
    function claim_many(
        bytes32 previous, Terms[] calldata terms, Leaf[] calldata leaves, Sibling[] calldata proof
    ) external;
    function payday(
        bytes32 previous, Terms calldata terms, ListedLeaf[] calldata leaves, uint256 first, uint256 end
    ) external;
}

/// @notice A Pool that remembers how much it was told to pay out and to free, and of what; all else it answers as it likes.
contract Till is Talker {
    uint256 public released;
    uint256 public freed;
    uint256 public promised;
    uint256 public earmark;
    address public asset;
    address public to;

    function release(uint256 id, address token, address payee, uint256 amount) external {
        unchecked {
            released += amount;
        }
        (earmark, asset, to) = (id, token, payee);
    }

    function release_many(uint256 id, address token, uint256[] calldata batch) external {
        unchecked {
            for (uint256 i = 0; i < batch.length; i++) released += batch[i] >> 160;
        }
        (earmark, asset) = (id, token);
        if (batch.length != 0) to = address(uint160(batch[0]));
    }

    function unreserve(uint256 id, address token, uint256 amount) external {
        unchecked {
            freed += amount;
        }
        (earmark, asset) = (id, token);
    }

    function reserve(uint256 id, address token, uint256 amount) external {
        promised = amount;
        (earmark, asset) = (id, token);
    }
}

/// @notice A CredDistributor behind its clone, in any state. Clerk, Governor, Grain and Identity answer anything and refuse at
///         will; the Pool too, but that it remembers.
abstract contract DistributorCase is Proof {
    address internal constant IMPLEMENTATION = address(0xD15);
    address internal constant DISTRIBUTOR = address(0xD1);
    address internal constant CLERK = address(0xC1E4);
    address internal constant HUB = address(0x4B);
    address internal constant POOL = address(0x9001);
    address internal constant GOVERNOR = address(0x60);
    address internal constant GRAIN = address(0x6EA1);
    address internal constant IDENTITY = address(0x1D);
    uint256 internal constant U32 = type(uint32).max;

    /// @dev Of an epoch and of a subject: what must not be undone.
    struct Kept {
        uint256 hash;
        uint256 paid;
        uint256 claimed;
        uint256 finalised;
    }

    /// @dev Any epoch and any subject's bits of any 256 epochs.
    struct Place {
        uint256 epoch;
        bytes32 subject;
        uint256 page;
    }

    function setUpDistributor() internal {
        constructedAt(IMPLEMENTATION, bytes.concat(shipped("CredDistributor"), abi.encode(CLERK)));
        cloneAt(DISTRIBUTOR, IMPLEMENTATION, abi.encodePacked(HUB, POOL, GOVERNOR, GRAIN, IDENTITY));
        bytes memory talker = address(new Talker()).code;
        bytes memory stranger = address(new Stranger()).code;
        vm.etch(CLERK, talker);
        vm.etch(POOL, address(new Till()).code);
        vm.etch(HUB, stranger);
        vm.etch(GOVERNOR, stranger);
        vm.etch(GRAIN, stranger);
        vm.etch(IDENTITY, address(new Oracle()).code);
        svm.enableSymbolicStorage(DISTRIBUTOR);
        svm.enableSymbolicStorage(IDENTITY);
        vm.warp(svm.createUint(36, "now"));
    }

    function kept(Place memory at) internal view returns (Kept memory found) {
        found.hash = epochHash(at.epoch);
        found.paid = paidOf(at.epoch);
        found.claimed = claimedOf(at.subject, at.page);
        found.finalised = finalised();
    }

    function epochHash(uint256 epoch) internal view returns (uint256) {
        return read(DISTRIBUTOR, entry(Slots.CRED_DISTRIBUTOR_EPOCH_HASH, epoch));
    }

    function paidOf(uint256 epoch) internal view returns (uint256) {
        return uint128(read(DISTRIBUTOR, entry(Slots.CRED_DISTRIBUTOR_PAID, epoch >> 1)) >> (epoch & 1) * 128);
    }

    function claimedOf(bytes32 subject, uint256 page) internal view returns (uint256) {
        return read(DISTRIBUTOR, entry(entry(Slots.CRED_DISTRIBUTOR_CLAIMED, uint256(subject)), page));
    }

    function head() internal view returns (uint256) {
        return read(DISTRIBUTOR, Slots.CRED_DISTRIBUTOR_HEAD);
    }

    function finalised() internal view returns (uint256) {
        return uint32(head() >> 208);
    }

    function attempt() internal view returns (uint256) {
        return uint32(head() >> 176);
    }

    function openVersion() internal view returns (uint256) {
        return uint32(head() >> 80);
    }

    function epochOf(Terms memory terms) internal pure returns (uint256) {
        return uint32(terms.review >> 32);
    }

    function closesAt(Terms memory terms) internal pure returns (uint256) {
        return uint40(terms.review >> 64);
    }

    function potOf(Terms memory terms) internal pure returns (uint256) {
        return terms.pot_and_total >> 128;
    }

    function postedHash(Terms memory terms) internal pure returns (bytes32) {
        return keccak256(
            abi.encode(terms.root, terms.pot_and_total, terms.asset_and_minimum, terms.grain_and_counts)
        );
    }

    function isFinal(bytes32 previous, Terms memory terms) internal view returns (bool) {
        return bytes32(epochHash(epochOf(terms))) == keccak256(abi.encode(previous, postedHash(terms), terms.review));
    }

    /// @dev Nothing that is final, paid or claimed has changed, and no epoch has become final.
    function claimKept(Place memory at, Kept memory was) internal {
        Kept memory now_ = kept(at);
        claim(now_.hash == was.hash, now_.paid == was.paid, now_.claimed == was.claimed, now_.finalised == was.finalised);
    }

    function nobody() internal pure returns (address[] memory none) {
        none = new address[](0);
    }
}
