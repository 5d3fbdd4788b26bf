# SPDX-License-Identifier: AGPL-3.0-only
"""An epoch: how its pot came about, what each person gets and why, and how to check it."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from fastapi import APIRouter, Response
from markupsafe import Markup

from millpond.api.charts import Part, strip, swatch
from millpond.api.pages.panels import Panel, claim_panel, place_of, vote_panel
from millpond.api.pages.render import LOOKS, page
from millpond.api.query import EpochNumber, Nothing, PoolName
from millpond.api.services import Asked, Asking
from millpond.core.errors import MillpondError
from millpond.core.figures import Money, away, moment, money, part, percent, places_for, plural
from millpond.mirror.documents import Opened
from millpond.mirror.reads import distributions, leaves, pools, proposals
from millpond.mirror.reads.distributions import Distribution
from millpond.mirror.reads.leaves import Leaf, Shares
from millpond.mirror.reads.pools import Pool
from millpond.mirror.reads.refusals import NoSuchDocument, WrongDocument
from millpond.mirror.reads.snapshot import Range, Snapshot

router = APIRouter(include_in_schema=False)
_MOST, _STRIPES = 500, 40
_PLACES = {"github": "GitHub", "discourse": "Discourse"}


@dataclass(frozen=True)
class Person:
    """One row of the table."""

    leaf: Leaf
    name: str | None
    place: str | None
    share: str
    why: str


@dataclass(frozen=True)
class Legend:
    """What a colour means, and how much it is."""

    swatch: Markup
    text: str


@router.get("/pools/{pool}/epochs/{epoch}")
def epoch_page(asked: Asking, pool: PoolName, epoch: EpochNumber, _: Nothing) -> Response:
    """The attempt at an epoch that counts."""
    return page(asked, "epoch.html", lambda now: _read(asked, now, pool, epoch))


def _read(asked: Asked, now: Snapshot, name: str, epoch: int) -> dict[str, Any]:
    pool = pools.find(now, name)
    made = distributions.find(now, pool, epoch)
    shown = {
        "pool": pool,
        "made": made,
        "standing": _standing(now, pool, made),
        "division": _division(made),
        "document_url": f"{asked.request.base_url}v1/documents/{made.data_hash}",
        "period": None,
        "people": [],
        "panel": _panel(asked, now, pool, made),
    }
    try:
        document = leaves.opened(now, pool, made, asked.services.shelf)
    except (NoSuchDocument, WrongDocument) as error:
        return shown | _without(now, pool, made, error)
    return shown | _shares(made, document, leaves.shares(now, pool, made, document))


def _panel(asked: Asked, now: Snapshot, pool: Pool, made: Distribution) -> Panel | None:
    """To object in its review, to claim when it is final."""
    place = place_of(asked, now, pool)
    if made.state == distributions.FINAL:
        return claim_panel(place, made, now.as_of.block_timestamp)
    if made.state == "review":
        full = proposals.in_full(now, pool, made.proposal_id)
        return vote_panel(place, pool, full.proposal, full.actions)
    return None


def _without(now: Snapshot, pool: Pool, made: Distribution, error: MillpondError) -> dict[str, Any]:
    found = distributions.payments(now, pool, made.epoch, Range(_MOST)).items
    return {
        "missing": error,
        "wrong": isinstance(error, WrongDocument),
        "payments": found if made.state == distributions.FINAL else [],
    }


def _shares(made: Distribution, document: Opened, found: Shares) -> dict[str, Any]:
    ordered = sorted(found.leaves, key=lambda leaf: (-leaf.amount.amount, leaf.index))
    shown = ordered[:_MOST]
    return {
        "period": document.distribution.label,
        "people": [_person(made, leaf) for leaf in shown],
        "hidden": len(ordered) - len(shown),
        "places": places_for([made.pot, found.dust, *(leaf.amount for leaf in ordered)]),
        "dust": found.dust,
        "grain_dust": found.grain_dust,
        "strip": _stripes(made, ordered),
        **_fate(made, found),
    }


# --- words ----------------------------------------------------------------------------------------


def _standing(now: Snapshot, pool: Pool, made: Distribution) -> str:
    second = now.as_of.block_timestamp
    if made.state == "final":
        closes_at = made.closes_at or 0
        still = "until" if second < closes_at else "were taken until"
        verb = "Claims are taken " if second < closes_at else "Claims "
        return (
            "The members did not object, so it is final: nobody can change it any more. "
            f"{verb}{still} {moment(closes_at)} ({away(closes_at, second)})."
        )
    if made.state == "review":
        closes_at = proposals.find(now, pool, made.proposal_id).closes_at
        return (
            f"Members can object until {moment(closes_at)} ({away(closes_at, second)}). Nothing is "
            "paid before that, and the amounts below are what would be paid."
        )
    if made.state == "withdrawn":
        return (
            "Its maintainers took it back. Nothing of it is paid; the money stays in the earmark."
        )
    return "The members stopped it. Nothing of it is paid; the money stays in the earmark."


def _division(made: Distribution) -> str:
    found = made.division
    since = "Since the distribution before" if made.epoch > 1 else "Since payouts by cred began"
    earmark = f"earmark {found.income_earmark}" if found.income_earmark else "the general fund"
    told = (
        f"{since}, {earmark} received {money(found.income)}. "
        f"{percent(found.payout_bps)} of that is to be paid out: {money(found.share)}."
    )
    if found.carry.amount:
        told += f" {money(found.carry)} were left over from earlier pots."
    if made.pot.amount < found.share.amount + found.carry.amount:
        told += " There was not as much in the earmark, so the pot is what there was."
    return f"{told} The pot is {money(made.pot)}."


def _person(made: Distribution, leaf: Leaf) -> Person:
    name, place = named(leaf.identity) if leaf.identity else (None, None)
    whole = made.total_cred - made.excluded
    return Person(leaf, name, place, part(leaf.cred, whole), _why(made, leaf))


def named(identity: str) -> tuple[str, str]:
    """Who, and where: ("decentralion", "sourcecred"); the identity in full is in the document."""
    place, _, rest = identity.partition(":")
    folder, _, name = rest.rpartition("/")
    host = urlsplit(folder[folder.find("http") :]).hostname if "http" in folder else None
    known = next((word for word in _PLACES if word in f"{place}/{folder}"), place)
    return name, f"{_PLACES.get(known, known)}{f', {host}' if host else ''}"


def _why(made: Distribution, leaf: Leaf) -> str:
    capped = f" A maintainer's cap took off {money(leaf.capped)}." if leaf.capped.amount else ""
    told = {
        "paid": f"to {leaf.payment.to}" if leaf.payment else "",
        "claimable": f"anyone may have it sent to {leaf.payee}",
        "halted": "no grain can be created now; she may claim it without grain",
        "waiting": "no account is linked to this identity yet",
        "carried": f"below {money(made.minimum)}",
        "closed": "it was not claimed in time",
        "review": "not final yet",
        "void": "this attempt was given up",
        "settled": f"outside of the chain, as {leaf.payee} signed",
        "struck": "the maintainers struck it out in the review",
    }[leaf.state]
    return told + capped


# --- drawings -------------------------------------------------------------------------------------


def _stripes(made: Distribution, ordered: list[Leaf]) -> Markup:
    """One stripe for each person, the small ones together."""
    first, rest = ordered[:_STRIPES], ordered[_STRIPES:]
    parts = [
        Part("even" if at % 2 == 0 else "odd", leaf.amount.amount) for at, leaf in enumerate(first)
    ]
    parts.append(Part("rest", sum(leaf.amount.amount for leaf in rest)))
    largest = part(ordered[0].amount.amount, made.pot.amount) if ordered else "nothing"
    half = _reaching_half(ordered, made.pot.amount)
    name = (
        f"The pot divided among {plural(len(ordered), 'person')}: the largest share is {largest}, "
        f"the {half} largest together are half of it"
    )
    return strip(name, parts, made.pot.amount)


def _reaching_half(ordered: Iterable[Leaf], whole: int) -> int:
    """How many of the largest shares make up half."""
    count = total = 0
    for leaf in ordered:
        count, total = count + 1, total + leaf.amount.amount
        if total * 2 >= whole:
            break
    return count


def _fate(made: Distribution, found: Shares) -> dict[str, Any]:
    """The pot by what became of it."""
    sums = {
        state: [leaf.amount.amount for leaf in found.leaves if leaf.state == state]
        for state in leaves.STATES
    }
    known = {state: amounts for state, amounts in sums.items() if amounts}

    def told(state: str) -> str:
        amount = money(Money(sum(known[state]), made.pot.asset))
        return f"{LOOKS[state].text}: {amount}, {plural(len(known[state]), 'person')}"

    legend = [Legend(swatch(state), told(state)) for state in known]
    name = "The pot by what became of it: " + "; ".join(told(state) for state in known)
    parts = [Part(state, sum(amounts)) for state, amounts in known.items()]
    return {"fate": strip(name, parts, made.pot.amount), "parts": legend}
