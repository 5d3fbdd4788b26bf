# SPDX-License-Identifier: AGPL-3.0-only
"""A whole co-op on a dev chain, made by the real contracts through the package under test.

coop = Coop.make(client)        Hub, pool, founders, maintainers, attesters, a test dollar
coop.open_cred_earmark()        by a proposal through its real delays
coop.give(...)                  gifts of 2,000.00 in all, and 50.00 that came without a gift
coop.post(document)             after the epoch, signed by two of three maintainers
coop.consent(), coop.payday()   ballots in one transaction, a week, execution, payday
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

from millpond.chain import abi, dev_time
from millpond.chain.abi import encode_values, plain
from millpond.chain.answers import NO_ADDRESS, Address, Receipt
from millpond.chain.client import Client, Transaction
from millpond.chain.compiler import Compiled
from millpond.chain.contracts import Contract
from millpond.chain.distributions import Terms, sign_distribution, signed_post, whole_list
from millpond.chain.governance import Action, Ballot, Draft, Support, sheets, sign_ballot
from millpond.chain.signers import LocalSigner, Signer
from millpond.core import typed_data
from millpond.core.canonical import keccak256
from millpond.core.cred import CredHistory
from millpond.core.distribution import Distribution, Exclusion, Previous, build
from millpond.core.policies import policy_named
from millpond.core.subjects import NOBODY, Subject, address_bytes
from millpond.core.typed_data import Domain, TypedData
from tests.contracts.compiled import artifact
from tests.core import month

DAY = 86_400
DOLLAR = 10**6
PARTS = ("Pool", "Governor", "Admission", "Grain", "CredDistributor")
IMPLEMENTATIONS = (*PARTS, "Badges", "Identity")
SPENDERS = ("Allocation", "Team", "Matching", "Crowdmatch")
ALLOCATION = b"allocation".ljust(32, b"\0")
#         delay period   timelock expiry    quorum approval early
RULES = (
    (3600, 3 * DAY, 2 * DAY, 14 * DAY, 2000, 5000, True),
    (3600, 3 * DAY, 2 * DAY, 14 * DAY, 2000, 6667, True),
    (3600, 5 * DAY, 2 * DAY, 14 * DAY, 3000, 6667, True),
    (0, 7 * DAY, 0, 14 * DAY, 2500, 0, True),
)
POLICY_TYPE = f"(address,{'uint256,' * 9}bool)"
URI = "https://credsperiment.example/2019-09"
GRAIN_EACH = 1_000 * 10**18
MINIMUM = 5 * DOLLAR
DEPLOYER, RELAYER, STRANGER = LocalSigner(0), LocalSigner(1), LocalSigner(2)
FOUNDERS = [LocalSigner(index) for index in range(3, 8)]
MAINTAINERS = sorted((LocalSigner(i) for i in range(8, 11)), key=lambda s: address_bytes(s.address))
ATTESTERS = sorted((LocalSigner(i) for i in (11, 12)), key=lambda s: address_bytes(s.address))
PATRONS = [LocalSigner(index) for index in (13, 14, 15)]
PAYEES = [LocalSigner(index) for index in range(16, 20)]


def deploy(
    client: Client, name: str, types: str | tuple[abi.Param, ...] = "", *args: object
) -> Contract:
    """A contract of contracts/ or contracts/mocks/ by its constructor's arguments."""
    params = plain(*types.split()) if isinstance(types, str) else types
    tail = encode_values(params, args, name)
    made = artifact(name)
    compiled = Compiled(name, made.abi, made.creation, made.runtime, {})
    receipt = DEPLOYER.send(client, Transaction(None, compiled.deployment + tail, 0, name))
    assert receipt.contract_address is not None
    form = abi.parse(name, artifact(name).abi)
    return Contract(client, name, receipt.contract_address, form)


