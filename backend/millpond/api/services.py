# SPDX-License-Identifier: AGPL-3.0-only
"""What a request has at hand, and replies that say of which block they are.

`Asked.reply` and `Asked.page` open one read transaction, so a reply is of one block. Its ETag is
made of that block and of the question; whoever has that reply already gets 304 and no second one.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from typing import Annotated, Any, TypeVar
from urllib.parse import urlencode

from fastapi import Depends, Request, Response

from millpond import __version__
from millpond.api.models.base import Model
from millpond.api.query import written
from millpond.mirror.documents import Shelf
from millpond.mirror.reads.review import Why
from millpond.mirror.reads.snapshot import AsOf, Listed, Mirror, Snapshot

_T = TypeVar("_T")
_JSON = "application/json"
ALWAYS_ASK = "public, no-cache"
"""Keep it, but ask each time whether it still holds."""


@dataclass(frozen=True)
class Services:
    """One mirror, one shelf, and the clock of this machine."""

    mirror: Mirror
    shelf: Shelf
    clock: Callable[[], float] = time.time
    why: Why | None = None
    """Which contributions somebody's cred came from, where the instance is at hand."""

    def second(self) -> int:
        """This second."""
        return int(self.clock())


class Asked:
    """One request and what it takes to answer it."""

    def __init__(self, request: Request) -> None:
        self.request = request
        self.services: Services = request.app.state.services

    def reply(self, model: type[Model], read: Callable[[Snapshot], object]) -> Response:
        """One thing."""

        def made(now: Snapshot) -> tuple[dict[str, Any], dict[str, str]]:
            return {"data": read(now)}, {}

        return self._answer(model, made)

    def page(self, model: type[Model], read: Callable[[Snapshot], Listed[_T]]) -> Response:
        """A part of a list, with a link to the next."""

        def made(now: Snapshot) -> tuple[dict[str, Any], dict[str, str]]:
            found = read(now)
            following = written(found.next)
            links = {"Link": f'<{self._following(following)}>; rel="next"'} if following else {}
            return {"data": tuple(found.items), "next": following}, links

        return self._answer(model, made)

    def _answer(
        self,
        model: type[Model],
        made: Callable[[Snapshot], tuple[dict[str, Any], dict[str, str]]],
    ) -> Response:
        with self.services.mirror.snapshot() as now:
            headers = {"ETag": self._tag(now.as_of), "Cache-Control": ALWAYS_ASK}
            if has_tag(self.request, headers["ETag"]):
                return Response(status_code=304, headers=headers)
            fields, more = made(now)
            place = {
                "block_number": now.as_of.block_number,
                "block_hash": now.as_of.block_hash,
                "block_timestamp": now.as_of.block_timestamp,
                "finality": now.finality,
            }
        body = model.model_validate(place | fields).model_dump_json(by_alias=True)
        return Response(body, headers=headers | more, media_type=_JSON)

    def _tag(self, as_of: AsOf) -> str:
        """Changes with the block, with what of it is final, with the question and this program."""
        query = urlencode(sorted(self.request.query_params.multi_items()))
        instance = self.services.why is not None
        said = (__version__, instance, as_of.schema, as_of.block_hash, as_of.safe_number)
        parts = (*said, as_of.finalized_number, self.request.url.path, query)
        return f'"{sha256(chr(0).join(map(str, parts)).encode()).hexdigest()[:32]}"'

    def _following(self, key: str) -> str:
        others = [(k, v) for k, v in self.request.query_params.multi_items() if k != "after"]
        return f"{self.request.url.path}?{urlencode([*others, ('after', key)])}"


def has_tag(request: Request, tag: str) -> bool:
    """Whether the asker has this reply already."""
    kept = request.headers.get("if-none-match", "")
    known = [each.strip().removeprefix("W/") for each in kept.split(",")]
    return tag in known or known == ["*"]


Asking = Annotated[Asked, Depends(Asked)]
