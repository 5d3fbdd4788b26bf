// SPDX-License-Identifier: AGPL-3.0-only
pragma solidity 0.8.37;

import {Twins} from "Proof.sol";
import {CredDistributor, Item, Leaf, ListedLeaf, Sibling, Terms} from "DistributorCase.sol";
import {ClaimsCase} from "ClaimsCase.sol";

/// @notice I26, I27, I29 and I31 of the CredDistributor: a claim, a payday and a settlement pay by the terms of a final epoch
///         only, in time, a leaf once; what leaves the Pool or is freed there is what is booked as paid, never beyond the pot.
contract DistributorClaims is ClaimsCase {
    function setUp() public {
        setUpDistributor();
    }

    function calls(Given memory it, address to) internal pure returns (bytes memory) {
        Item[] memory items = new Item[](1);
        items[0] = Item(it.terms, it.index, it.cred);
        return abi.encodeCall(CredDistributor.claim, (it.subject, it.previous, items, new Sibling[](0), to));
    }

    function prove_claim__pays_a_leaf_of_a_final_epoch_once(address sender, address to) public proof {
        Given memory it = any();
        bool wasClaimed = isClaimed(it);
        if (!call(sender, DISTRIBUTOR, calls(it, to))) return;
        claim(isFinal(it.previous, it.terms), block.timestamp < closesAt(it.terms), to != address(0), it.cred != 0);
        claim(!wasClaimed, isClaimed(it));
        claim(payeeOf(it.subject) != address(0), either(to == payeeOf(it.subject), sender == payeeOf(it.subject)));
        claim(either(till().released() == 0, till().to() == to));
    }

    function prove_claim__books_what_leaves_the_pool(address sender, address to) public proof {
        Given memory it = plain();
        uint256 was = paidOf(epochOf(it.terms));
        if (!call(sender, DISTRIBUTOR, calls(it, to))) return;
        claimBooked(it, was);
    }

    // ------------------------------------------------------------------------------------------ everybody

    function ofPayday(Given memory it) internal pure returns (bytes memory) {
        ListedLeaf[] memory leaves = new ListedLeaf[](1);
        leaves[0] = ListedLeaf(it.subject, it.cred);
        return abi.encodeCall(CredDistributor.payday, (it.previous, it.terms, leaves, 0, 1));
    }

    function prove_payday__pays_the_leaves_payee_once(address sender) public proof {
        Given memory it = any();
        Before memory was = before(it);
        if (!call(sender, DISTRIBUTOR, ofPayday(it))) return;
        claimPaidOnce(it, was);
    }

    function prove_payday__books_what_leaves_the_pool(address sender) public proof {
        Given memory it = plain();
        uint256 was = paidOf(epochOf(it.terms));
        if (!call(sender, DISTRIBUTOR, ofPayday(it))) return;
        claimBooked(it, was);
    }

    function ofMany(Given memory it) internal pure returns (bytes memory) {
        (Terms[] memory terms, Leaf[] memory leaves) = (new Terms[](1), new Leaf[](1));
        (terms[0], leaves[0]) = (it.terms, Leaf(it.subject, 0, it.index, it.cred));
        return abi.encodeCall(CredDistributor.claim_many, (it.previous, terms, leaves, new Sibling[](0)));
    }

    function prove_claim_many__pays_the_leafs_payee_once(address sender) public proof {
        Given memory it = any();
        Before memory was = before(it);
        if (!call(sender, DISTRIBUTOR, ofMany(it))) return;
        claimPaidOnce(it, was);
    }

    function prove_claim_many__books_what_leaves_the_pool(address sender) public proof {
        Given memory it = plain();
        uint256 was = paidOf(epochOf(it.terms));
        if (!call(sender, DISTRIBUTOR, ofMany(it))) return;
        claimBooked(it, was);
    }

    // ------------------------------------------------------------------------------------------ elsewhere

    function ofSettlement(Given memory it) internal pure returns (bytes memory) {
        return abi.encodeCall(
            CredDistributor.settle_off_chain,
            (it.previous, it.terms, it.subject, it.index, it.cred, address(0x9A1), bytes32(0))
        );
    }

    function prove_settle_off_chain__by_the_clerk_a_leaf_of_a_final_epoch_once(address sender) public proof {
        Given memory it = capped(any());
        bool wasClaimed = isClaimed(it);
        if (!call(sender, DISTRIBUTOR, ofSettlement(it))) return;
        claim(sender == CLERK, isFinal(it.previous, it.terms), block.timestamp < closesAt(it.terms));
        claim(!wasClaimed, isClaimed(it), till().released() == 0, till().freed() != 0);
    }

    function prove_settle_off_chain__books_what_it_frees(address sender) public proof {
        Given memory it = plain();
        uint256 was = paidOf(epochOf(it.terms));
        if (!call(sender, DISTRIBUTOR, ofSettlement(it))) return;
        claimBooked(it, was);
    }
}

contract DistributorClaimsTwins is DistributorClaims, Twins {}
