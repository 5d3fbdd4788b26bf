# SPDX-License-Identifier: AGPL-3.0-only
"""What the tests of Identity share: a registry, pools to ask, and links signed by eth-account."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from eth_utils.crypto import keccak

from tests.contracts.evm import Actor, Contract, Evm, Log
from tests.contracts.grains import new_grain

ZERO = "0x" + "00" * 20
DAY = 86_400
WAIT = 604_800  # seven days in seconds
GITHUB = keccak(text="github:4224")
DISCOURSE = keccak(text="discourse:forum.example.org:7")

LINK_FIELDS = (
    ("address", "pool"),
    ("bytes32", "identity"),
    ("address", "account"),
    ("uint256", "issuedAt"),
    ("bytes32", "proofHash"),
    ("address", "signer"),
    ("uint256", "deadline"),
)
OBJECTION_FIELDS = tuple(field for field in LINK_FIELDS if field[1] != "proofHash")


@dataclass(frozen=True)
class Request:
    """A link that is asked for."""

    pool: Contract
    identity: bytes
    account: Actor | Contract
    issued_at: int
    deadline: int
    proof_hash: bytes = keccak(text="https://gist.example.org/proof")
    proof_uri: str = "https://gist.example.org/proof"

    def message(self, signer: Actor | Contract) -> dict[str, Any]:
        """The fields of the IdentityLink that this signer signs."""
        return {
            "pool": self.pool.address,
            "identity": self.identity,
            "account": self.account.address,
            "issuedAt": self.issued_at,
            "proofHash": self.proof_hash,
            "signer": signer.address,
            "deadline": self.deadline,
        }


def typed(
    identity: Contract,
    name: str,
    message: Mapping[str, Any],
    chain_id: int | None = None,
    contract: str | None = None,
) -> dict[str, Any]:
    """An IdentityLink or LinkObjection in the form of eth_signTypedData_v4, spelled out by hand."""
    fields = {"IdentityLink": LINK_FIELDS, "LinkObjection": OBJECTION_FIELDS}[name]
    domain = [("string", "name"), ("string", "version")]
    domain += [("uint256", "chainId"), ("address", "verifyingContract")]
    return {
        "types": {
            "EIP712Domain": [{"name": n, "type": t} for t, n in domain],
            name: [{"name": n, "type": t} for t, n in fields],
        },
        "primaryType": name,
        "domain": {
            "name": "Millpond",
            "version": "1",
            "chainId": identity.evm.chain_id if chain_id is None else chain_id,
            "verifyingContract": contract or identity.address,
        },
        "message": dict(message),
    }


def ascending(people: Sequence[Actor]) -> list[Actor]:
    """By address, as signers must come."""
    return sorted(people, key=lambda person: int(person.address, 16))


class Registry:
    """An Identity and one pool whose governor is the actor "governor"; attesters: two of three."""

    def __init__(self, evm: Evm) -> None:
        self.evm = evm
        self.identity = evm.deploy("Identity")
        self.hub, self.governor = evm.actor("hub"), evm.actor("governor")
        self.attesters = ascending([evm.actor(f"attester {n}") for n in range(3)])
        self.pool = self.new_pool()
        self.identity.set_attesters(self.pool, self.attesters, 2, sender=self.hub)
        self.relayer = evm.actor("relayer")

    def new_pool(self, governor: Actor | Contract | None = None) -> Contract:
        """Another pool of the same hub; without attesters."""
        pool = self.evm.clone("Pool", [self.hub])
        grain = new_grain(self.evm, self.governor)
        pool.setup(governor or self.governor, grain, sender=self.hub)
        return pool

    def request(self, account: Actor | Contract, **other: Any) -> Request:
        """A link of GITHUB to this account, issued now, with a day to carry it."""
        now = self.evm.now
        return replace(Request(self.pool, GITHUB, account, now, now + DAY), **other)

    def sign(self, request: Request, signer: Actor) -> bytes:
        """What this person signs for a link."""
        return signer.sign(typed(self.identity, "IdentityLink", request.message(signer)))

    def arguments(
        self,
        request: Request,
        signers: Sequence[Actor] | None = None,
        account_signature: bytes | None = None,
    ) -> list[Any]:
        """All that `link` takes; without other signers the first two attesters sign."""
        if signers is None:
            signers = self.attesters[:2]
        if account_signature is None:
            assert isinstance(request.account, Actor)
            account_signature = self.sign(request, request.account)
        return [
            request.pool,
            request.identity,
            request.account,
            request.issued_at,
            request.proof_hash,
            request.proof_uri,
            request.deadline,
            list(signers),
            [self.sign(request, signer) for signer in signers],
            account_signature,
        ]

    def link(self, request: Request, **how: Any) -> None:
        """The relayer carries a signed link."""
        self.identity.link(*self.arguments(request, **how), sender=self.relayer)

    def linked(self, account: Actor, **other: Any) -> Request:
        """A link to this account, with its wait over."""
        request = self.request(account, **other)
        self.link(request)
        self.evm.warp(WAIT)
        return request

    def waiting(self, account: Actor, **other: Any) -> Request:
        """A link to this account that was proposed this second."""
        request = self.request(account, **other)
        self.link(request)
        return request

    def state(self, pool: Contract | None = None) -> tuple[str, str, int, int, str]:
        """(active, pending, effective_at, issued_at, objected) of GITHUB."""
        return tuple(self.identity.link_of(pool or self.pool, GITHUB))

    def payee(self, pool: Contract | None = None) -> str:
        """Whom a pool pays what GITHUB earns."""
        return str(self.identity.account_of(pool or self.pool, GITHUB))

    def event(self, name: str, account: Actor, **more: Any) -> Log:
        """An event about the link of GITHUB to this account."""
        args = {"pool": self.pool.address, "identity": GITHUB, "account": account.address}
        return Log(name, args | more, self.identity.address)


def rule(days: tuple[int, int, int, int], quorum: int, approval: int) -> tuple[Any, ...]:
    return (*(day * DAY for day in days), quorum, approval, False)


RULES = [
    rule((0, 1, 1, 7), 2000, 5000),
    rule((0, 3, 2, 7), 2000, 6667),
    rule((0, 3, 2, 30), 2000, 6667),
    rule((0, 3, 0, 7), 1000, 0),
]


class Coop:
    """A pool with a real Governor and these founders, whose attesters are the registry's."""

    def __init__(self, registry: Registry, founders: list[Actor]) -> None:
        self.registry, self.evm = registry, registry.evm
        self.founders = ascending(founders)
        self.pool = self.evm.clone("Pool", [registry.hub])
        parts = [registry.hub, self.pool, registry.identity]
        self.governor = self.evm.clone("Governor", parts)
        self.pool.setup(self.governor, registry.governor, sender=registry.hub)
        self.governor.set_rules(RULES, sender=registry.hub)
        self.governor.admit(self.founders, sender=registry.hub)
        registry.identity.set_attesters(self.pool, registry.attesters, 2, sender=registry.hub)
        self.evm.warp(1)

    def object(self, link: Request, signers: list[Actor], **how: Any) -> None:
        """The relayer carries objections to a link; `how` changes what is passed or signed."""
        deadline = how.get("deadline", self.evm.now)
        objections = how.get("objections") or [
            signer.sign(
                typed(
                    self.registry.identity,
                    "LinkObjection",
                    self.message(link, signer, deadline) | how.get("message", {}),
                    **how.get("domain", {}),
                )
            )
            for signer in signers
        ]
        self.registry.identity.object_by_signatures(
            self.pool,
            GITHUB,
            how.get("account", link.account),
            how.get("issued_at", link.issued_at),
            deadline,
            signers,
            objections,
            sender=self.registry.relayer,
        )

    def message(self, link: Request, signer: Actor, deadline: int) -> dict[str, Any]:
        """The fields of a LinkObjection."""
        message = link.message(signer)
        del message["proofHash"]
        return message | {"deadline": deadline}
