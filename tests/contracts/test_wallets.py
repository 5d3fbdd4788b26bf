# SPDX-License-Identifier: AGPL-3.0-only
"""Members that are contract wallets (ERC-1271), and what a bad one can do to a batch: nothing."""

from typing import Any

import pyrevm
import pytest
from eth_utils.crypto import keccak

from tests.contracts.coop import ABSTAIN, AGAINST, DAY, FOR, Desk, Proposal, choice
from tests.contracts.evm import Actor, Contract, Evm, Reverted
from tests.contracts.test_signatures import WAYS

NOT_HER_HAND = "governor: not the voter's hand"
REASON = keccak(text="because")
BAD = [way for way in WAYS if way not in ("SAYS_YES", "LONG")]


def delegate(evm: Evm, person: Actor, wallet: Contract) -> None:
    """A person's account runs a wallet's code, as after an EIP-7702 authorisation.

    The code itself is put there: the bench's engine does not follow the pointer 0xef0100.
    """
    machine = evm._vm  # noqa: SLF001  (no transaction of the bench can do this)
    machine.insert_account_info(person.address, pyrevm.AccountInfo(code=evm.code(wallet)))


class Circle(Desk):
    """Eight wallets of one owner, a wallet of two, and two people with keys."""

    def __init__(self, evm: Evm) -> None:
        super().__init__(evm)
        self.owner, self.partner = evm.actor("owner"), evm.actor("partner")
        self.wallets = [evm.deploy("OddWallet", self.owner) for _ in range(8)]
        self.safe = evm.deploy("TwoOwnerWallet", self.owner, self.partner)
        self.admit(self.owner, self.partner, self.safe, *self.wallets)
        evm.warp(1)
        self.proposal = self.opened((self.owner, 0, b""), by=self.owner)

    def sign(self, wallet: Any, support: int, by: Actor, **other: Any) -> bytes:
        """A ballot of this wallet, signed by a person."""
        return by.sign(self.ballot(self.proposal, wallet, support, **other))

    def bring(
        self,
        ballots: list[tuple[Any, int, bytes]],
        reasons: list[bytes] | None = None,
        deadline: int | None = None,
        gas: int = 16_777_216,
    ) -> int:
        """(wallet, support, signature) each, as first casts."""
        choices = [choice(wallet, support) for wallet, support, _ in ballots]
        hashes = reasons if reasons is not None else [bytes(32)] * len(ballots)
        until = self.evm.now + DAY if deadline is None else deadline
        signatures = [signature for _, _, signature in ballots]
        call = self.governor.vote_by_wallets
        arguments = (self.proposal.id, until, choices, hashes, signatures)
        return int(call(*arguments, sender=self.relayer, gas=gas))

    def votes(self) -> tuple[int, int, int]:
        """Against, for, abstain."""
        against, in_favour, abstain = self.governor.proposalVotes(self.proposal.id)
        return against, in_favour, abstain

    def told(self) -> list[tuple[str, Any]]:
        """The events of the last call: whose ballot, and why not."""
        return [(log.args["voter"], log.args.get("why", log.name)) for log in self.evm.logs]


@pytest.fixture
def circle(evm: Evm) -> Circle:
    """A vote is open."""
    return Circle(evm)


def test_vote_by_wallets__wallets_of_one_and_two_owners_and_a_person__count(
    circle: Circle,
) -> None:
    one, safe, owner = circle.wallets[0], circle.safe, circle.owner
    both = circle.sign(safe, AGAINST, owner) + circle.sign(safe, AGAINST, circle.partner)
    ballots = [
        (one, FOR, circle.sign(one, FOR, owner)),
        (safe, AGAINST, both),
        (owner, ABSTAIN, circle.sign(owner, ABSTAIN, owner)),
    ]
    assert circle.bring(ballots) == 3
    assert circle.told() == [(who.address, "VoteCast") for who in (one, safe, owner)]
    assert [log.args["support"] for log in circle.evm.logs] == [FOR, AGAINST, ABSTAIN]
    assert circle.votes() == (1, 1, 1)


def test_vote_by_wallets__a_reason__is_signed_and_told(circle: Circle) -> None:
    wallet = circle.wallets[0]
    signature = circle.sign(wallet, FOR, circle.owner, reason_hash=REASON)
    assert circle.bring([(wallet, FOR, signature)]) == 0
    assert circle.told() == [(wallet.address, NOT_HER_HAND)]
    assert circle.bring([(wallet, FOR, signature)], [REASON]) == 1
    assert [log.name for log in circle.evm.logs] == ["VoteCast", "BallotReason"]
    assert circle.evm.logs[1].args == {
        "voter": wallet.address,
        "proposalId": circle.proposal.id,
        "reason_hash": REASON,
    }


