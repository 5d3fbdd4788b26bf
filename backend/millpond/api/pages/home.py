# SPDX-License-Identifier: AGPL-3.0-only
"""The first page: every pool as a card."""

from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter, Response

from millpond.api.pages.render import page
from millpond.api.query import Nothing
from millpond.api.services import Asking
from millpond.mirror.reads import distributions, pools
from millpond.mirror.reads.distributions import Distribution
from millpond.mirror.reads.pools import Pool, Standing
from millpond.mirror.reads.snapshot import Range, Snapshot

router = APIRouter(include_in_schema=False)
_MOST = 100


@dataclass(frozen=True)
class PoolCard:
    """A pool, and the last thing that was posted."""

    pool: Standing
    last: Distribution | None


@router.get("/")
def home(asked: Asking, _: Nothing) -> Response:
    """All pools of the Hub."""
    return page(asked, "home.html", _read)


def _read(now: Snapshot) -> dict[str, Any]:
    found = pools.listed(now, Range(_MOST))
    return {
        "cards": [PoolCard(pool, _last(now, pool)) for pool in found.items],
        "more": found.next is not None,
    }


def _last(now: Snapshot, pool: Pool) -> Distribution | None:
    last = distributions.listed(now, pool, Range(1, newest_first=True)).items
    return last[0] if last else None
