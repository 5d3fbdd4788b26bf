# SPDX-License-Identifier: AGPL-3.0-only
"""An epoch on the chain: the request that maintainers sign, and what became of what they posted.

The hashes, terms and arguments themselves are in `distributions`.
"""

from dataclasses import dataclass
from typing import Self

from millpond.chain.abi import Event
from millpond.chain.coop import Coop
from millpond.chain.distributions import Terms
from millpond.core import canonical
from millpond.core.distribution import Distribution, data_hash
from millpond.core.errors import BadInput, CanonicalError, DeploymentError
from millpond.core.subjects import Subject, of_address, to_hex

SKIPPED = {
    1: "claimed before",
    2: "waiting for an account",
    3: "below the minimum",
    4: "a part of the pool",
    5: "struck out in the review",
    6: "too large for a payday",
}
"""Why payday passes over a leaf (CredDistributor's LeafSkipped)."""


@dataclass(frozen=True)
class Request:
    """What maintainers sign beside the document: which attempt, where it is published, until when.

    Handed from one to the other together with the document, whose hash it names.
    """

    attempt: int
    uri: str
    deadline: int
    document_hash: str

    @classmethod
    def of(cls, coop: Coop, document: Distribution, uri: str, deadline: int) -> Self:
        """For the next attempt on the chain; refused if the document is of another epoch."""
        head = coop.distributor.head()
        if document.epoch != head.finalised + 1:
            raise BadInput(
                f"the document is of epoch {document.epoch}, the next one is {head.finalised + 1}",
                "build the document of the next epoch",
            )
        return cls(head.attempt, uri, deadline, to_hex(data_hash(document)))

    def to_json(self) -> bytes:
        """Canonical bytes."""
        return canonical.encode(
            {
                "attempt": self.attempt,
                "deadline": self.deadline,
                "documentHash": self.document_hash,
                "uri": self.uri,
            }
        )

    @classmethod
    def from_json(cls, data: bytes, document: Distribution) -> Self:
        """Read what `to_json` wrote; `BadInput` unless it is for exactly this document."""
        try:
            fields = canonical.decode(data)
            texts = {str(k): str(v) for k, v in fields.items()} if isinstance(fields, dict) else {}
            request = cls(
                int(texts["attempt"]), texts["uri"], int(texts["deadline"]), texts["documentHash"]
            )
        except (CanonicalError, KeyError, ValueError):
            raise BadInput("the request cannot be read", "build the epoch again") from None
        if request.to_json() != data:
            raise BadInput("the request has fields that nobody knows", "build the epoch again")
        if request.document_hash != to_hex(data_hash(document)):
            raise BadInput(
                "the request is for another document than the one beside it",
                "do not sign; build the epoch again from its inputs and compare",
            )
        return request


@dataclass(frozen=True)
class PostedEpoch:
    """The newest attempt at an epoch as the chain tells it. `final` is None while it is open."""

    posted: Event
    final: Event | None
    terms: Terms

    @property
    def proposal_id(self) -> int:
        """The consent proposal that the post raised."""
        return int(self.posted.args["proposal_id"])

    def require_final(self) -> Terms:
        """The terms that claims carry; `BadInput` while the review goes on."""
        if self.final is None:
            raise BadInput(
                f"epoch {self.terms.epoch} is not final yet",
                "wait for the end of the review, then: ape run epoch finalise",
            )
        return self.terms


def posted_epoch(coop: Coop, epoch: int) -> PostedEpoch:
    """What was posted for an epoch; `DeploymentError` when nothing was."""
    topic, posts = (epoch.to_bytes(32, "big"),), attempts(coop, epoch)
    if not posts:
        raise DeploymentError(
            f"epoch {epoch} of {coop.name} has not been posted", "post it first: ape run epoch post"
        )
    terms = Terms.of(posts[-1].args["terms"])
    finals = coop.distributor.past_events("DistributionFinalised", coop.since, indexed=topic)
    if not finals:
        return PostedEpoch(posts[-1], None, terms)
    final = finals[-1]
    terms = terms.final(final.args["excluded"], final.args["closes_at"])
    return PostedEpoch(posts[-1], final, terms)


def claim(
    coop: Coop, terms: Terms, document: Distribution, subject: Subject, to: str
) -> tuple[object, ...]:
    """The arguments of `claim` for one subject's leaf; `ProofError` if it has none."""
    tree = document.tree()
    leaf = tree.leaf(tree.index_of(subject))
    entry = (terms.packed, leaf.index, leaf.cred)
    return subject, hash_before(coop, terms.epoch), [entry], tree.proof(leaf.index), to


def needed_to_restore(restorers: int, members: int) -> int:
    """How many members put struck out cred back (`Clerk.restore`): a majority at most."""
    return min(restorers, members // 2 + 1)


def hash_before(coop: Coop, epoch: int) -> bytes:
    """The hash of the epoch before: each epoch's hash is chained to it."""
    return bytes(32) if epoch == 1 else bytes(coop.distributor.epoch_hash_of(epoch - 1))


def attempts(coop: Coop, epoch: int) -> list[Event]:
    """Everything that was posted for an epoch, attempt by attempt."""
    topic = (epoch.to_bytes(32, "big"),)
    return coop.distributor.past_events("DistributionPosted", coop.since, indexed=topic)


def struck_out(coop: Coop, epoch: int, attempt: int) -> dict[bytes, int]:
    """Subjects that are struck out of an attempt now, and their cred; who was restored is not."""
    found = {
        bytes(event.args["subject"]): int(event.args["cred"])
        for event in in_review(coop, "ZeroedOut", epoch, attempt)
    }
    for event in in_review(coop, "Restored", epoch, attempt):
        found.pop(bytes(event.args["subject"]), None)
    return found


def in_review(coop: Coop, name: str, epoch: int, attempt: int) -> list[Event]:
    """What was done in the review of one attempt: `ZeroedOut` or `Restored`."""
    topics = (epoch.to_bytes(32, "big"), attempt.to_bytes(32, "big"))
    return coop.distributor.past_events(name, coop.since, indexed=topics)


def last_maintainers(coop: Coop) -> dict[str, list[Subject]]:
    """The set in force and the subjects of each, her own account's first (as the cap counts)."""
    newest = coop.distributor.past_events("MaintainersSet", coop.since)[-1]
    return {
        str(who.account): [of_address(who.account), *map(Subject, who.subjects)]
        for who in newest.args["maintainers"]
    }


def ended_attempt(coop: Coop, epoch: int, attempt: int) -> str | None:
    """The event by which an attempt ended without becoming final, None if there is none."""
    topics = (epoch.to_bytes(32, "big"), max(attempt, 0).to_bytes(32, "big"))
    for name in ("DistributionWithdrawn", "DistributionVoided"):
        if coop.distributor.past_events(name, coop.since, indexed=topics):
            return name
    return None


def closed(coop: Coop, epoch: int) -> Event | None:
    """The event that closed an epoch, None if its claims were never closed."""
    topic = (epoch.to_bytes(32, "big"),)
    found = coop.distributor.past_events("EpochClosed", coop.since, indexed=topic)
    return found[-1] if found else None
