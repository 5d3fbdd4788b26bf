# SPDX-License-Identifier: AGPL-3.0-only
"""OpenZeppelin's Governor with its votes token: as its own treasury, or in front of its timelock.

Three founders hold a vote each, as in our pool; all vote For and the vote runs its full time. What
is measured is never the first of its kind: a payment of ETH has been made before.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from bench.house import ipfs_uri
from bench.messages import typed
from bench.meter import Call
from bench.peers.compiler import Artifact, Built
from bench.peers.notebook import DAY, UNITS, WEI, Notebook, Transfer
from millpond.chain.answers import NO_ADDRESS, Address
from millpond.chain.contracts import Contract
from millpond.chain.signers import LocalSigner
from millpond.core.canonical import keccak256

FOR = 1
VOTE = 10**18
HUNDRED = 100
ROUND = 3 * DAY + 1
BALLOT = "uint256 proposalId,uint8 support,address voter,uint256 nonce"
DELEGATION = "address delegatee,uint256 nonce,uint256 expiry"
ETHER = 100 * 10**18


@dataclass(frozen=True)
class Payment:
    """One payment out of the treasury, as a proposal."""

    target: Address
    value: int
    data: bytes
    text: str

    @property
    def proposed(self) -> tuple[object, ...]:
        """As `propose` takes it."""
        return [self.target], [self.value], [self.data], self.text

    @property
    def carried_out(self) -> tuple[object, ...]:
        """As `queue` and `execute` take it."""
        return [self.target], [self.value], [self.data], keccak256(self.text.encode())


@dataclass(frozen=True)
class Assembly:
    """A Governor, its votes token and where its money is."""

    book: Notebook
    votes: Contract
    governor: Contract
    treasury: Address
    timelocked: bool

    def id_of(self, payment: Payment) -> int:
        """The number of the proposal."""
        return int(self.governor.hashProposal(*payment.carried_out))

    def propose(self, payment: Payment) -> Call:
        """By a founder."""
        return Call(self.book.people.founders[0], self.governor.propose, payment.proposed)

    def opened(self, payment: Payment) -> int:
        """Proposed and open."""
        self.propose(payment).send()
        self.book.wait(DAY + 1)
        return self.id_of(payment)

    def vote(self, who: LocalSigner, number: int) -> Call:
        """A member's own call."""
        return Call(who, self.governor.castVote, (number, FOR))

    def signed_vote(self, who: LocalSigner, number: int) -> Call:
        """A signed ballot, brought by a stranger."""
        nonce = self.governor.nonces(who.address)
        ballot = typed(
            self.governor, "Governor", "Ballot", BALLOT, (number, FOR, who.address, nonce)
        )
        words = (number, FOR, who.address, who.sign_typed(ballot))
        return Call(self.book.people.stranger, self.governor.castVoteBySig, words)

    def queue(self, payment: Payment) -> Call:
        """The step between vote and execution that the timelock asks for."""
        return Call(self.book.people.relayer, self.governor.queue, payment.carried_out)

    def execute(self, payment: Payment) -> Call:
        """By anyone."""
        return Call(self.book.people.relayer, self.governor.execute, payment.carried_out)

    def ready(self, payment: Payment) -> Call:
        """Proposed, carried by all founders, waited for: its execution."""
        number = self.opened(payment)
        for founder in self.book.people.founders:
            self.vote(founder, number).send()
        self.book.wait(ROUND)
        if self.timelocked:
            self.queue(payment).send()
            self.book.wait(ROUND)
        return self.execute(payment)


def founded(book: Notebook, built: Built, timelocked: bool) -> Assembly:
    """A new Governor; its founders are delegated to themselves, its treasury has ETH."""
    people, made = book.people, built.artifacts
    votes = book.deploy(made["OzVotes"], people.steward.address)
    for founder in people.founders:
        votes.mint.send(people.steward, founder.address, VOTE)
        votes.delegate.send(founder, founder.address)
    if timelocked:
        anyone, nobody = [NO_ADDRESS], list[Address]()
        settings = (2 * DAY, nobody, anyone, people.steward.address)
        timelock = book.deploy(made["TimelockController"], *settings)
        governor = book.deploy(made["OzTimelocked"], votes.address, timelock.address)
        timelock.grantRole.send(people.steward, timelock.PROPOSER_ROLE(), governor.address)
        treasury = timelock.address
    else:
        governor = book.deploy(made["OzGovernor"], votes.address)
        treasury = governor.address
    Transfer(people.patron, book.client, treasury, ETHER).send()
    return Assembly(book, votes, governor, treasury, timelocked)


def measure(book: Notebook, built: Built, timelocked: bool) -> None:
    """All that a Governor does."""
    assembly = founded(book, built, timelocked)
    _first_payment(assembly)
    _second_payment(assembly)
    queue = ["queue"] if timelocked else []
    parts = ["propose_eth", "vote_first", "vote_later", "vote_later", *queue, "execute_eth"]
    waits = "a timelock of two days" if timelocked else "no timelock"
    book.add_up("whole_payment", parts, f"three votes; {waits}")
    _token_payment(assembly, built.artifacts["OzMoney"])
    if not timelocked:
        _more_members(assembly, built.artifacts["Batch"])


def _ether(assembly: Assembly, text: str) -> Payment:
    return Payment(assembly.book.people.payee.address, WEI, b"", ipfs_uri(text))


