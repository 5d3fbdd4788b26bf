// SPDX-License-Identifier: AGPL-3.0-only
pragma solidity 0.8.37;

import {Twins, svm, vm} from "Proof.sol";
import {Pool, PoolCase} from "PoolCase.sol";

/// @notice I01 and I03, money that comes: a balance rises by what arrived, and so does what is held; no other book moves.
contract PoolGifts is PoolCase {
    function setUp() public {
        setUpPool();
    }

    /// @dev The balance and what is held have grown by the same, and so has what was received, if it counts.
    function claimAdded(Books memory was, Books memory now_, bool counts) internal {
        uint256 added = minus(low(now_.book), low(was.book));
        claim(low(now_.book) >= low(was.book), low(now_.holding) == low(was.holding) + added);
        claim(now_.holding >> 128 == was.holding >> 128, received(now_.book) == received(was.book) + (counts ? added : 0));
        claim(now_.reserve == was.reserve, now_.owed == was.owed, now_.terms == was.terms);
    }

    // ------------------------------------------------------------------------------------------ a gift

    function prove_give__adds_the_eth_that_came_to_one_book(uint256 id, uint256 amount, Key memory other) public proof {
        Key memory at = Key(id, address(0), PAYEE);
        (Books memory was, Books memory others) = (books(at), books(other));
        uint256 value = svm.createUint(96, "value");
        if (!give(at, was, amount, value)) return;
        if (asksOfOthers()) return claimOthers(at, other, others);
        claimGiven(at, was, amount);
        claim(minus(low(books(at).book), low(was.book)) == amount, value == amount);
    }

    function prove_give__adds_of_a_token_what_arrived_to_one_book(uint256 id, uint256 amount, Key memory other) public proof {
        Key memory at = Key(id, TOKEN, PAYEE);
        (Books memory was, Books memory others) = (books(at), books(other));
        vm.assume(low(was.holding) != 0);
        if (!give(at, was, amount, 0)) return;
        if (asksOfOthers()) return claimOthers(at, other, others);
        claimGiven(at, was, amount);
    }

    /// @dev Before its first entry a token is asked whether it is a collectible.
    function prove_give__adds_the_first_of_a_token_to_one_book(uint256 id, uint256 amount, Key memory other) public proof {
        Key memory at = Key(id, TOKEN, PAYEE);
        (Books memory was, Books memory others) = (books(at), books(other));
        vm.assume(both(low(was.holding) == 0, was.book & PLAIN != 0));
        if (!give(at, was, amount, 0)) return;
        if (asksOfOthers()) return claimOthers(at, other, others);
        claimGiven(at, was, amount);
    }

    /// @dev By the payee; no loss was accepted of this asset, and nobody is thanked with grain.
    function give(Key memory at, Books memory was, uint256 amount, uint256 value) internal returns (bool ok) {
        vm.assume(both(was.terms & PATRON_GRAIN == 0, was.holding >> 128 == 0));
        vm.deal(PAYEE, value);
        vm.prank(PAYEE);
        (ok,) = POOL.call{value: value}(abi.encodeCall(Pool.give, (at.id, at.asset, amount, "for the mill")));
    }

    function claimGiven(Key memory at, Books memory was, uint256 amount) internal {
        Books memory now_ = books(at);
        uint256 added = minus(low(now_.book), low(was.book));
        bool plain = was.book & PLAIN != 0;
        claimAdded(was, now_, true);
        claim(added <= amount, added != 0, either(plain, !hasEnded(was.terms)));
        claim(either(plain, now_.gift == was.gift + onlyIf(was.terms & RESTRICTED != 0, added)));
    }

    // ------------------------------------------------------------------------------------------ without a gift

    function prove_put_back__adds_eth_to_the_general_fund_only(address sender, uint256 amount, Key memory other)
        public
        proof
    {
        putBack(sender, address(0), amount, other);
    }

    function prove_put_back__adds_a_token_to_the_general_fund_only(address sender, uint256 amount, Key memory other)
        public
        proof
    {
        putBack(sender, TOKEN, amount, other);
    }

    function putBack(address sender, address asset, uint256 amount, Key memory other) internal {
        Key memory at = Key(0, asset, PAYEE);
        (Books memory was, Books memory others) = (books(at), books(other));
        vm.assume(was.holding >> 128 == 0);
        if (!call(sender, POOL, abi.encodeCall(Pool.put_back, (asset, amount)))) return;
        if (asksOfOthers()) return claimOthers(at, other, others);
        Books memory now_ = books(at);
        claim(sender == GOVERNOR, minus(low(now_.book), low(was.book)) <= amount);
        claimAdded(was, now_, false);
    }

    function prove_sync__adds_eth_to_the_general_fund_only(address sender, Key memory other) public proof {
        sync(sender, address(0), other);
    }

    function prove_sync__adds_a_token_to_the_general_fund_only(address sender, Key memory other) public proof {
        sync(sender, TOKEN, other);
    }

    function sync(address sender, address asset, Key memory other) internal {
        Key memory at = Key(0, asset, PAYEE);
        (Books memory was, Books memory others) = (books(at), books(other));
        vm.assume(was.holding >> 128 == 0);
        if (!call(sender, POOL, abi.encodeCall(Pool.sync, (asset)))) return;
        if (asksOfOthers()) return claimOthers(at, other, others);
        Books memory now_ = books(at);
        claim(low(now_.book) != low(was.book));
        claimAdded(was, now_, true);
    }
}

contract PoolGiftsTwins is PoolGifts, Twins {}
