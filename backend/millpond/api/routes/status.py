# SPDX-License-Identifier: AGPL-3.0-only
"""Alive, ready, and how far: three answers that must not be confused."""

from fastapi import APIRouter, Response

from millpond import __version__
from millpond.api.models.status import Alive, Lag, Ready, Status, Trouble
from millpond.api.problems import declared
from millpond.api.query import Nothing
from millpond.api.services import Services, Serving
from millpond.mirror.reads.health import Health, health

router = APIRouter(tags=["status"])
_NEVER_KEEP = {"Cache-Control": "no-store"}


@router.get("/health", operation_id="get_health", response_model=Alive, responses=declared())
def alive(_: Nothing) -> Response:
    """200 whenever the process answers, whatever the mirror is like."""
    return _said(Alive(status="alive"))


@router.get("/ready", operation_id="get_ready", response_model=Ready, responses=declared())
def ready(services: Serving, _: Nothing) -> Response:
    """200 only when the mirror can be relied on: it has caught up, and its writer is alive and has
    no problem. Else 503 with the reason and the next step."""
    found = _health(services)
    if found.trouble is not None:
        raise found.trouble
    as_of = found.as_of
    return _said(
        Ready(status="ready", block_number=as_of.block_number, block_hash=as_of.block_hash)
    )


@router.get("/status", operation_id="get_status", response_model=Status, responses=declared())
def status(services: Serving, _: Nothing) -> Response:
    """Where the mirror stands, and how the node stood when it was asked last."""
    found = _health(services)
    as_of, trouble = found.as_of, found.trouble
    return _said(
        Status(
            version=__version__,
            mirror_schema=as_of.schema,
            chain_id=as_of.chain_id,
            hub=as_of.hub,
            identity=as_of.identity,
            block_number=as_of.block_number,
            block_hash=as_of.block_hash,
            block_timestamp=as_of.block_timestamp,
            finality=as_of.finality,
            safe_number=as_of.safe_number,
            finalized_number=as_of.finalized_number,
            node_head=found.node_head,
            checked_at=found.checked_at,
            lag=Lag(blocks=found.lag_blocks, seconds=found.lag_seconds),
            ready=trouble is None,
            trouble=_told(found),
        )
    )


def _told(found: Health) -> Trouble | None:
    trouble = found.trouble
    if trouble is None:
        return None
    return Trouble(
        detail=trouble.message,
        next_step=trouble.next_step,
        reason=found.reason,
        stopped=found.stopped,
    )


def _health(services: Services) -> Health:
    with services.mirror.snapshot() as now:
        return health(now, services.second())


def _said(model: Alive | Ready | Status) -> Response:
    return Response(model.model_dump_json(), media_type="application/json", headers=_NEVER_KEEP)
