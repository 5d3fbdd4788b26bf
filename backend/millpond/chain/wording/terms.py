# SPDX-License-Identifier: AGPL-3.0-only
"""Structs that stand in several calls, in words: rules, ways in, payout policy, maintainers."""

from millpond.chain.answers import NO_ADDRESS
from millpond.chain.wording.calls import PolicyTerms
from millpond.chain.wording.reader import Reader, Scene
from millpond.core.figures import listing, money, name_of, percent, plural, span
from millpond.core.units import BPS_ALL

CLASSES = ("ordinary", "membership", "rules", "consent")
"""The classes of proposals, in the order of the contract."""


def policy_told(terms: PolicyTerms, scene: Scene | None = None) -> str:
    """How an earmark is paid out by cred."""
    tell = scene.money if scene else money
    asset = scene.name_of(terms.minimum.asset.address) if scene else name_of(terms.minimum.asset)
    cap = terms.signer_cap_bps
    capped = "" if cap == BPS_ALL else f" A maintainer gets at most {percent(cap)} of a pot."
    if terms.fixed_portion:
        capped = f" A maintainer gets {percent(cap)} of a pot, whatever her cred."
    struck = (
        f" In a review maintainers may strike out {percent(terms.zero_out_bps)} of all cred at "
        f"most; {plural(terms.restorers, 'member')} can put it back."
    )
    income = "the general fund" if terms.income_earmark == 0 else f"earmark {terms.income_earmark}"
    return (
        f"It is paid out by cred: every {span(terms.epoch_length)} {percent(terms.payout_bps)} "
        f"of what {income} received in {asset}, and {tell(terms.grain_per_epoch)}; nobody is sent "
        f"less than {tell(terms.minimum)} unless she asks; claims stay open for "
        f"{span(terms.claim_window)}.{capped}{struck}"
    )


def rules_told(rules: list[Reader]) -> str:
    """The rules of all classes."""
    return "; ".join(map(_class_told, CLASSES, rules))


def _class_told(name: str, rule: Reader) -> str:
    early = "early close allowed" if rule.raw("early") else "no early close"
    return (
        f"{name}: notice {span(rule.number('delay'))}, vote {span(rule.number('period'))}, "
        f"timelock {span(rule.number('timelock'))}, "
        f"to be carried out within {span(rule.number('expiry'))}, "
        f"quorum {percent(rule.number('quorum_bps'))}, "
        f"approval {percent(rule.number('approval_bps'))}, {early}"
    )


def ways_told(ways: Reader) -> str:
    """How somebody becomes a member."""
    sponsors = plural(ways.number("sponsors"), "member")
    offered = "by an offer of the members" if ways.raw("by_offer") else "not by offer"
    invited = "by invitation" if ways.raw("by_invitation") else "not by invitation"
    gate = ways.raw("gate") if ways.has("gate") else NO_ADDRESS
    gated = "by no gate" if gate == NO_ADDRESS else f"by the gate {ways.scene.who(gate)}"
    return (
        f"{offered}, {invited} (an invitation takes {sponsors}), {gated}; in "
        f"{span(ways.number('period'))} at most {percent(ways.number('joins_bps'))} of the "
        "membership, but always one"
    )


def maintainers_told(reader: Reader) -> str:
    """Who may sign distributions, and which leaves are her own."""
    told = [_maintainer(each) for each in reader.structs("members")]
    needed = reader.number("needed")
    people = listing(told) or "nobody"
    return f"Make {people} the maintainers; {needed} of them must sign a distribution"


def _maintainer(member: Reader) -> str:
    own = [f"0x{subject.hex()}" for subject in member.raw("subjects")]
    return member.who("account") + (f" (whose own are the leaves {listing(own)})" if own else "")
