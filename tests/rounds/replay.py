# SPDX-License-Identifier: AGPL-3.0-only
"""Somebody else's round as an epoch of ours, by every real part from the document to the payment.

The pool is one that the Hub made: real Pool, Governor, Grain, Identity and CredDistributor. The
document is the builder's, read back from its bytes before it is signed; index, cred and proof of a
claim are cut from it. Leaf = the published amount, gift = what the caller says, p = 100 %.
"""

from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

from millpond.chain.distributions import Terms, claim_of, message, signed_post, whole_list
from millpond.core.canonical import keccak256
from millpond.core.cred import CredHistory, PersonCred, sorted_people
from millpond.core.distribution import Distribution, InputFile, Posted, build, to_json, verify
from millpond.core.policies import policy_named
from millpond.core.subjects import Subject, address_of, of_address
from millpond.core.units import MicroCred
from millpond.core.weeks import weeks_of_month
from tests.contracts import distributors
from tests.contracts.coop import FOR, Coop, Proposal, named
from tests.contracts.evm import Evm
from tests.rounds.published import Round

URI = "https://mill.example.org/rounds.json"
WEEKS = weeks_of_month("2019-09")
GRAIN = 1_000 * 10**18
A_PART = 64  # leaves of one payday, well within the gas of one transaction


@dataclass(frozen=True)
class Floors:
    """What floor(pot * amount / sum) gives each address, in exact fractions, and what is left."""

    amounts: dict[str, int]
    dust: int

    @classmethod
    def of(cls, published: Round, pot: int) -> "Floors":
        """By the definition."""
        shares = {who: Fraction(mine, published.total) for who, mine in published.amounts.items()}
        amounts = {who: int(pot * share) for who, share in shares.items() if share}
        return cls(amounts, pot - sum(amounts.values()))


def document_of(coop: Coop, published: Round) -> Distribution:
    """The document that the builder makes of a round, as its bytes say it."""
    people = [
        PersonCred(of_address(who), None, (MicroCred(amount), *[MicroCred(0)] * (len(WEEKS) - 1)))
        for who, amount in published.amounts.items()
    ]
    note = "a round that was paid elsewhere"
    inputs = [InputFile(name, None, note) for name in ("graph", "identities", "weights")]
    built = build(
        chain_id=coop.evm.chain_id,
        pool=coop.pool.address,
        distributor=coop.distributor.address,
        epoch=1,
        history=CredHistory(WEEKS, sorted_people(people)),
        policy=policy_named("proportional", {}),
        inputs=[*inputs, InputFile("scores", keccak256(repr(people).encode()), note)],
        signer_cap_bps=10_000,
        signers={maintainer.address: [] for maintainer in coop.maintainers},
    )
    return verify(to_json(built))


