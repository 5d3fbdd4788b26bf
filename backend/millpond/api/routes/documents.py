# SPDX-License-Identifier: AGPL-3.0-only
"""Documents by the keccak256 of their bytes."""

from fastapi import APIRouter, Request, Response

from millpond.api.problems import declared
from millpond.api.query import DocumentHash, Nothing
from millpond.api.services import Serving, has_tag
from millpond.core.subjects import from_hex, to_hex

router = APIRouter(prefix="/v1/documents", tags=["documents"])
_FOR_EVER = "public, max-age=31536000, immutable"


@router.get(
    "/{digest}",
    operation_id="get_document",
    response_class=Response,
    responses={
        200: {
            "description": "Exactly the bytes whose keccak256 was asked for.",
            "content": {"application/json": {"schema": {}}},
        },
        **declared(304, 404, of_a_block=False),
    },
)
def get_document(request: Request, services: Serving, digest: DocumentHash, _: Nothing) -> Response:
    """A published document, byte for byte; hashed again each time before it is sent."""
    wanted = from_hex(digest, 32)
    headers = {"ETag": f'"{to_hex(wanted)}"', "Cache-Control": _FOR_EVER}
    data = services.shelf.find(wanted)
    if has_tag(request, headers["ETag"]):
        return Response(status_code=304, headers=headers)
    return Response(data, headers=headers, media_type="application/json")
