// SPDX-License-Identifier: AGPL-3.0-only
pragma solidity 0.8.37;

import {Twins, vm} from "Proof.sol";
import {Governor} from "GovernorCase.sol";
import {GovernorCalls} from "GovernorCalls.sol";

/// @notice I19, I20 and I23: what is executed or canceled stays so; who cancels and closes, and when.
contract GovernorState is GovernorCalls {
    function setUp() public {
        setUpGovernor(6);
    }

    // ------------------------------------------------------------------------------------------ execute

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

    function prove_state__before_the_count(uint256 id) public proof {
        uint256 word = proposal(id);
        vm.assume(either(word & (EXECUTED | CANCELED) != 0, block.timestamp <= closesAt(id, word)));
        uint256 state = Governor(GOVERNOR).state(id);
        if (word & EXECUTED != 0) claim(state == 7, word != 0);
        else if (word & CANCELED != 0) claim(state == 2);
        else claim(state == (block.timestamp <= opensAt(word) ? 0 : 1), word != 0);
    }
}

contract GovernorStateTwins is GovernorState, Twins {}
