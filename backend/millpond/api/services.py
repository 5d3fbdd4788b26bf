# SPDX-License-Identifier: AGPL-3.0-only
"""What a request has at hand, and replies that say of which block they are.

`Asked.reply` and `Asked.page` open one read transaction, so a reply is of one block. Its ETag is
made of that block and of the question; whoever has that reply already gets 304 and no second one.
A list whose address ends in .csv or .jsonl is sent whole, as a file.
"""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from string import ascii_letters, digits
from typing import Annotated, Any, TypeVar
from urllib.parse import urlencode

from fastapi import Depends, Request, Response
from fastapi.responses import StreamingResponse

from millpond import __version__
from millpond.api import exports
from millpond.api.badges import LastGood
from millpond.api.copies import Copies
from millpond.api.limits import Buckets
from millpond.api.middleware import is_head
from millpond.api.models.base import Model, Page
from millpond.api.problems import TooBusy
from millpond.api.query import FinalityWanted, ListQuery, MinBlock, Wait, written
from millpond.api.relay.service import Relaying
from millpond.api.streaming import Streaming
from millpond.api.watching import Watch
from millpond.mirror.documents import Shelf
from millpond.mirror.reads.health import require_sound
from millpond.mirror.reads.review import Why
from millpond.mirror.reads.snapshot import AsOf, Finality, Listed, Mirror, Range, Snapshot
from millpond.mirror.reads.storage_proofs import StorageProofs

_T = TypeVar("_T")
_JSON = "application/json"
ALWAYS_ASK = "public, no-cache"
"""Keep it, but ask each time whether it still holds."""
_IN_NAMES = frozenset(f"{ascii_letters}{digits}-._")
_EXPORTS = 2
"""Whole lists that are written at the same time; others wait their turn."""
TURN_SECONDS = 5


@dataclass(frozen=True)
class Services:
    """One mirror, one shelf, and the clock of this machine."""

    mirror: Mirror
    shelf: Shelf
    clock: Callable[[], float] = time.time
    why: Why | None = None
    """Which contributions somebody's cred came from, where the instance is at hand."""
    copies_folder: Path | None = None
    """Where copies of the whole mirror are kept; None: there are none."""
    public_url: str | None = None
    """The address of this server as others know it; None: as each request names it."""
    last_badges: LastGood = field(default_factory=LastGood)
    limits: Buckets | None = None
    """How much one address may ask; None: as much as it likes."""
    relay: Relaying | None = None
    """The queue of a relay; None: this server relays nothing."""
    wallet_rpc: str | None = None
    """A node that wallets may be told of that do not know the chain; None: of none."""
    exporting: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(_EXPORTS))

    @cached_property
    def watch(self) -> Watch:
        """For those who wait for the mirror to move."""
        return Watch(self.mirror)

    @cached_property
    def copies(self) -> Copies:
        """The whole mirror as a file."""
        return Copies(self.mirror, self.copies_folder)

    @cached_property
    def storage_proofs(self) -> StorageProofs:
        """What the writer has proven of the contracts' storage."""
        return StorageProofs(self.mirror.place)

    @cached_property
    def streams(self) -> Streaming:
        """Those who listen to what comes."""
        return Streaming(self.mirror, self.watch)

    def second(self) -> int:
        """This second."""
        return int(self.clock())


