# SPDX-License-Identifier: AGPL-3.0-only
"""A co-op's whole story on the in-process EVM, with real contracts and the real month of 2019-09.

    story = Story(folder)
    story.found() ... story.payday()        or Story.told(folder): all of it
    story.mirror                            the database, up to the last block
    story.shelf                             the folder of documents

Gifts (one anonymous, one with a hostile note), proposals in every state, an epoch that was voided,
one that is final with leaves paid, waiting and carried, and one under review.
"""

from collections.abc import Sequence
from copy import copy
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from eth_utils.crypto import keccak

from millpond.core.cred import CredHistory, PersonCred, sorted_people
from millpond.core.distribution import (
    Distribution,
    Exclusion,
    Previous,
    build,
    data_hash,
    payouts,
    to_json,
)
from millpond.core.policies import policy_named
from millpond.core.subjects import Subject, of_address, to_hex
from millpond.core.units import MicroCred
from millpond.core.weeks import weeks_of_month
from millpond.mirror.documents import Shelf
from millpond.mirror.reads.snapshot import Mirror
from millpond.mirror.stores import Place
from tests.contracts import registry
from tests.contracts.coop import ABSTAIN, AGAINST, FOR, Coop, Proposal, content_id
from tests.contracts.distributors import DAY, MONTH, Policy, typed
from tests.contracts.evm import ETH, Actor
from tests.core import month
from tests.mirror.feed import Chronicle, Feed
from tests.mirror.places import database

DOLLARS = 10**6
GRAIN = 1_000 * 10**18
MINIMUM = 5 * DOLLARS
HOSTILE = "<script>alert('mill')</script> \u202egnorw\u202c \0 &amp; \"quoted\""
BAD_UTF8 = b"\xff\xfe broken \xf0\x28"
CLOCK = 4_000_000_000
"""The reader's clock, long after the chain's."""
GIFTS = ((800, False), (600, True), (450, False), (150, False))
"""Dollars to the earmark 1, and whether the patron asked not to be named."""


@dataclass(frozen=True)
class Posted:
    """A document that was posted, and its consent proposal."""

    document: Distribution
    proposal: Proposal
    terms: dict[str, Any]
    """As the event of the post gave them; those of the end of the review come with `finalise`."""


