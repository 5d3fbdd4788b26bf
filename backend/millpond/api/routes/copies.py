# SPDX-License-Identifier: AGPL-3.0-only
"""The whole mirror as a file of SQLite, at a final block."""

import base64
from dataclasses import asdict

from fastapi import APIRouter, Request, Response
from fastapi.responses import FileResponse

from millpond.api.models.copies import Copy
from millpond.api.problems import declared
from millpond.api.query import Nothing
from millpond.api.services import Serving, has_tag

router = APIRouter(prefix="/v1", tags=["events"])
MEDIA_TYPE = "application/vnd.sqlite3"


@router.get(
    "/snapshot",
    operation_id="get_snapshot",
    response_model=Copy,
    responses=declared(304, 404),
)
def get_snapshot(request: Request, services: Serving, _: Nothing) -> Response:
    """What the file /v1/snapshot.sqlite holds now: its block, its size, its hashes."""
    found = services.copies.newest()
    headers = {"ETag": f'"{found.sha256}"', "Cache-Control": "public, no-cache"}
    if has_tag(request, headers["ETag"]):
        return Response(status_code=304, headers=headers)
    fields = asdict(found)
    fields["mirror_schema"] = fields.pop("schema")
    body = Copy.model_validate(fields).model_dump_json()
    return Response(body, headers=headers, media_type="application/json")


@router.get(
    "/snapshot.sqlite",
    operation_id="get_snapshot_file",
    response_class=Response,
    responses={
        200: {
            "description": "A mirror: serve it, go on from it, or ask it anything in SQL.",
            "content": {MEDIA_TYPE: {"schema": {"type": "string", "format": "binary"}}},
        },
        **declared(304, 404),
    },
)
def get_snapshot_file(request: Request, services: Serving, _: Nothing) -> Response:
    """The whole mirror at a final block, as one file of SQLite. It can be fetched in parts
    (Range)."""
    found = services.copies.newest()
    digest = base64.b64encode(bytes.fromhex(found.sha256)).decode()
    headers = {
        "ETag": f'"{found.sha256}"',
        "Cache-Control": "public, no-cache",
        "Repr-Digest": f"sha-256=:{digest}:",
        "Millpond-Block-Number": str(found.block_number),
        "Millpond-Block-Hash": found.block_hash,
        "Millpond-Finality": "finalized",
    }
    if has_tag(request, headers["ETag"]):
        return Response(status_code=304, headers=headers)
    path = services.copies.path(found)
    return FileResponse(path, headers=headers, media_type=MEDIA_TYPE, filename=found.name)
