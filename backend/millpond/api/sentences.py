# SPDX-License-Identifier: AGPL-3.0-only
"""What a pool is like, in words: purposes, rules, ways to become a member.

What a proposal would do is told by millpond.chain.wording, which the scripts use as well.
"""

from millpond.chain.wording import CLASSES, PolicyTerms, policy_told
from millpond.core.figures import duration, listing, moment, percent, plural
from millpond.core.units import BPS_ALL
from millpond.mirror.reads.money import Earmark
from millpond.mirror.reads.pools import ClassRules, Ways


def earmark_title(number: int) -> str:
    """What an earmark is called where it stands alone."""
    return "The general fund" if number == 0 else f"Earmark {number}"


def purpose(earmark: Earmark, policy: PolicyTerms | None) -> str:
    """What may happen to an earmark's money."""
    told = []
    if earmark.id == 0:
        told.append("Open to everybody, for everything the members decide.")
    if earmark.restricted:
        told.append(
            "Its money serves the purpose or returns to its patrons; no vote can take it away."
        )
    if earmark.spender is None:
        told.append("The members spend it by vote.")
    elif earmark.spender_kind == "CredDistributor" and policy is not None:
        told.append(policy_told(policy))
    else:
        told.append(f"Only the contract {earmark.spender} can pay out of it.")
    if earmark.deadline is not None:
        verb = "It took gifts until" if earmark.ended else "It takes gifts until"
        told.append(f"{verb} {moment(earmark.deadline)}.")
    return " ".join(told)


def class_title(name: str) -> str:
    """What a class of proposals is for."""
    return {
        "ordinary": "Everyday decisions and spending",
        "membership": "Who is a member",
        "rules": "Rules and contracts",
        "consent": "Consent to a payout",
    }[name]


def rules_told(rule: ClassRules, members: int) -> str:
    """How a class of proposals is decided; `members` is how many may vote."""
    enough = f"{percent(rule.quorum_bps)} of the members ({rule.quorum(members)} of {members})"
    if rule.name == CLASSES[3]:
        return (
            f"It passes unless {enough} object within {duration(rule.period)}. {_afterwards(rule)}"
        )
    approval = (
        "more are for it than against it"
        if rule.approval_bps <= BPS_ALL // 2
        else f"at least {percent(rule.approval_bps)} of those for or against are for it"
    )
    notice = f"Announced {duration(rule.delay)} before. " if rule.delay else ""
    early = " It may close early once the outcome is certain." if rule.early else ""
    return (
        f"{notice}Open for {duration(rule.period)}. It passes when at least {enough} take part and "
        f"{approval}.{early} {_afterwards(rule)}"
    )


def _afterwards(rule: ClassRules) -> str:
    wait = (
        f"Then it waits {duration(rule.timelock)}, in which members can still stop it. "
        if rule.timelock
        else ""
    )
    return f"{wait}If nobody carries it out within {duration(rule.expiry)}, it expires."


def ways_told(ways: Ways) -> str:
    """How somebody becomes a member."""
    told = []
    if ways.by_offer:
        told.append("by accepting an offer that the members voted for")
    if ways.by_invitation:
        told.append(f"by the signed invitation of {plural(ways.sponsors, 'member')}")
    if ways.gate is not None:
        told.append(f"by showing the contract {ways.gate} what it asks for")
    if not told:
        return "Nobody can join at present. Leaving is always possible."
    return (
        f"{listing(told).capitalize()}; in {duration(ways.period)} at most "
        f"{percent(ways.joins_bps)} of the membership, but always one. Leaving is always possible."
    )
