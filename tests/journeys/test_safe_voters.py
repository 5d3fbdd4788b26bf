# SPDX-License-Identifier: AGPL-3.0-only
"""Members that are real Safes, on a real node: they vote like anybody; nobody votes for them."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from millpond.chain import dev_time
from millpond.chain.answers import Receipt
from millpond.chain.client import Transaction
from millpond.chain.governance import Draft, Support
from millpond.chain.rpc import RpcRefused
from millpond.chain.signers import LocalSigner
from millpond.core import typed_data
from millpond.core.canonical import keccak256
from millpond.core.errors import Reverted
from millpond.core.subjects import address_bytes, to_hex
from millpond.core.typed_data import TypedData
from tests.chain.coop import DAY, FOUNDERS, RELAYER, Coop
from tests.journeys.node import changed_by, funded_coop, join, opened, real_node, send_with, undone
from tests.journeys.oz import wallet
from tests.journeys.safes import SafeMakers, SafeWallet

NOT_HER_HAND = "governor: not the voter's hand"
NOT_ITS_TURN = "governor: not the ballot's turn"
OWNERS = [LocalSigner(index) for index in range(20, 35)]
FORGER = LocalSigner(40)
SHAPES = {
    "one of one": (1, 1),
    "two of three": (3, 2),
    "three of five": (5, 3),
    "fifteen of fifteen": (15, 15),
}


@dataclass
class Circle:
    """A co-op in which Safes are members; a vote is open that they may cast on."""

    coop: Coop
    safes: dict[str, SafeWallet]
    proposal: Draft
    other: Draft
    deadline: int

    @property
    def safe(self) -> SafeWallet:
        """The one of two owners out of three."""
        return self.safes["two of three"]

    def ballot(self, safe: SafeWallet, support: Support = Support.FOR, **other: Any) -> TypedData:
        """A Safe's first ballot, or as told."""
        fields: dict[str, Any] = {
            "proposal_id": self.proposal.id,
            "voter": safe.address,
            "support": int(support),
            "casts_before": 0,
            "deadline": self.deadline,
        }
        domain = self.coop.domain(self.coop.governor)
        return typed_data.ballot(domain, **(fields | other))

    def oz_ballot(
        self, safe: SafeWallet, support: Support = Support.FOR, **other: Any
    ) -> TypedData:
        """The same as OpenZeppelin's clients sign it."""
        fields: dict[str, Any] = {"proposal_id": self.proposal.id, "voter": safe.address}
        domain = self.coop.domain(self.coop.governor)
        typed: TypedData = typed_data.openzeppelin_ballot(
            domain, **({"support": int(support)} | fields | other)
        )
        return typed

    def bring(self, *ballots: tuple[SafeWallet, int, Support, bytes]) -> Receipt:
        """(Safe, casts before, support, signature) each, in one transaction of the relayer."""
        choices = [
            int.from_bytes(address_bytes(safe.address)) | support << 160 | casts << 168
            for safe, casts, support, _ in ballots
        ]
        signatures = [signature for _, _, _, signature in ballots]
        no_reasons = [bytes(32)] * len(ballots)
        order = (self.proposal.id, self.deadline, choices, no_reasons, signatures)
        return self.coop.governor.vote_by_wallets.send(RELAYER, *order)

    def told(self, receipt: Receipt) -> list[tuple[str, str, Any]]:
        """Every event of a transaction: what it was, whose ballot, and what it said."""
        events = self.coop.governor.events(receipt)
        assert len(events) == len(receipt.logs), "nobody but the Governor says anything"
        assert all(event.args["proposalId"] == self.proposal.id for event in events)
        said = (event.args.get("why", event.args.get("support")) for event in events)
        return [
            (event.name, event.args["voter"], words)
            for event, words in zip(events, said, strict=True)
        ]

    def votes(self) -> tuple[int, int, int]:
        """Against, for, abstain."""
        against, in_favour, abstain = self.coop.governor.proposalVotes(self.proposal.id)
        return against, in_favour, abstain

    def skips(self, safe: SafeWallet, signature: bytes, why: str = NOT_HER_HAND) -> None:
        """This ballot is skipped and reported, and nothing of the Governor has changed."""
        receipt = self.bring((safe, 0, Support.FOR, signature))
        assert self.told(receipt) == [("BallotSkipped", safe.address, why)]
        changed = changed_by(self.coop.client, receipt)
        assert RELAYER.address in changed, "a transaction costs something"
        assert self.coop.governor.address not in changed


