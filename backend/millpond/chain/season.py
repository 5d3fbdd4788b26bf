# SPDX-License-Identifier: AGPL-3.0-only
"""A season read from the chain: reviews, pots, and of each leaf what became of it.

    source = Source(client, parts, events, kept, last)        as `millpond books` reads them
    season = read_season(source, shelf, None, (1, 3))

Who the leaves are stands in the documents. Where one is not at hand everything else is told.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property

from millpond.chain.abi import Event
from millpond.chain.answers import NO_ADDRESS, Address, Block
from millpond.chain.client import Client
from millpond.chain.contracts import Contract
from millpond.chain.epoch_books import distributor_of, statement_of
from millpond.chain.governance import Support
from millpond.chain.journal import Bookkeeping, Told, commodities_of
from millpond.chain.ledger import Ledger, Posting
from millpond.chain.reviews import Votes
from millpond.chain.verify_code import PoolParts
from millpond.core.books.commodities import Commodities
from millpond.core.books.payees import How
from millpond.core.distribution import Distribution, payouts
from millpond.core.errors import BadInput
from millpond.core.season.facts import (
    Carry,
    End,
    Epoch,
    Flow,
    Leaf,
    Paid,
    Review,
    Season,
    Word,
    ZeroOut,
)
from millpond.core.subjects import Subject, address_of, is_address, to_hex

Names = Mapping[Subject, str]
"""Identities of the people of a document."""

_ENDS = {
    How.CLAIMED: End.CLAIMED,
    How.PAYDAY: End.PAYDAY,
    How.OWED: End.OWED,
    How.FIAT: End.OFF_CHAIN,
}


@dataclass(frozen=True)
class Source:
    """A pool's events and the books made of them, up to a block."""

    client: Client
    parts: PoolParts
    events: list[Told]
    kept: Bookkeeping
    last: Block

    @property
    def first_block(self) -> int:
        """In which the pool was made."""
        return self.events[0].event.log.block_number


@dataclass(frozen=True)
class Shelf:
    """Documents and texts by their hashes, as far as they are at hand."""

    document: Callable[[bytes], Distribution | str]
    """A document, or in words why there is none."""
    text: Callable[[bytes], str | None] = lambda _: None


def read_season(
    source: Source, shelf: Shelf, earmark: int | None, wanted: tuple[int, int] | None
) -> Season:
    """The epochs from one number to another, all of them by default; `BadInput` if none."""
    return _Reader(source, shelf, earmark).season(wanted)


