# SPDX-License-Identifier: AGPL-3.0-only
"""Proofs of what contracts keep, for whoever trusts no server."""

from fastapi import APIRouter, Response

from millpond.api.models.storage_proofs import StorageProofReply
from millpond.api.problems import BadQuery, declared
from millpond.api.query import OfStorage
from millpond.api.services import Asking
from millpond.mirror.reads import pools
from millpond.mirror.reads.snapshot import Snapshot
from millpond.mirror.reads.storage_proofs import StorageProof, Wanted

router = APIRouter(prefix="/v1/proofs", tags=["proofs"])


@router.get(
    "/storage",
    operation_id="get_storage_proof",
    response_model=StorageProofReply,
    responses=declared(304, 404),
)
def get_storage_proof(asked: Asking, query: OfStorage) -> Response:
    """Words of one contract with everything that leads down to them from a block's hash: header,
    proof of the account, proofs of its storage. Take the hash of that block from whoever you trust
    and compare; the rest is keccak256. Of a final epoch also what its hash is made of, the root of
    the sum tree among it.

    The server asks no node: its mirror's writer keeps a proof of whatever has changed, once that is
    final. `is_current` says whether it has changed since."""
    wanted = Wanted(query.of, query.epoch, query.earmark, query.asset, query.proposal)
    if wanted.missing:
        raise BadQuery(f"which {query.of}?", f"give {' and '.join(wanted.missing)}")

    def read(now: Snapshot) -> StorageProof:
        pool = pools.paid_by(now, query.pool, query.distributor)
        return asked.services.storage_proofs.find(now, pool, wanted)

    return asked.reply(StorageProofReply, read)
