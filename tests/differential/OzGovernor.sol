// SPDX-License-Identifier: AGPL-3.0-only
pragma solidity 0.8.37;

import {Governor} from "@openzeppelin/contracts/governance/Governor.sol";
import {GovernorCountingSimple} from "@openzeppelin/contracts/governance/extensions/GovernorCountingSimple.sol";
import {GovernorSettings} from "@openzeppelin/contracts/governance/extensions/GovernorSettings.sol";
import {GovernorVotes} from "@openzeppelin/contracts/governance/extensions/GovernorVotes.sol";
import {GovernorVotesQuorumFraction} from
    "@openzeppelin/contracts/governance/extensions/GovernorVotesQuorumFraction.sol";
import {IVotes} from "@openzeppelin/contracts/governance/utils/IVotes.sol";

/// What our Governor is held beside: OpenZeppelin's with simple counting, a quorum in basis points, and no timelock.
/// One vote is needed to propose: membership.
contract OzGovernor is
    Governor,
    GovernorSettings,
    GovernorCountingSimple,
    GovernorVotes,
    GovernorVotesQuorumFraction
{
    constructor(IVotes members, uint48 delay, uint32 period, uint256 quorumBps)
        Governor("Millpond")
        GovernorSettings(delay, period, 1)
        GovernorVotes(members)
        GovernorVotesQuorumFraction(quorumBps)
    {}

    function quorumDenominator() public pure override returns (uint256) {
        return 10000;
    }

    function proposalThreshold() public view override(Governor, GovernorSettings) returns (uint256) {
        return super.proposalThreshold();
    }
}
