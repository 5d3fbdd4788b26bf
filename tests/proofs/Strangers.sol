// SPDX-License-Identifier: AGPL-3.0-only
pragma solidity 0.8.37;

import {svm} from "Proof.sol";

/// @notice Whoever is called and whom nothing is known of: answers each call with any word, or refuses it.
contract Stranger {
    fallback() external payable {
        if (svm.createBool("refuses")) revert();
        uint256 answer = svm.createUint256("answer");
        assembly {
            mstore(0, answer)
            return(0, 32)
        }
    }
}

/// @notice One that answers with as many words as any of our contracts asks for.
contract Talker {
    fallback() external payable virtual {
        if (svm.createBool("refuses")) revert();
        bytes memory answer = svm.createBytes(32 * 12, "answers");
        assembly {
            return(add(answer, 32), mload(answer))
        }
    }
}

/// @notice One that always gives the same answer, any word.
contract Oracle {
    uint256 private answer;

    fallback() external payable {
        assembly {
            mstore(0, sload(0))
            return(0, 32)
        }
    }
}
