# SPDX-License-Identifier: AGPL-3.0-only
# pragma version 0.4.3
# pragma nonreentrancy on
"""
@title Changes: who may change a pool's members, rules and parts
@license AGPL-3.0-only
@author Millpond maintainers
@notice Nobody from outside: the Hub while it makes the pool and its later parts, the Admission for who joins, leaves or
        has another key, and the members by vote.
"""

from ..interfaces import IGovernor
from . import checks
from . import members
from . import parts
from . import rules

uses: members
uses: parts
uses: rules

NOBODY: constant(address) = empty(address)    # no call comes from there


# ---------------------------------------------------------------- the Hub, at this pool's own request


@external
def add_hub_part(part: address, consent_selector: bytes4, admits: bool):
    """
    @notice Install a contract that the Hub has made for this pool: when the pool is made, later by its own proposal.
    @dev Reverts for anyone but the Hub, without code at the address, and for what is a part already.
    @param part Its address.
    @param consent_selector The function that its consent proposals may call; zero for none.
    @param admits Whether it is the Admission, which holds the other ways in and out.
    """
    if msg.sender != parts._hub():
        checks._refuse("governor: only the hub")
    kind: uint256 = parts.PART | parts.HUB_MADE
    if admits:
        kind |= parts.ADMISSION
    parts._install(part, kind, consent_selector)


# ---------------------------------------------------------------- its Admission; the Hub, for the founders; a proposal


@external
@reentrant
def admit(accounts: DynArray[address, 64]):
    """
    @notice Make these accounts members. By the Admission, with their own call or signature; by the Hub, the founders.
    @dev Reverts for anyone else (a proposal offers membership through the Admission), for the zero address, for a
         member, and beyond 262,144 seats in all.
    @param accounts At most 64; whoever was a member before gets her old seat back.
    """
    founding: bool = members.head & members.U24 == 0
    self._require_door(parts._hub() if founding else NOBODY)
    members._admit(accounts)


@external
@reentrant
def remove(account: address):
    """
    @notice End a membership. By a proposal of the membership class, or by the Admission when the member leaves.
    @dev Reverts for anyone else, for who is no member (left meanwhile: propose it alone), and for the last member.
    @param account Whose membership ends.
    """
    self._require_door(self)
    members._remove(account)


@external
@reentrant
def rebind(old: address, new: address):
    """
    @notice Move a seat to another account of the same person. By the Admission, after the time in which the old key may
            object.
    @dev Reverts for anyone else (a proposal asks the Admission for it), when `old` is no member, and when `new` is zero
         or has a seat, even one that it left.
    @param old The account that loses the seat.
    @param new The account that gets it. What the seat has cast stays; it casts on what is proposed from now on only.
    """
    self._require_door(NOBODY)
    members._rebind(old, new)


# ---------------------------------------------------------------- the pool itself (a proposal)


@external
@reentrant
def set_rules(class_rules: IGovernor.ClassRules[4]):
    """
    @notice New rules for the proposals to come. By a proposal of the rules class; the Hub sets the first.
    @dev Reverts for anyone else and out of the bounds that modules/rules sets for each class.
    @param class_rules For ordinary, membership, rules and consent proposals.
    """
    if rules._version() != 0 or msg.sender != parts._hub():
        self._require_vote()
    rules._set_rules(class_rules)


@external
@reentrant
def install(part: address, consent_selector: bytes4):
    """
    @notice Make a contract a part of this pool: calls to it take the rules class. By a proposal of the rules class.
    @dev Reverts for anyone else, without code at the address, and for what is a part already.
    @param part Its address.
    @param consent_selector The function that its consent proposals may call; zero for none. Never changes.
    """
    self._require_vote()
    parts._install(part, parts.PART, consent_selector)


# ---------------------------------------------------------------- internals


@internal
@view
def _require_door(other: address):
    """
    @dev The Admission may change who is a member, and for some of it one other caller.
    """
    if msg.sender != other and parts.part_words[msg.sender] & parts.ADMISSION == 0:
        checks._refuse("governor: not by this caller")


@internal
@view
def _require_vote():
    if msg.sender != self:
        checks._refuse("governor: by proposal only")