def test_vote_by_wallets__eight_of_one_kilobyte__fit(circle: Circle) -> None:
    for wallet in circle.wallets:
        wallet.behave(WAYS["SAYS_YES"], sender=circle.owner)
    assert circle.bring([(wallet, FOR, b"\7" * 1024) for wallet in circle.wallets]) == 8
    assert circle.votes() == (0, 8, 0)


def test_vote_by_wallets__none__counts_none(circle: Circle) -> None:
    assert circle.bring([]) == 0
    assert circle.evm.logs == []


def test_vote_by_wallets__a_sibling_wallet_of_the_same_owner__cannot_use_the_signature(
    circle: Circle,
) -> None:
    """These wallets accept any digest that their owner signed: only the voter inside protects."""
    one, other = circle.wallets[:2]
    signature = circle.sign(one, FOR, circle.owner)
    for thief in (other, circle.owner):
        assert circle.bring([(thief, FOR, signature)]) == 0
        assert circle.told() == [(thief.address, NOT_HER_HAND)]
    assert circle.bring([(one, FOR, signature)]) == 1
    assert circle.votes() == (0, 1, 0)
    # nor does the owner's own ballot speak for her wallet
    own = circle.sign(circle.owner, FOR, circle.owner)
    assert circle.bring([(other, FOR, own)]) == 0


def test_vote_by_wallets__replayed__is_stale(circle: Circle) -> None:
    wallet = circle.wallets[0]
    ballot = (wallet, FOR, circle.sign(wallet, FOR, circle.owner))
    assert circle.bring([ballot, ballot]) == 1
    assert circle.told()[1] == (wallet.address, "governor: not the ballot's turn")
    assert circle.bring([ballot]) == 0
    assert circle.votes() == (0, 1, 0)


@pytest.mark.parametrize("way", BAD)
def test_vote_by_wallets__a_bad_answer__is_skipped_and_the_others_count(
    circle: Circle, way: str
) -> None:
    first, bad, last = circle.wallets[:3]
    bad.behave(WAYS[way], sender=circle.owner)
    ballots = [(w, FOR, circle.sign(w, FOR, circle.owner)) for w in (first, bad, last)]
    assert circle.bring(ballots) == 2
    assert circle.told() == [
        (first.address, "VoteCast"),
        (bad.address, NOT_HER_HAND),
        (last.address, "VoteCast"),
    ]
    assert circle.votes() == (0, 2, 0)


def test_vote_by_wallets__seven_that_burn_all_their_gas__do_not_stop_the_eighth(
    circle: Circle,
) -> None:
    *bad, good = circle.wallets
    for wallet in bad:
        wallet.behave(WAYS["EATS_GAS"], sender=circle.owner)
    ballots = [(w, FOR, circle.sign(w, FOR, circle.owner)) for w in circle.wallets]
    assert circle.bring(ballots) == 1
    assert circle.told()[-1] == (good.address, "VoteCast")


def test_vote_by_wallets__with_too_little_gas_for_a_wallet__is_refused_as_a_whole(
    circle: Circle,
) -> None:
    """A stingy caller, or whose client looks for the least gas, gets nobody's ballot skipped."""
    first, second, *_ = circle.wallets
    ballots = [(w, FOR, circle.sign(w, FOR, circle.owner)) for w in (first, second)]

    def counts(gas: int) -> bool:
        mark = circle.evm.snapshot()
        try:
            return circle.bring(ballots, gas=gas) == 2
        except Reverted:
            return False
        finally:
            circle.evm.restore(mark)

    low, high = 200_000, 2_000_000
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if counts(middle) else (middle, high)
    # beside the wallet's million are the transaction, its 900 bytes and the ballot before
    assert 1_100_000 < high < 1_250_000
    for gas in (200_000, 1_000_000, low):
        with circle.evm.reverts("governor: too little gas"):
            circle.bring(ballots, gas=gas)


def test_vote_by_wallets__a_bomb_of_256_kilobytes__costs_the_bomber_only(circle: Circle) -> None:
    """The answer is cut to one word: the Governor copies nothing of the rest."""
    wallet, evm = circle.wallets[0], circle.evm
    wallet.behave(WAYS["BOMB"], sender=circle.owner)
    evm.call(circle.relayer, wallet, wallet.calldata("isValidSignature", bytes(32), b""))
    alone = evm.gas_used
    assert alone > 500_000
    assert circle.bring([(wallet, FOR, b"")]) == 0
    assert evm.gas_used < alone + 20_000


