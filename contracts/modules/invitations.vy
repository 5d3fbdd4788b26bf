# SPDX-License-Identifier: AGPL-3.0-only
# pragma version 0.4.3
# pragma nonreentrancy on
"""
@title Invitations: in by the signatures of some members
@license AGPL-3.0-only
@author Millpond maintainers
@notice As many members as the ways say sign for a candidate who never had a seat.
"""

from ..interfaces import IAdmission
from . import joining
from . import seats
from . import sponsors as sponsoring
from . import ways_in

uses: joining
uses: ways_in

INVITATION_TYPEHASH: constant(bytes32) = keccak256(
    "Invitation(address candidate,uint256 timesJoined,address sponsor,uint256 deadline)"
)


event JoinedByInvitation:
    candidate: indexed(address)
    sponsors: DynArray[address, 16]


@external
@payable
def join(candidate: address, deadline: uint256, sponsors: DynArray[address, 16],
         invitations: DynArray[Bytes[1024], 16], acceptance: Bytes[1024]):
    """
    @notice Join by the signed `Invitation`s of members. By the candidate, or by anyone with her signed `Acceptance`.
            The caller pays the buy-in if there is one: ETH as value, a token by allowance to the Admission.
    @dev Reverts while invitations are switched off, after the deadline and more than 366 days before it, for who is or
         was a member, when a signature is missing or bad, when a sponsor is no member or a new one, when enough have
         joined in this period, and unless exactly what is due is paid.
    @param candidate The account that joins; it never had a seat.
    @param deadline The last second, since 1970, of all these signatures.
    @param sponsors By ascending address; members for at least a day, since their seat moved if it did.
    @param invitations Their signatures, in the same order.
    @param acceptance Empty when the candidate calls herself.
    """
    open_ways: IAdmission.Ways = ways_in._ways()
    assert open_ways.by_invitation, "admission: invitations are switched off"
    assert block.timestamp <= deadline, "admission: the invitations have expired"
    assert deadline <= block.timestamp + seats.YEAR, "admission: an invitation of over a year"
    word: uint256 = seats._word_of(candidate)
    joining._require_new(word)
    if msg.sender != candidate:
        joining._require_accepted(candidate, word, deadline, acceptance)
    self._require_invited(candidate, deadline, sponsors, invitations, open_ways.sponsors)
    joining._let_in(candidate, word, open_ways, msg.value)
    log JoinedByInvitation(candidate=candidate, sponsors=sponsors)


@internal
@view
def _require_invited(candidate: address, deadline: uint256, sponsors: DynArray[address, 16],
                     invitations: DynArray[Bytes[1024], 16], sponsors_needed: uint256):
    """
    @dev An invitation names how often the candidate had joined, which is never: it is of use only once.
    """
    needed: uint256 = min(sponsors_needed, staticcall seats._governor().member_count())
    sponsoring._require_enough(len(sponsors), needed, len(invitations))
    last: address = empty(address)
    for i: uint256 in range(len(sponsors), bound=16):
        sponsor: address = sponsors[i]
        sponsoring._require_sponsor(sponsor, last)
        last = sponsor
        struct_hash: bytes32 = keccak256(
            abi_encode(INVITATION_TYPEHASH, candidate, empty(uint256), sponsor, deadline)
        )
        sponsoring._require_signed(sponsor, struct_hash, invitations[i])
