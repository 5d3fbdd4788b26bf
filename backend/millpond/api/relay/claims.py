# SPDX-License-Identifier: AGPL-3.0-only
"""Claims for payees: may it be paid now, which go together, and which were.

Nobody signs a claim: money can only go to the payee, and the minimum binds whoever pays for
somebody else. Claims of the same epochs share a transaction (`claim_many`), what that cannot hold
goes alone (`claim`).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

from millpond.api.relay.items import Item, Kind, Verdict, done, ready, refused
from millpond.api.relay.look import Look
from millpond.chain.answers import NO_ADDRESS, Receipt
from millpond.chain.client import Transaction
from millpond.chain.contracts import Contract
from millpond.chain.distributions import Packed
from millpond.chain.epochs import SKIPPED
from millpond.chain.next_steps import next_step
from millpond.chain.paid import paid_in
from millpond.chain.paydays import MOST_EPOCHS, MOST_LEAVES, MOST_SIBLINGS
from millpond.core import canonical
from millpond.core.canonical import Json, keccak256
from millpond.core.errors import BadInput, Reverted
from millpond.core.subjects import Subject, check_subject, from_hex, to_hex
from millpond.core.sum_tree import Proof

_TOGETHER, _ALONE = "many", "alone"
_U32, _U40 = 2**32 - 1, 2**40 - 1
_WORDS = ("pot_and_total", "asset_and_minimum", "grain_and_counts", "review")
MOST_PROOF = 128
"""Siblings that `claim` takes."""
_BATCH = 24
"""Claims in one transaction; a payout costs about ten times what a ballot does."""


@dataclass(frozen=True)
class Leaf:
    """One epoch of a claim; cred 0 only joins the epochs around it."""

    terms: Packed
    index: int
    cred: int

    @property
    def epoch(self) -> int:
        """Its number."""
        return self.terms[4] >> 32 & _U32

    @property
    def closes_at(self) -> int:
        """When its claims are over."""
        return self.terms[4] >> 64 & _U40

    @property
    def money(self) -> tuple[int, int]:
        """Asset and earmark: a call of `claim_many` pays out of one."""
        return self.terms[2] >> 96, self.terms[3] >> 128 & _U32


@dataclass(frozen=True)
class Claiming:
    """All arguments of `claim` but the payee, whom the chain names."""

    subject: Subject
    previous: bytes
    leaves: tuple[Leaf, ...]
    proof: Proof

    @classmethod
    def of(cls, fields: Json) -> Self:
        """From the `call` of the API's own claims; `BadInput` for what is none."""
        if not isinstance(fields, dict):
            raise BadInput("this is no claim", "hand in `call` of the claim as the API gives it")
        claims, proof = fields.get("claims"), fields.get("proof")
        if not isinstance(claims, list) or not isinstance(proof, list):
            raise BadInput("a claim has claims and a proof", "hand in `call` as the API gives it")
        leaves = tuple(_leaf(each) for each in claims)
        if not 1 <= len(leaves) <= MOST_EPOCHS or len(proof) > MOST_PROOF:
            raise BadInput(
                f"a claim is of 1 to {MOST_EPOCHS} epochs and {MOST_PROOF} siblings",
                "claim fewer epochs at a time",
            )
        first = leaves[0].epoch
        if [leaf.epoch for leaf in leaves] != list(range(first, first + len(leaves))):
            raise BadInput("the epochs of a claim follow each other", "give each of them in turn")
        if not any(leaf.cred for leaf in leaves):
            raise BadInput("nothing is claimed: no epoch has cred", "give the leaf of an epoch")
        siblings = Proof((_word(each, "hash"), _number(each, "sum")) for each in proof)
        subject = check_subject(_word(fields, "subject"))
        return cls(subject, _word(fields, "previous"), leaves, siblings)

    def to_json(self) -> bytes:
        """Canonical bytes."""
        return canonical.encode(
            {
                "subject": to_hex(self.subject),
                "previous": to_hex(self.previous),
                "claims": [
                    {
                        "terms": {
                            "root": to_hex(leaf.terms[0]),
                            **dict(zip(_WORDS, leaf.terms[1:], strict=True)),
                        },
                        "index": leaf.index,
                        "cred": leaf.cred,
                    }
                    for leaf in self.leaves
                ],
                "proof": [{"hash": to_hex(digest), "sum": amount} for digest, amount in self.proof],
            }
        )

    @classmethod
    def from_json(cls, document: str) -> Self:
        """Read what `to_json` wrote."""
        return cls.of(canonical.decode(document.encode()))

    @property
    def epochs(self) -> str:
        """The first and the last, as an item is about them."""
        return f"{self.leaves[0].epoch}-{self.leaves[-1].epoch}"

    @property
    def closes_at(self) -> int:
        """The last second in which all of it can be claimed."""
        return min(leaf.closes_at for leaf in self.leaves if leaf.cred) - 1

    def arguments(self, to: str) -> tuple[object, ...]:
        """Of `claim`."""
        entries = [(leaf.terms, leaf.index, leaf.cred) for leaf in self.leaves]
        return self.subject, self.previous, entries, self.proof, to

    @property
    def is_of_one_asset(self) -> bool:
        """Whether one payment covers it."""
        return len({leaf.money for leaf in self.leaves}) == 1

    @property
    def terms(self) -> str:
        """A name for its epochs and their terms: claims that bring the same ones go together."""
        words = b"".join(
            leaf.terms[0] + b"".join(word.to_bytes(32) for word in leaf.terms[1:])
            for leaf in self.leaves
        )
        return to_hex(keccak256(self.previous + words))


