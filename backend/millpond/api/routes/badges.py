# SPDX-License-Identifier: AGPL-3.0-only
"""Badges as SVG: a few words for a README or a site. They never fail because the mirror does."""

from collections.abc import Callable
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path, Response

from millpond.api import badges
from millpond.api.badges import MEDIA_TYPE, Badge
from millpond.api.problems import declared
from millpond.api.query import AsOf, PoolName, SubjectText, subject_text
from millpond.api.services import ALWAYS_ASK, Asked, Asking
from millpond.mirror.reads import pools
from millpond.mirror.reads.pools import Pool
from millpond.mirror.reads.refusals import Absent, NothingFinal
from millpond.mirror.reads.snapshot import Snapshot
from millpond.mirror.store import MirrorError

router = APIRouter(prefix="/v1/pools/{pool}/badges", tags=["badges"])
_DECLARED: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "The badge; the last good one while the mirror cannot be read.",
        "content": {MEDIA_TYPE: {"schema": {"type": "string"}}},
    },
    **declared(304, 404),
}
BadgeName = Annotated[
    Literal["patrons", "raised", "members", "epoch"], Path(description="What it says.")
]
_OF_POOL: dict[str, Callable[[Snapshot, Pool], Badge]] = {
    "patrons": badges.patrons_of,
    "raised": badges.raised,
    "members": badges.members,
    "epoch": badges.epoch,
}


@router.get(
    "/patrons/{account}.svg",
    operation_id="get_patron_badge",
    response_class=Response,
    responses=_DECLARED,
)
def get_patron_badge(
    asked: Asking,
    pool: PoolName,
    account: Annotated[str, Path(pattern=r"^0x[0-9a-fA-F]{40}$")],
    _: AsOf,
) -> Response:
    """That somebody gave to the pool, in her own name."""
    return _drawn(asked, pool, lambda now, owner: badges.patron(now, owner, account))


@router.get(
    "/contributors/{subject}.svg",
    operation_id="get_contributor_badge",
    response_class=Response,
    responses=_DECLARED,
)
def get_contributor_badge(asked: Asking, pool: PoolName, subject: SubjectText, _: AsOf) -> Response:
    """Somebody's cred over all final epochs whose documents are on the shelf."""
    wanted, shelf = subject_text(subject), asked.services.shelf
    return _drawn(asked, pool, lambda now, owner: badges.contributor(now, owner, shelf, wanted))


@router.get("/{badge}.svg", operation_id="get_badge", response_class=Response, responses=_DECLARED)
def get_badge(asked: Asking, pool: PoolName, badge: BadgeName, _: AsOf) -> Response:
    """How many patrons or members a pool has, what it raised, how its newest epoch stands."""
    return _drawn(asked, pool, _OF_POOL[badge])


def _drawn(asked: Asked, pool: str, made: Callable[[Snapshot, Pool], Badge]) -> Response:
    """The badge; while the mirror cannot be read, what was drawn last for this address."""
    kept, address = asked.services.last_badges, str(asked.request.url.path)

    def read(now: Snapshot) -> str:
        return kept.keep(address, badges.drawn(made(now, pools.find(now, pool))))

    try:
        return asked.said(read, MEDIA_TYPE)
    except (Absent, NothingFinal):
        raise
    except MirrorError:
        headers = {"Cache-Control": ALWAYS_ASK, "Millpond-Stale": "true"}
        return Response(kept.last(address), headers=headers, media_type=MEDIA_TYPE)
