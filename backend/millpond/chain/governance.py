# SPDX-License-Identifier: AGPL-3.0-only
"""Proposals and ballots as the scripts make them: the same content, id and words as the Governor's.

draft = Draft.of([Action.of(pool.open_earmark, 1, ...)], "Open the earmark", proposer, salt)
governor.propose.send(signer, *draft.arguments)         draft.id is its id before and after
ballots = [sign_ballot(signer, domain, draft.id, FOR, ...), ...]
for sheet in sheets(ballots):
    governor.vote_by_signatures.send(relayer, *sheet)
governor.execute.send(anyone, *draft.carried_out)
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import IntEnum
from itertools import groupby
from typing import Self

from millpond.chain.abi import Event, encode_values, plain
from millpond.chain.answers import Address
from millpond.chain.contracts import Contract, Method
from millpond.chain.signers import Signer
from millpond.core import typed_data
from millpond.core.canonical import keccak256
from millpond.core.errors import BadInput, Reverted
from millpond.core.signatures import to_compact
from millpond.core.subjects import address_bytes, checksum_address, to_hex
from millpond.core.typed_data import Domain
from millpond.core.units import whole

MAX_ACTIONS = 8
MAX_CALL = 2048
MAX_DESCRIPTION = 4096
MAX_BALLOTS = 128
MAX_WALLETS = 8
"""What one proposal and one transaction of ballots can hold (Governor.vy)."""

_CONTENT = plain("address[]", "uint256[]", "bytes[]", "bytes32")
_NO_SUCH = "governor: no such proposal"


class State(IntEnum):
    """OpenZeppelin's states of a proposal."""

    PENDING = 0
    ACTIVE = 1
    CANCELED = 2
    DEFEATED = 3
    SUCCEEDED = 4
    QUEUED = 5
    EXPIRED = 6
    EXECUTED = 7


class Support(IntEnum):
    """What a ballot says."""

    AGAINST = 0
    FOR = 1
    ABSTAIN = 2


@dataclass(frozen=True)
class Action:
    """One call that the Governor would make."""

    target: Address
    value: int
    data: bytes

    @classmethod
    def of(cls, method: Method, *args: object, value: int = 0) -> Self:
        """The call of a contract's function, such as `Action.of(pool.spend, 0, asset, to, 5)`."""
        return cls(method.contract.address, whole(value, "the value"), method.encode(*args))


@dataclass(frozen=True)
class Draft:
    """The whole content of a proposal. Its id is the hash of exactly this."""

    actions: tuple[Action, ...]
    description: str

    @classmethod
    def of(cls, actions: Sequence[Action], text: str, proposer: str, salt: bytes) -> Self:
        """A person's proposal: nobody else can propose it, and the salt sets it apart from others.

        The same arguments make the same id, so a script can ask whether it has proposed already.
        """
        account = checksum_address(address_bytes(proposer)).lower()
        description = f"{text}\n\nsalt: {to_hex(salt)}\n#proposer={account}"
        return cls(tuple(actions), description).checked()

    @classmethod
    def from_event(cls, event: Event) -> Self:
        """The content that a ProposalCreated event tells; to execute what a contract raised."""
        args = event.args
        calls = zip(args["targets"], args["values"], args["calldatas"], strict=True)
        return cls(tuple(Action(*call) for call in calls), args["description"])

    def checked(self) -> Self:
        """This draft, if the Governor can take it; else `BadInput`."""
        if not 1 <= len(self.actions) <= MAX_ACTIONS:
            raise BadInput(
                f"a proposal has 1 to {MAX_ACTIONS} actions, not {len(self.actions)}",
                "split it into several proposals",
            )
        longest = max(len(action.data) for action in self.actions)
        if longest > MAX_CALL:
            raise BadInput(
                f"an action has {longest} bytes, at most {MAX_CALL} fit", "split that call"
            )
        if len(self.description.encode()) > MAX_DESCRIPTION:
            raise BadInput(
                f"the description is longer than {MAX_DESCRIPTION} bytes",
                "publish the long text elsewhere and name its address and hash",
            )
        return self

    @property
    def arguments(self) -> tuple[list[Address], list[int], list[bytes], str]:
        """What `propose` takes."""
        return *self._calls, self.description

    @property
    def carried_out(self) -> tuple[list[Address], list[int], list[bytes], bytes]:
        """What `execute`, `cancel` and `hashProposal` take."""
        return *self._calls, keccak256(self.description.encode())

    @property
    def id(self) -> int:
        """OpenZeppelin's id of this content."""
        return int.from_bytes(keccak256(encode_values(_CONTENT, self.carried_out, "a proposal")))

    @property
    def _calls(self) -> tuple[list[Address], list[int], list[bytes]]:
        targets = [action.target for action in self.actions]
        return targets, [a.value for a in self.actions], [a.data for a in self.actions]


