// SPDX-License-Identifier: AGPL-3.0-only
pragma solidity 0.8.37;

import {Twins, svm, vm} from "Proof.sol";
import {ClassRules, Governor, GovernorCase} from "GovernorCase.sol";

/// @notice I18, I37 and I39 of the Governor: who may change who is a member, what is a part, and what rules are in force.
contract GovernorMembers is GovernorCase {
    uint256 constant ADMITS = 4;

    function setUp() public {
        setUpGovernor(24);
    }

    function seats() internal view returns (uint256) {
        return uint24(head());
    }

    function count() internal view returns (uint256) {
        return uint24(head() >> 24);
    }

    function version() internal view returns (uint256) {
        return uint16(head() >> 80);
    }

    function isMember(uint256 word) internal pure returns (bool) {
        return word >> 32 & (2 ** 80 - 1) != 0 && leftAt(word) == 0;
    }

    function isAdmission(address account) internal view returns (bool) {
        return part(account) & ADMITS != 0;
    }

    // ------------------------------------------------------------------------------------------ roles

    function prove_admit__by_an_admission_or_by_the_hub_before_the_first_seat(address sender, address account) public proof {
        bool founding = both(sender == HUB, seats() == 0);
        bool admission = isAdmission(sender);
        if (!call(sender, GOVERNOR, admission_(account))) return;
        claim(either(admission, founding), account != address(0));
    }

    function prove_remove__by_an_admission_or_a_vote(address sender, address account) public proof {
        bool admission = isAdmission(sender);
        if (!call(sender, GOVERNOR, abi.encodeCall(Governor.remove, (account)))) return;
        claim(either(admission, sender == GOVERNOR));
    }

    function prove_rebind__by_an_admission_only(address sender, address old, address to) public proof {
        bool admission = isAdmission(sender);
        if (!call(sender, GOVERNOR, abi.encodeCall(Governor.rebind, (old, to)))) return;
        claim(admission, to != address(0));
    }

    function prove_set_rules__by_a_vote_or_by_the_hub_once(address sender) public proof {
        bool first = version() == 0;
        if (!callWithAny(sender, GOVERNOR, Governor.set_rules.selector, 28)) return;
        claim(either(sender == GOVERNOR, both(first, sender == HUB)));
    }

    function prove_install__by_a_vote_only_and_never_as_an_admission(address sender, address account, bytes4 consent)
        public
        proof
    {
        uint256 before = part(account);
        if (!call(sender, GOVERNOR, abi.encodeCall(Governor.install, (account, consent)))) return;
        claim(sender == GOVERNOR, before == 0, part(account) == (uint256(uint32(consent)) << 32 | 1));
    }

    function prove_add_hub_part__by_the_hub_only(address sender, address account, bytes4 consent, bool admits) public proof {
        uint256 before = part(account);
        if (!call(sender, GOVERNOR, abi.encodeCall(Governor.add_hub_part, (account, consent, admits)))) return;
        claim(sender == HUB, before == 0);
        claim(part(account) == (uint256(uint32(consent)) << 32 | (admits ? 7 : 3)));
    }

    // ------------------------------------------------------------------------------------------ what a change is

    function admission_(address account) internal pure returns (bytes memory) {
        address[] memory accounts = new address[](1);
        accounts[0] = account;
        return abi.encodeCall(Governor.admit, (accounts));
    }

    function prove_admit__gives_a_new_seat_or_the_old_one_back(address sender, address account, address other) public proof {
        vm.assume(other != account);
        (uint256 before, uint256 his, uint256 given, uint256 many) = (member(account), member(other), seats(), count());
        vm.assume(given <= 2 ** 18);
        vm.assume(both(both(many < 2 ** 23, timesJoined(before) < 2 ** 31), joinedAt(before) <= block.timestamp));
        if (!call(sender, GOVERNOR, admission_(account))) return;
        uint256 word = member(account);
        bool newcomer = seatOf(before) == 0;
        claim(!isMember(before), either(isMember(word), block.timestamp == 0), joinedAt(word) == block.timestamp);
        claim(seatOf(word) == (newcomer ? given + 1 : seatOf(before)), seats() == (newcomer ? given + 1 : given));
        claim(count() == many + 1, member(other) == his, timesJoined(word) == timesJoined(before) + 1, seats() <= 2 ** 18);
    }

    function timesJoined(uint256 word) internal pure returns (uint256) {
        return uint32(word >> 112);
    }

    function prove_remove__keeps_the_seat_and_never_the_last_member(address sender, address account, address other)
        public
        proof
    {
        vm.assume(other != account);
        (uint256 before, uint256 his, uint256 given, uint256 many) = (member(account), member(other), seats(), count());
        vm.assume(both(many != 0, joinedAt(before) <= block.timestamp));
        if (!call(sender, GOVERNOR, abi.encodeCall(Governor.remove, (account)))) return;
        claim(isMember(before), member(account) == before | block.timestamp << 72, member(other) == his);
        claim(seats() == given, count() == minus(many, 1), many > 1);
    }

    function prove_rebind__moves_the_seat_and_makes_it_young(address sender, address old, address to, address other)
        public
        proof
    {
        vm.assume(both(other != old, other != to));
        (uint256 hers, uint256 his, uint256 before) = (member(old), member(other), head());
        uint256 taken = member(to);
        vm.assume(both(joinedAt(hers) <= block.timestamp, seatOf(hers) != 0));
        if (!call(sender, GOVERNOR, abi.encodeCall(Governor.rebind, (old, to)))) return;
        claim(isMember(hers), seatOf(taken) == 0, seatOf(member(to)) == seatOf(hers), seatOf(member(old)) == 0);
        claim(joinedAt(member(to)) == block.timestamp, joinedAt(member(old)) == 0, leftAt(member(to)) == 0);
        claim(member(other) == his, head() == before);
    }

    function prove_set_rules__never_below_the_floors(address sender, ClassRules memory one) public proof {
        (ClassRules[4] memory rules, uint256 kind) = (anyRules(), svm.createUint(2, "class"));
        if (kind == 0) rules[0] = one;
        else if (kind == 1) rules[1] = one;
        else if (kind == 2) rules[2] = one;
        else rules[3] = one;
        uint256 next = version() + 1;
        if (!call(sender, GOVERNOR, abi.encodeCall(Governor.set_rules, (rules)))) return;
        claim(version() == next, next < 2 ** 14);
        bool strict = either(kind == 1, kind == 2);
        claim(one.period >= (kind == 0 ? 1 days : 3 days), one.period <= 60 days, one.delay <= 30 days);
        claim(one.timelock >= (strict ? 2 days : kind == 0 ? 1 days : 0), one.timelock <= 60 days);
        claim(one.expiry >= 3 days, one.expiry <= 180 days, one.approval_bps <= 10000);
        claim(one.quorum_bps >= (strict ? 2000 : kind == 0 ? 500 : 100), one.quorum_bps <= (kind == 3 ? 5000 : 10000));
        claim(one.approval_bps >= (strict ? 6667 : kind == 0 ? 5000 : 0));
    }

    /// @dev Three classes as good as any: what is asked is asked of the fourth.
    function anyRules() internal pure returns (ClassRules[4] memory rules) {
        for (uint256 i = 0; i < 4; i++) rules[i] = ClassRules(0, 3 days, 2 days, 3 days, 2000, 6667, true);
    }
}

contract GovernorMembersTwins is GovernorMembers, Twins {}