class Claims:
    """The kind of items that a distributor takes."""

    kind = Kind.CLAIM
    contract = "CredDistributor"

    def most(self, lane: str) -> int:
        """How many one transaction takes."""
        return _BATCH if lane.endswith(_TOGETHER) else 1

    def check(self, look: Look, item: Item, others_first: bool) -> Verdict:
        """Whether it would be paid now."""
        del others_first
        claiming = Claiming.from_json(item.document)
        distributor = look.contract("CredDistributor", item.contract)
        paid = _paid_of(distributor, claiming)
        if paid == sum(leaf.cred > 0 for leaf in claiming.leaves):
            return done("it is paid")
        if look.now > claiming.closes_at:
            return _no("distributor: claims are closed")
        payee = str(distributor.payee_of(claiming.subject))
        if payee == NO_ADDRESS:
            return _no("distributor: no account yet")
        try:
            look.client.call(self._alone(distributor, claiming, payee), look.sender)
        except Reverted as error:
            return _no(error.reason or "the distributor gave no reason")
        together = claiming.is_of_one_asset and self._fits(look, distributor, claiming)
        lane = (
            f"{item.contract}/{claiming.terms}/{_TOGETHER}" if together else f"{item.id}/{_ALONE}"
        )
        return ready(lane, claiming.closes_at)

    def call(self, look: Look, lane: str, items: Sequence[Item]) -> Transaction:
        """The transaction that pays these, all of one lane."""
        distributor = look.contract("CredDistributor", items[0].contract)
        found = [Claiming.from_json(item.document) for item in items]
        if lane.endswith(_TOGETHER):
            return _together(distributor, found)
        payee = str(distributor.payee_of(found[0].subject))
        return self._alone(distributor, found[0], payee)

    def would_hold(self, look: Look, lane: str, items: Sequence[Item]) -> bool:
        """Whether all of them are still to be paid; `Reverted` if the call would fail now."""
        distributor = look.contract("CredDistributor", items[0].contract)
        found = [Claiming.from_json(item.document) for item in items]
        if any(_paid_of(distributor, each) for each in found):
            return False
        look.client.call(self.call(look, lane, items), look.sender)
        return True

    def became(
        self, distributor: Contract, items: Sequence[Item], receipt: Receipt
    ) -> dict[str, str]:
        """Why each item was not paid in a mined transaction; those that were are not in it."""
        paid = {(leaf.subject, leaf.epoch) for leaf in paid_in(distributor, receipt)}
        why = {
            (event.args["subject"], event.args["epoch"]): SKIPPED.get(int(event.args["reason"]))
            for event in distributor.events(receipt, "LeafSkipped")
        }
        found = {}
        for item in items:
            claiming = Claiming.from_json(item.document)
            for leaf in claiming.leaves:
                place = bytes(claiming.subject), leaf.epoch
                if leaf.cred and place not in paid:
                    found[item.id] = why.get(place) or "the distributor did not pay it"
        return found

    def _alone(self, distributor: Contract, claiming: Claiming, payee: str) -> Transaction:
        data = distributor.claim.encode(*claiming.arguments(payee))
        return Transaction(distributor.address, data, 0, "CredDistributor.claim")

    def _fits(self, look: Look, distributor: Contract, claiming: Claiming) -> bool:
        """Whether `claim_many` takes it: not what is too large for it, nor what breaks it."""
        if (
            len(claiming.proof) * _BATCH > MOST_SIBLINGS
            or len(claiming.leaves) > MOST_LEAVES // _BATCH
        ):
            return False
        try:
            look.client.call(_together(distributor, [claiming]), look.sender)
        except Reverted:
            return False
        return True


def _paid_of(distributor: Contract, claiming: Claiming) -> int:
    """How many of its leaves are paid."""
    return sum(
        bool(distributor.is_claimed(claiming.subject, leaf.epoch))
        for leaf in claiming.leaves
        if leaf.cred
    )


def _together(distributor: Contract, found: Sequence[Claiming]) -> Transaction:
    """One `claim_many`: the leaves of a subject side by side, epochs ascending."""
    leaves = [
        (each.subject, place, leaf.index, leaf.cred)
        for each in found
        for place, leaf in enumerate(each.leaves)
        if leaf.cred
    ]
    siblings = [sibling for each in found for sibling in each.proof]
    terms = [leaf.terms for leaf in found[0].leaves]
    data = distributor.claim_many.encode(found[0].previous, terms, leaves, siblings)
    return Transaction(distributor.address, data, 0, "CredDistributor.claim_many")


def _no(reason: str) -> Verdict:
    known = next_step(reason)
    return refused(reason, known or "look at the claim: its state says what is missing")


def _leaf(fields: Json) -> Leaf:
    terms = fields.get("terms") if isinstance(fields, dict) else None
    words = tuple(_number(terms, name) for name in _WORDS)
    packed = (_word(terms, "root"), words[0], words[1], words[2], words[3])
    return Leaf(packed, _number(fields, "index"), _number(fields, "cred"))


def _number(fields: Json, name: str) -> int:
    text = str(fields.get(name)) if isinstance(fields, dict) else ""
    if not (text.isascii() and text.isdigit() and len(text) <= 78) or int(text) >= 2**256:  # noqa: PLR2004
        raise BadInput(f"{name} of a claim is {text[:40]!r}, no number", "write it in digits")
    return int(text)


def _word(fields: Json, name: str) -> bytes:
    return from_hex(str(fields.get(name)) if isinstance(fields, dict) else "", 32)
