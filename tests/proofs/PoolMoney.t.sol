// SPDX-License-Identifier: AGPL-3.0-only
pragma solidity 0.8.37;

import {Twins, vm} from "Proof.sol";
import {Pool, PoolCase} from "PoolCase.sol";

/// @notice I01 and I03, money that goes, is moved or promised: exactly the stated amount, from the stated book, at the call
///         of who may; no other book moves, and held changes by as much as the balances and the debts.
contract PoolMoney is PoolCase {
    function setUp() public {
        setUpPool();
    }

    /// @dev A payment of `amount` out of a reserve to the payee: what is held has fallen by it, or she is owed it from now on.
    function claimPaid(Books memory was, Books memory now_, uint256 amount) internal {
        bool paid = both(now_.holding == minus(was.holding, amount), now_.owed == was.owed);
        bool owed = both(now_.holding == was.holding, now_.owed == was.owed + amount);
        claim(either(paid, owed), now_.book == was.book, now_.terms == was.terms);
    }

    /// @dev For a token no loss was accepted: what a unit of the books is worth then is no matter of the books.
    function assumePayable(Key memory at, Books memory was) internal pure {
        assumeSound(was);
        if (at.asset != address(0)) vm.assume(was.holding >> 128 == 0);
    }

    // ------------------------------------------------------------------------------------------ by vote

    function prove_move__takes_from_one_book_what_it_gives_to_another(
        address sender, uint256 from, uint256 to, address asset, uint256 amount, Key memory other
    ) public proof {
        (Key memory at, Key memory into) = (Key(from, asset, POOL), Key(to, asset, POOL));
        vm.assume(either(other.id != to, other.asset != asset));
        (Books memory was, Books memory wasTo, Books memory others) = (books(at), books(into), books(other));
        assumeSound(was);
        vm.assume(low(was.book) + low(wasTo.book) <= HALF);
        if (!call(sender, POOL, abi.encodeCall(Pool.move, (from, to, asset, amount)))) return;
        if (asksOfOthers()) return claimOthers(at, other, others);
        (Books memory now_, Books memory nowTo) = (books(at), books(into));
        uint256 counted = onlyIf(wasTo.terms & RESTRICTED != 0, amount);
        claim(sender == GOVERNOR, from != to, amount != 0, now_.book == minus(was.book, amount));
        claim(amount <= low(was.book), low(nowTo.book) == low(wasTo.book) + amount, now_.holding == was.holding);
        claim(either(was.book & PLAIN != 0, was.terms & RESTRICTED == 0), !hasEnded(wasTo.terms));
        claim(received(nowTo.book) == received(wasTo.book) + counted, low(nowTo.gift) == low(wasTo.gift) + counted);
        claim(nowTo.owed == wasTo.owed);
    }

    function prove_accept_loss__by_a_vote_and_changes_no_book(
        address sender, uint256 least, uint256 id, Key memory other
    ) public proof {
        Key memory at = Key(id, TOKEN, PAYEE);
        (Books memory was, Books memory others) = (books(at), books(other));
        if (!call(sender, POOL, abi.encodeCall(Pool.accept_loss, (TOKEN, least)))) return;
        Books memory now_ = books(at);
        claim(sender == GOVERNOR, least != 0, low(now_.holding) == low(was.holding));
        claim(now_.book == was.book, now_.reserve == was.reserve, now_.owed == was.owed);
        claimOthers(at, other, others);
    }

    // ------------------------------------------------------------------------------------------ by the spender

    function prove_release__takes_eth_from_what_its_spender_reserved(
        address sender, uint256 id, uint256 amount, Key memory other
    ) public proof {
        release(sender, Key(id, address(0), PAYEE), amount, other);
    }

    function prove_release__takes_a_token_from_what_its_spender_reserved(
        address sender, uint256 id, uint256 amount, Key memory other
    ) public proof {
        release(sender, Key(id, TOKEN, PAYEE), amount, other);
    }

    function release(address sender, Key memory at, uint256 amount, Key memory other) internal {
        (Books memory was, Books memory others) = (books(at), books(other));
        assumePayable(at, was);
        if (!call(sender, POOL, abi.encodeCall(Pool.release, (at.id, at.asset, PAYEE, amount)))) return;
        if (asksOfOthers()) return claimOthers(at, other, others);
        Books memory now_ = books(at);
        claim(sender == address(uint160(was.terms)), amount != 0, amount <= low(was.reserve), now_.gift == was.gift);
        claim(now_.reserve == minus(was.reserve, amount));
        claimPaid(was, now_, amount);
    }

    function prove_reserve__promises_what_is_there_and_moves_nothing(
        address sender, uint256 id, address asset, uint256 amount, Key memory other
    ) public proof {
        Key memory at = Key(id, asset, PAYEE);
        (Books memory was, Books memory others) = (books(at), books(other));
        assumeSound(was);
        if (!call(sender, POOL, abi.encodeCall(Pool.reserve, (id, asset, amount)))) return;
        Books memory now_ = books(at);
        claim(sender == address(uint160(was.terms)), amount != 0, !hasEnded(was.terms));
        claim(now_.reserve == was.reserve + amount, amount <= low(was.book));
        claim(now_.book == minus(was.book, amount), now_.holding == was.holding, now_.owed == was.owed, now_.gift == was.gift);
        claimOthers(at, other, others);
    }

    function prove_unreserve__takes_a_promise_back_and_moves_nothing(
        address sender, uint256 id, address asset, uint256 amount, Key memory other
    ) public proof {
        Key memory at = Key(id, asset, PAYEE);
        (Books memory was, Books memory others) = (books(at), books(other));
        assumeSound(was);
        if (!call(sender, POOL, abi.encodeCall(Pool.unreserve, (id, asset, amount)))) return;
        Books memory now_ = books(at);
        claim(sender == address(uint160(was.terms)), amount != 0, amount <= low(was.reserve));
        claim(now_.reserve == minus(was.reserve, amount));
        claim(now_.book == was.book + amount, now_.holding == was.holding, now_.owed == was.owed, now_.gift == was.gift);
        claimOthers(at, other, others);
    }

    // ------------------------------------------------------------------------------------------ by whom it is due to

    function prove_withdraw__pays_all_the_eth_that_is_owed_to_the_caller(address sender, uint256 id, Key memory other)
        public
        proof
    {
        withdraw(Key(id, address(0), sender), other);
    }

    function prove_withdraw__pays_all_that_is_owed_of_a_token_to_the_caller(address sender, uint256 id, Key memory other)
        public
        proof
    {
        withdraw(Key(id, TOKEN, sender), other);
    }

    function withdraw(Key memory at, Key memory other) internal {
        (Books memory was, Books memory others) = (books(at), books(other));
        assumePayable(at, was);
        if (!call(at.account, POOL, abi.encodeCall(Pool.withdraw, (at.asset, PAYEE)))) return;
        if (asksOfOthers()) return claimOthers(at, other, others);
        Books memory now_ = books(at);
        claim(was.owed != 0, now_.owed == 0, now_.holding == minus(was.holding, was.owed));
        claim(now_.book == was.book, now_.reserve == was.reserve, now_.gift == was.gift);
    }
}

contract PoolMoneyTwins is PoolMoney, Twins {}
