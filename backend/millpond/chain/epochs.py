# SPDX-License-Identifier: AGPL-3.0-only
"""An epoch on the chain: what maintainers sign, what was posted, what payday and claims carry.

request = Request.of(coop, document, uri, deadline)     what each maintainer signs
posted = posted_epoch(coop, 1)                          the event of the post, terms and all
coop.distributor.payday.send(signer, *payday(posted, document))
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Self

from millpond.chain.abi import Event, Value
from millpond.chain.coop import Coop, domain_of
from millpond.core import canonical, typed_data
from millpond.core.canonical import keccak256
from millpond.core.distribution import document as documents
from millpond.core.distribution.model import Distribution
from millpond.core.errors import BadInput, CanonicalError, DeploymentError
from millpond.core.subjects import Subject, address_bytes, checksum_address, from_hex, to_hex
from millpond.core.sum_tree import Proof
from millpond.core.typed_data import Domain, TypedData

SKIPPED = {
    1: "claimed before",
    2: "waiting for an account",
    3: "below the minimum",
    4: "a part of the pool",
}
"""Why payday passes over a leaf (CredDistributor's LeafSkipped)."""


@dataclass(frozen=True)
class Request:
    """All that a maintainer signs, but for her own address. Amounts of cred are micro-cred."""

    domain: Domain
    epoch: int
    attempt: int
    root: bytes
    total_cred: int
    leaf_count: int
    data_hash: bytes
    uri: str
    deadline: int

    @classmethod
    def of(cls, coop: Coop, document: Distribution, uri: str, deadline: int) -> Self:
        """For the attempt that is next on the chain; refused if the document is of another epoch."""
        head = coop.distributor.head()
        if document.epoch != head.finalised + 1:
            raise BadInput(
                f"the document is of epoch {document.epoch}, the next one is {head.finalised + 1}",
                "build the document of the next epoch",
            )
        return cls(
            domain_of(coop.distributor),
            document.epoch,
            head.attempt,
            document.root,
            document.total,
            document.leaf_count,
            documents.data_hash(document),
            uri,
            deadline,
        )

    def typed(self, signer: str) -> TypedData:
        """The message for one signer."""
        return typed_data.cred_distribution(
            self.domain,
            epoch=self.epoch,
            attempt=self.attempt,
            root=self.root,
            total_cred=self.total_cred,
            leaf_count=self.leaf_count,
            data_hash=self.data_hash,
            uri=self.uri,
            signer=signer,
            deadline=self.deadline,
        )

    def arguments(self, signatures: Mapping[str, bytes]) -> tuple[object, ...]:
        """What `post` takes: the signers ascending, as the contract wants them."""
        signers = sorted(signatures, key=address_bytes)
        return (
            self.epoch,
            self.root,
            self.total_cred,
            self.leaf_count,
            self.data_hash,
            self.uri,
            self.deadline,
            signers,
            [signatures[signer] for signer in signers],
        )

    def to_json(self) -> bytes:
        """Canonical bytes, to hand to the other maintainers beside the document."""
        return canonical.encode(
            {
                "attempt": self.attempt,
                "chainId": self.domain.chain_id,
                "dataHash": to_hex(self.data_hash),
                "deadline": self.deadline,
                "distributor": self.domain.verifying_contract,
                "epoch": self.epoch,
                "leafCount": self.leaf_count,
                "root": to_hex(self.root),
                "totalCred": self.total_cred,
                "uri": self.uri,
            }
        )

    @classmethod
    def from_json(cls, data: bytes) -> Self:
        """Read what `to_json` wrote; `BadInput` for anything else."""
        try:
            fields = canonical.decode(data)
            assert isinstance(fields, dict)
            texts = {name: str(value) for name, value in fields.items()}
            request = cls(
                Domain(int(texts["chainId"]), checksum_address(address_bytes(texts["distributor"]))),
                int(texts["epoch"]),
                int(texts["attempt"]),
                from_hex(texts["root"], 32),
                int(texts["totalCred"]),
                int(texts["leafCount"]),
                from_hex(texts["dataHash"], 32),
                texts["uri"],
                int(texts["deadline"]),
            )
        except (AssertionError, CanonicalError, KeyError, ValueError):
            raise BadInput("the request cannot be read", "build the epoch again") from None
        if request.to_json() != data:
            raise BadInput("the request has unknown fields", "build the epoch again")
        return request

    def require_of(self, document: Distribution) -> None:
        """`BadInput` unless this request is for exactly that document."""
        pairs = {
            "data hash": (self.data_hash, documents.data_hash(document)),
            "root": (self.root, document.root),
            "total cred": (self.total_cred, document.total),
            "number of leaves": (self.leaf_count, document.leaf_count),
            "epoch": (self.epoch, document.epoch),
            "chain": (self.domain.chain_id, document.chain_id),
            "distributor": (address_bytes(self.domain.verifying_contract), address_bytes(document.distributor)),
        }
        for what, (asked, found) in pairs.items():
            if asked != found:
                raise BadInput(
                    f"the request names another {what} than the document",
                    "do not sign; build the epoch again from the inputs and compare",
                )


@dataclass(frozen=True)
class PostedEpoch:
    """What the chain says of a posted distribution. `packed` are the terms as claims carry them."""

    event: Event
    terms: Value
    final: Event | None
    packed: Value

    @property
    def proposal_id(self) -> int:
        """The consent proposal."""
        return int(self.event.args["proposal_id"])

    @property
    def grain_pot(self) -> int:
        """Grain (18 decimals) for the whole epoch."""
        return int(self.terms.grain_per_epoch)


def posted_epoch(coop: Coop, epoch: int) -> PostedEpoch:
    """The newest attempt at an epoch; `DeploymentError` when none was posted."""
    topic = (epoch.to_bytes(32, "big"),)
    found = coop.distributor.past_events("DistributionPosted", coop.since, indexed=topic)
    if not found:
        raise DeploymentError(
            f"epoch {epoch} of {coop.name} has not been posted", "post it first: ape run epoch post"
        )
    event = found[-1]
    terms = event.args["terms"]
    finals = coop.distributor.past_events("DistributionFinalised", coop.since, indexed=topic)
    if finals:
        last = finals[-1].args
        terms = terms._replace(excluded=last["excluded"], closes_at=last["closes_at"])
    return PostedEpoch(
        event, terms, finals[-1] if finals else None, coop.distributor.pack_terms(terms)
    )


def payday(posted: PostedEpoch, document: Distribution) -> tuple[object, ...]:
    """The arguments of `payday` over a whole list: the list itself is the proof."""
    leaves = [(subject, cred) for subject, cred in document.leaves]
    return posted.packed, leaves, 0, len(leaves)


def claim(
    posted: PostedEpoch, document: Distribution, subject: Subject, to: str
) -> tuple[object, ...]:
    """The arguments of `claim` for one subject's leaf."""
    index = next((i for i, leaf in enumerate(document.leaves) if leaf[0] == subject), None)
    if index is None:
        raise BadInput(
            f"{to_hex(subject)} has no leaf in epoch {document.epoch}",
            "look the person up in the document: no cred, or under half a micro-cred",
        )
    proof = document.tree().proof(index)
    entry = (posted.packed, index, document.leaves[index][1])
    return subject, [entry], proof_words([proof]), to


def proof_words(proofs: Iterable[Proof]) -> list[bytes]:
    """Proofs one after the other: the hash and the sum of each sibling, a word each."""
    return [word for proof in proofs for h, total in proof for word in (h, total.to_bytes(32, "big"))]


def uri_of(prefix: str, document: Distribution) -> str:
    """Where a document is published: the prefix and the hash of its bytes."""
    return prefix + to_hex(keccak256(documents.to_json(document)))
