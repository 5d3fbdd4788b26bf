// SPDX-License-Identifier: AGPL-3.0-only
pragma solidity 0.8.37;

import {Proof, Twins, svm, vm} from "Proof.sol";
import {Stranger} from "Strangers.sol";
import {Slots} from ".shipped/Slots.sol";

struct Ways {
    bool by_offer;
    bool by_invitation;
    uint256 sponsors;
    uint256 joins_bps;
    uint256 period;
    address gate;
}

interface Admission {
    function accept() external payable;
    function accept_for(address candidate, uint256 deadline, bytes calldata signature) external payable;
    function complete_rebind(address old, uint256 deadline, bytes calldata acceptance) external;
    function object_to_rebind() external;
    function offer(address[] calldata candidates, uint256 deadline) external;
    function expel(address account, uint256 times_joined) external;
    function rebind(address old, address to) external;
    function set_ways(Ways calldata ways) external;
    function set_buy_in(uint256 amount) external;
    function on_open(uint256 id, bytes calldata params) external;
    function setup(Ways calldata ways) external;
    function leave() external;
}

/// @notice A Governor that answers anything, and remembers whom it was told to admit, to remove or to rebind.
contract Doors {
    address public admitted;
    address public removed;
    address public reboundOld;
    address public reboundNew;

    function admit(address[] calldata accounts) external {
        admitted = accounts[0];
    }

    function remove(address account) external {
        removed = account;
    }

    function rebind(address old, address to) external {
        (reboundOld, reboundNew) = (old, to);
    }

    fallback() external payable {
        uint256 answer = svm.createUint256("answer");
        assembly {
            mstore(0, answer)
            return(0, 32)
        }
    }
}

/// @notice I37 of the Admission: which member changes by whose call. The Governor believes it, so this is who gets a seat.
contract AdmissionRoles is Proof {
    address constant IMPLEMENTATION = address(0xAD1);
    address constant ADMISSION = address(0xAD);
    address constant HUB = address(0x4B);
    address payable constant GOVERNOR = payable(address(0x60));
    address constant POOL = address(0x9001);
    bytes32 constant DOMAIN =
        keccak256("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)");

    function setUp() public {
        vm.etch(IMPLEMENTATION, shipped("Admission"));
        cloneAt(ADMISSION, IMPLEMENTATION, abi.encodePacked(HUB, GOVERNOR, POOL));
        vm.etch(GOVERNOR, address(new Doors()).code);
        vm.etch(POOL, address(new Stranger()).code);
        svm.enableSymbolicStorage(ADMISSION);
        anyWordAt(ADMISSION, Slots.ADMISSION_WORD);
        vm.warp(svm.createUint(40, "now"));
    }

    function request(address old) internal view returns (uint256) {
        return read(ADMISSION, entry(Slots.ADMISSION_REQUESTS, old));
    }

    function prove_offer__by_a_vote_only(address sender, address candidate, uint256 deadline) public proof {
        address[] memory candidates = new address[](1);
        candidates[0] = candidate;
        if (!call(sender, ADMISSION, abi.encodeCall(Admission.offer, (candidates, deadline)))) return;
        claim(sender == GOVERNOR, deadline > block.timestamp, candidate != address(0));
    }

    function prove_expel__by_a_vote_only_that_membership(address sender, address account, uint256 times) public proof {
        vm.assume(request(account) == 0);
        if (!call(sender, ADMISSION, abi.encodeCall(Admission.expel, (account, times)))) return;
        claim(sender == GOVERNOR, Doors(GOVERNOR).admitted() == address(0));
    }

    function prove_rebind__by_a_vote_only_and_moves_nothing_yet(address sender, address old, address to) public proof {
        if (!call(sender, ADMISSION, abi.encodeCall(Admission.rebind, (old, to)))) return;
        claim(sender == GOVERNOR, to != address(0), Doors(GOVERNOR).reboundNew() == address(0), request(old) != 0);
    }

    function prove_set_ways__by_a_vote_only(address sender) public proof {
        if (!callWithAny(sender, ADMISSION, Admission.set_ways.selector, 6)) return;
        claim(sender == GOVERNOR);
    }

    function prove_set_buy_in__by_a_vote_only(address sender, uint256 amount) public proof {
        if (!call(sender, ADMISSION, abi.encodeCall(Admission.set_buy_in, (amount)))) return;
        claim(sender == GOVERNOR, amount <= type(uint128).max);
    }

    function prove_setup__by_the_hub_once(address sender) public proof {
        uint256 before = read(ADMISSION, Slots.ADMISSION_WORD);
        if (!callWithAny(sender, ADMISSION, Admission.setup.selector, 6)) return;
        claim(sender == HUB, before == 0, read(ADMISSION, Slots.ADMISSION_WORD) != 0);
    }

    function prove_leave__removes_the_caller_only(address sender) public proof {
        if (!call(sender, ADMISSION, abi.encodeCall(Admission.leave, ()))) return;
        claim(Doors(GOVERNOR).removed() == sender, Doors(GOVERNOR).admitted() == address(0));
    }

    function prove_accept__admits_the_caller_only(address sender) public proof {
        vm.store(ADMISSION, bytes32(Slots.ADMISSION_TERMS), 0);
        vm.store(ADMISSION, bytes32(Slots.ADMISSION_WORD), bytes32(uint256(1 | 1 << 16 | 10000 << 32 | 1 days << 64)));
        uint256 offer = read(ADMISSION, entry(Slots.ADMISSION_OFFERS, sender));
        if (!call(sender, ADMISSION, abi.encodeCall(Admission.accept, ()))) return;
        claim(Doors(GOVERNOR).admitted() == sender, Doors(GOVERNOR).removed() == address(0));
        claim(either(offer != 0, block.timestamp == 0));
    }

    function prove_object_to_rebind__ends_the_callers_own_request_only(address sender, address other) public proof {
        vm.assume(other != sender);
        (uint256 hers, uint256 others) = (request(sender), request(other));
        if (!call(sender, ADMISSION, abi.encodeCall(Admission.object_to_rebind, ()))) return;
        claim(hers != 0, request(sender) == 0, request(other) == others);
    }

    function prove_complete_rebind__moves_what_was_asked_by_the_new_keys_own_call(
        address sender, address old, uint256 deadline
    ) public proof {
        uint256 asked = request(old);
        vm.assume(address(uint160(asked)).code.length == 0);
        if (!call(sender, ADMISSION, abi.encodeCall(Admission.complete_rebind, (old, deadline, "")))) return;
        address to = Doors(GOVERNOR).reboundNew();
        claim(asked != 0, to == address(uint160(asked)), Doors(GOVERNOR).reboundOld() == old, to == sender);
        claim(block.timestamp >= uint40(asked >> 160));
    }
}

contract AdmissionRolesTwins is AdmissionRoles, Twins {}
