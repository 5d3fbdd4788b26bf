# SPDX-License-Identifier: AGPL-3.0-only
"""A pool at a glance: what is being decided, money by purpose, patrons, epochs, rules."""

from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter, Response

from millpond.api.pages.cards import card
from millpond.api.pages.render import page
from millpond.api.query import Nothing, PoolName
from millpond.api.services import Asking
from millpond.core.figures import plural
from millpond.mirror.reads import distributions, money, pools, proposals
from millpond.mirror.reads.distributions import FINAL, Distribution
from millpond.mirror.reads.pools import Pool
from millpond.mirror.reads.snapshot import Range, Snapshot

router = APIRouter(include_in_schema=False)
_PROPOSALS, _GIFTS, _PATRONS, _EPOCHS, _SEATS, _EARMARKS = 50, 9, 25, 24, 200, 100


@dataclass(frozen=True)
class EpochRow:
    """One attempt; `counts` if it is the one that an epoch's page shows."""

    made: Distribution
    counts: bool


@router.get("/pools/{pool}")
def pool_page(asked: Asking, pool: PoolName, _: Nothing) -> Response:
    """One pool, by name or address."""
    return page(asked, "pool.html", lambda now: _read(now, pools.find(now, pool)))


def _read(now: Snapshot, pool: Pool) -> dict[str, Any]:
    constitution = pools.constitution(now, pool)
    seats = pools.members(now, pool, Range(_SEATS))
    return {
        "pool": pools.standing(now, pool),
        "constitution": constitution,
        "policy": constitution.policy,
        "earmarks": money.earmarks(now, pool, Range(_EARMARKS)).items,
        "members": seats.items,
        "members_more": seats.next is not None,
        "season": _season(constitution.epochs_left),
        **_decisions(now, pool),
        **_patrons(now, pool),
        **_epochs(now, pool),
    }


def _decisions(now: Snapshot, pool: Pool) -> dict[str, Any]:
    epochs, second = distributions.epochs_by_proposal(now, pool), now.as_of.block_timestamp
    newest = Range(_PROPOSALS, newest_first=True)
    over = tuple(state for state in proposals.STATES if state not in pools.OPEN)
    open_ = proposals.listed(now, pool, newest, pools.OPEN).items
    past = proposals.listed(now, pool, newest, over)
    return {
        "open": [card(each, epochs, second) for each in open_],
        "past": [card(each, epochs, second) for each in past.items],
        "past_more": past.next is not None,
    }


def _patrons(now: Snapshot, pool: Pool) -> dict[str, Any]:
    found = money.patrons(now, pool)
    return {
        "patrons": found[:_PATRONS],
        "patron_count": len({each.account for each in found if each.account}),
        "unnamed": any(each.account is None for each in found),
        "gifts": money.gifts(now, pool, Range(_GIFTS, newest_first=True)).items,
    }


def _epochs(now: Snapshot, pool: Pool) -> dict[str, Any]:
    found = distributions.listed(now, pool, Range(_EPOCHS, newest_first=True)).items
    shown: dict[int, Distribution] = {}
    for each in found:
        known = shown.get(each.epoch)
        if known is None or (each.state == FINAL and known.state != FINAL):
            shown[each.epoch] = each
    return {
        "distributions": [EpochRow(each, shown[each.epoch] is each) for each in found],
        "epochs_paid": sum(1 for each in found if each.state == FINAL),
    }


def _season(left: int) -> str:
    if not left:
        return "No more epochs can be posted until the members start another season by a vote."
    return (
        f"In this season {plural(left, 'more epoch')} can be paid, then the members decide again."
    )