@pytest.fixture(scope="module")
def founded() -> Iterator[Circle]:
    """They have joined by their own signatures; two votes are open."""
    with real_node() as url:
        coop = funded_coop(url)
        makers = SafeMakers(coop.client)
        safes = {
            name: makers.make(OWNERS[:owners], threshold)
            for name, (owners, threshold) in SHAPES.items()
        }
        join(coop, *safes.values())
        other = opened(coop, "another payment", by=FOUNDERS[1])
        proposal = opened(coop, "a payment")
        deadline = coop.governor.proposalDeadline(proposal.id)
        yield Circle(coop, safes, proposal, other, deadline)


@pytest.fixture
def circle(founded: Circle) -> Iterator[Circle]:
    """The same for each test; what it does to the chain or to a Safe's owners is undone."""
    with undone(founded.coop.client):
        owners = {name: list(safe.owners) for name, safe in founded.safes.items()}
        yield founded
        for name, safe in founded.safes.items():
            safe.owners = owners[name]


# --- three ways to vote ------------------------------------------------------------------------


@pytest.mark.parametrize("shape", SHAPES)
def test_vote_by_wallets__as_many_owners_as_it_asks_for__counts(circle: Circle, shape: str) -> None:
    safe, needed = circle.safes[shape], SHAPES[shape][1]
    signature = safe.sign_typed(circle.ballot(safe))
    assert len(signature) == 65 * needed
    receipt = circle.bring((safe, 0, Support.FOR, signature))
    assert circle.told(receipt) == [("VoteCast", safe.address, Support.FOR)]
    assert circle.votes() == (0, 1, 0)
    assert circle.coop.governor.hasVoted(circle.proposal.id, safe.address)
    assert circle.coop.governor.address in changed_by(circle.coop.client, receipt)


@pytest.mark.parametrize("shape", SHAPES)
def test_cast_vote_by_sig__as_many_owners_as_it_asks_for__counts_once(
    circle: Circle, shape: str
) -> None:
    safe, governor = circle.safes[shape], circle.coop.governor
    signature = safe.sign_typed(circle.oz_ballot(safe, Support.ABSTAIN))
    order = (circle.proposal.id, int(Support.ABSTAIN), safe.address, signature)
    receipt = governor.castVoteBySig.send(RELAYER, *order)
    assert circle.told(receipt) == [("VoteCast", safe.address, Support.ABSTAIN)]
    with pytest.raises(Reverted, match=NOT_ITS_TURN):
        governor.castVoteBySig.send(RELAYER, *order)
    assert circle.votes() == (0, 0, 1)


@pytest.mark.parametrize("shape", SHAPES)
def test_cast_vote__by_its_own_transaction__counts(circle: Circle, shape: str) -> None:
    safe, governor = circle.safes[shape], circle.coop.governor
    governor.castVoteWithReason.send(safe, circle.proposal.id, int(Support.AGAINST), "too dear")
    (cast,) = governor.past_events("VoteCast", circle.coop.client.block().number)
    assert (cast.args["voter"], cast.args["reason"]) == (safe.address, "too dear")
    assert circle.votes() == (1, 0, 0)


def test_vote_by_wallets__a_change_of_mind__follows_the_casts_before(circle: Circle) -> None:
    """Signed first, her own transaction second, signed third: each names what it follows."""
    safe = circle.safe
    circle.bring((safe, 0, Support.FOR, safe.sign_typed(circle.ballot(safe))))
    circle.coop.governor.castVote.send(safe, circle.proposal.id, int(Support.AGAINST))
    assert circle.votes() == (1, 0, 0)
    circle.skips(safe, safe.sign_typed(circle.ballot(safe)), NOT_ITS_TURN)
    third = safe.sign_typed(circle.ballot(safe, Support.ABSTAIN, casts_before=2))
    receipt = circle.bring((safe, 2, Support.ABSTAIN, third))
    assert circle.told(receipt) == [("VoteCast", safe.address, Support.ABSTAIN)]
    assert circle.votes() == (0, 0, 1)


