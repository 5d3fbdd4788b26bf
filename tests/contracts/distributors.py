# SPDX-License-Identifier: AGPL-3.0-only
"""What the tests of the CredDistributor share: real Pool, Grain and Identity, a played Governor.

The tree here is a second one, written from the text of the formats with eth_abi and eth_utils; the
vectors of tests/vectors/sum_tree.json, made by viem, hold it to the format.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from eth_abi.abi import encode
from eth_utils.address import to_checksum_address
from eth_utils.crypto import keccak

from tests.contracts import registry
from tests.contracts.evm import ETH, Actor, Contract, Evm, Log, address_of
from tests.contracts.grains import new_grain

DAY = 86_400
YEAR = 365 * DAY
MONTH = 28 * DAY
UNCAPPED = 10_000
DOLLARS = 10**6
DEFEATED, CANCELED, EXPIRED, EXECUTED = 3, 2, 6, 7
PURPOSE = ("ipfs://purpose", b"\x17" * 32)
DATA_HASH = keccak(text="the distribution document")
URI = "https://mill.example.org/distributions/2019-09.json"

POST_FIELDS = (
    ("uint256", "epoch"),
    ("uint256", "attempt"),
    ("bytes32", "root"),
    ("uint256", "totalCred"),
    ("uint256", "leafCount"),
    ("bytes32", "dataHash"),
    ("string", "uri"),
    ("address", "signer"),
    ("uint256", "deadline"),
)
WITHDRAWAL_FIELDS = (
    ("uint256", "epoch"),
    ("uint256", "attempt"),
    ("bytes32", "root"),
    ("address", "signer"),
    ("uint256", "deadline"),
)
DOMAIN_FIELDS = (
    ("string", "name"),
    ("string", "version"),
    ("uint256", "chainId"),
    ("address", "verifyingContract"),
)


def subject_of(account: Any) -> bytes:
    """An address as a subject."""
    return bytes(12) + bytes.fromhex(address_of(account)[2:])


def ascending(people: Sequence[Any]) -> list[Any]:
    """By address, as maintainers and signers must come."""
    return sorted(people, key=lambda person: int(address_of(person), 16))


def alone(*accounts: Any) -> list[tuple[Any, list[bytes]]]:
    """Maintainers without further subjects."""
    return [(account, []) for account in accounts]


Leaves = Mapping[bytes, int] | Sequence[tuple[bytes, int]]
"""As the format has them, to be sorted; or as somebody lays them out who does not keep to it."""


class Tree:
    """A sum tree of (subject, cred) pairs."""

    def __init__(self, chain_id: int, distributor: str, epoch: int, leaves: Leaves) -> None:
        self.epoch = epoch
        self.leaves = sorted(leaves.items()) if isinstance(leaves, Mapping) else list(leaves)
        types = ["uint256", "address", "uint256", "uint256", "bytes32", "uint256"]
        row = []
        for index, (subject, cred) in enumerate(self.leaves):
            data = encode(types, [chain_id, distributor, epoch, index, subject, cred])
            row.append((keccak(keccak(data)), cred))
        self.rows = [row]
        while len(row) > 1:
            pairs = [row[i : i + 2] for i in range(0, len(row), 2)]
            row = [self._parent(*pair) if len(pair) == 2 else pair[0] for pair in pairs]
            self.rows.append(row)
        self.root, self.total = row[0]

    @staticmethod
    def _parent(left: tuple[bytes, int], right: tuple[bytes, int]) -> tuple[bytes, int]:
        types = ["bytes32", "uint256", "bytes32", "uint256"]
        return keccak(encode(types, [*left, *right])), left[1] + right[1]

    def index(self, subject: bytes) -> int:
        """The place of its first leaf."""
        return [s for s, _ in self.leaves].index(subject)

    def cred(self, subject: bytes) -> int:
        """What its first leaf holds."""
        return self.leaves[self.index(subject)][1]

    def proof(self, index: int) -> list[tuple[bytes, int]]:
        """Hash and sum of each sibling, from the leaf up."""
        siblings = []
        for row in self.rows[:-1]:
            if index ^ 1 < len(row):
                siblings.append(row[index ^ 1])
            index //= 2
        return siblings


@dataclass(frozen=True)
class Policy:
    """The parameters of an earmark for the distributor, in the order of the contract."""

    asset: Any
    income_earmark: int
    payout_bps: int = 10_000
    minimum: int = 5 * DOLLARS
    grain_per_epoch: int = 1_000 * 10**18
    signer_cap_bps: int = UNCAPPED
    epoch_length: int = MONTH
    claim_window: int = YEAR
    zero_out_bps: int = 2_000
    restorers: int = 2
    fixed_portion: bool = False

    def values(self) -> tuple[Any, ...]:
        """As a struct."""
        return (
            address_of(self.asset),
            self.income_earmark,
            self.payout_bps,
            self.minimum,
            self.grain_per_epoch,
            self.signer_cap_bps,
            self.epoch_length,
            self.claim_window,
            self.zero_out_bps,
            self.restorers,
            self.fixed_portion,
        )

    def params(self) -> bytes:
        """As `open_earmark` takes them."""
        return encode(["address"] + ["uint256"] * 9 + ["bool"], list(self.values()))


@dataclass(frozen=True)
class Post:
    """A distribution before it is signed."""

    epoch: int
    attempt: int
    root: bytes
    total_cred: int
    leaf_count: int
    deadline: int
    data_hash: bytes = DATA_HASH
    uri: str = URI

    def message(self, signer: Any) -> dict[str, Any]:
        """The fields of the CredDistribution that this signer signs."""
        return {
            "epoch": self.epoch,
            "attempt": self.attempt,
            "root": self.root,
            "totalCred": self.total_cred,
            "leafCount": self.leaf_count,
            "dataHash": self.data_hash,
            "uri": self.uri,
            "signer": address_of(signer),
            "deadline": self.deadline,
        }

    def arguments(self) -> tuple[Any, ...]:
        """As `post` takes them, up to the signatures."""
        return (
            self.epoch,
            self.root,
            self.total_cred,
            self.leaf_count,
            self.data_hash,
            self.uri,
            self.deadline,
        )


@dataclass
class Epoch:
    """A posted distribution: its tree and its terms as the event gave them."""

    tree: Tree
    terms: dict[str, Any]
    proposal_id: int
    packed: Any = None
    previous: bytes = bytes(32)

    @property
    def number(self) -> int:
        """Its epoch."""
        found: int = self.terms["epoch"]
        return found

    def amount(self, subject: bytes) -> int:
        """floor(pot * cred / (total - excluded)), by the definition."""
        cred = self.tree.cred(subject)
        found: int = self.terms["pot"] * cred // (self.tree.total - self.terms["excluded"])
        return found

    def grain(self, subject: bytes) -> int:
        """floor(grain * cred / (total - excluded))."""
        cred = self.tree.cred(subject)
        divisor = self.tree.total - self.terms["excluded"]
        found: int = self.terms["grain_per_epoch"] * cred // divisor
        return found

    def claim(self, subject: bytes) -> tuple[Any, int, int]:
        """One claim of `claim`, without its proof."""
        return self.packed, self.tree.index(subject), self.tree.cred(subject)

    def proof(self, subject: bytes) -> list[tuple[bytes, int]]:
        """Its siblings."""
        return self.tree.proof(self.tree.index(subject))


class PaidLeaf(NamedTuple):
    """A leaf that a payday paid."""

    subject: bytes
    amount: int
    payee: str
    grain: int
    epoch: int


def typed(
    distributor: Contract, name: str, message: Mapping[str, Any], /, **domain: Any
) -> dict[str, Any]:
    """A CredDistribution or Withdrawal in the form of eth_signTypedData_v4, spelled out by hand."""
    fields = {"CredDistribution": POST_FIELDS, "Withdrawal": WITHDRAWAL_FIELDS}[name]
    return {
        "types": {
            "EIP712Domain": [{"name": n, "type": t} for t, n in DOMAIN_FIELDS],
            name: [{"name": n, "type": t} for t, n in fields],
        },
        "primaryType": name,
        "domain": {
            "name": "Millpond",
            "version": "1",
            "chainId": distributor.evm.chain_id,
            "verifyingContract": distributor.address,
        }
        | domain,
        "message": dict(message),
    }


class Mill:
    """One pool with its distributor; `set_up` and `open` make it ready."""

    def __init__(self, evm: Evm) -> None:
        self.evm = evm
        self.hub = evm.actor("hub")
        self.governor = evm.deploy("ConsentGovernor")
        self.identity = evm.deploy("Identity")
        self.dollar = evm.deploy("TestDollar")
        self.pool = evm.clone("Pool", [self.hub])
        self.grain = new_grain(evm, self.governor, name="grain", symbol="grain")
        self.clerk = evm.implementation("Clerk")
        parts = [self.hub, self.pool, self.governor, self.grain, self.identity]
        self.distributor = evm.clone("CredDistributor", parts)
        self.maintainers = ascending([evm.actor(f"maintainer {n}") for n in range(3)])
        self.attesters = ascending([evm.actor(f"attester {n}") for n in range(2)])
        self.patron, self.relayer = evm.actor("patron"), evm.actor("relayer")
        self.pool.setup(self.governor, self.grain, sender=self.hub)
        self.governor.add_hub_part(self.distributor, sender=self.hub)
        self.grain.set_minter(self.distributor, True, sender=self.governor)
        self.identity.set_attesters(self.pool, self.attesters, 2, sender=self.governor)
        self.earmark = 1

    def set_up(self, needed: int = 2, season: int = 12) -> None:
        """What the Hub does in create_pool."""
        self.distributor.setup(alone(*self.maintainers), needed, season, sender=self.hub)

    def policy(self, **other: Any) -> Policy:
        """The usual terms: all dollars given to the earmark itself."""
        return replace(Policy(self.dollar, self.earmark), **other)

    def open(self, policy: Policy | None = None, *, restricted: bool = True) -> None:
        """The earmark that the distributor pays out, opened by vote."""
        self.earmark = self.pool.earmark_count() + 1
        policy = policy or self.policy()
        terms = (*PURPOSE, self.distributor, restricted, 0, policy.params())
        self.pool.open_earmark(self.earmark, *terms, sender=self.governor)

    def give(self, amount: int, asset: Any = None, earmark: int | None = None) -> None:
        """A gift of the patron."""
        asset = self.dollar if asset is None else asset
        earmark = self.earmark if earmark is None else earmark
        if address_of(asset) == ETH:
            self.pool.give(earmark, ETH, amount, "", sender=self.patron, value=amount)
            return
        asset.mint(self.patron, amount, sender=self.patron)
        asset.approve(self.pool, amount, sender=self.patron)
        self.pool.give(earmark, asset, amount, "", sender=self.patron)

    def tree(self, leaves: Leaves, epoch: int | None = None) -> Tree:
        """The tree of the next epoch."""
        epoch = self.distributor.head().finalised + 1 if epoch is None else epoch
        return Tree(self.evm.chain_id, self.distributor.address, epoch, leaves)

    def draft(self, tree: Tree, **other: Any) -> Post:
        """The next post, with a day to carry it."""
        attempt = self.distributor.head().attempt
        post = Post(
            tree.epoch, attempt, tree.root, tree.total, len(tree.leaves), self.evm.now + DAY
        )
        return replace(post, **other)

    def sign(self, post: Post, signer: Actor, /, **domain: Any) -> bytes:
        """What this person signs for a post."""
        message = post.message(signer)
        return signer.sign(typed(self.distributor, "CredDistribution", message, **domain))

    def signed(self, post: Post, signers: Sequence[Actor] | None = None) -> tuple[Any, ...]:
        """All arguments of `post`, signed by two maintainers."""
        signers = self.maintainers[:2] if signers is None else signers
        return *post.arguments(), list(signers), [self.sign(post, s) for s in signers]

    def link(self, identity: bytes, account: Actor) -> None:
        """The identity stands for this account, once the wait is over."""
        now = self.evm.now
        request = registry.Request(self.pool, identity, account, now, now + DAY, b"\x09" * 32, "x")
        signers = [*self.attesters, account]
        sign = [
            signer.sign(registry.typed(self.identity, "IdentityLink", request.message(signer)))
            for signer in signers
        ]
        self.identity.link(
            self.pool,
            identity,
            account,
            now,
            request.proof_hash,
            request.proof_uri,
            request.deadline,
            self.attesters,
            sign[:2],
            sign[2],
            sender=self.relayer,
        )

    def post(self, leaves: Leaves, signers: Sequence[Actor] | None = None) -> Epoch:
        """Signed and posted; the epoch length has to be over."""
        tree = self.tree(leaves)
        arguments = self.signed(self.draft(tree), signers)
        proposal_id = self.clerk.post(self.distributor, *arguments, sender=self.relayer)
        (log,) = self.events("DistributionPosted")
        return Epoch(tree, dict(log.args["terms"]._asdict()), proposal_id)

    def finalise(self, epoch: Epoch) -> Epoch:
        """The members consent."""
        self.governor.carry_out(epoch.proposal_id, sender=self.relayer)
        (log,) = self.events("DistributionFinalised")
        epoch.terms |= {key: log.args[key] for key in ("excluded", "closes_at")}
        epoch.previous = self.distributor.epoch_hash_of(epoch.number - 1)
        epoch.packed = self.clerk.pack_terms(tuple(epoch.terms.values()))
        return epoch

    def run(self, leaves: Leaves, income: int = 0, asset: Any = None) -> Epoch:
        """A whole epoch up to final, with this much income."""
        if income:
            self.give(income, asset)
        self.evm.warp(MONTH)
        return self.finalise(self.post(leaves))

    def claim(self, subject: bytes, epochs: Sequence[Epoch], to: Any, sender: Any) -> None:
        """A claim of one subject."""
        arguments = self.claim_arguments(subject, epochs, to)
        self.distributor.claim(*arguments, sender=sender)

    def claim_arguments(self, subject: bytes, epochs: Sequence[Epoch], to: Any) -> tuple[Any, ...]:
        """What `claim` takes for consecutive epochs."""
        claims = [epoch.claim(subject) for epoch in epochs]
        proof = [sibling for epoch in epochs for sibling in epoch.proof(subject)]
        return subject, epochs[0].previous, claims, proof, to

    def claim_many(self, epochs: Sequence[Epoch], leaves: Sequence[tuple[bytes, int]]) -> None:
        """A payday over (subject, place of its epoch) pairs."""
        entries, proof = [], []
        for subject, at in leaves:
            tree = epochs[at].tree
            entries.append((subject, at, tree.index(subject), tree.cred(subject)))
            proof += epochs[at].proof(subject)
        terms = [epoch.packed for epoch in epochs]
        previous = epochs[0].previous
        self.distributor.claim_many(previous, terms, entries, proof, sender=self.relayer)

    def payday(self, epoch: Epoch, first: int = 0, end: int | None = None) -> None:
        """A payday by the whole list."""
        leaves = epoch.tree.leaves
        end = len(leaves) if end is None else end
        arguments = (epoch.previous, epoch.packed, leaves, first, end)
        self.distributor.payday(*arguments, sender=self.relayer)

    def events(self, name: str) -> list[Log]:
        """The distributor's own events of that name in the last transaction."""
        own = self.distributor.address
        return [log for log in self.evm.logs if log.name == name and log.address == own]

    def paid_out(self) -> list[PaidLeaf]:
        """Each leaf that the last transaction paid, in order, out of its packed words."""
        return [
            PaidLeaf(
                leaf.subject,
                leaf.payment >> 160,
                to_checksum_address((leaf.payment % 2**160).to_bytes(20)),
                leaf.grain >> 160,
                leaf.grain % 2**160,
            )
            for log in self.events("PaidOut")
            for leaf in log.args["leaves"]
        ]

    def withdrawal(self, epoch: Epoch, signer: Any, /, **other: Any) -> dict[str, Any]:
        """The fields of the Withdrawal that this signer signs."""
        message = {
            "epoch": epoch.number,
            "attempt": epoch.terms["attempt"],
            "root": epoch.tree.root,
            "signer": address_of(signer),
            "deadline": self.evm.now + DAY,
        }
        return message | other

    def withdraw(
        self, epoch: Epoch, signers: Sequence[Actor] | None = None, /, **other: Any
    ) -> None:
        """Taken back by two maintainers; `other` changes what they sign."""
        signers = self.maintainers[:2] if signers is None else signers
        messages = [self.withdrawal(epoch, signer, **other) for signer in signers]
        signatures = [
            signer.sign(typed(self.distributor, "Withdrawal", message))
            for signer, message in zip(signers, messages, strict=True)
        ]
        deadline = self.evm.now + DAY
        terms = self.clerk.pack_terms(tuple(epoch.terms.values()))
        arguments = (epoch.number, terms, deadline, list(signers), signatures)
        self.clerk.withdraw(self.distributor, *arguments, sender=self.relayer)

    def people(self, count: int) -> Iterator[Actor]:
        """Contributors with accounts."""
        return (self.evm.actor(f"contributor {n}") for n in range(count))
