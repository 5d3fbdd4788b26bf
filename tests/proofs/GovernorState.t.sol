// SPDX-License-Identifier: AGPL-3.0-only
pragma solidity 0.8.37;

import {Twins, svm, vm} from "Proof.sol";
import {Governor} from "GovernorCase.sol";
import {GovernorCalls} from "GovernorCalls.sol";
import {Slots} from ".shipped/Slots.sol";

/// @notice I19 to I23: executed once, in time, when it is ready; what is executed or canceled stays so; who cancels and
///         closes, and when; ballots are counted right.
contract GovernorState is GovernorCalls {
    function setUp() public {
        setUpGovernor(6);
    }

    // ------------------------------------------------------------------------------------------ execute

    function prove_execute__once_and_only_what_is_ready(address sender, bytes32 description, uint256 otherId) public proof {
        (uint256 id, bytes memory data) = oneCall(Governor.execute.selector, description);
        vm.assume(otherId != id);
        (uint256 word, uint256 other) = (proposal(id), proposal(otherId));
        uint256 eta = closesAt(id, word) + timelock(ruleOf(word));
        bool ready = word != 0 && Governor(GOVERNOR).state(id) == 4;
        if (!call(sender, GOVERNOR, data)) return;
        claim(ready, word & (EXECUTED | CANCELED) == 0, block.timestamp >= eta);
        claim(block.timestamp < eta + expiry(ruleOf(word)), proposal(id) == word | EXECUTED, proposal(otherId) == other);
        claim(!call(sender, GOVERNOR, data));
    }

    function prove_execute__never_what_was_canceled_or_executed(address sender, bytes32 description) public proof {
        (uint256 id, bytes memory data) = oneCall(Governor.execute.selector, description);
        uint256 word = proposal(id);
        bool ok = call(sender, GOVERNOR, data);
        if (word & (EXECUTED | CANCELED) != 0) claim(!ok);
        else vm.assume(!ok);
    }

    // ------------------------------------------------------------------------------------------ cancel, close

    function prove_cancel__by_its_proposer_before_the_end_or_by_a_vote(address sender, bytes32 description) public proof {
        (uint256 id, bytes memory data) = oneCall(Governor.cancel.selector, description);
        uint256 word = proposal(id);
        vm.assume(word != 0);
        uint256 state = Governor(GOVERNOR).state(id);
        if (!call(sender, GOVERNOR, data)) return;
        claim(word & (EXECUTED | CANCELED) == 0, proposal(id) == word | CANCELED);
        bool proposers = both(sender == address(uint160(word)), state <= 1);
        claim(either(proposers, both(sender == GOVERNOR, either(state <= 1, either(state == 4, state == 5)))));
    }

    function prove_close__an_open_vote_and_the_timelock_starts(address sender, uint256 id) public proof {
        uint256 word = proposal(id);
        (uint256 end, uint256 rule) = (closesAt(id, word), ruleOf(word));
        if (!call(sender, GOVERNOR, abi.encodeCall(Governor.close, (id)))) return;
        claim(word & (EXECUTED | CANCELED | EXTENDED) == 0, block.timestamp > opensAt(word), block.timestamp <= end);
        claim(rule >> 124 != 0, storedEnd(id) == block.timestamp - 1, proposal(id) == word | HAS_END);
    }

    // ------------------------------------------------------------------------------------------ what state means

    /// @dev The numbers of a small vote: an electorate of at most 7, ballots of the seats 1 to 7, any rules.
    function smallVote(uint256 id) internal returns (uint256 word) {
        word = svm.createUint(196, "low") | svm.createUint(3, "electorate") << 196 | svm.createUint(41, "high") << 215;
        vm.store(GOVERNOR, bytes32(entry(Slots.GOVERNOR_PROPOSAL_WORDS, id)), bytes32(word));
        uint256 place = entry(entry(Slots.GOVERNOR_SHEETS, id), 0);
        vm.store(GOVERNOR, bytes32(place), bytes32(svm.createUint(28, "ballots") << 4));
    }

    function prove_state__before_the_count(uint256 id) public proof {
        uint256 word = proposal(id);
        vm.assume(either(word & (EXECUTED | CANCELED) != 0, block.timestamp <= closesAt(id, word)));
        uint256 state = Governor(GOVERNOR).state(id);
        if (word & EXECUTED != 0) claim(state == 7, word != 0);
        else if (word & CANCELED != 0) claim(state == 2);
        else claim(state == (block.timestamp <= opensAt(word) ? 0 : 1), word != 0);
    }

    function counted(uint256 ballots) internal pure returns (uint256 against, uint256 for_, uint256 abstain) {
        for (uint256 seat = 1; seat < 8; seat++) {
            uint256 each = ballots >> 4 * seat & 15;
            uint256 support = each % 3;
            assembly {
                against := add(against, eq(support, 1))
                for_ := add(for_, eq(support, 2))
                abstain := add(abstain, and(iszero(support), gt(each, 0)))
            }
        }
    }

    function prove_proposalVotes__counts_each_of_seven_seats(uint256 id) public proof {
        smallVote(id);
        (uint256 against, uint256 for_, uint256 abstain) = Governor(GOVERNOR).proposalVotes(id);
        (uint256 a, uint256 f, uint256 n) = counted(sheet(id, 0));
        claim(against == a, for_ == f, abstain == n, against + for_ + abstain <= 7);
    }

    function prove_proposalVotes__counts_a_ballot_of_any_seat(uint256 id) public proof {
        uint256 seat = svm.createUint(6, "seat");
        uint256 each = svm.createUint(4, "ballot");
        vm.store(GOVERNOR, bytes32(entry(entry(Slots.GOVERNOR_SHEETS, id), 0)), bytes32(each << 4 * seat));
        (uint256 against, uint256 for_, uint256 abstain) = Governor(GOVERNOR).proposalVotes(id);
        claim(
            against == (each % 3 == 1 ? 1 : 0), for_ == (each % 3 == 2 ? 1 : 0),
            abstain == (both(each != 0, each % 3 == 0) ? 1 : 0)
        );
    }
}

contract GovernorStateTwins is GovernorState, Twins {}
