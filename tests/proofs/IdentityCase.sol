// SPDX-License-Identifier: AGPL-3.0-only
pragma solidity 0.8.37;

import {Proof, svm, vm} from "Proof.sol";
import {Stranger} from "Strangers.sol";
import {Slots} from ".shipped/Slots.sol";

interface Identity {
    struct Link {
        address active;
        address pending;
        uint256 effective_at;
        uint256 issued_at;
        address objected;
    }

    function link(
        address pool, bytes32 identity, address account, uint256 issued_at, bytes32 proof_hash, string calldata uri,
        uint256 deadline, address[] calldata signers, bytes[] calldata attestations, bytes calldata signature
    ) external;
    function object_to_link(address pool, bytes32 identity, address account) external;
    function object_by_signatures(
        address pool, bytes32 identity, address account, uint256 issued_at, uint256 deadline, address[] calldata signers,
        bytes[] calldata objections
    ) external;
    function unlink(address pool, bytes32 identity) external;
    function confirm_link(address pool, bytes32 identity, address account) external;
    function cancel_link(address pool, bytes32 identity, address account) external;
    function set_attesters(address pool, address[] calldata attesters, uint256 needed) external;
    function set_attesting_pools(address pool, address[] calldata pools) external;
    function link_of(address pool, bytes32 identity) external view returns (Link memory);
}

/// @notice A pool whose governor and hub are known.
contract Home {
    address public governor = address(0x60);
    address public hub = address(0x4B);
}

/// @notice The Identity in any state, the links of one pool and one identity in it, and any others.
abstract contract IdentityCase is Proof {
    address internal constant REGISTRY = address(0x1D);
    address internal constant POOL = address(0x9001);
    address internal constant GOVERNOR = address(0x60);
    address internal constant HUB = address(0x4B);
    uint256 internal constant WEEK = 7 days;

    struct Other {
        address pool;
        bytes32 identity;
        uint256 newest;
        uint256 before;
    }

    function setUpIdentity() internal {
        vm.etch(REGISTRY, shipped("Identity"));
        Home home = new Home();
        vm.etch(POOL, address(home).code);
        vm.store(POOL, 0, bytes32(uint256(uint160(GOVERNOR))));
        vm.store(POOL, bytes32(uint256(1)), bytes32(uint256(uint160(HUB))));
        vm.etch(GOVERNOR, address(new Stranger()).code);
        svm.enableSymbolicStorage(REGISTRY);
        vm.warp(svm.createUint(36, "now"));
    }

    function linkOf(bytes32 identity) internal view returns (Identity.Link memory) {
        return Identity(REGISTRY).link_of(POOL, identity);
    }

    function newest(address pool, bytes32 identity) internal view returns (uint256) {
        return read(REGISTRY, entry(entry(Slots.IDENTITY_NEWEST, pool), uint256(identity)));
    }

    function linkedBefore(address pool, bytes32 identity) internal view returns (uint256) {
        return read(REGISTRY, entry(entry(Slots.IDENTITY_BEFORE, pool), uint256(identity)));
    }

    /// @dev The words of any other pool or identity.
    function any(Other memory it, bytes32 identity) internal view {
        vm.assume(either(it.pool != POOL, it.identity != identity));
        (it.newest, it.before) = (newest(it.pool, it.identity), linkedBefore(it.pool, it.identity));
    }

    function claimOther(Other memory it) internal {
        claim(newest(it.pool, it.identity) == it.newest, linkedBefore(it.pool, it.identity) == it.before);
    }

    /// @dev However late it gets, the account linked before stays.
    function claimStopped(bytes32 identity, address account, uint256 later, Identity.Link memory was) internal {
        vm.assume(both(later >= block.timestamp, later < 2 ** 40));
        vm.warp(later);
        Identity.Link memory now_ = linkOf(identity);
        claim(now_.active == was.active, now_.pending == address(0), now_.objected == account);
    }
}