def test_vote_by_wallets__a_bad_one_between_good_ones__changes_nothing_else(
    circle: Circle,
) -> None:
    one, two, three, _ = circle.safes.values()
    bad = two.signed_by(OWNERS[:1], circle.ballot(two))
    receipt = circle.bring(
        (one, 0, Support.FOR, one.sign_typed(circle.ballot(one))),
        (two, 0, Support.FOR, bad),
        (one, 0, Support.FOR, one.sign_typed(circle.ballot(one))),
        (three, 0, Support.AGAINST, three.sign_typed(circle.ballot(three, Support.AGAINST))),
    )
    assert circle.told(receipt) == [
        ("VoteCast", one.address, Support.FOR),
        ("BallotSkipped", two.address, NOT_HER_HAND),
        ("BallotSkipped", one.address, NOT_ITS_TURN),
        ("VoteCast", three.address, Support.AGAINST),
    ]
    assert circle.votes() == (1, 1, 0)
    assert not circle.coop.governor.hasVoted(circle.proposal.id, two.address)


def test_vote_by_wallets__with_too_little_gas_for_a_wallet__is_refused_and_not_skipped(
    circle: Circle,
) -> None:
    """Else whoever brings it could have a good ballot skipped, and a node's estimate would too."""
    safe, governor = circle.safe, circle.coop.governor
    choice = int.from_bytes(address_bytes(safe.address)) | Support.FOR << 160
    signature = safe.sign_typed(circle.ballot(safe))
    order = (circle.proposal.id, circle.deadline, [choice], [bytes(32)], [signature])
    bare = Transaction(governor.address, governor.vote_by_wallets.encode(*order))
    client, stingy = circle.coop.client, 1_100_000
    asked = {"to": bare.to, "data": to_hex(bare.data), "gas": hex(stingy)}
    with pytest.raises(RpcRefused, match="governor: too little gas"):
        client.rpc.ask("eth_call", [asked, "latest"])
    with pytest.raises(Reverted):
        send_with(client, wallet(1), bare, gas=stingy)
    assert circle.votes() == (0, 0, 0)
    send_with(client, wallet(1), bare, gas=stingy + 100_000)
    assert circle.votes() == (0, 1, 0)


# --- what is not its signature -----------------------------------------------------------------


def test_safe__one_signature_too_few__is_skipped(circle: Circle) -> None:
    circle.skips(circle.safe, circle.safe.signed_by(OWNERS[:1], circle.ballot(circle.safe)))
    big = circle.safes["three of five"]
    circle.skips(big, big.signed_by(OWNERS[:2], circle.ballot(big)))
    circle.skips(circle.safes["one of one"], b"")


def test_safe__the_same_owner_twice__is_skipped(circle: Circle) -> None:
    once = circle.safe.signed_by(OWNERS[:1], circle.ballot(circle.safe))
    circle.skips(circle.safe, once + once)


def test_safe__signed_by_a_stranger__is_skipped(circle: Circle) -> None:
    safe = circle.safe
    circle.skips(safe, safe.signed_by([OWNERS[0], FORGER], circle.ballot(safe)))
    circle.skips(safe, safe.signed_by([FORGER, LocalSigner(41)], circle.ballot(safe)))
    # an owner of another Safe is a stranger here
    circle.skips(safe, safe.signed_by([OWNERS[0], OWNERS[4]], circle.ballot(safe)))


def test_safe__signed_for_something_else__is_skipped(circle: Circle) -> None:
    safe = circle.safe
    for other in (
        circle.ballot(safe, proposal_id=circle.other.id),
        circle.ballot(safe, Support.AGAINST),
        circle.ballot(safe, casts_before=1),
        circle.ballot(safe, deadline=circle.deadline + 1),
        circle.ballot(safe, reason_hash=keccak256(b"because")),
        circle.ballot(circle.safes["three of five"]),
        circle.oz_ballot(safe),
    ):
        circle.skips(safe, safe.sign_typed(other))


