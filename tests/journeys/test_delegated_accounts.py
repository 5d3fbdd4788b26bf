# SPDX-License-Identifier: AGPL-3.0-only
"""Members whose account runs a wallet's code (EIP-7702), on a real node.

The rule is: her own key first, then whatever code is at her account (ERC-1271). So no delegation
takes her key's ballots from her, and code that she has chosen speaks for her exactly as the code
of a contract wallet does, also when it says yes to everybody: that is her choice, it costs nobody
else anything, her key overturns it, and it ends with the delegation.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest
from eth_account.signers.local import LocalAccount

from millpond.chain import abi, answers
from millpond.chain.answers import Receipt
from millpond.chain.client import Transaction
from millpond.chain.contracts import Contract
from millpond.chain.governance import Ballot, Draft, Support, sign_ballot
from millpond.chain.signers import LocalSigner
from millpond.core import typed_data
from millpond.core.errors import Reverted
from millpond.core.subjects import address_bytes
from tests.chain.coop import ETH, FOUNDERS, RELAYER, STRANGER, Coop, deploy
from tests.contracts.compiled import artifact
from tests.contracts.test_signatures import WAYS
from tests.journeys.node import changed_by, funded_coop, opened, real_node, send_with, undone
from tests.journeys.oz import wallet

NOT_HER_HAND = "governor: not the voter's hand"
ANN, BOB = FOUNDERS[1], FOUNDERS[2]
GUARDIAN = LocalSigner(30)
POINTER = bytes.fromhex("ef0100")
JUNK = b"\x07" * 65
KEYS: dict[str, LocalAccount] = {ANN.address: wallet(4), BOB.address: wallet(5)}


@dataclass
class Square:
    """A co-op with an open vote, and a wallet's code that accounts may be delegated to."""

    coop: Coop
    proposal: Draft
    code: Contract

    @property
    def governor(self) -> Contract:
        """Of the co-op."""
        return self.coop.governor

    def delegate(self, person: LocalSigner, code: str) -> None:
        """Her signed authorisation, in a transaction of type 4 that somebody else pays for."""
        client, key, payer = self.coop.client, KEYS[person.address], wallet(0)
        found = client.rpc.ask("eth_getTransactionCount", [key.address, "latest"])
        nonce = answers.quantity(found, "a nonce")
        authorised = {"chainId": client.chain_id, "address": code, "nonce": nonce}
        knock = Transaction(person.address, label="the delegation")
        signed = key.sign_authorization(authorised)
        send_with(client, payer, knock, type=4, gas=200_000, authorizationList=[signed])
        now = client.code(person.address)
        assert now == (POINTER + address_bytes(code) if code != ETH else b"")

    def behave(self, person: LocalSigner, way: str) -> None:
        """From now on the code at her account answers so."""
        form = abi.parse("OddWallet", artifact("OddWallet").abi)
        account = Contract(self.coop.client, "OddWallet", person.address, form)
        account.behave.send(RELAYER, WAYS[way])

    # --- four ways to vote ----------------------------------------------------------------------

    def cast(self, person: LocalSigner, support: Support) -> Receipt:
        """By her own transaction."""
        return self.governor.castVote.send(person, self.proposal.id, int(support))

    def by_sig(self, person: LocalSigner, support: Support, signature: bytes = b"") -> Receipt:
        """An OpenZeppelin ballot, signed by her unless told."""
        typed = typed_data.openzeppelin_ballot(
            self.coop.domain(self.governor),
            proposal_id=self.proposal.id,
            support=int(support),
            voter=person.address,
        )
        order = (self.proposal.id, int(support), person.address)
        return self.governor.castVoteBySig.send(
            RELAYER, *order, signature or person.sign_typed(typed)
        )

    def ballot(self, person: LocalSigner, support: Support, casts: int = 0) -> Ballot:
        """Hers, by her key."""
        return sign_ballot(
            person,
            self.coop.domain(self.governor),
            self.proposal.id,
            support,
            deadline=self.governor.proposalDeadline(self.proposal.id),
            casts_before=casts,
        )

    def by_words(self, person: LocalSigner, support: Support) -> Receipt:
        """One of a batch of flat ballots."""
        return self.carry(self.ballot(person, support))

    def carry(self, ballot: Ballot) -> Receipt:
        """The relayer brings it among flat ballots."""
        words = list(ballot.words)
        call = self.governor.vote_by_signatures
        return call.send(RELAYER, self.proposal.id, ballot.deadline, words, [])

    def by_bytes(
        self, person: LocalSigner, support: Support, signature: bytes = b"", casts: int = 0
    ) -> Receipt:
        """One of a batch of wallets' ballots, signed by her unless told."""
        ballot = self.ballot(person, support, casts)
        proof = [signature or ballot.signature]
        order = (self.proposal.id, ballot.deadline, [ballot.words[0]], [bytes(32)], proof)
        return self.governor.vote_by_wallets.send(RELAYER, *order)

    # --- what came of it ------------------------------------------------------------------------

    def votes(self) -> tuple[int, int, int]:
        """Against, for, abstain."""
        against, in_favour, abstain = self.governor.proposalVotes(self.proposal.id)
        return against, in_favour, abstain

    def skipped(self, receipt: Receipt, person: LocalSigner, why: str = NOT_HER_HAND) -> bool:
        """Whether a transaction did nothing but report that her ballot was skipped."""
        (event,) = self.governor.events(receipt)
        said = (event.name, event.args.get("voter"), event.args.get("why"))
        untouched = self.governor.address not in changed_by(self.coop.client, receipt)
        return said == ("BallotSkipped", person.address, why) and untouched


