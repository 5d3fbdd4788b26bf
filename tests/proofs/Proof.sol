// SPDX-License-Identifier: AGPL-3.0-only
pragma solidity 0.8.37;

/// What halmos understands of Foundry's cheat codes, as far as it is used here.
interface Vm {
    function assume(bool holds) external pure;
    function etch(address at, bytes calldata code) external;
    function getCode(string calldata path) external view returns (bytes memory);
    function load(address at, bytes32 slot) external view returns (bytes32);
    function prank(address sender) external;
    function store(address at, bytes32 slot, bytes32 word) external;
    function warp(uint256 second) external;
    function deal(address who, uint256 amount) external;
}

/// What halmos adds to them.
interface Svm {
    function createAddress(string calldata name) external returns (address);
    function createBool(string calldata name) external returns (bool);
    function createBytes(uint256 size, string calldata name) external returns (bytes memory);
    function createBytes32(string calldata name) external returns (bytes32);
    function createUint(uint256 bits, string calldata name) external returns (uint256);
    function createUint256(string calldata name) external returns (uint256);
    function enableSymbolicStorage(address at) external;
}

Vm constant vm = Vm(0x7109709ECfa91a80626fF3989D68f67F5b1DD12D);
Svm constant svm = Svm(0xF3993A62377BCd56AE39D773740A5390411E8BC9);

/// @notice A property is a function prove_x, which must pass for all arguments and from any storage. Each file has a second
///         contract, of the same properties, in which every claim is taken to be false: there each of them, the twin, must
///         fail, which it does exactly if some call comes as far as the claim.
abstract contract Proof {
    bool internal twin;
    uint256 private broken;

    /// @dev Of each property: the solver is asked once, at the end of each path, for all its claims together.
    modifier proof() {
        _;
        assert(broken == 0);
    }

    function claim(bool holds) internal {
        bool taken = twin ? false : holds;
        uint256 word = broken;
        assembly {
            word := or(word, iszero(taken))
        }
        broken = word;
    }

    function claim(bool one, bool two) internal {
        claim(both(one, two));
    }

    function claim(bool one, bool two, bool three) internal {
        claim(both(both(one, two), three));
    }

    function claim(bool one, bool two, bool three, bool four) internal {
        claim(both(both(one, two), both(three, four)));
    }

    function claim(bool one, bool two, bool three, bool four, bool five) internal {
        claim(both(both(both(one, two), both(three, four)), five));
    }

    /// @dev As the EVM subtracts: Solidity's own minus would end the path, and the claim would not be made.
    function minus(uint256 one, uint256 other) internal pure returns (uint256 left) {
        unchecked {
            left = one - other;
        }
    }

    function both(bool one, bool two) internal pure returns (bool holds) {
        assembly {
            holds := and(one, two)
        }
    }

    function either(bool one, bool two) internal pure returns (bool holds) {
        assembly {
            holds := or(one, two)
        }
    }

    /// @dev The bytes that prove.py has written down: what our own compiler makes of a contract.
    function shipped(string memory name) internal view returns (bytes memory) {
        return vm.getCode(string.concat(".shipped/", name, ".json"));
    }

    /// @dev Runs a constructor and puts the code that it leaves at an address of ours. Elsewhere than where it was made:
    ///      what its constructor keeps for the rest of its transaction is over.
    function constructedAt(address at, bytes memory creation) internal {
        address made;
        assembly {
            made := create(0, add(creation, 32), mload(creation))
        }
        require(made != address(0), "no contract made");
        vm.etch(at, made.code);
    }

    /// @dev A clone as contracts/modules/cloning.vy makes it: EIP-1167, and behind it the addresses of its neighbours.
    function cloneAt(address at, address implementation, bytes memory appended) internal {
        bytes memory proxy = abi.encodePacked(
            hex"363d3d373d3d3d363d73", implementation, hex"5af43d82803e903d91602b57fd5bf3", appended
        );
        vm.etch(at, proxy);
    }

    /// @dev No call comes from the zero address.
    function call(address sender, address to, bytes memory data) internal returns (bool ok) {
        vm.assume(sender != address(0));
        vm.prank(sender);
        (ok,) = to.call(data);
    }

    /// @dev A call with any arguments at all, so many words of them; not even that they are well-formed is assumed.
    function callWithAny(address sender, address to, bytes4 selector, uint256 words) internal returns (bool ok) {
        bytes memory arguments = words == 0 ? bytes("") : svm.createBytes(32 * words, "arguments");
        return call(sender, to, abi.encodePacked(selector, arguments));
    }

    function read(address at, uint256 slot) internal view returns (uint256) {
        return uint256(vm.load(at, bytes32(slot)));
    }

    /// @dev Any word at a slot whose number is also that of a transient variable: halmos gives both the same name and would
    ///      take the one to be zero because the other is. Only variables that are no HashMap need it.
    function anyWordAt(address at, uint256 slot) internal {
        vm.store(at, bytes32(slot), svm.createBytes32("word"));
    }

    /// @dev Vyper's place of a HashMap's entry; the slots themselves are in .shipped/Slots.sol.
    function entry(uint256 slot, uint256 key) internal pure returns (uint256) {
        return uint256(keccak256(abi.encode(slot, key)));
    }

    function entry(uint256 slot, address key) internal pure returns (uint256) {
        return entry(slot, uint256(uint160(key)));
    }
}

/// @notice What makes twins of the properties of a file: contract XTwins is X, Twins {}.
abstract contract Twins is Proof {
    constructor() {
        twin = true;
    }
}