class _Reader:
    """One reading of one distributor."""

    def __init__(self, source: Source, shelf: Shelf, earmark: int | None) -> None:
        self._source, self._shelf = source, shelf
        self._address, self._earmark = distributor_of(source.kept, earmark)
        self._ledger: Ledger = source.kept.ledgers[self._address]
        self._own = [told for told in source.events if told.event.address == self._address]

    def season(self, wanted: tuple[int, int] | None) -> Season:
        """All that is told."""
        numbers = sorted({posting.terms.epoch for posting in self._ledger.postings})
        first, last = wanted or (min(numbers, default=1), max(numbers, default=0))
        chosen = [number for number in numbers if first <= number <= last]
        if not chosen:
            posted = f"{numbers[0]} to {numbers[-1]}" if numbers else "none"
            raise BadInput(
                f"no epoch from {first} to {last} has been posted",
                f"choose of those that were: {posted}",
            )
        epochs = {number: self._epoch(number) for number in numbers if number <= chosen[-1]}
        return Season(
            pool=self._source.parts.name,
            block=self._source.last.number,
            as_of=self._source.last.timestamp,
            epochs=tuple(epochs[number] for number in chosen),
            earlier=tuple(e for number, e in epochs.items() if number < chosen[0] and e.final),
            carries=tuple(
                Carry(told.moment, told.event.args["asset"], told.event.args["carry"])
                for told in self._own
                if told.event.name == "CarryChanged"
            ),
            members=self._votes.members(),
        )

    # --- what is asked once -----------------------------------------------------------------------

    @cached_property
    def _names(self) -> Commodities:
        return commodities_of(self._source.client, self._source.kept)

    @cached_property
    def _votes(self) -> Votes:
        source = self._source
        governor = Contract(source.client, "Governor", source.parts.parts["Governor"])
        events = governor.past_events(None, source.first_block, source.last.number)
        times = {told.event.log.block_number: told.moment for told in source.events}
        for event in events:
            block = event.log.block_number
            if block not in times:
                times[block] = source.client.block(block).timestamp
        return Votes.of((times[event.log.block_number], event) for event in events)

    @cached_property
    def _paid(self) -> dict[int, list[Paid]]:
        kept, found = self._source.kept, dict[int, list[Paid]]()
        own = [each for each in kept.payments.found if each.earmark == self._earmark]
        by_cred = [each for each in own if each.how is not How.VOTE]
        for each in by_cred:
            for share in each.shares:
                paid = Paid(each.subject, each.place.moment, share.amount, _ENDS[each.how])
                found.setdefault(share.epoch, []).append(paid)
        return found

    # --- an epoch ---------------------------------------------------------------------------------

    def _epoch(self, number: int) -> Epoch:
        posting = self._ledger.of_epoch(number)
        assert posting is not None  # noqa: S101  the numbers are those of postings
        document = self._shelf.document(posting.data_hash)
        known = document if isinstance(document, Distribution) else None
        names = {p.subject: p.identity for p in known.people if p.identity} if known else {}
        money = statement_of(
            self._source.kept, self._names, self._source.last.number, self._earmark, number
        )
        final = posting.outcome == "final"
        return Epoch(
            number=number,
            label=known.label if known else None,
            reviews=tuple(
                self._review(each, names)
                for each in self._ledger.postings
                if each.terms.epoch == number
            ),
            money=money,
            paid=tuple(self._paid.get(number, ())) if final else (),
            flows=tuple(self._flows(number)) if final else (),
            leaves=tuple(self._leaves(posting, known, names)) if known and final else None,
            missing=document if isinstance(document, str) else "",
            maintainers=tuple(self._owners(posting)),
            signer_cap_bps=posting.terms.signer_cap_bps,
            weights=known.weights if known else None,
        )

    def _flows(self, epoch: int) -> list[Flow]:
        """All that left a pot, in order."""
        flows = [Flow(paid.at, paid.amount) for paid in self._paid.get(epoch, ())]
        names = {"ShareCapped": "excess", "EpochClosed": "left_over"}
        for told in self._own:
            args = told.event.args
            if told.event.name in names and args["epoch"] == epoch:
                flows.append(Flow(told.moment, args[names[told.event.name]]))
        return sorted(flows, key=lambda flow: flow.at)

    def _owners(self, posting: Posting) -> dict[Address, frozenset[bytes]]:
        found = self._ledger.maintainers.get(posting.terms.maintainers_version)
        return dict(found.subjects) if found else {}

    # --- its review -------------------------------------------------------------------------------

    def _review(self, posting: Posting, names: Names) -> Review:
        vote = self._votes.found[posting.proposal_id]
        terms, end = posting.terms, posting.end
        return Review(
            attempt=terms.attempt,
            outcome=posting.outcome,
            posted_at=vote.made_at,
            closes_at=vote.closes_at,
            ended_at=self._moment(end) if end is not None else None,
            electorate=vote.electorate,
            objected=vote.seats(Support.AGAINST),
            consented=vote.seats(Support.FOR),
            abstained=vote.seats(Support.ABSTAIN),
            zero_outs=tuple(self._zero_outs((terms.epoch, terms.attempt), names)),
        )

    def _moment(self, event: Event) -> int:
        return next(told.moment for told in self._own if told.event == event)

    def _zero_outs(self, attempt: tuple[int, int], names: Names) -> list[ZeroOut]:
        """In the order in which they were struck out, each at most once."""
        said = [
            told
            for told in self._own
            if told.event.name in ("ZeroedOut", "Restored")
            and (told.event.args["epoch"], told.event.args["attempt"]) == attempt
        ]
        restored = {t.event.args["subject"]: t for t in said if t.event.name == "Restored"}
        return [
            ZeroOut(
                subject=to_hex(told.event.args["subject"]),
                who=_who(told.event.args["subject"], names),
                cred=told.event.args["cred"],
                struck=self._word(told),
                restored=self._word(back) if back is not None else None,
            )
            for told in said
            if told.event.name == "ZeroedOut"
            for back in [restored.get(told.event.args["subject"])]
        ]

    def _word(self, told: Told) -> Word:
        digest = bytes(told.event.args["reason_hash"])
        signers = len(told.event.args["signers"])
        return Word(told.moment, signers, to_hex(digest), self._shelf.text(digest))

    # --- its leaves -------------------------------------------------------------------------------

    def _leaves(self, posting: Posting, document: Distribution, names: Names) -> list[Leaf]:
        terms = posting.terms
        struck = self._ledger.struck[terms.epoch, terms.attempt]
        result = payouts(document, terms.pot, terms.grain_per_epoch, terms.minimum, set(struck))
        rows = {row.subject: row for row in result.rows}
        paid = {each.subject: each for each in self._paid.get(terms.epoch, ())}
        owner = {s: account for account, own in self._owners(posting).items() for s in own}
        found = []
        for subject, cred in document.leaves:
            row, payment = rows.get(subject), paid.get(to_hex(subject))
            if row is None:
                due, amount, end = 0, 0, End.STRUCK
            else:
                due, amount = row.amount + row.capped, row.amount
                end = payment.end if payment else self._open(posting, subject, amount)
            if payment is not None:
                amount = payment.amount
            who = _who(subject, names)
            found.append(Leaf(to_hex(subject), who, cred, due, amount, owner.get(subject), end))
        return found

    def _open(self, posting: Posting, subject: Subject, amount: int) -> End:
        """Of a leaf that was not paid."""
        if self._source.last.timestamp >= posting.terms.closes_at:
            return End.LATE
        if amount < posting.terms.minimum:
            return End.BELOW
        if is_address(subject):
            return End.OPEN
        distributor = Contract(self._source.client, "CredDistributor", self._address)
        payee = distributor.payee_of(subject, at=self._source.last.number)
        return End.NO_ACCOUNT if payee == NO_ADDRESS else End.OPEN


def _who(subject: bytes, names: Names) -> str:
    """The identity where the document names it; else the account or the subject."""
    found = Subject(subject)
    return names.get(found) or (address_of(found) if is_address(found) else to_hex(found))
