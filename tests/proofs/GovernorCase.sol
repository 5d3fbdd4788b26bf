// SPDX-License-Identifier: AGPL-3.0-only
pragma solidity 0.8.37;

import {Proof, svm, vm} from "Proof.sol";
import {Stranger} from "Strangers.sol";
import {Slots} from ".shipped/Slots.sol";

struct ClassRules {
    uint256 delay;
    uint256 period;
    uint256 timelock;
    uint256 expiry;
    uint256 quorum_bps;
    uint256 approval_bps;
    bool early;
}

interface Governor {
    function castVote(uint256 id, uint8 support) external returns (uint256);
    function castVoteWithReason(uint256 id, uint8 support, string calldata reason) external returns (uint256);
    function castVoteBySig(uint256 id, uint8 support, address voter, bytes calldata signature)
        external
        returns (uint256);
    function vote_by_signatures(uint256 id, uint256 deadline, uint256[] calldata signed, bytes32[] calldata reasons)
        external
        returns (uint256);
    function vote_by_wallets(
        uint256 id, uint256 deadline, uint256[] calldata choices, bytes32[] calldata reasons, bytes[] calldata signatures
    ) external returns (uint256);
    function propose(
        address[] calldata targets, uint256[] calldata values, bytes[] calldata calldatas, string calldata description
    ) external returns (uint256);
    function execute(
        address[] calldata targets, uint256[] calldata values, bytes[] calldata calldatas, bytes32 description
    ) external payable returns (uint256);
    function cancel(
        address[] calldata targets, uint256[] calldata values, bytes[] calldata calldatas, bytes32 description
    ) external returns (uint256);
    function hashProposal(
        address[] calldata targets, uint256[] calldata values, bytes[] calldata calldatas, bytes32 description
    ) external pure returns (uint256);
    function close(uint256 id) external;
    function extend_consent(uint256 id, uint256 closes_at) external;
    function admit(address[] calldata accounts) external;
    function remove(address account) external;
    function rebind(address old, address to) external;
    function set_rules(ClassRules[4] calldata rules) external;
    function install(address part, bytes4 consent_selector) external;
    function add_hub_part(address part, bytes4 consent_selector, bool admits) external;
    function state(uint256 id) external view returns (uint256);
    function proposalVotes(uint256 id) external view returns (uint256, uint256, uint256);
}

