# SPDX-License-Identifier: AGPL-3.0-only
"""Handing in, following up, and fetching what was handed in, so that anybody else can bring it."""

from collections.abc import Callable
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request, Response
from pydantic import Field
from starlette.concurrency import run_in_threadpool

from millpond.api.models.base import Model
from millpond.api.problems import declared
from millpond.api.query import NoQuery, Nothing
from millpond.api.relay import reading
from millpond.api.relay.ballots import read as ballot_in
from millpond.api.relay.bodies import BallotBody, ClaimBody, JoinBody, body_of, given
from millpond.api.relay.items import REPLACED, Item, Kept, Kind, State
from millpond.api.relay.reading import Where
from millpond.api.relay.refusals import BadItem, NoSuchItem, RelayOff, Withheld
from millpond.api.relay.replies import (
    ItemStatus,
    ReasonText,
    Relayed,
    RelayedPage,
    RelayStatus,
)
from millpond.api.relay.service import Relaying
from millpond.api.services import Services, services_of
from millpond.chain import papers
from millpond.core import canonical
from millpond.core.errors import BadInput, SignatureError
from millpond.core.subjects import to_hex
from millpond.mirror.reads import pools

router = APIRouter(prefix="/v1/relay", tags=["relay"])

ItemId = Annotated[str, Path(pattern=r"^0x[0-9a-f]{64}$", description="The hash of an item.")]
ReasonHash = Annotated[str, Path(pattern=r"^0x[0-9a-f]{64}$", description="keccak256 of a text.")]
_JSON = "application/json"
_HANDED: dict[int | str, dict[str, Any]] = {
    202: {"description": "Accepted: it is on the disk.", "model": ItemStatus}
}
_Read = Callable[[Where], tuple[Item, tuple[str, str] | None]]


class BallotsQuery(NoQuery):
    """Whose ballots."""

    pool: str = Field(min_length=3, max_length=42, description="Name or address of a pool.")
    proposal: str = Field(pattern=r"^[0-9]{1,78}$", description="In decimal digits.")
    after: str = Field(
        default="0", pattern=r"^[0-9]{1,18}$", description="`next` of the page before."
    )
    limit: str = Field(
        default="50", pattern=r"^(1000|[1-9][0-9]{0,2})$", description="How many at most."
    )


@router.get("", operation_id="get_relay", response_model=RelayStatus, responses=declared())
def get_relay(request: Request, _: Nothing) -> Response:
    """Whether the relay works, what it has and may spend, how much is under way."""
    services, relaying = _relay_of(request)
    queue = relaying.queue
    return _reply(
        RelayStatus.of(queue.status(), queue.counts(), relaying.bounds, services.second())
    )


@router.post(
    "/ballots",
    operation_id="relay_ballot",
    response_model=ItemStatus,
    responses=declared(404, 413, 429) | _HANDED,
    openapi_extra=body_of(BallotBody),
)
async def relay_ballot(request: Request, _: Nothing) -> Response:
    """Hand in a signed ballot. It is brought to the chain with others, and costs its voter nothing;
    nobody can change what she signed. Handed in again, it is the same item."""
    _relay_of(request)
    body = await given(request, BallotBody)

    def read(where: Where) -> tuple[Item, tuple[str, str] | None]:
        fields = body.ballot.plain()
        if not fields.get("byWallet", True):
            del fields["byWallet"]
        return reading.ballot(where, fields)

    return await run_in_threadpool(_handed_in, request, body.pool, read)


@router.post(
    "/joins",
    operation_id="relay_join",
    response_model=ItemStatus,
    responses=declared(404, 413, 429) | _HANDED,
    openapi_extra=body_of(JoinBody),
)
async def relay_join(request: Request, _: Nothing) -> Response:
    """Hand in a candidate's acceptance with enough invitations. A pool that takes a buy-in is left
    to whoever pays it."""
    _relay_of(request)
    body = await given(request, JoinBody)

    def read(where: Where) -> tuple[Item, None]:
        invitations = [paper.plain() for paper in body.invitations]
        return reading.joining(where, body.acceptance.plain(), invitations), None

    return await run_in_threadpool(_handed_in, request, body.pool, read)


@router.post(
    "/claims",
    operation_id="relay_claim",
    response_model=ItemStatus,
    responses=declared(404, 413, 429) | _HANDED,
    openapi_extra=body_of(ClaimBody),
)
async def relay_claim(request: Request, _: Nothing) -> Response:
    """Hand in a claim, as `call` of a claim has it. Money goes to the payee and to nobody else, and
    the least payout binds."""
    _relay_of(request)
    body = await given(request, ClaimBody)

    def read(where: Where) -> tuple[Item, None]:
        return reading.claim(where, body.claim.model_dump(mode="json")), None

    return await run_in_threadpool(_handed_in, request, body.pool, read)


