# SPDX-License-Identifier: AGPL-3.0-only
"""Why did I get this amount? The document's arithmetic with the figures that the chain has."""

from collections.abc import Callable
from dataclasses import dataclass

from millpond.chain.answers import NO_ADDRESS
from millpond.chain.assets import Asset
from millpond.chain.client import Client
from millpond.chain.contracts import Contract
from millpond.chain.ledger import Claim, Posting, read_ledger
from millpond.core.distribution import Distribution, Explanation, data_hash, explain
from millpond.core.errors import SubjectError, VerifyError
from millpond.core.subjects import Subject, check_subject, from_hex, of_address, of_identity, to_hex
from millpond.core.units import format_amount

_ADDRESS_LENGTH = 42
_SUBJECT_LENGTH = 66
_DECIMALS = {"cred": 6, "grain": 18}
_STATUS = {
    "paid": "payday pays this",
    "carried": "payday passes this over; she may claim it herself, or wait until it adds up",
    "zeroed": "struck out in the review",
    "excluded": "left out of the distribution",
    "no leaf": "no share",
}


@dataclass(frozen=True)
class OnChain:
    """What the chain knows about one leaf of a posted distribution."""

    posting: Posting
    asset: Asset
    claim: Claim | None
    payee: str | None
    """Where it would be paid now; None while it waits for an account."""

    @property
    def standing(self) -> str:
        """In words, what became of it."""
        if self.claim is not None:
            return f"paid to {self.claim.to} in block {self.claim.event.log.block_number}"
        if self.posting.outcome != "final":
            return f"not payable yet: the distribution is {self.posting.outcome}"
        if self.payee is None:
            return "waiting: no account is linked to this identity, or its link is still pending"
        return f"not claimed yet; it would be paid to {self.payee}"


def find_subject(document: Distribution, words: str) -> Subject:
    """Who is meant: an address, a subject or identity in full, or the last part of an identity."""
    if words.startswith("0x") and len(words) == _ADDRESS_LENGTH:
        return of_address(words)
    if words.startswith("0x") and len(words) == _SUBJECT_LENGTH:
        return check_subject(from_hex(words, 32))
    if ":" in words:
        return of_identity(words)
    named = [
        person
        for person in document.people
        if person.identity and person.identity.rsplit("/", 1)[-1].lower() == words.lower()
    ]
    if len(named) != 1:
        some = ", ".join(str(person.identity) for person in named) or "nobody"
        raise SubjectError(
            f"{words!r} fits {some} in {document.label}",
            'write the whole identity, such as "github:583231", or an address',
        )
    return named[0].subject


def on_chain(
    document: Distribution,
    subject: Subject,
    client: Client,
    first_block: int = 0,
    on_progress: Callable[[int, int], None] | None = None,
) -> OnChain:
    """The posting of exactly this document, and what became of one leaf of it."""
    distributor = Contract(client, "CredDistributor", document.distributor)
    distributor.require_deployed()
    pool = Contract(client, "Pool", document.pool)
    ledger = read_ledger(pool, distributor, first_block, on_progress)
    posting = ledger.of_epoch(document.epoch)
    if posting is None or posting.data_hash != data_hash(document):
        found = "nothing" if posting is None else "another document"
        raise VerifyError(
            f"the chain has {found} for epoch {document.epoch}",
            "check with `millpond verify distribution` which document was posted",
            "posted data hash",
        )
    claims = [claim for claim in ledger.claims[document.epoch] if claim.subject == subject]
    payee = distributor.payee_of(subject)
    return OnChain(
        posting=posting,
        asset=Asset.at(client, posting.terms.asset),
        claim=claims[0] if claims else None,
        payee=None if payee == NO_ADDRESS else payee,
    )


def explain_on_chain(document: Distribution, subject: Subject, found: OnChain) -> Explanation:
    """The steps with the pot, grain and minimum of the posting."""
    terms = found.posting.terms
    if terms.excluded:
        raise VerifyError(
            f"the review struck out {terms.excluded} micro-cred, and this version cannot say whose",
            "use the version of millpond that belongs to this distributor",
        )
    return explain(document, subject, terms.pot, terms.grain_per_epoch, terms.minimum)


def told(document: Distribution, explained: Explanation, asset: Asset | None) -> list[str]:
    """The arithmetic in lines for people; without an asset, amounts are in the smallest unit."""

    def value(amount: int, unit: str) -> str:
        if unit == "asset":
            return asset.text(amount) if asset else str(amount)
        return f"{format_amount(amount, _DECIMALS[unit], grouped=True)} {unit}"

    who = explained.identity or to_hex(explained.subject)
    lines = [f"{who}, {document.label} (epoch {document.epoch})"]
    for step in explained.steps:
        lines.append(f"  {step.name} = {step.formula}" if step.values else f"  {step.name}")
        lines += [f"      {name}: {value(amount, unit)}" for name, amount, unit in step.values]
        lines.append(f"    = {value(step.result, step.unit)}")
    return [*lines, f"{_STATUS[explained.status]} ({explained.reason})"]


def as_json(
    document: Distribution, explained: Explanation, asset: Asset | None
) -> dict[str, object]:
    """The same as data; amounts are strings of digits in the smallest unit."""
    steps = [
        {
            "name": step.name,
            "formula": step.formula,
            "values": [
                {"name": name, "amount": str(amount), "unit": unit}
                for name, amount, unit in step.values
            ],
            "result": str(step.result),
            "unit": step.unit,
        }
        for step in explained.steps
    ]
    said = {"symbol": asset.symbol, "decimals": str(asset.decimals)} if asset else {}
    return {
        "who": explained.identity or to_hex(explained.subject),
        "subject": to_hex(explained.subject),
        "epoch": str(document.epoch),
        "period": document.label,
        "status": explained.status,
        "reason": explained.reason,
        "steps": steps,
        **said,
    }