@pytest.fixture(scope="module")
def founded() -> Iterator[Square]:
    """Nobody has delegated anything yet."""
    with real_node() as url:
        coop = funded_coop(url)
        code = deploy(coop.client, "OddWallet", "address", GUARDIAN.address)
        yield Square(coop, opened(coop, "a payment"), code)


@pytest.fixture
def square(founded: Square) -> Iterator[Square]:
    """The same for each test."""
    with undone(founded.coop.client):
        yield founded


@pytest.fixture(params=["SAYS_YES", "WRONG_MAGIC", "REVERTS", "NOTHING", "EATS_GAS"])
def any_code(square: Square, request: pytest.FixtureRequest) -> Square:
    """Ann's account runs code that answers everybody in this one way."""
    square.delegate(ANN, square.code.address)
    square.behave(ANN, request.param)
    return square


WAYS_TO_VOTE: list[Callable[[Square, LocalSigner, Support], Receipt]] = [
    Square.cast,
    Square.by_sig,
    Square.by_words,
    Square.by_bytes,
]


@pytest.mark.parametrize("vote", WAYS_TO_VOTE)
def test_vote__by_her_own_key__counts_whatever_her_code_says(
    any_code: Square, vote: Callable[[Square, LocalSigner, Support], Receipt]
) -> None:
    vote(any_code, ANN, Support.FOR)
    assert any_code.votes() == (0, 1, 0)
    assert any_code.governor.hasVoted(any_code.proposal.id, ANN.address)


def test_vote__signed_before_she_delegated__counts_after(square: Square) -> None:
    ballot = square.ballot(ANN, Support.FOR)
    square.delegate(ANN, square.code.address)
    square.behave(ANN, "WRONG_MAGIC")
    square.carry(ballot)
    assert square.votes() == (0, 1, 0)


@pytest.mark.parametrize("way", ["WRONG_MAGIC", "REVERTS", "NOTHING", "EATS_GAS"])
def test_code_that_does_not_say_yes__takes_nobody_elses_signature(square: Square, way: str) -> None:
    square.delegate(ANN, square.code.address)
    square.behave(ANN, way)
    for signature in (JUNK, square.ballot(BOB, Support.FOR).signature):
        assert square.skipped(square.by_bytes(ANN, Support.FOR, signature), ANN)
        with pytest.raises(Reverted, match="governor: not signed by her"):
            square.by_sig(ANN, Support.FOR, signature)
    assert square.votes() == (0, 0, 0)


# --- code that says yes to everybody -----------------------------------------------------------


@pytest.fixture
def yes(square: Square) -> Square:
    """Ann's account runs code that takes anybody's bytes for her signature."""
    square.delegate(ANN, square.code.address)
    square.behave(ANN, "SAYS_YES")
    return square


