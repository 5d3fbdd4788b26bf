# SPDX-License-Identifier: AGPL-3.0-only
"""What tests of a review share: a distribution under a real Governor, and deeds signed on it."""

from collections.abc import Mapping, Sequence
from typing import Any

from eth_utils.crypto import keccak

from tests.attacks.money import Works
from tests.contracts.distributors import DAY, DOLLARS, DOMAIN_FIELDS, Epoch, Leaves, subject_of
from tests.contracts.evm import Actor, Evm, address_of

REASON = keccak(text="Bought stars")
BETTER = keccak(text="Her work is real")
REFERENCE = keccak(text="oc/812")
STRUCK_FIELDS = (
    ("uint256", "epoch"),
    ("uint256", "attempt"),
    ("bytes32", "root"),
    ("bytes32", "subject"),
    ("bytes32", "reasonHash"),
    ("address", "signer"),
    ("uint256", "deadline"),
)
SETTLED_FIELDS = (
    ("uint256", "epoch"),
    ("bytes32", "subject"),
    ("bytes32", "reference"),
    ("address", "payee"),
    ("uint256", "deadline"),
)
FIELDS = {"ZeroOut": STRUCK_FIELDS, "Restore": STRUCK_FIELDS, "OffChainSettlement": SETTLED_FIELDS}


class Review(Works):
    """Four contributors with 100, 200, 300 and 400 cred; 1,000 dollars; posted, not final."""

    def __init__(self, evm: Evm, **policy: Any) -> None:
        super().__init__(evm, founders=5, **policy)
        self.contributors = [evm.actor(f"contributor {n}") for n in range(4)]
        self.subjects = [subject_of(person) for person in self.contributors]
        creds = {subject: 100 * (n + 1) for n, subject in enumerate(self.subjects)}
        self.epoch = self.month(creds, 1_000 * DOLLARS)

    @property
    def terms(self) -> Any:
        """The open terms as claims carry them."""
        return self.clerk.pack_terms(tuple(self.epoch.terms.values()))

    @property
    def deadline(self) -> int:
        """A day from now."""
        return self.evm.now + DAY

    def closes_at(self) -> int:
        """The last second of the vote."""
        found: int = self.governor.proposalDeadline(self.epoch.proposal_id)
        return found

    def signature(
        self, name: str, signer: Actor, message: Mapping[str, Any], **domain: Any
    ) -> bytes:
        """A deed in the form of eth_signTypedData_v4, spelled out by hand."""
        return signer.sign(
            {
                "types": {
                    "EIP712Domain": [{"name": n, "type": t} for t, n in DOMAIN_FIELDS],
                    name: [{"name": n, "type": t} for t, n in FIELDS[name]],
                },
                "primaryType": name,
                "domain": {
                    "name": "Millpond",
                    "version": "1",
                    "chainId": self.evm.chain_id,
                    "verifyingContract": self.distributor.address,
                }
                | domain,
                "message": dict(message),
            }
        )

    def about(self, subject: bytes, reason: bytes, signer: Any, /, **other: Any) -> dict[str, Any]:
        """What a signer says about a leaf under review."""
        message = {
            "epoch": self.epoch.number,
            "attempt": self.epoch.terms["attempt"],
            "root": self.epoch.tree.root,
            "subject": subject,
            "reasonHash": reason,
            "signer": address_of(signer),
            "deadline": self.deadline,
        }
        return message | other

    def repost(self, leaves: Leaves) -> Epoch:
        """Taken back, and these leaves posted in its place."""
        self.withdraw(self.epoch)
        self.epoch = self.post(leaves)
        return self.epoch

    def leaf(self, subject: bytes) -> tuple[bytes, int, int]:
        """Subject, index and cred of the first leaf of hers."""
        tree: Any = self.epoch.tree
        return subject, tree.index(subject), tree.cred(subject)

    def zero_out(
        self,
        subject: bytes,
        signers: Sequence[Actor] | None = None,
        /,
        reason: bytes = REASON,
        **other: Any,
    ) -> None:
        """Struck out by two maintainers; `other` changes what they sign."""
        signers = self.maintainers[:2] if signers is None else signers
        signed = [
            self.signature("ZeroOut", s, self.about(subject, reason, s, **other)) for s in signers
        ]
        self.clerk.zero_out(
            self.distributor,
            self.epoch.number,
            self.terms,
            self.leaf(subject),
            self.epoch.proof(subject),
            reason,
            self.deadline,
            list(signers),
            signed,
            sender=self.relayer,
        )

    def restore(
        self,
        subject: bytes,
        signers: Sequence[Actor] | None = None,
        /,
        reason: bytes = BETTER,
        index: int | None = None,
        **other: Any,
    ) -> None:
        """Put back by two members; without an index the first leaf of hers."""
        signers = self.members[:2] if signers is None else signers
        signed = [
            self.signature("Restore", s, self.about(subject, reason, s, **other)) for s in signers
        ]
        self.clerk.restore(
            self.distributor,
            self.epoch.number,
            self.terms,
            subject,
            self.leaf(subject)[1] if index is None else index,
            reason,
            self.deadline,
            list(signers),
            signed,
            sender=self.relayer,
        )

    @property
    def members(self) -> list[Actor]:
        """By ascending address."""
        return sorted(self.coop.founders, key=lambda member: int(member.address, 16))

    def settle(
        self,
        epoch: Epoch,
        subject: bytes,
        payee: Actor,
        signer: Actor | None = None,
        /,
        **other: Any,
    ) -> None:
        """Booked as paid elsewhere, with the payee's word."""
        message = {
            "epoch": epoch.number,
            "subject": subject,
            "reference": REFERENCE,
            "payee": payee.address,
            "deadline": self.deadline,
        }
        signature = self.signature("OffChainSettlement", signer or payee, message | other)
        self.clerk.settle_off_chain(
            self.distributor,
            epoch.previous,
            epoch.packed,
            self.leaf(subject),
            epoch.proof(subject),
            REFERENCE,
            self.deadline,
            signature,
            sender=self.relayer,
        )
