// SPDX-License-Identifier: AGPL-3.0-only
pragma solidity 0.8.37;

import {Twins, vm} from "Proof.sol";
import {Identity, IdentityCase} from "IdentityCase.sol";
import {Slots} from ".shipped/Slots.sol";

/// @notice I37 of the Identity: who may change which account is linked, that a link counts when its wait is over, that an
///         objection in time ends it, and that no other identity and no other pool's word moves.
contract IdentityLinks is IdentityCase {
    function setUp() public {
        setUpIdentity();
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
