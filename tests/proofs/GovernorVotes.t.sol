// SPDX-License-Identifier: AGPL-3.0-only
pragma solidity 0.8.37;

import {Twins, svm, vm} from "Proof.sol";
import {Governor, GovernorCase} from "GovernorCase.sol";
import {Signatures} from "Signatures.sol";

/// @notice I10 to I13: one call casts the ballots of those who cast, in the window, and nobody else's.
contract GovernorVotes is GovernorCase, Signatures {
    bytes32 constant OZ_BALLOT = keccak256("Ballot(uint256 proposalId,uint8 support,address voter,uint256 nonce)");
    bytes32 constant BALLOT = keccak256(
        "Ballot(uint256 proposalId,address voter,uint8 support,uint8 castsBefore,bytes32 reasonHash,uint256 deadline)"
    );

    function setUp() public {
        setUpGovernor(6);
    }

    // ------------------------------------------------------------------------------------------ one's own call

    function prove_castVote__changes_no_ballot_but_the_callers(
        address voter, uint256 id, uint8 support, uint256 otherId, uint256 otherSeat
    ) public proof {
        vm.assume(either(otherId != id, otherSeat != seatOf(member(voter))));
        uint256 before = ballot(otherId, otherSeat);
        if (!call(voter, GOVERNOR, abi.encodeCall(Governor.castVote, (id, support)))) return;
        claim(ballot(otherId, otherSeat) == before);
    }

    function prove_castVote__changes_nothing_else(
        address voter, uint256 id, uint8 support, uint256 otherId, address account
    ) public proof {
        (uint256 word, uint256 end, uint256 his) = (proposal(otherId), storedEnd(otherId), member(account));
        (uint256 before, uint256 theirs) = (head(), part(account));
        if (!call(voter, GOVERNOR, abi.encodeCall(Governor.castVote, (id, support)))) return;
        claim(proposal(otherId) == word, storedEnd(otherId) == end, member(account) == his);
        claim(head() == before, part(account) == theirs);
    }

    function prove_castVote__follows_the_casts_before_it(address voter, uint256 id, uint8 support) public proof {
        uint256 seat = seatOf(member(voter));
        uint256 before = ballot(id, seat);
        if (!call(voter, GOVERNOR, abi.encodeCall(Governor.castVote, (id, support)))) return;
        claimNext(before, ballot(id, seat), support);
    }

    function prove_castVote__by_the_electorate_in_the_window(address voter, uint256 id, uint8 support) public proof {
        (uint256 word, uint256 hers) = (proposal(id), member(voter));
        if (!call(voter, GOVERNOR, abi.encodeCall(Governor.castVote, (id, support)))) return;
        claimInElectorate(word, hers);
        claimInWindow(id, word, support);
    }

    function prove_castVoteWithReason__as_castVote(
        address voter, uint256 id, uint8 support, uint256 otherId, uint256 otherSeat
    ) public proof {
        assumeBeforeItsEnd(id);
        (uint256 word, uint256 hers) = (proposal(id), member(voter));
        bool own = both(otherId == id, otherSeat == seatOf(hers));
        uint256 before = ballot(otherId, otherSeat);
        string memory reason = string(svm.createBytes(40, "reason"));
        if (!call(voter, GOVERNOR, abi.encodeCall(Governor.castVoteWithReason, (id, support, reason)))) return;
        claimInElectorate(word, hers);
        claimInWindow(id, word, support);
        if (own) claimNext(before, ballot(otherId, otherSeat), support);
        else claim(ballot(otherId, otherSeat) == before);
    }

    // ------------------------------------------------------------------------------------------ by signature

    struct OzBallot {
        uint256 id;
        uint8 support;
        address voter;
        bytes32 r;
        bytes32 s;
        uint8 v;
    }

    function prove_castVoteBySig__a_first_ballot_that_its_voter_signed(
        address carrier, OzBallot memory it, uint256 otherId, uint256 otherSeat
    ) public proof {
        vm.assume(it.voter.code.length == 0);
        assumeBeforeItsEnd(it.id);
        (uint256 word, uint256 hers) = (proposal(it.id), member(it.voter));
        bool own = both(otherId == it.id, otherSeat == seatOf(hers));
        uint256 before = ballot(otherId, otherSeat);
        if (!call(carrier, GOVERNOR, ozCall(it))) return;
        claim(ozSigner(it) == it.voter, it.voter != address(0));
        claimInElectorate(word, hers);
        claimInWindow(it.id, word, it.support);
        if (own) claim(before == 0, ballot(otherId, otherSeat) == 1 + uint256(it.support), it.support <= 2);
        else claim(ballot(otherId, otherSeat) == before);
    }

    function ozCall(OzBallot memory it) internal pure returns (bytes memory) {
        bytes memory signature = abi.encodePacked(it.r, it.s, it.v);
        return abi.encodeCall(Governor.castVoteBySig, (it.id, it.support, it.voter, signature));
    }

    function ozSigner(OzBallot memory it) internal view returns (address) {
        bytes32 said = digestOf(GOVERNOR, abi.encode(OZ_BALLOT, it.id, it.support, it.voter, uint256(0)));
        return ecrecover(said, it.v, it.r, it.s);
    }

    struct Signed {
        uint256 deadline;
        uint256 choice;
        uint256 r;
        uint256 vs;
    }

    function voterOf(uint256 choice) internal pure returns (address) {
        return address(uint160(choice));
    }

    function prove_vote_by_signatures__a_ballot_that_its_voter_signed_in_its_turn(
        address carrier, uint256 id, Signed memory it, uint256 seat
    ) public proof {
        assumeBeforeItsEnd(id);
        (uint256 word, uint256 hers, uint256 before) = (proposal(id), member(voterOf(it.choice)), ballot(id, seat));
        uint256 support = uint8(it.choice >> 160);
        address signer = signerOf(id, it);
        uint256[] memory signed = new uint256[](3);
        (signed[0], signed[1], signed[2]) = (it.choice, it.r, it.vs);
        if (!call(carrier, GOVERNOR, batch(id, it.deadline, signed))) return;
        claim(block.timestamp <= it.deadline, word != 0);
        if (ballot(id, seat) == before) return;
        claim(seat == seatOf(hers), signer == voterOf(it.choice), signer != address(0));
        claim(it.choice >> 168 == (before + 2) / 3);
        claimInElectorate(word, hers);
        claimInWindow(id, word, support);
        claimNext(before, ballot(id, seat), support);
    }

    function batch(uint256 id, uint256 deadline, uint256[] memory signed) internal pure returns (bytes memory) {
        return abi.encodeCall(Governor.vote_by_signatures, (id, deadline, signed, new bytes32[](0)));
    }

    function signerOf(uint256 id, Signed memory it) internal view returns (address) {
        (address voter, uint256 support, uint256 follows) = (voterOf(it.choice), uint8(it.choice >> 160), it.choice >> 168);
        bytes32 said = digestOf(GOVERNOR, abi.encode(BALLOT, id, voter, support, follows, bytes32(0), it.deadline));
        return ecrecover(said, uint8(27 + (it.vs >> 255)), bytes32(it.r), bytes32(it.vs << 1 >> 1));
    }

    // ------------------------------------------------------------------------------------------ what they claim

    /// @dev Every way to cast asks the same function whether ballots are taken; its timelock is proved with castVote.
    function assumeBeforeItsEnd(uint256 id) internal view {
        vm.assume(block.timestamp <= closesAt(id, proposal(id)));
    }

    /// @dev I10, I11: her ballot is one cast further, says what she said and is never empty again.
    function claimNext(uint256 before, uint256 ballot_, uint256 support) internal {
        uint256 casts = (before + 2) / 3;
        claim(support <= 2, casts < 5, either(casts < 4, support == 0), ballot_ == 1 + 3 * casts + support);
    }

    /// @dev I13.
    function claimInElectorate(uint256 word, uint256 hers) internal {
        claim(word != 0, joinedAt(hers) != 0, joinedAt(hers) < createdAt(word), leftAt(hers) == 0);
    }

    /// @dev I12.
    function claimInWindow(uint256 id, uint256 word, uint256 support) internal {
        claim(word & (EXECUTED | CANCELED) == 0, block.timestamp > opensAt(word));
        bool open = block.timestamp <= closesAt(id, word);
        claim(either(open, both(support == 0, block.timestamp < closesAt(id, word) + timelock(ruleOf(word)))));
    }
}

contract GovernorVotesTwins is GovernorVotes, Twins {}
