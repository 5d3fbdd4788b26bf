# SPDX-License-Identifier: AGPL-3.0-only
"""A proposal in short: its title, where it stands in words, its count as a strip."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from markupsafe import Markup

from millpond.api.charts import Part, strip
from millpond.api.pages.render import visible
from millpond.core.figures import are, away, moment, percent, plural
from millpond.mirror.reads.proposals import CONSENT, Proposal

_LONGEST_TITLE = 90
# What the scripts append so that nobody else can propose the same, and twice is not the same.
_SALT = re.compile(r"\s*salt: 0x[0-9a-f]{64}\s*(?:#proposer=0x[0-9a-fA-F]{40})?\s*\Z")


@dataclass(frozen=True)
class Card:
    """What lists show of a proposal."""

    proposal: Proposal
    title: str
    standing: str
    bar: Markup


def card(proposal: Proposal, epochs: Mapping[str, int], now: int) -> Card:
    """For a proposal of a pool whose consent proposals are about these epochs."""
    title = title_of(proposal, epochs)
    return Card(proposal, title, standing(proposal, now), tally_strip(proposal))


def title_of(proposal: Proposal, epochs: Mapping[str, int]) -> str:
    """The first line of what its proposer says; for a consent proposal, what it is about."""
    if proposal.id in epochs:
        return f"Consent to the payout of epoch {epochs[proposal.id]}"
    first = next((line.strip() for line in text_of(proposal).splitlines() if line.strip()), "")
    text = visible(first).lstrip("# ")
    if len(text) > _LONGEST_TITLE:
        text = text[: _LONGEST_TITLE - 1].rstrip() + "…"
    return text or "A proposal without a title"


def text_of(proposal: Proposal) -> str:
    """The description without what programs append to it."""
    return _SALT.sub("", proposal.description)


def tally_strip(proposal: Proposal) -> Markup:
    """For, Abstain and Against of all who may vote, with a mark where enough take part."""
    tally, whole = proposal.tally, proposal.electorate
    parts = [Part("for", tally.in_favour), Part("abstain", tally.abstain)]
    parts.append(Part("against", tally.against))
    if proposal.class_name == CONSENT:
        parts.reverse()
    name = (
        f"{tally.in_favour} for, {tally.against} against, {tally.abstain} abstain, "
        f"{whole - tally.cast} not voted, of {whole}; {counted(proposal)}"
    )
    return strip(name, parts, whole, proposal.quorum)


def counted(proposal: Proposal) -> str:
    """What the count means under the rules it was made under."""
    found, needed = proposal.counted, proposal.quorum
    if proposal.class_name == CONSENT:
        return f"{plural(found, 'member')} objected, {needed} would stop it"
    return f"{found} took part, {needed} must"


def standing(proposal: Proposal, now: int) -> str:
    """Where it stands, and what comes next."""
    return {
        "pending": f"Members can vote from {_time(proposal.opens_at, now)}.",
        "active": f"Members vote until {_time(proposal.closes_at, now)}. {_trend(proposal)}",
        "queued": (
            f"It passed. It can be carried out from {_time(proposal.eta, now)}; until then members "
            "can still stop it by voting against."
        ),
        "succeeded": (
            f"It passed. Anyone may carry it out until {_time(proposal.expires_at, now)}."
        ),
        "executed": f"It passed and was carried out on {_time(proposal.executed_at or 0, now)}.",
        "defeated": f"It did not pass: {_why_not(proposal)}.",
        "canceled": f"Its proposer withdrew it on {_time(proposal.canceled_at or 0, now)}.",
        "expired": (
            f"It passed, but nobody carried it out before {_time(proposal.expires_at, now)}."
        ),
    }[proposal.state]


def _trend(proposal: Proposal) -> str:
    if proposal.passing:
        return "As the count stands, it passes."
    return f"As the count stands, it does not pass: {_why_not(proposal)}."


def _why_not(proposal: Proposal) -> str:
    """The first rule that it does not meet."""
    tally, rules = proposal.tally, proposal.rules
    if proposal.class_name == CONSENT:
        return f"{plural(tally.against, 'member')} objected, and {are(proposal.quorum)} enough"
    if proposal.counted < proposal.quorum:
        return f"{proposal.counted} took part, {are(proposal.quorum)} needed"
    if tally.in_favour <= tally.against:
        return "not more members are for it than against it"
    return (
        f"{tally.in_favour} of {tally.in_favour + tally.against} are for it, and "
        f"{percent(rules.approval_bps)} are needed"
    )


def _time(second: int, now: int) -> str:
    return f"{moment(second)} ({away(second, now)})"
