# SPDX-License-Identifier: AGPL-3.0-only
"""What people get wrong, against the real contracts: a name, the next step, and nothing changed.

Bad files are in tests/core, tests/sources and tests/scripts/test_bad_input.py; every reason of
every contract is in tests/contracts.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

import pytest

from millpond.chain import dev_time
from millpond.chain.client import Client, Transaction, connect
from millpond.chain.distributions import SignedPost, Terms, claim_of, signed_post
from millpond.chain.governance import Action, Draft, Support, sheets
from millpond.chain.signers import LocalSigner
from millpond.core import typed_data
from millpond.core.distribution import Distribution, data_hash
from millpond.core.errors import BadInput, NodeDown, Reverted, SignatureError
from millpond.core.subjects import address_bytes
from millpond.core.typed_data import Domain
from millpond.core.units import Epoch
from scripts._local_chain import local_chain
from tests.chain.coop import (
    DAY,
    ETH,
    FOUNDERS,
    MAINTAINERS,
    PATRONS,
    PAYEES,
    RELAYER,
    STRANGER,
    URI,
    Coop,
    Story,
)
from tests.chain.nodes import CHAIN_ID, QUICK
from tests.core import month

Signed = list[tuple[LocalSigner, bytes]]
CHAIN_OF_VALUE = 1
UNKNOWN_EARMARK = (
    "check the number of the earmark, or open it first: ape run pool propose open-earmark"
)


@contextmanager
def refused(client: Client, reason: str, says: str) -> Iterator[None]:
    """The block must end in this refusal and its next step, and the chain must be as it was."""
    before = client.block()
    with pytest.raises(Reverted) as caught:
        yield
    assert caught.value.reason == reason
    assert caught.value.next_step == f"nothing was sent or changed; {says}"
    assert f'was refused by the contract: "{reason}"\nNext: nothing was' in str(caught.value)
    assert client.block() == before


# --- signatures under a distribution ----------------------------------------------------------


@dataclass
class Desk:
    """A co-op whose first epoch is over: its document is made and waits for signatures."""

    coop: Coop
    document: Distribution

    @property
    def deadline(self) -> int:
        """An hour from now."""
        return self.coop.client.now() + 3600

    def sign(self, signer: LocalSigner, deadline: int, domain: Domain | None = None) -> bytes:
        """The first attempt's message, for this distributor on this chain unless told."""
        message = typed_data.cred_distribution(
            domain or self.coop.domain(self.coop.distributor),
            epoch=1,
            attempt=1,
            root=self.document.root,
            total_cred=self.document.total,
            leaf_count=self.document.leaf_count,
            data_hash=data_hash(self.document),
            uri=URI,
            signer=signer.address,
            deadline=deadline,
        )
        return signer.sign_typed(message)

    def bring(self, deadline: int, signed: Signed) -> None:
        """Send these signatures as they are, past the checks that our own scripts make."""
        good = signed_post(self.document, 1, URI, deadline, [])
        ordered = sorted(signed, key=lambda pair: address_bytes(pair[0].address))
        post = replace(
            good,
            signers=tuple(signer.address for signer, _ in ordered),
            signatures=tuple(signature for _, signature in ordered),
        )
        assert isinstance(post, SignedPost)
        self.coop.clerk.post.send(RELAYER, *post.arguments)


@pytest.fixture(scope="module")
def desk(client: Client) -> Desk:
    """On the chain of this file."""
    coop = Coop.make(client)
    coop.open_cred_earmark()
    coop.give_all()
    dev_time.advance(client, 28 * DAY + 1)
    return Desk(coop, coop.document())


def test_post__signed_by_a_stranger__is_refused(desk: Desk) -> None:
    deadline = desk.deadline
    signed = [(each, desk.sign(each, deadline)) for each in (MAINTAINERS[0], STRANGER)]
    says = (
        "take that signature out of the epoch's folder and let a maintainer sign: "
        "ape run epoch sign"
    )
    with refused(desk.coop.client, "clerk: not a maintainer", says):
        desk.bring(deadline, signed)
    assert desk.coop.distributor.head().open_version == 0
    assert desk.coop.pool.reserved(1, desk.coop.dollar.address) == 0


