# SPDX-License-Identifier: AGPL-3.0-only
"""What the tests of Governor, Admission and Hub share.

`Coop` is a co-op as the real Hub makes it, with every real part; what it decides goes through its
real delays. `Desk` is one Governor whose hub and door (its Admission) are played by the test, for
what would take a co-op thousands of votes.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from eth_abi.abi import encode
from eth_utils.crypto import keccak

from millpond.core import typed_data
from tests.contracts.evm import CHAIN_ID, ETH, Actor, Contract, Evm, Log, address_of
from tests.contracts.words import PROPOSAL, apart

HOUR = 3_600
DAY = 86_400
ZERO = "0x" + "00" * 20
ORDINARY, MEMBERSHIP, RULES, CONSENT = range(4)
PENDING, ACTIVE, CANCELED, DEFEATED, SUCCEEDED, QUEUED, EXPIRED, EXECUTED = range(8)
AGAINST, FOR, ABSTAIN = range(3)
# Contracts that spend an earmark and need no setup, in the order in which the Hub has them.
SPENDERS = ("Allocation", "Team", "Matching", "Crowdmatch")
PURPOSE = ("ipfs://purpose", b"\x17" * 32)

Action = tuple[Any, int, bytes]


@dataclass(frozen=True)
class Rule:
    """The rules of one class, in the order of the contract."""

    delay: int
    period: int
    timelock: int
    expiry: int
    quorum_bps: int
    approval_bps: int
    early: bool

    def values(self) -> tuple[int | bool, ...]:
        """As a struct."""
        return (
            self.delay,
            self.period,
            self.timelock,
            self.expiry,
            self.quorum_bps,
            self.approval_bps,
            self.early,
        )


CLASSES = (
    Rule(1 * DAY, 5 * DAY, 2 * DAY, 14 * DAY, 2000, 5000, True),
    Rule(2 * DAY, 7 * DAY, 3 * DAY, 15 * DAY, 2500, 7000, True),
    Rule(3 * DAY, 8 * DAY, 4 * DAY, 16 * DAY, 3000, 6667, True),
    Rule(0, 7 * DAY, 0, 17 * DAY, 1000, 0, True),
)


def values(rules: Sequence[Rule]) -> list[tuple[int | bool, ...]]:
    """All four classes as the contract takes them."""
    return [rule.values() for rule in rules]


@dataclass(frozen=True)
class Ways:
    """The ways in, in the order of the contract."""

    by_offer: bool = True
    by_invitation: bool = True
    sponsors: int = 2
    joins_bps: int = 5000
    period: int = 7 * DAY
    gate: str = ZERO

    def values(self) -> tuple[bool | int | str, ...]:
        """As a struct."""
        open_ways = (self.by_offer, self.by_invitation)
        return (*open_ways, self.sponsors, self.joins_bps, self.period, self.gate)


@dataclass(frozen=True)
class Proposal:
    """A proposal with its whole content, which has to be brought again to carry it out."""

    id: int
    targets: list[str]
    values: list[int]
    calls: list[bytes]
    text: str

    @property
    def content(self) -> tuple[list[str], list[int], list[bytes], bytes]:
        """As `execute`, `cancel` and `hashProposal` take it."""
        return self.targets, self.values, self.calls, keccak(text=self.text)


def content_id(actions: Sequence[Action], text: str) -> int:
    """OpenZeppelin's id, by eth_abi."""
    targets, amounts, calls = _columns(actions)
    types = ["address[]", "uint256[]", "bytes[]", "bytes32"]
    return int.from_bytes(keccak(encode(types, [targets, amounts, calls, keccak(text=text)])))


def ascending(people: Sequence[Any]) -> list[Any]:
    """By address, as sponsors and maintainers must come."""
    return sorted(people, key=lambda person: int(address_of(person), 16))


def named(evm: Evm, name: str) -> list[Log]:
    """The events of that name in the last call."""
    return [log for log in evm.logs if log.name == name]


