# SPDX-License-Identifier: AGPL-3.0-only
"""Signed ballots: may it count now, how many go together, and which ones did.

The rules are those of contracts/modules/casting.vy and ballots.vy; a reason is named as the
Governor names it, so that its next step is the one of the table. What is said here only spares gas:
the Governor itself decides.
"""

from collections.abc import Sequence

from millpond.api.relay.items import Item, Kind, Verdict, done, ready, refused, waits
from millpond.api.relay.look import Look, Proposal
from millpond.api.relay.wallets import NotDeployed, Signed, accepted
from millpond.chain import papers
from millpond.chain.answers import Receipt
from millpond.chain.client import Transaction
from millpond.chain.contracts import Contract
from millpond.chain.governance import (
    MAX_BALLOTS,
    MAX_WALLETS,
    Ballot,
    State,
    Support,
    sheets,
    wallet_sheets,
)
from millpond.chain.members import Member
from millpond.chain.next_steps import next_step
from millpond.core import typed_data
from millpond.core.errors import SignatureError
from millpond.core.typed_data import Domain, TypedData

_LAST = 4
"""The casts that the fifth and last one follows."""
_BY_KEY, _BY_WALLET = "key", "wallet"
_LOOK = "look at the proposal and sign anew if you still want it"


def read(document: str) -> Ballot:
    """The ballot of an item."""
    return papers.read_ballot(document.encode())[0]


def message(domain: Domain, ballot: Ballot) -> TypedData:
    """What its voter signed."""
    return typed_data.ballot(
        domain,
        proposal_id=ballot.proposal_id,
        voter=ballot.voter,
        support=int(ballot.support),
        casts_before=ballot.casts_before,
        reason_hash=ballot.reason_hash,
        deadline=ballot.deadline,
    )


def digest(domain: Domain, ballot: Ballot) -> bytes:
    """The bytes that she signed."""
    return typed_data.digest(message(domain, ballot))


class Ballots:
    """The kind of items that the Governor takes."""

    kind = Kind.BALLOT
    contract = "Governor"

    def most(self, lane: str) -> int:
        """How many one transaction takes."""
        return MAX_WALLETS if lane.endswith(_BY_WALLET) else MAX_BALLOTS

    def check(self, look: Look, item: Item, others_first: bool) -> Verdict:
        """Whether it would count now. `others_first`: earlier casts of hers are in the queue."""
        ballot = read(item.document)
        proposal = look.proposal(item.contract, ballot.proposal_id)
        if proposal is None:
            return _no("governor: no such proposal")
        member = look.member(item.contract, ballot.voter)
        cast = look.ballot(item.contract, ballot.proposal_id, member.seat) if member.seat else 0
        found = _before(ballot, cast) if member.is_member else None
        reason = _objection(look, ballot, proposal, member)
        if found is not None or reason is not None:
            return found or _no(str(reason))
        try:
            signed = self._signed(look, item, ballot)
        except SignatureError as error:
            return _unsigned(error)
        if proposal.state is State.PENDING:
            return waits("the vote is not open yet")
        if ballot.casts_before > _casts(cast):
            follows = "a ballot of hers that this one follows is still on its way"
            return waits(follows) if others_first else _no("governor: not the ballot's turn")
        return ready(_lane(item, ballot, signed), _due(ballot, proposal))

    def call(self, look: Look, lane: str, items: Sequence[Item]) -> Transaction:
        """The transaction that brings these, all of one lane."""
        governor = look.contract("Governor", items[0].contract)
        ballots = [self._as_taken(look, lane, item) for item in items]
        if lane.endswith(_BY_WALLET):
            (wallets,) = wallet_sheets(ballots)
            data = governor.vote_by_wallets.encode(*wallets)
            return Transaction(governor.address, data, 0, "Governor.vote_by_wallets")
        (sheet,) = sheets(ballots)
        data = governor.vote_by_signatures.encode(*sheet)
        return Transaction(governor.address, data, 0, "Governor.vote_by_signatures")

    def would_hold(self, look: Look, lane: str, items: Sequence[Item]) -> bool:
        """Whether all of them would count now; `Reverted` if the whole call would fail."""
        call = self.call(look, lane, items)
        return int.from_bytes(look.client.call(call, look.sender)) == len(items)

    def became(self, governor: Contract, items: Sequence[Item], receipt: Receipt) -> dict[str, str]:
        """Why each item did not count in a mined transaction; those that did are not in it."""
        counted = {
            (event.args["voter"], event.args["proposalId"])
            for event in governor.events(receipt, "VoteCast")
        }
        why = {
            event.args["voter"]: str(event.args["why"])
            for event in governor.events(receipt, "BallotSkipped")
        }
        return {
            item.id: why.get(item.person, "the Governor did not count it")
            for item in items
            if (item.person, int(item.about)) not in counted
        }

    def _signed(self, look: Look, item: Item, ballot: Ballot) -> Signed:
        typed = digest(look.domain(item.contract), ballot)
        return accepted(look.client, ballot.voter, typed, ballot.signature)

    def _as_taken(self, look: Look, lane: str, item: Item) -> Ballot:
        """With the signature as the Governor takes it: what is wrapped for others is unwrapped."""
        ballot = read(item.document)
        if lane.endswith(_BY_KEY):
            # by a key even where her account has code by now (EIP-7702)
            signature = self._signed(look, item, ballot).signature if ballot.by_wallet else None
            return _with(ballot, signature or ballot.signature, False)
        return _with(ballot, self._signed(look, item, ballot).signature, True)