def _first_payment(assembly: Assembly) -> None:
    """The third founder signs for the first time in her life."""
    book, payment = assembly.book, _ether(assembly, "a payment in ETH")
    number, (first, second, third) = assembly.opened(payment), book.people.founders
    assembly.vote(first, number).send()
    assembly.vote(second, number).send()
    book.measure(
        "vote_by_sig_first",
        assembly.signed_vote(third, number),
        (assembly.governor, "VoteCast", 1),
        note="a later ballot of its proposal, the voter's first signature",
    )
    book.wait(ROUND)
    if assembly.timelocked:
        assembly.queue(payment).send()
        book.wait(ROUND)
    assembly.execute(payment).send()


def _second_payment(assembly: Assembly) -> None:
    book, governor = assembly.book, assembly.governor
    payment = _ether(assembly, "a second payment in ETH")
    first, second, third = book.people.founders
    book.measure("propose_eth", assembly.propose(payment), (governor, "ProposalCreated", 1))
    book.wait(DAY + 1)
    number, cast = assembly.id_of(payment), (governor, "VoteCast", 1)
    book.measure("vote_first", assembly.vote(first, number), cast)
    book.measure("vote_later", assembly.vote(second, number), cast)
    book.measure("vote_by_sig", assembly.signed_vote(third, number), cast)
    book.wait(ROUND)
    if assembly.timelocked:
        book.measure("queue", assembly.queue(payment), (governor, "ProposalQueued", 1))
        book.wait(ROUND)
    before = book.client.balance(payment.target)
    book.measure("execute_eth", assembly.execute(payment), (governor, "ProposalExecuted", 1))
    book.require(book.client.balance(payment.target) - before == WEI, "execute_eth")


def _token_payment(assembly: Assembly, money: Artifact) -> None:
    """To somebody who holds the token."""
    book, payee = assembly.book, assembly.book.people.payee.address
    token = book.deploy(money)
    token.mint.send(book.people.patron, assembly.treasury, 2 * UNITS)
    token.mint.send(book.people.patron, payee, UNITS)
    data = token.transfer.encode(payee, UNITS)
    payment = Payment(token.address, 0, data, ipfs_uri("a payment in dollars"))
    done = ((assembly.governor, "ProposalExecuted", 1), (token, "Transfer", 1))
    book.measure("execute_erc20", assembly.ready(payment), *done)


def _more_members(assembly: Assembly, batch: Artifact) -> None:
    """One by the owner of the token and herself; then a hundred, who vote by signature."""
    book, people, votes = assembly.book, assembly.book.people, assembly.votes
    newcomer = people.candidate
    admission = Call(people.steward, votes.mint, (newcomer.address, VOTE))
    delegation = Call(newcomer, votes.delegate, (newcomer.address,))
    note = "the owner creates her vote, and she delegates it to herself"
    book.measure("add_member", [admission, delegation], note=note)
    many = book.deploy(batch)
    votes.transferOwnership.send(people.steward, many.address)
    voters = people.joiners[:HUNDRED]
    mints = [votes.mint.encode(voter.address, VOTE) for voter in voters]
    _in_halves(book, many, votes, mints)
    _in_halves(book, many, votes, [_delegated(votes, voter) for voter in voters])
    _hundred_ballots(assembly, many, voters)


def _in_halves(book: Notebook, many: Contract, target: Contract, calls: list[bytes]) -> None:
    """What would not fit into one transaction."""
    middle = len(calls) // 2
    for part in (calls[:middle], calls[middle:]):
        many.all.send(book.people.relayer, target.address, part)


def _delegated(votes: Contract, voter: LocalSigner) -> bytes:
    expiry = votes.client.now() + DAY
    delegation = typed(votes, "Votes", "Delegation", DELEGATION, (voter.address, 0, expiry))
    signature = voter.sign_typed(delegation)
    parts = signature[64], signature[:32], signature[32:64]
    return votes.delegateBySig.encode(voter.address, 0, expiry, *parts)


def _hundred_ballots(assembly: Assembly, many: Contract, voters: Sequence[LocalSigner]) -> None:
    """All have signed before, which is cheaper; nobody has voted on this proposal yet."""
    book, governor = assembly.book, assembly.governor
    for measured in (False, True):
        number = assembly.opened(_ether(assembly, f"a hundred ballots, measured: {measured}"))
        ballots = [assembly.signed_vote(voter, number).data for voter in voters]
        call = Call(book.people.relayer, many.all, (governor.address, ballots))
        if measured:
            note = "in one transaction through a contract that forwards calls; later signatures"
            book.measure("votes_by_sig_100", call, (governor, "VoteCast", HUNDRED), note=note)
        else:
            call.send()
        book.wait(ROUND)


def measure_creation(book: Notebook, built: Built) -> None:
    """Clones of both contracts, made, set up and handed over in one transaction."""
    factory = book.deploy(built.artifacts["ClonedFactory"])
    founders = [founder.address for founder in book.people.founders]
    for count in (1, 3):
        call = Call(book.people.founders[0], factory.create, (founders[:count],))
        note = "one transaction; each founder's vote is delegated to herself"
        receipt = book.measure(f"create_{count}", call, (factory, "Made", 1), note=note)
        made = factory.event(receipt, "Made").args
        votes = book.at(built.artifacts["ClonedVotes"], made["token"])
        book.require(votes.getVotes(founders[count - 1]) == VOTE, f"create_{count}")
        book.require(votes.owner() == made["governor"], f"create_{count}")
