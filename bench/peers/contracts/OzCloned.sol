// SPDX-License-Identifier: AGPL-3.0-only
pragma solidity ^0.8.24;

import {Clones} from "@openzeppelin/contracts/proxy/Clones.sol";
import {OwnableUpgradeable} from "@openzeppelin/contracts-upgradeable/access/OwnableUpgradeable.sol";
import {GovernorUpgradeable} from "@openzeppelin/contracts-upgradeable/governance/GovernorUpgradeable.sol";
import {
    GovernorCountingSimpleUpgradeable
} from "@openzeppelin/contracts-upgradeable/governance/extensions/GovernorCountingSimpleUpgradeable.sol";
import {
    GovernorVotesUpgradeable
} from "@openzeppelin/contracts-upgradeable/governance/extensions/GovernorVotesUpgradeable.sol";
import {
    GovernorVotesQuorumFractionUpgradeable
} from "@openzeppelin/contracts-upgradeable/governance/extensions/GovernorVotesQuorumFractionUpgradeable.sol";
import {ERC20Upgradeable} from "@openzeppelin/contracts-upgradeable/token/ERC20/ERC20Upgradeable.sol";
import {
    ERC20PermitUpgradeable
} from "@openzeppelin/contracts-upgradeable/token/ERC20/extensions/ERC20PermitUpgradeable.sol";
import {
    ERC20VotesUpgradeable
} from "@openzeppelin/contracts-upgradeable/token/ERC20/extensions/ERC20VotesUpgradeable.sol";
import {NoncesUpgradeable} from "@openzeppelin/contracts-upgradeable/utils/NoncesUpgradeable.sol";
import {IVotes} from "@openzeppelin/contracts/governance/utils/IVotes.sol";

/// The votes token for clones. Its first members hold one vote each, delegated to themselves.
contract ClonedVotes is ERC20PermitUpgradeable, ERC20VotesUpgradeable, OwnableUpgradeable {
    constructor() {
        _disableInitializers();
    }

    function initialize(address owner, address[] calldata members) external initializer {
        __ERC20_init("Votes", "VOT");
        __ERC20Permit_init("Votes");
        __Ownable_init(owner);
        for (uint256 i = 0; i < members.length; ++i) {
            _delegate(members[i], members[i]);
            _mint(members[i], 1 ether);
        }
    }

    function mint(address to, uint256 amount) external onlyOwner {
        _mint(to, amount);
    }

    function clock() public view override returns (uint48) {
        return uint48(block.timestamp);
    }

    function CLOCK_MODE() public pure override returns (string memory) {
        return "mode=timestamp";
    }

    function nonces(
        address owner
    ) public view override(ERC20PermitUpgradeable, NoncesUpgradeable) returns (uint256) {
        return super.nonces(owner);
    }

    function _update(
        address from,
        address to,
        uint256 amount
    ) internal override(ERC20Upgradeable, ERC20VotesUpgradeable) {
        super._update(from, to, amount);
    }
}

/// The Governor for clones: its own treasury, its times in the code.
contract ClonedGovernor is
    GovernorUpgradeable,
    GovernorCountingSimpleUpgradeable,
    GovernorVotesUpgradeable,
    GovernorVotesQuorumFractionUpgradeable
{
    constructor() {
        _disableInitializers();
    }

    function initialize(IVotes token) external initializer {
        __Governor_init("Governor");
        __GovernorVotes_init(token);
        __GovernorVotesQuorumFraction_init(25);
    }

    function votingDelay() public pure override returns (uint256) {
        return 1 days;
    }

    function votingPeriod() public pure override returns (uint256) {
        return 3 days;
    }
}

/// Both in one transaction, the Governor owning the token.
contract ClonedFactory {
    event Made(address governor, address token);

    address private immutable votes = address(new ClonedVotes());
    address private immutable governors = address(new ClonedGovernor());

    function create(address[] calldata members) external {
        address token = Clones.clone(votes);
        address governor = Clones.clone(governors);
        ClonedVotes(token).initialize(governor, members);
        ClonedGovernor(payable(governor)).initialize(IVotes(token));
        emit Made(governor, token);
    }
}