class Chamber:
    """A Governor and whoever votes in it."""

    def __init__(self, evm: Evm, governor: Contract, voters: list[Any]) -> None:
        self.evm, self.governor, self.voters = evm, governor, voters
        self.relayer = evm.actor("relayer")

    # --- the way of a proposal ------------------------------------------------------------

    def propose(self, *actions: Action, text: str = "", by: Any = None) -> Proposal:
        """A new proposal of these calls, of the first voter."""
        columns = _columns(actions)
        proposer = by or self.voters[0]
        found = self.governor.propose(*columns, text, sender=proposer)
        return Proposal(found, *columns, text)

    def opened(self, *actions: Action, text: str = "", by: Any = None) -> Proposal:
        """In the first second in which ballots are taken."""
        proposal = self.propose(*actions, text=text, by=by)
        self.open(proposal)
        return proposal

    def queued(self, *actions: Action, text: str = "", by: Any = None) -> Proposal:
        """Everybody was for it; in the first second of the timelock."""
        proposal = self.opened(*actions, text=text, by=by)
        self.vote(proposal, FOR, *self.voters)
        self.evm.warp_to(self.governor.proposalDeadline(proposal.id) + 1)
        return proposal

    def passed(self, *actions: Action, text: str = "", by: Any = None) -> Proposal:
        """Everybody was for it; in the first second in which it may be executed."""
        proposal = self.queued(*actions, text=text, by=by)
        self.evm.warp_to(self.governor.proposalEta(proposal.id))
        return proposal

    def enact(self, *actions: Action, text: str = "", by: Any = None) -> Proposal:
        """Proposed, voted and done."""
        proposal = self.passed(*actions, text=text, by=by)
        self.execute(proposal)
        return proposal

    def open(self, proposal: Proposal) -> None:
        """Wait for the first second in which ballots are taken."""
        created_at = self.governor.proposalSnapshot(proposal.id)
        delay = self.word(proposal)["delay"] * HOUR
        self.evm.warp_to(created_at + delay + 1)

    def word(self, proposal: Proposal) -> dict[str, int]:
        """Its packed word, taken apart."""
        return apart(self.governor.proposal_words(proposal.id), PROPOSAL)

    def vote(self, proposal: Proposal, support: int, *voters: Any) -> None:
        """Ballots by call."""
        for voter in voters:
            self.governor.castVote(proposal.id, support, sender=voter)

    def execute(self, proposal: Proposal, **how: Any) -> None:
        """By the relayer, as anyone may."""
        self.governor.execute(*proposal.content, sender=self.relayer, **how)

    def state(self, proposal: Proposal) -> int:
        """Its state now."""
        found: int = self.governor.state(proposal.id)
        return found

    # --- what may be proposed -------------------------------------------------------------

    def removing(self, account: Any) -> Action:
        """The call that ends a membership."""
        return self.governor, 0, self.governor.calldata("remove", account)

    def ruling(self, rules: Sequence[Rule]) -> Action:
        """The call that sets rules."""
        return self.governor, 0, self.governor.calldata("set_rules", values(rules))

    def installing(self, part: Any, consent: bytes = bytes(4)) -> Action:
        """The call that makes a contract a part of the pool."""
        return self.governor, 0, self.governor.calldata("install", part, consent)

    # --- signed ballots -------------------------------------------------------------------

    def ballot(self, proposal: Proposal, voter: Any, support: int, **other: Any) -> Any:
        """The typed data of a ballot; first cast, no reason, a day to bring it, unless told."""
        fields: dict[str, Any] = {
            "proposal_id": proposal.id,
            "voter": address_of(voter),
            "support": support,
            "casts_before": 0,
            "deadline": self.evm.now + DAY,
        }
        domain = other.pop("domain", None) or self.domain()
        return typed_data.ballot(domain, **(fields | other))

    def oz_ballot(self, proposal: Proposal, voter: Any, support: int, **other: Any) -> Any:
        """The typed data of an OpenZeppelin ballot."""
        fields: dict[str, Any] = {
            "proposal_id": proposal.id,
            "support": support,
            "voter": address_of(voter),
        }
        domain = other.pop("domain", None) or self.domain()
        return typed_data.openzeppelin_ballot(domain, **(fields | other))

    def domain(self, chain_id: int = CHAIN_ID, contract: Any = None) -> typed_data.Domain:
        """Where a ballot counts."""
        return typed_data.Domain(chain_id, address_of(contract or self.governor))

    def signed(
        self, proposal: Proposal, voter: Actor, support: int, casts: int = 0, **other: Any
    ) -> list[int]:
        """The three words of one signed ballot."""
        typed = self.ballot(proposal, voter, support, casts_before=casts, **other)
        return packed(voter, support, casts, voter.sign(typed))

    def carry(
        self,
        proposal: Proposal,
        words: Sequence[int],
        reasons: Sequence[bytes] = (),
        deadline: int | None = None,
    ) -> int:
        """The relayer brings signed ballots that count for a day; how many counted."""
        until = self.evm.now + DAY if deadline is None else deadline
        call = self.governor.vote_by_signatures
        found: int = call(proposal.id, until, list(words), list(reasons), sender=self.relayer)
        return found


