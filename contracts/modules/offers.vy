# SPDX-License-Identifier: AGPL-3.0-only
# pragma version 0.4.3
# pragma nonreentrancy on
"""
@title Offers: in by a vote of the members
@license AGPL-3.0-only
@author Millpond maintainers
@notice A membership vote offers, the candidate accepts by call or signature. The only way back for who was a member.
"""

from . import joining
from . import seats
from . import ways_in

uses: joining
uses: ways_in

U64: constant(uint256) = 2**64 - 1


event MembershipOffered:
    candidate: indexed(address)
    deadline: uint256


event OfferAccepted:
    candidate: indexed(address)


# candidate -> the last second in which the offer can be accepted u64 | when it was made
offers: HashMap[address, uint256]


# ---------------------------------------------------------------- candidates, or whoever brings their signature


@external
@payable
def accept():
    """
    @notice Accept an offer of membership, by the candidate herself, who pays the buy-in if there is one: ETH as
            value, a token by allowance to the Admission.
    @dev Reverts without an offer that still holds, while offers are switched off, when enough have joined in this
         period (the offer holds on), and unless exactly what is due is paid.
    """
    self._take_offer(msg.sender, seats._word_of(msg.sender), msg.value)


@external
@payable
def accept_for(candidate: address, deadline: uint256, signature: Bytes[1024]):
    """
    @notice Accept an offer with the candidate's signed `Acceptance`, brought by anyone. The caller pays the buy-in.
    @dev Reverts as `accept`, after the deadline, and when the candidate did not sign exactly this.
    @param candidate The account that joins; she signed.
    @param deadline The last second, since 1970, at which her signature holds.
    @param signature 65 bytes, 64 (ERC-2098), or what her wallet accepts (ERC-1271).
    """
    word: uint256 = seats._word_of(candidate)
    joining._require_accepted(candidate, word, deadline, signature)
    self._take_offer(candidate, word, msg.value)


# ---------------------------------------------------------------- the Governor (a proposal)


@external
def offer(candidates: DynArray[address, 32], deadline: uint256):
    """
    @notice Offer membership. By a proposal of the membership class.
    @dev Reverts for anyone else, while offers are switched off, and for the zero address. For who is a member by then
         it is void: one candidate who joins in time must not undo the whole proposal. It takes the place of an earlier
         offer to the same account.
    @param candidates One to 32 accounts.
    @param deadline The last second, since 1970, in which they may accept; at most 366 days ahead.
    """
    seats._require_governor()
    assert ways_in._offers_are_on(), "admission: offers are switched off"
    assert len(candidates) > 0, "admission: nobody to offer to"
    assert deadline > block.timestamp, "admission: the offer would be over"
    assert deadline <= block.timestamp + seats.YEAR, "admission: an offer of over a year"
    made: uint256 = deadline | block.timestamp << 64
    for candidate: address in candidates:
        assert candidate != empty(address), "admission: no offer to the zero address"
        self.offers[candidate] = made
        log MembershipOffered(candidate=candidate, deadline=deadline)


# ---------------------------------------------------------------- views


@external
@view
@reentrant
def offered_until(candidate: address) -> uint256:
    """
    @notice Until when a candidate can accept what she is offered.
    @param candidate Anybody.
    @return The last second, since 1970; 0 without an offer, for a member, when she has joined since, and while offers
            are off.
    """
    if not ways_in._offers_are_on():
        return 0
    return self._holds_until(candidate, seats._word_of(candidate))


# ---------------------------------------------------------------- internals


@internal
@view
def _holds_until(candidate: address, word: uint256) -> uint256:
    """
    @dev An offer is void if she was a member in or after the second in which it was made: it must not let in somebody
         whom the members removed since, whatever way she had come. An account whose seat moved away has nothing in its
         word but how often it had joined; `_forget` saw to its offer.
    """
    offer: uint256 = self.offers[candidate]
    if seats._seat(word) != 0:
        left_at: uint256 = seats._left_at(word)
        if left_at == 0 or left_at >= offer >> 64:
            return 0
    return offer & U64


@internal
def _take_offer(candidate: address, word: uint256, sent: uint256):
    """
    @dev An offer is taken once; who leaves again, or is made to, needs another, whatever way she had come in.
    """
    assert ways_in._offers_are_on(), "admission: accepting is switched off"
    assert block.timestamp <= self._holds_until(candidate, word), "admission: no offer to this account"
    joining._let_in(candidate, word, ways_in._ways(), sent)
    log OfferAccepted(candidate=candidate)


@internal
def _forget(account: address):
    """
    @dev For the account that a seat moves away from: what it was offered as a member must not seat it anew.
    """
    self.offers[account] = 0
