# SPDX-License-Identifier: AGPL-3.0-only
# pragma version 0.4.3
# pragma nonreentrancy on
"""
@title Joining: what every way in has in common
@license AGPL-3.0-only
@author Millpond maintainers
@notice Nobody but a founder gets a seat without her own call or her signed `Acceptance`; everybody counts in the
        period, and for everybody the same buy-in is paid.
"""

from ..interfaces import IAdmission
from . import buy_ins
from . import seats
from . import signatures
from . import ways_in

uses: buy_ins
uses: ways_in

ACCEPTANCE_TYPEHASH: constant(bytes32) = keccak256(
    "Acceptance(address candidate,uint256 timesJoined,uint256 deadline)"
)


@internal
@view
def _require_accepted(candidate: address, word: uint256, deadline: uint256, signature: Bytes[1024]):
    """
    @dev `word` is her member word. The signature names how often she had joined, so it serves once.
    """
    assert block.timestamp <= deadline, "admission: the acceptance has expired"
    digest: bytes32 = signatures._digest(
        keccak256(abi_encode(ACCEPTANCE_TYPEHASH, candidate, seats._times_joined(word), deadline))
    )
    assert signatures._is_signed_by(candidate, digest, signature), "admission: not the candidate's signature"


@internal
@view
def _require_new(word: uint256):
    """
    @dev A few members, or a gate, must not undo what all decided, nor use up the period by somebody's coming and going.
    """
    assert seats._times_joined(word) == 0, "admission: who was a member needs an offer"


@internal
def _let_in(candidate: address, word: uint256, open_ways: IAdmission.Ways, sent: uint256):
    """
    @dev The last step of every way in. `word` is her member word before; `sent` is the value of the call.
    """
    ways_in._count_join(open_ways)
    extcall seats._governor().admit([candidate])
    buy_ins._take(candidate, seats._seat(word), sent)
