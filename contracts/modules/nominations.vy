# SPDX-License-Identifier: AGPL-3.0-only
# pragma version 0.4.3
# pragma nonreentrancy on
"""
@title Nominations: nobody is put up who does not want it
@license AGPL-3.0-only
@author Millpond maintainers
@notice A member of the pool nominates an account, and the account itself says yes, by call or by signature. It may stop standing
        whenever it likes, be nominated again, and gets another number then. Whom the members have struck out by vote, only another
        vote nominates again.
"""

from ..interfaces import IGovernor
from . import checks
from . import electorate
from . import signatures
from . import spender_parts

CANDIDACY_TYPEHASH: constant(bytes32) = keccak256("Candidacy(address candidate,uint256 timesStood,uint256 deadline)")


event Nominated:
    candidate: indexed(address)
    by: indexed(address)
    uri: String[256]
    uri_hash: bytes32


U20: constant(uint256) = 2**20 - 1
U32: constant(uint256) = 2**32 - 1
NOMINATED: constant(uint256) = 2**52
STANDS: constant(uint256) = 2**53
STRUCK: constant(uint256) = 2**54

# account -> id u20 | times stood u32 | nominated u1 | stands u1 | struck out u1, from the lowest bits up; the id is that of the last time
_standing: HashMap[address, uint256]


# ------------------------------------------------------------------------------------------------ members

@external
def nominate(candidate: address, uri: String[256], uri_hash: bytes32):
    """
    @notice Put an account up. A member of the pool, or the Governor by a rules vote. It stands once it says yes.
    @dev Reverts for who is no member, for the zero address, for the pool itself, for who stands already, and by a member for whom the
         members have struck out.
    @param candidate Who is to be given something: a person, an organisation, another pool.
    @param uri Where one can read who it is and why.
    @param uri_hash keccak256 of that text.
    """
    governor: IGovernor = spender_parts._governor()
    by_vote: bool = msg.sender == governor.address
    if not by_vote:
        word: uint256 = electorate._member_word(governor, msg.sender)
        checks._need(electorate._is_member(word), "nomination: by members only")
    checks._need(candidate != empty(address), "nomination: of nobody")
    checks._need(candidate != spender_parts._pool().address, "nomination: of the pool itself")
    standing: uint256 = self._standing[candidate]
    checks._need(standing & STANDS == 0, "nomination: stands already")
    checks._need(by_vote or standing & STRUCK == 0, "nomination: struck out by vote")
    self._standing[candidate] = (standing & ~STRUCK) | NOMINATED
    log Nominated(candidate=candidate, by=msg.sender, uri=uri, uri_hash=uri_hash)


# ------------------------------------------------------------------------------------------------ views

@external
@view
@reentrant
def candidacy_of(account: address) -> (uint256, uint256, bool, bool):
    """
    @notice What an account is here.
    @param account Anybody.
    @return Its number, of the last time it stood; 0: it never did.
    @return How often it has stood, which its next signature must name.
    @return Whether it is nominated and has not said yes.
    @return Whether it stands.
    """
    word: uint256 = self._standing[account]
    return word & U20, word >> 20 & U32, word & NOMINATED != 0, word & STANDS != 0


# ------------------------------------------------------------------------------------------------ internals

@internal
@view
def _require_signed(candidate: address, deadline: uint256, signature: Bytes[1024]):
    """
    @dev Her signed Candidacy, of this time.
    """
    checks._need(block.timestamp <= deadline, "nomination: signed too late")
    times: uint256 = self._standing[candidate] >> 20 & U32
    digest: bytes32 = signatures._digest(keccak256(abi_encode(CANDIDACY_TYPEHASH, candidate, times, deadline)))
    checks._need(signatures._is_signed_by(candidate, digest, signature), "nomination: not her signature")


@internal
def _stand(candidate: address, id: uint256):
    """
    @dev The nominated says yes and gets this number.
    """
    standing: uint256 = self._standing[candidate]
    checks._need(standing & NOMINATED != 0, "nomination: there is none")
    self._standing[candidate] = id | ((standing >> 20 & U32) + 1) << 20 | STANDS


@internal
def _leave(candidate: address, struck: bool):
    left: uint256 = self._standing[candidate] & ~STANDS
    if struck:
        left |= STRUCK
    self._standing[candidate] = left
