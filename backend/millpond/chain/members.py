# SPDX-License-Identifier: AGPL-3.0-only
"""Who is a member, by the Governor's events and words, and the messages by which people join.

members = all_members(coop)                     in the order of their seats
invitation(coop, candidate, sponsor, deadline)  what a sponsor signs
"""

from dataclasses import dataclass

from millpond.chain.answers import Address
from millpond.chain.contracts import Contract
from millpond.chain.coop import Coop, domain_of
from millpond.core import typed_data
from millpond.core.errors import BadInput
from millpond.core.typed_data import TypedData

_U32, _U40 = 2**32 - 1, 2**40 - 1


@dataclass(frozen=True)
class Member:
    """What the Governor's word of an account says (contracts/modules/members.vy)."""

    account: Address
    seat: int
    joined_at: int
    left_at: int
    times_joined: int

    @property
    def is_member(self) -> bool:
        """Whether she is one now."""
        return self.joined_at > 0 and self.left_at == 0


def member_of(governor: Contract, account: str) -> Member:
    """What the Governor knows of an account; all zero for one that never was a member."""
    word = int(governor.member_words(account))
    return Member(
        account=Address(account),
        seat=word & _U32,
        joined_at=word >> 32 & _U40,
        left_at=word >> 72 & _U40,
        times_joined=word >> 112 & _U32,
    )


def require_member(coop: Coop, account: str) -> Member:
    """`BadInput` unless an account is a member now."""
    found = member_of(coop.governor, account)
    if not coop.governor.isMember(account):
        raise BadInput(
            f"{account} is no member of {coop.name}",
            "use a member's account; who the members are: ape run pool members",
        )
    return found


def all_members(coop: Coop) -> list[Member]:
    """Everybody who is a member now, by seat."""
    accounts: dict[Address, None] = {}
    for event in coop.governor.past_events("MemberAdmitted", coop.since):
        accounts[event.args["account"]] = None
    for event in coop.governor.past_events("MemberRebound", coop.since):
        accounts[event.args["new"]] = None
    found = (member_of(coop.governor, account) for account in accounts)
    return sorted((m for m in found if m.is_member), key=lambda member: member.seat)


def invitation(coop: Coop, candidate: str, sponsor: str, deadline: int) -> TypedData:
    """What a sponsor signs. Who was a member before joins by an offer, so `timesJoined` is 0."""
    return typed_data.invitation(
        domain_of(coop.admission),
        candidate=candidate,
        times_joined=0,
        sponsor=sponsor,
        deadline=deadline,
    )


def acceptance(coop: Coop, candidate: str, deadline: int) -> TypedData:
    """What a candidate signs, so that anyone may bring it."""
    return typed_data.acceptance(
        domain_of(coop.admission),
        candidate=candidate,
        times_joined=member_of(coop.governor, candidate).times_joined,
        deadline=deadline,
    )
