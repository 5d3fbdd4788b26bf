# SPDX-License-Identifier: AGPL-3.0-only
"""Who took part in reviews, by the Governor's events; and a season read from a real chain."""

from dataclasses import replace
from typing import Any

import pytest

from millpond.chain.abi import Event
from millpond.chain.answers import Address, Log
from millpond.chain.contracts import Contract
from millpond.chain.governance import Support
from millpond.chain.journal import Told, keep, read_events
from millpond.chain.reviews import Votes
from millpond.chain.season import Shelf, Source, read_season
from millpond.chain.verify_code import find_pool
from millpond.chain.verify_zero_outs import check_zero_outs
from millpond.core.canonical import keccak256
from millpond.core.distribution import data_hash
from millpond.core.errors import BadInput, VerifyError
from millpond.core.season.facts import End
from millpond.core.subjects import to_hex
from tests.chain.coop import DOLLAR, FOUNDERS, Story
from tests.core import month

GOVERNOR = Address("0x5FbDB2315678afecb367f032d93F642f64180aa3")
ADA, BOB, NEW = (Address("0x" + letter * 40) for letter in "ABC")


def event(name: str, **args: Any) -> Event:
    return Event(name, args, Log(GOVERNOR, (), b"", 7, bytes(32), 0, bytes(32)))


def admitted(account: Address, seat: int) -> Event:
    return event("MemberAdmitted", account=account, seat=seat, times_joined=1)


def cast(account: Address, support: int) -> Event:
    return event("VoteCast", voter=account, proposalId=9, support=support, weight=1, reason="")


MADE = event("ProposalCreated", proposalId=9, voteEnd=700)


# --- ballots --------------------------------------------------------------------------------------


def test_votes__last_ballot_of_a_seat_counts_also_from_its_new_account() -> None:
    found = Votes.of(
        [
            (10, admitted(ADA, 1)),
            (10, admitted(BOB, 2)),
            (100, MADE),
            (110, cast(ADA, 0)),
            (111, cast(BOB, 1)),
            (120, event("MemberRebound", seat=1, old=ADA, new=NEW)),
            (130, cast(NEW, 2)),
        ]
    )
    vote = found.found[9]
    assert vote.seats(Support.AGAINST) == frozenset()
    assert vote.seats(Support.FOR) == {2}
    assert vote.seats(Support.ABSTAIN) == {1}


def test_votes__electorate__the_members_as_the_second_of_the_post_began() -> None:
    found = Votes.of(
        [
            (10, admitted(ADA, 1)),
            (10, admitted(BOB, 2)),
            (50, event("MemberRemoved", account=BOB, seat=2)),
            (100, admitted(NEW, 3)),
            (100, MADE),
            (101, event("MemberRemoved", account=ADA, seat=1)),
        ]
    )
    assert found.found[9].electorate == 1
    assert found.members() == 1
    assert found.members(100) == 1
    assert found.members(101) == 2


@pytest.mark.parametrize("name", ["ProposalClosed", "ConsentExtended"])
def test_votes__made_shorter_or_longer__until_then(name: str) -> None:
    later = event(name, proposalId=9, closes_at=999)
    assert Votes.of([(100, MADE)]).found[9].closes_at == 700
    assert Votes.of([(100, MADE), (200, later)]).found[9].closes_at == 999


# --- a whole season -------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def source(long: Story) -> Source:
    client = long.coop.client
    parts = find_pool(Contract(client, "Hub", long.coop.hub.address), "credsperiment")
    last = client.block()
    events = read_events(client, parts, 0, last)
    return Source(client, parts, events, keep(parts, events), last)


@pytest.fixture(scope="module")
def shelf(long: Story) -> Shelf:
    known = {data_hash(each): each for each in long.documents}
    return Shelf(lambda digest: known.get(digest, "not there"))


def test_read_season__reviews__as_the_governor_counts(
    source: Source, shelf: Shelf, long: Story
) -> None:
    found = read_season(source, shelf, None, None)
    assert [epoch.number for epoch in found.epochs] == [1, 2]
    governor, postings = long.coop.governor, source.kept.ledgers[long.coop.distributor.address]
    reviews = [review for epoch in found.epochs for review in epoch.reviews]
    for review, posting in zip(reviews, postings.postings, strict=True):
        counts = len(review.objected), len(review.consented), len(review.abstained)
        assert counts == governor.proposalVotes(posting.proposal_id)
        assert review.closes_at == governor.proposalDeadline(posting.proposal_id)
        assert review.electorate == len(FOUNDERS)
        assert review.posted_at == governor.proposalSnapshot(posting.proposal_id)
    assert [review.outcome for review in reviews] == ["void", "final", "under review"]
    assert reviews[2].ended_at is None


def test_read_season__leaves__add_up_to_the_pot_but_for_dust(source: Source, shelf: Shelf) -> None:
    one, two = read_season(source, shelf, None, None).epochs
    assert two.leaves is None
    assert one.leaves is not None
    assert 0 <= 2_000 * DOLLAR - sum(leaf.due for leaf in one.leaves) < len(one.leaves)
    [paid] = [leaf for leaf in one.leaves if leaf.end is End.PAYDAY]
    assert (paid.amount, paid.due > paid.amount) == (500 * DOLLAR, True)
    assert paid.maintainer is not None
    assert sum(flow.amount for flow in one.flows) == paid.due


def test_read_season__without_documents__the_chain_alone(source: Source) -> None:
    bare = Shelf(lambda _: "not there")
    found = read_season(source, bare, None, (1, 1))
    [one] = found.epochs
    assert (one.leaves, one.missing, one.label) == (None, "not there", None)
    assert len(one.paid) == 1
    assert found.members == len(FOUNDERS)


