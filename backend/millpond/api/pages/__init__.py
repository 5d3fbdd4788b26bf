# SPDX-License-Identifier: AGPL-3.0-only
"""The pages, rendered on the server: complete without a script, nothing fetched from elsewhere.

render      templates, the words they use, files that never change
scripts     what make setup built out of frontend/
cards       a proposal in short
panels      what a page tells its script
home, pool, proposal, epoch     one page each
"""

from typing import Annotated

from fastapi import APIRouter, Path, Response

from millpond.api.pages import epoch, home, pool, proposal
from millpond.api.pages.render import plain_page, problem_page, static_file
from millpond.api.pages.scripts import script_file
from millpond.api.problems import KNOWN, PAGE, kind_of
from millpond.api.query import Nothing

__all__ = ["problem_page", "router"]

router = APIRouter(include_in_schema=False)
for _room in (home, pool, proposal, epoch):
    router.include_router(_room.router)


@router.get(PAGE)
def problems(_: Nothing) -> Response:
    """What each kind of error means."""
    return plain_page("problems.html", kinds=[kind_of(each) for each in KNOWN])


@router.get("/static/{digest}/{name}")
def static(
    digest: Annotated[str, Path(max_length=64)], name: Annotated[str, Path(max_length=64)]
) -> Response:
    """Style and icons."""
    return static_file(digest, name)


@router.get("/scripts/{name}")
def script(name: Annotated[str, Path(max_length=64)]) -> Response:
    """Scripts, and the licences of what is in them."""
    return script_file(name)