/// @notice A Governor behind its clone, in any state but for its number of seats, with strangers for neighbours; and what
///         the words of its storage say, written down a second time.
abstract contract GovernorCase is Proof {
    address internal constant IMPLEMENTATION = address(0x60F);
    address internal constant GOVERNOR = address(0x60);
    address internal constant HUB = address(0x4B);
    address internal constant POOL = address(0x9001);
    address internal constant IDENTITY = address(0x1D);

    uint256 internal constant EXECUTED = 1 << 231;
    uint256 internal constant CANCELED = 1 << 232;
    uint256 internal constant HAS_END = 1 << 233;
    uint256 internal constant EXTENDED = 1 << 234;
    uint256 internal constant FLAGS = EXECUTED | CANCELED | HAS_END | EXTENDED;

    /// @param seatBits the Governor has given fewer than 2 ** seatBits seats: a tally reads a word for 64 of them.
    function setUpGovernor(uint256 seatBits) internal {
        vm.etch(IMPLEMENTATION, shipped("Governor"));
        cloneAt(GOVERNOR, IMPLEMENTATION, abi.encodePacked(HUB, POOL, IDENTITY));
        bytes memory stranger = address(new Stranger()).code;
        vm.etch(HUB, stranger);
        vm.etch(POOL, stranger);
        vm.etch(IDENTITY, stranger);
        vm.etch(address(0x7A6E), stranger);
        svm.enableSymbolicStorage(GOVERNOR);
        uint256 head = svm.createUint(232, "head") << 24 | svm.createUint(seatBits, "seats");
        vm.store(GOVERNOR, bytes32(Slots.GOVERNOR_HEAD), bytes32(head));
        vm.warp(svm.createUint(36, "now"));
    }

    // ------------------------------------------------------------------------------------------ its storage

    function sheet(uint256 id, uint256 place) internal view returns (uint256) {
        return read(GOVERNOR, entry(entry(Slots.GOVERNOR_SHEETS, id), place));
    }

    function ballot(uint256 id, uint256 seat) internal view returns (uint256) {
        return sheet(id, seat >> 6) >> ((seat & 63) << 2) & 15;
    }

    function member(address account) internal view returns (uint256) {
        return read(GOVERNOR, entry(Slots.GOVERNOR_MEMBER_WORDS, account));
    }

    function head() internal view returns (uint256) {
        return read(GOVERNOR, Slots.GOVERNOR_HEAD);
    }

    function proposal(uint256 id) internal view returns (uint256) {
        return read(GOVERNOR, entry(Slots.GOVERNOR_PROPOSAL_WORDS, id));
    }

    function storedEnd(uint256 id) internal view returns (uint256) {
        return read(GOVERNOR, entry(Slots.GOVERNOR_ENDS, id));
    }

    function part(address account) internal view returns (uint256) {
        return read(GOVERNOR, entry(Slots.GOVERNOR_PART_WORDS, account));
    }

    function ruleWord(uint256 place) internal view returns (uint256) {
        return read(GOVERNOR, entry(Slots.GOVERNOR_RULE_WORDS, place));
    }

    // ------------------------------------------------------------------------------------------ what words say

    function seatOf(uint256 word) internal pure returns (uint256) {
        return uint32(word);
    }

    function joinedAt(uint256 word) internal pure returns (uint256) {
        return uint40(word >> 32);
    }

    function leftAt(uint256 word) internal pure returns (uint256) {
        return uint40(word >> 72);
    }

    function createdAt(uint256 word) internal pure returns (uint256) {
        return word >> 160 & (2 ** 36 - 1);
    }

    function electorate(uint256 word) internal pure returns (uint256) {
        return word >> 196 & (2 ** 19 - 1);
    }

    function classOf(uint256 word) internal pure returns (uint256) {
        return word >> 229 & 3;
    }

    function opensAt(uint256 word) internal pure returns (uint256) {
        return createdAt(word) + 3600 * (word >> 235 & 1023);
    }

    function closesAt(uint256 id, uint256 word) internal view returns (uint256) {
        return word & HAS_END != 0 ? storedEnd(id) : opensAt(word) + 3600 * (word >> 245);
    }

    /// @dev Of the version of the rules that a proposal names, the 128 bits of its class.
    function ruleOf(uint256 word) internal view returns (uint256) {
        uint256 version = word >> 215 & (2 ** 14 - 1);
        uint256 pair = ruleWord(2 * version + classOf(word) / 2);
        return classOf(word) % 2 == 1 ? pair >> 128 : uint128(pair);
    }

    function timelock(uint256 rule) internal pure returns (uint256) {
        return uint24(rule >> 48);
    }

    function expiry(uint256 rule) internal pure returns (uint256) {
        return uint24(rule >> 72);
    }

    /// @dev Whether so many ballots pass it, as contracts/README.md says it.
    function passes(uint256 word, uint256 rule, uint256 against, uint256 for_, uint256 abstain)
        internal
        pure
        returns (bool)
    {
        uint256 needed = (rule >> 96 & 0x3FFF) * electorate(word);
        if (classOf(word) == 3) return against * 10000 < needed;
        bool enough = (for_ + abstain) * 10000 >= needed;
        bool approved = for_ * 10000 >= (rule >> 110 & 0x3FFF) * (for_ + against);
        return enough && approved && for_ > against;
    }

    function passes(uint256 id, uint256 word) internal view returns (bool) {
        (uint256 against, uint256 for_, uint256 abstain) = Governor(GOVERNOR).proposalVotes(id);
        return passes(word, ruleOf(word), against, for_, abstain);
    }
}