def test_vote_by_wallets__lists_of_different_length__is_refused(circle: Circle) -> None:
    call, proposal = circle.governor.vote_by_wallets, circle.proposal
    until, one = circle.evm.now + DAY, choice(circle.wallets[0], FOR)
    for choices, reasons, signatures in (
        ([one], [], [b""]),
        ([one], [bytes(32)], []),
        ([one], [bytes(32)] * 2, [b""]),
        ([], [bytes(32)], []),
    ):
        with circle.evm.reverts("governor: one of each a wallet"):
            call(proposal.id, until, choices, reasons, signatures, sender=circle.relayer)


def test_vote_by_wallets__at_the_deadline__its_second_is_the_last(circle: Circle) -> None:
    deadline = circle.evm.now + 50
    for offset, wallet in ((-1, circle.wallets[0]), (0, circle.wallets[1])):
        circle.evm.warp_to(deadline + offset)
        signature = circle.sign(wallet, FOR, circle.owner, deadline=deadline)
        assert circle.bring([(wallet, FOR, signature)], deadline=deadline) == 1
    circle.evm.warp(1)
    with circle.evm.reverts("governor: ballots expired"):
        circle.bring([(circle.wallets[2], FOR, b"")], deadline=deadline)


def test_vote_by_wallets__while_no_ballots_are_taken__is_refused(circle: Circle) -> None:
    circle.evm.warp(30 * DAY)
    with circle.evm.reverts("governor: no ballots taken now"):
        circle.bring([])


def test_cast_vote_by_sig__of_a_wallet__counts_as_its_first(circle: Circle) -> None:
    wallet, owner = circle.wallets[0], circle.owner
    signature = owner.sign(circle.oz_ballot(circle.proposal, wallet, FOR))
    call, id_ = circle.governor.castVoteBySig, circle.proposal.id
    call(id_, FOR, wallet, signature, sender=circle.relayer)
    assert circle.votes() == (0, 1, 0)
    with circle.evm.reverts("governor: not signed by her"):
        call(id_, FOR, circle.wallets[1], signature, sender=circle.relayer)
    for way in BAD:
        circle.wallets[2].behave(WAYS[way], sender=owner)
        other = owner.sign(circle.oz_ballot(circle.proposal, circle.wallets[2], FOR))
        with circle.evm.reverts("governor: not signed by her"):
            call(id_, FOR, circle.wallets[2], other, sender=circle.relayer)


def test_vote_by_signatures__a_wallets_ballot__is_not_its_owners_to_bring(circle: Circle) -> None:
    """Flat ballots are ECDSA only: a wallet has no key."""
    wallet: Contract = circle.wallets[0]
    typed = circle.ballot(circle.proposal, wallet, FOR)
    signature = circle.owner.sign(typed)
    r, s, v = signature[:32], signature[32:64], signature[64]
    words = [choice(wallet, FOR), int.from_bytes(r), int.from_bytes(s) | (v - 27) << 255]
    assert circle.carry(circle.proposal, words) == 0
    assert circle.told() == [(wallet.address, NOT_HER_HAND)]


def test_wallet__that_votes_by_call__is_a_member_like_any_other(circle: Circle) -> None:
    wallet = circle.wallets[0]
    proposal: Proposal = circle.proposal
    circle.governor.castVote(proposal.id, FOR, sender=wallet)
    assert circle.votes() == (0, 1, 0)


def test_vote__of_an_account_with_delegated_code__counts_by_key_and_by_code(evm: Evm) -> None:
    """Her own key is asked first, then the code at her account."""
    desk = Desk(evm)
    person, guardian = evm.actor("person"), evm.actor("guardian")
    delegate(evm, person, evm.deploy("OddWallet", guardian))
    desk.admit(person, guardian)
    evm.warp(1)
    proposal = desk.opened((person, 0, b""), by=guardian)
    assert desk.carry(proposal, desk.signed(proposal, person, FOR)) == 1
    call, until = desk.governor.vote_by_wallets, evm.now + DAY
    for casts, signer, counts in ((1, person, 1), (2, guardian, 1), (3, desk.relayer, 0)):
        typed = desk.ballot(proposal, person, FOR, casts_before=casts)
        bring = ([choice(person, FOR, casts)], [bytes(32)], [signer.sign(typed)])
        assert call(proposal.id, until, *bring, sender=desk.relayer) == counts
    assert desk.governor.proposalVotes(proposal.id) == (0, 1, 0)