class Coop(Chamber):
    """A co-op as the Hub makes it, one second old."""

    def __init__(
        self,
        evm: Evm,
        founders: int = 3,
        rules: Sequence[Rule] = CLASSES,
        ways: Ways | None = None,
    ) -> None:
        self.founders = [evm.actor(f"founder {n}") for n in range(founders)]
        self.maintainers = ascending([evm.actor(f"maintainer {n}") for n in range(3)])
        self.attesters = ascending([evm.actor(f"attester {n}") for n in range(3)])
        self.patron, self.dollar = evm.actor("patron"), evm.deploy("TestDollar")
        self.identity = evm.deploy("Identity")
        self.hub = deploy_hub(evm, self.identity)
        self.rules, self.ways = tuple(rules), ways or Ways()
        parts = self.hub.create_pool(*self.order(), sender=self.founders[0])
        self.pool = evm.at("Pool", parts.pool)
        self.admission = evm.at("Admission", parts.admission)
        self.grain = evm.at("Grain", parts.grain)
        self.distributor = evm.at("CredDistributor", parts.distributor)
        self.clerk = evm.implementation("Clerk")
        super().__init__(evm, evm.at("Governor", parts.governor), self.founders)
        evm.warp(1)

    def order(self, name: str = "mill", **other: Any) -> list[Any]:
        """What `create_pool` takes."""
        options = {
            "ways": self.ways.values(),
            "maintainers": [(m, []) for m in self.maintainers],
            "maintainers_needed": 2,
            "season_epochs": 3,
            "attesters": self.attesters,
            "attesters_needed": 2,
            "grain_name": b"Mill Grain".ljust(32, b"\0"),
            "grain_symbol": b"MILL".ljust(32, b"\0"),
            "buy_in_asset": ETH,
            "buy_in_amount": 0,
        }
        unknown = set(other) - set(options) - {"rules", "founders"}
        assert not unknown, unknown
        founders = other.pop("founders", self.founders)
        rules = other.pop("rules", self.rules)
        charter = ("ipfs://charter", b"\x0c" * 32)
        return [name, *charter, values(rules), founders, options | other]

    def give(self, amount: int, asset: Any = ETH, earmark: int = 0) -> None:
        """A gift of the patron."""
        if address_of(asset) == ETH:
            self.pool.give(earmark, ETH, amount, "", sender=self.patron, value=amount)
            return
        asset.mint(self.patron, amount, sender=self.patron)
        asset.approve(self.pool, amount, sender=self.patron)
        self.pool.give(earmark, asset, amount, "", sender=self.patron)

    def spending(self, to: Any, amount: int, asset: Any = ETH) -> Action:
        """The call that pays out of the general fund."""
        return self.pool, 0, self.pool.calldata("spend", 0, asset, to, amount)

    def opening(self, spender: Any = ZERO, restricted: bool = False, params: bytes = b"") -> Action:
        """The call that opens the next earmark."""
        expected = self.pool.earmark_count() + 1
        terms = (expected, *PURPOSE, spender, restricted, 0, params)
        return self.pool, 0, self.pool.calldata("open_earmark", *terms)

    def offering(self, *candidates: Any, deadline: int | None = None) -> Action:
        """The call that offers membership, for a hundred days unless told."""
        until = self.evm.now + 100 * DAY if deadline is None else deadline
        return self.admission, 0, self.admission.calldata("offer", candidates, until)

    def admit(self, *newcomers: Any) -> None:
        """Offered by vote, and accepted by each of them in the second of its execution."""
        names = ", ".join(address_of(newcomer) for newcomer in newcomers)
        self.enact(self.offering(*newcomers), text=f"offer {self.evm.now} to {names}")
        for newcomer in newcomers:
            self.admission.accept(sender=newcomer)

    def expelling(self, account: Any, times_joined: int = 1) -> Action:
        """The call that ends a membership, whatever key her seat has by then."""
        return self.admission, 0, self.admission.calldata("expel", account, times_joined)

    def asking(self, old: Any, new: Any) -> Action:
        """The call by which members ask for another key for a seat."""
        return self.admission, 0, self.admission.calldata("rebind", old, new)

    def rebind(self, old: Any, new: Any) -> None:
        """Asked for by vote, not objected to, and completed by the new key after seven days."""
        self.enact(self.asking(old, new), text=f"rebind {self.evm.now} {address_of(old)}")
        self.evm.warp(7 * DAY)
        self.admission.complete_rebind(old, 0, b"", sender=new)

    def part(self, consent: str | None = None) -> Contract:
        """A contract that the members have installed, with this consent function."""
        puppet = self.evm.deploy("Puppet")
        selector = puppet.calldata(consent, 0)[:4] if consent else bytes(4)
        self.enact(self.installing(puppet, selector), text=f"install {puppet.address}")
        return puppet

    def raised(self, part: Contract, number: int = 7, text: str = "consent") -> Proposal:
        """A consent proposal of that part, made now."""
        call = part.calldata("decide", number)
        return self.propose((part, 0, call), text=text, by=part)


