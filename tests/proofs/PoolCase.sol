// SPDX-License-Identifier: AGPL-3.0-only
pragma solidity 0.8.37;

import {Proof, svm, vm} from "Proof.sol";
import {Stranger} from "Strangers.sol";
import {Slots} from ".shipped/Slots.sol";

interface Pool {
    function give(uint256 id, address asset, uint256 amount, string calldata note) external payable;
    function sync(address asset) external;
    function lapse(uint256 id) external;
    function reclaim(uint256 id, address asset) external;
    function reclaim_for_general_fund(uint256 id, address asset) external;
    function withdraw(address asset, address to) external;
    function release(uint256 id, address asset, address to, uint256 amount) external;
    function release_many(uint256 id, address asset, uint256[] calldata batch) external;
    function reserve(uint256 id, address asset, uint256 amount) external;
    function unreserve(uint256 id, address asset, uint256 amount) external;
    function send_multi_token(address token, address to, uint256 id, uint256 amount) external;
    function send_nft(address token, address to, uint256 id) external;
    function accept_loss(address asset, uint256 least_factor) external;
    function set_patron_grain(uint256 id, address asset, uint256 rate, uint256 cap, uint256 period) external;
    function setup(address governor, address grain) external;
    function update(uint256 id, string calldata uri, bytes32 content_hash) external;
    function open_earmark(
        uint256 expected_id, string calldata uri, bytes32 purpose, address spender, bool restricted, uint256 deadline,
        bytes calldata params
    ) external returns (uint256);
    function spend(uint256 id, address asset, address to, uint256 amount) external;
    function move(uint256 from_id, uint256 to_id, address asset, uint256 amount) external;
    function put_back(address asset, uint256 amount) external payable;
}

/// @notice A Pool behind its clone, with any books. Its Governor, its grain, its payee and its token are strangers: they
///         answer anything and refuse at will; so the token is as hostile as can be, but for calls back.
abstract contract PoolCase is Proof {
    address internal constant IMPLEMENTATION = address(0x900F);
    address internal constant POOL = address(0x9001);
    address internal constant HUB = address(0x4B);
    address internal constant GOVERNOR = address(0x60);
    address internal constant GRAIN = address(0x6EA1);
    address internal constant PAYEE = address(0x9A1);
    address internal constant TOKEN = address(0x70CE);
    uint256 internal constant HALF = type(uint128).max;
    uint256 internal constant RESTRICTED = 1 << 240;
    uint256 internal constant PATRON_GRAIN = 1 << 242;
    uint256 internal constant PLAIN = 1 << 128;

    /// @dev What the books say of an earmark, an asset and an account.
    struct Books {
        uint256 book;
        uint256 reserve;
        uint256 gift;
        uint256 holding;
        uint256 owed;
        uint256 terms;
    }

    struct Key {
        uint256 id;
        address asset;
        address account;
    }

    function setUpPool() internal {
        vm.etch(IMPLEMENTATION, shipped("Pool"));
        cloneAt(POOL, IMPLEMENTATION, abi.encodePacked(HUB));
        bytes memory stranger = address(new Stranger()).code;
        vm.etch(HUB, stranger);
        vm.etch(GOVERNOR, stranger);
        vm.etch(GRAIN, stranger);
        vm.etch(PAYEE, stranger);
        vm.etch(TOKEN, stranger);
        svm.enableSymbolicStorage(POOL);
        vm.store(POOL, bytes32(Slots.POOL_GOVERNOR), bytes32(uint256(uint160(GOVERNOR))));
        vm.store(POOL, bytes32(Slots.POOL_GRAIN), bytes32(uint256(uint160(GRAIN))));
        vm.warp(svm.createUint(40, "now"));
        vm.deal(POOL, svm.createUint(96, "eth"));
    }

    function anyAsset() internal returns (address) {
        return svm.createBool("is a token") ? TOKEN : address(0);
    }

    function books(Key memory at) internal view returns (Books memory found) {
        found.book = read(POOL, entry(entry(Slots.POOL_BOOKS, at.id), at.asset));
        found.reserve = read(POOL, entry(entry(Slots.POOL_RESERVES, at.id), at.asset));
        found.gift = read(POOL, entry(entry(entry(Slots.POOL_GIFTS, at.id), at.asset), at.account));
        found.holding = read(POOL, entry(Slots.POOL_HOLDINGS, at.asset));
        found.owed = read(POOL, entry(entry(Slots.POOL_OWED, at.asset), at.account));
        found.terms = read(POOL, entry(Slots.POOL_TERMS, at.id));
    }

    /// @dev What I01 and its neighbours say of one book before a call: free + reserved <= held, and what is owed to one
    ///      account is held besides.
    function assumeSound(Books memory it) internal pure {
        vm.assume(low(it.book) + low(it.reserve) <= low(it.holding));
        vm.assume(both(it.owed <= HALF, low(it.book) + low(it.reserve) + it.owed <= low(it.holding)));
    }

    function low(uint256 word) internal pure returns (uint256) {
        return word & HALF;
    }

    /// @dev The amount or nothing, without a path for each.
    function onlyIf(bool holds, uint256 amount) internal pure returns (uint256 found) {
        assembly {
            found := and(sub(0, holds), amount)
        }
    }

    function received(uint256 word) internal pure returns (uint256) {
        return word >> 129;
    }

    function deadline(uint256 terms) internal pure returns (uint256) {
        return uint40(terms >> 160);
    }

    function hasEnded(uint256 terms) internal view returns (bool) {
        return both(deadline(terms) != 0, block.timestamp >= deadline(terms));
    }

    /// @dev Which half of the claims a path is asked for: all of them at once are too much for the solver.
    function asksOfOthers() internal returns (bool) {
        return svm.createBool("asks of others");
    }

    /// @dev I03: nothing of any other earmark or asset, and nothing that is owed to others.
    function claimOthers(Key memory own, Key memory other, Books memory was) internal {
        Books memory now_ = books(other);
        bool book = both(own.id == other.id, own.asset == other.asset);
        bool asset = own.asset == other.asset;
        claim(
            either(book, now_.book == was.book),
            either(book, now_.reserve == was.reserve),
            either(both(book, own.account == other.account), now_.gift == was.gift),
            either(asset, now_.holding == was.holding),
            either(both(asset, own.account == other.account), now_.owed == was.owed)
        );
    }
}