def test_safe__signed_as_a_person__is_skipped(circle: Circle) -> None:
    """Owners who sign the ballot itself, and not the Safe's message around it, say nothing."""
    typed = circle.ballot(circle.safe)
    ascending = sorted(OWNERS[:2], key=lambda owner: address_bytes(owner.address))
    circle.skips(circle.safe, b"".join(owner.sign_typed(typed) for owner in ascending))
    single = circle.safes["one of one"]
    circle.skips(single, OWNERS[0].sign_typed(circle.ballot(single)))


def test_safe__signed_for_its_sibling_of_the_same_owners__is_skipped(circle: Circle) -> None:
    small, big = circle.safe, circle.safes["three of five"]
    signature = big.signed_by(OWNERS[:3], circle.ballot(small))
    circle.skips(small, signature)
    circle.skips(big, small.signed_by(OWNERS[:3], circle.ballot(big)))


def test_safe__an_owner_removed_since__no_longer_speaks_for_it(circle: Circle) -> None:
    safe = circle.safe
    before = safe.signed_by(OWNERS[:2], circle.ballot(safe))
    oz_before = safe.signed_by(OWNERS[:2], circle.oz_ballot(safe))
    safe.remove_owner(OWNERS[1], threshold=2)
    circle.skips(safe, before)
    with pytest.raises(Reverted, match="governor: not signed by her"):
        circle.coop.governor.castVoteBySig.send(
            RELAYER, circle.proposal.id, int(Support.FOR), safe.address, oz_before
        )
    circle.bring((safe, 0, Support.FOR, safe.sign_typed(circle.ballot(safe))))
    assert circle.votes() == (0, 1, 0)


def test_safe__more_signatures_than_fit__is_refused_as_a_whole(circle: Circle) -> None:
    """Fifteen owners' signatures fit into 1,024 bytes; a Safe that needs more votes by itself."""
    safe, governor = circle.safes["fifteen of fifteen"], circle.coop.governor
    signature = safe.sign_typed(circle.ballot(safe))
    assert len(signature) == 975
    with pytest.raises(Reverted):
        circle.bring((safe, 0, Support.FOR, signature + bytes(65)))
    order = (circle.proposal.id, int(Support.FOR), safe.address, signature + bytes(65))
    with pytest.raises(Reverted):
        governor.castVoteBySig.send(RELAYER, *order)
    assert circle.votes() == (0, 0, 0)


def test_cast_vote_by_sig__not_its_signature__is_refused(circle: Circle) -> None:
    safe, governor = circle.safe, circle.coop.governor
    right = circle.oz_ballot(safe)
    for signature in (
        safe.signed_by(OWNERS[:1], right),
        safe.signed_by([OWNERS[0], FORGER], right),
        safe.sign_typed(circle.oz_ballot(safe, Support.AGAINST)),
        safe.sign_typed(circle.oz_ballot(safe, proposal_id=circle.other.id)),
        safe.sign_typed(circle.ballot(safe)),
        b"",
    ):
        order = (circle.proposal.id, int(Support.FOR), safe.address, signature)
        with pytest.raises(Reverted, match="governor: not signed by her"):
            governor.castVoteBySig.send(RELAYER, *order)
    assert circle.votes() == (0, 0, 0)


def test_safe__that_is_no_member__is_skipped(circle: Circle) -> None:
    outside = SafeMakers(circle.coop.client).make(OWNERS[:3], 2)
    circle.skips(outside, outside.sign_typed(circle.ballot(outside)), "governor: not a member")


# --- to the end --------------------------------------------------------------------------------


def test_proposal__that_safes_alone_carry__is_executed(circle: Circle) -> None:
    """Quorum is a fifth of nine: two of them would do."""
    circle.bring(
        *(
            (safe, 0, Support.FOR, safe.sign_typed(circle.ballot(safe)))
            for safe in circle.safes.values()
        )
    )
    governor, pool = circle.coop.governor, circle.coop.pool
    eta = governor.proposalEta(circle.proposal.id)
    assert eta - circle.deadline == 2 * DAY
    dev_time.advance_to(circle.coop.client, eta)
    before = pool.balance_of(0, "0x" + "00" * 20)
    governor.execute.send(circle.safe, *circle.proposal.carried_out)
    assert before - pool.balance_of(0, "0x" + "00" * 20) == 5
