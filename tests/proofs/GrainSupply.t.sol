// SPDX-License-Identifier: AGPL-3.0-only
pragma solidity 0.8.37;

import {Proof, Twins, svm, vm} from "Proof.sol";
import {Stranger} from "Strangers.sol";
import {Slots} from ".shipped/Slots.sol";

interface Grain {
    function totalSupply() external view returns (uint256);
    function transfer(address to, uint256 amount) external returns (bool);
    function approve(address spender, uint256 amount) external returns (bool);
    function transferFrom(address owner, address to, uint256 amount) external returns (bool);
    function permit(address owner, address spender, uint256 amount, uint256 deadline, uint8 v, bytes32 r, bytes32 s)
        external;
    function mint(address to, uint256 amount) external;
    function setup(address minter) external;
    function set_minter(address minter, bool allowed) external;
    function DOMAIN_SEPARATOR() external view returns (bytes32);
}

/// @notice I24 and I25 step by step: grain moves by its owner's will only, and comes from minters only.
contract GrainSupply is Proof {
    uint256 constant HALF_ORDER = 0x7FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF5D576E7357A4501DDFE92F46681B20A0;
    uint256 constant MOST = type(uint128).max;
    address constant GRAIN = address(0x6EA1);
    address constant HUB = address(0x4B);
    address constant GOVERNOR = address(0x60);
    bytes32 constant PERMIT =
        keccak256("Permit(address owner,address spender,uint256 value,uint256 nonce,uint256 deadline)");

    function setUp() public {
        bytes memory creation = shipped("Grain");
        constructedAt(GRAIN, abi.encodePacked(creation, abi.encode(HUB, GOVERNOR, bytes32("Seed"), bytes32("SEED"))));
        vm.etch(GOVERNOR, address(new Stranger()).code);
        svm.enableSymbolicStorage(GRAIN);
        vm.warp(svm.createUint(40, "now"));
    }

    // ------------------------------------------------------------------------------------------ what was said

    function word(address owner) internal view returns (uint256) {
        return read(GRAIN, entry(Slots.GRAIN_ACCOUNTS, owner));
    }

    function balance(address owner) internal view returns (uint256) {
        return word(owner) & MOST;
    }

    function nonce(address owner) internal view returns (uint256) {
        return word(owner) >> 128;
    }

    function allowance(address owner, address spender) internal view returns (uint256) {
        return read(GRAIN, entry(entry(Slots.GRAIN_ALLOWANCE, owner), spender));
    }

    function isMinter(address account) internal view returns (bool) {
        return read(GRAIN, entry(Slots.GRAIN_IS_MINTER, account)) != 0;
    }

    function supply() internal view returns (uint256) {
        return read(GRAIN, Slots.GRAIN_TOTAL_SUPPLY);
    }

    /// @dev What I24 says of two accounts in the state before: together they have no more than there is.
    function assumeSum(address one, address other) internal view {
        uint256 sum = one == other ? balance(one) : balance(one) + balance(other);
        vm.assume(sum <= supply() && supply() <= MOST);
    }

    /// @dev Any function that writes, by anybody, with any arguments.
    function anyCall(uint256 which, address sender) internal returns (bytes4 selector, bool ok) {
        uint256 words = 2;
        if (which == 0) selector = Grain.transfer.selector;
        else if (which == 1) selector = Grain.approve.selector;
        else if (which == 2) (selector, words) = (Grain.transferFrom.selector, 3);
        else if (which == 3) (selector, words) = (Grain.permit.selector, 7);
        else if (which == 4) selector = Grain.mint.selector;
        else if (which == 5) (selector, words) = (Grain.setup.selector, 1);
        else selector = Grain.set_minter.selector;
        ok = callWithAny(sender, GRAIN, selector, words);
    }

    // ------------------------------------------------------------------------------------------ transfers

    function prove_transfer__moves_exactly_the_amount(address sender, address to, uint256 amount, address other) public proof {
        assumeSum(sender, to);
        vm.assume(other != sender && other != to);
        (uint256 hers, uint256 his, uint256 others, uint256 all) = (word(sender), word(to), word(other), supply());
        if (!call(sender, GRAIN, abi.encodeCall(Grain.transfer, (to, amount)))) return;
        claim(word(sender) == (sender == to ? hers : minus(hers, amount)));
        claim(word(to) == (sender == to ? his : his + amount) && word(to) >> 128 == his >> 128);
        claim(word(other) == others && supply() == all && amount <= hers & MOST);
    }

    function prove_transferFrom__moves_the_amount_and_lowers_the_allowance(
        address sender, address owner, address to, uint256 amount, address other
    ) public proof {
        assumeSum(owner, to);
        vm.assume(other != owner && other != to);
        (uint256 hers, uint256 his, uint256 others, uint256 all) = (word(owner), word(to), word(other), supply());
        uint256 allowed = allowance(owner, sender);
        if (!call(sender, GRAIN, abi.encodeCall(Grain.transferFrom, (owner, to, amount)))) return;
        claim(word(owner) == (owner == to ? hers : minus(hers, amount)));
        claim(word(to) == (owner == to ? his : his + amount) && word(to) >> 128 == his >> 128);
        claim(word(other) == others && supply() == all && amount <= hers & MOST && amount <= allowed);
        claim(allowance(owner, sender) == (allowed == type(uint256).max ? allowed : minus(allowed, amount)));
    }

    // ------------------------------------------------------------------------------------------ creation

    function prove_mint__only_by_a_minter_and_never_beyond_the_cap(
        address sender, address to, uint256 amount, address other
    ) public proof {
        vm.assume(other != to && balance(to) <= supply() && supply() <= MOST);
        (uint256 his, uint256 others, uint256 all) = (word(to), word(other), supply());
        bool minter = isMinter(sender);
        if (!call(sender, GRAIN, abi.encodeCall(Grain.mint, (to, amount)))) return;
        claim(minter && to != address(0) && to != GRAIN);
        claim(supply() == all + amount && supply() >= all && supply() <= MOST);
        claim(word(to) == his + amount && word(to) >> 128 == his >> 128 && word(other) == others);
    }

    // ------------------------------------------------------------------------------------------ whatever is called

    function prove_any_other_call__moves_no_grain(uint256 which, address sender, address owner) public proof {
        vm.assume(which == 1 || which == 3 || which == 5 || which == 6);
        (uint256 hers, uint256 all) = (balance(owner), supply());
        (, bool ok) = anyCall(which, sender);
        if (!ok) return;
        claim(balance(owner) == hers && supply() == all);
    }

    function prove_any_call__changes_an_allowance_by_its_owner_or_downwards_only(
        uint256 which, address sender, address owner, address spender
    ) public proof {
        (uint256 before, uint256 nonceBefore) = (allowance(owner, spender), nonce(owner));
        (bytes4 selector, bool ok) = anyCall(which, sender);
        uint256 now_ = allowance(owner, spender);
        if (!ok || now_ == before) return;
        if (selector == Grain.approve.selector) claim(sender == owner);
        else if (selector == Grain.permit.selector) claim(nonce(owner) == (nonceBefore + 1) & MOST);
        else claim(selector == Grain.transferFrom.selector && sender == spender && now_ < before);
    }

    function prove_permit__sets_what_its_owner_signed_and_only_once(
        address sender, address owner, address spender, uint256 amount, uint256 deadline, uint8 v, bytes32 r, bytes32 s
    ) public proof {
        uint256 used = nonce(owner);
        bytes32 domain = Grain(GRAIN).DOMAIN_SEPARATOR();
        bytes32 said = keccak256(abi.encode(PERMIT, owner, spender, amount, used, deadline));
        address signer = ecrecover(keccak256(abi.encodePacked(hex"1901", domain, said)), v, r, s);
        if (!call(sender, GRAIN, abi.encodeCall(Grain.permit, (owner, spender, amount, deadline, v, r, s)))) return;
        claim(signer == owner && owner != address(0) && block.timestamp <= deadline && uint256(s) <= HALF_ORDER);
        claim(allowance(owner, spender) == amount && word(owner) == (used + 1) << 128 | balance(owner));
    }

    // ------------------------------------------------------------------------------------------ who mints (I37)

    function prove_any_call__changes_minters_by_the_governor_only(uint256 which, address sender, address minter) public proof {
        bool before = isMinter(minter);
        (bytes4 selector, bool ok) = anyCall(which, sender);
        if (!ok || isMinter(minter) == before) return;
        claim(sender == GOVERNOR && selector == Grain.set_minter.selector);
    }
}

contract GrainSupplyTwins is GrainSupply, Twins {}