@dataclass
class Coop:
    """The co-op "credsperiment" and what became of it so far."""

    client: Client
    hub: Contract
    identity: Contract
    dollar: Contract
    parts: dict[str, Address]
    made: Receipt
    maintainers: dict[str, list[Subject]]
    """Account -> subjects of hers, by ascending account."""
    signer_cap_bps: int = 10_000
    posts: list[Receipt] = field(default_factory=list)

    @classmethod
    def make(cls, client: Client, signer_cap_bps: int = 10_000, wallet: str = "") -> "Coop":
        """Deploy everything and create the pool in one transaction.

        The first maintainer owns decentralion's leaf. A `wallet` is one more maintainer.
        """
        known: dict[str, list[Subject]] = {
            m.address: [month.who("decentralion")] * (m is MAINTAINERS[0]) for m in MAINTAINERS
        }
        if wallet:
            known[wallet] = []
        maintainers = {account: known[account] for account in sorted(known, key=address_bytes)}
        clerk = deploy(client, "Clerk").address
        given = {"CredDistributor": ("address", clerk)}
        names = (*IMPLEMENTATIONS, *SPENDERS)
        built = {name: deploy(client, name, *given.get(name, ())) for name in names}
        addresses = [built[name].address for name in IMPLEMENTATIONS]
        others = [(n.lower().encode().ljust(32, b"\0"), built[n].address) for n in SPENDERS]
        hub = deploy(client, "Hub", abi.load("Hub").constructor, *addresses, others)
        options = {
            "ways": (True, True, 2, 2000, 7 * DAY, NOBODY),
            "maintainers": list(maintainers.items()),
            "maintainers_needed": 2,
            "season_epochs": 3,
            "attesters": [attester.address for attester in ATTESTERS],
            "attesters_needed": 2,
            "grain_name": b"Credsperiment Grain".ljust(32, b"\0"),
            "grain_symbol": b"CRED".ljust(32, b"\0"),
            "buy_in_asset": NOBODY,
            "buy_in_amount": 0,
        }
        founders = [founder.address for founder in FOUNDERS]
        charter = ("https://credsperiment.example/charter", keccak256(b"charter"))
        made = hub.create_pool.send(DEPLOYER, "credsperiment", *charter, RULES, founders, options)
        said = hub.event(made, "PoolCreated").args["parts"]
        parts = dict(zip(PARTS, said, strict=True))
        dollar = deploy(client, "TestDollar")
        return cls(client, hub, built["Identity"], dollar, parts, made, maintainers, signer_cap_bps)

    @cached_property
    def pool(self) -> Contract:
        return Contract(self.client, "Pool", self.parts["Pool"])

    @cached_property
    def governor(self) -> Contract:
        return Contract(self.client, "Governor", self.parts["Governor"])

    @cached_property
    def admission(self) -> Contract:
        return Contract(self.client, "Admission", self.parts["Admission"])

    @cached_property
    def grain(self) -> Contract:
        return Contract(self.client, "Grain", self.parts["Grain"])

    @cached_property
    def distributor(self) -> Contract:
        return Contract(self.client, "CredDistributor", self.parts["CredDistributor"])

    @cached_property
    def clerk(self) -> Contract:
        return Contract(self.client, "Clerk", str(self.distributor.clerk()))

    def domain(self, contract: Contract) -> Domain:
        """Where messages to a contract count."""
        return Domain(self.client.chain_id, contract.address)

    # --- governance -----------------------------------------------------------------------------

    def carry(self, actions: list[Action], text: str) -> Receipt:
        """A proposal of the first founder, through its real delays, by ballots of all founders."""
        dev_time.advance(self.client, 1)
        draft = Draft.of(actions, text, FOUNDERS[0].address, keccak256(text.encode()))
        self.governor.propose.send(FOUNDERS[0], *draft.arguments)
        dev_time.advance(self.client, 3601)
        self.vote(draft.id, [(founder, Support.FOR) for founder in FOUNDERS])
        dev_time.advance_to(self.client, self.governor.proposalEta(draft.id))
        return self.governor.execute.send(STRANGER, *draft.carried_out)

    def vote(self, proposal_id: int, choices: list[tuple[LocalSigner, Support]]) -> Receipt:
        """Signed ballots, carried by the relayer in one transaction; closed if that is certain."""
        ballots = [self.ballot(voter, proposal_id, support) for voter, support in choices]
        (sheet,) = sheets(ballots)
        receipt = self.governor.vote_by_signatures.send(RELAYER, *sheet)
        if sum(support is Support.FOR for _, support in choices) == len(FOUNDERS):
            dev_time.advance(self.client, 1)
            self.governor.close.send(STRANGER, proposal_id)
        return receipt

    def ballot(self, voter: Signer, proposal_id: int, support: Support) -> Ballot:
        """One member's signed first ballot."""
        domain = self.domain(self.governor)
        deadline = self.governor.proposalDeadline(proposal_id)
        return sign_ballot(
            voter, domain, proposal_id, support, deadline=deadline, reason="as discussed"
        )

    # --- money in -------------------------------------------------------------------------------

    def open_cred_earmark(self) -> Receipt:
        """The restricted earmark 1, spent by the distributor, p = 100 %."""
        policy = (
            self.dollar.address, 1, 10_000, MINIMUM, GRAIN_EACH, self.signer_cap_bps,
            28 * DAY, 365 * DAY, 2_000, 2, False,
        )  # fmt: skip
        params = abi.encode_values(POLICY_PARAM, [policy], "the policy")
        purpose = ("https://credsperiment.example/cred", keccak256(b"cred"))
        spender = self.distributor.address
        action = Action.of(self.pool.open_earmark, 1, *purpose, spender, True, 0, params)
        return self.carry([action], "Open the earmark cred")

    def open_round(self, earmark: int, asset: str = NO_ADDRESS) -> Contract:
        """An allocation and its earmark in one proposal: 12 periods of 30 days, one ballot."""
        at = self.hub.next_install(self.pool.address, ALLOCATION, b"")
        types = plain("address", "uint256", "uint256", "uint256", "uint256")
        params = encode_values(types, (asset, 1, 30 * DAY, 12, 1), "the terms")
        purpose = ("https://credsperiment.example/commons", keccak256(b"commons"))
        opening = (earmark, *purpose, at, False, 0, params)
        install = Action.of(self.hub.install, ALLOCATION, b"")
        self.carry([install, Action.of(self.pool.open_earmark, *opening)], "Open a round")
        return Contract(self.client, "Allocation", Address(at))

    def give_all(self) -> None:
        """2,000.00 in three gifts, one anonymous; 50.00 by a plain transfer, synced."""
        for patron, dollars in zip(PATRONS, (1500, 300, 200), strict=True):
            self.give(patron, 1, dollars * DOLLAR, unnamed=dollars == 300)
        self.dollar.mint.send(PATRONS[0], PATRONS[0].address, 50 * DOLLAR)
        self.dollar.transfer.send(PATRONS[0], self.pool.address, 50 * DOLLAR)
        self.pool.sync.send(STRANGER, self.dollar.address)

    def give(self, patron: LocalSigner, earmark: int, amount: int, unnamed: bool = False) -> None:
        """Print, allow and give."""
        self.dollar.mint.send(patron, patron.address, amount)
        self.dollar.approve.send(patron, self.pool.address, amount)
        self.pool.give.send(patron, earmark, self.dollar.address, amount, "thank you", unnamed)

    # --- links ----------------------------------------------------------------------------------

    def link(self, subject: Subject, account: LocalSigner) -> Receipt:
        """Linked, and the wait of seven days passes."""
        receipt = self.propose_link(subject, account)
        dev_time.advance(self.client, 7 * DAY + 1)
        return receipt

    def propose_link(self, subject: Subject, account: LocalSigner) -> Receipt:
        """Two attesters and the account sign; the link waits from now on."""
        now = self.client.now()
        proof = ("https://credsperiment.example/proof", keccak256(b"proof"))

        def signed(signer: LocalSigner) -> bytes:
            return signer.sign_typed(
                typed_data.identity_link(
                    self.domain(self.identity),
                    pool=self.pool.address,
                    identity=subject,
                    account=account.address,
                    issued_at=now,
                    proof_hash=proof[1],
                    signer=signer.address,
                    deadline=now + DAY,
                )
            )

        return self.identity.link.send(
            RELAYER, self.pool.address, subject, account.address, now, proof[1], proof[0],
            now + DAY, [a.address for a in ATTESTERS], [signed(a) for a in ATTESTERS],
            signed(account),
        )  # fmt: skip

    # --- distributions --------------------------------------------------------------------------

    def document(
        self,
        epoch: int = 1,
        previous: Previous | None = None,
        history: CredHistory | None = None,
        exclusions: Sequence[Exclusion] = (),
    ) -> Distribution:
        """The real month of 2019-09, or other weeks, for this pool."""
        return build(
            chain_id=self.client.chain_id,
            pool=self.pool.address,
            distributor=self.distributor.address,
            epoch=epoch,
            previous=previous,
            history=history or month.history(),
            policy=policy_named("proportional", {}),
            inputs=month.inputs(),
            signer_cap_bps=self.signer_cap_bps,
            signers=self.maintainers,
            exclusions=exclusions,
        )

    def post(self, document: Distribution, signers: Sequence[Signer] = ()) -> Receipt:
        """Post a document signed by these maintainers, the first two by default."""
        head = self.distributor.head()
        policy = self.distributor.policy_of(head.policy_version)
        dev_time.advance_to(self.client, head.last_post_at + policy.epoch_length + 1)
        deadline = self.client.now() + DAY
        signatures = [
            (signer.address, sign_distribution(signer, document, head.attempt, URI, deadline))
            for signer in signers or MAINTAINERS[:2]
        ]
        post = signed_post(document, head.attempt, URI, deadline, signatures)
        self.posts.append(self.clerk.post.send(RELAYER, *post.arguments))
        return self.posts[-1]

    def proposal(self) -> Draft:
        """The consent proposal of the last post, as the Governor announced it."""
        return Draft.from_event(self.governor.event(self.posts[-1], "ProposalCreated"))

    def refuse(self) -> Receipt:
        """Two against: more than a quarter object. The week passes and anyone frees the pot."""
        draft = self.proposal()
        dev_time.advance(self.client, 1)
        self.vote(draft.id, [(founder, Support.AGAINST) for founder in FOUNDERS[:2]])
        dev_time.advance(self.client, 7 * DAY + 1)
        return self.distributor.void.send(STRANGER, self.distributor.head().finalised + 1)

    def consent(self) -> Receipt:
        """Three for, one against, one silent; the week passes; somebody executes."""
        draft = self.proposal()
        votes = (Support.FOR, Support.FOR, Support.FOR, Support.AGAINST)
        dev_time.advance(self.client, 1)
        self.vote(draft.id, list(zip(FOUNDERS, votes, strict=False)))
        dev_time.advance(self.client, 7 * DAY + 1)
        return self.governor.execute.send(STRANGER, *draft.carried_out)

    def terms(self, finalised: Receipt) -> Terms:
        """The final terms of the last post."""
        posted = self.distributor.event(self.posts[-1], "DistributionPosted").args["terms"]
        said = self.distributor.event(finalised, "DistributionFinalised").args
        return Terms.of(posted).final(said["excluded"], said["closes_at"])

    def payday(self, document: Distribution, terms: Terms) -> Receipt:
        """Anyone pays everybody."""
        leaves = whole_list(document)
        before = bytes(32) if terms.epoch == 1 else self.distributor.epoch_hash_of(terms.epoch - 1)
        return self.distributor.payday.send(STRANGER, before, terms.packed, leaves, 0, len(leaves))


@dataclass
class Story:
    """A co-op on a chain of its own, and the documents it posted."""

    url: str
    coop: Coop
    documents: list[Distribution]


class WalletSigner(Signer):
    """A contract wallet with two owners, who both sign (contracts/mocks/TwoOwnerWallet.vy)."""

    def __init__(self, client: Client) -> None:
        self.owners = [LocalSigner(21), LocalSigner(22)]
        addresses = [owner.address for owner in self.owners]
        self.address = deploy(client, "TwoOwnerWallet", "address address", *addresses).address

    def sign_typed(self, typed: TypedData) -> bytes:
        return b"".join(owner.sign_typed(typed) for owner in self.owners)

    def send(self, client: Client, transaction: Transaction) -> Receipt:
        raise NotImplementedError("the wallet only signs")


POLICY_PARAM = (
    abi.Param(
        "policy",
        "tuple",
        tuple(plain(*POLICY_TYPE.strip("()").split(","))),
        False,
    ),
)
ETH = NO_ADDRESS