def state_of(governor: Contract, proposal_id: int) -> State | None:
    """Where a proposal stands; None if nobody has proposed it."""
    try:
        return State(governor.state(proposal_id))
    except Reverted as error:
        if error.reason == _NO_SUCH:
            return None
        raise


def casts_of(governor: Contract, proposal_id: int, account: str) -> int:
    """How many ballots the seat of an account has cast: what the next signed ballot follows."""
    seat = governor.member_words(account) & 0xFFFF_FFFF
    nibble = (governor.sheets(proposal_id, seat // 64) >> 4 * (seat % 64)) & 15
    return int(nibble + 2) // 3


def created(governor: Contract, proposal_id: int, since: int) -> Event:
    """The event that tells a proposal's whole content; `BadInput` when there is none."""
    for event in reversed(governor.past_events("ProposalCreated", since)):
        if event.args["proposalId"] == proposal_id:
            return event
    raise BadInput(f"nobody has proposed {proposal_id}", "check the number and the network")


@dataclass(frozen=True)
class Ballot:
    """A member's signed ballot, ready to be carried by anyone."""

    voter: Address
    proposal_id: int
    support: Support
    casts_before: int
    reason_hash: bytes
    deadline: int
    signature: bytes
    by_wallet: bool = False
    """Whether the voter is a contract that judges the signature itself (ERC-1271)."""

    @property
    def choice(self) -> int:
        """Voter, choice and turn in one word."""
        voter = int.from_bytes(address_bytes(self.voter))
        return voter | self.support << 160 | self.casts_before << 168

    @property
    def words(self) -> tuple[int, int, int]:
        """Voter and choice, r, vs: the three words of it in `vote_by_signatures`."""
        r, vs = to_compact(self.signature)
        return self.choice, int.from_bytes(r), int.from_bytes(vs)


def sign_ballot(
    signer: Signer,
    governor: Domain,
    proposal_id: int,
    support: Support,
    *,
    deadline: int,
    casts_before: int = 0,
    reason: str = "",
) -> Ballot:
    """A ballot over the Governor's domain and the hash of its reason (its text goes beside).

    `deadline` is the last second in which it counts; a ballot without an end could be held back.
    """
    reason_hash = keccak256(reason.encode()) if reason else bytes(32)
    typed = typed_data.ballot(
        governor,
        proposal_id=proposal_id,
        voter=signer.address,
        support=int(support),
        casts_before=casts_before,
        reason_hash=reason_hash,
        deadline=deadline,
    )
    signature = signer.sign_typed(typed)
    return Ballot(
        signer.address,
        proposal_id,
        support,
        casts_before,
        reason_hash,
        deadline,
        signature,
        signer.is_wallet,
    )


Sheet = tuple[int, int, list[int], list[bytes]]
"""The arguments of one `vote_by_signatures`: proposal, deadline, words, reason hashes."""


WalletSheet = tuple[int, int, list[int], list[bytes], list[bytes]]
"""The arguments of one `vote_by_wallets`: proposal, deadline, choices, reasons, signatures."""


def sheets(ballots: Iterable[Ballot]) -> list[Sheet]:
    """Ballots of accounts as few transactions, of at most 128 ballots each."""
    made: list[Sheet] = []
    for (proposal_id, deadline), part in _parts(ballots, False, MAX_BALLOTS):
        words = [word for ballot in part for word in ballot.words]
        reasons = [ballot.reason_hash for ballot in part]
        made.append((proposal_id, deadline, words, reasons if any(map(any, reasons)) else []))
    return made


def wallet_sheets(ballots: Iterable[Ballot]) -> list[WalletSheet]:
    """Ballots of contract wallets, at most 8 in a transaction."""
    return [
        (
            proposal_id,
            deadline,
            [ballot.choice for ballot in part],
            [ballot.reason_hash for ballot in part],
            [ballot.signature for ballot in part],
        )
        for (proposal_id, deadline), part in _parts(ballots, True, MAX_WALLETS)
    ]


def _parts(
    ballots: Iterable[Ballot], by_wallet: bool, most: int
) -> Iterator[tuple[tuple[int, int], list[Ballot]]]:
    """One for each proposal and deadline, and no longer than one transaction takes."""

    def key(ballot: Ballot) -> tuple[int, int]:
        return ballot.proposal_id, ballot.deadline

    chosen = [ballot for ballot in ballots if ballot.by_wallet == by_wallet]
    for shared, group in groupby(sorted(chosen, key=key), key):
        together = list(group)
        for at in range(0, len(together), most):
            yield shared, together[at : at + most]
