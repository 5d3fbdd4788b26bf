# SPDX-License-Identifier: AGPL-3.0-only
# pragma version 0.4.3
# pragma nonreentrancy on
"""
@title Admission: the ways in and out of a pool
@license AGPL-3.0-only
@author Millpond maintainers
@notice A candidate accepts what a proposal offered, or brings the signed invitations of enough members; a member leaves
        when she wants. Founders apart, nobody gets a seat without her own call or signature (a vote can only move a
        seat to another account of its member), and a share of the members limits how many join in a period.
@dev A clone; its code carries (hub, governor, pool). Kept apart from the Governor so that a vote never pays for it.
     Whoever joins counts from the next second on and never in a vote that is open already.
@custom:holds nothing
@custom:halt a proposal (rules class) switches each way in off; leaving cannot be halted
"""

from .interfaces import IAdmission
from .interfaces import IGovernor
from .modules import clone_args
from .modules import signatures

exports: signatures.eip712Domain

ACCEPTANCE_TYPEHASH: constant(bytes32) = keccak256(
    "Acceptance(address candidate,uint256 timesJoined,uint256 deadline)"
)
INVITATION_TYPEHASH: constant(bytes32) = keccak256(
    "Invitation(address candidate,uint256 timesJoined,address sponsor,uint256 deadline)"
)
BPS: constant(uint256) = 10000
DAY: constant(uint256) = 86400
# A newcomer cannot invite at once, or a stuffer could bring a chain of accounts within a block.
SPONSOR_AGE: constant(uint256) = DAY
# The member word of the Governor: seat u32 | joined_at u40 | left_at u40 | times_joined u32 | ...
U32: constant(uint256) = 2**32 - 1
U40: constant(uint256) = 2**40 - 1
U64: constant(uint256) = 2**64 - 1


event WaysSet:
    ways: IAdmission.Ways


event MembershipOffered:
    candidate: indexed(address)
    deadline: uint256


event OfferAccepted:
    candidate: indexed(address)


event JoinedByInvitation:
    candidate: indexed(address)
    sponsors: DynArray[address, 16]


event MemberLeft:
    account: indexed(address)


# by_offer u8 | by_invitation u8 | sponsors u16 | joins_bps u32 | period u32 | gate u160
ways_word: uint256
# when somebody last joined u40 | who joined in this period u32 | the members at its start u32
period_word: uint256
# candidate -> the last second in which the offer can be accepted u64 | how often she had joined when it was made
offers: HashMap[address, uint256]


@deploy
def __init__():
    pass


# ---------------------------------------------------------------- candidates, or whoever brings their signature


@external
def accept():
    """
    @notice Accept an offer of membership, by the candidate herself.
    @dev Reverts without an offer that still holds, while offers are switched off, and when enough have joined in this
         period: the offer holds on.
    """
    self._take_offer(msg.sender)


@external
def accept_for(candidate: address, deadline: uint256, signature: Bytes[1024]):
    """
    @notice Accept an offer with the candidate's signed `Acceptance`, brought by anyone.
    @dev Reverts as `accept`, after the deadline, and when the candidate did not sign exactly this.
    @param candidate The account that joins; she signed.
    @param deadline The last second, since 1970, at which her signature holds.
    @param signature 65 bytes, 64 (ERC-2098), or what her wallet accepts (ERC-1271).
    """
    self._require_accepted(candidate, deadline, signature)
    self._take_offer(candidate)


@external
def join(candidate: address, deadline: uint256, sponsors: DynArray[address, 16],
         invitations: DynArray[Bytes[1024], 16], acceptance: Bytes[1024]):
    """
    @notice Join by the signed `Invitation`s of members. By the candidate, or by anyone with her signed `Acceptance`.
    @dev Reverts while invitations are switched off, after the deadline and more than 366 days before it, for who is or
         was a member, when a signature is missing or bad, when a sponsor is no member or a new one, and when enough
         have joined in this period. A few members must not undo what all decided, nor use up the period by coming and
         going: whoever left or was removed comes back by an offer.
    @param candidate The account that joins; it never had a seat.
    @param deadline The last second, since 1970, of all these signatures.
    @param sponsors By ascending address; members for at least a day, since their seat moved if it did.
    @param invitations Their signatures, in the same order.
    @param acceptance Empty when the candidate calls herself.
    """
    ways: IAdmission.Ways = self._ways()
    assert ways.by_invitation, "admission: invitations are switched off"
    assert block.timestamp <= deadline, "admission: the invitations have expired"
    assert deadline <= block.timestamp + 366 * DAY, "admission: an invitation of over a year"
    assert self._times_joined(candidate) == 0, "admission: who was a member needs an offer"
    if msg.sender != candidate:
        self._require_accepted(candidate, deadline, acceptance)
    self._require_invited(candidate, deadline, sponsors, invitations, ways.sponsors)
    self._count_join(ways)
    extcall self._governor().admit([candidate])
    log JoinedByInvitation(candidate=candidate, sponsors=sponsors)


