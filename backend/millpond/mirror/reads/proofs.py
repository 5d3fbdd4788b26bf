# SPDX-License-Identifier: AGPL-3.0-only
"""One leaf and its proof, by a few reads of a file: the same for ten people and for a million."""

from dataclasses import dataclass

from millpond.core.errors import ProofError, ProofFileError
from millpond.core.proof_file import Header
from millpond.core.subjects import address_bytes, from_hex
from millpond.mirror.documents import Shelf
from millpond.mirror.reads.claims import Sibling, siblings
from millpond.mirror.reads.distributions import Distribution
from millpond.mirror.reads.pools import Pool
from millpond.mirror.reads.refusals import NoSuchLeaf
from millpond.mirror.reads.snapshot import Snapshot


@dataclass(frozen=True)
class Proven:
    """A leaf of the tree that the chain has, with all that its hash is made of."""

    chain_id: int
    distributor: str
    epoch: int
    root: str
    total_cred: int
    leaf_count: int
    subject: str
    index: int
    cred: int
    proof: tuple[Sibling, ...]


def proven(
    now: Snapshot, pool: Pool, distribution: Distribution, shelf: Shelf, subject: str
) -> Proven:
    """One subject's leaf, as posted: what the review left out of it, `leaves` says."""
    chain_id, distributor = now.as_of.chain_id, pool.parts.distributor
    wanted = Header(
        chain_id=chain_id,
        distributor=address_bytes(distributor),
        epoch=distribution.epoch,
        count=distribution.leaf_count,
        total=distribution.total_cred,
        root=from_hex(distribution.root, 32),
    )
    digest = from_hex(distribution.data_hash, 32)
    try:
        leaf, proof = shelf.proven(digest, wanted, from_hex(subject, 32))
    except ProofFileError:
        raise
    except ProofError as error:
        raise NoSuchLeaf(
            f"{subject} has no share in this epoch",
            "look for it under `exclusions` and `no_leaf` of the document",
        ) from error
    return Proven(
        chain_id=chain_id,
        distributor=distributor,
        epoch=distribution.epoch,
        root=distribution.root,
        total_cred=distribution.total_cred,
        leaf_count=distribution.leaf_count,
        subject=subject,
        index=leaf.index,
        cred=leaf.cred,
        proof=siblings(proof),
    )
