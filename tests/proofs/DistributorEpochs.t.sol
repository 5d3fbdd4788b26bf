// SPDX-License-Identifier: AGPL-3.0-only
pragma solidity 0.8.37;

import {Twins, svm, vm} from "Proof.sol";
import {CredDistributor, DistributorCase, Maintainer, Policy, Terms, Till} from "DistributorCase.sol";
import {Slots} from ".shipped/Slots.sol";

/// @notice I26, I28 to I30 and I37 of the CredDistributor: who posts, ends and finalises a distribution, who sets it up; and that
///         no call but `finalise` of the next epoch makes an epoch final, and none changes what is final.
contract DistributorEpochs is DistributorCase {
    function setUp() public {
        setUpDistributor();
    }

    // ------------------------------------------------------------------------------------------ the review

    function prove_finalise__by_the_governor_the_next_epoch_only(
        address sender, uint256 epoch, uint256 attempt_, Place memory at
    ) public proof {
        Kept memory was = kept(at);
        vm.assume(was.finalised < U32);
        (uint256 open, uint256 tried, uint256 last) = (openVersion(), attempt(), epochHash(was.finalised));
        bytes32 posted = bytes32(read(DISTRIBUTOR, Slots.CRED_DISTRIBUTOR_POSTED_HASH));
        uint256 excluded = uint128(read(DISTRIBUTOR, Slots.CRED_DISTRIBUTOR_RECEIVED_AND_EXCLUDED));
        uint256 window = uint32(read(DISTRIBUTOR, entry(Slots.CRED_DISTRIBUTOR_TERMS, open)));
        if (!call(sender, DISTRIBUTOR, abi.encodeCall(CredDistributor.finalise, (epoch, attempt_)))) return;
        Kept memory now_ = kept(at);
        uint256 review = excluded << 104 | (block.timestamp + window) << 64 | epoch << 32 | attempt_;
        claim(sender == GOVERNOR, open != 0, epoch == was.finalised + 1, attempt_ == tried);
        claim(now_.finalised == epoch, openVersion() == 0, now_.paid == was.paid, now_.claimed == was.claimed);
        claim(either(at.epoch == epoch, now_.hash == was.hash));
        claim(epochHash(epoch) == uint256(keccak256(abi.encode(last, posted, review))));
    }

    function prove_post__by_the_clerk_and_makes_nothing_final(
        address sender, uint256 epoch, bytes32 root, uint256 total, uint256 leaves, Place memory at
    ) public proof {
        Kept memory was = kept(at);
        uint256 open = openVersion();
        bytes memory data = abi.encodeCall(
            CredDistributor.post, (epoch, root, total, leaves, bytes32(uint256(1)), "u", "t", nobody())
        );
        if (!call(sender, DISTRIBUTOR, data)) return;
        claim(sender == CLERK, open == 0, epoch == was.finalised + 1, Till(payable(POOL)).promised() != 0);
        claimKept(at, was);
    }

    function prove_withdraw__by_the_clerk_of_the_open_terms_only(
        address sender, uint256 epoch, Terms memory terms, Place memory at
    ) public proof {
        Kept memory was = kept(at);
        (uint256 open, uint256 tried) = (openVersion(), attempt());
        vm.assume(tried < U32);
        bytes32 posted = bytes32(read(DISTRIBUTOR, Slots.CRED_DISTRIBUTOR_POSTED_HASH));
        if (!call(sender, DISTRIBUTOR, abi.encodeCall(CredDistributor.withdraw, (epoch, terms, nobody())))) return;
        claim(sender == CLERK, open != 0, epoch == was.finalised + 1, posted == postedHash(terms));
        claim(openVersion() == 0, attempt() == tried + 1);
        claimKept(at, was);
    }

    function prove_void__frees_the_open_pot_once(address sender, uint256 epoch, Place memory at) public proof {
        Kept memory was = kept(at);
        (uint256 open, uint256 tried) = (openVersion(), attempt());
        vm.assume(tried < U32);
        uint256 pot = read(DISTRIBUTOR, Slots.CRED_DISTRIBUTOR_POT_AND_CARRY) >> 128;
        if (!call(sender, DISTRIBUTOR, abi.encodeCall(CredDistributor.void, (epoch)))) return;
        claim(open != 0, epoch == was.finalised + 1, openVersion() == 0, attempt() == tried + 1);
        claim(Till(payable(POOL)).freed() == pot, Till(payable(POOL)).released() == 0);
        claimKept(at, was);
    }

    function struck(bytes32 subject, uint256 key) internal view returns (uint256) {
        return read(DISTRIBUTOR, entry(entry(Slots.CRED_DISTRIBUTOR_STRUCK, uint256(subject)), key));
    }

    function prove_zero_out__by_the_clerk_a_leaf_of_the_open_terms_once(
        address sender, uint256 epoch, Terms memory terms, bytes32 subject, uint256 index, uint256 cred, Place memory at
    ) public proof {
        Kept memory was = kept(at);
        bytes32 posted = bytes32(read(DISTRIBUTOR, Slots.CRED_DISTRIBUTOR_POSTED_HASH));
        uint256 before = struck(subject, epoch << 64 | attempt() << 32 | index);
        bytes memory data = abi.encodeCall(
            CredDistributor.zero_out, (epoch, terms, subject, index, cred, bytes32(0), nobody())
        );
        if (!call(sender, DISTRIBUTOR, data)) return;
        claim(sender == CLERK, openVersion() != 0, posted == postedHash(terms), cred != 0, before == 0);
        claimKept(at, was);
    }

    function prove_restore__by_the_clerk_a_leaf_that_is_struck_out(
        address sender, uint256 epoch, Terms memory terms, bytes32 subject, uint256 index, Place memory at
    ) public proof {
        Kept memory was = kept(at);
        bytes32 posted = bytes32(read(DISTRIBUTOR, Slots.CRED_DISTRIBUTOR_POSTED_HASH));
        uint256 key = epoch << 64 | attempt() << 32 | index;
        uint256 before = struck(subject, key);
        bytes memory data = abi.encodeCall(
            CredDistributor.restore, (epoch, terms, subject, index, bytes32(0), nobody())
        );
        if (!call(sender, DISTRIBUTOR, data)) return;
        claim(sender == CLERK, openVersion() != 0, posted == postedHash(terms), before & 1 == 1);
        claim(struck(subject, key) == minus(before, 1));
        claimKept(at, was);
    }

    // ------------------------------------------------------------------------------------------ the end of an epoch

    function prove_close_epoch__frees_what_is_left_when_claims_are_over(
        address sender, bytes32 previous, Terms memory terms, Place memory at
    ) public proof {
        Kept memory was = kept(at);
        uint256 before = paidOf(epochOf(terms));
        if (!call(sender, DISTRIBUTOR, abi.encodeCall(CredDistributor.close_epoch, (previous, terms)))) return;
        Kept memory now_ = kept(at);
        uint256 paid = paidOf(epochOf(terms));
        Till till = Till(payable(POOL));
        claim(isFinal(previous, terms), block.timestamp >= closesAt(terms), till.released() == 0, paid > before);
        claim(paid == potOf(terms), till.freed() == minus(paid, before), either(at.epoch == epochOf(terms), now_.paid == was.paid));
        claim(now_.hash == was.hash, now_.finalised == was.finalised, now_.claimed == was.claimed);
    }

    // ------------------------------------------------------------------------------------------ roles

    function one(address account) internal pure returns (Maintainer[] memory members) {
        members = new Maintainer[](1);
        members[0] = Maintainer(account, new bytes32[](0));
    }

    function prove_setup__by_the_hub_once(address sender, address account, uint256 needed, uint256 season, Place memory at)
        public
        proof
    {
        Kept memory was = kept(at);
        uint256 before = read(DISTRIBUTOR, Slots.CRED_DISTRIBUTOR_SET);
        bytes memory data = abi.encodeCall(CredDistributor.setup, (one(account), needed, season));
        if (!call(sender, DISTRIBUTOR, data)) return;
        claim(sender == HUB, before == 0, read(DISTRIBUTOR, Slots.CRED_DISTRIBUTOR_SET) != 0, needed == 1);
        claimKept(at, was);
    }

    function prove_on_open__by_the_pool_once(address sender, uint256 id, Policy memory policy, Place memory at) public proof {
        Kept memory was = kept(at);
        uint256 before = attempt();
        if (!call(sender, DISTRIBUTOR, abi.encodeCall(CredDistributor.on_open, (id, abi.encode(policy))))) return;
        claim(sender == POOL, before == 0, attempt() == 1);
        claimKept(at, was);
    }

    function prove_set_policy__by_a_vote_only(address sender, Policy memory policy, Place memory at) public proof {
        Kept memory was = kept(at);
        (uint256 before, uint256 open) = (attempt(), openVersion());
        vm.assume(uint32(head() >> 112) < U32);
        if (!call(sender, DISTRIBUTOR, abi.encodeCall(CredDistributor.set_policy, (policy)))) return;
        claim(sender == GOVERNOR, before != 0, openVersion() == open);
        claimKept(at, was);
    }

    function prove_set_maintainers__by_a_vote_only(address sender, address account, uint256 needed, Place memory at)
        public
        proof
    {
        Kept memory was = kept(at);
        uint256 before = head();
        bytes memory data = abi.encodeCall(CredDistributor.set_maintainers, (one(account), needed));
        if (!call(sender, DISTRIBUTOR, data)) return;
        claim(sender == GOVERNOR, needed == 1, account != address(0), head() == before);
        claimKept(at, was);
    }

    function prove_set_season__by_a_vote_only(address sender, uint256 season, Place memory at) public proof {
        Kept memory was = kept(at);
        uint256 open = openVersion();
        if (!call(sender, DISTRIBUTOR, abi.encodeCall(CredDistributor.set_season, (season)))) return;
        claim(sender == GOVERNOR, season <= 1200, openVersion() == open);
        claimKept(at, was);
    }
}

contract DistributorEpochsTwins is DistributorEpochs, Twins {}