def test_code_that_says_yes__speaks_for_her_where_code_is_asked(yes: Square) -> None:
    """As for a contract wallet that says yes: the account's own code is the account's own word."""
    yes.by_bytes(ANN, Support.FOR, JUNK)
    assert yes.votes() == (0, 1, 0)
    yes.by_bytes(ANN, Support.AGAINST, JUNK, casts=1)
    assert yes.votes() == (1, 0, 0)


def test_code_that_says_yes__speaks_by_open_zeppelins_ballot_once(yes: Square) -> None:
    yes.by_sig(ANN, Support.FOR, JUNK)
    with pytest.raises(Reverted, match="governor: not the ballot's turn"):
        yes.by_sig(ANN, Support.AGAINST, JUNK)
    assert yes.votes() == (0, 1, 0)


def test_code_that_says_yes__is_not_asked_about_flat_ballots(yes: Square) -> None:
    ballot = yes.ballot(ANN, Support.FOR)
    forged = Ballot(
        ballot.voter, ballot.proposal_id, ballot.support, 0, bytes(32), ballot.deadline,
        yes.ballot(BOB, Support.FOR).signature,
    )  # fmt: skip
    assert yes.skipped(yes.carry(forged), ANN)
    assert yes.votes() == (0, 0, 0)


def test_code_that_says_yes__is_overturned_by_her_key(yes: Square) -> None:
    yes.by_bytes(ANN, Support.FOR, JUNK)
    yes.carry(yes.ballot(ANN, Support.AGAINST, casts=1))
    assert yes.votes() == (1, 0, 0)
    yes.by_bytes(ANN, Support.FOR, JUNK, casts=2)
    yes.cast(ANN, Support.AGAINST)
    assert yes.votes() == (1, 0, 0)


def test_code_that_says_yes__casts_for_one_seat_and_five_times_at_most(yes: Square) -> None:
    """All that a stranger can do with it: one vote, and at the end that vote is Against."""
    for casts in range(4):
        yes.by_bytes(ANN, Support.FOR, JUNK, casts)
        assert yes.votes() == (0, 1, 0)
    last = yes.by_bytes(ANN, Support.FOR, JUNK, 4)
    assert yes.skipped(last, ANN, "governor: last cast is Against")
    yes.by_bytes(ANN, Support.AGAINST, JUNK, 4)
    assert yes.votes() == (1, 0, 0)


def test_code_that_says_yes__says_nothing_for_anybody_else(yes: Square) -> None:
    assert yes.skipped(yes.by_bytes(BOB, Support.FOR, JUNK), BOB)
    stranger = yes.by_bytes(STRANGER, Support.FOR)
    assert yes.skipped(stranger, STRANGER, "governor: not a member")


def test_code_that_says_yes__ends_with_the_delegation(yes: Square) -> None:
    yes.delegate(ANN, ETH)
    assert yes.skipped(yes.by_bytes(ANN, Support.FOR, JUNK), ANN)
    with pytest.raises(Reverted, match="governor: not signed by her"):
        yes.by_sig(ANN, Support.FOR, JUNK)
    yes.by_words(ANN, Support.FOR)
    assert yes.votes() == (0, 1, 0)


# --- code that asks somebody -------------------------------------------------------------------


def test_guardian__of_her_code__signs_for_her_as_long_as_it_is_there(square: Square) -> None:
    typed = typed_data.ballot(
        square.coop.domain(square.governor),
        proposal_id=square.proposal.id,
        voter=ANN.address,
        support=int(Support.FOR),
        casts_before=0,
        deadline=square.governor.proposalDeadline(square.proposal.id),
    )
    signature = GUARDIAN.sign_typed(typed)
    assert square.skipped(square.by_bytes(ANN, Support.FOR, signature), ANN)
    square.delegate(ANN, square.code.address)
    with undone(square.coop.client):
        square.by_bytes(ANN, Support.FOR, signature)
        assert square.votes() == (0, 1, 0)
    other = deploy(square.coop.client, "OddWallet", "address", STRANGER.address)
    square.delegate(ANN, other.address)
    assert square.skipped(square.by_bytes(ANN, Support.FOR, signature), ANN)
    square.delegate(ANN, ETH)
    assert square.skipped(square.by_bytes(ANN, Support.FOR, signature), ANN)