def test_post__the_same_maintainer_twice__is_refused_here_and_by_the_contract(desk: Desk) -> None:
    deadline, maintainer = desk.deadline, MAINTAINERS[0]
    signature = desk.sign(maintainer, deadline)
    both = [(maintainer.address, signature), (maintainer.address, signature)]
    with pytest.raises(BadInput, match="one maintainer signed twice") as caught:
        signed_post(desk.document, 1, URI, deadline, both)
    assert caught.value.next_step == "bring signatures of different maintainers, one each"
    says = "sort the signers by address, each of them once: ape run epoch post"
    with refused(desk.coop.client, "clerk: signers unsorted", says):
        desk.bring(deadline, [(maintainer, signature)] * 2)
    assert desk.coop.distributor.head().open_version == 0


@pytest.mark.parametrize("where", ["another chain", "another clone"])
def test_post__signed_for_another_place__is_refused_here_and_by_the_contract(
    desk: Desk, where: str
) -> None:
    mine = desk.coop.domain(desk.coop.distributor)
    if where == "another clone":
        sibling = Coop.make(desk.coop.client)
        domain = mine._replace(verifying_contract=sibling.distributor.address)
    else:
        domain = mine._replace(chain_id=CHAIN_OF_VALUE)
    assert domain != mine
    deadline, (first, second) = desk.deadline, MAINTAINERS[:2]
    signed = [(first, desk.sign(first, deadline)), (second, desk.sign(second, deadline, domain))]
    with pytest.raises(SignatureError, match=f"not by {second.address}") as caught:
        signed_post(desk.document, 1, URI, deadline, [(s.address, sig) for s, sig in signed])
    assert caught.value.next_step == (
        "check chain, contract and every field of the message, then sign again"
    )
    says = (
        "let that maintainer sign this very document anew, for this chain and co-op: "
        "ape run epoch sign"
    )
    with refused(desk.coop.client, "clerk: bad signature", says):
        desk.bring(deadline, signed)
    assert desk.coop.distributor.head().open_version == 0


def test_post__by_two_maintainers_for_this_place__is_what_the_others_were_not(desk: Desk) -> None:
    """The same call with good signatures would go through: it is tried and not sent."""
    deadline = desk.deadline
    signatures = [(m.address, desk.sign(m, deadline)) for m in MAINTAINERS[:2]]
    post = signed_post(desk.document, 1, URI, deadline, signatures)
    assert desk.coop.clerk.post.simulate(STRANGER.address, *post.arguments) > 0


# --- gifts ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("earmark", "in_dollars", "amount", "reason", "says"),
    [
        (1, False, 0, "pool: gift of nothing", "give more than zero: ape run pool give"),
        (
            1,
            True,
            0,
            "pool: gift of nothing",
            "give more than zero: ape run pool give",
        ),
        *(
            (
                9,
                in_dollars,
                5,
                "pool: unknown earmark",
                UNKNOWN_EARMARK,
            )
            for in_dollars in (True, False)
        ),
    ],
)
def test_give__of_nothing_or_to_nowhere__is_refused(
    desk: Desk, earmark: int, in_dollars: bool, amount: int, reason: str, says: str
) -> None:
    patron, pool = PATRONS[0], desk.coop.pool
    asset = desk.coop.dollar.address if in_dollars else ETH
    desk.coop.dollar.mint.send(patron, patron.address, amount)
    desk.coop.dollar.approve.send(patron, pool.address, amount)
    books = (pool.held(asset), pool.received(1, asset), pool.balance_of(1, asset))
    with refused(desk.coop.client, reason, says):
        value = 0 if in_dollars else amount
        pool.give.send(patron, earmark, asset, amount, "", False, value=value)
    assert (pool.held(asset), pool.received(1, asset), pool.balance_of(1, asset)) == books


# --- a ballot by somebody who joined too late -------------------------------------------------