def _with(ballot: Ballot, signature: bytes, by_wallet: bool) -> Ballot:
    return Ballot(
        ballot.voter,
        ballot.proposal_id,
        ballot.support,
        ballot.casts_before,
        ballot.reason_hash,
        ballot.deadline,
        signature,
        by_wallet,
    )


def _no(reason: str) -> Verdict:
    """As the Governor would say it."""
    return refused(reason, next_step(reason) or _LOOK)


def _casts(cast: int) -> int:
    return (cast + 2) // 3


def _stands(cast: int) -> Support:
    return (Support.ABSTAIN, Support.AGAINST, Support.FOR)[cast % 3]


def _before(ballot: Ballot, cast: int) -> Verdict | None:
    """Another one stands in its place; or this very one, which anybody may have brought."""
    casts = _casts(cast)
    if casts == ballot.casts_before + 1 and _stands(cast) is ballot.support:
        return done("it stands on the chain")
    return _no("governor: not the ballot's turn") if casts > ballot.casts_before else None


def _objection(look: Look, ballot: Ballot, proposal: Proposal, member: Member) -> str | None:
    """Why it can never count, whoever signed it; in the order in which the Governor asks."""
    taken = (State.PENDING, State.ACTIVE, State.QUEUED)
    not_against = ballot.support is not Support.AGAINST
    objections = (
        ("governor: ballots expired", look.now > ballot.deadline),
        ("governor: no ballots taken now", proposal.state not in taken),
        ("governor: not a member", not member.is_member),
        ("governor: joined too late", member.joined_at >= proposal.created_at),
        ("governor: Against only by now", not_against and proposal.state is State.QUEUED),
        ("governor: last cast is Against", not_against and ballot.casts_before == _LAST),
    )
    return next((reason for reason, holds in objections if holds), None)


def _unsigned(error: SignatureError) -> Verdict:
    if isinstance(error, NotDeployed):
        return refused(error.message, error.next_step)
    return refused(f"governor: not the voter's hand ({error.message})", error.next_step)


def _lane(item: Item, ballot: Ballot, signed: Signed) -> str:
    how = _BY_KEY if signed.by_key else _BY_WALLET
    return f"{item.contract}/{ballot.proposal_id}/{ballot.deadline}/{how}"


def _due(ballot: Ballot, proposal: Proposal) -> int:
    """Against counts until the timelock ends, anything else until the vote closes."""
    last = proposal.ready_at - 1 if ballot.support is Support.AGAINST else proposal.closes_at
    return min(ballot.deadline, last)
