# SPDX-License-Identifier: AGPL-3.0-only
# pragma version 0.4.3
# pragma nonreentrancy on
"""
@title Gates: in by what a contract checks
@license AGPL-3.0-only
@author Millpond maintainers
@notice A gate that the members chose by vote looks at a proof (of personhood, of a token, an attestation) and answers
        with a nullifier. Each nullifier opens the pool once.
"""

from ..interfaces import IAdmission
from ..interfaces import IGate
from . import joining
from . import seats
from . import ways_in

uses: joining
uses: ways_in


event JoinedByGate:
    candidate: indexed(address)
    gate: indexed(address)
    nullifier: bytes32


# Each has let somebody in, whatever gate it came from.
nullifier_used: public(reentrant(HashMap[bytes32, bool]))


@external
@payable
def join_by_gate(candidate: address, proof: Bytes[1024], deadline: uint256, acceptance: Bytes[1024]):
    """
    @notice Join by a proof that the pool's gate takes. By the candidate, or by anyone with her signed `Acceptance`. The
            caller pays the buy-in if there is one: ETH as value, a token by allowance to the Admission.
    @dev Reverts without a gate, for who is or was a member, when the gate refuses (with its reason), when its nullifier
         is zero or was used, when enough have joined in this period, and unless exactly what is due is paid.
    @param candidate The account that joins; it never had a seat.
    @param proof What the gate asks for.
    @param deadline The last second, since 1970, of her signature; of no use when she calls herself.
    @param acceptance Empty when the candidate calls herself.
    """
    open_ways: IAdmission.Ways = ways_in._ways()
    assert open_ways.gate != empty(address), "admission: there is no gate"
    word: uint256 = seats._word_of(candidate)
    joining._require_new(word)
    if msg.sender != candidate:
        joining._require_accepted(candidate, word, deadline, acceptance)
    nullifier: bytes32 = staticcall IGate(open_ways.gate).check(candidate, self, proof)
    assert nullifier != empty(bytes32), "admission: the gate answered nothing"
    assert not self.nullifier_used[nullifier], "admission: this proof was used"
    self.nullifier_used[nullifier] = True
    joining._let_in(candidate, word, open_ways, msg.value)
    log JoinedByGate(candidate=candidate, gate=open_ways.gate, nullifier=nullifier)