class Replay:
    """A co-op whose first epoch is a round that others have paid, up to the day of its claims."""

    def __init__(self, published: Round, gift: int, declared_total: int = 0) -> None:
        """`declared_total` is signed and posted in the place of the document's own, if it is given.

        The maintainers may sign whatever they like; every other test is of what the document says.
        """
        self.evm = Evm()
        self._declared_total = declared_total
        self.coop = Coop(self.evm)
        policy = distributors.Policy(self.coop.dollar, 1, minimum=1, grain_per_epoch=GRAIN)
        opening = self.coop.opening(self.coop.distributor, True, policy.params())
        self.coop.enact(opening, text="open the earmark")
        self.document = document_of(self.coop, published)
        self.coop.give(gift, self.coop.dollar, 1)
        self.evm.warp(policy.epoch_length)
        self.terms = self._reviewed(self._posted())

    def _posted(self) -> tuple[Terms, Proposal]:
        """Signed by two of three maintainers and posted by somebody else."""
        coop, document = self.coop, self.document
        attempt, until = coop.distributor.head().attempt, self.evm.now + distributors.DAY
        if self._declared_total:
            document = replace(document, total=MicroCred(self._declared_total))
        signatures = [
            (who.address, who.sign(message(document, attempt, URI, who.address, until)))
            for who in coop.maintainers[:2]
        ]
        post = signed_post(document, attempt, URI, until, signatures)
        coop.clerk.post(*post.arguments, sender=coop.relayer)
        (posted,) = named(self.evm, "DistributionPosted")
        (raised,) = named(self.evm, "ProposalCreated")
        terms = Terms.of(posted.args["terms"])
        if not self._declared_total:
            self._same_as_posted(terms, posted.args["data_hash"])
        proposal = Proposal(
            raised.args["proposalId"],
            list(raised.args["targets"]),
            list(raised.args["values"]),
            list(raised.args["calldatas"]),
            raised.args["description"],
        )
        return terms, proposal

    def _same_as_posted(self, terms: Terms, data_hash: bytes) -> None:
        """Every step of the document holds, and the chain has exactly this document."""
        said = Posted(
            chain_id=self.evm.chain_id,
            distributor=self.coop.distributor.address,
            epoch=terms.epoch,
            root=terms.root,
            total_cred=terms.total_cred,
            leaf_count=terms.leaf_count,
            data_hash=data_hash,
        )
        verify(to_json(self.document), said)

    def _reviewed(self, posted: tuple[Terms, Proposal]) -> Terms:
        """The members consent, the week passes, and anybody makes it final."""
        terms, proposal = posted
        self.evm.warp(1)
        self.coop.vote(proposal, FOR, *self.coop.founders)
        self.evm.warp_to(self.coop.governor.proposalDeadline(proposal.id) + 1)
        self.coop.execute(proposal)
        (final,) = named(self.evm, "DistributionFinalised")
        return terms.final(final.args["excluded"], final.args["closes_at"])

    # --- how it is paid ---------------------------------------------------------------------

    def payday(self) -> None:
        """Everybody by the whole list, whose root the contract computes again."""
        leaves = whole_list(self.document)
        for first in range(0, len(leaves), A_PART):
            end = min(first + A_PART, len(leaves))
            arguments = (bytes(32), self.terms.packed, leaves, first, end)
            self.coop.distributor.payday(*arguments, sender=self.coop.relayer)

    def claims(self) -> None:
        """Each leaf by its own proof, brought by somebody else."""
        for subject, _ in self.document.leaves:
            self.claim(subject)

    def claim(self, subject: Subject) -> None:
        """One leaf by its proof."""
        index, cred, proof = claim_of(self.document, subject)
        claim = (self.terms.packed, index, cred)
        to = address_of(subject)
        arguments = (subject, bytes(32), [claim], proof, to)
        self.coop.distributor.claim(*arguments, sender=self.coop.relayer)

    def close(self) -> None:
        """Claims are over; whatever is left goes to the next pot."""
        self.evm.warp_to(self.terms.closes_at)
        self.coop.distributor.close_epoch(bytes(32), self.terms.packed, sender=self.coop.relayer)

    # --- what came of it --------------------------------------------------------------------

    def received(self) -> dict[str, int]:
        """What each address of the document has by now, in the asset's smallest unit."""
        people = [address_of(person.subject).lower() for person in self.document.people]
        held = {who: self.coop.dollar.balanceOf(who) for who in people}
        return {who: amount for who, amount in held.items() if amount}

    def grain(self) -> dict[str, int]:
        """What each address has of the grain."""
        people = [address_of(person.subject).lower() for person in self.document.people]
        held = {who: self.coop.grain.balanceOf(who) for who in people}
        return {who: amount for who, amount in held.items() if amount}

    def left(self) -> dict[str, Any]:
        """What the pool holds and has promised, and what of the pot is booked as paid."""
        pool, dollar = self.coop.pool, self.coop.dollar
        held = dollar.balanceOf(pool)
        return {
            "held": held,
            "reserved": held - pool.unreserved(1, dollar),
            "paid": self.coop.distributor.paid_of(1),
        }


def held_to(replay: Replay, published: Round, pot: int) -> Floors:
    """Every address has exactly its floor of the pot and of the grain; the pool has the dust."""
    floors = Floors.of(published, pot)
    assert replay.terms.pot == pot
    assert replay.received() == floors.amounts
    assert replay.grain() == Floors.of(published, GRAIN).amounts
    left = {"held": floors.dust, "reserved": floors.dust, "paid": pot - floors.dust}
    assert replay.left() == left
    return floors
