# SPDX-License-Identifier: AGPL-3.0-only
"""Links of identities to accounts: what an account and its attesters sign, and what is sent."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

from millpond.chain.contracts import Contract
from millpond.chain.coop import domain_of
from millpond.core import typed_data
from millpond.core.errors import BadInput
from millpond.core.subjects import (
    Subject,
    address_bytes,
    check_subject,
    checksum_address,
    from_hex,
    of_identity,
    to_hex,
)
from millpond.core.typed_data import Domain, TypedData


@dataclass(frozen=True)
class LinkRequest:
    """A wish to be paid as this identity at this account, with a proof that attesters check."""

    registry: Domain
    pool: str
    identity: Subject
    account: str
    issued_at: int
    proof_uri: str
    proof_hash: bytes
    deadline: int

    @classmethod
    def ask(
        cls,
        registry: Contract,
        pool: str,
        identity: str,
        account: str,
        now: int,
        proof: tuple[str, bytes],
        days: int = 30,
    ) -> Self:
        """A new request: `identity` such as "github:1234", `proof` its address and its hash."""
        return cls.of(
            registry,
            {
                "account": account,
                "deadline": now + days * 86_400,
                "identity": to_hex(of_identity(identity)),
                "issuedAt": now,
                "pool": pool,
                "proofHash": to_hex(proof[1]),
                "proofUri": proof[0],
            },
        )

    def typed(self, signer: str) -> TypedData:
        """The message; the account signs it too, as its own signer."""
        return typed_data.identity_link(
            self.registry,
            pool=self.pool,
            identity=self.identity,
            account=self.account,
            issued_at=self.issued_at,
            proof_hash=self.proof_hash,
            signer=signer,
            deadline=self.deadline,
        )

    def arguments(self, signatures: Mapping[str, bytes]) -> tuple[object, ...]:
        """What `link` takes, from the signatures of the account and of the attesters."""
        account = checksum_address(address_bytes(self.account))
        if account not in signatures:
            raise BadInput(
                f"the account {account} has not signed its link", "let its owner sign the request"
            )
        attesters = sorted((who for who in signatures if who != account), key=address_bytes)
        return (
            self.pool,
            self.identity,
            account,
            self.issued_at,
            self.proof_hash,
            self.proof_uri,
            self.deadline,
            attesters,
            [signatures[who] for who in attesters],
            signatures[account],
        )

    def fields(self) -> dict[str, object]:
        """As a file holds it."""
        return {
            "account": self.account,
            "deadline": self.deadline,
            "identity": to_hex(self.identity),
            "issuedAt": self.issued_at,
            "pool": self.pool,
            "proofHash": to_hex(self.proof_hash),
            "proofUri": self.proof_uri,
        }

    @classmethod
    def of(cls, registry: Contract, fields: Mapping[str, object]) -> Self:
        """From a file's fields; `BadInput` when one is missing or of another form."""
        texts = {name: str(value) for name, value in fields.items()}
        try:
            return cls(
                domain_of(registry),
                checksum_address(address_bytes(texts["pool"])),
                check_subject(from_hex(texts["identity"], 32)),
                checksum_address(address_bytes(texts["account"])),
                int(texts["issuedAt"]),
                texts["proofUri"],
                from_hex(texts["proofHash"], 32),
                int(texts["deadline"]),
            )
        except (KeyError, ValueError) as error:
            raise BadInput(
                f"a link request cannot be read: {error}", "write it anew: ape run identity ask"
            ) from None