@router.get(
    "/ballots",
    operation_id="list_relayed_ballots",
    response_model=RelayedPage,
    responses=declared(404),
)
def list_relayed_ballots(request: Request, query: Annotated[BallotsQuery, Query()]) -> Response:
    """All signed ballots on a proposal that were handed in and not refused, each in the form of its
    file: whoever fetches them can bring them without this relay."""
    services, relaying = _relay_of(request)
    governor, limit = _where(services, query.pool).governor, int(query.limit)
    found = relaying.queue.about(governor, str(int(query.proposal)), int(query.after), limit)
    shown = tuple(_relayed(relaying, kept) for kept in found)
    following = str(found[-1].seq) if len(found) == limit else None
    return _reply(RelayedPage(data=shown, next=following))


@router.get(
    "/items/{item}",
    operation_id="get_relayed_item",
    response_model=ItemStatus,
    responses=declared(404),
)
def get_relayed_item(request: Request, item: ItemId, _: Nothing) -> Response:
    """Where something stands that was handed in."""
    services, relaying = _relay_of(request)
    kept, status = _kept(relaying, item), relaying.queue.status()
    return _reply(ItemStatus.of(kept, status, services.second()))


@router.get(
    "/items/{item}/signed",
    operation_id="get_signed_item",
    responses=declared(404, 409) | {200: {"content": {_JSON: {}}}},
    response_class=Response,
)
def get_signed_item(request: Request, item: ItemId, _: Nothing) -> Response:
    """The signed item itself, for anybody to bring. A ballot is the file that `ape run pool relay`
    reads; papers are those of `ape run pool join`; a claim has the arguments of `claim`."""
    relaying = _relay_of(request)[1]
    kept = _kept(relaying, item)
    if kept.state is State.REFUSED and kept.reason == REPLACED.reason:
        raise Withheld(
            "its voter has changed her mind: a later ballot of hers took its place",
            f"fetch the later one: /v1/relay/ballots?pool={kept.item.pool}&proposal="
            f"{kept.item.about}",
        )
    name, content = _file(relaying, kept)
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(content, media_type=_JSON, headers=headers)


@router.get(
    "/reasons/{digest}",
    operation_id="get_reason",
    response_model=ReasonText,
    responses=declared(404),
)
def get_reason(request: Request, digest: ReasonHash, _: Nothing) -> Response:
    """The text behind a hash that a ballot signs, where somebody handed it in. It never changes."""
    text = _relay_of(request)[1].queue.reason(digest)
    if text is None:
        raise NoSuchItem(
            f"nobody handed in a reason with the hash {digest}", "ask the voter for her text"
        )
    return _reply(ReasonText(hash=digest, text=text))


def _relay_of(request: Request) -> tuple[Services, Relaying]:
    services = services_of(request)
    if services.relay is None:
        raise RelayOff(
            "this server relays nothing",
            "bring it yourself (ape run pool relay, pool join, epoch claim), or ask the server's "
            "operator to start it with --relay",
        )
    return services, services.relay


def _where(services: Services, pool: str) -> Where:
    """The pool's contracts, as of the mirrored block."""
    with services.mirror.snapshot() as now:
        found = pools.find(now, pool)
        rows = now.rows(
            "SELECT address FROM contracts WHERE pool = ? AND contract = 'CredDistributor'",
            found.address,
        )
        return Where(
            chain_id=now.as_of.chain_id,
            pool=found.address,
            governor=found.parts.governor,
            admission=found.parts.admission,
            distributors=frozenset(row["address"] for row in rows),
        )


def _handed_in(request: Request, pool: str, read: _Read) -> Response:
    services, relaying = _relay_of(request)
    where = _where(services, pool)
    try:
        item, reason = read(where)
    except (BadInput, SignatureError) as error:
        raise BadItem(error.message, error.next_step) from None
    now = services.second()
    kept, is_new = relaying.add(item, now, reason)
    status = ItemStatus.of(kept, relaying.queue.status(), now)
    place = {"Location": f"/v1/relay/items/{item.id}"}
    return _reply(status, 202 if is_new else 200, place)


def _kept(relaying: Relaying, item: str) -> Kept:
    found = relaying.queue.find(item)
    if found is None:
        raise NoSuchItem(
            f"nothing with the hash {item} was handed in here",
            "hand it in, or ask the server where it was handed in",
        )
    return found


def _relayed(relaying: Relaying, kept: Kept) -> Relayed:
    fields = canonical.decode(_file(relaying, kept)[1])
    assert isinstance(fields, dict)  # noqa: S101  a ballot's own form
    plain = {name: value for name, value in fields.items() if isinstance(value, str | bool)}
    return Relayed(id=kept.item.id, state=kept.state.value, ballot=plain)


def _file(relaying: Relaying, kept: Kept) -> tuple[str, bytes]:
    """An item as a file: the name that our scripts look for, and its bytes."""
    item = kept.item
    if item.kind is not Kind.BALLOT:
        return f"{item.kind}-{item.id}.json", item.document.encode()
    ballot = ballot_in(item.document)
    reason = relaying.queue.reason(to_hex(ballot.reason_hash)) or ""
    name = f"{ballot.proposal_id:x}-{ballot.voter.lower()}.json"
    return name, papers.ballot_json(ballot, reason)


def _reply(model: Model, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    kept = {"Cache-Control": "no-store"} | (headers or {})
    return Response(model.model_dump_json(), status, kept, _JSON)