@pytest.mark.parametrize(("earmark", "epochs"), [(7, None), (1, (3, 9))])
def test_read_season__no_such_earmark_or_epoch__is_refused(
    source: Source, shelf: Shelf, earmark: int, epochs: tuple[int, int] | None
) -> None:
    with pytest.raises(BadInput):
        read_season(source, shelf, earmark, epochs)


# --- struck out, put back -------------------------------------------------------------------------

REASON = "a second account of hers"


def told(story: Story, name: str, order: int, **args: Any) -> Told:
    """Something that the distributor says in the review of the second attempt at epoch 1."""
    block = story.coop.posts[1].block_number
    said = {"epoch": 1, "attempt": 2, "signers": [FOUNDERS[0].address, FOUNDERS[1].address]}
    log = Log(story.coop.distributor.address, (), b"", block, bytes(32), 900 + order, bytes(32))
    return Told("CredDistributor", 1_000 + order, Event(name, said | args, log))


def reviewed(source: Source, *more: Told) -> Source:
    """The season with more said in that review."""
    events = [*source.events, *more]
    events.sort(key=lambda each: (each.event.log.block_number, each.event.log.index))
    return replace(source, events=events, kept=keep(source.parts, events))


def test_read_season__struck_out_and_put_back__who_when_and_why(
    source: Source, shelf: Shelf, long: Story
) -> None:
    one, two = (subject for subject, _ in long.documents[0].leaves[:2])
    digest = keccak256(REASON.encode())
    said = reviewed(
        source,
        told(long, "ZeroedOut", 0, subject=one, cred=5, reason_hash=digest),
        told(long, "ZeroedOut", 1, subject=two, cred=6, reason_hash=bytes(32)),
        told(long, "Restored", 2, subject=two, cred=6, reason_hash=digest),
    )
    texts = replace(shelf, text={digest: REASON}.get)
    epoch = read_season(said, texts, None, (1, 1)).epochs[0]
    assert epoch.reviews[0].zero_outs == ()
    first, second = epoch.reviews[1].zero_outs
    assert (first.subject, first.cred, first.restored) == (to_hex(one), 5, None)
    assert (first.struck.at, first.struck.signers, first.struck.reason) == (1_000, 2, REASON)
    assert (second.struck.reason, second.struck.reason_hash) == (None, to_hex(bytes(32)))
    assert second.restored is not None
    assert (second.restored.at, second.restored.reason) == (1_002, REASON)
    assert epoch.leaves is not None
    struck = [leaf for leaf in epoch.leaves if leaf.end is End.STRUCK]
    assert [(leaf.subject, leaf.due, leaf.amount) for leaf in struck] == [(to_hex(one), 0, 0)]


def test_read_season__settled_off_chain__counts_as_that_and_leaves_the_pot(
    source: Source, shelf: Shelf, long: Story
) -> None:
    subject = next(s for s, _ in long.documents[0].leaves if s != month.who("decentralion"))
    last = source.events[-1]
    log = last.event.log._replace(address=long.coop.distributor.address, index=10**6)
    payment = {"subject": subject, "epoch": 1, "payee": FOUNDERS[0].address, "amount": 77}
    event_ = Event("SettledOffChain", payment | {"reference": bytes(32), "grain": 0}, log)
    said = reviewed(source, Told("CredDistributor", last.moment, event_))
    epoch = read_season(said, shelf, None, (1, 1)).epochs[0]
    assert epoch.leaves is not None
    [leaf] = [leaf for leaf in epoch.leaves if leaf.end is End.OFF_CHAIN]
    assert (leaf.subject, leaf.amount) == (to_hex(subject), 77)
    assert epoch.money.off_chain == 77
    assert epoch.flows[-1].amount == 77


# --- verified -------------------------------------------------------------------------------------


def test_check_zero_outs__events_document_and_terms__must_agree(
    source: Source, long: Story
) -> None:
    document = long.documents[0]
    (one, cred), (two, other) = document.leaves[:2]
    digest = keccak256(REASON.encode())

    def checked(*more: Told, excluded: int = 0) -> str:
        kept = reviewed(source, *more).kept
        ledger = kept.ledgers[long.coop.distributor.address]
        posting = ledger.of_epoch(1)
        assert posting is not None
        posting.terms = replace(posting.terms, excluded=excluded)
        return check_zero_outs(document, ledger, posting)

    out = told(long, "ZeroedOut", 0, subject=one, cred=int(cred), reason_hash=digest)
    more = told(long, "ZeroedOut", 1, subject=two, cred=int(other), reason_hash=digest)
    back = told(long, "Restored", 2, subject=two, cred=int(other), reason_hash=digest)
    assert checked().startswith("nobody was struck out")
    assert checked(out, more, back, excluded=cred).startswith("1 struck out")
    assert checked(out, more, excluded=cred + other).startswith("2 struck out")
    for events, excluded in (((), 1), ((out,), 0), ((out, more, back), cred + other)):
        with pytest.raises(VerifyError, match="share nothing of the pot"):
            checked(*events, excluded=excluded)
    wrong = told(long, "ZeroedOut", 0, subject=one, cred=int(cred) + 1, reason_hash=digest)
    stranger = told(long, "ZeroedOut", 0, subject=b"\x01" * 32, cred=5, reason_hash=digest)
    for event_ in (wrong, stranger):
        with pytest.raises(VerifyError, match="was struck out with"):
            checked(event_, excluded=event_.event.args["cred"])
    paid = month.who("decentralion")
    hers = dict(document.leaves)[paid]
    struck = told(long, "ZeroedOut", 0, subject=paid, cred=int(hers), reason_hash=digest)
    with pytest.raises(VerifyError, match="was struck out, and was paid"):
        checked(struck, excluded=hers)
