# SPDX-License-Identifier: AGPL-3.0-only
"""One leaf with its proof and every argument of the distributor's `claim`, ready to be sent."""

from dataclasses import dataclass

from millpond.chain.abi import load
from millpond.chain.answers import Address
from millpond.chain.distributions import Terms
from millpond.core.subjects import from_hex, to_hex
from millpond.core.sum_tree import Proof
from millpond.mirror.documents import Opened, Shelf
from millpond.mirror.reads import distributions
from millpond.mirror.reads.distributions import FINAL, Distribution
from millpond.mirror.reads.leaves import Leaf, leaf_of, opened, shares
from millpond.mirror.reads.pools import Pool
from millpond.mirror.reads.refusals import ClaimsClosed, NoSuchLeaf, NotFinal
from millpond.mirror.reads.snapshot import Snapshot

_ZEROS = to_hex(bytes(32))
_CLAIM = load("CredDistributor").function("claim", 5)


@dataclass(frozen=True)
class Sibling:
    """One step of a proof, from the leaf upwards."""

    hash: str
    sum: int


@dataclass(frozen=True)
class PackedTerms:
    """The terms of an epoch as claims carry them (contracts/modules/epochs.vy)."""

    root: str
    pot_and_total: int
    asset_and_minimum: int
    grain_and_counts: int
    review: int


@dataclass(frozen=True)
class ClaimEntry:
    """One epoch of a claim."""

    terms: PackedTerms
    index: int
    cred: int


@dataclass(frozen=True)
class ClaimCall:
    """The call of `claim` for one leaf. Anyone may send it; money goes to the payee."""

    chain_id: int
    contract: str
    function: str
    subject: str
    previous: str
    """The hash of the epoch before; zeros before epoch 1."""
    claims: tuple[ClaimEntry, ...]
    proof: tuple[Sibling, ...]
    to: str | None
    """The payee; None while there is no account to pay to."""
    calldata: str | None
    """The whole call in bytes; None while there is no payee."""


@dataclass(frozen=True)
class Claim:
    """One leaf with all that is needed to claim it."""

    leaf: Leaf
    call: ClaimCall


def claim(
    now: Snapshot, pool: Pool, distribution: Distribution, shelf: Shelf, subject: str
) -> Claim:
    """One subject's leaf with its proof, while it can be claimed or was."""
    if distribution.state != FINAL:
        raise NotFinal(
            f"epoch {distribution.epoch} of {pool.name} is not final (its state: "
            f"{distribution.state}), so nothing of it can be claimed",
            "wait for the end of the review; the consent proposal says when that is",
        )
    document = opened(now, pool, distribution, shelf)
    leaf = leaf_of(shares(now, pool, distribution, document, subject), subject)
    if leaf.state == "closed":
        raise ClaimsClosed(
            f"claims of epoch {distribution.epoch} are closed, and this one was not made in time",
            "nothing is left to do: what was left over is part of a later pot",
        )
    if leaf.state == "settled":
        raise ClaimsClosed(
            f"this leaf of epoch {distribution.epoch} was paid outside of the chain",
            "nothing is left to do: its payee signed that she was paid, and how",
        )
    if leaf.state == "struck":
        raise NoSuchLeaf(
            f"{subject} was struck out in the review of epoch {distribution.epoch}",
            f"see why: /v1/pools/{pool.name}/distributions/{distribution.epoch}/review",
        )
    return Claim(leaf, _call(now, pool, distribution, document, leaf))


def _call(
    now: Snapshot, pool: Pool, distribution: Distribution, document: Opened, leaf: Leaf
) -> ClaimCall:
    terms = _terms(distribution)
    previous = _previous(now, pool, distribution.epoch)
    proof = document.tree.proof(leaf.index)
    calldata = None
    if leaf.payee is not None:
        entry = (terms.packed, leaf.index, leaf.cred)
        arguments = (leaf.subject, previous, [entry], proof, leaf.payee)
        calldata = to_hex(_CLAIM.encode(arguments))
    root, *words = terms.packed
    return ClaimCall(
        chain_id=now.as_of.chain_id,
        contract=pool.parts.distributor,
        function=_CLAIM.signature,
        subject=leaf.subject,
        previous=previous,
        claims=(ClaimEntry(PackedTerms(to_hex(root), *words), leaf.index, leaf.cred),),
        proof=siblings(proof),
        to=leaf.payee,
        calldata=calldata,
    )


def siblings(proof: Proof) -> tuple[Sibling, ...]:
    """A proof as replies have it."""
    return tuple(Sibling(to_hex(digest), amount) for digest, amount in proof)


def _terms(distribution: Distribution) -> Terms:
    return Terms(
        epoch=distribution.epoch,
        attempt=distribution.attempt,
        root=from_hex(distribution.root, 32),
        total_cred=distribution.total_cred,
        leaf_count=distribution.leaf_count,
        earmark=distribution.earmark_id,
        asset=Address(distribution.pot.asset.address),
        pot=distribution.pot.amount,
        minimum=distribution.minimum.amount,
        grain_per_epoch=distribution.grain.amount,
        signer_cap_bps=distribution.signer_cap_bps,
        maintainers_version=distribution.maintainers_version,
        excluded=distribution.excluded,
        closes_at=distribution.closes_at or 0,
    )


def _previous(now: Snapshot, pool: Pool, epoch: int) -> str:
    """The hash of the epoch before, to which this one's is chained."""
    if epoch == 1:
        return _ZEROS
    return distributions.find(now, pool, epoch - 1).epoch_hash or _ZEROS
