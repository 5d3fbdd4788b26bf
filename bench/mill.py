# SPDX-License-Identifier: AGPL-3.0-only
"""Distributions of a pool, epoch after epoch, each through its real month, review and vote."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from bench.house import DAY, House, ipfs_uri
from bench.meter import Call
from millpond.chain import dev_time
from millpond.chain.answers import Receipt
from millpond.chain.contracts import Contract
from millpond.chain.coop import domain_of
from millpond.chain.distributions import SignedPost, Terms
from millpond.chain.governance import Draft
from millpond.chain.signers import LocalSigner
from millpond.core import typed_data
from millpond.core.canonical import keccak256
from millpond.core.errors import BooksError
from millpond.core.subjects import Subject, address_bytes
from millpond.core.sum_tree import SumTree

DATA_HASH = keccak256(b"the document of the epoch")
URI = ipfs_uri("the document of the epoch")
EARMARK = 1


def subject_of(address: str | bytes) -> Subject:
    """An account as a subject."""
    return Subject(bytes(12) + address_bytes(address))


def credited(subjects: Iterable[bytes]) -> list[tuple[bytes, int]]:
    """Leaves in the order of the tree, with cred that differs a little from one to the next."""
    ordered = enumerate(sorted(subjects))
    return [(subject, 1_234_567 + 97 * (place % 1_000)) for place, subject in ordered]


@dataclass(frozen=True)
class Posted:
    """A distribution under review."""

    tree: SumTree
    receipt: Receipt
    draft: Draft


@dataclass(frozen=True)
class Epoch:
    """A final distribution, with what claims bring along."""

    tree: SumTree
    terms: Terms
    previous: bytes

    def claim(self, subject: bytes) -> tuple[object, int, int]:
        """One epoch of a claim, without its proof."""
        leaf = self.tree.leaf(self.tree.index_of(subject))
        return self.terms.packed, leaf.index, leaf.cred

    def proof(self, subject: bytes) -> list[tuple[bytes, int]]:
        """The siblings; a leaf at the ragged end of the tree would flatter the figure."""
        proof = self.tree.proof(self.tree.index_of(subject))
        if len(proof) != (self.tree.count - 1).bit_length():
            raise BooksError(
                f"the leaf of 0x{subject.hex()} has a shorter proof than most",
                "give this person another account in bench/people.py",
            )
        return proof

    def leaves(self) -> list[tuple[bytes, int]]:
        """The whole list, as `payday` takes it."""
        found = (self.tree.leaf(index) for index in range(self.tree.count))
        return [(bytes(leaf.subject), int(leaf.cred)) for leaf in found]


@dataclass(frozen=True)
class Mill:
    """A pool whose distributor pays earmark 1 out."""

    house: House
    dollar: Contract
    maintainers: Sequence[LocalSigner]
    patron: LocalSigner
    voters: Sequence[LocalSigner]

    @property
    def distributor(self) -> Contract:
        """The contract that is measured here."""
        return self.house.coop.distributor

    def allow(self) -> None:
        """The patron lets the Pool take any amount, so that gifts differ in nothing else."""
        self.dollar.approve.send(self.patron, self.house.coop.pool.address, 2**256 - 1)

    def tree(self, subjects: Iterable[bytes]) -> SumTree:
        """The tree of the next epoch."""
        number = self.distributor.head().finalised + 1
        client = self.house.client
        return SumTree.build(client.chain_id, self.distributor.address, number, credited(subjects))

    def post(self, tree: SumTree) -> Call:
        """A month's gift has come and the month is over; all maintainers have signed."""
        self._give(2_000_123_457)
        head = self.distributor.head()
        policy = self.distributor.policy_of(head.policy_version)
        dev_time.advance_to(self.house.client, head.last_post_at + policy.epoch_length)
        deadline = self.house.client.now() + DAY
        signatures = [
            self._signature(tree, head.attempt, who, deadline) for who in self.maintainers
        ]
        post = SignedPost(
            distributor=self.distributor.address,
            epoch=tree.epoch,
            root=tree.root,
            total_cred=tree.total,
            leaf_count=tree.count,
            data_hash=DATA_HASH,
            uri=URI,
            deadline=deadline,
            signers=tuple(who.address for who in self.maintainers),
            signatures=tuple(signatures),
        )
        return Call(self.house.relayer, self.house.coop.clerk.post, post.arguments)

    def under_review(self, tree: SumTree, receipt: Receipt) -> Posted:
        """What a post has raised."""
        created = self.house.coop.governor.event(receipt, "ProposalCreated")
        return Posted(tree, receipt, Draft.from_event(created))

    def finalise(self, posted: Posted) -> Call:
        """Two of three members consent, the week passes, and anyone may execute."""
        dev_time.advance(self.house.client, DAY)
        self.house.ballots(posted.draft, self.voters[:2]).send()
        return self.house.execute(self.house.wait_for_execution(posted.draft))

    def final(self, posted: Posted, receipt: Receipt) -> Epoch:
        """The epoch that an execution made final."""
        terms = Terms.of(self.distributor.event(posted.receipt, "DistributionPosted").args["terms"])
        said = self.distributor.event(receipt, "DistributionFinalised").args
        previous = bytes(self.distributor.epoch_hash_of(terms.epoch - 1))
        return Epoch(posted.tree, terms.final(said["excluded"], said["closes_at"]), previous)

    def run(self, subjects: Iterable[bytes]) -> Epoch:
        """A whole epoch, unmeasured."""
        tree = self.tree(subjects)
        posted = self.under_review(tree, self.post(tree).send())
        return self.final(posted, self.finalise(posted).send())

    # --- payouts --------------------------------------------------------------------------------

    def claim(
        self, who: LocalSigner, epochs: Sequence[Epoch], subject: bytes | None = None
    ) -> Call:
        """The payee's own claim, to herself."""
        whose = subject or subject_of(who.address)
        claims = [epoch.claim(whose) for epoch in epochs]
        proof = [sibling for epoch in epochs for sibling in epoch.proof(whose)]
        arguments = (whose, epochs[0].previous, claims, proof, who.address)
        return Call(who, self.distributor.claim, arguments)

    def payday(self, epoch: Epoch) -> Call:
        """Everybody, by the whole list."""
        arguments = (epoch.previous, epoch.terms.packed, epoch.leaves(), 0, epoch.tree.count)
        return Call(self.house.relayer, self.distributor.payday, arguments)

    def claim_many(self, epoch: Epoch) -> Call:
        """Everybody, with proofs."""
        leaves = [(subject, 0, index, cred) for index, (subject, cred) in enumerate(epoch.leaves())]
        proof = [
            sibling for index in range(epoch.tree.count) for sibling in epoch.tree.proof(index)
        ]
        arguments = (epoch.previous, [epoch.terms.packed], leaves, proof)
        return Call(self.house.relayer, self.distributor.claim_many, arguments)

    # --- internals ------------------------------------------------------------------------------

    def _give(self, amount: int) -> None:
        self.dollar.mint.send(self.patron, self.patron.address, amount)
        self.house.coop.pool.give.send(self.patron, EARMARK, self.dollar.address, amount, "")

    def _signature(self, tree: SumTree, attempt: int, who: LocalSigner, deadline: int) -> bytes:
        return who.sign_typed(
            typed_data.cred_distribution(
                domain_of(self.distributor),
                epoch=tree.epoch,
                attempt=attempt,
                root=tree.root,
                total_cred=tree.total,
                leaf_count=tree.count,
                data_hash=DATA_HASH,
                uri=URI,
                signer=who.address,
                deadline=deadline,
            )
        )