def test_ballot__by_somebody_who_joined_too_late__is_refused_and_skipped(desk: Desk) -> None:
    coop, client = desk.coop, desk.coop.client
    governor, newcomer = coop.governor, LocalSigner(30)
    long_vote = Action.of(coop.grain.set_minter, STRANGER.address, True)
    draft = Draft.of([long_vote], "Let a stranger create grain", FOUNDERS[1].address, bytes(32))
    governor.propose.send(FOUNDERS[1], *draft.arguments)
    until = client.now() + 60 * DAY
    coop.carry([Action.of(coop.admission.offer, [newcomer.address], until)], "Welcome a newcomer")
    coop.admission.accept.send(newcomer)
    dev_time.advance(client, 1)
    assert governor.isMember(newcomer.address)
    before = governor.proposalVotes(draft.id)
    says = (
        "vote on the next proposal: on this one only those vote who were members before it was made"
    )
    with refused(client, "governor: joined too late", says):
        governor.castVote.send(newcomer, draft.id, int(Support.FOR))

    ballots = [coop.ballot(voter, draft.id, Support.FOR) for voter in (newcomer, FOUNDERS[2])]
    (sheet,) = sheets(ballots)
    receipt = governor.vote_by_signatures.send(RELAYER, *sheet)
    (skipped,) = governor.events(receipt, "BallotSkipped")
    assert (skipped.args["voter"], skipped.args["why"]) == (
        newcomer.address,
        "governor: joined too late",
    )
    against, in_favour, abstain = before
    assert governor.proposalVotes(draft.id) == (against, in_favour + 1, abstain)
    assert not governor.hasVoted(draft.id, newcomer.address)


# --- claims -----------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def first_terms(long: Story) -> Terms:
    """Epoch 1 of the long story, final and partly paid."""
    posted = [
        event
        for event in long.coop.distributor.past_events("DistributionPosted", 0)
        if event.args["epoch"] == 1
    ][-1]
    (final,) = long.coop.distributor.past_events("DistributionFinalised", 0)
    terms = Terms.of(posted.args["terms"])
    return terms.final(final.args["excluded"], final.args["closes_at"])


def test_claim__a_second_time__is_refused(long: Story, first_terms: Terms) -> None:
    coop, (document, _) = long.coop, long.documents
    subject, payee = month.who("decentralion"), PAYEES[0]
    index, cred, proof = claim_of(document, subject)
    had = coop.dollar.balanceOf(payee.address), coop.grain.balanceOf(payee.address)
    assert had[0] > 0
    says = "look where it went: millpond explain; a leaf is paid once"
    with refused(coop.client, "distributor: already claimed", says):
        coop.distributor.claim.send(
            payee,
            subject,
            bytes(32),
            [(first_terms.packed, index, cred)],
            proof,
            payee.address,
        )
    assert (coop.dollar.balanceOf(payee.address), coop.grain.balanceOf(payee.address)) == had


def test_claim__with_the_proof_of_another_epoch__is_refused(
    long: Story, first_terms: Terms
) -> None:
    coop, (first, _) = long.coop, long.documents
    subject, payee = month.who("decentralion"), PAYEES[0]
    paid = coop.distributor.paid_of(1)
    index, cred, proof = claim_of(first, subject)
    # the same leaves, in the tree of epoch 2
    other = claim_of(replace(first, epoch=Epoch(2)), subject)
    assert (other[0], other[1], len(other[2])) == (index, cred, len(proof))
    assert other[2] != proof
    says = (
        "take leaf and proof from the document that was posted for this epoch: ape run epoch claim"
    )
    with refused(coop.client, "distributor: wrong proof", says):
        coop.distributor.claim.send(
            payee,
            subject,
            bytes(32),
            [(first_terms.packed, index, cred)],
            other[2],
            payee.address,
        )
    assert coop.distributor.paid_of(1) == paid


def test_claim__of_an_epoch_under_review__is_refused(long: Story) -> None:
    coop, (_, second) = long.coop, long.documents
    subject, payee = month.who("decentralion"), PAYEES[0]
    terms = Terms.of(coop.distributor.event(coop.posts[-1], "DistributionPosted").args["terms"])
    index, cred, proof = claim_of(second, subject)
    says = (
        "check the epoch and its terms; if its review is over, make it final: "
        "ape run epoch finalise"
    )
    with refused(coop.client, "distributor: not a final epoch", says):
        coop.distributor.claim.send(
            payee,
            subject,
            coop.distributor.epoch_hash_of(1),
            [(terms.packed, index, cred)],
            proof,
            payee.address,
        )
    assert not coop.distributor.is_claimed(subject, 2)


# --- the way to the node ----------------------------------------------------------------------


def test_send__the_node_has_gone_down__is_named_with_the_next_step() -> None:
    patron = PATRONS[0]
    with local_chain() as url:
        client = connect(url, CHAIN_ID, QUICK)
        assert client.block().number == 0
    with pytest.raises(NodeDown, match=f"no node answers at {url}") as caught:
        patron.send(client, Transaction(STRANGER.address, b"", 5, "a gift"))
    assert caught.value.next_step == (
        "start the node, or give the address of a running one with --rpc"
    )
