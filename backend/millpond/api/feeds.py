# SPDX-License-Identifier: AGPL-3.0-only
"""What the feeds of a pool tell: its proposals, its epochs, or all that happens in it."""

from collections.abc import Iterator, Mapping

from millpond.api.atom import Entry, Feed
from millpond.api.pages.cards import text_of, title_of
from millpond.core.figures import money, plural
from millpond.mirror.reads import distributions, pools, proposals
from millpond.mirror.reads import money as gifts
from millpond.mirror.reads.distributions import Distribution
from millpond.mirror.reads.money import Gift
from millpond.mirror.reads.pools import Member, Pool
from millpond.mirror.reads.proposals import Proposal
from millpond.mirror.reads.snapshot import Range, Snapshot

MOST = 50
"""Entries of a feed."""
_NEWEST = Range(MOST, newest_first=True)


class Told:
    """The entries of one pool as of one block. `base` is the address of this server."""

    def __init__(self, now: Snapshot, pool: Pool, base: str) -> None:
        self.now, self.pool, self.base = now, pool, base
        self._page = f"{base}/pools/{pool.name}"
        self._name = f"urn:millpond:{now.as_of.chain_id}:{pool.address.lower()}"
        self._second = now.as_of.block_timestamp

    def feed(self, kind: str, own_link: str) -> Feed:
        """One of `FEEDS`."""
        entries = sorted(FEEDS[kind](self), key=lambda entry: (-entry.updated, entry.name))
        title = self.pool.name if kind == "pool" else f"{self.pool.name}: {kind}"
        name = f"{self._name}:{kind}"
        return Feed(name, title, self._page, own_link, self._second, entries[:MOST])

    def proposals(self) -> Iterator[Entry]:
        """How each stands; an entry moves up when that changes."""
        epochs = distributions.epochs_by_proposal(self.now, self.pool)
        for each in proposals.listed(self.now, self.pool, _NEWEST).items:
            yield self._proposal(each, epochs)

    def epochs(self) -> Iterator[Entry]:
        """What was posted, and what became of it."""
        for each in distributions.listed(self.now, self.pool, _NEWEST).items:
            yield self._epoch(each)

    def everything(self) -> Iterator[Entry]:
        """Proposals, epochs, gifts, and who joined or left."""
        yield from self.proposals()
        yield from self.epochs()
        for gift in gifts.gifts(self.now, self.pool, _NEWEST).items:
            yield self._gift(gift)
        for member in pools.members(self.now, self.pool, _NEWEST).items:
            yield self._member(member)

    def _proposal(self, found: Proposal, epochs: Mapping[str, int]) -> Entry:
        turns = (found.created_at, found.opens_at, found.closes_at, found.eta, found.expires_at)
        ended = found.executed_at or found.canceled_at
        past = [turn for turn in turns if turn <= self._second]
        tally = found.tally
        counted = f"{tally.in_favour} for, {tally.against} against, {tally.abstain} abstain"
        return Entry(
            name=f"{self._name}:proposal:{found.id}",
            title=f"{title_of(found, epochs)} ({found.state})",
            link=f"{self._page}/proposals/{found.id}",
            published=found.created_at,
            updated=ended or max(past),
            text=f"{found.state}; {counted} of {found.electorate}.\n\n{text_of(found)}",
            author=found.proposer,
        )

    def _epoch(self, found: Distribution) -> Entry:
        number = f"{found.distributor.lower()}:{found.epoch}:{found.attempt}"
        return Entry(
            name=f"{self._name}:epoch:{number}",
            title=f"Epoch {found.epoch}, attempt {found.attempt}: {found.state}",
            link=f"{self._page}/epochs/{found.epoch}",
            published=found.posted_at,
            updated=found.final_at or found.posted_at,
            text=f"{money(found.pot)} for {plural(found.leaf_count, 'leaf')}; "
            f"{money(found.paid)} paid so far.",
        )

    def _gift(self, found: Gift) -> Entry:
        patron = found.patron or "A patron who asked not to be named"
        said = f"{patron} gave {money(found.amount)} to earmark {found.earmark_id}."
        return Entry(
            name=f"{self._name}:gift:{found.block_number}.{found.log_index}",
            title=f"A gift of {money(found.amount)}",
            link=self._page,
            published=found.given_at,
            updated=found.given_at,
            text=f"{said}\n\n{found.note}",
            author=found.patron,
        )

    def _member(self, found: Member) -> Entry:
        verb = "is a member" if found.is_member else "left"
        return Entry(
            name=f"{self._name}:seat:{found.seat}",
            title=f"{found.account} {verb}",
            link=self._page,
            published=found.joined_at,
            updated=found.left_at or found.joined_at,
            text=f"Seat {found.seat}.",
        )


FEEDS = {"pool": Told.everything, "proposals": Told.proposals, "epochs": Told.epochs}
"""By name."""