# ---------------------------------------------------------------- members


@external
def leave():
    """
    @notice End one's own membership now. Ballots already cast stay, the seat number stays reserved.
    @dev Reverts for whoever is no member, and for the last one.
    """
    extcall self._governor().remove(msg.sender)
    log MemberLeft(account=msg.sender)


# ---------------------------------------------------------------- the Hub, once; the Governor (a proposal)


@external
def setup(ways: IAdmission.Ways):
    """
    @notice The first ways in. By the Hub, while it makes the pool.
    @dev Reverts for anyone else, a second time, and as `set_ways`.
    @param ways Which ways are open, and their measure.
    """
    assert msg.sender == clone_args._address_at(0), "admission: only the hub sets it up"
    assert self.ways_word == 0, "admission: set up already"
    self._set_ways(ways)


@external
def set_ways(ways: IAdmission.Ways):
    """
    @notice Switch ways in on or off and set their measure. By a proposal of the rules class.
    @dev Reverts for anyone else, and unless sponsors are 1 to 16, joins_bps 1 to 10,000, the period 1 to 366 days,
             and the gate a contract or zero.
    @param ways All of them anew: which are open, and their measure.
    """
    self._require_governor()
    self._set_ways(ways)


@external
def offer(candidates: DynArray[address, 32], deadline: uint256):
    """
    @notice Offer membership. By a proposal of the membership class.
    @dev Reverts for anyone else, while offers are switched off, and for the zero address. Who is a member by then is
         passed over: one candidate who joins in time must not undo the whole proposal. It takes the place of an earlier
         offer to the same account.
    @param candidates One to 32 accounts.
    @param deadline The last second, since 1970, in which they may accept; at most 366 days ahead.
    """
    self._require_governor()
    assert self.ways_word & 255 != 0, "admission: offers are switched off"
    assert len(candidates) > 0, "admission: nobody to offer to"
    assert deadline > block.timestamp, "admission: the offer would be over"
    assert deadline <= block.timestamp + 366 * DAY, "admission: an offer of over a year"
    for candidate: address in candidates:
        assert candidate != empty(address), "admission: no offer to the zero address"
        word: uint256 = staticcall self._governor().member_words(candidate)
        if self._is_member(word):
            continue
        self.offers[candidate] = deadline | ((word >> 112) & U32) << 64
        log MembershipOffered(candidate=candidate, deadline=deadline)


# ---------------------------------------------------------------- views


@external
@view
@reentrant
def hub() -> address:
    """
    @notice The Hub that made this pool.
    @return Its address, which stands in the clone's own code.
    """
    return clone_args._address_at(0)


@external
@view
@reentrant
def governor() -> address:
    """
    @notice The Governor whose members it admits.
    @return Its address, which stands in the clone's own code.
    """
    return clone_args._address_at(1)


@external
@view
@reentrant
def pool() -> address:
    """
    @notice The Pool of that Governor.
    @return Its address, which stands in the clone's own code.
    """
    return clone_args._address_at(2)


@external
@view
@reentrant
def ways() -> IAdmission.Ways:
    """
    @notice Which ways in are open, and their measure.
    @return Offers and invitations on or off; sponsors needed; joins in bps of the members; the period in seconds;
             the gate, or zero.
    """
    return self._ways()


@external
@view
@reentrant
def offered_until(candidate: address) -> uint256:
    """
    @notice Until when a candidate can accept what she is offered.
    @param candidate Anybody.
    @return The last second, since 1970; 0 without an offer, when she has joined since, and while offers are off.
    """
    return self._offered_until(candidate)


@external
@view
@reentrant
def joins_left() -> uint256:
    """
    @notice How many may still join in the current period, by offer or by invitation.
    @return At least 1 once nobody has joined for a whole period.
    """
    ways: IAdmission.Ways = self._ways()
    return self._joins_left(ways, self._current_period(ways))


# ---------------------------------------------------------------- internals


@internal
@view
def _governor() -> IGovernor:
    return IGovernor(clone_args._address_at(1))


@internal
@view
def _require_governor():
    assert msg.sender == clone_args._address_at(1), "admission: by proposal only"


@internal
@view
def _ways() -> IAdmission.Ways:
    word: uint256 = self.ways_word
    return IAdmission.Ways(
        by_offer=word & 255 != 0,
        by_invitation=(word >> 8) & 255 != 0,
        sponsors=(word >> 16) & 65535,
        joins_bps=(word >> 32) & U32,
        period=(word >> 64) & U32,
        gate=convert(word >> 96, address),
    )


