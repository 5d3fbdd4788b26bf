# SPDX-License-Identifier: AGPL-3.0-only
"""A pool at work: made by the Hub from reviewed parameters, deciding through its real delays."""

from base64 import b32encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.meter import Call
from millpond.chain import dev_time
from millpond.chain.abi import encode_values
from millpond.chain.answers import Receipt
from millpond.chain.assets import Asset
from millpond.chain.client import Client
from millpond.chain.contracts import Contract
from millpond.chain.coop import ETH, Coop, domain_of
from millpond.chain.deployments import DeployedPool, Record
from millpond.chain.governance import Action, Draft, Support, sheets, sign_ballot
from millpond.chain.signers import LocalSigner
from millpond.core.canonical import keccak256
from millpond.core.subjects import to_hex
from scripts import _params
from scripts._params import Maintainer, PoolParams

ROOT = Path(__file__).resolve().parents[1]
PARAMS = ROOT / "scripts" / "params" / "local.yaml"
DAY = 86_400


def ipfs_uri(text: str) -> str:
    """An address of 66 bytes, in the form that IPFS gives to what has this hash."""
    content = bytes.fromhex("01701220") + keccak256(text.encode())
    return "ipfs://b" + b32encode(content).decode().rstrip("=").lower()


def parameters(
    name: str, founders: Sequence[LocalSigner], changed: Mapping[str, object]
) -> PoolParams:
    """The pattern that people copy, with these founders and what else is changed.

    As many may join as there are members, every day: what they cost is measured, not their waiting.
    """
    pattern = _params.load(PARAMS)
    ways = pattern.ways.model_copy(update={"joins_bps": 10_000, "period": DAY})
    accounts = [founder.address for founder in founders]
    own = {"name": name, "founders": accounts, "ways": ways, **changed}
    return pattern.model_copy(update=own)


def maintainers(people: Sequence[LocalSigner]) -> list[Maintainer]:
    """As parameters name them."""
    return [Maintainer(account=person.address) for person in people]


def creation(hub: Contract, creator: LocalSigner, params: PoolParams) -> Call:
    """The one transaction that makes a pool."""
    return Call(creator, hub.create_pool, params.arguments(PARAMS.parent))


@dataclass(frozen=True)
class House:
    """A pool, its parameters, and the people who propose and carry things out for it."""

    coop: Coop
    params: PoolParams
    proposer: LocalSigner
    relayer: LocalSigner

    @property
    def client(self) -> Client:
        """The node it lives on."""
        return self.coop.client

    @classmethod
    def made(
        cls,
        record: Record,
        hub: Contract,
        receipt: Receipt,
        params: PoolParams,
        proposer: LocalSigner,
        relayer: LocalSigner,
    ) -> "House":
        """The pool that a transaction has made."""
        parts = hub.event(receipt, "PoolCreated").args["parts"]
        entry = DeployedPool(
            hub=hub.address,
            parts=dict(zip(Coop.kinds(), parts, strict=True)),
            block_number=receipt.block_number,
            transaction_hash=to_hex(receipt.transaction_hash),
        )
        coop = Coop.open(hub.client, record.with_pool(params.name, entry), params.name)
        dev_time.advance(hub.client, DAY)
        return cls(coop, params, proposer, relayer)

    # --- proposals ------------------------------------------------------------------------------

    def propose(self, draft: Draft, proposer: LocalSigner | None = None) -> Call:
        """A member's proposal."""
        return Call(proposer or self.proposer, self.coop.governor.propose, draft.arguments)

    def opened(self, draft: Draft, proposer: LocalSigner | None = None) -> Draft:
        """Proposed, and its vote is open."""
        self.propose(draft, proposer).send()
        return self.wait_for_vote(draft)

    def wait_for_vote(self, draft: Draft) -> Draft:
        """Let the longest delay of any class pass."""
        dev_time.advance(self.client, DAY + 1)
        return draft

    def ballots(self, draft: Draft, voters: Sequence[LocalSigner]) -> Call:
        """Signed first ballots, all For and without reasons, in one transaction."""
        domain = domain_of(self.coop.governor)
        deadline = self.coop.governor.proposalDeadline(draft.id)
        signed = [
            sign_ballot(voter, domain, draft.id, Support.FOR, deadline=deadline) for voter in voters
        ]
        # carried in the order of the voters: of the seats, if they are given so
        (sheet,) = sheets(signed)
        return Call(self.relayer, self.coop.governor.vote_by_signatures, sheet)

    def wait_for_execution(self, draft: Draft) -> Draft:
        """Let the vote and the timelock run their full time."""
        dev_time.advance_to(self.client, self.coop.governor.proposalEta(draft.id))
        return draft

    def execute(self, draft: Draft) -> Call:
        """Carried out by anyone."""
        return Call(self.relayer, self.coop.governor.execute, draft.carried_out)

    def ready(self, draft: Draft, voters: Sequence[LocalSigner]) -> Draft:
        """Proposed, carried by these voters, and ready to be executed."""
        self.ballots(self.opened(draft), voters).send()
        return self.wait_for_execution(draft)

    def carry(self, draft: Draft, voters: Sequence[LocalSigner]) -> Receipt:
        """All the way."""
        return self.execute(self.ready(draft, voters)).send()

    # --- earmarks -------------------------------------------------------------------------------

    def opening(self, number: int, asset: Asset, deadline: int = 0) -> Action:
        """The restricted earmark of the parameters, paid out by the pool's distributor."""
        earmark, coop = self.params.earmark("cred"), self.coop
        policy = _params.policy_words(earmark.policy, asset.address, asset.decimals, number)
        form = coop.distributor.abi.function("set_policy", 1).inputs
        return Action.of(
            coop.pool.open_earmark,
            number,
            earmark.purpose_uri,
            earmark.purpose_hash,
            coop.distributor.address,
            True,
            deadline,
            encode_values(form, [policy], "the policy"),
        )

    def plain_opening(self, number: int) -> Action:
        """An earmark that the members spend by vote."""
        purpose = "https://credsperiment.example/earmarks/garden"
        words = (number, purpose, keccak256(purpose.encode()), ETH, False, 0, b"")
        return Action.of(self.coop.pool.open_earmark, *words)