class Story:
    """What happens is told in methods; what is there at any time in fields."""

    def __init__(self, folder: Path, founders: int = 5) -> None:
        self.evm = Chronicle()
        self.coop = Coop(self.evm, founders)
        self.place, self.folder = database(folder), folder / "documents"
        self.feed = Feed(self.evm, self.coop.hub, self.coop.identity, self.place)
        self.mirror, self.shelf = Mirror(self.place), Shelf(self.folder)
        self.dollar = self.coop.dollar
        self.patrons = [self.evm.actor(f"patron {n}") for n in range(len(GIFTS))]
        self.relayer = self.evm.actor("relayer")
        self.posts: list[Posted] = []
        self.tell()

    @classmethod
    def told(cls, folder: Path) -> "Story":
        """All of it."""
        story = cls(folder)
        story.open_earmark()
        story.give_all()
        story.propose_all()
        story.evm.warp(MONTH)
        story.refuse(story.post())
        story.link(16)
        story.finalise(story.post())
        story.payday()
        story.next_month()
        story.under_way()
        story.review()
        story.tell()
        return story

    def again(self, place: Place) -> "Story":
        """The same story, mirrored at another place too."""
        other = copy(self)
        other.place, other.mirror = place, Mirror(place)
        other.feed = Feed(self.evm, self.coop.hub, self.coop.identity, place)
        other.tell(warp=False)
        return other

    def tell(self, warp: bool = True) -> None:
        """Let the mirror know, with a writer that says it is well."""
        cursor = self.feed.tell(warp)
        self.feed.store.say(cursor.block_number, CLOCK, None)

    # --- money in -------------------------------------------------------------------------------

    def open_earmark(self, **terms: Any) -> Proposal:
        """The restricted earmark 1, which the distributor pays out; by a rules vote."""
        policy = Policy(self.dollar, 1, minimum=MINIMUM, grain_per_epoch=GRAIN, **terms)
        action = self.coop.opening(self.coop.distributor, True, policy.params())
        return self.coop.enact(action, text="Open the earmark cred\n\nPay people by their cred.")

    def give_all(self) -> None:
        """2,000.00 to the earmark, one gift unnamed; ETH and a hostile note to the general fund."""
        for patron, (dollars, unnamed) in zip(self.patrons, GIFTS, strict=True):
            self.give(patron, dollars * DOLLARS, unnamed, note=f"{dollars} dollars")
        give = self.coop.pool.give
        give(0, ETH, 3 * 10**18, HOSTILE, sender=self.patrons[0], value=3 * 10**18)
        self.raw_note(self.patrons[3], BAD_UTF8)
        self.evm.warp(60)

    def give(self, patron: Actor, amount: int, unnamed: bool = False, note: str = "") -> None:
        """Print, allow and give to the earmark 1."""
        self.dollar.mint(patron, amount, sender=patron)
        self.dollar.approve(self.coop.pool, amount, sender=patron)
        self.coop.pool.give(1, self.dollar, amount, note, unnamed, sender=patron)

    def raw_note(self, patron: Actor, note: bytes) -> None:
        """A gift of one wei whose note is no UTF-8: the contract takes any bytes."""
        place = "~" * len(note)
        data = self.coop.pool.calldata("give", 0, ETH, 1, place)
        events = self.evm._events  # noqa: SLF001  the bench reads texts strictly, so not this once
        kept = dict(events)
        events.clear()
        self.evm.call(patron, self.coop.pool, data.replace(place.encode(), note), value=1)
        events.update(kept)

    # --- votes ----------------------------------------------------------------------------------

    def propose_all(self) -> None:
        """One proposal of each kind of end, and some that are under way."""
        coop, (one, two, three, *others) = self.coop, self.coop.founders
        coop.give(10**18)
        spend = coop.spending(self.evm.actor("payee"), 10**15)
        executed = coop.opened(spend, (self.evm.actor("payee"), 0, b""), text="Pay the printer")
        coop.governor.castVoteWithReason(executed.id, FOR, "She printed it.", sender=one)
        coop.vote(executed, FOR, two, three)
        coop.vote(executed, AGAINST, *others)
        defeated = coop.opened(coop.spending(one, 10**18), text=HOSTILE, by=two)
        coop.vote(defeated, AGAINST, one, three)
        coop.governor.castVoteWithReason(defeated.id, FOR, HOSTILE, sender=two)
        canceled = coop.propose(coop.offering(self.evm.actor("friend")), text="Too early", by=three)
        coop.governor.cancel(*canceled.content, sender=three)
        self.evm.warp_to(coop.governor.proposalEta(executed.id))
        coop.execute(executed)
        self.evm.warp(3 * DAY)

    def under_way(self) -> list[Proposal]:
        """Queued, active and pending at the same time, with signed ballots and a changed mind."""
        coop, (one, two, three, four, five) = self.coop, self.coop.founders
        queued = coop.opened(coop.offering(self.evm.actor("newcomer")), text="Welcome a newcomer")
        words = coop.signed(queued, one, FOR) + coop.signed(queued, two, FOR)
        coop.carry(queued, words, [keccak(text="a reason"), bytes(32)])
        coop.vote(queued, AGAINST, three)
        coop.vote(queued, FOR, three, four)
        self.evm.warp_to(coop.governor.proposalDeadline(queued.id) - 2 * DAY)
        token = self.dollar.calldata("transfer", four, 25 * DOLLARS)
        active = coop.propose((self.dollar, 0, token), text="A" * 4096, by=two)
        self.evm.warp_to(coop.governor.proposalDeadline(queued.id) + 1)
        coop.vote(active, ABSTAIN, five)
        unknown = (self.evm.actor("a stranger's contract"), 7, b"\xde\xad\xbe\xef" + bytes(64))
        pending = coop.propose(unknown, text="Call something unknown", by=three)
        return [queued, active, pending]

    # --- distributions --------------------------------------------------------------------------

    def document(
        self,
        epoch: int,
        previous: Previous | None,
        exclusions: Sequence[Exclusion] = (),
        signer_cap_bps: int = 10_000,
        owner: tuple[Actor, list[bytes]] | None = None,
        accounts: Sequence[Actor] = (),
    ) -> Distribution:
        """The real month, for this pool; after it, October with the same cred. `owner` is a
        maintainer and her leaves; `accounts` are people who are paid by address."""
        real = month.history()
        weeks = real.weeks if previous is None else weeks_of_month("2019-10")
        cred = tuple(MicroCred(50_000_000) for _ in weeks)
        more = [PersonCred(of_address(each.address), None, cred) for each in accounts]
        signers: dict[str, list[Subject]] = {each.address: [] for each in self.coop.maintainers}
        if owner is not None:
            signers[owner[0].address] = [Subject(subject) for subject in owner[1]]
        return build(
            chain_id=self.evm.chain_id,
            pool=self.coop.pool.address,
            distributor=self.coop.distributor.address,
            epoch=epoch,
            previous=previous,
            history=CredHistory(weeks, sorted_people([*real.people, *more])),
            policy=policy_named("proportional", {}),
            inputs=month.inputs(),
            signer_cap_bps=signer_cap_bps,
            exclusions=exclusions,
            signers=signers,
        )

    def post(
        self,
        document: Distribution | None = None,
        shelve: bool = True,
        published: Distribution | None = None,
        digest: bytes = b"",
    ) -> Posted:
        """Signed by two maintainers, posted, and put on the shelf. They may lie: `published` is
        another document, under whose hash this one is posted; `digest` any hash at all."""
        coop, head = self.coop, self.coop.distributor.head()
        document = document or self.document(1, None)
        published = published or document
        digest = digest or data_hash(published)
        uri = f"https://mill.example/v1/documents/{to_hex(digest)}"
        fields = {
            "epoch": document.epoch, "attempt": head.attempt, "root": document.root,
            "totalCred": document.total, "leafCount": document.leaf_count, "dataHash": digest,
            "uri": uri,
        }  # fmt: skip
        signers, deadline = coop.maintainers[:2], self.evm.now + DAY
        signatures = [
            signer.sign(
                typed(
                    coop.distributor,
                    "CredDistribution",
                    fields | {"signer": signer.address, "deadline": deadline},
                )
            )
            for signer in signers
        ]
        coop.clerk.post(
            coop.distributor, document.epoch, document.root, document.total,
            document.leaf_count, digest, uri, deadline, signers, signatures, sender=self.relayer,
        )  # fmt: skip
        if shelve:
            self.put(published)
        terms = dict(self._said("DistributionPosted")["terms"]._asdict())
        self.posts.append(Posted(document, self._raised(), terms))
        return self.posts[-1]

    def put(self, document: Distribution) -> None:
        """Publish a document."""
        self.shelf.put(to_json(document))

    def _said(self, name: str) -> dict[str, Any]:
        """The one event of that name in the last call."""
        [args] = [log.args for log in self.evm.logs if log.name == name]
        return args

    def _raised(self) -> Proposal:
        """The consent proposal, as the Governor announced it."""
        args = self._said("ProposalCreated")
        columns = (args["targets"], args["values"], args["calldatas"])
        made = Proposal(args["proposalId"], *columns, args["description"])
        assert made.id == content_id(list(zip(*columns, strict=True)), made.text)
        return made

    def refuse(self, posted: Posted) -> None:
        """Most object; the pot is freed."""
        self.evm.warp(1)
        self.coop.vote(posted.proposal, AGAINST, *self.coop.founders[:4])
        self.evm.warp(8 * DAY)
        self.coop.distributor.void(posted.document.epoch, sender=self.relayer)

    def finalise(self, posted: Posted) -> None:
        """Nobody objects; a week later it is final."""
        self.evm.warp(1)
        self.coop.vote(posted.proposal, FOR, *self.coop.founders[:3])
        self.evm.warp(8 * DAY)
        self.coop.execute(posted.proposal)
        said = self._said("DistributionFinalised")
        posted.terms.update(excluded=said["excluded"], closes_at=said["closes_at"])

    def person(self, identity: str) -> Actor:
        """The account of a contributor."""
        return self.evm.actor(identity)

    def people(self) -> list[str]:
        """Identities of everybody with a leaf, the largest amount first."""
        rows = payouts(self.document(1, None), 2_000 * DOLLARS, GRAIN, MINIMUM).rows
        return [str(row.identity) for row in sorted(rows, key=lambda r: (-r.amount, r.subject))]

    def link(self, count: int, first: int = 0, wait: bool = True) -> None:
        """So many people link their identities to accounts."""
        for identity in self.people()[first : first + count]:
            self.link_one(keccak(text=identity), self.person(identity))
        if wait:
            self.evm.warp(registry.WAIT)

    def link_one(self, identity: bytes, account: Actor, pool: Any = None) -> None:
        """Two attesters and the account sign, for another pool if told."""
        coop, now = self.coop, self.evm.now
        place = coop.pool if pool is None else coop.pool.at(pool)
        request = registry.Request(place, identity, account, now, now + DAY)
        signers = [*coop.attesters[:2], account]
        signed = [
            signer.sign(registry.typed(coop.identity, "IdentityLink", request.message(signer)))
            for signer in signers
        ]
        coop.identity.link(
            place, identity, account, now, request.proof_hash, request.proof_uri,
            request.deadline, coop.attesters[:2], signed[:2], signed[2], sender=self.relayer,
        )  # fmt: skip

    def payday(self, posted: Posted | None = None) -> None:
        """Everybody with an account and at least the minimum."""
        posted = posted or self.posts[-1]
        distributor, document = self.coop.distributor, posted.document
        packed = self.coop.clerk.pack_terms(tuple(posted.terms.values()))
        leaves = [(bytes(subject), int(cred)) for subject, cred in document.leaves]
        previous = distributor.epoch_hash_of(document.epoch - 1)
        distributor.payday(previous, packed, leaves, 0, len(leaves), sender=self.relayer)
        self.evm.warp(60)

    def claim_at_last(self, identity: str) -> None:
        """A claim of the first epoch by everything that this side knows of it."""
        posted, subject = self.posts[0], keccak(text=identity)
        tree = posted.document.tree()
        leaf = tree.leaf(tree.index_of(subject))
        packed = self.coop.clerk.pack_terms(tuple(posted.terms.values()))
        claims = [(packed, leaf.index, leaf.cred)]
        to = self.person(identity)
        self.coop.distributor.claim(
            subject, bytes(32), claims, tree.proof(leaf.index), to, sender=self.relayer
        )

    def next_month(self) -> None:
        """Another gift, and the time until another post."""
        self.give(self.patrons[2], 1_234_567_891)
        self.evm.warp(MONTH)

    def review(self) -> Posted:
        """The second document, posted and not yet decided; its weeks follow the first's."""
        first = self.posts[-1].document
        previous = Previous(1, data_hash(first), first.weeks[-1].end_ms)
        return self.post(self.document(2, previous))