@internal
def _set_ways(ways: IAdmission.Ways):
    assert ways.sponsors >= 1 and ways.sponsors <= 16, "admission: 1 to 16 sponsors"
    assert ways.joins_bps >= 1 and ways.joins_bps <= BPS, "admission: joins_bps is 1 to 10,000"
    assert ways.period >= DAY and ways.period <= 366 * DAY, "admission: a period of 1 to 366 days"
    assert ways.gate == empty(address) or ways.gate.is_contract, "admission: the gate is no contract"
    word: uint256 = convert(ways.by_offer, uint256) | convert(ways.by_invitation, uint256) << 8
    word |= ways.sponsors << 16 | ways.joins_bps << 32 | ways.period << 64
    self.ways_word = word | convert(ways.gate, uint256) << 96
    log WaysSet(ways=ways)


@internal
@pure
def _is_member(word: uint256) -> bool:
    return word & U32 != 0 and (word >> 72) & U40 == 0


@internal
@view
def _times_joined(account: address) -> uint256:
    return (staticcall self._governor().member_words(account) >> 112) & U32


@internal
@view
def _require_accepted(candidate: address, deadline: uint256, signature: Bytes[1024]):
    assert block.timestamp <= deadline, "admission: the acceptance has expired"
    digest: bytes32 = signatures._digest(
        keccak256(abi_encode(ACCEPTANCE_TYPEHASH, candidate, self._times_joined(candidate), deadline))
    )
    assert signatures._is_signed_by(candidate, digest, signature), "admission: not the candidate's signature"


@internal
@view
def _offered_until(candidate: address) -> uint256:
    """
    @dev 0 for an offer from before she joined in another way: it must not let in somebody whom the members removed.
    """
    offer: uint256 = self.offers[candidate]
    if self.ways_word & 255 == 0 or offer >> 64 != self._times_joined(candidate):
        return 0
    return offer & U64


@internal
def _take_offer(candidate: address):
    """
    @dev An offer is taken once; who leaves again, or is made to, needs another, whatever way she had come in.
    """
    assert self.ways_word & 255 != 0, "admission: accepting is switched off"
    assert block.timestamp <= self._offered_until(candidate), "admission: no offer to this account"
    self._count_join(self._ways())
    extcall self._governor().admit([candidate])
    log OfferAccepted(candidate=candidate)


@internal
@view
def _require_invited(candidate: address, deadline: uint256, sponsors: DynArray[address, 16],
                     invitations: DynArray[Bytes[1024], 16], sponsors_needed: uint256):
    """
    @dev An invitation names how often the candidate had joined, which is never: it is of use only once.
    """
    assert len(invitations) == len(sponsors), "admission: one invitation for each sponsor"
    needed: uint256 = min(sponsors_needed, staticcall self._governor().member_count())
    assert len(sponsors) >= needed, "admission: too few sponsors"
    last: address = empty(address)
    for i: uint256 in range(len(sponsors), bound=16):
        sponsor: address = sponsors[i]
        assert convert(sponsor, uint256) > convert(last, uint256), "admission: sponsors by ascending address"
        last = sponsor
        word: uint256 = staticcall self._governor().member_words(sponsor)
        assert self._is_member(word), "admission: a sponsor is not a member"
        assert ((word >> 32) & U40) + SPONSOR_AGE <= block.timestamp, "admission: a sponsor joined too lately"
        digest: bytes32 = signatures._digest(
            keccak256(abi_encode(INVITATION_TYPEHASH, candidate, empty(uint256), sponsor, deadline))
        )
        assert signatures._is_signed_by(sponsor, digest, invitations[i]), "admission: not the sponsor's signature"


@internal
@view
def _current_period(ways: IAdmission.Ways) -> uint256:
    """
    @dev The period's word; that of a new one, nobody in it yet, once nobody has joined for as long as a period lasts.
         Counted from the last join, not from the first, no such span ever holds more than one share.
    """
    word: uint256 = self.period_word
    if word != 0 and block.timestamp < (word & U40) + ways.period:
        return word
    return staticcall self._governor().member_count() << 72


@internal
@pure
def _joins_left(ways: IAdmission.Ways, word: uint256) -> uint256:
    """
    @dev The share is taken when it is asked for, so that a smaller one counts at once.
    """
    share: uint256 = max(1, (word >> 72) * ways.joins_bps // BPS)
    joined: uint256 = (word >> 40) & U32
    return share - min(share, joined)


@internal
def _count_join(ways: IAdmission.Ways):
    word: uint256 = self._current_period(ways)
    assert self._joins_left(ways, word) != 0, "admission: enough have joined in this period"
    self.period_word = ((word >> 40) + 1) << 40 | block.timestamp