class Asked:
    """One request and what it takes to answer it."""

    def __init__(self, request: Request, finality: Finality = "latest") -> None:
        self.request = request
        self.services = services_of(request)
        self.finality = finality

    def reply(self, model: type[Model], read: Callable[[Snapshot], object]) -> Response:
        """One thing."""

        def made(now: Snapshot) -> tuple[dict[str, Any], dict[str, str]]:
            return {"data": read(now)}, {}

        return self._answer(model, made)

    def page(
        self,
        model: type[Page[Any]],
        read: Callable[[Snapshot, Range], Listed[_T]],
        query: ListQuery,
    ) -> Response:
        """A part of a list, with a link to the next; or all of it, as a file."""
        form = exports.form_of(self.request.url.path)
        if form is not None:
            return self._whole(form, exports.row_model(model), read, query)

        def made(now: Snapshot) -> tuple[dict[str, Any], dict[str, str]]:
            found = read(now, query.part)
            following = written(found.next)
            return {"data": tuple(found.items), "next": following}, self._link(following)

        return self._answer(model, made)

    @property
    def base(self) -> str:
        """The address of this server, for what must name it whole."""
        return self.services.public_url or str(self.request.base_url).rstrip("/")

    def said(self, read: Callable[[Snapshot], str], media_type: str, more: str = "") -> Response:
        """One thing in a form of its own. `more` is what it depends on besides the question."""
        return self._said(lambda now: Listed([read(now)], None), media_type, more)

    def said_in_parts(
        self,
        read: Callable[[Snapshot, Range], Listed[str]],
        query: ListQuery,
        media_type: str,
        more: str = "",
    ) -> Response:
        """A part of a list in a form of its own, with a link to the next."""
        return self._said(lambda now: read(now, query.part), media_type, more)

    def _said(
        self, read: Callable[[Snapshot], Listed[str]], media_type: str, more: str
    ) -> Response:
        with self._snapshot() as now:
            headers = {"ETag": self._tag(now.as_of, more), "Cache-Control": ALWAYS_ASK}
            if has_tag(self.request, headers["ETag"]):
                return Response(status_code=304, headers=headers)
            found = read(now)
        links = self._link(written(found.next))
        return Response(found.items[0], headers=headers | links, media_type=media_type)

    def _answer(
        self,
        model: type[Model],
        made: Callable[[Snapshot], tuple[dict[str, Any], dict[str, str]]],
    ) -> Response:
        with self._snapshot() as now:
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

    def _whole(
        self,
        form: exports.Form,
        model: type[Model],
        read: Callable[[Snapshot, Range], Listed[_T]],
        query: ListQuery,
    ) -> Response:
        """All rows as of one block, written aside before the first is sent."""
        if is_head(self.request):
            return self._whole_unwritten(form, read, query)
        wanted = exports.Wanted(query.limit, query.key, query.order == "newest")
        exporting = self.services.exporting
        if not exporting.acquire(timeout=TURN_SECONDS):
            raise TooBusy("many whole lists are being written already", "ask again in a minute")
        try:
            with self._snapshot() as now:
                headers = {"ETag": self._tag(now.as_of), "Cache-Control": ALWAYS_ASK}
                if has_tag(self.request, headers["ETag"]):
                    return Response(status_code=304, headers=headers)
                file = exports.written(form, model, lambda part: read(now, part), wanted)
                headers |= self._of_file(now.as_of) | {
                    "Content-Length": str(exports.length(file)),
                    "Millpond-Finality": now.finality,
                }
        finally:
            exporting.release()
        return StreamingResponse(exports.pieces(file), headers=headers, media_type=form.media_type)

    def _whole_unwritten(
        self, form: exports.Form, read: Callable[[Snapshot, Range], Listed[_T]], query: ListQuery
    ) -> Response:
        """What can be said of a file without writing it: neither its length nor how final its
        newest row is. One row is read, so what is not there is refused as always."""
        with self._snapshot() as now:
            headers = {"ETag": self._tag(now.as_of), "Cache-Control": ALWAYS_ASK}
            if has_tag(self.request, headers["ETag"]):
                return Response(status_code=304, headers=headers)
            read(now, Range(1, query.key, query.order == "newest"))
            headers |= self._of_file(now.as_of)
        return StreamingResponse(iter(()), headers=headers, media_type=form.media_type)

    def _of_file(self, as_of: AsOf) -> dict[str, str]:
        """What a file is called, and of which block it is."""
        return {
            "Content-Disposition": f'attachment; filename="{_file_name(self.request)}"',
            "Millpond-Block-Number": str(as_of.block_number),
            "Millpond-Block-Hash": as_of.block_hash,
        }

    @contextmanager
    def _snapshot(self) -> Iterator[Snapshot]:
        """One read transaction over what is not known to be wrong."""
        with self.services.mirror.snapshot(self.finality) as now:
            require_sound(now)
            yield now

    def _tag(self, as_of: AsOf, more: str = "") -> str:
        """Changes with the block, with what of it is final, with the question and this program."""
        query = urlencode(sorted(self.request.query_params.multi_items()))
        instance = self.services.why is not None
        said = (__version__, instance, as_of.schema, as_of.block_hash, as_of.safe_number)
        parts = (*said, as_of.finalized_number, self.request.url.path, query, more)
        return f'"{sha256(chr(0).join(map(str, parts)).encode()).hexdigest()[:32]}"'

    def _link(self, following: str | None) -> dict[str, str]:
        """To the next part of a list, if there is one."""
        if following is None:
            return {}
        others = [(k, v) for k, v in self.request.query_params.multi_items() if k != "after"]
        address = f"{self.request.url.path}?{urlencode([*others, ('after', following)])}"
        return {"Link": f'<{address}>; rel="next"'}


def has_tag(request: Request, tag: str) -> bool:
    """Whether the asker has this reply already."""
    kept = request.headers.get("if-none-match", "")
    known = [each.strip().removeprefix("W/") for each in kept.split(",")]
    return tag in known or known == ["*"]


def services_of(request: Request) -> Services:
    """What the application was built over."""
    found: Services = request.app.state.services
    return found


async def asked(
    request: Request,
    finality: FinalityWanted = "latest",
    min_block: MinBlock = None,
    wait: Wait = 0,
) -> Asked:
    """A request, once the mirror is as far as it asks for."""
    found = Asked(request, finality)
    if min_block is not None:
        await found.services.watch.reached(min_block, finality, wait)
    return found


def _file_name(request: Request) -> str:
    """As the address has it: mill-gifts.csv. No other letters can stand in such an address."""
    parts = [part for part in request.url.path.split("/") if part][1:]
    return "".join(c if c in _IN_NAMES else "-" for c in "-".join(parts))


Asking = Annotated[Asked, Depends(asked)]
Serving = Annotated[Services, Depends(services_of)]