class Desk(Chamber):
    """A bare Governor: the hub is an actor, the door a contract that speaks for the test."""

    def __init__(self, evm: Evm, rules: Sequence[Rule] | None = CLASSES) -> None:
        self.hub, self.identity = evm.actor("hub"), evm.actor("identity")
        self.pool = evm.clone("Pool", [self.hub])
        governor = evm.clone("Governor", [self.hub, self.pool, self.identity])
        self.pool.setup(governor, evm.actor("grain"), sender=self.hub)
        self.door = evm.deploy("Puppet")
        super().__init__(evm, governor, [])
        governor.add_hub_part(self.door, bytes(4), True, sender=self.hub)
        if rules is not None:
            governor.set_rules(values(rules), sender=self.hub)

    def admit(self, *accounts: Any) -> None:
        """Members from the next second on."""
        for start in range(0, len(accounts), 64):
            self.governor.admit(accounts[start : start + 64], sender=self.door)

    def remove(self, account: Any) -> None:
        """No member any more."""
        self.governor.remove(account, sender=self.door)

    def rebind(self, old: Any, new: Any) -> None:
        """The same seat, another key."""
        self.governor.rebind(old, new, sender=self.door)


def deploy_hub(evm: Evm, identity: Contract) -> Contract:
    """The Hub over the real implementations."""
    return evm.deploy("Hub", *originals(evm), evm.implementation("Badges"), identity, spenders(evm))


def originals(evm: Evm) -> list[Contract]:
    """What the Hub makes the parts of a pool from: implementations, and the Grain's blueprint."""
    first, last = ("Pool", "Governor", "Admission"), "CredDistributor"
    made = [evm.implementation(name) for name in first]
    return [*made, evm.blueprint("Grain"), evm.implementation(last)]


def spenders(evm: Evm) -> list[tuple[bytes, Contract]]:
    """What else a pool can install: the name of each kind, and what its clones run."""
    return [(kind_of(name), evm.implementation(name)) for name in SPENDERS]


def kind_of(name: str) -> bytes:
    """The name by which the Hub installs a contract of this kind."""
    return name.lower().encode().ljust(32, b"\0")


def packed(voter: Any, support: int, casts: int, signature: bytes) -> list[int]:
    """A ballot as `vote_by_signatures` takes it, from 65 bytes of r, s, v."""
    r, s, v = (int.from_bytes(part) for part in (signature[:32], signature[32:64], signature[64:]))
    return [choice(voter, support, casts), r, s | (v - 27) << 255]


def choice(voter: Any, support: int, casts: int = 0) -> int:
    """voter | support << 160 | castsBefore << 168."""
    return int(address_of(voter), 16) | support << 160 | casts << 168


def stricter(rules: Sequence[Rule], kind: int, **fields: Any) -> list[Rule]:
    """The same rules but for one class."""
    return [replace(r, **fields) if k == kind else r for k, r in enumerate(rules)]


def poke(contract: Contract, view: str, worth: int) -> None:
    """Put a number into the storage word behind a view, as ten thousand years of use would."""
    machine = contract.evm._vm  # noqa: SLF001  (no honest call reaches these numbers)
    before = getattr(contract, view)()
    slots = [n for n in range(64) if machine.storage(contract.address, n) == before]
    assert len(slots) == 1, f"{view} is in one of the words {slots}"
    machine.insert_account_storage(contract.address, slots[0], worth)


def _columns(actions: Sequence[Action]) -> tuple[list[str], list[int], list[bytes]]:
    targets = [address_of(target) for target, _, _ in actions]
    return targets, [value for _, value, _ in actions], [call for _, _, call in actions]
