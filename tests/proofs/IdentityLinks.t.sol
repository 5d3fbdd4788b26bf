// SPDX-License-Identifier: AGPL-3.0-only
pragma solidity 0.8.37;

import {Proof, Twins, svm, vm} from "Proof.sol";
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

    function object_to_link(address pool, bytes32 identity, address account) external;
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

/// @notice I37 of the Identity: who may change which account is linked, that a link counts when its wait is over, that an objection in time
///         ends it, and that no other identity and no other pool's word moves.
contract IdentityLinks is Proof {
    address constant REGISTRY = address(0x1D);
    address constant POOL = address(0x9001);
    address constant GOVERNOR = address(0x60);
    address constant HUB = address(0x4B);
    uint256 constant WEEK = 7 days;

    struct Other {
        address pool;
        bytes32 identity;
        uint256 newest;
        uint256 before;
    }

    function setUp() public {
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

    // ------------------------------------------------------------------------------------------ a link

    function prove_time__brings_into_force_only_what_waited_and_only_at_its_end(bytes32 identity, uint256 later) public proof {
        Identity.Link memory was = linkOf(identity);
        vm.assume(either(was.effective_at == 0, either(was.pending != address(0), was.objected != address(0))));
        vm.assume(both(later >= block.timestamp, later < 2 ** 40));
        vm.warp(later);
        Identity.Link memory now_ = linkOf(identity);
        bool isOver = both(was.pending != address(0), later >= was.effective_at);
        claim(now_.active == (isOver ? was.pending : was.active), now_.objected == was.objected);
        claim(now_.pending == (isOver ? address(0) : was.pending), now_.issued_at == was.issued_at);
    }

    // ------------------------------------------------------------------------------------------ objections

    function prove_object_to_link__by_the_linked_account_ends_it_for_good(
        address sender, bytes32 identity, address account, uint256 later, Other memory other
    ) public proof {
        any(other, identity);
        Identity.Link memory was = linkOf(identity);
        if (!call(sender, REGISTRY, abi.encodeCall(Identity.object_to_link, (POOL, identity, account)))) return;
        claim(sender == was.active, account == was.pending, account != address(0), block.timestamp < was.effective_at);
        claimStopped(identity, account, later, was);
        claimOther(other);
    }

    /// @dev However late it gets, the account linked before stays.
    function claimStopped(bytes32 identity, address account, uint256 later, Identity.Link memory was) internal {
        vm.assume(both(later >= block.timestamp, later < 2 ** 40));
        vm.warp(later);
        Identity.Link memory now_ = linkOf(identity);
        claim(now_.active == was.active, now_.pending == address(0), now_.objected == account);
    }

    // ------------------------------------------------------------------------------------------ taken away, or confirmed

    function prove_unlink__takes_the_caller_out_only(address sender, bytes32 identity, Other memory other) public proof {
        any(other, identity);
        Identity.Link memory was = linkOf(identity);
        vm.assume(was.issued_at <= block.timestamp);
        if (!call(sender, REGISTRY, abi.encodeCall(Identity.unlink, (POOL, identity)))) return;
        claimDropped(identity, sender, was);
        claimOther(other);
    }

    function prove_cancel_link__by_a_vote_takes_that_account_out_only(
        address sender, bytes32 identity, address account, Other memory other
    ) public proof {
        any(other, identity);
        Identity.Link memory was = linkOf(identity);
        vm.assume(was.issued_at <= block.timestamp);
        if (!call(sender, REGISTRY, abi.encodeCall(Identity.cancel_link, (POOL, identity, account)))) return;
        claim(sender == GOVERNOR);
        claimDropped(identity, account, was);
        claimOther(other);
    }

    /// @dev The account stood there, and nobody stands there now who did not before.
    function claimDropped(bytes32 identity, address account, Identity.Link memory was) internal {
        Identity.Link memory now_ = linkOf(identity);
        bool wasActive = account == was.active;
        claim(account != address(0), either(wasActive, either(account == was.pending, account == was.objected)));
        claim(now_.active == (wasActive ? address(0) : was.active), now_.pending == (wasActive ? was.pending : address(0)));
        claim(now_.objected == (wasActive ? was.objected : address(0)), now_.issued_at >= was.issued_at);
    }

    function prove_confirm_link__by_a_vote_what_was_objected_to_after_its_week(
        address sender, bytes32 identity, address account, Other memory other
    ) public proof {
        any(other, identity);
        Identity.Link memory was = linkOf(identity);
        if (!call(sender, REGISTRY, abi.encodeCall(Identity.confirm_link, (POOL, identity, account)))) return;
        Identity.Link memory now_ = linkOf(identity);
        claim(sender == GOVERNOR, account == was.objected, account != address(0), block.timestamp >= was.effective_at);
        claim(now_.active == account, now_.pending == address(0), now_.objected == address(0));
        claimOther(other);
    }

    // ------------------------------------------------------------------------------------------ whose word counts

    function attester(address pool, uint256 place) internal view returns (uint256) {
        return read(REGISTRY, entry(Slots.IDENTITY_ATTESTER_WORDS, pool) + place);
    }

    function prove_set_attesters__by_a_vote_or_by_the_hub_first(
        address sender, address account, uint256 needed, Other memory other
    ) public proof {
        any(other, bytes32(0));
        uint256 first = attester(POOL, 0);
        address[] memory attesters = new address[](1);
        attesters[0] = account;
        if (!call(sender, REGISTRY, abi.encodeCall(Identity.set_attesters, (POOL, attesters, needed)))) return;
        claim(either(sender == GOVERNOR, both(sender == HUB, first == 0)), account != address(0), needed == 1);
        claim(address(uint160(attester(POOL, 0))) == account);
        claimOther(other);
    }

    function prove_set_attesting_pools__by_a_vote_and_a_week_later(address sender, address listed, Other memory other)
        public
        proof
    {
        any(other, bytes32(0));
        address[] memory pools = new address[](1);
        pools[0] = listed;
        if (!call(sender, REGISTRY, abi.encodeCall(Identity.set_attesting_pools, (POOL, pools)))) return;
        uint256 comesAt = read(REGISTRY, entry(Slots.IDENTITY_COMES_AT, POOL));
        claim(sender == GOVERNOR, listed != address(0), comesAt == block.timestamp + WEEK);
        claimOther(other);
    }
}

contract IdentityLinksTwins is IdentityLinks, Twins {}
